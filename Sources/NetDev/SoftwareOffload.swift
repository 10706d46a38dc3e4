import Wire

// What the kernel puts off for a network card to do, done here: frames from a packet socket may lack their checksum, or be
// one large frame that stands for many. All of it works on bytes that somebody else wrote: spans check every access.

/// Completes a checksum that the kernel left to the card: the field holds the pseudo header's sum so far (virtio 1.1, section
/// 5.1.6.2, VIRTIO_NET_HDR_F_NEEDS_CSUM).
/// - Parameters:
///   - start: where the sum begins, in bytes from the frame's first.
///   - offset: where the checksum stands, in bytes from there.
/// - Returns: false when that lies outside of the frame; nothing has changed then.
func completeChecksum(_ frame: inout MutableSpan<UInt8>, start: Int, offset: Int) -> Bool {
    guard start >= 0, offset >= 0, start + offset + 2 <= frame.count else { return false }
    let sum = foldedSum(onesComplementSum(frame.span, start..<frame.count))
    // A computed zero goes out as all ones: it means the same, and to UDP zero would mean "none" (RFC 768).
    let value = ~sum == 0 ? 0xffff : UInt16(bigEndian: ~sum)
    frame.store(value, at: start + offset)
    return true
}

/// The sum of a part of a frame, which begins at any offset.
func onesComplementSum(_ frame: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    let part = frame.extracting(range)
    // The part has been checked against the frame's bounds.
    return unsafe part.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return 0 }
        return unsafe onesComplementSum(base, bytes.count)
    }
}

/// A large frame that stands for many, and how to cut it (TCP segmentation of IPv4 and IPv6, UDP segmentation).
struct Segmentation: Equatable {
    /// Which protocol the kernel says it is.
    enum Kind: Equatable { case tcp4, tcp6, udp }

    let kind: Kind
    private let isIPv6: Bool
    /// Offsets of the IP and of the transport header.
    private let l3: Int
    private let l4: Int
    /// Bytes of all headers, which each segment repeats.
    let headerLength: Int
    /// Bytes of payload in each segment but the last.
    let size: Int
    private let payload: Int

    /// Nil when the frame is not what the kernel says.
    init?(_ frame: Span<UInt8>, kind: Kind, size: Int) {
        guard size > 0, let network = Self.network(frame), let ip = Self.transport(frame, network) else { return nil }
        self.kind = kind
        self.size = size
        (l3, isIPv6) = network
        l4 = ip.offset
        switch kind {
        case .tcp4 where !isIPv6 && ip.proto == 6, .tcp6 where isIPv6 && ip.proto == 6:
            guard l4 + 20 <= frame.count else { return nil }
            let length = Int(frame[l4 + 12] >> 4) * 4
            guard length >= 20 else { return nil }
            headerLength = l4 + length
        case .udp where ip.proto == 17:
            headerLength = l4 + 8
        default:
            return nil
        }
        payload = frame.count - headerLength
        guard payload > 0 else { return nil }
    }

    /// The IP header's offset, behind up to two VLAN tags.
    private static func network(_ frame: Span<UInt8>) -> (offset: Int, isIPv6: Bool)? {
        var offset = 12
        for _ in 0..<3 {
            guard offset + 2 <= frame.count else { return nil }
            switch frame.load(at: offset) {
            case 0x0800: return (offset + 2, false)
            case 0x86dd: return (offset + 2, true)
            case 0x8100, 0x88a8: offset += 4
            default: return nil
            }
        }
        return nil
    }

    /// The transport header's offset and protocol, behind IPv6's extension headers.
    private static func transport(_ frame: Span<UInt8>, _ network: (offset: Int, isIPv6: Bool)) -> (offset: Int, proto: UInt8)? {
        let l3 = network.offset
        if !network.isIPv6 {
            guard l3 + 20 <= frame.count, frame[l3] & 15 >= 5 else { return nil }
            return (l3 + Int(frame[l3] & 15) * 4, frame[l3 + 9])
        }
        guard l3 + 40 <= frame.count else { return nil }
        var proto = frame[l3 + 6]
        var offset = l3 + 40
        // Hop-by-hop options, routing and destination options (RFC 8200, section 4); more than eight are nobody's.
        for _ in 0..<8 {
            guard [0, 43, 60].contains(proto) else { return (offset, proto) }
            guard offset + 8 <= frame.count else { return nil }
            proto = frame[offset]
            offset += (Int(frame[offset + 1]) + 1) * 8
        }
        return nil
    }

