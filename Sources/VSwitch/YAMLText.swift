import Yams

/// Reads bytes as one YAML document.
///
/// Total for any bytes: what the YAML reader would choke on is refused before it sees it: text that is not UTF-8,
/// control characters, and aliases, a few of which can describe a tree of any size.
/// Depth is bounded twice: the scanner stops at 1,000 levels, and `Limits.depth` is checked while the tree is read.
struct YAMLText {
    let file: String
    /// The file's lines without their ends, for positions within a text block.
    let lines: [Substring]
    /// nil: the document is empty.
    let root: Node?

    init(_ bytes: [UInt8], file: String) throws(ConfigError) {
        self.file = file
        guard bytes.count <= Limits.fileBytes else {
            throw ConfigError(file: file, line: 1, column: 1, expected: "a file of at most \(Limits.fileBytes) bytes", found: "\(bytes.count)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let (line, column) = Self.firstInvalid(bytes)
            throw ConfigError(file: file, line: line, column: column, expected: "UTF-8 text", found: "other bytes")
        }
        try Self.checkCharacters(text, file: file)
        lines = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" }.map { Substring($0) }
        do {
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw Self.positioned(error, file: file)
        } catch {
            throw ConfigError(file: file, line: 1, column: 1, expected: "YAML", found: "\(error)")
        }
    }

    /// Where the first byte stands that does not belong to UTF-8.
    private static func firstInvalid(_ bytes: [UInt8]) -> (line: Int, column: Int) {
        var line = 1, column = 1
        // Decoding replaces a bad sequence by U+FFFD; the first one that is not written as EF BF BD is bad.
        var offset = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar == "\u{fffd}" && !bytes.dropFirst(offset).starts(with: [0xef, 0xbf, 0xbd]) { break }
            offset += scalar.utf8.count
            if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
        }
        return (line, column)
    }

    /// Refuses characters that YAML 1.1 does not print (section 5.1), line ends other than LF and CR LF, and aliases.
    private static func checkCharacters(_ text: String, file: String) throws(ConfigError) {
        var line = 1, column = 1
        var anchors: Set<Substring> = []
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            switch scalar {
            case "\n": (line, column) = (line + 1, 0)
            case "&", "*":
                let name = Substring(scalars[scalars.index(after: index)...].prefix { $0.isAnchorCharacter })
                if scalar == "&" { anchors.insert(name) }
                // An alias without its anchor is an error anyhow.
                if scalar == "*" && !name.isEmpty && anchors.contains(name) {
                    throw ConfigError(file: file, line: line, column: column, expected: "a value", found: "the alias \(quote("*" + name))")
                }
            case "\r" where scalars[scalars.index(after: index)...].first == "\n": break
            case "\t", " "..."~", "\u{a0}"..."\u{2027}", "\u{202a}"..."\u{d7ff}", "\u{e000}"..."\u{fefe}", "\u{ff00}"..."\u{fffd}",
                "\u{10000}"..."\u{10ffff}": break
            default:
                throw ConfigError(file: file, line: line, column: column, expected: "printable text",
                    found: "the character U+" + String(scalar.value, radix: 16, uppercase: true))
            }
            column += 1
        }
    }

    private static func positioned(_ error: YamlError, file: String) -> ConfigError {
        func make(_ mark: Mark?, _ problem: String) -> ConfigError {
            let (expected, found) = words(problem)
            return ConfigError(file: file, line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1), expected: expected, found: found)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            return make(mark, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return ConfigError(file: file, line: max(1, context.mark.line), column: max(1, context.mark.column),
                expected: "each key once", found: "\(quote(keys.first ?? "")) again")
        case .memory:
            return make(nil, "no memory for it")
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
            return make(nil, problem)
        case .no, .dataCouldNotBeDecoded:
            return make(nil, "other text")
        }
    }

    /// What the YAML reader says, as something expected and something found.
    private static func words(_ problem: String) -> (expected: String, found: String) {
        for prefix in ["did not find expected ", "could not find expected "] where problem.hasPrefix(prefix) {
            return ("in YAML " + problem.dropFirst(prefix.count), "something else")
        }
        for prefix in ["found ", "but found "] where problem.hasPrefix(prefix) { return ("YAML", String(problem.dropFirst(prefix.count))) }
        return ("YAML", problem)
    }
}

extension Unicode.Scalar {
    /// Of the characters that an anchor's name consists of.
    fileprivate var isAnchorCharacter: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }
}
