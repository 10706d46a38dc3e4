"""Flows from OpenFlow 1.2 on: what is installed is what is reported, field by field, and refusals have the same codes."""

from os_ken.ofproto.nicira_ext import ofs_nbits as bits

from peers import bodies, build, is_error, plain

MAC, MASK = "02:00:00:00:00:05", "ff:ff:ff:00:00:00"
IP, TCP, UDP, SCTP, ICMP = (dict(eth_type=0x0800, **more) for more in ({}, {"ip_proto": 6}, {"ip_proto": 17}, {"ip_proto": 132}, {"ip_proto": 1}))
IP6, TCP6, ICMP6 = dict(eth_type=0x86dd), dict(eth_type=0x86dd, ip_proto=6), dict(eth_type=0x86dd, ip_proto=58)
ARP, MPLS, NSH = dict(eth_type=0x0806), dict(eth_type=0x8847), dict(eth_type=0x894f)

MATCHES = [
    {}, {"in_port": 1}, {"in_port": 0xfffffffe}, {"in_phy_port": 1}, {"in_port": 1, "in_phy_port": 1}, {"metadata": 5}, {"metadata": (5 << 32, 0xff << 32)},
    {"eth_dst": MAC}, {"eth_src": (MAC, "ff:ff:ff:ff:ff:ff")}, {"eth_src": ("02:00:00:00:00:00", MASK)}, {"eth_dst": ("01:00:00:00:00:00", "01:00:00:00:00:00")},
    IP, IP6, ARP, MPLS, {"eth_type": 0x88cc}, {"vlan_vid": 0x1005}, {"vlan_vid": 0}, {"vlan_vid": (0x1000, 0x1000)}, {"vlan_vid": (0x1003, 0x1003)},
    {"vlan_vid": 5}, {"vlan_vid": 0x1005, "vlan_pcp": 3}, {"vlan_pcp": 3}, {"vlan_vid": (0x1000, 0x1000), "vlan_pcp": 3},
    {**IP, "ip_dscp": 10}, {**IP, "ip_ecn": 2}, {**IP6, "ip_dscp": 10, "ip_ecn": 1}, TCP, UDP, SCTP, ICMP, TCP6, ICMP6, {"ip_proto": 6},
    {**IP, "ipv4_src": "10.0.0.1"}, {**IP, "ipv4_dst": ("10.1.0.0", "255.255.0.0")}, {**IP, "ipv4_dst": ("10.0.0.5", "255.0.0.255")},
    {**IP, "ipv4_src": ("10.0.0.5", "255.255.255.0")}, {**IP, "ipv4_src": ("0.0.0.0", "0.0.0.0")}, {"ipv4_src": "10.0.0.1"},
    {**TCP, "tcp_src": 80}, {**TCP, "tcp_dst": 443}, {**TCP, "tcp_dst": (0x1000, 0xf000)}, {**UDP, "udp_src": 53}, {**UDP, "udp_dst": (4096, 0xf000)},
    {**SCTP, "sctp_src": 5}, {**SCTP, "sctp_dst": 6}, {**IP, "tcp_dst": 80}, {**UDP, "tcp_dst": 80}, {**TCP6, "tcp_src": 80, "tcp_dst": 81},
    {**ICMP, "icmpv4_type": 8}, {**ICMP, "icmpv4_type": 8, "icmpv4_code": 0}, {**IP, "icmpv4_type": 8},
    {**ARP, "arp_op": 1}, {**ARP, "arp_spa": "10.0.0.1", "arp_tpa": ("10.0.0.0", "255.255.255.0")}, {**ARP, "arp_sha": MAC, "arp_tha": (MAC, "ff:ff:ff:ff:ff:00")},
    {**ARP, "arp_op": 300}, {**IP, "arp_op": 1},
    {**IP6, "ipv6_src": "2001:db8::1"}, {**IP6, "ipv6_dst": ("2001:db8::", "ffff:ffff::")}, {**IP6, "ipv6_flabel": 0x12345}, {**IP6, "ipv6_flabel": (0x12000, 0xff000)},
    {**ICMP6, "icmpv6_type": 135}, {**ICMP6, "icmpv6_type": 128, "icmpv6_code": 0},
    {**ICMP6, "icmpv6_type": 135, "icmpv6_code": 0, "ipv6_nd_target": "2001:db8::2", "ipv6_nd_sll": MAC},
    {**ICMP6, "icmpv6_type": 136, "icmpv6_code": 0, "ipv6_nd_target": "2001:db8::2", "ipv6_nd_tll": MAC}, {**ICMP6, "ipv6_nd_target": "2001:db8::2"},
    {**MPLS, "mpls_label": 16, "mpls_tc": 3}, {**MPLS, "mpls_label": 0xfffff, "mpls_bos": 1}, {"mpls_label": 16},
    {"tunnel_id": 5}, {"tunnel_id": (5 << 32, 0xf << 32)}, {"eth_type": 0x88e7, "pbb_isid": 5}, {**IP6, "ipv6_exthdr": 1},
    {"in_port": 1, "eth_src": MAC, "eth_dst": MAC, **TCP, "ip_dscp": 1, "ip_ecn": 1, "ipv4_src": "10.0.0.1", "ipv4_dst": "10.0.0.2", "tcp_src": 1, "tcp_dst": 2},
]
MATCHES_15 = [
    {**TCP, "tcp_flags": 2}, {**TCP, "tcp_flags": (0x12, 0x3f)}, {"actset_output": 1}, {"actset_output": 0xffffffff}, {"packet_type": [0, 0]}, {"packet_type": [1, 0x800]},
    {"packet_type": (1, 0x800)},
]
# Nicira's fields, by OS-Ken's names.
MATCHES_NX = [
    {"in_port_nxm": 1}, {"eth_dst_nxm": MAC}, {"eth_type_nxm": 0x800, "ip_proto_nxm": 6, "tcp_src_nxm": 5, "tcp_dst_nxm": (16, 0xfff0)},
    {"vlan_tci": 0x1005}, {"vlan_tci": (0x1000, 0x1000)}, {**IP, "nw_tos": 0x28}, {**IP, "ip_ecn_nxm": 1, "nw_ttl": 64}, {**IP, "ip_frag": 1}, {**IP, "ip_frag": (0, 1)},
    {"eth_type_nxm": 0x806, "arp_op_nxm": 1, "arp_spa_nxm": "10.0.0.1", "arp_tpa_nxm": "10.0.0.2", "arp_sha_nxm": MAC, "arp_tha_nxm": MAC},
    {"tunnel_id_nxm": (3, 0xff)}, {**ICMP6, "icmpv6_type_nxm": 135, "icmpv6_code_nxm": 0, "nd_target": "::1", "nd_sll": MAC},
    {**IP6, "ipv6_src_nxm": "::1", "ipv6_dst_nxm": ("2001::", "ffff::"), "ipv6_label": 5}, {**MPLS, "mpls_ttl": 3},
    {"tun_ipv4_src": "192.0.2.1", "tun_ipv4_dst": ("192.0.2.0", "255.255.255.0")}, {"tun_ipv6_src": "2001:db8::1", "tun_ipv6_dst": ("2001:db8::", "ffff:ffff::")},
    {"tun_gbp_id": 5, "tun_gbp_flags": 8}, {"tun_flags": (1, 1)}, {"pkt_mark": 5}, {"pkt_mark": (0xf0, 0xf0)}, {**TCP, "tcp_flags_nxm": (0x12, 0xfff)}, {"conj_id": 5},
    {"ct_state": (0x21, 0x21)}, {"ct_state": 0x21}, {"ct_zone": 5}, {"ct_mark": (5, 0xff)}, {"ct_label": (1 << 100, 0xff << 100)}, {"ct_label": 7},
    {"reg0": 1}, {"reg7": (0xff00, 0xff00)}, {"reg15": 0xffffffff}, {"reg1": 1, "reg2": (2, 3), "metadata": 9}, {"xxreg0": (1 << 127, 1 << 127)}, {"xxreg3": 5},
    {"reg0": 0}, {"reg4": 1, "xxreg1": 5}, {"_recirc_id": 1}, {"_dp_hash": 5},
    {**NSH, "nsh_flags": 1, "nsh_mdtype": 1, "nsh_np": 3}, {**NSH, "nsh_spi": 0x123456, "nsh_si": 255, "nsh_ttl": 7}, {**NSH, "nsh_mdtype": 1, "nsh_c1": 1, "nsh_c2": (2, 0xff), "nsh_c4": 9},
]


