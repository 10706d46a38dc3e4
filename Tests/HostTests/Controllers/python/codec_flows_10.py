"""Flows of OpenFlow 1.0: its own matches and actions, and Nicira's actions."""

from codec_flows import clear, flow_mod, flow_of, flow_stats, nicira_actions, unsized
from codec_generate import parameters
from peers import is_error, json_of, plain

MAC = b"\2\0\0\0\0\5"
IP, TCP, ICMP, ARP = {"dl_type": 0x800}, {"dl_type": 0x800, "nw_proto": 6}, {"dl_type": 0x800, "nw_proto": 1}, {"dl_type": 0x806}
MATCHES = [
    {}, {"in_port": 1}, {"in_port": 0xfffe}, {"in_port": 0xfff8}, {"dl_src": MAC}, {"dl_dst": MAC}, {"dl_vlan": 5}, {"dl_vlan": 0xffff}, {"dl_vlan": 4096},
    {"dl_vlan": 5, "dl_vlan_pcp": 3}, {"dl_vlan_pcp": 3}, {"dl_vlan": 0xffff, "dl_vlan_pcp": 3}, {"dl_vlan_pcp": 9}, IP, ARP, {"dl_type": 0x86dd}, {"dl_type": 0x8847},
    {"dl_type": 0x5ff}, {**IP, "nw_tos": 0x28}, {**IP, "nw_tos": 3}, TCP, ICMP, {"nw_proto": 6}, {**IP, "nw_src": 0x0a000001}, {**IP, "nw_dst": 0x0a010000, "nw_dst_mask": 16},
    {**IP, "nw_src": 0x0a000001, "nw_src_mask": 8}, {**IP, "nw_src": 0, "nw_src_mask": 0}, {"nw_src": 0x0a000001}, {**TCP, "tp_src": 80}, {**TCP, "tp_dst": 443},
    {**IP, "tp_dst": 80}, {**IP, "nw_proto": 17, "tp_src": 53}, {**IP, "nw_proto": 132, "tp_src": 5}, {**ICMP, "tp_src": 8, "tp_dst": 0}, {**ICMP, "tp_src": 300},
    {**ARP, "nw_proto": 1, "nw_src": 0x0a000001, "nw_dst": 0x0a000002}, {**ARP, "nw_proto": 300 & 0xff}, {**ARP, "nw_tos": 4},
    {"in_port": 1, "dl_src": MAC, "dl_dst": MAC, "dl_vlan": 5, "dl_vlan_pcp": 3, **TCP, "nw_tos": 8, "nw_src": 0x0a000001, "nw_dst": 0x0a000002, "tp_src": 1, "tp_dst": 2},
]


def actions(peer):
    """Every action of OpenFlow 1.0 with each of its arguments' values."""
    parser, table = peer.ofproto_parser, parameters(peer)
    output = parser.OFPActionOutput
    yield []
    for port in table["out_port"]:
        yield [output(port, 64)]
    for queue in (0, 7):
        for port in (1, 0xfff8, 99, 0xfffd):
            yield [parser.OFPActionEnqueue(port, queue)]
    for kind, values in ((parser.OFPActionVlanVid, (5, 0, 4095, 4096)), (parser.OFPActionVlanPcp, (3, 9)), (parser.OFPActionSetDlSrc, (MAC,)), (parser.OFPActionSetDlDst, (MAC,)),
                         (parser.OFPActionSetNwSrc, (0x0a000009,)), (parser.OFPActionSetNwDst, (0x0a000009,)), (parser.OFPActionSetNwTos, (0x28, 3)),
                         (parser.OFPActionSetTpSrc, (80,)), (parser.OFPActionSetTpDst, (81,))):
        for value in values:
            yield [kind(value), output(1)]
    yield [parser.OFPActionStripVlan(), output(1)]
    yield [parser.OFPActionVendorUnknown(0x12345678, bytes(8)), output(1)]


def compare_flows_10(comparison):
    first = comparison.peers[0]
    cases = []
    for match in MATCHES:
        cases.append(("match %r" % match, lambda peer, match=match: [
            clear(peer), flow_mod(peer, match=peer.ofproto_parser.OFPMatch(**match), instructions=[peer.ofproto_parser.OFPActionOutput(1)]), flow_stats(peer)]))
    for lists in (actions, nicira_actions):
        for index, list_ in enumerate(lists(first)):
            for match in ({}, TCP, {"dl_type": 0x8847}):
                cases.append(("actions %s %r" % ([json_of(element) for element in list_], match), lambda peer, lists=lists, index=index, match=match: [
                    clear(peer), flow_mod(peer, match=peer.ofproto_parser.OFPMatch(**match), instructions=list(lists(peer))[index]), flow_stats(peer)]))
    comparison.all_same(cases)
    # What is reported is what was sent.
    for list_ in actions(first):
        answers = comparison.same("echoed %s" % [json_of(element) for element in list_], lambda peer: [
            clear(peer), flow_mod(peer, match=peer.ofproto_parser.OFPMatch(**TCP), instructions=list_), flow_stats(peer)])
        if not is_error(answers) and unsized(flow_of(answers).get("actions")) == unsized(plain([json_of(element) for element in list_], "actions")):
            comparison.echoed += 1
    comparison.same("clear", clear)
