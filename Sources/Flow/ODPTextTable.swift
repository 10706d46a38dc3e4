import Wire

// The attributes of a datapath flow's text, as `ovs-appctl dpctl/dump-flows` prints them: one row an attribute, in the
// order of printing. What does not fit a row (tags and their nesting, ports, flags) is in ODPKeyText.swift.

/// How one item of an attribute is written.
enum ODPFormat { case decimal, hex, ethernet, ipv4, ipv6, fragment, connectionState }

/// One item: "src=" and its value, at a place in the key.
struct ODPItem {
    /// Empty for the single value of an attribute such as skb_mark(0x3).
    let name: String
    let place: FieldPlace
    let format: ODPFormat
    init(_ name: String, _ field: Field, _ format: ODPFormat) {
        self.name = name
        self.place = field.place
        self.format = format
    }
    /// All bits of a byte that no field holds as one.
    init(_ name: String, byteOf field: Field, _ format: ODPFormat) {
        self.name = name
        let place = field.place
        self.place = FieldPlace(offset: place.offset, size: place.size, shift: 0, order: place.order, ones: 0xff, frameMask: 0, frameValue: 0)
        self.format = format
    }
}

/// An attribute: a name and items in parentheses.
struct ODPAttribute {
    let name: String
    let items: [ODPItem]
    /// The key must say this for the attribute to mean anything.
    let prerequisite: Prerequisite
    init(_ name: String, _ items: [ODPItem], _ prerequisite: Prerequisite = .none) {
        self.name = name
        self.items = items
        self.prerequisite = prerequisite
    }
}

/// Attributes in front of the packet's own.
let odpPriority = ODPAttribute("skb_priority", [ODPItem("", .skbPriority, .hex)])
let odpMetadata: [ODPAttribute] = [
    ODPAttribute("skb_mark", [ODPItem("", .pktMark, .hex)]),
    ODPAttribute("ct_state", [ODPItem("", .ctState, .connectionState)]),
    ODPAttribute("ct_zone", [ODPItem("", .ctZone, .hex)]),
    ODPAttribute("ct_mark", [ODPItem("", .ctMark, .hex)]),
    ODPAttribute("ct_label", [ODPItem("", .ctLabel, .hex)]),
]
let odpTuple4 = ODPAttribute("ct_tuple4", [
    ODPItem("src", .ctNWSrc, .ipv4), ODPItem("dst", .ctNWDst, .ipv4), ODPItem("proto", .ctNWProto, .decimal),
    ODPItem("tp_src", .ctTPSrc, .decimal), ODPItem("tp_dst", .ctTPDst, .decimal),
], .ipv4)
let odpTuple6 = ODPAttribute("ct_tuple6", [
    ODPItem("src", .ctIPv6Src, .ipv6), ODPItem("dst", .ctIPv6Dst, .ipv6), ODPItem("proto", .ctNWProto, .decimal),
    ODPItem("src_port", .ctTPSrc, .decimal), ODPItem("dst_port", .ctTPDst, .decimal),
], .ipv6)
let odpDPHash = ODPAttribute("dp_hash", [ODPItem("", .dpHash, .hex)])
let odpEthernet = ODPAttribute("eth", [ODPItem("src", .ethSrc, .ethernet), ODPItem("dst", .ethDst, .ethernet)])

