import Datapath
import NetDev
import OFProto
import OVSDB

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
        guard let qos = port.config.qos else { return .value(PlainValue("QoS not configured on \(port.name)", [port.name: [:]])) }
        return .value(QoSReport(port: port.name, qos: qos, stats: port.odpPort.map(context.vswitch.datapath.dpif.queueStats) ?? []))
    }

    private static func showTypes(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let port = try interface(arguments[0], context)
        let device = context.vswitch.datapath.dpif.portQuery(port.name)?.type
        let types: [QoSType] = switch device.flatMap({ NetdevClass(rawValue: $0) }) {
        case .dpdk, .vhostUserClient: [.egressPolicer, .trtcmPolicer]
        case .system, .internal, .tap: [.noop]
        default: []
        }
        let json: JSON = [port.name: .array(types.map { JSON($0.rawValue) })]
        guard !types.isEmpty else { return .value(PlainValue("No QoS types supported for interface: \(port.name)", json)) }
        return .value(PlainValue(types.map { "QoS type: \($0.rawValue)\n" }.joined(), json))
    }
}

/// How what leaves by an interface is policed.
private struct QoSReport: CommandValue {
    let port: String
    let qos: DPEgressQoS
    let stats: [DPQueueStats]

    var text: String {
        switch qos {
        case .egressPolicer(let cir, let cbs): "QoS: \(port) \(QoSType.egressPolicer.rawValue)\ncir: \(cir)\ncbs: \(cbs)\n"
        case .trtcmPolicer(let rates, let queues):
            "QoS: \(port) \(QoSType.trtcmPolicer.rawValue)\n" + Self.text(rates, indent: "") + stats.map { stats in
                "\n" + (stats.queue == 0 ? "Default:\n" : "Queue \(stats.queue):\n") + Self.text(queues[stats.queue] ?? DPRates(), indent: "  ")
                    + "  tx_packets: \(stats.packets)\n  tx_bytes: \(stats.bytes)\n  tx_errors: \(stats.errors)\n"
            }.joined()
        }
    }

    var json: JSON {
        switch qos {
        case .egressPolicer(let cir, let cbs): [port: ["type": JSON(QoSType.egressPolicer.rawValue), "cir": JSON(cir), "cbs": JSON(cbs)]]
        case .trtcmPolicer(let rates, let queues):
            [port: .object(Self.members(rates).merging(["type": JSON(QoSType.trtcmPolicer.rawValue), "queues": JSON(named: stats.map { stats in
                let counts: [String: JSON] = ["tx-packets": JSON(stats.packets), "tx-bytes": JSON(stats.bytes), "tx-errors": JSON(stats.errors)]
                return ("\(stats.queue)", .object(Self.members(queues[stats.queue] ?? DPRates()).merging(counts) { $1 }))
            })]) { $1 })]
        }
    }

    private static func rates(_ rates: DPRates) -> [(name: String, value: UInt64)] {
        [("cir", rates.cir), ("eir", rates.eir), ("ebs", rates.ebs), ("cbs", rates.cbs)]
    }

    private static func text(_ values: DPRates, indent: String) -> String { rates(values).map { "\(indent)\($0.name): \($0.value)\n" }.joined() }
    private static func members(_ values: DPRates) -> [String: JSON] { Dictionary(uniqueKeysWithValues: rates(values).map { ($0.name, JSON($0.value)) }) }
}
