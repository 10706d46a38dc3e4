import Wire

// The fixed layout. Offsets are bytes from the start of the line; `FlowKeyLayoutTests` reads like this table.
//
// line 0  0 inPort 4 recircID 8 dpHash 12 skbPriority 16 pktMark 20 ctMark 24 ctZone 26 ctState 27 ctNWProto
//         28 dlDst 34 dlSrc 40 dlType 42 vlanTPID 44 vlanTCI 46 nwProto 47 nwTOS 48 nwSrc 52 nwDst
//         56 nwTTL 57 nwFrag 58 tpSrc 60 tpDst 62 tcpFlags
// line 1  0 ipv6Src 16 ipv6Dst 32 ndTarget 48 arpSHA 54 arpTHA 60 ipv6Label
// line 2  0 tunSrc 16 tunDst 32 tunID 40 tunFlags 42 tunTOS 43 tunTTL 44 tunTPSrc 46 tunTPDst 48 tunGBPID
//         50 tunGBPFlags 51 erspanVersion 52 erspanIndex 56 erspanDirection 57 erspanHardwareID 58 gtpuFlags
//         59 gtpuMessageType
// line 3  0 innerVLANTPID 2 innerVLANTCI 4 mplsLSE0 8 mplsLSE1 12 mplsLSE2 16 packetType 20 ndReserved
//         24 igmpGroup 28 ndOptionsType
// line 4  0 ctLabel 16 ctIPv6Src 32 ctIPv6Dst 48 ctNWSrc 52 ctNWDst 56 ctTPSrc 58 ctTPDst
// line 5  0 nshFlags 1 nshTTL 2 nshMDType 3 nshNP 4 nshPathHeader 8 nshContext (4 × 4) 24 tunMetadataPresent
// line 6–9  tunMetadata, 256 bytes
// line 10 regs, 16 × 4
// line 11 0 metadata 8 actsetOutput 12 conjID

/// Line 0: everything that an untagged or singly tagged IPv4, ARP, TCP or UDP packet needs.
@frozen public struct FlowLine0: Hashable, Sendable {
    /// The port that the packet came in by: an `ODPPort` in the datapath, an `OFPort` in OpenFlow tables.
    public var inPort: UInt32 = 0
    public var recircID: UInt32 = 0
    public var dpHash: UInt32 = 0
    public var skbPriority: UInt32 = 0
    public var pktMark: UInt32 = 0
    public var ctMark: UInt32 = 0
    public var ctZone: UInt16 = 0
    public var ctState: UInt8 = 0
    public var ctNWProto: UInt8 = 0
    public var dlDst = EthernetAddress.zero
    public var dlSrc = EthernetAddress.zero
    /// The innermost EtherType; `EtherType.notEtherType` for an 802.2 frame without one.
    public var dlType = BE16.zero
    /// The outer tag's TPID; 0 when the frame is untagged.
    public var vlanTPID = BE16.zero
    /// The outer tag's TCI with `VLANTCI.present` set; 0 when the frame is untagged.
    public var vlanTCI = BE16.zero
    /// IP protocol, or the lower 8 bits of an ARP opcode.
    public var nwProto: UInt8 = 0
    /// DSCP and ECN.
    public var nwTOS: UInt8 = 0
    /// IPv4 source, or ARP's sender protocol address.
    public var nwSrc = BE32.zero
    /// IPv4 destination, or ARP's target protocol address.
    public var nwDst = BE32.zero
    public var nwTTL: UInt8 = 0
    /// `FragmentBits`.
    public var nwFrag: UInt8 = 0
    /// TCP, UDP, SCTP source port; ICMP or IGMP type.
    public var tpSrc = BE16.zero
    /// TCP, UDP, SCTP destination port; ICMP or IGMP code.
    public var tpDst = BE16.zero
    /// The lower 12 bits are TCP's flags.
    public var tcpFlags = BE16.zero
    @inlinable public init() {}
}

/// Line 1: IPv6 addresses and flow label, ND target, hardware addresses of ARP and ND.
@frozen public struct FlowLine1: Hashable, Sendable {
    public var ipv6Src = BE128.zero
    public var ipv6Dst = BE128.zero
    public var ndTarget = BE128.zero
    /// ARP's sender hardware address, or ND's source link-layer address (nd_sll).
    public var arpSHA = EthernetAddress.zero
    /// ARP's target hardware address, or ND's target link-layer address (nd_tll).
    public var arpTHA = EthernetAddress.zero
    /// The lower 20 bits.
    public var ipv6Label = BE32.zero
    @inlinable public init() {}
}