def known(peer, names):
    """True if OS-Ken has all these fields in this version."""
    types = {field.name for field in peer.ofproto.oxm_types}
    return all(name in types for name in names)


def fields(parser, **named):
    """Actions that set fields, those that the version has: set_field, or Nicira's in OpenFlow 1.0."""
    types = {field.name for field in parser.ofproto.oxm_types}
    if not hasattr(parser, "OFPActionSetField"):
        return [parser.NXActionRegLoad2(name, value) for name, value in named.items() if name in types]
    return [parser.OFPActionSetField(**{name: value}) for name, value in named.items() if name in types]


def actions(peer):
    """Lists of actions; those of a later version are left out where it is not spoken."""
    ofp, parser = peer.ofproto, peer.ofproto_parser
    output = parser.OFPActionOutput
    yield []
    for port in (1, 2, ofp.OFPP_IN_PORT, ofp.OFPP_NORMAL, ofp.OFPP_FLOOD, ofp.OFPP_ALL, ofp.OFPP_LOCAL, ofp.OFPP_TABLE, ofp.OFPP_ANY, 99, 0xffffff01, 0):
        yield [output(port)]
    yield [output(ofp.OFPP_CONTROLLER, 0xffff)]
    yield [output(ofp.OFPP_CONTROLLER, 128), output(1), output(2)]
    yield [parser.OFPActionSetQueue(7), output(1)]
    yield [parser.OFPActionGroup(77)]
    yield [parser.OFPActionPushVlan(0x8100), *fields(parser, vlan_vid=0x1005, vlan_pcp=2), output(1)]
    yield [parser.OFPActionPushVlan(0x88a8), output(1)]
    yield [parser.OFPActionPushVlan(0x1234), output(1)]
    yield [parser.OFPActionPopVlan(), output(1)]
    for ethertype in (0x8847, 0x8848, 0x800):
        yield [parser.OFPActionPushMpls(ethertype), output(1)]
    yield [parser.OFPActionPopMpls(0x800), output(1)]
    yield [parser.OFPActionPushMpls(0x8847), *fields(parser, mpls_label=17, mpls_tc=1), parser.OFPActionSetMplsTtl(9), parser.OFPActionDecMplsTtl(), output(1)]
    yield [parser.OFPActionSetNwTtl(9), output(1)]
    yield [parser.OFPActionDecNwTtl(), output(1)]
    yield [parser.OFPActionCopyTtlOut(), output(1)]
    yield [parser.OFPActionCopyTtlIn(), output(1)]
    if hasattr(parser, "OFPActionPushPbb"):
        yield [parser.OFPActionPushPbb(0x88e7), output(1)]
        yield [parser.OFPActionPopPbb(), output(1)]
    yield [*fields(parser, eth_src=MAC, eth_dst=MAC, metadata=7, tunnel_id=8), output(2)]
    yield fields(parser, ip_dscp=9, ip_ecn=2, ipv4_src="10.9.9.9", ipv4_dst="10.9.9.8", tcp_src=1, tcp_dst=2)
    for field in ({"in_port": 1}, {"udp_src": 5}, {"sctp_dst": 5}, {"icmpv4_type": 1}, {"arp_op": 2}, {"arp_spa": "1.2.3.4"}, {"ipv6_src": "::5"}, {"ipv6_flabel": 5},
                  {"mpls_bos": 1}, {"eth_type": 5}, {"ip_proto": 5}, {"pbb_isid": 1}, {"ipv6_exthdr": 1}, {"vlan_vid": 5}, {"vlan_vid": 0x1fff}, {"vlan_pcp": 3}):
        if known(peer, field):
            yield fields(parser, **field)
    if ofp.OFP_VERSION >= 6:
        yield fields(parser, eth_src=(MAC, MASK)) + fields(parser, ipv4_dst=("10.0.0.0", "255.0.0.0"))
    if hasattr(parser, "OFPActionMeter"):
        yield [parser.OFPActionMeter(1), output(1)]
        yield [parser.OFPActionMeter(55), output(1)]
    if hasattr(parser, "OFPActionCopyField"):
        yield [parser.OFPActionCopyField(16, 0, 8, [parser.OFPOxmId("tcp_src"), parser.OFPOxmId("reg0")]), output(1)]
        yield [parser.OFPActionCopyField(32, 0, 8, [parser.OFPOxmId("tcp_src"), parser.OFPOxmId("reg0")]), output(1)]


