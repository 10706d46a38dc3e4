import Wire

/// Reads a message, or a part of one, from the front. Every read checks what is left: too little is `OFError.brcBadLen`.
public struct ByteReader: Sendable {
    /// The whole message; the reader's part lies in it.
    public let bytes: [UInt8]
    public private(set) var position: Int
    public let end: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// A part of a message: `position` and `end` lie in it.
    init(_ bytes: [UInt8], _ position: Int, _ end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    /// Bytes left.
    @inline(__always) public var count: Int { end &- position }
    public var isEmpty: Bool { position >= end }
    /// What is left, at its place in the whole message.
    public var left: ArraySlice<UInt8> { bytes[position..<end] }

    /// Throws `error` if fewer than `count` bytes are left.
    @inline(__always) public func need(_ count: Int, _ error: OFError = .brcBadLen) throws(OFError) {
        guard count >= 0, count <= self.count else { throw error }
    }

    public mutating func u8() throws(OFError) -> UInt8 {
        try need(1)
        defer { position &+= 1 }
        return bytes[position]
    }
    public mutating func u16() throws(OFError) -> UInt16 {
        try need(2)
        defer { position &+= 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position &+ 1])
    }
    public mutating func u32() throws(OFError) -> UInt32 {
        try need(4)
        defer { position &+= 4 }
        return UInt32(bytes[position]) << 24 | UInt32(bytes[position &+ 1]) << 16 | UInt32(bytes[position &+ 2]) << 8 | UInt32(bytes[position &+ 3])
    }
    public mutating func u64() throws(OFError) -> UInt64 {
        let high = try u32()
        return UInt64(high) << 32 | UInt64(try u32())
    }
    /// A number of `size` bytes (0–16), most significant first.
    public mutating func number(_ size: Int) throws(OFError) -> UInt128 {
        try need(size)
        var value: UInt128 = 0
        for index in 0..<size { value = value << 8 | UInt128(bytes[position &+ index]) }
        position &+= size
        return value
    }
    public mutating func ethernetAddress() throws(OFError) -> EthernetAddress { EthernetAddress(UInt64(truncatingIfNeeded: try number(6))) }

    /// Takes `count` bytes.
    public mutating func take(_ count: Int) throws(OFError) -> [UInt8] {
        try need(count)
        defer { position &+= count }
        return Array(bytes[position..<position &+ count])
    }
    /// A reader of the next `count` bytes, which this one skips.
    public mutating func part(_ count: Int, _ error: OFError = .brcBadLen) throws(OFError) -> ByteReader {
        try need(count, error)
        defer { position &+= count }
        return ByteReader(bytes, position, position &+ count)
    }
    public mutating func skip(_ count: Int) throws(OFError) {
        try need(count)
        position &+= count
    }
    /// Everything that is left.
    public mutating func rest() -> [UInt8] {
        defer { position = end }
        return Array(bytes[position..<end])
    }
    /// The byte at `offset` from here, without taking it.
    public func peek16(_ offset: Int = 0) throws(OFError) -> UInt16 {
        try need(offset + 2)
        return UInt16(bytes[position + offset]) << 8 | UInt16(bytes[position + offset + 1])
    }
    /// True if the next `count` bytes are zero, or all that are left if `count` is nil.
    public func isZero(_ count: Int? = nil) -> Bool {
        let stop = min(end, position + (count ?? self.count))
        for index in position..<max(position, stop) where bytes[index] != 0 { return false }
        return true
    }
    /// Text of `count` bytes, ended by a zero if there is one.
    public mutating func text(_ count: Int) throws(OFError) -> String {
        String(decoding: try take(count).prefix { $0 != 0 }, as: UTF8.self)
    }
}
