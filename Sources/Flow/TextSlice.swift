/// A part of a text, as UTF-8 bytes: what the parsers of all text forms walk over. Reading past the end gives nil, so
/// that no input can trap.
public struct TextSlice: Sendable {
    /// The whole text.
    public let bytes: [UInt8]
    /// The slice is `bytes[start..<end]`; a parser moves `start` forward.
    public var start: Int
    public let end: Int

    public init(_ text: String) {
        bytes = Array(text.utf8)
        start = 0
        end = bytes.count
    }

    /// `start` and `end` are clamped to the text.
    public init(_ bytes: [UInt8], from start: Int, to end: Int) {
        self.bytes = bytes
        self.end = min(max(end, 0), bytes.count)
        self.start = min(max(start, 0), self.end)
    }

    @inlinable public var isEmpty: Bool { start >= end }
    @inlinable public var count: Int { end - start }
    /// The next byte.
    @inlinable public var first: UInt8? { start < end ? bytes[start] : nil }
    /// The byte `offset` further on.
    @inlinable public func peek(_ offset: Int) -> UInt8? {
        offset >= 0 && offset < end - start ? bytes[start + offset] : nil
    }
    /// The slice as a string.
    public var string: String { String(decoding: bytes[start..<end], as: UTF8.self) }

    /// The part up to `position`, an index into the whole text.
    public func prefix(to position: Int) -> TextSlice { TextSlice(bytes, from: start, to: min(position, end)) }
    /// The part from `position` on, an index into the whole text.
    public func suffix(from position: Int) -> TextSlice { TextSlice(bytes, from: max(position, start), to: end) }

    /// True if the slice is exactly `text`.
    public static func == (slice: TextSlice, text: String) -> Bool {
        let other = text.utf8
        guard slice.count == other.count else { return false }
        var position = slice.start
        for byte in other {
            if slice.bytes[position] != byte { return false }
            position += 1
        }
        return true
    }

    /// True if the slice is `text`, whatever the case of ASCII letters.
    public func equalsIgnoringCase(_ text: String) -> Bool {
        count == text.utf8.count && zip(bytes[start..<end], text.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    /// Takes `byte` if it is next.
    @inlinable public mutating func take(_ byte: Character) -> Bool {
        guard let wanted = byte.asciiValue, first == wanted else { return false }
        start += 1
        return true
    }

    /// Takes `text` if it is next.
    public mutating func take(_ text: String) -> Bool {
        guard hasPrefix(text) else { return false }
        start += text.utf8.count
        return true
    }

    public func hasPrefix(_ text: String) -> Bool {
        let other = text.utf8
        return count >= other.count && bytes[start..<start + other.count].elementsEqual(other)
    }

    /// Takes the longest run of bytes that `isPart` accepts.
    @inlinable public mutating func take(while isPart: (UInt8) -> Bool) -> TextSlice {
        var position = start
        while position < end, isPart(bytes[position]) { position += 1 }
        let part = prefix(to: position)
        start = position
        return part
    }

    /// Skips blanks, tabs and line ends.
    public mutating func skipBlanks() { _ = take { $0 == 0x20 || (0x09...0x0d).contains($0) } }

    /// The position of the first `byte`.
    public func firstIndex(of byte: Character) -> Int? {
        guard let wanted = byte.asciiValue else { return nil }
        return bytes[start..<end].firstIndex(of: wanted)
    }

    /// The two parts around the first `byte`; the second is nil without one.
    public func split(at byte: Character) -> (TextSlice, TextSlice?) {
        guard let position = firstIndex(of: byte) else { return (self, nil) }
        return (prefix(to: position), suffix(from: position + 1))
    }

    /// The position of the parenthesis that closes one opened before the slice; nil if there is none.
    public func closingParenthesis() -> Int? {
        var depth = 0
        for position in start..<end {
            if bytes[position] == 0x28 { depth += 1 }
            if bytes[position] == 0x29 {
                if depth == 0 { return position }
                depth -= 1
            }
        }
        return nil
    }

    /// Takes a balanced argument list, "(…)"; nil and unmoved if there is none.
    public mutating func takeParentheses() -> TextSlice? {
        guard first == 0x28 else { return nil }
        guard let close = suffix(from: start + 1).closingParenthesis() else { return nil }
        let inside = TextSlice(bytes, from: start + 1, to: close)
        start = close + 1
        return inside
    }
}

@inlinable public func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }

/// The value of a hexadecimal digit.
@inlinable public func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}