def nicira_actions(peer):
    """None in OpenFlow 1.2, for which OS-Ken has none."""
    ofp, parser = peer.ofproto, peer.ofproto_parser
    if not hasattr(parser, "NXActionExit"):
        return
    yield [parser.NXActionSetQueue(5), parser.NXActionPopQueue()]
    yield [parser.NXActionRegLoad(bits(4, 31), "reg0", 0x1234)]
    yield [parser.NXActionRegLoad(bits(0, 15), "tcp_src", 0x1234)]
    yield [parser.NXActionRegLoad(bits(0, 40), "reg0", 1)]
    yield [parser.NXActionRegMove("reg0", "reg1", 16, 0, 16)]
    yield [parser.NXActionRegMove("eth_src", "eth_dst", 48)]
    yield [parser.NXActionRegMove("eth_src", "reg1", 48)]
    yield [parser.NXActionNote([1, 2, 3, 4, 5, 6, 7])]
    yield [parser.NXActionSetTunnel(0xa), parser.NXActionSetTunnel64(0xa00000000)]
    yield [parser.NXActionResubmit(1), parser.NXActionResubmitTable(2, 5), parser.NXActionResubmitTable(0xfff8, 255)]
    yield [parser.NXActionOutputReg(bits(0, 15), "reg3", 1024), parser.NXActionOutputReg2(bits(0, 31), "reg4", 1024)]
    yield [parser.NXActionOutputReg(bits(0, 40), "reg3", 1024)]
    yield [parser.NXActionLearn(table_id=10, specs=[
        parser.NXFlowSpecMatch(src=("vlan_vid", 0), dst=("vlan_vid", 0), n_bits=12), parser.NXFlowSpecMatch(src=("eth_src_nxm", 0), dst=("eth_dst_nxm", 0), n_bits=48),
        parser.NXFlowSpecMatch(src=5, dst=("reg5", 0), n_bits=16), parser.NXFlowSpecLoad(src=0, dst=("vlan_tci", 0), n_bits=16),
        parser.NXFlowSpecLoad(src=("in_port_nxm", 0), dst=("reg0", 0), n_bits=16), parser.NXFlowSpecOutput(src=("in_port_nxm", 0), dst="", n_bits=16)],
        idle_timeout=180, hard_timeout=300, priority=1, cookie=0x64, flags=1, fin_idle_timeout=180, fin_hard_timeout=300)]
    yield [parser.NXActionExit(), parser.NXActionDecTtl()]
    yield [parser.NXActionController(1024, 0, ofp.OFPR_ACTION if ofp.OFP_VERSION < 5 else ofp.OFPR_APPLY_ACTION)]
    yield [parser.NXActionController(1024, 1, 2)]
    yield [parser.NXActionController2(max_len=1024, controller_id=1, reason=2, userdata=b"\1\2\3", pause=True)]
    yield [parser.NXActionDecTtlCntIds([1, 2])]
    yield [parser.NXActionPushMpls(0x8847), parser.NXActionSetMplsLabel(17), parser.NXActionSetMplsTc(2), parser.NXActionSetMplsTtl(3), parser.NXActionDecMplsTtl(),
           parser.NXActionPopMpls(0x800)]
    yield [parser.NXActionStackPush("reg2", 0, 6), parser.NXActionStackPop("reg1", 0, 6)]
    yield [parser.NXActionSample(3, 2, 1, 5), parser.NXActionSample2(3, 2, 1, 5, 1)]
    yield [parser.NXActionFinTimeout(30, 60)]
    yield [parser.NXActionConjunction(0, 2, 5)]
    yield [parser.NXActionConjunction(2, 2, 5)]
    for algorithm in (0, 1, 2, 3, 9):
        yield [parser.NXActionMultipath(0, 1024, algorithm, 5, 0, bits(0, 15), "reg0")]
    yield [parser.NXActionBundle(0, 0, 0, 2, 2, 0, 0, [1, 2]), parser.NXActionBundleLoad(1, 0, 0, 2, 2, 4, "reg0", [1, 2])]
    yield [parser.NXActionCT(flags=1, zone_src="reg0", zone_ofs_nbits=0xf, recirc_table=4, alg=0, actions=[])]
    yield [parser.NXActionCT(flags=0, zone_src="", zone_ofs_nbits=5, recirc_table=255, alg=0, actions=[])]
    yield [parser.NXActionCT(flags=1, zone_src="", zone_ofs_nbits=5, recirc_table=255, alg=0, actions=[parser.NXActionNAT(
        flags=1, range_ipv4_min="10.1.12.0", range_ipv4_max="10.1.13.255", range_ipv6_min="", range_ipv6_max="", range_proto_min=1, range_proto_max=1023)])]
    yield [parser.NXActionCT(flags=1, zone_src="", zone_ofs_nbits=5, recirc_table=255, alg=21, actions=fields(parser, ct_mark=5) if ofp.OFP_VERSION >= 3 else [])]
    yield [parser.NXActionCTClear()]
    yield [parser.NXActionOutputTrunc(1, 128)]
    yield [parser.NXActionDecNshTtl()]
    yield [parser.NXActionEncapEther()]
    yield fields(parser, reg0=5, ct_mark=6, pkt_mark=7, tun_ipv4_dst="10.0.0.1", xxreg1=1 << 100)


