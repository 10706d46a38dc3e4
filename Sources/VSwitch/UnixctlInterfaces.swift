import OFProto
import Wire

extension UnixctlCommand {
    /// Bridges as users of the datapath (ovs-vswitchd(8), "DATAPATH COMMANDS").
    static let interfaces = [
        UnixctlCommand("dpif/dump-dps", "", 0...0) { context, _ in
            .text(context.vswitch.ofproto.bridges.map { "\(context.vswitch.datapath.type)@\($0.name)\n" }.joined())
        },
        UnixctlCommand("dpif/show", "", 0...0, show),
        UnixctlCommand("dpif/dump-flows", "[-m] [--names | --no-names] bridge", 1...Int.max, dumpFlows),
    ]

    private static func show(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let lookups = context.lookups
        let devices = Dictionary(uniqueKeysWithValues: context.vswitch.datapath.dpif.portDump().map { ($0.port, context.deviceText($0)) })
        var text = "\(context.datapathName): hit:\(lookups.hits) missed:\(lookups.missed)\n"
        for bridge in context.vswitch.ofproto.bridges {
            text += "  \(bridge.name):\n"
            for port in bridge.ports.sorted(by: { $0.name < $1.name }) {
                let number = port.odpPort.map { "\($0.number)" } ?? "none"
                let device = port.odpPort.flatMap { devices[$0] } ?? "(patch: peer=\(port.config.device.options["peer"] ?? ""))"
                text += "    \(port.name) \(port.number.number)/\(number): \(device)\n"
            }
        }
        return .text(text)
    }

    private static func dumpFlows(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard let name = arguments.last else { throw UnixctlError("no such bridge") }
        let bridge = try context.bridge(name)
        let options = try UnixctlArguments(Array(arguments.dropLast()), flags: ["-m", "--names", "--no-names"])
        var selection = MegaflowSelection()
        selection.ports = Set(bridge.ports.compactMap { $0.odpPort?.number })
        return .parts(megaflowParts(context, MegaflowStyle(options.flags), selection) { _ in "" })
    }
}
