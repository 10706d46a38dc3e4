import OFProto
import OVSDB
import OpenFlow
import Wire

/// Table Bridge.
extension RowsReader {
    /// A bridge with all that belongs to it; nil: it cannot be.
    mutating func bridge(_ row: Row, _ numbers: inout PortNumbers, _ supports: (String) -> Bool) -> BridgeConfig? {
        let name = row.string("name") ?? ""
        // It becomes a part of files' names.
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else {
            tell(.warning, "bridge", "ignoring bridge with invalid name \"\(name)\"")
            return nil
        }
        guard result.config.bridge(named: name) == nil else {
            tell(.warning, "bridge", "bridge \(name) specified twice")
            return nil
        }
        let type = row.string("datapath_type") ?? ""
        var bridge = BridgeConfig(name: name)
        bridge.flushesFlows = true
        bridge.datapathType = type.isEmpty ? "system" : type
        guard supports(bridge.datapathType) else {
            tell(.warning, "ofproto", "unknown datapath type \(bridge.datapathType)")
            tell(.warning, "ofproto", "could not create datapath \(name) of unknown type \(bridge.datapathType)")
            tell(.error, "bridge", "failed to create bridge \(name): Address family not supported by protocol")
            return nil
        }
        settings(row, &bridge)
        // Until the flows are there again a bridge is like one without controllers.
        if !result.config.waitsForFlows { controllers(row, &bridge) }
        ports(row, &bridge, &numbers)
        tables(row, &bridge)
        mirrors(row, &bridge)
        netFlow(row, &bridge)
        if bridge.failMode == .standalone, bridge.controllers.isEmpty { bridge.addStandaloneFlow() }
        return bridge
    }

    private static let withoutEffect = ["disable-in-band", "in-band-queue", "flow-eviction-threshold", "mcast-snooping-aging-time", "mcast-snooping-table-size"]
    /// Columns that turn something on which there is not.
    private static let missing = ["stp_enable": "STP", "rstp_enable": "RSTP", "mcast_snooping_enable": "multicast snooping"]

    private mutating func settings(_ row: Row, _ bridge: inout BridgeConfig) {
        let settings = RowSettings(row)
        tellWithoutEffect(settings, Self.withoutEffect, "bridge \(bridge.name)")
        for (column, what) in Self.missing.sorted(by: { $0.key < $1.key }) where row.bool(column) == true {
            tell(.warning, "bridge", "bridge \(bridge.name): \(column) has no effect: there is no \(what)")
        }
        for (column, what) in [("sflow", "sFlow"), ("ipfix", "IPFIX"), ("auto_attach", "auto-attach")] where row.uuid(column) != nil {
            tell(.warning, "bridge", "bridge \(bridge.name): \(column) has no effect: there is no \(what)")
        }
        if row.string("fail_mode") == BridgeConfig.FailMode.secure.rawValue { bridge.failMode = .secure }
        bridge.floodVLANs = row.ints("flood_vlans").compactMap(vlan)
        bridge.forwardBPDU = settings.bool("forward-bpdu")
        bridge.datapathID = settings["datapath-id"].flatMap(datapathID)
        bridge.datapathDescription = settings["dp-desc"]
        bridge.serialNumber = settings["dp-sn"]
        if let aging = settings.int("mac-aging-time"), aging > 0 { bridge.macAging = min(max(aging, 15), 3_600) }
        if let size = settings.int("mac-table-size"), size > 0 { bridge.macTableSize = min(max(size, 10), 1_000_000) }
        let versions = row.strings("protocols").compactMap { OFVersion(name: $0) }
        if !versions.isEmpty { bridge.protocols = versions.reduce(into: []) { $0.formUnion(OFVersions($1)) } }
    }

    /// other_config:hwaddr: the address of the local port.
    mutating func hardwareAddress(_ settings: RowSettings, _ bridge: String) -> EthernetAddress? {
        guard let address = settings["hwaddr"].flatMap({ EthernetAddress($0) }) else { return nil }
        if address.isMulticast {
            tell(.error, "bridge", "bridge \(bridge): cannot set MAC address to multicast address \(address)")
            return nil
        }
        if address.isZero {
            tell(.error, "bridge", "bridge \(bridge): cannot set MAC address to zero")
            return nil
        }
        return address
    }

    /// 16 hexadecimal digits, or up to so many behind 0x; not zero.
    private func datapathID(_ text: String) -> UInt64? {
        let isShort = text.hasPrefix("0x")
        let digits = isShort ? text.dropFirst(2) : text[...]
        guard isShort ? (1...16).contains(digits.utf8.count) : digits.utf8.count == 16, digits.allSatisfy(\.isHexDigit),
            let number = UInt64(digits, radix: 16), number != 0 else { return nil }
        return number
    }

    func vlan(_ number: Int64) -> UInt16? { (0...4095).contains(number) ? UInt16(number) : nil }
}