def apply(parser, ofp, list_of_actions):
    """Instructions; in OpenFlow 1.0 the actions themselves."""
    if ofp.OFP_VERSION == 1:
        return list_of_actions
    return [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, list_of_actions)]


def instructions(peer):
    ofp, parser = peer.ofproto, peer.ofproto_parser
    out = [parser.OFPActionOutput(2)]
    yield []
    yield [parser.OFPInstructionGotoTable(5)]
    yield [parser.OFPInstructionGotoTable(0)]
    yield [parser.OFPInstructionGotoTable(254)]
    yield [parser.OFPInstructionGotoTable(255)]
    yield [parser.OFPInstructionWriteMetadata(0x1234, 0xffff)]
    yield [parser.OFPInstructionWriteMetadata((1 << 64) - 1, (1 << 64) - 1), parser.OFPInstructionGotoTable(1)]
    yield [parser.OFPInstructionActions(ofp.OFPIT_WRITE_ACTIONS, out)]
    yield [parser.OFPInstructionActions(ofp.OFPIT_WRITE_ACTIONS, [parser.OFPActionDecNwTtl(), parser.OFPActionGroup(77), *out])]
    yield [parser.OFPInstructionActions(ofp.OFPIT_CLEAR_ACTIONS, [])]
    yield [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, out), parser.OFPInstructionActions(ofp.OFPIT_CLEAR_ACTIONS, []),
           parser.OFPInstructionActions(ofp.OFPIT_WRITE_ACTIONS, out), parser.OFPInstructionWriteMetadata(1, 1), parser.OFPInstructionGotoTable(9)]
    yield [parser.OFPInstructionGotoTable(5), parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, out)]
    yield [parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, out), parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, out)]
    if hasattr(parser, "OFPInstructionMeter"):
        yield [parser.OFPInstructionMeter(1), *apply(parser, ofp, out)]
        yield [parser.OFPInstructionMeter(55), *apply(parser, ofp, out)]
    if hasattr(parser, "OFPInstructionStatTrigger"):
        yield [parser.OFPInstructionStatTrigger(0, parser.OFPStats(duration=(1, 0)))]


