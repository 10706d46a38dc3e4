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
