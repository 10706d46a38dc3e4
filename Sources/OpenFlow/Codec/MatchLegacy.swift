import Flow
import Wire

// The fixed matches of OpenFlow 1.0 (section 5.2.3) and 1.1 (section A.2.3).

/// Bits of ofp_match's wildcards that both versions have in the same place.
private enum Wildcard {
    static let inPort: UInt32 = 1 << 0
    static let dlVLAN: UInt32 = 1 << 1
}

/// OFPFW_ of OpenFlow 1.0.
private enum Wildcard10 {
    static let dlSrc: UInt32 = 1 << 2
    static let dlDst: UInt32 = 1 << 3
    static let dlType: UInt32 = 1 << 4
    static let nwProto: UInt32 = 1 << 5
    static let tpSrc: UInt32 = 1 << 6
    static let tpDst: UInt32 = 1 << 7
    static let nwSrcShift: UInt32 = 8
    static let nwDstShift: UInt32 = 14
    static let dlVLANPCP: UInt32 = 1 << 20
    static let nwTOS: UInt32 = 1 << 21
}

/// OFPFW11_.
private enum Wildcard11 {
    static let dlVLANPCP: UInt32 = 1 << 2
    static let dlType: UInt32 = 1 << 3
    static let nwTOS: UInt32 = 1 << 4
    static let nwProto: UInt32 = 1 << 5
    static let tpSrc: UInt32 = 1 << 6
    static let tpDst: UInt32 = 1 << 7
    static let mplsLabel: UInt32 = 1 << 8
    static let mplsTC: UInt32 = 1 << 9
}

private let noVLAN: UInt16 = 0xffff
private let anyVLAN: UInt16 = 0xfffe
private let dscpMask: UInt8 = 0xfc

extension Match {
    /// ofp10_match, 40 bytes. `normalized`: fields that mean nothing without others are left out, as OVS has it in flow mods.
    public static func decode10(_ reader: inout ByteReader, normalized: Bool = true) throws(OFError) -> Match {
        try reader.need(40, .bmcBadLen)
        let wild = try reader.u32()
        var key = FlowKey(), mask = FlowMask()
        key.l0.inPort = UInt32(try reader.u16())
        if wild & Wildcard.inPort == 0 { mask.l0.inPort = 0xffff }
        key.l0.dlSrc = try reader.ethernetAddress()
        if wild & Wildcard10.dlSrc == 0 { mask.l0.dlSrc = .broadcast }
        key.l0.dlDst = try reader.ethernetAddress()
        if wild & Wildcard10.dlDst == 0 { mask.l0.dlDst = .broadcast }
        let vlan = try reader.u16(), pcp = try reader.u8()
        if wild & Wildcard.dlVLAN == 0, vlan == noVLAN {
            mask.l0.vlanTCI = .ones
        } else {
            var bits: UInt16 = 0
            if wild & Wildcard.dlVLAN == 0 { bits |= VLANTCI.vidMask | VLANTCI.present }
            if wild & Wildcard10.dlVLANPCP == 0 { bits |= VLANTCI.pcpMask | VLANTCI.present }
            mask.l0.vlanTCI = BE16(bits)
            key.l0.vlanTCI = BE16(vlan & VLANTCI.vidMask | UInt16(pcp) << 13 | VLANTCI.present)
        }
        try reader.skip(1)
        key.l0.dlType = BE16(try reader.u16())
        if wild & Wildcard10.dlType == 0 { mask.l0.dlType = .ones }
        key.l0.nwTOS = try reader.u8()
        if wild & Wildcard10.nwTOS == 0 { mask.l0.nwTOS = dscpMask }
        key.l0.nwProto = try reader.u8()
        if wild & Wildcard10.nwProto == 0 { mask.l0.nwProto = .max }
        try reader.skip(2)
        key.l0.nwSrc = BE32(try reader.u32())
        mask.l0.nwSrc = BE32(netmask(wild >> Wildcard10.nwSrcShift))
        key.l0.nwDst = BE32(try reader.u32())
        mask.l0.nwDst = BE32(netmask(wild >> Wildcard10.nwDstShift))
        key.l0.tpSrc = BE16(try reader.u16())
        if wild & Wildcard10.tpSrc == 0 { mask.l0.tpSrc = .ones }
        key.l0.tpDst = BE16(try reader.u16())
        if wild & Wildcard10.tpDst == 0 { mask.l0.tpDst = .ones }
        var match = Match(key: key, mask: mask)
        if normalized { _ = match.normalize() }
        return match
    }