def flow_mod(peer, **named):
    ofp, parser = peer.ofproto, peer.ofproto_parser
    defaults = dict(command=ofp.OFPFC_ADD, buffer_id=0xffffffff, priority=100, match=parser.OFPMatch(), instructions=[])
    if ofp.OFP_VERSION > 1:
        defaults |= dict(out_port=ofp.OFPP_ANY, out_group=ofp.OFPG_ANY)
    named = {**defaults, **named}
    return build(parser.OFPFlowMod, peer, actions=named["instructions"], **named)


def flow_stats(peer, **named):
    """Flows with all that they do: from OpenFlow 1.5 on that is a request of its own."""
    parser = peer.ofproto_parser
    if peer.ofproto.OFP_VERSION == 1:
        named = dict(flags=0, table_id=255, out_port=peer.ofproto.OFPP_NONE) | named
    return build(getattr(parser, "OFPFlowDescStatsRequest", parser.OFPFlowStatsRequest), peer, **{"match": parser.OFPMatch(), **named})


def clear(peer):
    return flow_mod(peer, command=peer.ofproto.OFPFC_DELETE, table_id=255)


def unsized(value):
    """Without lengths, which OS-Ken does not know of what it has not encoded."""
    if isinstance(value, dict):
        return {name: unsized(element) for name, element in value.items() if name not in ("len", "length")}
    return [unsized(element) for element in value] if isinstance(value, list) else value


