import Flow
import Wire

// set(…): a DPSetField is written as the attribute of a flow key that it changes.

extension DPSetField {
    /// "ipv4(src=1.2.3.4)"
    var odpText: String {
        var key = FlowKey(), mask = FlowMask()
        let name = place(&key, &mask)
        return key.odpAttributeText(name, mask: mask)
    }

    /// Puts value and mask where a flow key has them. Returns the attribute's name.
    private func place(_ key: inout FlowKey, _ mask: inout FlowMask) -> String {
        switch self {
        case .skbPriority(let value, let bits):
            (key.l0.skbPriority, mask.l0.skbPriority) = (value, bits)
            return "skb_priority"
        case .pktMark(let value, let bits):
            (key.l0.pktMark, mask.l0.pktMark) = (value, bits)
            return "skb_mark"
        case .ethernet(let src, let dst, let srcMask, let dstMask):
            (key.l0.dlSrc, key.l0.dlDst, mask.l0.dlSrc, mask.l0.dlDst) = (src, dst, srcMask, dstMask)
            return "eth"
        case .ipv4(let value, let bits):
            value.place(&key)
            bits.place(&mask)
            return "ipv4"
        case .ipv6(let value, let bits):
            value.place(&key)
            bits.place(&mask)
            return "ipv6"
        case .tcp(let src, let dst, let srcMask, let dstMask): return ports("tcp", src, dst, srcMask, dstMask, &key, &mask)
        case .udp(let src, let dst, let srcMask, let dstMask): return ports("udp", src, dst, srcMask, dstMask, &key, &mask)
        case .sctp(let src, let dst, let srcMask, let dstMask): return ports("sctp", src, dst, srcMask, dstMask, &key, &mask)
        case .icmp(let type, let code, let typeMask, let codeMask):
            return ports("icmp", BE16(UInt16(type)), BE16(UInt16(code)), BE16(UInt16(typeMask)), BE16(UInt16(codeMask)), &key, &mask)
        case .arp(let value, let bits):
            value.place(&key)
            bits.place(&mask)
            return "arp"
        case .nd(let value, let bits):
            value.place(&key)
            bits.place(&mask)
            return "nd"
        case .ndExtensions(let reserved, let type, let reservedMask, let typeMask):
            (key.l3.ndReserved, key.l3.ndOptionsType, mask.l3.ndReserved, mask.l3.ndOptionsType) = (reserved, type, reservedMask, typeMask)
            return "nd_ext"
        case .mpls(let lse, let bits):
            (key.l3.mplsLSE0, mask.l3.mplsLSE0) = (lse, bits)
            return "mpls"
        case .nsh(let value, let bits):
            value.place(&key)
            bits.place(&mask)
            return "nsh"
        }
    }

    private func ports(_ name: String, _ src: BE16, _ dst: BE16, _ srcMask: BE16, _ dstMask: BE16, _ key: inout FlowKey, _ mask: inout FlowMask) -> String {
        (key.l0.tpSrc, key.l0.tpDst, mask.l0.tpSrc, mask.l0.tpDst) = (src, dst, srcMask, dstMask)
        return name
    }

