// Sets of flags in text: "+syn-ack", "syn|ack", or a number.

/// A flag that is not known or that is given twice.
struct FlagTextError: Error {
    var flag: String
    var isRepeated: Bool
}

/// The names of the bits of a field of flags.
public struct FlagNames: Sendable {
    /// "TCP flag(s)"
    let noun: String
    let singular: String
    /// Name of bit n; nil: written as "[mask]".
    let names: [String?]
    /// The bits that exist.
    public let valid: UInt32

    public static let tcp = FlagNames(noun: "TCP flag(s)", singular: "TCP",
        names: ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "ns", nil, nil, nil], valid: 0xfff)
    public static let conntrack = FlagNames(noun: "ct_state flag(s)", singular: "ct_state",
        names: ["new", "est", "rel", "rpl", "inv", "trk", "snat", "dnat"], valid: 0xff)
    public static let tunnel = FlagNames(noun: "tunnel flag(s)", singular: "tunnel", names: ["oam"], valid: 1)
    /// The flags of the datapath's tunnel(…) attribute.
    public static let tunnelAttribute = FlagNames(noun: "tunnel flag(s)", singular: "tunnel",
        names: ["oam", "df", "csum", "key"], valid: 0xf)

    /// The bit of a flag by name; nil: there is none of this name.
    public func bit(named name: String) -> UInt32? { names.firstIndex(of: name).map { 1 << UInt32($0) } }

    /// The bit of a flag by name, or as "[800]".
    func bit(_ text: TextSlice) -> UInt32? {
        if let index = names.firstIndex(where: { name in name.map { text == $0 } ?? false }) { return 1 << UInt32(index) }
        var rest = text
        guard rest.take("["), rest.bytes.indices.contains(rest.end - 1), rest.bytes[rest.end - 1] == 0x5d else { return nil }
        let digits = TextSlice(rest.bytes, from: rest.start, to: rest.end - 1)
        guard (1...8).contains(digits.count) else { return nil }
        var number: UInt32 = 0
        for byte in digits.bytes[digits.start..<digits.end] {
            guard let digit = hexDigit(byte) else { return nil }
            number = number << 4 | UInt32(digit)
        }
        return number.nonzeroBitCount == 1 && number & valid == number ? number : nil
    }

    /// "+a-b", which says nothing about other flags, or "a|b" and "0", which are exact.
    func parse(_ text: TextSlice) throws(FlagTextError) -> (value: UInt32, mask: UInt32) {
        var rest = text
        var value: UInt32 = 0, mask: UInt32 = 0
        guard rest.first == 0x2b || rest.first == 0x2d else {
            while !rest.isEmpty {
                let name = rest.take { $0 != 0x7c }
                guard let bit = bit(name) else { throw FlagTextError(flag: text.string, isRepeated: false) }
                value |= bit
                if !rest.take("|") { break }
            }
            return (value, valid)
        }
        while let sign = rest.first {
            guard sign == 0x2b || sign == 0x2d else { throw FlagTextError(flag: text.string, isRepeated: false) }
            rest.start += 1
            let name = rest.take { $0 != 0x2b && $0 != 0x2d }
            guard let bit = bit(name) else { throw FlagTextError(flag: name.string, isRepeated: false) }
            guard mask & bit == 0 else { throw FlagTextError(flag: name.string, isRepeated: true) }
            mask |= bit
            if sign == 0x2b { value |= bit }
        }
        return (value, mask)
    }

    /// The name of the lowest bit of `bits`.
    private func name(lowestOf bits: UInt32) -> String {
        let index = bits.trailingZeroBitCount
        if index < names.count, let name = names[index] { return name }
        return "[" + String(UInt32(1) << UInt32(index), radix: 16) + "]"
    }

    /// "a|b", or "0" when no bit is set.
    public func text(_ value: UInt32, separator: String = "|") -> String {
        var parts: [String] = []
        var left = value
        while left != 0 {
            parts.append(name(lowestOf: left))
            left &= left - 1
        }
        return parts.isEmpty ? "0" : parts.joined(separator: separator)
    }

    /// "+a-b" for the bits of `mask`.
    public func text(_ value: UInt32, mask: UInt32) -> String {
        var result = ""
        var left = mask
        while left != 0 {
            result += value & (left & ~(left - 1)) != 0 ? "+" : "-"
            result += name(lowestOf: left)
            left &= left - 1
        }
        return result
    }
}
