// The table of fields. A row: the field, its names, its NXM and OXM headers as `FieldHeader` reads them, width, format, what it may be used
// for, and its place as (offset in the key, container's size, shift, valid bits). Source: ovs-fields(7); places: `FlowKey.swift`.

/// One row a field, in the order of `Field`'s cases.
public let fieldTable: [FieldRow] = [
    row(.dpHash, "dp_hash", headers: "NXM_NX_DP_HASH(35) NXOXM_ET_DP_HASH(0)", 32, .hexadecimal, .masked, .readOnly, host(0, 8, 4)),
    row(.recircID, "recirc_id", headers: "NXM_NX_RECIRC_ID(36)", 32, .decimal, .exact, .readOnly, host(0, 4, 4)),
    row(.packetType, "packet_type", headers: "OXM_OF_PACKET_TYPE(44,1.5)", 32, .packetType, .exact, .readOnly, net(3, 16, 4)),
    row(.conjID, "conj_id", headers: "NXM_NX_CONJ_ID(37)", 32, .decimal, .exact, .readOnly, host(11, 12, 4)),

    row(.tunID, "tun_id", aka: "tunnel_id", headers: "NXM_NX_TUN_ID(16) OXM_OF_TUNNEL_ID(38,1.3)", 64, .hexadecimal, .masked, .writable, net(2, 32, 8)),
    row(.tunSrc, "tun_src", headers: "NXM_NX_TUN_IPV4_SRC(31)", 32, .ipv4, .masked, .writable, mapped(2, 0)),
    row(.tunDst, "tun_dst", headers: "NXM_NX_TUN_IPV4_DST(32)", 32, .ipv4, .masked, .writable, mapped(2, 16)),
    row(.tunIPv6Src, "tun_ipv6_src", headers: "NXM_NX_TUN_IPV6_SRC(109)", 128, .ipv6, .masked, .writable, net(2, 0, 16)),
    row(.tunIPv6Dst, "tun_ipv6_dst", headers: "NXM_NX_TUN_IPV6_DST(110)", 128, .ipv6, .masked, .writable, net(2, 16, 16)),
    row(.tunFlags, "tun_flags", headers: "NXM_NX_TUN_FLAGS(104)", 16, .tunnelFlags, .masked, .writable, host(2, 40, 2, bits: 1)),
    row(.tunTTL, "tun_ttl", 8, .decimal, .exact, .writable, net(2, 43, 1)),
    row(.tunTOS, "tun_tos", 8, .decimal, .exact, .writable, net(2, 42, 1)),
    row(.tunGBPID, "tun_gbp_id", headers: "NXM_NX_TUN_GBP_ID(38)", 16, .decimal, .masked, .writable, net(2, 48, 2)),
    row(.tunGBPFlags, "tun_gbp_flags", headers: "NXM_NX_TUN_GBP_FLAGS(39)", 8, .hexadecimal, .masked, .writable, net(2, 50, 1)),
    row(.tunERSPANIndex, "tun_erspan_idx", headers: "NXOXM_ET_ERSPAN_IDX(11)", 32, .hexadecimal, .masked, .writable, host(2, 52, 4, bits: 20)),
    row(.tunERSPANVersion, "tun_erspan_ver", headers: "NXOXM_ET_ERSPAN_VER(12)", 8, .decimal, .masked, .writable, net(2, 51, 1, bits: 4)),
    row(.tunERSPANDirection, "tun_erspan_dir", headers: "NXOXM_ET_ERSPAN_DIR(13)", 8, .decimal, .masked, .writable, net(2, 56, 1, bits: 1)),
    row(.tunERSPANHardwareID, "tun_erspan_hwid", headers: "NXOXM_ET_ERSPAN_HWID(14)", 8, .hexadecimal, .masked, .writable, net(2, 57, 1, bits: 6)),
    row(.tunGTPUFlags, "tun_gtpu_flags", headers: "NXOXM_ET_GTPU_FLAGS(15)", 8, .hexadecimal, .masked, .readOnly, net(2, 58, 1)),
    row(.tunGTPUMessageType, "tun_gtpu_msgtype", headers: "NXOXM_ET_GTPU_MSGTYPE(16)", 8, .decimal, .masked, .readOnly, net(2, 59, 1)),
] + (0..<64).map(tunMetadata) + [
    row(.metadata, "metadata", headers: "OXM_OF_METADATA(2)", 64, .hexadecimal, .masked, .writable, net(11, 0, 8)),
    row(.inPort, "in_port", aka: "in_port_oxm", headers: "NXM_OF_IN_PORT(0) OXM_OF_IN_PORT(0,1.2,4)", 16, .port, .exact, .writable, host(0, 0, 4)),
    row(.actsetOutput, "actset_output", headers: "ONFOXM_ET_ACTSET_OUTPUT(43,1.3) OXM_OF_ACTSET_OUTPUT(43,1.5)", 32, .port, .exact, .readOnly, host(11, 8, 4)),
    row(.skbPriority, "skb_priority", 32, .hexadecimal, .exact, .readOnly, host(0, 12, 4)),
    row(.pktMark, "pkt_mark", headers: "NXM_NX_PKT_MARK(33)", 32, .hexadecimal, .masked, .writable, host(0, 16, 4)),

    row(.ctState, "ct_state", headers: "NXM_NX_CT_STATE(105)", 32, .ctState, .masked, .readOnly, host(0, 26, 1)),
    row(.ctZone, "ct_zone", headers: "NXM_NX_CT_ZONE(106)", 16, .hexadecimal, .exact, .readOnly, host(0, 24, 2)),
    row(.ctMark, "ct_mark", headers: "NXM_NX_CT_MARK(107)", 32, .hexadecimal, .masked, .writable, host(0, 20, 4)),
    row(.ctLabel, "ct_label", headers: "NXM_NX_CT_LABEL(108)", 128, .hexadecimal, .masked, .writable, net(4, 0, 16)),
    row(.ctNWProto, "ct_nw_proto", headers: "NXM_NX_CT_NW_PROTO(119)", 8, .decimal, .exact, .readOnly, host(0, 27, 1), .conntrack),
    row(.ctNWSrc, "ct_nw_src", headers: "NXM_NX_CT_NW_SRC(120)", 32, .ipv4, .masked, .readOnly, net(4, 48, 4), .conntrack),
    row(.ctNWDst, "ct_nw_dst", headers: "NXM_NX_CT_NW_DST(121)", 32, .ipv4, .masked, .readOnly, net(4, 52, 4), .conntrack),
    row(.ctIPv6Src, "ct_ipv6_src", headers: "NXM_NX_CT_IPV6_SRC(122)", 128, .ipv6, .masked, .readOnly, net(4, 16, 16), .conntrack),
    row(.ctIPv6Dst, "ct_ipv6_dst", headers: "NXM_NX_CT_IPV6_DST(123)", 128, .ipv6, .masked, .readOnly, net(4, 32, 16), .conntrack),
    row(.ctTPSrc, "ct_tp_src", headers: "NXM_NX_CT_TP_SRC(124)", 16, .decimal, .masked, .readOnly, net(4, 56, 2), .conntrack),
    row(.ctTPDst, "ct_tp_dst", headers: "NXM_NX_CT_TP_DST(125)", 16, .decimal, .masked, .readOnly, net(4, 58, 2), .conntrack),
] + (0..<16).map { register(.reg0, $0, name: "reg", header: "NXM_NX_REG", number: 0, bytes: 4) }
    + (0..<8).map { register(.xreg0, $0, name: "xreg", header: "OXM_OF_PKT_REG", number: 0, since: ",1.3", bytes: 8) }
    + (0..<4).map { register(.xxreg0, $0, name: "xxreg", header: "NXM_NX_XXREG", number: 111, bytes: 16) } + [
    row(.ethSrc, "eth_src", aka: "dl_src", headers: "NXM_OF_ETH_SRC(2) OXM_OF_ETH_SRC(4)", 48, .ethernet, .masked, .writable, net(0, 34, 6), .ethernet),
    row(.ethDst, "eth_dst", aka: "dl_dst", headers: "NXM_OF_ETH_DST(1) OXM_OF_ETH_DST(3)", 48, .ethernet, .masked, .writable, net(0, 28, 6), .ethernet),
    row(.ethType, "eth_type", aka: "dl_type", headers: "NXM_OF_ETH_TYPE(3) OXM_OF_ETH_TYPE(5)", 16, .hexadecimal, .exact, .readOnly, net(0, 40, 2), .ethernet),
    row(.vlanTCI, "vlan_tci", headers: "NXM_OF_VLAN_TCI(4)", 16, .hexadecimal, .masked, .writable, net(0, 44, 2), .ethernet),
    row(.dlVLAN, "dl_vlan", 16, .decimal, .exact, .writable, net(0, 44, 2, bits: 12, frame: (0x1000, 0x1000)), .ethernet),
    row(.vlanVID, "vlan_vid", headers: "OXM_OF_VLAN_VID(6)", 16, .decimal, .masked, .writable, net(0, 44, 2, bits: 13), .ethernet),
    row(.dlVLANPCP, "dl_vlan_pcp", 8, .decimal, .exact, .writable, net(0, 44, 2, shift: 13, bits: 3, frame: (0x1000, 0x1000)), .ethernet),
    row(.vlanPCP, "vlan_pcp", headers: "OXM_OF_VLAN_PCP(7)", 8, .decimal, .exact, .writable, net(0, 44, 2, shift: 13, bits: 3, frame: (0x1000, 0x1000)), .vlan),

    row(.mplsLabel, "mpls_label", headers: "OXM_OF_MPLS_LABEL(34)", 32, .decimal, .exact, .writable, net(3, 4, 4, shift: 12, bits: 20), .mpls),
    row(.mplsTC, "mpls_tc", headers: "OXM_OF_MPLS_TC(35)", 8, .decimal, .exact, .writable, net(3, 4, 4, shift: 9, bits: 3), .mpls),
    row(.mplsBOS, "mpls_bos", headers: "OXM_OF_MPLS_BOS(36,1.3)", 8, .decimal, .exact, .readOnly, net(3, 4, 4, shift: 8, bits: 1), .mpls),
    row(.mplsTTL, "mpls_ttl", headers: "NXM_NX_MPLS_TTL(30)", 8, .decimal, .exact, .writable, net(3, 4, 4, bits: 8), .mpls),

    row(.ipv4Src, "ip_src", aka: "nw_src", headers: "NXM_OF_IP_SRC(7) OXM_OF_IPV4_SRC(11)", 32, .ipv4, .masked, .writable, net(0, 48, 4), .ipv4),
    row(.ipv4Dst, "ip_dst", aka: "nw_dst", headers: "NXM_OF_IP_DST(8) OXM_OF_IPV4_DST(12)", 32, .ipv4, .masked, .writable, net(0, 52, 4), .ipv4),
    row(.ipv6Src, "ipv6_src", headers: "NXM_NX_IPV6_SRC(19) OXM_OF_IPV6_SRC(26)", 128, .ipv6, .masked, .writable, net(1, 0, 16), .ipv6),
    row(.ipv6Dst, "ipv6_dst", headers: "NXM_NX_IPV6_DST(20) OXM_OF_IPV6_DST(27)", 128, .ipv6, .masked, .writable, net(1, 16, 16), .ipv6),
    row(.ipv6Label, "ipv6_label", headers: "NXM_NX_IPV6_LABEL(27) OXM_OF_IPV6_FLABEL(28)", 32, .hexadecimal, .masked, .writable, net(1, 60, 4, bits: 20), .ipv6),
    row(.nwProto, "nw_proto", aka: "ip_proto", headers: "NXM_OF_IP_PROTO(6) OXM_OF_IP_PROTO(10)", 8, .decimal, .exact, .readOnly, net(0, 46, 1), .ip),
    row(.nwTOS, "nw_tos", headers: "NXM_OF_IP_TOS(5)", 8, .decimal, .exact, .writable, net(0, 47, 1, ones: 0xfc), .ip),
    row(.ipDSCP, "ip_dscp", headers: "OXM_OF_IP_DSCP(8)", 8, .decimal, .exact, .writable, net(0, 47, 1, shift: 2, bits: 6), .ip),
    row(.nwECN, "nw_ecn", aka: "ip_ecn", headers: "NXM_NX_IP_ECN(28) OXM_OF_IP_ECN(9)", 8, .decimal, .exact, .writable, net(0, 47, 1, bits: 2), .ip),
    row(.nwTTL, "nw_ttl", headers: "NXM_NX_IP_TTL(29)", 8, .decimal, .exact, .writable, net(0, 56, 1), .ip),
    row(.nwFrag, "ip_frag", aka: "nw_frag", headers: "NXM_NX_IP_FRAG(26)", 8, .fragment, .masked, .readOnly, net(0, 57, 1, bits: 2), .ip),

    row(.arpOp, "arp_op", headers: "NXM_OF_ARP_OP(15) OXM_OF_ARP_OP(21)", 16, .decimal, .exact, .writable, net(0, 46, 1), .arp),
    row(.arpSPA, "arp_spa", headers: "NXM_OF_ARP_SPA(16) OXM_OF_ARP_SPA(22)", 32, .ipv4, .masked, .writable, net(0, 48, 4), .arp),
    row(.arpTPA, "arp_tpa", headers: "NXM_OF_ARP_TPA(17) OXM_OF_ARP_TPA(23)", 32, .ipv4, .masked, .writable, net(0, 52, 4), .arp),
    row(.arpSHA, "arp_sha", headers: "NXM_NX_ARP_SHA(17) OXM_OF_ARP_SHA(24)", 48, .ethernet, .masked, .writable, net(1, 48, 6), .arp),
    row(.arpTHA, "arp_tha", headers: "NXM_NX_ARP_THA(18) OXM_OF_ARP_THA(25)", 48, .ethernet, .masked, .writable, net(1, 54, 6), .arp),

    row(.tcpSrc, "tcp_src", aka: "tp_src", headers: "NXM_OF_TCP_SRC(9) OXM_OF_TCP_SRC(13)", 16, .decimal, .masked, .writable, net(0, 58, 2), .tcp),
    row(.tcpDst, "tcp_dst", aka: "tp_dst", headers: "NXM_OF_TCP_DST(10) OXM_OF_TCP_DST(14)", 16, .decimal, .masked, .writable, net(0, 60, 2), .tcp),
    row(.tcpFlags, "tcp_flags", headers: "NXM_NX_TCP_FLAGS(34) ONFOXM_ET_TCP_FLAGS(42,1.3) OXM_OF_TCP_FLAGS(42,1.5)", 16, .tcpFlags, .masked, .readOnly, net(0, 62, 2, bits: 12), .tcp),
    row(.udpSrc, "udp_src", headers: "NXM_OF_UDP_SRC(11) OXM_OF_UDP_SRC(15)", 16, .decimal, .masked, .writable, net(0, 58, 2), .udp),
    row(.udpDst, "udp_dst", headers: "NXM_OF_UDP_DST(12) OXM_OF_UDP_DST(16)", 16, .decimal, .masked, .writable, net(0, 60, 2), .udp),
    row(.sctpSrc, "sctp_src", headers: "OXM_OF_SCTP_SRC(17)", 16, .decimal, .masked, .writable, net(0, 58, 2), .sctp),
    row(.sctpDst, "sctp_dst", headers: "OXM_OF_SCTP_DST(18)", 16, .decimal, .masked, .writable, net(0, 60, 2), .sctp),
    row(.icmpType, "icmp_type", headers: "NXM_OF_ICMP_TYPE(13) OXM_OF_ICMPV4_TYPE(19)", 8, .decimal, .exact, .writable, net(0, 58, 2, bits: 8, frame: (0xff00, 0)), .icmpv4),
    row(.icmpCode, "icmp_code", headers: "NXM_OF_ICMP_CODE(14) OXM_OF_ICMPV4_CODE(20)", 8, .decimal, .exact, .writable, net(0, 60, 2, bits: 8, frame: (0xff00, 0)), .icmpv4),
    row(.icmpv6Type, "icmpv6_type", headers: "NXM_NX_ICMPV6_TYPE(21) OXM_OF_ICMPV6_TYPE(29)", 8, .decimal, .exact, .writable, net(0, 58, 2, bits: 8, frame: (0xff00, 0)), .icmpv6),
    row(.icmpv6Code, "icmpv6_code", headers: "NXM_NX_ICMPV6_CODE(22) OXM_OF_ICMPV6_CODE(30)", 8, .decimal, .exact, .writable, net(0, 60, 2, bits: 8, frame: (0xff00, 0)), .icmpv6),
    row(.ndTarget, "nd_target", headers: "NXM_NX_ND_TARGET(23) OXM_OF_IPV6_ND_TARGET(31)", 128, .ipv6, .masked, .writable, net(1, 32, 16), .nd),
    row(.ndSLL, "nd_sll", headers: "NXM_NX_ND_SLL(24) OXM_OF_IPV6_ND_SLL(32)", 48, .ethernet, .masked, .writable, net(1, 48, 6), .ndSolicit),
    row(.ndTLL, "nd_tll", headers: "NXM_NX_ND_TLL(25) OXM_OF_IPV6_ND_TLL(33)", 48, .ethernet, .masked, .writable, net(1, 54, 6), .ndAdvert),
    row(.ndReserved, "nd_reserved", headers: "ERICOXM_OF_ICMPV6_ND_RESERVED(1)", 32, .decimal, .exact, .writable, net(3, 20, 4), .nd),
    row(.ndOptionsType, "nd_options_type", headers: "ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE(2)", 8, .decimal, .exact, .writable, net(3, 28, 1), .nd),

    row(.nshFlags, "nsh_flags", headers: "NXOXM_NSH_FLAGS(1)", 8, .decimal, .masked, .writable, net(5, 0, 1), .nsh),
    row(.nshMDType, "nsh_mdtype", headers: "NXOXM_NSH_MDTYPE(2)", 8, .decimal, .exact, .readOnly, net(5, 2, 1), .nsh),
    row(.nshNP, "nsh_np", headers: "NXOXM_NSH_NP(3)", 8, .decimal, .exact, .readOnly, net(5, 3, 1), .nsh),
    row(.nshSPI, "nsh_spi", aka: "nsp", headers: "NXOXM_NSH_SPI(4)", 32, .hexadecimal, .exact, .writable, net(5, 4, 4, shift: 8, bits: 24), .nsh),
    row(.nshSI, "nsh_si", aka: "nsi", headers: "NXOXM_NSH_SI(5)", 8, .decimal, .exact, .writable, net(5, 4, 4, bits: 8), .nsh),
    row(.nshC1, "nsh_c1", aka: "nshc1", headers: "NXOXM_NSH_C1(6)", 32, .hexadecimal, .masked, .writable, net(5, 8, 4), .nsh),
    row(.nshC2, "nsh_c2", aka: "nshc2", headers: "NXOXM_NSH_C2(7)", 32, .hexadecimal, .masked, .writable, net(5, 12, 4), .nsh),
    row(.nshC3, "nsh_c3", aka: "nshc3", headers: "NXOXM_NSH_C3(8)", 32, .hexadecimal, .masked, .writable, net(5, 16, 4), .nsh),
    row(.nshC4, "nsh_c4", aka: "nshc4", headers: "NXOXM_NSH_C4(9)", 32, .hexadecimal, .masked, .writable, net(5, 20, 4), .nsh),
    row(.nshTTL, "nsh_ttl", headers: "NXOXM_NSH_TTL(10)", 8, .decimal, .exact, .writable, net(5, 1, 1), .nsh),
]

