/// What names a row for ever: a UUID (RFC 4122), written in lower case.
public struct RowUUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The first eight bytes and the last eight.
    public let high: UInt64, low: UInt64

    /// The default of a column of type uuid, which names no row.
    public static let zero = RowUUID(high: 0, low: 0)

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Eight, four, four, four and twelve hexadecimal digits with hyphens between; nil for anything else.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var digits: [UInt64] = []
        for (index, byte) in bytes.enumerated() {
            if Self.hyphens.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = Self.digit(byte) else { return nil }
                digits.append(digit)
            }
        }
        high = digits[..<16].reduce(0) { $0 << 4 | $1 }
        low = digits[16...].reduce(0) { $0 << 4 | $1 }
    }

    private static let hyphens: Set<Int> = [8, 13, 18, 23]

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    public var description: String {
        func hexadecimal(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        var text = hexadecimal(high) + hexadecimal(low)
        for place in Self.hyphens.sorted() { text.insert("-", at: text.index(text.startIndex, offsetBy: place)) }
        return text
    }

    public static func < (left: RowUUID, right: RowUUID) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
