import Wire

// Set actions as words.

/// Two Ethernet addresses as they stand one after the other in a frame: twelve bytes in two words.
func addressWords(_ first: EthernetAddress, _ second: EthernetAddress) -> (UInt64, UInt64) {
    let all = (UInt64(first.raw0) | UInt64(first.raw1) << 16 | UInt64(first.raw2) << 32 | UInt64(second.raw0) << 48)
    return (all, UInt64(second.raw1) | UInt64(second.raw2) << 16)
}

/// One Ethernet address in the first six bytes of a word.
func addressWord(_ address: EthernetAddress) -> UInt64 {
    UInt64(address.raw0) | UInt64(address.raw1) << 16 | UInt64(address.raw2) << 32
}

extension ActionCompiler {
    /// Appends a masked set.
    mutating func set(_ field: DPSetField, _ flags: ActionFlags) {
        switch field {
        case .skbPriority(let value, let mask): emit(.setPriority, flags, operand: value & mask, UInt64(mask))
        case .pktMark(let value, let mask): emit(.setMark, flags, operand: value & mask, UInt64(mask))
        case .ethernet(let src, let dst, let srcMask, let dstMask):
            let value = addressWords(dst, src), mask = addressWords(dstMask, srcMask)
            emit(.setEthernet, flags, value.0 & mask.0, value.1 & mask.1, mask.0, mask.1)
        case .ipv4(let value, let mask): setIPv4(value, mask, flags)
        case .ipv6(let value, let mask): setIPv6(value, mask, flags)
        case .tcp(let src, let dst, let srcMask, let dstMask): setPorts(.setTCP, src, dst, srcMask, dstMask, flags)
        case .udp(let src, let dst, let srcMask, let dstMask): setPorts(.setUDP, src, dst, srcMask, dstMask, flags)
        case .sctp(let src, let dst, let srcMask, let dstMask): setPorts(.setSCTP, src, dst, srcMask, dstMask, flags)
        case .icmp(let type, let code, let typeMask, let codeMask):
            emit(.setICMP, flags, operand: packed(type & typeMask, code & codeMask, typeMask, codeMask))
        case .arp(let value, let mask): setARP(value, mask, flags)
        case .nd(let value, let mask): setND(value, mask, flags)
        case .ndExtensions(let reserved, let type, let reservedMask, let typeMask):
            emit(.setNDExtensions, flags, operand: reserved.raw & reservedMask.raw, UInt64(reservedMask.raw), UInt64(type & typeMask) | UInt64(typeMask) << 8)
        case .nsh(let value, let mask):
            let v = value.words, m = mask.words
            emit(.setNSH, flags, v.0 & m.0, m.0, v.1 & m.1, m.1, v.2 & m.2, m.2)
        case .mpls(let lse, let mask): emit(.setMPLS, flags, operand: lse.raw & mask.raw, UInt64(mask.raw))
        }
    }

    private func packed(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt32 {
        UInt32(a) | UInt32(b) << 8 | UInt32(c) << 16 | UInt32(d) << 24
    }

    private mutating func setIPv4(_ value: DPSetIPv4, _ mask: DPSetIPv4, _ flags: ActionFlags) {
        let addresses = UInt64(value.src.raw) | UInt64(value.dst.raw) << 32
        let addressMask = UInt64(mask.src.raw) | UInt64(mask.dst.raw) << 32
        emit(.setIPv4, flags, operand: packed(value.tos & mask.tos, value.ttl & mask.ttl, mask.tos, mask.ttl),
            addresses & addressMask, addressMask)
    }

    private mutating func setIPv6(_ value: DPSetIPv6, _ mask: DPSetIPv6, _ flags: ActionFlags) {
        // Version (4 bits), traffic class (8), flow label (20): RFC 8200, section 3.
        func first(_ set: DPSetIPv6) -> UInt32 { BE32(UInt32(set.trafficClass) << 20 | set.label.host & 0xf_ffff).raw }
        emit(.setIPv6, flags, operand: packed(value.hopLimit & mask.hopLimit, mask.hopLimit, 0, 0),
            value.src.raw0 & mask.src.raw0, value.src.raw1 & mask.src.raw1,
            value.dst.raw0 & mask.dst.raw0, value.dst.raw1 & mask.dst.raw1,
            mask.src.raw0, mask.src.raw1, mask.dst.raw0, mask.dst.raw1,
            UInt64(first(value) & first(mask)) | UInt64(first(mask)) << 32)
    }

    private mutating func setPorts(
        _ opcode: ActionOpcode, _ src: BE16, _ dst: BE16, _ srcMask: BE16, _ dstMask: BE16, _ flags: ActionFlags
    ) {
        let value = UInt32(src.raw) | UInt32(dst.raw) << 16, mask = UInt32(srcMask.raw) | UInt32(dstMask.raw) << 16
        emit(opcode, flags, operand: value & mask, UInt64(mask))
    }

    private mutating func setARP(_ value: DPSetARP, _ mask: DPSetARP, _ flags: ActionFlags) {
        let v = arpWords(value), m = arpWords(mask)
        emit(.setARP, flags, v.0 & m.0, v.1 & m.1, v.2 & m.2, m.0, m.1, m.2)
    }

    /// Bytes 6–13 (opcode, sha), 14–21 (spa, tha's start) and 20–27 (tha's end, tpa) of the header, RFC 826. The
    /// two bytes that the last two words share are the same in both.
    private func arpWords(_ arp: DPSetARP) -> (UInt64, UInt64, UInt64) {
        let sha = addressWord(arp.sha), tha = addressWord(arp.tha)
        return (UInt64(arp.opcode.raw) | sha << 16, UInt64(arp.spa.raw) | tha << 32, tha >> 16 | UInt64(arp.tpa.raw) << 32)
    }

    private mutating func setND(_ value: DPSetND, _ mask: DPSetND, _ flags: ActionFlags) {
        emit(.setND, flags,
            value.target.raw0 & mask.target.raw0, value.target.raw1 & mask.target.raw1, mask.target.raw0, mask.target.raw1,
            addressWord(value.sll) & addressWord(mask.sll), addressWord(mask.sll),
            addressWord(value.tll) & addressWord(mask.tll), addressWord(mask.tll))
    }
}