    /// ofp10_match. What it cannot say is left out.
    public func encode10(_ writer: inout ByteWriter) {
        let start = writer.count
        var wild: UInt32 = 0
        func wildIf(_ isWild: Bool, _ bit: UInt32) { if isWild { wild |= bit } }
        wildIf(mask.l0.inPort == 0, Wildcard.inPort)
        wildIf(mask.l0.dlType == .zero, Wildcard10.dlType)
        wildIf(mask.l0.nwProto == 0, Wildcard10.nwProto)
        wildIf(mask.l0.nwTOS & dscpMask == 0, Wildcard10.nwTOS)
        wildIf(mask.l0.tpSrc == .zero, Wildcard10.tpSrc)
        wildIf(mask.l0.tpDst == .zero, Wildcard10.tpDst)
        wildIf(mask.l0.dlSrc == .zero, Wildcard10.dlSrc)
        wildIf(mask.l0.dlDst == .zero, Wildcard10.dlDst)
        wild |= UInt32(32 - mask.l0.nwSrc.host.nonzeroBitCount) << Wildcard10.nwSrcShift
        wild |= UInt32(32 - mask.l0.nwDst.host.nonzeroBitCount) << Wildcard10.nwDstShift
        let vlan = LegacyVLAN(self, any: 0)
        wildIf(vlan.vid == nil, Wildcard.dlVLAN)
        wildIf(vlan.pcp == nil && vlan.vid != noVLAN, Wildcard10.dlVLANPCP)
        writer.u32(wild)
        writer.u16(UInt16(truncatingIfNeeded: key.l0.inPort))
        writer.ethernetAddress(key.l0.dlSrc)
        writer.ethernetAddress(key.l0.dlDst)
        writer.u16(vlan.vid ?? 0)
        writer.u8(vlan.pcp ?? 0)
        writer.u8(0)
        writer.u16(key.l0.dlType.host)
        writer.u8(key.l0.nwTOS & dscpMask)
        writer.u8(key.l0.nwProto)
        writer.u16(0)
        writer.u32(key.l0.nwSrc.host)
        writer.u32(key.l0.nwDst.host)
        writer.u16(key.l0.tpSrc.host)
        writer.u16(key.l0.tpDst.host)
        assert(writer.count - start == 40)
    }
}

/// The mask of an IPv4 address of which the last `wildBits` (of 6 bits; 32 and more: all) do not count.
private func netmask(_ wildBits: UInt32) -> UInt32 {
    let count = wildBits & 0x3f
    return count >= 32 ? 0 : UInt32.max << count
}

/// What the match says of the outer tag in the two fields that the fixed matches have for it.
private struct LegacyVLAN {
    /// nil: nothing is said. `noVLAN`: no tag.
    var vid: UInt16?
    var pcp: UInt8?

    /// `any`: what says that there is a tag, whatever its VID; 0: nothing does.
    init(_ match: Match, any: UInt16) {
        let tci = match.key.l0.vlanTCI.host, mask = match.mask.l0.vlanTCI.host
        if mask == 0 { return }
        if mask & VLANTCI.present != 0, tci & VLANTCI.present == 0 {
            vid = noVLAN
            return
        }
        if mask & VLANTCI.vidMask != 0 { vid = tci & VLANTCI.vidMask } else if any != 0 { vid = any }
        if mask & VLANTCI.pcpMask != 0 { pcp = UInt8(tci >> 13) }
    }
}

