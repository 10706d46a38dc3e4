import Wire

// Extraction of the transport layer: ports, flags, ICMP, IGMP, Neighbor Discovery. No unsafe construct here.

extension Extraction {
    /// The header after IP, by protocol number. One that is cut short leaves its fields zero.
    /// - Parameter start: the transport header and its payload, without padding.
    @inline(__always) @_noLocks mutating func readTransport(_ start: PacketCursor, proto: UInt8) {
        switch proto {
        case IPProtocol.tcp: readTCP(start)
        case IPProtocol.udp: if let udp = start.peek(8) { setPorts(udp) }  // RFC 768
        case IPProtocol.sctp: if let sctp = start.peek(12) { setPorts(sctp) }  // RFC 9260, section 3.1
        case IPProtocol.icmp: if let icmp = start.peek(8) { setTypeAndCode(icmp) }  // RFC 792
        case IPProtocol.icmpv6: readICMPv6(start)
        case IPProtocol.igmp: readIGMP(start)
        default: break
        }
    }

    @inline(__always) @_noLocks private mutating func setPorts(_ header: HeaderView) {
        l0.tpSrc = header.be16(0)
        l0.tpDst = header.be16(2)
    }

    @inline(__always) @_noLocks private mutating func setTypeAndCode(_ header: HeaderView) {
        l0.tpSrc = BE16(UInt16(header.byte(0)))
        l0.tpDst = BE16(UInt16(header.byte(1)))
    }

    /// TCP (RFC 9293, section 3.1). The whole header, with its options, must be there.
    @inline(__always) @_noLocks private mutating func readTCP(_ start: PacketCursor) {
        guard let tcp = start.peek(20) else { return }
        let headerSize = Int(tcp.byte(12) >> 4) &* 4
        guard headerSize >= 20, headerSize <= start.left else { return }
        setPorts(tcp)
        l0.tcpFlags = BE16(tcp.be16(12).host & 0x0fff)
    }

    /// IGMP (RFC 2236, section 2): type, code, checksum, group.
    @_noLocks private mutating func readIGMP(_ start: PacketCursor) {
        guard let igmp = start.peek(8) else { return }
        setTypeAndCode(igmp)
        useLine3()
        l3.igmpGroup = igmp.be32(4)
    }

    /// ICMPv6 (RFC 4443), and of Neighbor Solicitation and Advertisement (RFC 4861, sections 4.3 and 4.4) the reserved word,
    /// the target and the link-layer addresses.
    @_noLocks private mutating func readICMPv6(_ start: PacketCursor) {
        var rest = start
        guard let icmp = rest.pull(8) else { return }
        setTypeAndCode(icmp)
        let type = icmp.byte(0)
        guard icmp.byte(1) == 0, type == ICMPv6Type.neighborSolicitation || type == ICMPv6Type.neighborAdvertisement else { return }
        useLine1()
        useLine3()
        l3.ndReserved = icmp.be32(4)
        guard let target = rest.pull(16) else { return }
        l1.ndTarget = target.be128(0)
        readNDOptions(&rest)
    }

    /// The options of ND (RFC 4861, section 4.6), each at least 8 bytes. An option that is cut short or empty ends the walk;
    /// a link-layer address given twice voids target and addresses.
    @inline(__always) @_noLocks private mutating func readNDOptions(_ rest: inout PacketCursor) {
        while let option = rest.peek(8) {
            let type = option.byte(0)
            let size = Int(option.byte(1)) &* 8
            guard size != 0, size <= rest.left else { return }
            if size == 8, type == NDOption.sourceLinkLayer || type == NDOption.targetLinkLayer {
                guard setLinkLayerAddress(option, type) else {
                    l1.ndTarget = BE128.zero
                    l1.arpSHA = EthernetAddress.zero
                    l1.arpTHA = EthernetAddress.zero
                    return
                }
            }
            guard rest.pull(size) != nil else { return }
        }
    }

    /// - Returns: false if this address is set already.
    @inline(__always) @_noLocks private mutating func setLinkLayerAddress(_ option: HeaderView, _ type: UInt8) -> Bool {
        if type == NDOption.sourceLinkLayer {
            guard l1.arpSHA.isZero else { return false }
            l1.arpSHA = option.ethernetAddress(2)
        } else {
            guard l1.arpTHA.isZero else { return false }
            l1.arpTHA = option.ethernetAddress(2)
        }
        // The type of the first of them.
        if l3.ndOptionsType == 0 { l3.ndOptionsType = type }
        return true
    }
}

/// ICMPv6 types with fields of their own (RFC 4861, section 4).
enum ICMPv6Type {
    static var neighborSolicitation: UInt8 { @inline(__always) @_noLocks get { 135 } }
    static var neighborAdvertisement: UInt8 { @inline(__always) @_noLocks get { 136 } }
}

/// Neighbor Discovery options with a link-layer address (RFC 4861, section 4.6.1).
enum NDOption {
    static var sourceLinkLayer: UInt8 { @inline(__always) @_noLocks get { 1 } }
    static var targetLinkLayer: UInt8 { @inline(__always) @_noLocks get { 2 } }
}