/// The places alone, for code that must not touch a reference.
let fieldPlaces: [FieldPlace] = fieldTable.map(\.place)
let fieldTraits: [FieldTraits] = fieldTable.map {
    FieldTraits(width: UInt16($0.width), isMaskable: $0.maskable, isWritable: $0.writable, prerequisite: $0.prerequisite)
}

/// Every name of every field.
let fieldsByName: [String: Field] = {
    var names: [String: Field] = [:]
    for row in fieldTable {
        names[row.name] = row.field
        if let alias = row.alias { names[alias] = row.field }
        for header in row.headers { names[header.name] = row.field }
    }
    return names
}()

private enum Masking { case exact, masked }
private enum Access { case readOnly, writable }

private func row(
    _ field: Field, _ name: String, aka alias: String? = nil, headers: String = "", _ width: Int,
    _ format: FieldFormat, _ masking: Masking, _ access: Access, _ place: FieldPlace, _ prerequisite: Prerequisite = .none
) -> FieldRow {
    FieldRow(field: field, name: name, alias: alias, headers: FieldHeader.list(headers, width: width), width: width,
        format: format, maskable: masking == .masked, prerequisite: prerequisite, writable: access == .writable, place: place)
}

/// A register of `bytes` bytes: reg, xreg or xxreg number `index`. `number`: the first one's in its class.
private func register(_ first: Field, _ index: Int, name: String, header: String, number: Int, since: String = "", bytes: Int) -> FieldRow {
    let field = Field(rawValue: first.rawValue + UInt8(index)) ?? first
    return row(field, name + String(index), headers: "\(header)\(index)(\(number + index)\(since))", bytes * 8, .hexadecimal, .masked, .writable,
        place(10, index * bytes, bytes, 0, bytes == 4 ? .host : .words, ones(bytes * 8), (0, 0)))
}

