import Flow
import OpenFlow
import Wire
import Yams

extension SwitchConfig {
    /// Reads a configuration; total for any bytes. Throws the first mistake as a `ConfigError`.
    /// - Parameters:
    ///   - file: the file's name for messages; paths in it that are relative are resolved against its folder.
    ///   - former: the configuration that runs: ports without an `of-port` keep the number that they have there.
    public static func parse(_ bytes: [UInt8], file: String, keeping former: SwitchConfig? = nil) throws(ConfigError) -> SwitchConfig {
        let text = try YAMLText(bytes, file: file)
        guard let root = text.root else {
            throw ConfigError(file: file, line: 1, column: 1, expected: "a mapping with the key bridges", found: "nothing")
        }
        var parser = ConfigParser(reader: ConfigReader(text: text), former: former)
        return try parser.parse(root)
    }
}

/// One reading of one file.
struct ConfigParser {
    let reader: ConfigReader
    let former: SwitchConfig?
    /// All ports so far, by name, with their bridge: names are unique over all bridges.
    var portPlaces: [String: Located<String>] = [:]
    /// Patch ports, by name, with the place where their peer is named.
    var peers: [String: Located<String>] = [:]

    mutating func parse(_ root: Node) throws(ConfigError) -> SwitchConfig {
        try reader.checkBounds(root)
        var config = SwitchConfig()
        var bridges: Node?
        let known = ["bridges", "datapath", "ssl"]
        for entry in try reader.entries(root, expected: "a mapping with the key bridges") {
            switch entry.key.value {
            case "datapath": config.datapath = try datapath(entry.value)
            case "bridges": bridges = entry.value
            case "ssl": config.tls = try tls(entry.value)
            default: throw reader.unknown(entry.key, known)
            }
        }
        guard let bridges else { throw reader.error(root, expected: "the key bridges", found: "none") }
        let entries = try reader.entries(bridges, expected: "a mapping of bridges by name")
        for entry in entries {
            guard config.bridges.count < Limits.bridges else {
                throw reader.error(entry.key, expected: "at most \(Limits.bridges) bridges", found: "one more")
            }
            try checkName(entry.key, of: "a bridge", limit: Limits.interfaceNameBytes)
            config.bridges.append(try bridge(entry))
        }
        try checkPeers(config)
        try checkBridgeNames(entries)
        return config
    }

    // The datapath