/// Line 2: the tunnel that the packet was decapsulated from. IPv4 addresses are IPv4-mapped.
@frozen public struct FlowLine2: Hashable, Sendable {
    public var tunSrc = BE128.zero
    public var tunDst = BE128.zero
    public var tunID = BE64.zero
    public var tunFlags: UInt16 = 0
    public var tunTOS: UInt8 = 0
    public var tunTTL: UInt8 = 0
    public var tunTPSrc = BE16.zero
    public var tunTPDst = BE16.zero
    public var tunGBPID = BE16.zero
    public var tunGBPFlags: UInt8 = 0
    public var erspanVersion: UInt8 = 0
    public var erspanIndex: UInt32 = 0
    public var erspanDirection: UInt8 = 0
    public var erspanHardwareID: UInt8 = 0
    public var gtpuFlags: UInt8 = 0
    public var gtpuMessageType: UInt8 = 0
    public var spare: UInt32 = 0
    @inlinable public init() {}
}

/// Line 3: inner VLAN tag, MPLS, packet_type and rare L3/L4 fields.
@frozen public struct FlowLine3: Hashable, Sendable {
    public var innerVLANTPID = BE16.zero
    /// With `VLANTCI.present` set; 0 when there is no second tag.
    public var innerVLANTCI = BE16.zero
    /// Label stack entries, outermost first; 0 when absent.
    public var mplsLSE0 = BE32.zero
    public var mplsLSE1 = BE32.zero
    public var mplsLSE2 = BE32.zero
    /// (namespace, type); 0 is Ethernet.
    public var packetType = BE32.zero
    public var ndReserved = BE32.zero
    public var igmpGroup = BE32.zero
    public var ndOptionsType: UInt8 = 0
    public var spare0: UInt8 = 0
    public var spare1: UInt16 = 0
    @usableFromInline var words = FourWords()
    @inlinable public init() {}
}

/// Line 4: connection tracking's label and original tuple.
@frozen public struct FlowLine4: Hashable, Sendable {
    public var ctLabel = BE128.zero
    public var ctIPv6Src = BE128.zero
    public var ctIPv6Dst = BE128.zero
    public var ctNWSrc = BE32.zero
    public var ctNWDst = BE32.zero
    public var ctTPSrc = BE16.zero
    public var ctTPDst = BE16.zero
    public var spare: UInt32 = 0
    @inlinable public init() {}
}

/// Line 5: the Network Service Header (RFC 8300) and the map of present tunnel options.
@frozen public struct FlowLine5: Hashable, Sendable {
    public var nshFlags: UInt8 = 0
    public var nshTTL: UInt8 = 0
    public var nshMDType: UInt8 = 0
    public var nshNP: UInt8 = 0
    /// Service path identifier (24 bits) and service index (8 bits).
    public var nshPathHeader = BE32.zero
    public var nshContext0 = BE32.zero
    public var nshContext1 = BE32.zero
    public var nshContext2 = BE32.zero
    public var nshContext3 = BE32.zero
    /// Bit n: tun_metadata option n is present.
    public var tunMetadataPresent: UInt64 = 0
    @usableFromInline var words = FourWords()
    @inlinable public init() {}
}

/// Line 11: OpenFlow-only fields that have no better place.
@frozen public struct FlowLine11: Hashable, Sendable {
    public var metadata = BE64.zero
    public var actsetOutput: UInt32 = 0
    public var conjID: UInt32 = 0
    @usableFromInline var words = FourWords()
    public var spare0: UInt64 = 0
    public var spare1: UInt64 = 0
    @inlinable public init() {}
}

/// Padding of 32 bytes.
@frozen public struct FourWords: Hashable, Sendable {
    @usableFromInline var words: SIMD4<UInt64> = .zero
    @inlinable public init() {}
}

/// A flow key, or a mask: twelve lines of 64 bytes.
@frozen public struct FlowKey: Hashable, Sendable {
    public var l0 = FlowLine0()
    public var l1 = FlowLine1()
    public var l2 = FlowLine2()
    public var l3 = FlowLine3()
    public var l4 = FlowLine4()
    public var l5 = FlowLine5()
    /// tun_metadata's 256 bytes.
    public var tunMetadata0 = SIMD8<UInt64>.zero
    public var tunMetadata1 = SIMD8<UInt64>.zero
    public var tunMetadata2 = SIMD8<UInt64>.zero
    public var tunMetadata3 = SIMD8<UInt64>.zero
    /// reg0–reg15 in host order.
    public var regs = SIMD16<UInt32>.zero
    public var l11 = FlowLine11()
    @inlinable public init() {}
}

/// Ones in the bits of a `FlowKey` that matter.
public typealias FlowMask = FlowKey