    /// How many segments the frame makes.
    var count: Int { (payload + size - 1) / size }

    /// Bytes of segment `index`.
    func length(_ index: Int) -> Int { headerLength + min(size, payload - index * size) }

    /// Writes segment `index` of `frame`, with lengths and checksums of its own.
    /// - Parameter segment: exactly `length(index)` bytes.
    func write(_ index: Int, of frame: Span<UInt8>, to segment: inout MutableSpan<UInt8>) {
        let start = headerLength + index * size
        segment.copy(frame.extracting(0..<headerLength), at: 0)
        segment.copy(frame.extracting(start..<start + segment.count - headerLength), at: headerLength)
        writeNetwork(index, &segment)
        writeTransport(index, &segment)
    }

    private func writeNetwork(_ index: Int, _ segment: inout MutableSpan<UInt8>) {
        if isIPv6 {
            segment.store(UInt16(truncatingIfNeeded: segment.count - l3 - 40), at: l3 + 4)
            return
        }
        segment.store(UInt16(truncatingIfNeeded: segment.count - l3), at: l3 + 2)
        segment.store(segment.span.load(at: l3 + 4) &+ UInt16(truncatingIfNeeded: index), at: l3 + 4)
        segment.store(0, at: l3 + 10)
        let sum = foldedSum(onesComplementSum(segment.span, l3..<l4))
        segment.store(UInt16(bigEndian: ~sum), at: l3 + 10)
    }

    private func writeTransport(_ index: Int, _ segment: inout MutableSpan<UInt8>) {
        let length = segment.count - l4
        var checksumOffset = 16
        if kind == .udp {
            checksumOffset = 6
            segment.store(UInt16(truncatingIfNeeded: length), at: l4 + 4)
        } else {
            let high = UInt32(segment.span.load(at: l4 + 4)), low = UInt32(segment.span.load(at: l4 + 6))
            let sequence = (high << 16 | low) &+ UInt32(truncatingIfNeeded: index &* size)
            segment.store(UInt16(truncatingIfNeeded: sequence >> 16), at: l4 + 4)
            segment.store(UInt16(truncatingIfNeeded: sequence), at: l4 + 6)
            // FIN and PSH belong to the last segment (RFC 9293), CWR to the first (RFC 3168, section 6.1.2).
            if index + 1 < count { segment[l4 + 13] &= ~0x09 }
            if index > 0 { segment[l4 + 13] &= ~0x80 }
        }
        segment.store(0, at: l4 + checksumOffset)
        let addresses = isIPv6 ? l3 + 8..<l3 + 40 : l3 + 12..<l3 + 20
        let proto: UInt16 = kind == .udp ? 17 : 6
        var sum = onesComplementSum(segment.span, addresses)
        sum = addSums(sum, UInt64(proto.bigEndian) &+ UInt64(UInt32(truncatingIfNeeded: length).bigEndian))
        sum = addSums(sum, onesComplementSum(segment.span, l4..<segment.count))
        let folded = ~foldedSum(sum)
        segment.store(kind == .udp && folded == 0 ? 0xffff : UInt16(bigEndian: folded), at: l4 + checksumOffset)
    }
}

// Big-endian 16-bit numbers in a span; an offset outside of it traps, which the callers' checks rule out.
extension Span where Element == UInt8 {
    func load(at offset: Int) -> UInt16 { UInt16(self[offset]) << 8 | UInt16(self[offset + 1]) }
}
extension MutableSpan where Element == UInt8 {
    mutating func store(_ value: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: value >> 8)
        self[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
    /// Copies all of `source` to `offset`.
    mutating func copy(_ source: Span<UInt8>, at offset: Int) {
        precondition(offset >= 0 && source.count <= count - offset)
        unsafe withUnsafeMutableBytes { to in
            unsafe source.withUnsafeBytes { from in
                // The precondition has checked the room.
                if let base = from.baseAddress { unsafe (to.baseAddress! + offset).copyMemory(from: base, byteCount: from.count) }
            }
        }
    }
}