    /// Reads "ipv4(src=1.2.3.4)"; nil for an attribute that cannot be set.
    init?(odp name: String, key: FlowKey, mask: FlowMask) {
        switch name {
        case "skb_priority": self = .skbPriority(key.l0.skbPriority, mask: mask.l0.skbPriority)
        case "skb_mark": self = .pktMark(key.l0.pktMark, mask: mask.l0.pktMark)
        case "eth": self = .ethernet(src: key.l0.dlSrc, dst: key.l0.dlDst, srcMask: mask.l0.dlSrc, dstMask: mask.l0.dlDst)
        case "ipv4": self = .ipv4(DPSetIPv4(key), mask: DPSetIPv4(mask))
        case "ipv6": self = .ipv6(DPSetIPv6(key), mask: DPSetIPv6(mask))
        case "tcp": self = .tcp(src: key.l0.tpSrc, dst: key.l0.tpDst, srcMask: mask.l0.tpSrc, dstMask: mask.l0.tpDst)
        case "udp": self = .udp(src: key.l0.tpSrc, dst: key.l0.tpDst, srcMask: mask.l0.tpSrc, dstMask: mask.l0.tpDst)
        case "sctp": self = .sctp(src: key.l0.tpSrc, dst: key.l0.tpDst, srcMask: mask.l0.tpSrc, dstMask: mask.l0.tpDst)
        case "icmp", "icmpv6":
            self = .icmp(type: UInt8(truncatingIfNeeded: key.l0.tpSrc.host), code: UInt8(truncatingIfNeeded: key.l0.tpDst.host),
                typeMask: UInt8(truncatingIfNeeded: mask.l0.tpSrc.host), codeMask: UInt8(truncatingIfNeeded: mask.l0.tpDst.host))
        case "arp": self = .arp(DPSetARP(key), mask: DPSetARP(mask))
        case "nd": self = .nd(DPSetND(key), mask: DPSetND(mask))
        case "nd_ext":
            self = .ndExtensions(reserved: key.l3.ndReserved, optionsType: key.l3.ndOptionsType, reservedMask: mask.l3.ndReserved, optionsTypeMask: mask.l3.ndOptionsType)
        case "nsh": self = .nsh(DPSetNSH(key), mask: DPSetNSH(mask))
        case "mpls": self = .mpls(lse: key.l3.mplsLSE0, mask: mask.l3.mplsLSE0)
        default: return nil
        }
    }
}

extension DPSetIPv4 {
    fileprivate func place(_ key: inout FlowKey) {
        (key.l0.nwSrc, key.l0.nwDst, key.l0.nwTOS, key.l0.nwTTL) = (src, dst, tos, ttl)
    }
    fileprivate init(_ key: FlowKey) {
        self.init()
        (src, dst, tos, ttl) = (key.l0.nwSrc, key.l0.nwDst, key.l0.nwTOS, key.l0.nwTTL)
    }
}

extension DPSetIPv6 {
    fileprivate func place(_ key: inout FlowKey) {
        (key.l1.ipv6Src, key.l1.ipv6Dst, key.l1.ipv6Label, key.l0.nwTOS, key.l0.nwTTL) = (src, dst, label, trafficClass, hopLimit)
    }
    fileprivate init(_ key: FlowKey) {
        self.init()
        (src, dst, label, trafficClass, hopLimit) = (key.l1.ipv6Src, key.l1.ipv6Dst, key.l1.ipv6Label, key.l0.nwTOS, key.l0.nwTTL)
    }
}

extension DPSetARP {
    fileprivate func place(_ key: inout FlowKey) {
        key.l0.nwProto = UInt8(truncatingIfNeeded: opcode.host)
        (key.l0.nwSrc, key.l0.nwDst, key.l1.arpSHA, key.l1.arpTHA) = (spa, tpa, sha, tha)
    }
    fileprivate init(_ key: FlowKey) {
        self.init()
        // A mask of ones in the key's 8 bits is one of the opcode's 16.
        opcode = BE16(UInt16(key.l0.nwProto))
        (spa, tpa, sha, tha) = (key.l0.nwSrc, key.l0.nwDst, key.l1.arpSHA, key.l1.arpTHA)
    }
}

extension DPSetND {
    fileprivate func place(_ key: inout FlowKey) {
        (key.l1.ndTarget, key.l1.arpSHA, key.l1.arpTHA) = (target, sll, tll)
    }
    fileprivate init(_ key: FlowKey) {
        self.init()
        (target, sll, tll) = (key.l1.ndTarget, key.l1.arpSHA, key.l1.arpTHA)
    }
}

extension DPSetNSH {
    fileprivate func place(_ key: inout FlowKey) {
        (key.l5.nshFlags, key.l5.nshTTL, key.l5.nshPathHeader) = (flags, ttl, path)
        key.l5.nshContext0 = BE32(contexts[0])
        key.l5.nshContext1 = BE32(contexts[1])
        key.l5.nshContext2 = BE32(contexts[2])
        key.l5.nshContext3 = BE32(contexts[3])
    }
    public init(_ key: borrowing FlowKey) {
        self.init()
        (flags, ttl, path) = (key.l5.nshFlags, key.l5.nshTTL, key.l5.nshPathHeader)
        contexts = SIMD4(key.l5.nshContext0.host, key.l5.nshContext1.host, key.l5.nshContext2.host, key.l5.nshContext3.host)
    }
}
