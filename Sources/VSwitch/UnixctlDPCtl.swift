import Datapath
import Flow

extension UnixctlCommand {
    /// What is left of ovs-dpctl(8)'s commands: actions, caches, offloading, and their list.
    static let dpctl = [
        UnixctlCommand("dpctl/list-commands", "", 0...0) { context, _ in
            .value(CommandList(available(context).values.filter { $0.name.hasPrefix("dpctl/") }, width: 29))
        },
        UnixctlCommand("dpctl/parse-actions", "actions", 1...Int.max, parseActions),
        UnixctlCommand("dpctl/cache-get-size", "[dp]", 0...1) { context, arguments throws(UnixctlError) in
            if let name = arguments.first { try check(name, context) }
            return .value(PlainValue("\(context.datapathName):\n", [context.datapathName: [:]]))
        },
        UnixctlCommand("dpctl/cache-set-size", "dp cache <size>", 3...3) { context, arguments throws(UnixctlError) in
            guard UInt32(arguments[2]) != nil else { throw .dpctl("size is malformed") }
            try check(arguments[0], context)
            throw .dpctl("Setting caches not supported", "Operation not supported")
        },
        UnixctlCommand("dpctl/offload-stats-show", "[dp]", 0...1) { context, arguments throws(UnixctlError) in
            _ = try DPCtlArguments(arguments, context)
            throw .dpctl("retrieving offload statistics")
        },
    ]

    private static func check(_ name: String, _ context: UnixctlContext) throws(UnixctlError) {
        guard context.datapathNames.contains(name) else { throw .dpctl("Opening datapath \(name) failed", "No such file or directory") }
    }

    private static func parseActions(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        var texts: [String] = []
        for argument in arguments {
            do throws(ODPTextError) { texts.append(try [DPAction].parseODP(argument).odpText()) } catch { throw .dpctl("odp_actions_from_string") }
        }
        return .value(TextLines(texts))
    }
}
