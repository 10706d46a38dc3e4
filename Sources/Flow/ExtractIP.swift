import Wire

// Extraction of IPv4, IPv6 and its extension headers. No unsafe construct here.

extension Extraction {
    /// IPv4 (RFC 791). The header must fit the total length and that the frame; the version nibble is not looked at, as
    /// OVS does not.
    @inline(__always) @_noLocks mutating func readIPv4(_ start: PacketCursor) {
        var rest = start
        guard let ip = rest.peek(20) else { return }
        let headerSize = Int(ip.byte(0) & 0x0f) &* 4
        let totalLength = Int(ip.be16(2).host)
        guard headerSize >= 20, headerSize <= totalLength, totalLength <= rest.left else { return }
        rest.limit(to: totalLength)

        let proto = ip.byte(9)
        let fragment = ip.be16(6).host
        l0.nwSrc = ip.be32(12)
        l0.nwDst = ip.be32(16)
        l0.nwTOS = ip.byte(1)
        l0.nwTTL = ip.byte(8)
        l0.nwProto = proto
        if fragment & 0x3fff != 0 {  // more fragments, or an offset
            l0.nwFrag = fragment & 0x1fff != 0 ? FragmentBits.any | FragmentBits.later : FragmentBits.any
            if fragment & 0x1fff != 0 { return }
        }
        guard rest.pull(headerSize) != nil else { return }
        readTransport(rest, proto: proto)
    }

    /// IPv6 (RFC 8200, section 3). A damaged extension header leaves the addresses and nothing else.
    @inline(__always) @_noLocks mutating func readIPv6(_ start: PacketCursor) {
        var rest = start
        guard let ip = rest.pull(40) else { return }
        let payloadLength = Int(ip.be16(4).host)
        guard payloadLength <= rest.left else { return }
        rest.limit(to: payloadLength)

        useLine1()
        l1.ipv6Src = ip.be128(8)
        l1.ipv6Dst = ip.be128(24)
        var headers = ExtensionHeaders(proto: ip.byte(6))
        guard headers.skip(&rest) else { return }
        let versionClassLabel = ip.be32(0).host
        l1.ipv6Label = BE32(versionClassLabel & 0x000f_ffff)
        l0.nwTOS = UInt8(truncatingIfNeeded: versionClassLabel >> 20)
        l0.nwTTL = ip.byte(7)
        l0.nwProto = headers.proto
        l0.nwFrag = headers.fragmentBits
        if headers.fragmentBits & FragmentBits.later == 0 { readTransport(rest, proto: headers.proto) }
    }
}

/// The walk over IPv6's extension headers (RFC 8200, section 4; AH: RFC 4302, section 2).
struct ExtensionHeaders {
    /// The header that comes next; after `skip` the first that is no extension header, or `IPProtocol.fragment` for a
    /// fragment other than the first.
    private(set) var proto: UInt8
    /// `FragmentBits` of a fragment header among those skipped.
    private(set) var fragmentBits: UInt8 = 0

    @inline(__always) @_noLocks init(proto: UInt8) { self.proto = proto }

    /// Takes extension headers from the front of `rest`. Each takes at least 8 bytes, so the walk ends.
    /// - Returns: false if one is cut short.
    @inline(__always) @_noLocks mutating func skip(_ rest: inout PacketCursor) -> Bool {
        while true {
            switch proto {
            case IPProtocol.hopByHop, IPProtocol.routing, IPProtocol.destinationOptions, IPProtocol.authentication,
                IPProtocol.fragment:
                guard skipOne(&rest) else { return false }
                if fragmentBits & FragmentBits.later != 0 { return true }
            default: return true
            }
        }
    }

    @inline(never) @_noLocks private mutating func skipOne(_ rest: inout PacketCursor) -> Bool {
        guard let header = rest.peek(8) else { return false }
        let this = proto
        proto = header.byte(0)
        switch this {
        case IPProtocol.fragment:
            // Offset (13 bits), two reserved bits, more fragments. OVS takes a reserved bit for a fragment, too.
            let offsetAndMore = header.be16(2).host
            if offsetAndMore != 0 { fragmentBits = FragmentBits.any }
            if offsetAndMore & 0xfff8 != 0 {
                fragmentBits |= FragmentBits.later
                proto = IPProtocol.fragment
            }
            return rest.pull(8) != nil
        case IPProtocol.authentication:
            return rest.pull((Int(header.byte(1)) &+ 2) &* 4) != nil
        default:
            return rest.pull((Int(header.byte(1)) &+ 1) &* 8) != nil
        }
    }
}
