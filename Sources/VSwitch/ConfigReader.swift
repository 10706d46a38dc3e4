import Wire
import Yams

/// A value with the place where it stands in the file.
struct Located<Value> {
    var value: Value
    /// From 1.
    var line: Int
    /// From 1.
    var column: Int
}

/// Typed access to the YAML tree. Whatever is not as expected is a `ConfigError` with the node's place.
struct ConfigReader {
    let text: YAMLText

    /// A mapping's entry.
    struct Entry {
        let key: Located<String>
        let value: Node
    }

    func error(_ node: Node, expected: String, found: String? = nil) -> ConfigError {
        let mark = node.mark
        return ConfigError(file: text.file, line: max(1, mark?.line ?? 1), column: max(1, mark?.column ?? 1),
            expected: expected, found: found ?? describe(node))
    }

    func error(_ place: Located<some Any>, expected: String, found: String) -> ConfigError {
        ConfigError(file: text.file, line: place.line, column: place.column, expected: expected, found: found)
    }

    /// What a node is, in a message.
    func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): isNull(node) ? "nothing" : quote(scalar.string)
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    func located<Value>(_ value: Value, _ node: Node) -> Located<Value> {
        Located(value: value, line: max(1, node.mark?.line ?? 1), column: max(1, node.mark?.column ?? 1))
    }

    /// Refuses a tree that is deeper or larger than `Limits` allows.
    func checkBounds(_ root: Node) throws(ConfigError) {
        var nodes = 0
        try checkBounds(root, depth: 1, &nodes)
    }

    private func checkBounds(_ node: Node, depth: Int, _ nodes: inout Int) throws(ConfigError) {
        nodes += 1
        guard depth <= Limits.depth else { throw error(node, expected: "at most \(Limits.depth) levels", found: "one more") }
        guard nodes <= Limits.nodes else { throw error(node, expected: "at most \(Limits.nodes) values", found: "one more") }
        switch node {
        case .scalar, .alias: break
        case .mapping(let mapping):
            for (key, value) in mapping {
                try checkBounds(key, depth: depth + 1, &nodes)
                try checkBounds(value, depth: depth + 1, &nodes)
            }
        case .sequence(let sequence):
            for element in sequence { try checkBounds(element, depth: depth + 1, &nodes) }
        }
    }

    /// The entries of a mapping in the file's order; nothing at all is an empty one.
    func entries(_ node: Node, expected: String) throws(ConfigError) -> [Entry] {
        if isNull(node) { return [] }
        guard case .mapping(let mapping) = node else { throw error(node, expected: expected) }
        var entries: [Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else { throw error(key, expected: "a name") }
            entries.append(Entry(key: located(scalar.string, key), value: value))
        }
        return entries
    }

    func unknown(_ key: Located<String>, _ known: [String]) -> ConfigError {
        error(key, expected: "one of " + known.joined(separator: ", "), found: quote(key.value))
    }

    func string(_ node: Node, expected: String) throws(ConfigError) -> String {
        guard case .scalar(let scalar) = node, !isNull(node), !scalar.string.isEmpty else { throw error(node, expected: expected) }
        return scalar.string
    }

    /// A decimal or 0x-hexadecimal number.
    func integer(_ node: Node, in range: ClosedRange<Int>, what: String = "a number") throws(ConfigError) -> Int {
        let expected = "\(what) from \(range.lowerBound) to \(range.upperBound)"
        guard case .scalar(let scalar) = node, let number = Self.number(scalar.string), range.contains(number) else {
            throw error(node, expected: expected)
        }
        return number
    }

    private static func number(_ text: String) -> Int? {
        guard let first = text.utf8.first, first != UInt8(ascii: "+") else { return nil }
        return text.hasPrefix("0x") ? (text.dropFirst(2).first?.isHexDigit == true ? Int(text.dropFirst(2), radix: 16) : nil) : Int(text)
    }

    func bool(_ node: Node) throws(ConfigError) -> Bool {
        guard case .scalar(let scalar) = node else { throw error(node, expected: "true or false") }
        switch scalar.string {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw error(node, expected: "true or false")
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ node: Node, _ type: Choice.Type) throws(ConfigError) -> Choice
    where Choice.RawValue == String {
        guard case .scalar(let scalar) = node, let choice = Choice(rawValue: scalar.string) else {
            throw error(node, expected: "one of " + Choice.allCases.map { $0.rawValue }.joined(separator: ", "))
        }
        return choice
    }

    func list(_ node: Node, of what: String, atMost limit: Int) throws(ConfigError) -> [Node] {
        guard case .sequence(let sequence) = node else { throw error(node, expected: "a list of \(what)") }
        guard sequence.count <= limit else { throw error(node, expected: "at most \(limit) \(what)", found: "\(sequence.count)") }
        return Array(sequence)
    }

    /// A number with a unit, such as "512MB" or "10s"; the result is in the unit whose factor is 1.
    func quantity(_ node: Node, units: [(String, Int)], in range: ClosedRange<Int>, expected: String) throws(ConfigError) -> Int {
        guard case .scalar(let scalar) = node else { throw error(node, expected: expected) }
        let digits = scalar.string.prefix { ("0"..."9").contains($0) }
        let unit = scalar.string.dropFirst(digits.count)
        guard let number = Int(digits), let factor = units.first(where: { $0.0 == unit })?.1 else { throw error(node, expected: expected) }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, range.contains(product) else { throw error(node, expected: expected) }
        return product
    }

    func ethernetAddress(_ node: Node) throws(ConfigError) -> EthernetAddress {
        let expected = "an Ethernet address such as 02:00:00:00:00:01"
        guard case .scalar(let scalar) = node, let address = EthernetAddress(scalar.string), !address.isMulticast, !address.isZero
        else { throw error(node, expected: expected) }
        return address
    }
}
