import OFProto
import OVSDB
import Wire

extension UnixctlCommand {
    /// Bridges and their MAC tables (ovs-vswitchd(8), "BRIDGE COMMANDS").
    static let bridges = [
        UnixctlCommand("ofproto/list", "", 0...0) { context, _ in .value(TextLines(context.vswitch.ofproto.bridges.map(\.name))) },
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
        let stations = bridge.macEntries(now: context.vswitch.datapath.now).reversed().map(StationLine.init)
        return .value(ValuesByName(heading: " port  VLAN  MAC                Age\n", elements: [(bridge.name, ValueList(stations))]))
    }

    private static func statistics(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bridge = try context.bridge(arguments[0])
        let table = bridge.macTable
        let fixed = bridge.macEntries(now: context.vswitch.datapath.now).count { $0.age == nil }
        return .value(StationStatistics(bridge: bridge.name, current: table.count, maximum: table.capacity, fixed: fixed, events: table.statistics))
    }
}

/// A line of `fdb/show`.
private struct StationLine: CommandValue {
    let station: Station

    var text: String {
        let port = station.port == .local ? "LOCAL" : "\(station.port.number)"
        let age = station.age.map { rightAligned("\($0)", 3) } ?? "static"
        return "\(rightAligned(port, 5))  \(rightAligned("\(station.vlan)", 4))  \(station.address)  \(age)\n"
    }
    var json: JSON {
        ["port": JSON(station.port.number), "vlan": JSON(station.vlan), "mac": JSON("\(station.address)"), "age": station.age.map { JSON($0) } ?? "static"]
    }
}

private struct StationStatistics: CommandValue {
    let bridge: String
    let current: Int
    let maximum: Int
    let fixed: Int
    let events: MACTable.Statistics

    var text: String {
        """
        Statistics for bridge "\(bridge)":
          Current/maximum MAC entries in the table: \(current)/\(maximum)
          Current static MAC entries in the table : \(fixed)
          Total number of learned MAC entries     : \(events.learned)
          Total number of expired MAC entries     : \(events.expired)
          Total number of evicted MAC entries     : \(events.evicted)
          Total number of port moved MAC entries  : \(events.moved)
        """
    }
    var json: JSON {
        let entries: JSON = ["current": JSON(current), "maximum": JSON(maximum), "static": JSON(fixed)]
        let events: JSON = ["learned": JSON(events.learned), "expired": JSON(events.expired), "evicted": JSON(events.evicted), "moved": JSON(events.moved)]
        return [bridge: ["entries": entries, "events": events]]
    }
}
