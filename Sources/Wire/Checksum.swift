// The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
//
// The ones' complement sum does not depend on byte order (RFC 1071, section 2(B)): words are added as they stand in
// memory, and the result stands in memory order too. Nothing is swapped. A *sum* below is an unfolded number of which
// the 16-bit ones' complement value matters; a *checksum* is what a header carries, the complement of the folded sum.
//
// UDP is special (RFC 768): a checksum of zero in a header means "none", and a computed zero is sent as all ones.
// Callers that write UDP headers pass what they compute through `udpChecksum`.
//
// The functions that make a `BE16` bear no `@_noLocks` of their own, as a debug build does not see its initialiser from
// this file; they are inlinable, so a `@_noLocks` caller in another module checks them all the same.

/// The ones' complement sum of `count` bytes, taken as 16-bit words in memory order; an odd last byte is padded with
/// a zero (RFC 1071). Add sums of several even-sized parts with `addSums`.
/// - Parameters:
///   - bytes: `count` readable bytes of any alignment.
///   - count: 0 or more.
/// - Returns: an unfolded sum, for `addSums` and `foldedSum`.
@inlinable @_noLocks public func onesComplementSum(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
    // Every read below ends at or before bytes + count.
    var total: UInt64 = 0
    var offset = 0
    while offset &+ 8 <= count {
        total = addSums(total, unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset &+= 8
    }
    if offset &+ 4 <= count {
        total = addSums(total, UInt64(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        offset &+= 4
    }
    if offset &+ 2 <= count {
        total = addSums(total, UInt64(unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        offset &+= 2
    }
    if offset < count {
        // The byte comes first in memory, so it is the low one of a little-endian word.
        let byte = unsafe bytes.load(fromByteOffset: offset, as: UInt8.self)
        total = addSums(total, UInt64(UInt16(littleEndian: UInt16(byte))))
    }
    return total
}

/// Adds two unfolded sums with the end-around carry.
@inlinable @inline(__always) @_noLocks public func addSums(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, carry) = a.addingReportingOverflow(b)
    return sum &+ (carry ? 1 : 0)
}

/// A sum folded to 16 bits, in memory order, not complemented.
@inlinable @inline(__always) @_noLocks public func foldedSum(_ sum: UInt64) -> UInt16 {
    var folded = (sum & 0xffff_ffff) &+ (sum >> 32)
    folded = (folded & 0xffff) &+ (folded >> 16)
    folded = (folded & 0xffff) &+ (folded >> 16)
    folded = (folded & 0xffff) &+ (folded >> 16)
    return UInt16(truncatingIfNeeded: folded)
}

/// The checksum that belongs to an unfolded sum.
@inlinable @inline(__always) public func checksum(ofSum sum: UInt64) -> BE16 { BE16(raw: ~foldedSum(sum)) }

/// The Internet checksum of `count` bytes (RFC 1071). Over a region that contains its own correct checksum the
/// result is zero.
@inlinable public func internetChecksum(_ bytes: UnsafeRawPointer, _ count: Int) -> BE16 {
    checksum(ofSum: unsafe onesComplementSum(bytes, count))
}

/// The sum of the pseudo header of TCP and UDP over IPv4 (RFC 9293, section 3.1; RFC 768).
/// - Parameter length: bytes of the transport header and its payload.
@inlinable @_noLocks public func pseudoHeaderSum(_ source: BE32, _ destination: BE32, proto: UInt8, length: Int) -> UInt64 {
    UInt64(source.raw) &+ UInt64(destination.raw) &+ UInt64(UInt16(proto).bigEndian)
        &+ UInt64(UInt32(truncatingIfNeeded: length).bigEndian)
}

/// The sum of the pseudo header of IPv6's upper layers (RFC 8200, section 8.1).
/// - Parameter length: bytes of the upper-layer header and its payload.
@inlinable @_noLocks public func pseudoHeaderSum(_ source: BE128, _ destination: BE128, proto: UInt8, length: Int) -> UInt64 {
    let addresses = addSums(addSums(source.raw0, source.raw1), addSums(destination.raw0, destination.raw1))
    return addSums(addresses, UInt64(UInt16(proto).bigEndian) &+ UInt64(UInt32(truncatingIfNeeded: length).bigEndian))
}

/// A UDP checksum as it is sent: a computed zero becomes all ones, since zero means "no checksum" (RFC 768).
@inlinable @inline(__always) public func udpChecksum(_ computed: BE16) -> BE16 {
    computed.raw == 0 ? BE16.ones : computed
}

/// What the change of a field adds to the sum that a checksum complements: ~m + m' of RFC 1624, equation 3, for a
/// field of 16, 32, 64 or 128 bits at an even offset. Deltas of several fields are added with `addSums`, then
/// applied at once with `updatedChecksum`.
@inlinable @inline(__always) @_noLocks public func sumDelta(_ old: BE16, _ new: BE16) -> UInt64 {
    UInt64(~old.raw) &+ UInt64(new.raw)
}
@inlinable @inline(__always) @_noLocks public func sumDelta(_ old: BE32, _ new: BE32) -> UInt64 {
    UInt64(~old.raw) &+ UInt64(new.raw)
}
@inlinable @inline(__always) @_noLocks public func sumDelta(_ old: BE64, _ new: BE64) -> UInt64 {
    addSums(~old.raw, new.raw)
}
@inlinable @inline(__always) @_noLocks public func sumDelta(_ old: BE128, _ new: BE128) -> UInt64 {
    addSums(addSums(~old.raw0, new.raw0), addSums(~old.raw1, new.raw1))
}

/// A checksum after the sum under it has changed by `delta` (RFC 1624, equation 3: HC' = ~(~HC + ~m + m')).
@inlinable @inline(__always) public func updatedChecksum(_ old: BE16, delta: UInt64) -> BE16 {
    checksum(ofSum: addSums(UInt64(~old.raw), delta))
}

/// A checksum after a 16-bit field, at an even offset, went from `old` to `new` (RFC 1624).
@inlinable @inline(__always) public func updatedChecksum(_ checksum: BE16, from old: BE16, to new: BE16) -> BE16 {
    updatedChecksum(checksum, delta: sumDelta(old, new))
}
/// A checksum after a 32-bit field, at an even offset, went from `old` to `new` (RFC 1624).
@inlinable @inline(__always) public func updatedChecksum(_ checksum: BE16, from old: BE32, to new: BE32) -> BE16 {
    updatedChecksum(checksum, delta: sumDelta(old, new))
}
/// A checksum after a 128-bit field, at an even offset, went from `old` to `new` (RFC 1624).
@inlinable @inline(__always) public func updatedChecksum(_ checksum: BE16, from old: BE128, to new: BE128) -> BE16 {
    updatedChecksum(checksum, delta: sumDelta(old, new))
}
