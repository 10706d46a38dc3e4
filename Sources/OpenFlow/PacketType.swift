import Wire

/// packet_type's values: a namespace, 0 for Ethernet and 1 for EtherTypes, in the upper 16 bits (ovs-fields(7), packet_type; OpenFlow 1.5.1, section 7.2.3.11).
public enum PacketType {
    public static let ethernet: UInt32 = 0
    /// "Use next proto".
    public static let nextProtocol: UInt32 = 0xfffe
    /// OFPHTN_EXPERIMENTER's "unknown": what decap leaves when only the packet can tell.
    static let unknown: UInt32 = 0xffff
    public static let ipv4 = of(EtherType.ipv4)
    public static let ipv6 = of(EtherType.ipv6)
    public static let nsh = of(EtherType.nsh)
    public static let mpls = of(EtherType.mpls)
    public static let mplsMulticast = of(EtherType.mplsMulticast)

    public static func of(_ etherType: UInt16) -> UInt32 { 1 << 16 | UInt32(etherType) }

    /// nil: not one of an EtherType.
    public static func etherType(_ type: UInt32) -> UInt16? { type >> 16 == 1 ? UInt16(truncatingIfNeeded: type) : nil }

    /// "(1,0x894f)"
    public static func text(_ type: UInt32) -> String { "(\(type >> 16),0x" + String(type & 0xffff, radix: 16) + ")" }

    /// What stands behind a Network Service Header with this next protocol (RFC 8300, section 2.2); nil: unknown.
    public static func behind(_ nextProtocol: UInt8) -> UInt32? {
        switch nextProtocol {
        case 1: ipv4
        case 2: ipv6
        case 3: ethernet
        case 4: nsh
        default: nil
        }
    }
}
