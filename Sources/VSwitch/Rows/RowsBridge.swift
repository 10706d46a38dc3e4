import OVSDB

/// Table Bridge.
extension RowsReader {
    /// A bridge with all that belongs to it; nil: it cannot be.
    mutating func bridge(_ row: Row, _ numbers: inout PortNumbers, _ supports: (String) -> Bool) -> BridgeConfig? {
        let name = row.string("name") ?? ""
        guard isName(name) else {
            tell(.warning, "bridge", "ignoring bridge with invalid name \"\(name)\"")
            return nil
        }
        guard result.config.bridge(named: name) == nil else {
            tell(.warning, "bridge", "bridge \(name) specified twice")
            return nil
        }
        let type = row.string("datapath_type") ?? ""
        var bridge = BridgeConfig(name: name)
        bridge.datapathType = type.isEmpty ? "system" : type
        guard supports(bridge.datapathType) else {
            tell(.warning, "ofproto", "unknown datapath type \(bridge.datapathType)")
            tell(.warning, "ofproto", "could not create datapath \(name) of unknown type \(bridge.datapathType)")
            tell(.error, "bridge", "failed to create bridge \(name): Address family not supported by protocol")
            return nil
        }
        bridge.flushesFlows = true
        ports(row, &bridge, &numbers)
        if bridge.failMode == .standalone, bridge.controllers.isEmpty { bridge.addStandaloneFlow() }
        return bridge
    }

    /// A bridge's name becomes a part of files' names.
    private func isName(_ name: String) -> Bool { !name.isEmpty && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0) }
}
