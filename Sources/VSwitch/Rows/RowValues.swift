import OVSDB

/// The settings of a map such as `other_config`, read as ovs-vswitchd does: a value that is none of its kind counts as if it were not there.
struct RowSettings {
    private let values: [String: String]

    init(_ row: Row, _ column: String = "other_config") { values = row.map(column) }

    subscript(key: String) -> String? { values[key] }

    /// A whole number of 32 bits, with white space before it and a sign.
    func int(_ key: String) -> Int? { values[key].flatMap(Self.number).flatMap { Int32(exactly: $0) }.map(Int.init) }
    /// A number from 0 to 2³² − 1.
    func uint(_ key: String) -> Int? { values[key].flatMap(Self.number).flatMap { UInt32(exactly: $0) }.map(Int.init) }
    /// A number from 0 to 2⁶³ − 1.
    func long(_ key: String) -> Int? { values[key].flatMap(Self.number).flatMap { $0 < 0 ? nil : $0 } }
    /// "true" and "false" in any case; anything else is `fallback`.
    func bool(_ key: String, _ fallback: Bool = false) -> Bool {
        switch values[key]?.lowercased() {
        case "true": true
        case "false": false
        default: fallback
        }
    }

    private static func number(_ text: String) -> Int? {
        let digits = text.drop { $0 == " " || $0 == "\t" || $0 == "\n" }
        return Int(digits)
    }
}

/// The cores of a mask in hexadecimal digits, as of pmd-cpu-mask: those whose bits are set, ascending; and the characters that are no digits, which count as 0.
func cores(mask: String) -> (cores: [Int], invalid: [Character]) {
    let digits = mask.hasPrefix("0x") || mask.hasPrefix("0X") ? mask.dropFirst(2) : mask[...]
    var cores: [Int] = [], invalid: [Character] = []
    for (place, digit) in digits.reversed().enumerated() {
        guard let value = digit.hexDigitValue else {
            invalid.append(digit)
            continue
        }
        guard 4 * place <= Limits.core else { break }
        for bit in 0..<4 where value >> bit & 1 != 0 { cores.append(4 * place + bit) }
    }
    return (cores, invalid)
}
