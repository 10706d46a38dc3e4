// Integers in network byte order. `raw` holds the bytes exactly as they stand in a frame; `host` is the
// number they mean. The only byte swaps of the whole program are in this file.

/// A 16-bit integer in network byte order.
@frozen public struct BE16: Hashable, Sendable {
    /// The bytes as they stand in memory.
    public var raw: UInt16
    @inlinable @inline(__always) public init(raw: UInt16) { self.raw = raw }
    /// The big-endian form of the number `host`.
    @inlinable @inline(__always) public init(_ host: UInt16) { raw = host.bigEndian }
    /// The number itself.
    @inlinable @inline(__always) public var host: UInt16 { UInt16(bigEndian: raw) }
    @inlinable public static var zero: BE16 { BE16(raw: 0) }
    @inlinable public static var ones: BE16 { BE16(raw: .max) }
}

/// A 32-bit integer in network byte order.
@frozen public struct BE32: Hashable, Sendable {
    /// The bytes as they stand in memory.
    public var raw: UInt32
    @inlinable @inline(__always) public init(raw: UInt32) { self.raw = raw }
    /// The big-endian form of the number `host`.
    @inlinable @inline(__always) public init(_ host: UInt32) { raw = host.bigEndian }
    /// The number itself.
    @inlinable @inline(__always) public var host: UInt32 { UInt32(bigEndian: raw) }
    @inlinable public static var zero: BE32 { BE32(raw: 0) }
    @inlinable public static var ones: BE32 { BE32(raw: .max) }
}

/// A 64-bit integer in network byte order.
@frozen public struct BE64: Hashable, Sendable {
    /// The bytes as they stand in memory.
    public var raw: UInt64
    @inlinable @inline(__always) public init(raw: UInt64) { self.raw = raw }
    /// The big-endian form of the number `host`.
    @inlinable @inline(__always) public init(_ host: UInt64) { raw = host.bigEndian }
    /// The number itself.
    @inlinable @inline(__always) public var host: UInt64 { UInt64(bigEndian: raw) }
    @inlinable public static var zero: BE64 { BE64(raw: 0) }
    @inlinable public static var ones: BE64 { BE64(raw: .max) }
}

/// A 128-bit integer in network byte order, such as an IPv6 address. Two words, so that it asks for an
/// alignment of 8 only.
@frozen public struct BE128: Hashable, Sendable {
    /// Bytes 0–7 as they stand in memory.
    public var raw0: UInt64
    /// Bytes 8–15 as they stand in memory.
    public var raw1: UInt64
    @inlinable @inline(__always) public init(raw0: UInt64, raw1: UInt64) {
        self.raw0 = raw0
        self.raw1 = raw1
    }
    /// From the upper and the lower half of the number, in host order.
    @inlinable @inline(__always) public init(high: UInt64, low: UInt64) {
        raw0 = high.bigEndian
        raw1 = low.bigEndian
    }
    /// An IPv4 address in its IPv4-mapped IPv6 form, ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2).
    @inlinable public init(mappedIPv4 address: BE32) {
        self.init(high: 0, low: 0xffff_0000_0000 | UInt64(address.host))
    }
    /// The upper half of the number, in host order.
    @inlinable public var high: UInt64 { UInt64(bigEndian: raw0) }
    /// The lower half of the number, in host order.
    @inlinable public var low: UInt64 { UInt64(bigEndian: raw1) }
    @inlinable public static var zero: BE128 { BE128(raw0: 0, raw1: 0) }
    @inlinable public static var ones: BE128 { BE128(raw0: .max, raw1: .max) }
}
