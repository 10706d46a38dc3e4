import Datapath
import Flow

extension UnixctlCommand {
    /// What is left of ovs-dpctl(8)'s commands: actions, caches, offloading, and their list.
    static let dpctl = [
        UnixctlCommand("dpctl/list-commands", "", 0...0) { context, _ in
            let commands = available(context).values.filter { $0.name.hasPrefix("dpctl/") }.sorted { $0.name < $1.name }
            return .text("The available commands are:\n" + commands.map { "  \(padded($0.name, 29)) \($0.usage)\n" }.joined())
        },
        UnixctlCommand("dpctl/parse-actions", "actions", 1...Int.max, parseActions),
        UnixctlCommand("dpctl/cache-get-size", "[dp]", 0...1) { context, arguments throws(UnixctlError) in
            if let name = arguments.first { try check(name, context) }
            return .text("\(context.datapathName):\n")
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
        var text = ""
        for argument in arguments {
            do throws(ODPTextError) { text += try [DPAction].parseODP(argument).odpText() + "\n" } catch { throw .dpctl("odp_actions_from_string") }
        }
        return .text(text)
    }
}
