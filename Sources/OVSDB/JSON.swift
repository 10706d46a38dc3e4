/// A JSON value (RFC 8259) with numbers as RFC 7047, section 3.1, divides them.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A number with an integer value from −2⁶³ to 2⁶³−1, however it was written: 1, 1.0 and 1e0 are the same.
    case integer(Int64)
    /// Any other number.
    case real(Double)
    case string(String)
    case array([JSON])
    /// Of members with equal names the last one counts.
    case object([String: JSON])
}

extension JSON {
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }
    public var object: [String: JSON]? {
        if case .object(let value) = self { value } else { nil }
    }
}

// Values written down in the source.
extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSON)...) { self = .object(Dictionary(members) { $1 }) }

    public init(_ text: String) { self = .string(text) }
    public init(_ value: Bool) { self = .bool(value) }
    /// A number beyond an integer's range is a real.
    public init(_ number: some BinaryInteger) { self = Int64(exactly: number).map { .integer($0) } ?? .real(Double(number)) }

    /// An object of the members that have a value.
    public init(members: KeyValuePairs<String, JSON?>) {
        self = .object(Dictionary(members.compactMap { name, value in value.map { (name, $0) } }) { $1 })
    }

    /// An object of values with names that differ.
    public init(named values: some Sequence<(String, JSON)>) { self = .object(Dictionary(values) { $1 }) }
}

/// What is wrong with bytes that should be JSON.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `offset` is in bytes from the begin of the message.
    case syntax(expected: String, offset: Int)
    case tooLong(limit: Int)
    case tooDeep(limit: Int)

    public var description: String {
        switch self {
        case .syntax(let expected, let offset): "expected \(expected) at byte \(offset) of the message"
        case .tooLong(let limit): "a message longer than \(limit) bytes"
        case .tooDeep(let limit): "a message with more than \(limit) levels of objects and arrays"
        }
    }
}
