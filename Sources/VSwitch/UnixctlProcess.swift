extension UnixctlCommand {
    /// Commands about the process.
    static let process = [
        UnixctlCommand("list-commands", "", 0...0, listCommands),
        UnixctlCommand("version", "", 0...0) { _, _ in .text(Program.versionLine) },
        UnixctlCommand("exit", "[--cleanup]", 0...1) { context, _ in
            context.wantsEnd = true
            return .text("")
        },
        UnixctlCommand("memory/show", "", 0...0, memoryShow),
        UnixctlCommand("coverage/show", "", 0...0) { context, _ in .text(context.coverage.text(context.events())) },
        UnixctlCommand("coverage/read-counter", "COUNTER", 1...1) { context, arguments throws(UnixctlError) in
            guard let event = context.events().first(where: { $0.name == arguments[0] }) else { throw UnixctlError("No such counter") }
            return .text("\(event.count)")
        },
    ]

    private static func listCommands(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let lines = available(context).values.sorted { $0.name < $1.name }.map { "  \(padded($0.name, 23)) \($0.usage)\n" }
        return .text("The available commands are:\n" + lines.joined())
    }

    /// One thread translates, and keeps the megaflows, so it is both a handler and a revalidator.
    private static func memoryShow(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let bridges = context.vswitch.ofproto.bridges
        let ports = bridges.reduce(0) { $0 + $1.ports.count }, rules = bridges.reduce(0) { $0 + $1.flowCount }
        let connections = bridges.reduce(0) { $0 + $1.connections.connections.count }, megaflows = context.vswitch.ofproto.megaflowCount
        // By name; what there is none of is left out.
        let uses = [("handlers", 1), ("ofconns", connections), ("ports", ports), ("revalidators", 1), ("rules", rules), ("udpif keys", megaflows)]
        return .text(uses.filter { $0.1 > 0 }.map { "\($0):\($1)" }.joined(separator: " "))
    }
}

/// The text, with blanks up to a width.
func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

/// The text, with blanks in front up to a width.
func rightAligned(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
