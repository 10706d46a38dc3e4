// Protocol numbers in host order, from IEEE 802 and IANA's registries.

/// EtherTypes. Values below `minimum` in a frame are lengths (IEEE 802.3, section 3.2.6).
public enum EtherType {
    @inlinable public static var minimum: UInt16 { 0x0600 }
    @inlinable public static var ipv4: UInt16 { 0x0800 }
    @inlinable public static var arp: UInt16 { 0x0806 }
    @inlinable public static var rarp: UInt16 { 0x8035 }
    @inlinable public static var ipv6: UInt16 { 0x86dd }
    @inlinable public static var vlan8021Q: UInt16 { 0x8100 }
    @inlinable public static var vlan8021AD: UInt16 { 0x88a8 }
    @inlinable public static var mpls: UInt16 { 0x8847 }
    @inlinable public static var mplsMulticast: UInt16 { 0x8848 }
    @inlinable public static var nsh: UInt16 { 0x894f }
    @inlinable public static var transparentEthernetBridging: UInt16 { 0x6558 }
    /// What OVS stores in dl_type for an 802.2 frame without an EtherType (ovs-fields(7), eth_type).
    @inlinable public static var notEtherType: UInt16 { 0x05ff }
}

/// IP protocol numbers.
public enum IPProtocol {
    @inlinable public static var icmp: UInt8 { 1 }
    @inlinable public static var igmp: UInt8 { 2 }
    @inlinable public static var tcp: UInt8 { 6 }
    @inlinable public static var udp: UInt8 { 17 }
    @inlinable public static var gre: UInt8 { 47 }
    @inlinable public static var icmpv6: UInt8 { 58 }
    @inlinable public static var sctp: UInt8 { 132 }
    // IPv6 extension headers (RFC 8200, section 4).
    @inlinable public static var hopByHop: UInt8 { 0 }
    @inlinable public static var routing: UInt8 { 43 }
    @inlinable public static var fragment: UInt8 { 44 }
    @inlinable public static var authentication: UInt8 { 51 }
    @inlinable public static var destinationOptions: UInt8 { 60 }
    @inlinable public static var noNextHeader: UInt8 { 59 }
}

/// Bits of the nw_frag field (ovs-fields(7), ip_frag).
public enum FragmentBits {
    /// Any fragment.
    @inlinable public static var any: UInt8 { 1 }
    /// A fragment other than the first.
    @inlinable public static var later: UInt8 { 2 }
    @inlinable public static var mask: UInt8 { 3 }
}

/// The VLAN tag control information's "tag present" bit as OVS stores it in vlan_tci (in host order).
public enum VLANTCI {
    @inlinable public static var present: UInt16 { 0x1000 }
    @inlinable public static var vidMask: UInt16 { 0x0fff }
    @inlinable public static var pcpMask: UInt16 { 0xe000 }
}
