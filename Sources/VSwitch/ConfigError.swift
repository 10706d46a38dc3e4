/// The first mistake in a configuration file. It prints as the one line `FILE:LINE:COLUMN: expected …, found …`.
public struct ConfigError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// What would have been right.
    public var expected: String
    /// What stands there.
    public var found: String

    public init(file: String, line: Int, column: Int, expected: String, found: String) {
        self.file = file
        self.line = line
        self.column = column
        self.expected = expected
        self.found = found
    }

    public var description: String { "\(file):\(line):\(column): expected \(expected), found \(found)" }
}

/// Text of a file as a message quotes it: on one line, shortened, in single quotes.
func quote(_ text: some StringProtocol) -> String { "'" + oneLine(text, limit: Limits.quoted) + "'" }

/// Text on one line: control characters as escapes, cut after `limit` characters.
func oneLine(_ text: some StringProtocol, limit: Int) -> String {
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return result + "…" }
        switch scalar {
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case "\r": result += "\\r"
        case "\0"..<" ", "\u{7f}"..<"\u{a0}", "\u{2028}", "\u{2029}": result += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
