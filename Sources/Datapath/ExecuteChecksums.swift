import Wire

extension FrameView {
    /// Adds a change of the summed bytes to the checksum at `offset` (RFC 1624). A UDP checksum of zero means none and
    /// stays (RFC 768).
    @inline(__always) @_noLocks func adjustChecksum(_ offset: Int, _ delta: UInt64, isUDP: Bool) {
        let old = load16(offset)
        if isUDP && old == 0 { return }
        let new = updatedChecksum(BE16(raw: old), delta: delta)
        store16(isUDP ? udpChecksum(new).raw : new.raw, offset)
    }

    /// Adds a change of the pseudo header to the transport header's checksum. SCTP has no pseudo header, nor has ICMP
    /// over IPv4.
    @inline(__always) @_noLocks func adjustPseudoHeader(_ layer: NetworkLayer, _ delta: UInt64, isIPv6: Bool) {
        switch layer.proto {
        case IPProtocol.tcp where hasTransport(layer, 20): adjustChecksum(layer.transport &+ 16, delta, isUDP: false)
        case IPProtocol.udp where hasTransport(layer, 8): adjustChecksum(layer.transport &+ 6, delta, isUDP: true)
        case IPProtocol.icmpv6 where isIPv6 && hasTransport(layer, 4): adjustChecksum(layer.transport &+ 2, delta, isUDP: false)
        default: return
        }
    }
}

/// What a change of the first four bytes of a message of `length` bytes does to its CRC-32c, as an exclusive or. The CRC is
/// linear, so the rest of the message need not be read: the difference of the bytes is multiplied by x^(8·length)
/// modulo the polynomial (RFC 9260, appendix A).
/// - Parameters:
///   - difference: the exclusive or of the old and the new bytes, as a little-endian word.
///   - length: at most 65,535.
@inline(never) @_noLocks func crc32cChange(_ difference: UInt32, length: Int) -> UInt32 {
    var result = difference, rest = length & 0xffff, power = 0
    while rest != 0 {
        if rest & 1 != 0 { result = multiplied(result, bytePower(power)) }
        rest &>>= 1
        power &+= 1
    }
    return result
}

/// The product of two polynomials modulo CRC-32c's; bit 31 is the coefficient of x⁰.
@_noLocks private func multiplied(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var product: UInt32 = 0, a = a, b = b
    while a != 0 {
        if a & 0x8000_0000 != 0 { product ^= b }
        a &<<= 1
        b = b &>> 1 ^ (0 &- (b & 1)) & 0x82f6_3b78
    }
    return product
}

/// x^(8·2^power) modulo CRC-32c's polynomial: each is the square of the one before.
@_noLocks private func bytePower(_ power: Int) -> UInt32 {
    switch power {
    case 0: 0x0080_0000
    case 1: 0x0000_8000
    case 2: 0x82f6_3b78
    case 3: 0x6ea2_d55c
    case 4: 0x18b8_ea18
    case 5: 0x510a_c59a
    case 6: 0xb82b_e955
    case 7: 0xb8fd_b1e7
    case 8: 0x88e5_6f72
    case 9: 0x74c3_60a4
    case 10: 0xe417_2b16
    case 11: 0x0d65_762a
    case 12: 0x35d7_3a62
    case 13: 0x2846_1564
    case 14: 0xbf45_5269
    default: 0xe2ea_32dc
    }
}
