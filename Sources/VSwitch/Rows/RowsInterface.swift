import NetDev
import OVSDB
import Wire

/// Table Interface.
extension RowsReader {
    /// An interface; nil: it cannot be, and why is told and to be written to its column `error`.
    mutating func interface(_ row: Row, of bridge: String, _ requests: inout [PortNumbers.Request]) -> PortConfig? {
        let name = row.string("name") ?? ""
        if let owner = owners[name], owner != bridge || result.rows.interfaces[name] != nil {
            tell(.warning, "bridge", "bridge \(bridge): interface \(name) is already configured on \(owner)")
            return nil
        }
        owners[name] = bridge
        result.rows.interfaces[name] = row.uuid
        let isLocal = name == bridge
        let type = isLocal ? "internal" : row.string("type") ?? ""
        guard let kind = kind(type) else {
            tell(.warning, "netdev", "could not create netdev \(name) of unknown type \(type)")
            let error = "could not open network device \(name) (Address family not supported by protocol)"
            tell(.warning, "bridge", error)
            result.rows.errors[name] = error
            return nil
        }
        var port = PortConfig(name: name, kind: kind, ofPort: isLocal ? .local : .unset)
        guard setOptions(row, &port) else { return nil }
        setDevice(row, &port)
        if !isLocal { requests.append(PortNumbers.Request(name: name, number: ofPortRequest(row))) }
        return port
    }

    /// nil: there are no such interfaces. Without DPDK there are none of its types, as in ovs-vswitchd.
    private func kind(_ type: String) -> PortConfig.Kind? {
        let kind = PortConfig.Kind(rawValue: type.isEmpty ? "system" : type)
        return kind == .dpdk || kind == .dpdkvhostuserclient ? (hasDPDK ? kind : nil) : kind
    }

    private func ofPortRequest(_ row: Row) -> OFPort? {
        guard let number = row.int("ofport_request"), (1..<Int64(OFPort.maximum.number)).contains(number) else { return nil }
        return OFPort(UInt16(number))
    }

    // options

    /// The options that a kind of device reads by itself.
    private static func options(of kind: PortConfig.Kind) -> [String] {
        switch kind {
        case .dpdk: ["dpdk-devargs"]
        case .dpdkvhostuserclient: ["vhost-server-path"]
        case .dummy, .dummyInternal, .dummyPMD: ["pstream", "stream", "pcap", "rxq_pcap", "tx_pcap", "n_txq", "numa_id", "ifindex"]
        case .system, .internal, .tap, .patch: []
        }
    }

    private static let withoutEffect = [
        "dpdk-lsc-interrupt", "dpdk-vf-mac", "dq-zero-copy", "flow-ctrl-autoneg", "rx-flow-ctrl", "rx-steering", "tx-flow-ctrl", "tx-retries-max", "vhost-reconnect",
    ]

    /// Reads the column options. False: with these there is no interface.
    private mutating func setOptions(_ row: Row, _ port: inout PortConfig) -> Bool {
        let options = RowSettings(row, "options")
        tellWithoutEffect(options, Self.withoutEffect, "interface \(port.name)", column: "options")
        for key in Self.options(of: port.kind) { port.options[key] = options[key] }
        switch port.kind {
        case .patch:
            guard let peer = options["peer"], !peer.isEmpty else { return refuse(port, "\(port.name): patch type requires valid 'peer' argument", by: "netdev_vport") }
            guard peer != port.name else { return refuse(port, "\(port.name): patch peer must not be self", by: "netdev_vport") }
            port.peer = peer
        case .dpdk:
            if (options["dpdk-devargs"] ?? "").isEmpty {
                return refuse(port, "'\(port.name)' is missing 'options:dpdk-devargs'. The old 'dpdk<port_id>' names are not supported", by: "netdev_dpdk")
            }
            for key in ["n_rxq_desc", "n_txq_desc"] {
                // Anything else than a power of two within the bounds is the default.
                if let count = options.int(key), NetDev.Limits.descriptors.contains(count), count & (count - 1) == 0 { port.options[key] = String(count) }
            }
        case .dpdkvhostuserclient: port.options.merge(vhostOptions) { $1 }
        default: break
        }
        if let queues = options.int("n_rxq"), queues > 1, port.kind.hasRxQueues { port.rxQueues = min(queues, NetDev.Limits.queues) }
        return true
    }

    /// A device that does not take its options.
    private mutating func refuse(_ port: PortConfig, _ error: String, by module: String) -> Bool {
        tell(.error, module, error)
        tell(.warning, "netdev", "\(port.name): could not set configuration (Invalid argument)")
        result.rows.errors[port.name] = error
        return false
    }

    // Other columns

    private mutating func setDevice(_ row: Row, _ port: inout PortConfig) {
        if let mtu = row.int("mtu_request") {
            if let mtu = Int(exactly: mtu), NetDev.Limits.mtu.contains(mtu) {
                port.mtu = mtu
            } else {
                tell(.warning, "netdev", "failed to set MTU for network device \(port.name): Invalid argument")
            }
        }
        setAddress(row, &port)
        let settings = RowSettings(row)
        tellWithoutEffect(settings, ["tx-steering"], "interface \(port.name)")
        if let affinity = settings["pmd-rxq-affinity"], !affinity.isEmpty, port.kind.hasRxQueues {
            if isAffinity(affinity) {
                port.rxQueueAffinity = affinity
            } else {
                tell(.warning, "dpif_netdev", "\(port.name): pmd-rxq-affinity: expected QUEUE:CORE,…, found '\(oneLine(affinity, limit: Limits.quoted))'")
            }
        }
        for column in ["bfd", "lldp"] where RowSettings(row, column).bool("enable") { tell(.warning, "bridge", "interface \(port.name): \(column) has no effect") }
        if row.int("cfm_mpid") != nil { tell(.warning, "bridge", "interface \(port.name): cfm_mpid has no effect") }
        port.policing = policing(row)
    }

    /// The column mac is for internal interfaces.
    private mutating func setAddress(_ row: Row, _ port: inout PortConfig) {
        guard port.kind == .internal, let address = row.string("mac").flatMap({ EthernetAddress($0) }) else { return }
        if port.ofPort == .local {
            tell(.error, "bridge", "interface \(port.name): ignoring mac in Interface record (use Bridge record to set local port's mac)")
        } else if address.isMulticast {
            tell(.error, "bridge", "interface \(port.name): cannot set MAC to multicast address")
        } else if !address.isZero {
            port.ethernetAddress = address
        }
    }

    /// "0:1,1:2": queue 0 to core 1, queue 1 to core 2.
    private func isAffinity(_ text: String) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { pair in
            let numbers = pair.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            return numbers.count == 2 && (0..<NetDev.Limits.queues).contains(numbers[0]) && (0...Limits.core).contains(numbers[1])
        }
    }
}

extension PortConfig.Kind {
    /// It has receive queues of whose number and cores the configuration decides.
    fileprivate var hasRxQueues: Bool {
        switch self {
        case .dpdk, .dpdkvhostuserclient, .dummy, .dummyPMD: true
        case .system, .internal, .tap, .patch, .dummyInternal: false
        }
    }
}
