import OVSDB

/// What a command shows: one value, of which come both the text that ovs-appctl prints and the JSON that it prints for `--format json`. Members of objects
/// have OVS's names where OVS has such; names are of whole words with dashes, and tell a number's unit. `docs/unixctl.schema.json` describes them all.
protocol CommandValue {
    /// OVS's text; the last line may end without its end.
    var text: String { get }
    var json: JSON { get }
}

/// A value whose two forms are no more than a line each.
struct PlainValue: CommandValue {
    let text: String
    let json: JSON

    init(_ text: String, _ json: JSON) { (self.text, self.json) = (text, json) }
}

/// Names and the like, one a line: an array of them.
struct TextLines: CommandValue {
    let lines: [String]
    init(_ lines: [String]) { self.lines = lines }

    var text: String { lines.map { $0 + "\n" }.joined() }
    var json: JSON { .array(lines.map { JSON($0) }) }
}

/// Values one behind the other: an array.
struct ValueList<Element: CommandValue>: CommandValue {
    let elements: [Element]
    init(_ elements: [Element]) { self.elements = elements }

    var text: String { elements.map(\.text).joined() }
    var json: JSON { .array(elements.map(\.json)) }
}

/// Values by their names, in this order: an object.
struct ValuesByName<Element: CommandValue>: CommandValue {
    /// What the text begins with.
    var heading = ""
    let elements: [(name: String, value: Element)]

    var text: String { heading + elements.map(\.value.text).joined() }
    var json: JSON { JSON(named: elements.map { ($0.name, $0.value.json) }) }
}
