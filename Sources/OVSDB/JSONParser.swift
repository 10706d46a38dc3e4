/// Finds JSON objects in a stream of bytes that may be cut anywhere.
///
/// One state for each place of the grammar of RFC 8259, and a stack of the objects and arrays that are open; no recursion, so
/// that depth costs memory only, and that is bounded. The outermost value is an object: nothing else has an end of its own
/// in a stream.
public struct JSONParser: Sendable {
    private enum State {
        /// Between messages.
        case message
        /// A value; `]` too if the array is empty so far.
        case value, firstValue
        /// A member's name; `}` too if the object is empty so far.
        case name, firstName
        case colon
        /// Behind a value in an object or array.
        case next
        case string, escape, unicode(digits: Int, code: UInt32)
        case number
        case word(Word, matched: Int)
    }

    private enum Word: String {
        case null, `true`, `false`
        var value: JSON {
            switch self {
            case .null: .null
            case .true: .bool(true)
            case .false: .bool(false)
            }
        }
    }

    /// An open object or array.
    private struct Container {
        let isObject: Bool
        var elements: [JSON] = []
        var members: [String: JSON] = [:]
        /// The name that the next value belongs to.
        var name = ""
    }

    private let messageLimit: Int
    private let depthLimit: Int
    private var state = State.message
    private var open: [Container] = []
    /// The string or number under way.
    private var text: [UInt8] = []
    /// The string under way is a member's name.
    private var isName = false
    /// A first half of a surrogate pair that waits for its second (RFC 8259, section 7).
    private var surrogate: UInt32?
    /// Bytes of the message so far.
    private var offset = 0
    private var failure: JSONError?

    /// - Parameters:
    ///   - messageLimit: bytes of one message.
    ///   - depthLimit: objects and arrays within each other.
    public init(messageLimit: Int = Limits.messageBytes, depthLimit: Int = Limits.depth) {
        self.messageLimit = messageLimit
        self.depthLimit = depthLimit
    }

    /// A message has begun and is not complete.
    public var isInMessage: Bool { !open.isEmpty }

    /// Takes the next byte; returns the object that it completes. After an error every further byte gives the same error.
    public mutating func take(_ byte: UInt8) throws(JSONError) -> JSON? {
        if let failure { throw failure }
        do throws(JSONError) {
            let done = try step(byte)
            offset = open.isEmpty ? 0 : offset + 1
            guard offset <= messageLimit else { throw .tooLong(limit: messageLimit) }
            return done
        } catch {
            failure = error
            (open, text) = ([], [])
            throw error
        }
    }

    private func expected(_ what: String) -> JSONError { .syntax(expected: what, offset: offset) }

    private mutating func step(_ byte: UInt8) throws(JSONError) -> JSON? {
        switch state {
        case .string: try stringByte(byte)
        case .escape: try escapeByte(byte)
        case .unicode(let digits, let code): try unicodeByte(byte, digits, code)
        case .word(let word, let matched): return try wordByte(byte, word, matched)
        case .number:
            guard !Self.isNumberByte(byte) else { return try append(byte) }
            try endNumber()
            return try structural(byte)
        case .message, .value, .firstValue, .name, .firstName, .colon, .next: return try structural(byte)
        }
        return nil
    }

