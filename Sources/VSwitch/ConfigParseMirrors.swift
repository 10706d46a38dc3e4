import OFProto
import Wire
import Yams

/// What names ports of a bridge: mirrors and stations that do not move.
extension ConfigParser {
    private static let mirrorKeys = [
        "select-all", "select-src-port", "select-dst-port", "select-vlan", "output-port", "output-vlan", "snaplen",
    ]

    func mirrors(_ node: Node, of bridge: BridgeConfig) throws(ConfigError) -> [MirrorConfig] {
        var mirrors: [MirrorConfig] = []
        for entry in try reader.entries(node, expected: "a mapping of mirrors by name") {
            guard mirrors.count < OFProtoLimits.mirrors else {
                throw reader.error(entry.key, expected: "at most \(OFProtoLimits.mirrors) mirrors", found: "one more")
            }
            mirrors.append(try mirror(entry, of: bridge))
        }
        return mirrors
    }

    private func mirror(_ entry: ConfigReader.Entry, of bridge: BridgeConfig) throws(ConfigError) -> MirrorConfig {
        var mirror = MirrorConfig(entry.key.value)
        for entry in try reader.entries(entry.value, expected: "a mapping of the mirror's settings") {
            let value = entry.value
            switch entry.key.value {
            case "select-all": mirror.selectsAll = try reader.bool(value)
            case "select-src-port": mirror.sources = try portNames(value, of: bridge)
            case "select-dst-port": mirror.destinations = try portNames(value, of: bridge)
            case "select-vlan": mirror.vlans = Set(try vlans(value))
            case "output-port", "output-vlan":
                guard mirror.output == nil else { throw reader.error(entry.key, expected: "one output", found: "output-port and output-vlan") }
                mirror.output = entry.key.value == "output-port" ? .port(try portName(value, of: bridge))
                    : .vlan(UInt16(try reader.integer(value, in: 1...4095, what: "a VLAN")))
            case "snaplen": mirror.snapLength = UInt16(try reader.integer(value, in: 14...65535))
            default: throw reader.unknown(entry.key, Self.mirrorKeys)
            }
        }
        guard mirror.output != nil else { throw reader.error(entry.key, expected: "a mirror with output-port or output-vlan", found: "one without") }
        return mirror
    }

    private func portNames(_ node: Node, of bridge: BridgeConfig) throws(ConfigError) -> Set<String> {
        var names: Set<String> = []
        for element in try reader.list(node, of: "ports", atMost: Limits.ports) { names.insert(try portName(element, of: bridge)) }
        return names
    }

    /// The name of a port, or of a bond, of the bridge.
    private func portName(_ node: Node, of bridge: BridgeConfig) throws(ConfigError) -> String {
        let expected = "a port of bridge \(bridge.name)"
        let name = try reader.string(node, expected: expected)
        guard bridge.bonds.contains(where: { $0.name == name }) || bridge.ports.contains(where: { $0.name == name && $0.bond == nil }) else {
            throw reader.error(node, expected: expected)
        }
        return name
    }

    func staticMACs(_ node: Node, of bridge: BridgeConfig) throws(ConfigError) -> [StaticMACConfig] {
        var macs: [StaticMACConfig] = []
        for element in try reader.list(node, of: "stations", atMost: bridge.macTableSize) {
            var address: EthernetAddress?, vlan = 0, port: String?
            for entry in try reader.entries(element, expected: "a station such as { mac: 02:00:00:00:00:01, port: p1 }") {
                switch entry.key.value {
                case "mac": address = try reader.ethernetAddress(entry.value)
                case "vlan": vlan = try reader.integer(entry.value, in: 0...4095, what: "a VLAN")
                case "port": port = try portName(entry.value, of: bridge)
                default: throw reader.unknown(entry.key, ["mac", "vlan", "port"])
                }
            }
            guard let address, let port else { throw reader.error(element, expected: "a station with the keys mac and port") }
            guard !macs.contains(where: { ($0.address, $0.vlan) == (address, UInt16(vlan)) }) else {
                throw reader.error(element, expected: "each station once", found: "\(address) again")
            }
            macs.append(StaticMACConfig(address, vlan: UInt16(vlan), port: port))
        }
        return macs
    }
}
