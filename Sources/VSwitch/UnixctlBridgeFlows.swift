import Datapath
import OFProto
import OpenFlow

extension UnixctlCommand {
    /// Bridges' flows and controllers, and interfaces' queues (ovs-vswitchd(8), "BRIDGE COMMANDS", "QOS COMMANDS").
    static let bridgeFlows = [
        UnixctlCommand("bridge/dump-flows", "[--offload-stats] bridge", 1...2, dumpFlows),
        UnixctlCommand("bridge/reconnect", "[bridge]", 0...1) { context, arguments throws(UnixctlError) in
            if let name = arguments.first { _ = try known(name, context) }
            context.reconnect(arguments.first)
            return .text("")
        },
        UnixctlCommand("ofproto/list-tunnels", "", 0...0) { _, _ in .text("") },
        UnixctlCommand("qos/show", "interface", 1...1) { context, arguments throws(UnixctlError) in
            try findInterface(arguments[0], context)
            return .text("QoS not configured on \(arguments[0])")
        },
        UnixctlCommand("qos/show-types", "interface", 1...1) { context, arguments throws(UnixctlError) in
            try findInterface(arguments[0], context)
            return .text("No QoS types supported for interface: \(arguments[0])")
        },
    ]

    private static func known(_ name: String, _ context: UnixctlContext) throws(UnixctlError) -> Bridge {
        guard let bridge = context.vswitch.ofproto.bridge(named: name) else { throw UnixctlError("Unknown bridge") }
        return bridge
    }

    private static func findInterface(_ name: String, _ context: UnixctlContext) throws(UnixctlError) {
        guard context.vswitch.ofproto.bridges.contains(where: { $0.port(named: name) != nil }) else { throw UnixctlError("no such interface") }
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
