import Datapath
import OFProto
import OpenFlow
import OVSDB

extension UnixctlCommand {
    /// Bridges' flows and controllers (ovs-vswitchd(8), "BRIDGE COMMANDS").
    static let bridgeFlows = [
        UnixctlCommand("bridge/dump-flows", "[--offload-stats] bridge", 1...2, dumpFlows),
        UnixctlCommand("bridge/reconnect", "[bridge]", 0...1) { context, arguments throws(UnixctlError) in
            if let name = arguments.first { _ = try known(name, context) }
            context.reconnect(arguments.first)
            return .text("")
        },
        UnixctlCommand("ofproto/list-tunnels", "", 0...0) { _, _ in .value(PlainValue("", [])) },
    ]

    private static func known(_ name: String, _ context: UnixctlContext) throws(UnixctlError) -> Bridge {
        guard let bridge = context.vswitch.ofproto.bridge(named: name) else { throw UnixctlError("Unknown bridge") }
        return bridge
    }

    /// All flows, those that OpenFlow does not show, too. No packet is counted by a device.
    private static func dumpFlows(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let bridge = try known(arguments[arguments.count - 1], context)
        let offloads = arguments.count > 1 && arguments[0] == "--offload-stats"
        let flows = bridge.dumpEveryFlow()
        var next = 0
        return .list {
            guard next < flows.count else { return nil }
            let end = min(next + Limits.dumpSlice, flows.count)
            defer { next = end }
            return flows[next..<end].map { FlowLine(flow: $0.flow, priority: $0.priority, stats: $0.stats, tellsOffloads: offloads, now: context.now) }
        }
    }
}

/// An OpenFlow flow as `bridge/dump-flows` shows it.
private struct FlowLine: CommandValue {
    let flow: FlowMod
    let priority: Int32
    let stats: RuleStats
    let tellsOffloads: Bool
    let now: Int64

    private var seconds: Int64 { (now - stats.created) / 1000 }
    private var match: String { flow.match.text() }
    private var actions: String { flow.actions.text(match: flow.match) }

    var text: String {
        let match = match
        return (flow.table == 0 ? "" : "table_id=\(flow.table), ") + "duration=\(seconds)s, n_packets=\(stats.packets), n_bytes=\(stats.bytes), "
            + (tellsOffloads ? "n_offload_packets=0, n_offload_bytes=0, " : "") + "priority=\(priority),\(match.isEmpty ? "" : match + ",")actions=\(actions)\n"
    }
    var json: JSON {
        let none: JSON? = tellsOffloads ? .integer(0) : nil
        return JSON(members: [
            "table": JSON(flow.table), "duration-s": JSON(seconds), "packets": JSON(stats.packets), "bytes": JSON(stats.bytes), "offloaded-packets": none,
            "offloaded-bytes": none, "priority": JSON(priority), "match": JSON(match), "actions": JSON(actions),
        ])
    }
}
