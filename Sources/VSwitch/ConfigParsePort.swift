import Wire
import Yams

extension ConfigParser {
    private static let interfaceKeys = ["type", "of-port", "no-flood"]

    /// The keys that a class of ports has besides the common ones.
    private static func keys(of kind: PortConfig.Kind) -> [String] {
        switch kind {
        case .dpdk: ["devargs", "rx-queues", "rx-queue-affinity", "rx-descriptors", "tx-descriptors", "mtu", "mac", "qos", "policing"]
        case .dpdkvhostuserclient: ["socket", "rx-queues", "rx-queue-affinity", "mtu", "qos", "policing"]
        case .system: ["mtu", "policing"]
        case .internal, .tap: ["mtu", "mac", "policing"]
        case .patch: ["peer"]
        case .dummy, .dummyInternal, .dummyPMD: ["rx-queues", "mtu", "mac", "policing"] + dummyOptions.keys.sorted()
        }
    }

    /// What else a dummy port may be given, by OVS's names for it.
    private static let dummyOptions = [
        "tx-queues": "n_txq", "numa-id": "numa_id", "ifindex": "ifindex", "pcap": "pcap", "rxq-pcap": "rxq_pcap", "tx-pcap": "tx_pcap", "stream": "stream",
        "pstream": "pstream",
    ]

    /// The ports of one bridge, each with its OpenFlow number; of bonds, their interfaces.
    mutating func ports(_ node: Node, of bridge: String) throws(ConfigError) -> (ports: [PortConfig], bonds: [BondConfig]) {
        var ports: [PortConfig] = [], bonds: [BondConfig] = []
        var numbers: Set<OFPort> = []
        for entry in try reader.entries(node, expected: "a mapping of ports by name") {
            try take(entry.key, of: bridge)
            if let bond = try bond(entry) {
                let names = try interfaces(of: bond.config, bond.interfaces, on: bridge, &numbers)
                try checkPrimary(bond, names.map(\.name))
                ports += names
                bonds.append(bond.config)
            } else {
                ports.append(try port(entry, of: bridge, in: nil, &numbers))
            }
        }
        assignNumbers(&ports, of: bridge, &numbers)
        return (ports, bonds)
    }

    /// The interfaces of a bond.
    private mutating func interfaces(of bond: BondConfig, _ node: Node, on bridge: String, _ numbers: inout Set<OFPort>) throws(ConfigError) -> [PortConfig] {
        var ports: [PortConfig] = []
        for entry in try reader.entries(node, expected: "a mapping of interfaces by name") {
            try take(entry.key, of: bridge)
            ports.append(try port(entry, of: bridge, in: bond.name, &numbers))
        }
        guard !ports.isEmpty else { throw reader.error(node, expected: "at least one interface", found: "none") }
        return ports
    }

    /// Notes the name of a port, a bond or an interface.
    private mutating func take(_ name: Located<String>, of bridge: String) throws(ConfigError) {
        guard portPlaces.count < Limits.ports else { throw reader.error(name, expected: "at most \(Limits.ports) ports", found: "one more") }
        if let owner = portPlaces[name.value] {
            throw reader.error(name, expected: "a name that no other port has",
                found: "\(quote(name.value)) again, which bridge \(owner.value) has in line \(owner.line)")
        }
        portPlaces[name.value] = Located(value: bridge, line: name.line, column: name.column)
    }

    private mutating func port(
        _ entry: ConfigReader.Entry, of bridge: String, in bond: String?, _ numbers: inout Set<OFPort>
    ) throws(ConfigError) -> PortConfig {
        let entries = try reader.entries(entry.value, expected: "a mapping of the port's settings")
        guard let type = entries.first(where: { $0.key.value == "type" }) else {
            throw reader.error(entry.key, expected: "a port with the key type", found: "\(quote(entry.key.value)) without it")
        }
        let kind = try kind(type.value, mayBond: bond == nil)
        try checkName(entry.key, of: "a port", limit: kind.isKernel ? Limits.interfaceNameBytes : Limits.nameBytes)
        var port = PortConfig(name: entry.key.value, kind: kind, ofPort: .unset)
        if kind.isInternal, port.name == bridge { port.ofPort = .local }
        port.bond = bond
        let keys = Self.interfaceKeys + (bond == nil ? Self.bundleKeys : []) + Self.keys(of: kind)
        for entry in entries {
            guard keys.contains(entry.key.value) else { throw reader.unknown(entry.key, keys) }
            if try set(entry.key.value, entry.value, of: &port.settings) { continue }
            if try police(entry.key.value, entry.value, of: &port) { continue }
            try set(entry.key.value, entry.value, of: &port, &numbers)
        }
        try checkRequired(port, entry.key)
        try checkVLAN(&port.settings, entries)
        return port
    }

    private func kind(_ node: Node, mayBond: Bool) throws(ConfigError) -> PortConfig.Kind {
        guard case .scalar(let scalar) = node, let kind = PortConfig.Kind(rawValue: scalar.string) else {
            let kinds = PortConfig.Kind.allCases.map(\.rawValue) + (mayBond ? ["bond"] : [])
            throw reader.error(node, expected: "one of " + kinds.joined(separator: ", "))
        }
        return kind
    }