    private static let datapathKeys = [
        "pmd-cores", "memory", "hugepages", "eal", "emc-insert-inv-prob", "smc", "rxq-assign", "vlan-limit", "flow-limit", "max-idle",
    ]
    private static let megabytes = [("MB", 1), ("M", 1), ("GB", 1024), ("G", 1024)]
    static let milliseconds = [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000)]

    private func datapath(_ node: Node) throws(ConfigError) -> DatapathConfig {
        var config = DatapathConfig()
        for entry in try reader.entries(node, expected: "a mapping of the datapath's settings") {
            let value = entry.value
            switch entry.key.value {
            case "pmd-cores": config.pmdCores = try cores(value)
            case "memory":
                config.memory = try reader.quantity(value, units: Self.megabytes, in: 64...(1 << 20),
                    expected: "a size from 64MB to 1024GB such as 512MB")
            case "hugepages": config.hugepages = try reader.bool(value)
            case "eal": config.ealArguments = try ealArguments(value)
            case "emc-insert-inv-prob":
                config.emcInsertInverseProbability = try reader.integer(value, in: 0...Int(UInt32.max))
            case "smc": config.smc = try reader.bool(value)
            case "rxq-assign": config.rxqAssign = try reader.choice(value, DatapathConfig.RxqAssign.self)
            case "vlan-limit": config.vlanLimit = try reader.integer(value, in: 0...FlowKey.vlanTags)
            case "flow-limit": config.flowLimit = try reader.integer(value, in: 0...(1 << 20))
            case "max-idle":
                config.maxIdle = Int64(try reader.quantity(value, units: Self.milliseconds, in: 500...3_600_000,
                    expected: "a time from 500ms to 1h such as 10s"))
            default: throw reader.unknown(entry.key, Self.datapathKeys)
            }
        }
        return config
    }

    private func cores(_ node: Node) throws(ConfigError) -> [Int] {
        var cores: [Int] = []
        for element in try reader.list(node, of: "cores", atMost: Limits.pmds) {
            let core = try reader.integer(element, in: 0...Limits.core, what: "a core")
            guard !cores.contains(core) else { throw reader.error(element, expected: "each core once", found: "\(core) again") }
            cores.append(core)
        }
        guard !cores.isEmpty else { throw reader.error(node, expected: "at least one core", found: "none") }
        return cores
    }

    private func ealArguments(_ node: Node) throws(ConfigError) -> [String] {
        var arguments: [String] = []
        for element in try reader.list(node, of: "EAL arguments", atMost: Limits.ealArguments) {
            arguments.append(try reader.string(element, expected: "an EAL argument"))
        }
        return arguments
    }

    // Bridges

    private static let bridgeKeys = [
        "fail-mode", "mac-aging-time", "mac-table-size", "static-macs", "flood-vlans", "forward-bpdu", "mirrors", "netflow", "protocols", "datapath-id", "controllers",
        "tables", "ports", "flows",
    ]

    private mutating func bridge(_ entry: ConfigReader.Entry) throws(ConfigError) -> BridgeConfig {
        var bridge = BridgeConfig(name: entry.key.value)
        var flows: Node?, ports: Node?, mirrors: Node?, stations: Node?
        for entry in try reader.entries(entry.value, expected: "a mapping of the bridge's settings") {
            switch entry.key.value {
            case "fail-mode": bridge.failMode = try reader.choice(entry.value, BridgeConfig.FailMode.self)
            case "mac-aging-time":
                bridge.macAging = try reader.quantity(entry.value, units: [("s", 1), ("", 1), ("min", 60), ("h", 3600)], in: 15...3600,
                    expected: "a time from 15s to 1h such as 300s")
            case "mac-table-size": bridge.macTableSize = try reader.integer(entry.value, in: 10...1_000_000)
            case "static-macs": stations = entry.value
            case "flood-vlans": bridge.floodVLANs = try vlans(entry.value)
            case "forward-bpdu": bridge.forwardBPDU = try reader.bool(entry.value)
            case "mirrors": mirrors = entry.value
            case "netflow": bridge.netFlow = try netFlow(entry.value)
            case "protocols": bridge.protocols = try protocols(entry.value)
            case "datapath-id": bridge.datapathID = try datapathID(entry.value)
            case "controllers": bridge.controllers = try controllers(entry.value)
            case "tables": bridge.tables = try tables(entry.value)
            case "ports": ports = entry.value
            case "flows": flows = entry.value
            default: throw reader.unknown(entry.key, Self.bridgeKeys)
            }
        }
        if let ports { (bridge.ports, bridge.bonds) = try self.ports(ports, of: bridge.name) }
        if let mirrors { bridge.mirrors = try self.mirrors(mirrors, of: bridge) }
        if let stations { bridge.staticMACs = try staticMACs(stations, of: bridge) }
        if let flows { bridge.flows = try self.flows(flows, of: bridge) }
        if bridge.failMode == .standalone, bridge.controllers.isEmpty { bridge.addStandaloneFlow() }
        return bridge
    }

    /// A name may hold letters, digits and `_ - . @`, so that it can stand in a flow, too.
    func checkName(_ name: Located<String>, of what: String, limit: Int) throws(ConfigError) {
        let allowed = name.value.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "@"): true
            default: false
            }
        }
        // A name of digits only would be taken for a port number.
        let isNumber = name.value.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let isReserved = OFPort.reservedNames.contains { $0.name == name.value.uppercased() } || name.value == "." || name.value == ".."
        guard allowed, !isNumber, !isReserved, name.value.utf8.count <= limit else {
            throw reader.error(name, expected: "\(what)'s name (letters, digits, _ - . @; at most \(limit); no number or reserved name)",
                found: quote(name.value))
        }
    }

    /// A port with a bridge's name is that bridge's local port.
    private func checkBridgeNames(_ bridges: [ConfigReader.Entry]) throws(ConfigError) {
        for entry in bridges {
            guard let owner = portPlaces[entry.key.value], owner.value != entry.key.value else { continue }
            throw reader.error(owner, expected: "a name that no bridge has", found: quote(entry.key.value))
        }
    }

    /// Patch ports come in pairs that name each other.
    private func checkPeers(_ config: SwitchConfig) throws(ConfigError) {
        for (name, peer) in peers.sorted(by: { ($0.value.line, $0.value.column) < ($1.value.line, $1.value.column) }) {
            guard let back = peers[peer.value] else {
                let found = portPlaces[peer.value] == nil ? "\(quote(peer.value)), which is not there" : "\(quote(peer.value)), which is none"
                throw reader.error(peer, expected: "a patch port", found: found)
            }
            guard back.value == name, name != peer.value else {
                throw reader.error(peer, expected: "a patch port whose peer is \(quote(name))",
                    found: "\(quote(peer.value)), whose peer is \(quote(back.value))")
            }
        }
    }
}

extension BridgeConfig {
    /// The flow that lets a bridge without a controller forward as any other (fail_mode of ovs-vswitchd.conf.db(5)),
    /// unless the file has one in its place.
    mutating func addStandaloneFlow() {
        var flow = FlowMod()
        flow.priority = 0
        flow.actions = [.output(.normal, maxLength: 0)]
        if !flows.contains(where: { FlowIdentity($0) == FlowIdentity(flow) }) { flows.append(flow) }
    }
}
