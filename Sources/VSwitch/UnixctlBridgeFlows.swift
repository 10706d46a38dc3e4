import Datapath
import OFProto
import OpenFlow

extension UnixctlCommand {
    /// Bridges' flows and controllers (ovs-vswitchd(8), "BRIDGE COMMANDS").
    static let bridgeFlows = [
        UnixctlCommand("bridge/dump-flows", "[--offload-stats] bridge", 1...2, dumpFlows),
        UnixctlCommand("bridge/reconnect", "[bridge]", 0...1) { context, arguments throws(UnixctlError) in
            if let name = arguments.first { _ = try known(name, context) }
            context.reconnect(arguments.first)
            return .text("")
        },
        UnixctlCommand("ofproto/list-tunnels", "", 0...0) { _, _ in .text("") },
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
        return .parts {
            guard next < flows.count else { return nil }
            let end = min(next + Limits.dumpSlice, flows.count)
            defer { next = end }
            return flows[next..<end].map { text($0.flow, $0.priority, $0.stats, offloads, context) }.joined()
        }
    }

    private static func text(_ flow: FlowMod, _ priority: Int32, _ stats: RuleStats, _ offloads: Bool, _ context: UnixctlContext) -> String {
        let match = flow.match.text()
        return (flow.table == 0 ? "" : "table_id=\(flow.table), ") + "duration=\((context.now - stats.created) / 1000)s, n_packets=\(stats.packets), n_bytes=\(stats.bytes), "
            + (offloads ? "n_offload_packets=0, n_offload_bytes=0, " : "") + "priority=\(priority),\(match.isEmpty ? "" : match + ",")"
            + "actions=\(flow.actions.text(match: flow.match))\n"
    }
}