    private mutating func set(_ key: String, _ value: Node, of port: inout PortConfig, _ numbers: inout Set<OFPort>) throws(ConfigError) {
        switch key {
        case "of-port":
            guard port.ofPort != .local else { throw reader.error(value, expected: "no of-port: the bridge's own port is LOCAL") }
            port.ofPort = OFPort(UInt16(try reader.integer(value, in: 1...Int(OFPort.maximum.number) - 1)))
            guard numbers.insert(port.ofPort).inserted else {
                throw reader.error(value, expected: "a number that no other port has", found: "\(port.ofPort.number) again")
            }
        case "no-flood": port.noFlood = try reader.bool(value)
        case "devargs":
            let devargs = try reader.string(value, expected: "devargs such as 0000:03:00.0 or net_null0")
            port.options["dpdk-devargs"] = resolvedPaths(devargs: devargs, folder: folder)
        case "socket":
            port.options["vhost-server-path"] = resolvedPath(try reader.string(value, expected: "a socket's path"), folder: folder)
        case "rx-queues": port.rxQueues = try reader.integer(value, in: 1...1024)
        case "rx-queue-affinity": port.rxQueueAffinity = try affinity(value)
        case "rx-descriptors": port.options["n_rxq_desc"] = String(try descriptors(value))
        case "tx-descriptors": port.options["n_txq_desc"] = String(try descriptors(value))
        case "mtu": port.mtu = try reader.integer(value, in: 68...9702)
        case "mac": port.ethernetAddress = try reader.ethernetAddress(value)
        case "tx-queues": port.options["n_txq"] = String(try reader.integer(value, in: 1...1024))
        case "numa-id", "ifindex": port.options[Self.dummyOptions[key] ?? key] = String(try reader.integer(value, in: 0...Int(Int32.max)))
        case "pcap", "rxq-pcap", "tx-pcap":
            port.options[Self.dummyOptions[key] ?? key] = resolvedPath(try reader.string(value, expected: "a file's name"), folder: folder)
        case "stream", "pstream": port.options[key] = try reader.string(value, expected: "a connection method such as unix:FILE")
        case "peer":
            let peer = try reader.string(value, expected: "a patch port's name")
            port.peer = peer
            peers[port.name] = reader.located(peer, value)
        default: break  // "type" has been read.
        }
    }

    private func checkRequired(_ port: PortConfig, _ key: Located<String>) throws(ConfigError) {
        let missing: String? = switch port.kind {
        case .dpdk where port.options["dpdk-devargs"] == nil: "devargs"
        case .dpdkvhostuserclient where port.options["vhost-server-path"] == nil: "socket"
        case .patch where port.peer == nil: "peer"
        default: nil
        }
        guard let missing else { return }
        throw reader.error(key, expected: "a port with the key \(missing)", found: "\(quote(key.value)) without it")
    }

    private func descriptors(_ node: Node) throws(ConfigError) -> Int {
        let count = try reader.integer(node, in: 64...4096)
        guard count & (count - 1) == 0 else { throw reader.error(node, expected: "a power of two from 64 to 4096") }
        return count
    }

    /// "0:1,1:2": queue 0 to core 1, queue 1 to core 2.
    private func affinity(_ node: Node) throws(ConfigError) -> String {
        let expected = "queues and cores such as 0:1,1:2"
        let text = try reader.string(node, expected: expected)
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = pair.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, let queue = UInt16(numbers[0]), let core = UInt16(numbers[1]), queue < 1024, core <= Limits.core
            else { throw reader.error(node, expected: expected) }
        }
        return text
    }

    // Numbers

    /// Gives a number to each port that has none: the one that it has now, or else the lowest free one.
    private func assignNumbers(_ ports: inout [PortConfig], of bridge: String, _ numbers: inout Set<OFPort>) {
        let running = former?.bridge(named: bridge)?.ports ?? []
        for index in ports.indices where ports[index].ofPort == .unset {
            guard let port = running.first(where: { $0.name == ports[index].name })?.ofPort, port < .maximum, numbers.insert(port).inserted
            else { continue }
            ports[index].ofPort = port
        }
        var next: UInt16 = 1
        for index in ports.indices where ports[index].ofPort == .unset {
            // There are fewer ports than numbers.
            while !numbers.insert(OFPort(next)).inserted { next += 1 }
            ports[index].ofPort = OFPort(next)
        }
    }

    // Paths

    var folder: String {
        guard let slash = reader.text.file.lastIndex(of: "/") else { return "" }
        return String(reader.text.file[...slash])
    }
}

/// A path of a configuration file; a relative one starts at the file's folder (which ends with "/" or is empty).
func resolvedPath(_ path: String, folder: String) -> String {
    path.hasPrefix("/") ? path : folder + path
}

/// Devargs whose pcap files are found from the configuration file's folder.
func resolvedPaths(devargs: String, folder: String) -> String {
    devargs.split(separator: ",", omittingEmptySubsequences: false).map { part in
        for key in ["rx_pcap=", "tx_pcap="] where part.hasPrefix(key) {
            return key + resolvedPath(String(part.dropFirst(key.count)), folder: folder)
        }
        return String(part)
    }.joined(separator: ",")
}