def flow_of(answers):
    flows = bodies(answers)
    return next(iter(flows[0].values())) if len(flows) == 1 else {}


def compare_flows(comparison):
    ours = comparison.peers[0]
    ofp, parser = ours.ofproto, ours.ofproto_parser
    comparison.same("delete all", clear)
    matches = [match for match in MATCHES + (MATCHES_15 if ofp.OFP_VERSION >= 6 else []) + MATCHES_NX if known(ours, match)]
    for match in matches:
        def one(peer):
            return [flow_mod(peer, match=peer.ofproto_parser.OFPMatch(**match), instructions=apply(peer.ofproto_parser, peer.ofproto, [peer.ofproto_parser.OFPActionOutput(1)])),
                    flow_stats(peer), clear(peer)]
        answers = comparison.same("match %r" % match, one)
        if not is_error(answers) and unsized(flow_of(answers).get("match")) == unsized(plain(parser.OFPMatch(**match).to_jsondict())):
            comparison.echoed += 1

    def each(kind, lists, wrap):
        for index in range(len(list(lists(ours)))):
            def one(peer):
                return [flow_mod(peer, match=peer.ofproto_parser.OFPMatch(eth_type=0x800, ip_proto=6), instructions=wrap(peer, list(lists(peer))[index])), flow_stats(peer), clear(peer)]
            sent = wrap(ours, list(lists(ours))[index])
            names = [element.to_jsondict() for element in sent]
            answers = comparison.same("%s %s" % (kind, names), one)
            if not is_error(answers) and unsized(flow_of(answers).get("instructions")) == unsized(plain([element.to_jsondict() for element in sent], "instructions")):
                comparison.echoed += 1

    each("actions", actions, lambda peer, list_: apply(peer.ofproto_parser, peer.ofproto, list_))
    each("Nicira's actions", nicira_actions, lambda peer, list_: apply(peer.ofproto_parser, peer.ofproto, list_))
    each("written actions", actions, lambda peer, list_: [peer.ofproto_parser.OFPInstructionActions(peer.ofproto.OFPIT_WRITE_ACTIONS, list_)])
    each("instructions", instructions, lambda peer, list_: list_)
    compare_commands(comparison)


