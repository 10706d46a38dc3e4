import Datapath
import OVSDB

extension UnixctlCommand {
    /// Upcalls and the revalidation of megaflows (ovs-vswitchd(8), "DATAPATH COMMANDS").
    static let upcalls = [
        UnixctlCommand("upcall/show", "", 0...0, showUpcalls),
        UnixctlCommand("upcall/set-flow-limit", "flow-limit-number", 1...1) { context, arguments in
            let limit = Int(clamping: max(0, leadingInteger(arguments[0])))
            context.vswitch.ofproto.setFlowLimit(limit)
            return .text("set flow_limit to \(limit)\n")
        },
        UnixctlCommand("upcall/disable-megaflows", "", 0...0) { context, _ in useMegaflows(context, false) },
        UnixctlCommand("upcall/enable-megaflows", "", 0...0) { context, _ in useMegaflows(context, true) },
        UnixctlCommand("upcall/disable-ufid", "", 0...0) { context, _ in
            context.dumpsIdentities = false
            return .text("Datapath dumping tersely using UFID disabled")
        },
        UnixctlCommand("upcall/enable-ufid", "", 0...0) { context, _ in
            context.dumpsIdentities = true
            return .text("Datapath dumping tersely using UFID enabled for supported datapaths")
        },
        UnixctlCommand("revalidator/wait", "", 0...0) { context, _ in
            context.vswitch.ofproto.finishRevalidation(now: context.now)
            return .text("")
        },
        UnixctlCommand("revalidator/purge", "", 0...0) { context, _ in
            context.vswitch.ofproto.flushMegaflows()
            return .text("")
        },
    ]

    /// What is installed was made in the other way, so it goes.
    private static func useMegaflows(_ context: UnixctlContext, _ isOn: Bool) -> UnixctlReply {
        context.vswitch.ofproto.usesMegaflows = isOn
        context.vswitch.ofproto.flushMegaflows()
        return .text("megaflows \(isOn ? "enabled" : "disabled")")
    }

    /// One thread revalidates: it has all megaflows.
    private static func showUpcalls(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let ofproto = context.vswitch.ofproto, count = ofproto.megaflowCount
        let (average, maximum, limit, duration) = ofproto.sweepReport
        let text = """
            \(context.datapathName):
              flows         : (current \(count)) (avg \(average)) (max \(maximum)) (limit \(limit))
              dump duration : \(duration)ms
              ufid enabled : \(context.dumpsIdentities)

              1: (keys \(count))

            """
        let flows: JSON = ["current": JSON(count), "average": JSON(average), "maximum": JSON(maximum), "limit": JSON(limit)]
        return .value(PlainValue(text, [context.datapathName: [
            "flows": flows, "dump-duration-ms": JSON(duration), "ufid-enabled": JSON(context.dumpsIdentities), "revalidators": ["1": ["keys": JSON(count)]],
        ]]))
    }
}