    /// A byte outside of strings, numbers and words.
    private mutating func structural(_ byte: UInt8) throws(JSONError) -> JSON? {
        if byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { return nil }
        switch (state, byte) {
        case (.message, UInt8(ascii: "{")): try begin(isObject: true)
        case (.firstValue, UInt8(ascii: "]")), (.firstName, UInt8(ascii: "}")): return end()
        case (.value, _), (.firstValue, _): try beginValue(byte)
        case (.name, UInt8(ascii: "\"")), (.firstName, UInt8(ascii: "\"")):
            isName = true
            state = .string
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.next, _): return try separator(byte)
        case (.message, _): throw expected("an object")
        case (.colon, _): throw expected("':'")
        default: throw expected("a member's name")
        }
        return nil
    }

    private mutating func separator(_ byte: UInt8) throws(JSONError) -> JSON? {
        let isObject = open[open.count - 1].isObject
        switch byte {
        case UInt8(ascii: ","):
            state = isObject ? .name : .value
            return nil
        case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"): return end()
        default: throw expected(isObject ? "',' or '}'" : "',' or ']'")
        }
    }

    private mutating func beginValue(_ byte: UInt8) throws(JSONError) {
        switch byte {
        case UInt8(ascii: "{"): try begin(isObject: true)
        case UInt8(ascii: "["): try begin(isObject: false)
        case UInt8(ascii: "\""):
            isName = false
            state = .string
        case UInt8(ascii: "n"): state = .word(.null, matched: 1)
        case UInt8(ascii: "t"): state = .word(.true, matched: 1)
        case UInt8(ascii: "f"): state = .word(.false, matched: 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            text = [byte]
            state = .number
        default: throw expected("a value")
        }
    }

    // Objects and arrays

    private mutating func begin(isObject: Bool) throws(JSONError) {
        guard open.count < depthLimit else { throw .tooDeep(limit: depthLimit) }
        open.append(Container(isObject: isObject))
        state = isObject ? .firstName : .firstValue
    }

    /// Closes the innermost object or array; returns it if it was the outermost.
    private mutating func end() -> JSON? {
        let container = open.removeLast()
        let value = container.isObject ? JSON.object(container.members) : .array(container.elements)
        guard open.isEmpty else {
            add(value)
            return nil
        }
        state = .message
        return value
    }

    /// A value is complete, within an object or array.
    private mutating func add(_ value: JSON) {
        let last = open.count - 1
        if open[last].isObject {
            open[last].members[open[last].name] = value
        } else {
            open[last].elements.append(value)
        }
        state = .next
    }

    // Words and numbers

    private mutating func wordByte(_ byte: UInt8, _ word: Word, _ matched: Int) throws(JSONError) -> JSON? {
        let bytes = Array(word.rawValue.utf8)
        guard byte == bytes[matched] else { throw expected(word.rawValue) }
        if matched + 1 == bytes.count { add(word.value) } else { state = .word(word, matched: matched + 1) }
        return nil
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
        default: false
        }
    }

    private mutating func append(_ byte: UInt8) throws(JSONError) -> JSON? {
        guard text.count < Limits.numberBytes else { throw expected("a number of at most \(Limits.numberBytes) bytes") }
        text.append(byte)
        return nil
    }

    private mutating func endNumber() throws(JSONError) {
        guard let number = JSON(number: text) else { throw expected("a number before this") }
        text = []
        add(number)
    }

    // Strings

    private mutating func stringByte(_ byte: UInt8) throws(JSONError) {
        guard surrogate == nil || byte == UInt8(ascii: "\\") else { throw expected("the second half of a surrogate pair") }
        switch byte {
        case UInt8(ascii: "\""): try endString()
        case UInt8(ascii: "\\"): state = .escape
        case 0..<0x20: throw expected("a character that is no control character")
        default: text.append(byte)
        }
    }

    private mutating func endString() throws(JSONError) {
        guard let string = String(validating: text, as: UTF8.self) else { throw expected("UTF-8 text before this") }
        text = []
        guard isName else { return add(.string(string)) }
        open[open.count - 1].name = string
        state = .colon
    }

    private mutating func escapeByte(_ byte: UInt8) throws(JSONError) {
        state = .string
        if byte == UInt8(ascii: "u") {
            state = .unicode(digits: 0, code: 0)
            return
        }
        guard surrogate == nil else { throw expected("the second half of a surrogate pair") }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        default: throw expected("one of \"\\/bfnrtu")
        }
    }

    private mutating func unicodeByte(_ byte: UInt8, _ digits: Int, _ code: UInt32) throws(JSONError) {
        guard let digit = Self.hexDigit(byte) else { throw expected("four hexadecimal digits") }
        let unit = code << 4 | digit
        guard digits == 3 else {
            state = .unicode(digits: digits + 1, code: unit)
            return
        }
        state = .string
        if let high = surrogate {
            guard (0xdc00...0xdfff).contains(unit) else { throw expected("the second half of a surrogate pair") }
            surrogate = nil
            try append(scalar: 0x10000 + (high - 0xd800) << 10 + (unit - 0xdc00))
        } else if (0xd800...0xdbff).contains(unit) {
            surrogate = unit
        } else {
            try append(scalar: unit)
        }
    }

    private mutating func append(scalar code: UInt32) throws(JSONError) {
        guard let scalar = Unicode.Scalar(code) else { throw expected("the first half of a surrogate pair") }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