def compare_commands(comparison):
    """Adding, modifying and deleting by all that selects."""
    def tcp(peer, port):
        return peer.ofproto_parser.OFPMatch(eth_type=0x800, ip_proto=6, tcp_dst=port)

    def out(peer, port):
        return apply(peer.ofproto_parser, peer.ofproto, [peer.ofproto_parser.OFPActionOutput(port)])

    def flows(peer):
        return [flow_mod(peer, match=tcp(peer, port), priority=port, cookie=port << 32, table_id=port % 3, idle_timeout=port, hard_timeout=2 * port, importance=port,
                         flags=peer.ofproto.OFPFF_SEND_FLOW_REM, instructions=out(peer, port % 2 + 1)) for port in range(100, 112)]

    comparison.same("twelve flows", lambda peer: flows(peer) + [flow_stats(peer)])
    for named in ({"table_id": 1}, {"table_id": 200}, {"out_port": 1}, {"cookie": 105 << 32, "cookie_mask": 0xff << 32}, {"out_group": 5}):
        comparison.same("flow stats %r" % named, lambda peer: flow_stats(peer, **named))
        comparison.same("aggregate %r" % named, lambda peer: build(peer.ofproto_parser.OFPAggregateStatsRequest, peer, **{**dict(
            flags=0, table_id=255, out_port=peer.ofproto.OFPP_ANY, out_group=peer.ofproto.OFPG_ANY, cookie=0, cookie_mask=0, match=peer.ofproto_parser.OFPMatch()), **named}))
    comparison.same("flow stats by match", lambda peer: flow_stats(peer, match=tcp(peer, 105)))
    ofp = comparison.peers[0].ofproto
    for command in (ofp.OFPFC_MODIFY, ofp.OFPFC_MODIFY_STRICT, ofp.OFPFC_DELETE, ofp.OFPFC_DELETE_STRICT, 9):
        for named in ({"table_id": 0, "port": 102, "priority": 102}, {"table_id": 0, "port": 102, "priority": 5}, {"table_id": 255, "port": 103, "priority": 103},
                      {"table_id": 1, "port": 103, "cookie": 103 << 32, "cookie_mask": (1 << 64) - 1, "priority": 103}, {"table_id": 255, "out_port": 1},
                      {"table_id": 2, "cookie": 1, "cookie_mask": 1}, {"table_id": 255, "out_group": 7}, {"table_id": 0, "port": 102, "priority": 102, "flags": 4}):
            def one(peer):
                more = dict(named)
                port = more.pop("port", None)
                match = tcp(peer, port) if port else peer.ofproto_parser.OFPMatch()
                return [clear(peer), *flows(peer), flow_mod(peer, command=command, match=match, instructions=out(peer, 2), **more), flow_stats(peer)]
            comparison.same("command %d %r" % (command, named), one)
    comparison.same("delete all", clear)
    for named in ({"flags": 2}, {"buffer_id": 5}, {"table_id": 255}, {"table_id": 254}, {"flags": 0x1f}, {"flags": 0x8000}, {"cookie": (1 << 64) - 1}, {"importance": 65535}):
        def one(peer):
            return [flow_mod(peer, match=tcp(peer, 1), instructions=out(peer, 1)), flow_mod(peer, match=peer.ofproto_parser.OFPMatch(), **named), flow_stats(peer), clear(peer)]
        comparison.same("flow mod %r" % named, one)
