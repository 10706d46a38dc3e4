import Datapath
import NetDev
import OFProto

extension UnixctlCommand {
    /// What is policed (ovs-vswitchd(8), "QOS COMMANDS").
    static let qos = [
        UnixctlCommand("qos/show", "interface", 1...1, show),
        UnixctlCommand("qos/show-types", "interface", 1...1, showTypes),
    ]

    private static func interface(_ name: String, _ context: UnixctlContext) throws(UnixctlError) -> BridgePort {
        for bridge in context.vswitch.ofproto.bridges { if let port = bridge.port(named: name) { return port } }
        throw UnixctlError("no such interface")
    }

    private static func show(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let port = try interface(arguments[0], context)
        guard let qos = port.config.qos else { return .text("QoS not configured on \(port.name)") }
        switch qos {
        case .egressPolicer(let cir, let cbs): return .text("QoS: \(port.name) \(QoSType.egressPolicer.rawValue)\ncir: \(cir)\ncbs: \(cbs)\n")
        case .trtcmPolicer(let rates, let queues):
            let stats = port.odpPort.map(context.vswitch.datapath.dpif.queueStats) ?? []
            return .text("QoS: \(port.name) \(QoSType.trtcmPolicer.rawValue)\n" + text(rates, indent: "") + stats.map { stats in
                "\n" + (stats.queue == 0 ? "Default:\n" : "Queue \(stats.queue):\n") + text(queues[stats.queue] ?? DPRates(), indent: "  ")
                    + "  tx_packets: \(stats.packets)\n  tx_bytes: \(stats.bytes)\n  tx_errors: \(stats.errors)\n"
            }.joined())
        }
    }

    private static func text(_ rates: DPRates, indent: String) -> String {
        [("cir", rates.cir), ("eir", rates.eir), ("ebs", rates.ebs), ("cbs", rates.cbs)].map { "\(indent)\($0): \($1)\n" }.joined()
    }

    private static func showTypes(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let port = try interface(arguments[0], context)
        let device = context.vswitch.datapath.dpif.portQuery(port.name)?.type
        let types: [QoSType] = switch device.flatMap({ NetdevClass(rawValue: $0) }) {
        case .dpdk, .vhostUserClient: [.egressPolicer, .trtcmPolicer]
        case .system, .internal, .tap: [.noop]
        default: []
        }
        guard !types.isEmpty else { return .text("No QoS types supported for interface: \(port.name)") }
        return .text(types.map { "QoS type: \($0.rawValue)\n" }.joined())
    }
}