/// tun_metadataN, which has room for a tunnel option of any length and no place of its own.
private func tunMetadata(_ index: Int) -> FieldRow {
    let field = Field(rawValue: Field.tunMetadata0.rawValue + UInt8(index)) ?? .tunMetadata0
    return row(field, "tun_metadata\(index)", headers: "NXM_NX_TUN_METADATA\(index)(\(40 + index))", TunMetadataPlace.mostBytes * 8, .hexadecimal,
        .masked, .writable, host(0, 0, 0))
}

private func ones(_ bits: Int) -> UInt128 { bits >= 128 ? .max : (1 << UInt128(bits)) - 1 }

private func place(
    _ line: Int, _ offset: Int, _ size: Int, _ shift: Int, _ order: FieldPlace.Order, _ ones: UInt128, _ frame: (mask: UInt128, value: UInt128)
) -> FieldPlace {
    FieldPlace(offset: UInt16(line * FlowKey.lineSize + offset), size: UInt8(size), shift: UInt8(shift), order: order,
        ones: ones, frameMask: frame.mask, frameValue: frame.value)
}

/// A container in network byte order at byte `offset` of line `line`.
private func net(
    _ line: Int, _ offset: Int, _ size: Int, shift: Int = 0, bits: Int? = nil, ones valid: UInt128? = nil,
    frame: (mask: UInt128, value: UInt128) = (0, 0)
) -> FieldPlace {
    place(line, offset, size, shift, .network, valid ?? ones(bits ?? size * 8), frame)
}

/// A container that is an integer of the machine.
private func host(_ line: Int, _ offset: Int, _ size: Int, bits: Int? = nil) -> FieldPlace {
    place(line, offset, size, 0, .host, ones(bits ?? size * 8), (0, 0))
}

/// An IPv4 address in its IPv4-mapped IPv6 form.
private func mapped(_ line: Int, _ offset: Int) -> FieldPlace {
    place(line, offset, 16, 0, .network, ones(32), (UInt128.max << 32, 0xffff_0000_0000))
}
