import Wire

extension FlowKey {
    /// The EtherType that a match fixes, by dl_type or by a packet_type in the EtherType namespace; nil if neither.
    public func matchedEtherType(under mask: FlowMask) -> UInt16? {
        if mask.l3.packetType == .ones, l3.packetType.host >> 16 == 1 { return UInt16(truncatingIfNeeded: l3.packetType.host) }
        return mask.l0.dlType == .ones ? l0.dlType.host : nil
    }

    /// True if what this key says in the bits of `mask` implies `prerequisite`. For a packet's key, the mask is all
    /// ones in lines 0 and 3.
    public func satisfies(_ prerequisite: Prerequisite, under mask: FlowMask) -> Bool {
        switch prerequisite {
        case .none: return true
        case .ethernet: return mask.l3.packetType == .zero || l3.packetType == .zero
        case .vlan: return l0.vlanTCI.host & mask.l0.vlanTCI.host & VLANTCI.present != 0
        default: break
        }
        guard let type = matchedEtherType(under: mask) else { return false }
        let isIP = type == EtherType.ipv4 || type == EtherType.ipv6
        switch prerequisite {
        case .ipv4: return type == EtherType.ipv4
        case .ipv6: return type == EtherType.ipv6
        case .ip: return isIP
        case .arp: return type == EtherType.arp || type == EtherType.rarp
        case .mpls: return type == EtherType.mpls || type == EtherType.mplsMulticast
        case .nsh: return type == EtherType.nsh
        case .conntrack: return isIP && hasConnection(under: mask)
        default: break
        }
        guard isIP, mask.l0.nwProto == .max else { return false }
        let isND = l0.nwProto == IPProtocol.icmpv6 && type == EtherType.ipv6 && mask.l0.tpSrc == .ones
            && l0.tpDst.host & mask.l0.tpDst.host == 0
        let isLater = l0.nwFrag & mask.l0.nwFrag & FragmentBits.later != 0
        switch prerequisite {
        case .tcp: return l0.nwProto == IPProtocol.tcp && !isLater
        case .udp: return l0.nwProto == IPProtocol.udp && !isLater
        case .sctp: return l0.nwProto == IPProtocol.sctp && !isLater
        case .icmpv4: return l0.nwProto == IPProtocol.icmp && type == EtherType.ipv4
        case .icmpv6: return l0.nwProto == IPProtocol.icmpv6 && type == EtherType.ipv6
        case .nd: return isND && (135...136).contains(l0.tpSrc.host)
        case .ndSolicit: return isND && l0.tpSrc.host == 135
        case .ndAdvert: return isND && l0.tpSrc.host == 136
        default: return true
        }
    }
}

extension FlowKey {
    /// True if ct_state says that there is a valid connection: a flag that only one can have, or tracked and not invalid.
    public func hasConnection(under mask: FlowMask) -> Bool {
        let state = l0.ctState & mask.l0.ctState
        let implied = CTState.new | CTState.established | CTState.related | CTState.reply | CTState.sourceNAT | CTState.destinationNAT
        return state & implied != 0 || state & CTState.tracked != 0 && mask.l0.ctState & CTState.invalid != 0 && state & CTState.invalid == 0
    }
}

/// Bits of a key's `tunFlags`; tun_flags of ovs-fields(7) is the first of them.
public enum TunnelFlags {
    public static let oam: UInt16 = 1
    public static let dontFragment: UInt16 = 2
    public static let checksum: UInt16 = 4
    /// `tunID` was in the packet.
    public static let key: UInt16 = 8
}

/// Bits of ct_state (ovs-fields(7), ct_state).
public enum CTState {
    public static let new: UInt8 = 0x01
    public static let established: UInt8 = 0x02
    public static let related: UInt8 = 0x04
    public static let reply: UInt8 = 0x08
    public static let invalid: UInt8 = 0x10
    public static let tracked: UInt8 = 0x20
    public static let sourceNAT: UInt8 = 0x40
    public static let destinationNAT: UInt8 = 0x80
}
