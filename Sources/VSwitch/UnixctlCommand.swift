/// Why a command was not carried out: the text that ovs-appctl prints.
struct UnixctlError: Error {
    var message: String
    init(_ message: String) { self.message = message }
}

/// What a command answers.
enum UnixctlReply {
    /// A word about what was done, or nothing.
    case text(String)
    /// What the command shows.
    case value(any CommandValue)
    /// A long text, made a part a turn so that upcalls are served in between; nil: it is complete.
    case parts(() -> String?)
    /// A long list, some elements a turn.
    case list(() -> [any CommandValue]?)
}

/// A command of the control socket, as `ovs-appctl list-commands` shows it.
struct UnixctlCommand: Sendable {
    typealias Handler = @Sendable (UnixctlContext, [String]) throws(UnixctlError) -> UnixctlReply
    let name: String
    let usage: String
    /// How many arguments it takes.
    let arguments: ClosedRange<Int>
    let handler: Handler

    init(_ name: String, _ usage: String, _ arguments: ClosedRange<Int>, _ handler: @escaping Handler) {
        self.name = name
        self.usage = usage
        self.arguments = arguments
        self.handler = handler
    }

    /// All commands, by name.
    static let all: [String: UnixctlCommand] = {
        let looks = process + logs + datapath + interfaces + threads + bridges + stations + bonds + traces
        let changes = upcalls + features + implementations + datapathPorts + megaflows + dpctl + bridgeFlows + qos
        let commands = looks + changes + MissingCommand.all.map(\.command)
        return Dictionary(uniqueKeysWithValues: commands.map { ($0.name, $0) })
    }()

    /// The commands of a switch for tests besides.
    static let dummies: [String: UnixctlCommand] = Dictionary(uniqueKeysWithValues: (dummyPorts + time).map { ($0.name, $0) })

    /// What this switch has.
    static func available(_ context: UnixctlContext) -> [String: UnixctlCommand] {
        all.merging(more(context)) { command, _ in command }
    }

    /// The commands that only some switches have.
    private static func more(_ context: UnixctlContext) -> [String: UnixctlCommand] {
        if context.isDummy { return dummies }
        return context.hasSwitch ? dpdk : [:]
    }

    /// Carries out the command with this name.
    static func run(_ name: String, _ arguments: [String], _ context: UnixctlContext) throws(UnixctlError) -> UnixctlReply {
        guard let command = all[name] ?? more(context)[name] else {
            throw UnixctlError("\"\(name)\" is not a valid command (use \"list-commands\" to see a list of valid commands)")
        }
        let bounds = command.arguments
        guard arguments.count >= bounds.lowerBound else {
            throw UnixctlError("\"\(name)\" command requires at least \(bounds.lowerBound) arguments")
        }
        guard arguments.count <= bounds.upperBound else {
            throw UnixctlError("\"\(name)\" command takes at most \(bounds.upperBound) arguments")
        }
        if !context.hasBridges, let answer = try answerWithoutDatapath(name, arguments) { return answer }
        return try command.handler(context, arguments)
    }
}

/// A command's arguments with its options taken out.
struct UnixctlArguments {
    /// Options without a value that were there.
    var flags: Set<String> = []
    /// The values of options that have one, by option.
    var values: [String: String] = [:]
    var rest: [String] = []

    /// - Parameters:
    ///   - flags: the options without a value.
    ///   - valued: the options with one.
    ///   - ignoresUnknown: other options are as good as not there; else they are an error.
    init(_ arguments: [String], flags known: Set<String> = [], valued: Set<String> = [], ignoresUnknown: Bool = false) throws(UnixctlError) {
        var waiting = arguments[...]
        while let argument = waiting.popFirst() {
            if known.contains(argument) {
                flags.insert(argument)
            } else if valued.contains(argument), let value = waiting.popFirst() {
                values[argument] = value
            } else if argument.hasPrefix("-") {
                if !ignoresUnknown { throw UnixctlError("Unrecognized option \(argument)") }
            } else {
                rest.append(argument)
            }
        }
    }
}