/// What the EtherType and the IP protocol call for.
let odpPacket: [ODPAttribute] = [
    ODPAttribute("ipv4", [
        ODPItem("src", .ipv4Src, .ipv4), ODPItem("dst", .ipv4Dst, .ipv4), ODPItem("proto", .nwProto, .decimal),
        ODPItem("tos", byteOf: .nwTOS, .hex), ODPItem("ttl", .nwTTL, .decimal), ODPItem("frag", .nwFrag, .fragment),
    ], .ipv4),
    ODPAttribute("ipv6", [
        ODPItem("src", .ipv6Src, .ipv6), ODPItem("dst", .ipv6Dst, .ipv6), ODPItem("label", .ipv6Label, .hex),
        ODPItem("proto", .nwProto, .decimal), ODPItem("tclass", byteOf: .nwTOS, .hex), ODPItem("hlimit", .nwTTL, .decimal),
        ODPItem("frag", .nwFrag, .fragment),
    ], .ipv6),
    ODPAttribute("arp", [
        ODPItem("sip", .arpSPA, .ipv4), ODPItem("tip", .arpTPA, .ipv4), ODPItem("op", .arpOp, .decimal),
        ODPItem("sha", .arpSHA, .ethernet), ODPItem("tha", .arpTHA, .ethernet),
    ], .arp),
    ODPAttribute("nsh", [
        ODPItem("flags", .nshFlags, .decimal), ODPItem("ttl", .nshTTL, .decimal), ODPItem("mdtype", .nshMDType, .decimal),
        ODPItem("np", .nshNP, .decimal), ODPItem("spi", .nshSPI, .hex), ODPItem("si", .nshSI, .decimal),
        ODPItem("c1", .nshC1, .hex), ODPItem("c2", .nshC2, .hex), ODPItem("c3", .nshC3, .hex), ODPItem("c4", .nshC4, .hex),
    ], .nsh),
    ODPAttribute("tcp", [ODPItem("src", .tcpSrc, .decimal), ODPItem("dst", .tcpDst, .decimal)], .tcp),
    ODPAttribute("udp", [ODPItem("src", .udpSrc, .decimal), ODPItem("dst", .udpDst, .decimal)], .udp),
    ODPAttribute("sctp", [ODPItem("src", .sctpSrc, .decimal), ODPItem("dst", .sctpDst, .decimal)], .sctp),
    ODPAttribute("icmp", [ODPItem("type", .icmpType, .decimal), ODPItem("code", .icmpCode, .decimal)], .icmpv4),
    ODPAttribute("icmpv6", [ODPItem("type", .icmpv6Type, .decimal), ODPItem("code", .icmpv6Code, .decimal)], .icmpv6),
    ODPAttribute("nd", [
        ODPItem("target", .ndTarget, .ipv6), ODPItem("sll", .ndSLL, .ethernet), ODPItem("tll", .ndTLL, .ethernet),
    ], .icmpv6),
    ODPAttribute("nd_ext", [ODPItem("nd_reserved", .ndReserved, .hex), ODPItem("nd_options_type", .ndOptionsType, .decimal)], .icmpv6),
]

/// The items of a tunnel(…), without its options and flags.
let odpTunnel: [ODPItem] = [
    ODPItem("tun_id", .tunID, .hex), ODPItem("src", .tunSrc, .ipv4), ODPItem("dst", .tunDst, .ipv4),
    ODPItem("ipv6_src", .tunIPv6Src, .ipv6), ODPItem("ipv6_dst", .tunIPv6Dst, .ipv6), ODPItem("tos", .tunTOS, .hex),
    ODPItem("ttl", .tunTTL, .decimal),
]
/// The UDP ports of a tunnel.
let odpTunnelPorts = [
    ODPItem("tp_src", tunnelPort: 0), ODPItem("tp_dst", tunnelPort: 1),
]
let odpGBP = [ODPItem("id", .tunGBPID, .decimal), ODPItem("flags", .tunGBPFlags, .hex)]
let odpERSPAN = [
    ODPItem("ver", .tunERSPANVersion, .decimal), ODPItem("idx", .tunERSPANIndex, .hex), ODPItem("dir", .tunERSPANDirection, .decimal),
    ODPItem("hwid", .tunERSPANHardwareID, .hex),
]
let odpGTPU = [ODPItem("flags", .tunGTPUFlags, .hex), ODPItem("msgtype", .tunGTPUMessageType, .decimal)]

extension ODPItem {
    init(_ name: String, tunnelPort index: Int) {
        self.name = name
        place = FieldPlace(offset: UInt16(2 * FlowKey.lineSize + 44 + 2 * index), size: 2, shift: 0, order: .network, ones: 0xffff,
            frameMask: 0, frameValue: 0)
        format = .decimal
    }
}

/// One entry of an MPLS label stack.
func odpLabelStackEntry(_ index: Int) -> [ODPItem] {
    func item(_ name: String, _ shift: UInt8, _ bits: Int) -> ODPItem {
        ODPItem(name, FieldPlace(offset: UInt16(3 * FlowKey.lineSize + 4 + 4 * index), size: 4, shift: shift, order: .network,
            ones: (1 << UInt128(bits)) - 1, frameMask: 0, frameValue: 0), .decimal)
    }
    return [item("label", 12, 20), item("tc", 9, 3), item("ttl", 0, 8), item("bos", 8, 1)]
}

extension ODPItem {
    init(_ name: String, _ place: FieldPlace, _ format: ODPFormat) {
        self.name = name
        self.place = place
        self.format = format
    }
}
