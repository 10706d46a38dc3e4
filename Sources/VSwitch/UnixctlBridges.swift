import OFProto
import Wire

extension UnixctlCommand {
    /// Bridges and their MAC tables (ovs-vswitchd(8), "BRIDGE COMMANDS").
    static let bridges = [
        UnixctlCommand("ofproto/list", "", 0...0) { context, _ in .text(context.vswitch.ofproto.bridges.map { $0.name + "\n" }.joined()) },
        UnixctlCommand("fdb/show", "bridge", 1...1, show),
        UnixctlCommand("fdb/flush", "[bridge]", 0...1) { context, arguments throws(UnixctlError) in
            for bridge in try selected(context, arguments) { bridge.flushFDB() }
            return .text("table successfully flushed")
        },
        UnixctlCommand("fdb/stats-show", "bridge", 1...1, statistics),
        UnixctlCommand("fdb/stats-clear", "[bridge]", 0...1) { context, arguments throws(UnixctlError) in
            for bridge in try selected(context, arguments) { bridge.clearMACStatistics() }
            return .text("statistics successfully cleared")
        },
    ]

    /// The bridge that is named, or all.
    private static func selected(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> [Bridge] {
        guard let name = arguments.first else { return context.vswitch.ofproto.bridges }
        return [try context.bridge(name)]
    }

    /// The stations, the longest unheard first.
    private static func show(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bridge = try context.bridge(arguments[0])
        var text = " port  VLAN  MAC                Age\n"
        for entry in bridge.macEntries(now: context.vswitch.datapath.now).reversed() {
            let port = entry.port == .local ? "LOCAL" : "\(entry.port.number)"
            let age = entry.age.map { rightAligned("\($0)", 3) } ?? "static"
            text += "\(rightAligned(port, 5))  \(rightAligned("\(entry.vlan)", 4))  \(entry.address)  \(age)\n"
        }
        return .text(text)
    }

    private static func statistics(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bridge = try context.bridge(arguments[0])
        let table = bridge.macTable, stats = table.statistics
        let fixed = bridge.macEntries(now: context.vswitch.datapath.now).count { $0.age == nil }
        return .text("""
            Statistics for bridge "\(bridge.name)":
              Current/maximum MAC entries in the table: \(table.count)/\(table.capacity)
              Current static MAC entries in the table : \(fixed)
              Total number of learned MAC entries     : \(stats.learned)
              Total number of expired MAC entries     : \(stats.expired)
              Total number of evicted MAC entries     : \(stats.evicted)
              Total number of port moved MAC entries  : \(stats.moved)
            """)
    }
}