extension Match {
    /// ofp_match of OpenFlow 1.1: OFPMT_STANDARD, 88 bytes; or OFPMT_OXM, which OVS takes as well.
    public static func decode11(_ reader: inout ByteReader) throws(OFError) -> Match {
        try reader.need(4, .bmcBadLen)
        switch try reader.peek16() {
        case 0:
            guard try reader.peek16(2) == 88 else { throw .bmcBadLen }
            var fields = try reader.part(88, .bmcBadLen)
            return try standard11(&fields)
        case 1: return try decodeOXM(&reader)
        default: throw .bmcBadType
        }
    }

    private static func standard11(_ reader: inout ByteReader) throws(OFError) -> Match {
        try reader.skip(4)
        var match = Match()
        let port = try reader.u32(), wild = try reader.u32()
        if wild & Wildcard.inPort == 0 {
            guard let port = OFPort(number32: port) else { throw .bmcBadValue }
            match.set(.inPort, to: UInt128(port.number))
        }
        try match.addLink11(&reader, wild)
        try match.addNetwork11(&reader, wild)
        let label = try reader.u32(), tc = try reader.u8()
        try reader.skip(3)
        if [EtherType.mpls, EtherType.mplsMulticast].contains(match.key.l0.dlType.host) {
            if wild & Wildcard11.mplsLabel == 0 { match.set(.mplsLabel, to: UInt128(label)) }
            if wild & Wildcard11.mplsTC == 0 { match.set(.mplsTC, to: UInt128(tc)) }
        }
        let metadata = try reader.u64(), metadataMask = try reader.u64()
        match.set(.metadata, to: MaskedValue(value: UInt128(metadata), mask: UInt128(~metadataMask)))
        return match
    }

    private mutating func addLink11(_ reader: inout ByteReader, _ wild: UInt32) throws(OFError) {
        for field in [Field.ethSrc, .ethDst] {
            let address = try reader.number(6), wildBits = try reader.number(6)
            set(field, to: MaskedValue(value: address, mask: ~wildBits & field.widthMask))
        }
        let vid = try reader.u16(), pcp = try reader.u8()
        try reader.skip(1)
        if wild & Wildcard.dlVLAN == 0 { try addVLAN11(vid, wild & Wildcard11.dlVLANPCP == 0 ? pcp : nil) }
        let type = try reader.u16()
        if wild & Wildcard11.dlType == 0 { set(.ethType, to: UInt128(type)) }
    }

    private mutating func addVLAN11(_ vid: UInt16, _ pcp: UInt8?) throws(OFError) {
        switch vid {
        case noVLAN: return mask.l0.vlanTCI = .ones
        case anyVLAN: set(.vlanVID, to: MaskedValue(value: UInt128(VLANTCI.present), mask: UInt128(VLANTCI.present)))
        case 0..<4096: set(.vlanVID, to: UInt128(vid | VLANTCI.present))
        default: throw .bmcBadValue
        }
        guard let pcp else { return }
        guard pcp <= 7 else { throw .bmcBadValue }
        set(.vlanPCP, to: UInt128(pcp))
    }

