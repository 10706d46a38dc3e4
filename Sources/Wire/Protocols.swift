// Protocol numbers in host order, from IEEE 802 and IANA's registries.

/// EtherTypes. Values below `minimum` in a frame are lengths (IEEE 802.3, section 3.2.6).
public enum EtherType {
    public static let minimum: UInt16 = 0x0600
    public static let ipv4: UInt16 = 0x0800
    public static let arp: UInt16 = 0x0806
    public static let rarp: UInt16 = 0x8035
    public static let ipv6: UInt16 = 0x86dd
    public static let vlan8021Q: UInt16 = 0x8100
    public static let vlan8021AD: UInt16 = 0x88a8
    public static let mpls: UInt16 = 0x8847
    public static let mplsMulticast: UInt16 = 0x8848
    public static let nsh: UInt16 = 0x894f
    public static let transparentEthernetBridging: UInt16 = 0x6558
    /// What OVS stores in dl_type for an 802.2 frame without an EtherType (ovs-fields(7), eth_type).
    public static let notEtherType: UInt16 = 0x05ff
}

/// IP protocol numbers.
public enum IPProtocol {
    public static let icmp: UInt8 = 1
    public static let igmp: UInt8 = 2
    public static let tcp: UInt8 = 6
    public static let udp: UInt8 = 17
    public static let gre: UInt8 = 47
    public static let icmpv6: UInt8 = 58
    public static let sctp: UInt8 = 132
    // IPv6 extension headers (RFC 8200, section 4).
    public static let hopByHop: UInt8 = 0
    public static let routing: UInt8 = 43
    public static let fragment: UInt8 = 44
    public static let authentication: UInt8 = 51
    public static let destinationOptions: UInt8 = 60
    public static let noNextHeader: UInt8 = 59
}

/// Bits of the nw_frag field (ovs-fields(7), ip_frag).
public enum FragmentBits {
    /// Any fragment.
    public static let any: UInt8 = 1
    /// A fragment other than the first.
    public static let later: UInt8 = 2
    public static let mask: UInt8 = 3
}

/// The VLAN tag control information's "tag present" bit as OVS stores it in vlan_tci (in host order).
public enum VLANTCI {
    public static let present: UInt16 = 0x1000
    public static let vidMask: UInt16 = 0x0fff
    public static let pcpMask: UInt16 = 0xe000
}
