import VSwitch

/// An option as getopt_long(3) takes it.
struct Option {
    enum Argument { case none, required, optional }
    var name: String
    var argument: Argument
    var short: Character?

    init(_ name: String, _ argument: Argument = .none, short: Character? = nil) {
        self.name = name
        self.argument = argument
        self.short = short
    }
}

/// A command line as getopt_long(3) reads it, on which ovs-vswitchd's scripts rely: a value that may be left out is there only behind "=" or right
/// behind a letter; options and operands come in any order; a name may be cut short; mistakes have glibc's sentences.
struct Getopt {
    private let table: [Option]
    private var arguments: ArraySlice<String>
    /// What is left of a word of letters: "hV" of "-hV".
    private var letters = ""[...]
    /// What is no option.
    private(set) var operands: [String] = []

    init(_ arguments: [String], _ table: [Option]) {
        self.arguments = arguments[...]
        self.table = table
    }

    /// The next option, and its value if it has one; nil: there is none. Throws `StartError` with a mistake.
    mutating func next() throws(StartError) -> (name: String, value: String?)? {
        if !letters.isEmpty { return try letter() }
        while let word = arguments.popFirst() {
            if word == "--" {
                operands += arguments
                arguments = []
            } else if word.hasPrefix("--") {
                return try long(String(word.dropFirst(2)))
            } else if word.hasPrefix("-"), word != "-" {
                letters = word.dropFirst()
                return try letter()
            } else {
                operands.append(word)
            }
        }
        return nil
    }

    private mutating func letter() throws(StartError) -> (name: String, value: String?) {
        let letter = letters.removeFirst()
        guard let option = table.first(where: { $0.short == letter }) else { throw mistake("invalid option -- '\(letter)'") }
        guard option.argument != .none else { return (option.name, nil) }
        defer { letters = "" }
        if !letters.isEmpty { return (option.name, String(letters)) }
        guard option.argument == .required else { return (option.name, nil) }
        guard let value = arguments.popFirst() else { throw mistake("option requires an argument -- '\(letter)'") }
        return (option.name, value)
    }

    private mutating func long(_ word: String) throws(StartError) -> (name: String, value: String?) {
        let name = word.prefix { $0 != "=" }
        let value = name.endIndex < word.endIndex ? String(word[word.index(after: name.endIndex)...]) : nil
        var candidates = table.filter { $0.name == name }
        if candidates.isEmpty { candidates = table.filter { $0.name.hasPrefix(name) } }
        guard let option = candidates.first else { throw mistake("unrecognized option '--\(word)'") }
        guard candidates.count == 1 else {
            throw mistake("option '--\(word)' is ambiguous; possibilities:" + candidates.map { " '--\($0.name)'" }.joined())
        }
        switch (option.argument, value) {
        case (.none, .some): throw mistake("option '--\(option.name)' doesn't allow an argument")
        case (.required, nil):
            guard let value = arguments.popFirst() else { throw mistake("option '--\(option.name)' requires an argument") }
            return (option.name, value)
        default: return (option.name, value)
        }
    }

    private func mistake(_ text: String) -> StartError { StartError(problems: [text]) }
}
