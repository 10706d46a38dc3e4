import OFProto
import OVSDB
import Wire

/// Table Port, and what its interfaces have in common.
extension RowsReader {
    /// The ports of a bridge, its local port among them, with their numbers.
    mutating func ports(_ row: Row, _ bridge: inout BridgeConfig, _ numbers: inout PortNumbers) {
        var requests: [PortNumbers.Request] = [], names: Set<String> = []
        for row in replica.referenced(by: row, "ports").rows.sorted(by: { ($0.string("name") ?? "") < ($1.string("name") ?? "") }) {
            let name = row.string("name") ?? ""
            guard names.insert(name).inserted, result.rows.ports[name] == nil else {
                tell(.warning, "bridge", "bridge \(bridge.name): \(name) specified twice as bridge port")
                continue
            }
            result.rows.ports[name] = row.uuid
            port(row, name, &bridge, &requests)
        }
        if result.rows.interfaces[bridge.name] == nil { bridge.ports.append(PortConfig(name: bridge.name, kind: .internal, ofPort: .local)) }
        let given = numbers.assign(requests, on: bridge.name)
        let address = hardwareAddress(RowSettings(row), bridge.name)
        for index in bridge.ports.indices {
            if bridge.ports[index].ofPort == .local { bridge.ports[index].ethernetAddress = address }
            if bridge.ports[index].ofPort == .unset, let number = given[bridge.ports[index].name] { bridge.ports[index].ofPort = number }
        }
        bridge.ports.removeAll { $0.ofPort == .unset }
    }

    private static let withoutEffect = ["bond-detect-mode", "bond-miimon-interval", "hwaddr", "rstp-enable", "stp-enable", "transient"]

    private mutating func port(_ row: Row, _ name: String, _ bridge: inout BridgeConfig, _ requests: inout [PortNumbers.Request]) {
        let settings = RowSettings(row)
        tellWithoutEffect(settings, Self.withoutEffect, "port \(name)")
        let bundle = self.bundle(row, name, settings)
        let rows = replica.referenced(by: row, "interfaces").rows.sorted { ($0.string("name") ?? "") < ($1.string("name") ?? "") }
        var interfaces: [PortConfig] = []
        for interface in rows {
            guard var port = self.interface(interface, of: bridge.name, &requests) else { continue }
            if rows.count > 1 { port.bond = name } else { port.settings = bundle }
            if let qos = replica.referenced(by: row, "qos").rows.first { self.qos(qos, &port) }
            interfaces.append(port)
        }
        bridge.ports += interfaces
        guard rows.count > 1, !interfaces.isEmpty else { return }
        var bond = BondConfig(name: name)
        bond.settings = bundle
        bond.bond = self.bond(row, name, settings, interfaces.map(\.name), bridge)
        bridge.bonds.append(bond)
    }

    // VLANs

    private mutating func bundle(_ row: Row, _ name: String, _ settings: RowSettings) -> BundleConfig {
        var bundle = BundleConfig()
        let tag = row.int("tag").flatMap(vlan)
        if let text = row.string("vlan_mode") {
            if let mode = BundleConfig.VLANMode(rawValue: text) {
                bundle.vlanMode = mode
            } else {
                tell(.warning, "bridge", "port \(name): unknown VLAN mode \(text), falling back to trunk mode")
            }
        } else if tag != nil {
            bundle.vlanMode = .access
            if !row.ints("trunks").isEmpty { tell(.warning, "bridge", "port \(name): ignoring trunks in favor of implicit vlan") }
        }
        if bundle.vlanMode != .trunk { bundle.tag = tag ?? 0 }
        if bundle.vlanMode != .access && bundle.vlanMode != .dot1qTunnel { bundle.trunks = row.ints("trunks").compactMap(vlan) }
        if bundle.vlanMode == .dot1qTunnel {
            bundle.customerVLANs = row.ints("cvlans").compactMap(vlan)
            if settings["qinq-ethtype"] == BundleConfig.TunnelEtherType.customer.rawValue { bundle.tunnelEtherType = .customer }
        }
        // "true" is what "if-nonzero" was once called.
        bundle.priorityTags = settings["priority-tags"].map { $0 == "true" ? .ifNonzero : PriorityTags(rawValue: $0) ?? .never } ?? .never
        bundle.isProtected = row.bool("protected") == true
        bundle.ethernetAddress = row.string("mac").flatMap { EthernetAddress($0) }
        bundle.isFakeBridge = row.bool("fake_bridge") == true
        return bundle
    }

    // Bonds

    private mutating func bond(_ row: Row, _ name: String, _ settings: RowSettings, _ interfaces: [String], _ bridge: BridgeConfig) -> BondSettings {
        var bond = BondSettings()
        if let text = row.string("bond_mode") {
            if let mode = BondMode(rawValue: text) {
                bond.mode = mode
            } else {
                tell(.warning, "bridge", "port \(name): unknown bond_mode \(text), defaulting to \(bond.mode.rawValue)")
            }
        } else {
            tell(.warning, "bridge", "port \(name): Using the default bond_mode \(bond.mode.rawValue). Note that in previous versions, the default bond_mode was balance-slb")
        }
        if bond.mode == .balanceSLB, !bridge.floodVLANs.isEmpty {
            tell(.warning, "bridge", "port \(name): SLB bonds are incompatible with flood_vlans, please use another bond type or disable flood_vlans")
        }
        if let primary = settings["bond-primary"], interfaces.contains(primary) { bond.primary = primary }
        bond.upDelay = min(max(row.int("bond_updelay") ?? 0, 0), Limits.longestTime)
        bond.downDelay = min(max(row.int("bond_downdelay") ?? 0, 0), Limits.longestTime)
        if let interval = settings.int("bond-rebalance-interval") { bond.rebalanceInterval = interval == 0 ? 0 : Int64(max(interval, 1_000)) }
        bond.hashBasis = UInt32(truncatingIfNeeded: settings.int("bond-hash-basis") ?? 0)
        if let mode = settings["bond-detect-mode"], mode != "carrier", mode != "miimon" {
            tell(.warning, "bridge", "port \(name): unsupported bond-detect-mode \(mode), defaulting to carrier")
        }
        lacp(row, name, settings)
        return bond
    }

    /// What is said of LACP, which is not spoken.
    private mutating func lacp(_ row: Row, _ name: String, _ settings: RowSettings) {
        guard let lacp = row.string("lacp"), lacp != "off" else { return }
        if let id = settings["lacp-system-id"] {
            if let address = EthernetAddress(id) {
                if address.isZero { tell(.warning, "bridge", "port \(name): Invalid zero LACP system ID.") }
            } else {
                tell(.warning, "bridge", "port \(name): LACP system ID (\(id)) must be an Ethernet address.")
            }
        }
        tell(.warning, "bridge", "port \(name): lacp has no effect: there is no LACP")
    }
}