    private mutating func addNetwork11(_ reader: inout ByteReader, _ wild: UInt32) throws(OFError) {
        let isIPv4 = key.l0.dlType.host == EtherType.ipv4
        let hasAddresses = isIPv4 || [EtherType.arp, EtherType.rarp].contains(key.l0.dlType.host)
        let tos = try reader.u8(), proto = try reader.u8()
        if isIPv4, wild & Wildcard11.nwTOS == 0 {
            guard tos & ~dscpMask == 0 else { throw .bmcBadValue }
            set(.nwTOS, to: UInt128(tos))
        }
        if hasAddresses, wild & Wildcard11.nwProto == 0 { set(.nwProto, to: UInt128(proto)) }
        for field in [Field.ipv4Src, .ipv4Dst] {
            let address = try reader.u32(), wildBits = try reader.u32()
            if hasAddresses { set(field, to: MaskedValue(value: UInt128(address), mask: UInt128(~wildBits))) }
        }
        let source = try reader.u16(), destination = try reader.u16()
        guard isIPv4 else { return }
        if wild & Wildcard11.tpSrc == 0 { try addPort11(source, .icmpType, .tcpSrc) }
        if wild & Wildcard11.tpDst == 0 { try addPort11(destination, .icmpCode, .tcpDst) }
    }

    /// A port of TCP, UDP or SCTP, or ICMP's type or code, by the protocol that is matched; nothing for another protocol.
    private mutating func addPort11(_ number: UInt16, _ icmp: Field, _ port: Field) throws(OFError) {
        switch key.l0.nwProto {
        case IPProtocol.icmp:
            guard number < 0x100 else { throw .bmcBadField }
            set(icmp, to: UInt128(number))
        case IPProtocol.tcp, IPProtocol.udp, IPProtocol.sctp: set(port, to: UInt128(number))
        default: break
        }
    }

    /// ofp_match of OpenFlow 1.1, OFPMT_STANDARD. What it cannot say is left out.
    public func encode11(_ writer: inout ByteWriter) {
        let start = writer.count
        let vlan = LegacyVLAN(self, any: anyVLAN)
        let label = mask.value(of: .mplsLabel) != 0, tc = mask.value(of: .mplsTC) != 0
        var wild: UInt32 = 0
        func wildIf(_ isWild: Bool, _ bit: UInt32) { if isWild { wild |= bit } }
        wildIf(mask.l0.inPort == 0, Wildcard.inPort)
        wildIf(vlan.vid == nil, Wildcard.dlVLAN)
        wildIf(vlan.pcp == nil, Wildcard11.dlVLANPCP)
        wildIf(mask.l0.dlType == .zero, Wildcard11.dlType)
        wildIf(mask.l0.nwTOS & dscpMask == 0, Wildcard11.nwTOS)
        wildIf(mask.l0.nwProto == 0, Wildcard11.nwProto)
        wildIf(mask.l0.tpSrc == .zero, Wildcard11.tpSrc)
        wildIf(mask.l0.tpDst == .zero, Wildcard11.tpDst)
        wildIf(!label, Wildcard11.mplsLabel)
        wildIf(!tc, Wildcard11.mplsTC)
        writer.u16(0)
        writer.u16(88)
        writer.u32(mask.l0.inPort == 0 ? 0 : OFPort(UInt16(truncatingIfNeeded: key.l0.inPort)).number32)
        writer.u32(wild)
        for field in [Field.ethSrc, .ethDst] {
            writer.number(key.value(of: field), 6)
            writer.number(~mask.value(of: field), 6)
        }
        writer.u16(vlan.vid ?? 0)
        writer.u8(vlan.pcp ?? 0)
        writer.u8(0)
        writer.u16(key.l0.dlType.host)
        writer.u8(key.l0.nwTOS & dscpMask)
        writer.u8(key.l0.nwProto)
        writer.u32(key.l0.nwSrc.host)
        writer.u32(~mask.l0.nwSrc.host)
        writer.u32(key.l0.nwDst.host)
        writer.u32(~mask.l0.nwDst.host)
        writer.u16(key.l0.tpSrc.host)
        writer.u16(key.l0.tpDst.host)
        writer.u32(label ? UInt32(key.value(of: .mplsLabel)) : 0)
        writer.u8(tc ? UInt8(key.value(of: .mplsTC)) : 0)
        writer.zeros(3)
        writer.u64(key.l11.metadata.host)
        writer.u64(~mask.l11.metadata.host)
        assert(writer.count - start == 88)
    }
}
