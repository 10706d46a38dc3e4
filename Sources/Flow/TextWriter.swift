import Wire

/// Builds a text in the spelling that OVS prints.
public struct TextWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    public init() {}
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    public var isEmpty: Bool { bytes.isEmpty }
    public var last: UInt8? { bytes.last }

    public mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
    public mutating func put(_ other: TextWriter) { bytes.append(contentsOf: other.bytes) }

    /// Removes the last byte if it is `byte`.
    public mutating func dropLast(_ byte: Character) {
        if let last = bytes.last, last == byte.asciiValue { bytes.removeLast() }
    }

    public mutating func decimal(_ value: some UnsignedInteger) { put(String(value)) }

    /// As C's %#x: 0 has no prefix.
    public mutating func hex(_ value: some UnsignedInteger) {
        put(value == 0 ? "0" : "0x" + String(value, radix: 16))
    }

    /// 0x and at least `digits` digits.
    public mutating func hex(_ value: some UnsignedInteger, digits: Int) {
        put("0x")
        bareHex(value, digits: digits)
    }

    /// At least `digits` digits, without a prefix.
    public mutating func bareHex(_ value: some UnsignedInteger, digits: Int = 1) {
        let text = String(value, radix: 16)
        for _ in 0..<max(0, digits - text.utf8.count) { put("0") }
        put(text)
    }

    public mutating func ethernet(_ address: EthernetAddress) {
        let number = address.number
        for shift in stride(from: UInt64(40), through: 0, by: -8) {
            if shift != 40 { bytes.append(0x3a) }
            bareHex(number >> shift & 0xff, digits: 2)
        }
    }

    public mutating func ipv4(_ address: BE32) {
        let number = address.host
        for shift in stride(from: UInt32(24), through: 0, by: -8) {
            if shift != 24 { bytes.append(0x2e) }
            decimal(number >> shift & 0xff)
        }
    }

    /// As inet_ntop(3) writes it (RFC 5952, with an IPv4 tail for compatible and mapped addresses).
    public mutating func ipv6(_ address: BE128) {
        let number = address.number
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: number >> UInt128(112 - 16 * $0)) }
        var best = 0..<0, index = 0
        while index < 8 {
            guard groups[index] == 0 else { index += 1; continue }
            let start = index
            while index < 8, groups[index] == 0 { index += 1 }
            if index - start > best.count { best = start..<index }
        }
        if best.count < 2 { best = 0..<0 }
        let hasQuad = best.lowerBound == 0 && (best.count == 6 || best.count == 5 && groups[5] == 0xffff)
        index = 0
        while index < 8 {
            if index == best.lowerBound, !best.isEmpty {
                put("::")
                index = best.upperBound
                continue
            }
            if index > 0, index != best.upperBound || best.isEmpty { put(":") }
            if hasQuad, index == 6 {
                ipv4(BE32(UInt32(truncatingIfNeeded: number)))
                return
            }
            bareHex(groups[index])
            index += 1
        }
    }

    /// An address under a mask: nothing more for an exact one, /n for a prefix, else /mask.
    public mutating func ipv4(_ address: BE32, mask: BE32) {
        ipv4(address)
        guard mask != .ones else { return }
        put("/")
        if let length = prefixLength(UInt128(mask.host), width: 32) { put(String(length)) } else { ipv4(mask) }
    }

    public mutating func ipv6(_ address: BE128, mask: BE128) {
        ipv6(address)
        guard mask != .ones else { return }
        put("/")
        if let length = prefixLength(mask.number, width: 128) { put(String(length)) } else { ipv6(mask) }
    }

    public mutating func ethernet(_ address: EthernetAddress, mask: EthernetAddress) {
        ethernet(address)
        guard mask != .broadcast else { return }
        put("/")
        ethernet(mask)
    }
}

/// The number of leading ones of a `width`-bit mask; nil if a one follows a zero.
public func prefixLength(_ mask: UInt128, width: Int) -> Int? {
    let ones: UInt128 = width >= 128 ? .max : (1 << UInt128(width)) - 1
    let inverse = ~mask & ones
    guard inverse & (inverse &+ 1) == 0 else { return nil }
    return width - (ones & inverse).nonzeroBitCount
}

/// A mask of `width` bits whose first `length` are ones.
public func prefixMask(_ length: Int, width: Int) -> UInt128 {
    guard length > 0 else { return 0 }
    let ones: UInt128 = width >= 128 ? .max : (1 << UInt128(width)) - 1
    return length >= width ? ones : ones & ~((1 << UInt128(width - length)) - 1)
}
