import Wire

/// Writes a message at the end of some bytes.
public struct ByteWriter: Sendable {
    public var bytes: [UInt8] = []
    public init(capacity: Int = 128) { bytes.reserveCapacity(capacity) }
    public var count: Int { bytes.count }

    public mutating func u8(_ value: UInt8) { bytes.append(value) }
    public mutating func u16(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }
    public mutating func u32(_ value: UInt32) {
        u16(UInt16(truncatingIfNeeded: value >> 16))
        u16(UInt16(truncatingIfNeeded: value))
    }
    public mutating func u64(_ value: UInt64) {
        u32(UInt32(truncatingIfNeeded: value >> 32))
        u32(UInt32(truncatingIfNeeded: value))
    }
    /// A number of `size` bytes (0–16), most significant first.
    public mutating func number(_ value: UInt128, _ size: Int) {
        for index in (0..<size).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt128(index * 8))) }
    }
    /// Writes such a number over what stands at `offset`.
    mutating func set(_ value: UInt128, _ size: Int, at offset: Int) {
        for index in 0..<size { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt128((size - 1 - index) * 8)) }
    }
    public mutating func ethernetAddress(_ address: EthernetAddress) { number(UInt128(address.number), 6) }
    public mutating func put(_ more: some Sequence<UInt8>) { bytes += more }
    public mutating func zeros(_ count: Int) { if count > 0 { bytes.append(contentsOf: repeatElement(0, count: count)) } }
    /// Zeroes up to the next multiple of `unit` from `start`.
    public mutating func pad(to unit: Int = 8, from start: Int = 0) { zeros((unit - (bytes.count - start) % unit) % unit) }
    /// Text in exactly `count` bytes, cut so that a zero ends it.
    public mutating func text(_ text: String, _ count: Int) {
        let cut = text.utf8.prefix(count - 1)
        bytes += cut
        zeros(count - cut.count)
    }
    /// Writes a 16-bit number over what stands at `offset`: a length, once it is known.
    public mutating func set16(_ value: Int, at offset: Int) {
        bytes[offset] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}
