@testable import OVSDB

/// Random JSON values from a seed (SplitMix64).
struct JSONGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func object(depth: Int) -> JSON {
        var members: [String: JSON] = [:]
        for _ in 0..<below(5) { members[string()] = value(depth: depth - 1) }
        return .object(members)
    }

    mutating func value(depth: Int) -> JSON {
        switch below(depth > 0 ? 9 : 6) {
        case 0: .null
        case 1: .bool(below(2) == 0)
        case 2: .integer(Int64(bitPattern: next()) >> Int64(below(64)))
        case 3: real()
        case 4, 5: .string(string())
        case 6, 7: object(depth: depth)
        default: .array((0..<below(5)).map { _ in value(depth: depth - 1) })
        }
    }

    /// Any finite double; one with an integer value is an integer.
    private mutating func real() -> JSON {
        let number = Double(bitPattern: next())
        return number.isFinite ? JSON(number) : .null
    }

    mutating func string() -> String {
        let pieces = ["", "a", "name", "\"", "\\", "/", "\n", "\t\r\u{8}\u{c}", "\0", "\u{1f}", "\u{7f}", "é", "e\u{301}", "日本", "🦅", "\u{10ffff}", " "]
        return (0..<below(6)).map { _ in pieces[below(pieces.count)] }.joined()
    }
}

/// All objects in some bytes.
func parse(_ bytes: [UInt8], _ parser: inout JSONParser) throws(JSONError) -> [JSON] {
    var values: [JSON] = []
    for byte in bytes {
        if let value = try parser.take(byte) { values.append(value) }
    }
    return values
}

func parse(_ text: String) throws(JSONError) -> [JSON] {
    var parser = JSONParser()
    return try parse(Array(text.utf8), &parser)
}
