import OVSDB

extension UnixctlCommand {
    /// Commands about the process.
    static let process = [
        UnixctlCommand("list-commands", "", 0...0) { context, _ in .value(CommandList(available(context).values, width: 23)) },
        UnixctlCommand("version", "", 0...0) { _, _ in
            let json: JSON = ["program": JSON(Program.name), "version": JSON(softwareVersion), "open-vswitch-version": JSON(openVSwitchVersion)]
            return .value(PlainValue(Program.versionLine, json))
        },
        UnixctlCommand("exit", "[--cleanup]", 0...1) { context, arguments in
            context.wantsEnd = true
            context.cleansUp = arguments == ["--cleanup"]
            return .text("")
        },
        UnixctlCommand("memory/show", "", 0...0, memoryShow),
        UnixctlCommand("coverage/show", "", 0...0) { context, _ in .value(context.coverage.report(context.events())) },
        UnixctlCommand("coverage/read-counter", "COUNTER", 1...1) { context, arguments throws(UnixctlError) in
            guard let event = context.events().first(where: { $0.name == arguments[0] }) else { throw UnixctlError("No such counter") }
            return .value(PlainValue("\(event.count)", ["counter": JSON(event.name), "total": JSON(event.count)]))
        },
    ]

    /// One thread translates, and keeps the megaflows, so it is both a handler and a revalidator.
    private static func memoryShow(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let bridges = context.vswitch.ofproto.bridges
        let ports = bridges.reduce(0) { $0 + $1.ports.count }, rules = bridges.reduce(0) { $0 + $1.flowCount }
        let connections = bridges.reduce(0) { $0 + $1.connections.connections.count }, megaflows = context.vswitch.ofproto.megaflowCount
        // By name; what there is none of is left out.
        let uses = [("handlers", 1), ("ofconns", connections), ("ports", ports), ("revalidators", 1), ("rules", rules), ("udpif keys", megaflows)]
        return .value(MemoryUse(uses: uses.filter { $0.1 > 0 }))
    }
}

/// Commands with their arguments.
struct CommandList: CommandValue {
    private let commands: [UnixctlCommand]
    private let width: Int

    /// - Parameter width: of the column of names.
    init(_ commands: some Sequence<UnixctlCommand>, width: Int) {
        self.commands = commands.sorted { $0.name < $1.name }
        self.width = width
    }

    var text: String { "The available commands are:\n" + commands.map { "  \(padded($0.name, width)) \($0.usage)\n" }.joined() }
    var json: JSON { JSON(named: commands.map { ($0.name, JSON($0.usage)) }) }
}

/// How many there are of what takes memory.
private struct MemoryUse: CommandValue {
    let uses: [(name: String, count: Int)]

    var text: String { uses.map { "\($0.name):\($0.count)" }.joined(separator: " ") }
    var json: JSON { JSON(named: uses.map { ($0.name.replacing(" ", with: "-"), JSON($0.count)) }) }
}

/// The text, with blanks up to a width.
func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

/// The text, with blanks in front up to a width.
func rightAligned(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
