import OFProto
import OVSDB
import Wire

extension UnixctlCommand {
    /// Bridges as users of the datapath (ovs-vswitchd(8), "DATAPATH COMMANDS").
    static let interfaces = [
        UnixctlCommand("dpif/dump-dps", "", 0...0) { context, _ in
            .value(TextLines(context.vswitch.ofproto.bridges.map { "\(context.vswitch.datapath.type)@\($0.name)" }))
        },
        UnixctlCommand("dpif/show", "", 0...0, show),
        UnixctlCommand("dpif/dump-flows", "[-m] [--names | --no-names] bridge", 1...Int.max, dumpFlows),
    ]

    private static func show(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let devices = Dictionary(uniqueKeysWithValues: context.vswitch.datapath.dpif.portDump().map { ($0.port, context.device($0)) })
        let bridges = context.vswitch.ofproto.bridges.map { bridge in
            (name: bridge.name, ports: bridge.ports.sorted { $0.name < $1.name }.map { port in
                let patch = DeviceReport(type: "patch", settings: [("peer", port.config.device.options["peer"] ?? "")])
                let device = port.odpPort.flatMap { devices[$0] } ?? patch
                return BridgePortLine(name: port.name, ofport: port.number.number, number: port.odpPort?.number, device: device)
            })
        }
        return .value(BridgesReport(datapath: context.datapathName, lookups: context.lookups, bridges: bridges))
    }

    private static func dumpFlows(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard let name = arguments.last else { throw UnixctlError("no such bridge") }
        let bridge = try context.bridge(name)
        let options = try UnixctlArguments(Array(arguments.dropLast()), flags: ["-m", "--names", "--no-names"])
        var selection = MegaflowSelection()
        selection.ports = Set(bridge.ports.compactMap { $0.odpPort?.number })
        return .list(megaflows(context, MegaflowStyle(options.flags), selection) { _ in "" })
    }
}

/// The bridges of a datapath as `dpif/show` shows them.
private struct BridgesReport: CommandValue {
    let datapath: String
    let lookups: (hits: UInt64, missed: UInt64, lost: UInt64)
    let bridges: [(name: String, ports: [BridgePortLine])]

    var text: String {
        "\(datapath): hit:\(lookups.hits) missed:\(lookups.missed)\n" + bridges.map { "  \($0.name):\n" + $0.ports.map(\.text).joined() }.joined()
    }
    var json: JSON {
        let lookups: JSON = ["hits": JSON(lookups.hits), "missed": JSON(lookups.missed)]
        let bridges = JSON(named: bridges.map { ($0.name, JSON(named: $0.ports.map { ($0.name, $0.json) })) })
        return [datapath: ["lookups": lookups, "bridges": bridges]]
    }
}

private struct BridgePortLine: CommandValue {
    let name: String
    let ofport: UInt16
    /// The datapath's number of it; nil: it is in no datapath.
    let number: UInt32?
    let device: DeviceReport

    var text: String { "    \(name) \(ofport)/\(number.map { "\($0)" } ?? "none"): \(device.text)\n" }
    var json: JSON {
        JSON(members: ["ofport": JSON(ofport), "port-number": number.map { JSON($0) }, "type": JSON(device.type), "config": device.configuration])
    }
}
