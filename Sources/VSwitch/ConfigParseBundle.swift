import OFProto
import Wire
import Yams

/// What a port is besides its interface: VLANs, bonds.
extension ConfigParser {
    static let bundleKeys = ["vlan-mode", "tag", "trunks", "cvlans", "qinq-ethtype", "priority-tags", "protected"]
    private static let bondKeys = ["type", "mode", "primary", "updelay", "downdelay", "rebalance-interval", "hash-basis", "interfaces"]

    /// Reads a setting of a port. False: it is none.
    func set(_ key: String, _ value: Node, of bundle: inout BundleConfig) throws(ConfigError) -> Bool {
        switch key {
        case "vlan-mode": bundle.vlanMode = try reader.choice(value, BundleConfig.VLANMode.self)
        case "tag": bundle.tag = UInt16(try reader.integer(value, in: 0...4095, what: "a VLAN"))
        case "trunks": bundle.trunks = try vlans(value)
        case "cvlans": bundle.customerVLANs = try vlans(value)
        case "qinq-ethtype": bundle.tunnelEtherType = try reader.choice(value, BundleConfig.TunnelEtherType.self)
        case "priority-tags": bundle.priorityTags = try reader.choice(value, PriorityTags.self)
        case "protected": bundle.isProtected = try reader.bool(value)
        default: return false
        }
        return true
    }

    /// vlan_mode, tag, trunks and cvlans fit together as ovs-vswitchd.conf.db(5) says. Without a mode a tag makes an access port.
    func checkVLAN(_ bundle: inout BundleConfig, _ entries: [ConfigReader.Entry]) throws(ConfigError) {
        func value(_ key: String) -> Node? { entries.first { $0.key.value == key }?.value }
        let mode = value("vlan-mode")
        if mode == nil && bundle.tag != nil { bundle.vlanMode = .access }
        if let trunks = value("trunks"), bundle.vlanMode == .access || bundle.vlanMode == .dot1qTunnel {
            let kind = bundle.vlanMode == .access ? "an access port" : "a tunnel"
            throw reader.error(trunks, expected: "no trunks at \(kind)", found: "a list")
        }
        for key in ["cvlans", "qinq-ethtype"] {
            if let value = value(key), bundle.vlanMode != .dot1qTunnel { throw reader.error(value, expected: "\(key) with vlan-mode dot1q-tunnel only") }
        }
        if let tag = value("tag"), bundle.vlanMode == .trunk {
            throw reader.error(tag, expected: "no tag with vlan-mode trunk")
        }
        if let mode, bundle.tag == nil, bundle.vlanMode != .trunk {
            throw reader.error(mode, expected: "a tag with vlan-mode \(bundle.vlanMode.rawValue)", found: "none")
        }
    }

    /// Distinct VLANs in their order.
    func vlans(_ node: Node) throws(ConfigError) -> [UInt16] {
        var vlans: Set<UInt16> = []
        for element in try reader.list(node, of: "VLANs", atMost: 4096) {
            vlans.insert(UInt16(try reader.integer(element, in: 0...4095, what: "a VLAN")))
        }
        return vlans.sorted()
    }

    /// A bond without its interfaces, and these. nil: the entry is no bond.
    func bond(_ entry: ConfigReader.Entry) throws(ConfigError) -> (config: BondConfig, interfaces: Node, primary: Node?)? {
        let entries = try reader.entries(entry.value, expected: "a mapping of the port's settings")
        guard let type = entries.first(where: { $0.key.value == "type" }), case .scalar(let scalar) = type.value, scalar.string == "bond" else { return nil }
        try checkName(entry.key, of: "a port", limit: Limits.nameBytes)
        var bond = BondConfig(name: entry.key.value), interfaces: Node?, primary: Node?
        for entry in entries {
            if try set(entry.key.value, entry.value, of: &bond.settings) { continue }
            switch entry.key.value {
            case "type": break
            case "interfaces": interfaces = entry.value
            case "primary":
                primary = entry.value
                bond.bond.primary = try reader.string(entry.value, expected: "an interface's name")
            default: try set(entry.key, entry.value, of: &bond.bond)
            }
        }
        guard let interfaces else { throw reader.error(entry.key, expected: "a bond with the key interfaces", found: "\(quote(bond.name)) without it") }
        try checkVLAN(&bond.settings, entries)
        return (bond, interfaces, primary)
    }

    private func set(_ key: Located<String>, _ value: Node, of bond: inout BondSettings) throws(ConfigError) {
        func time(_ range: ClosedRange<Int>, _ expected: String) throws(ConfigError) -> Int64 {
            Int64(try reader.quantity(value, units: Self.milliseconds + [("", 1)], in: range, expected: expected))
        }
        switch key.value {
        case "mode": bond.mode = try reader.choice(value, BondMode.self)
        case "updelay": bond.upDelay = try time(0...3_600_000, "a time up to 1h such as 500ms")
        case "downdelay": bond.downDelay = try time(0...3_600_000, "a time up to 1h such as 500ms")
        case "rebalance-interval":
            let interval = try time(0...3_600_000, "0 or a time from 1s to 1h such as 10s")
            // As in ovs-vswitchd.conf.db(5), other_config:bond-rebalance-interval.
            bond.rebalanceInterval = interval == 0 ? 0 : max(1_000, interval)
        case "hash-basis": bond.hashBasis = UInt32(try reader.integer(value, in: 0...Int(UInt32.max)))
        default: throw reader.unknown(key, Self.bondKeys + Self.bundleKeys)
        }
    }

    func checkPrimary(_ bond: (config: BondConfig, interfaces: Node, primary: Node?), _ names: [String]) throws(ConfigError) {
        guard let node = bond.primary, let name = bond.config.bond.primary, !names.contains(name) else { return }
        throw reader.error(node, expected: "one of " + names.joined(separator: ", "))
    }
}
