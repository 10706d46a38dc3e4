/// Actions that change headers: what comes in, and what must leave by port 1.
struct HeaderFrames {
    /// Beside the source address, what the flow matches.
    var match: String
    /// In front of the output.
    var actions: String
    var frame: String
    var expected: String

    init(_ match: String, _ actions: String, _ frame: String, _ expected: String) {
        (self.match, self.actions, self.frame, self.expected) = (match, actions, frame, expected)
    }

    static let all = ethernet + vlan + network + transport + labels + encapsulated

    /// Actions that only OpenFlow 1.0 has by these names.
    static let openFlow10 = [
        HeaderFrames("", "mod_dl_src:\(c),mod_dl_dst:\(a)", "eth()/ip4()/udp()", "eth(src=C, dst=A)/ip4()/udp()"),
        HeaderFrames("", "mod_vlan_vid:10", "eth()/ip4()/udp()", "eth()/Dot1Q(vlan=10)/ip4()/udp()"),
        HeaderFrames("", "mod_vlan_pcp:3", "eth()/ip4()/udp()", "eth()/Dot1Q(vlan=0, prio=3)/ip4()/udp()"),
        HeaderFrames("dl_vlan=5", "mod_vlan_vid:10,mod_vlan_pcp:3", "eth()/Dot1Q(vlan=5, prio=2)/ip4()/udp()", "eth()/Dot1Q(vlan=10, prio=3)/ip4()/udp()"),
        HeaderFrames("dl_vlan=5", "strip_vlan", "eth()/Dot1Q(vlan=5)/ip4()/udp()", "eth()/ip4()/udp()"),
        HeaderFrames("ip", "mod_nw_src:192.0.2.9,mod_nw_dst:192.0.2.10", "eth()/ip4()/udp()", "eth()/ip4(src='192.0.2.9', dst='192.0.2.10')/udp()"),
        HeaderFrames("ip", "mod_nw_tos:184", "eth()/ip4(tos=1)/udp()", "eth()/ip4(tos=185)/udp()"),
        HeaderFrames("ip", "mod_nw_ecn:2,mod_nw_ttl:9", "eth()/ip4(tos=184)/udp()", "eth()/ip4(tos=186, ttl=9)/udp()"),
        HeaderFrames("tcp", "mod_tp_src:81,mod_tp_dst:82", "eth()/ip4()/tcp()", "eth()/ip4()/tcp(sport=81, dport=82)"),
        HeaderFrames("udp", "mod_tp_src:81,mod_tp_dst:82", "eth()/ip4()/udp()", "eth()/ip4()/udp(sport=81, dport=82)"),
        HeaderFrames("ip", "push_mpls:0x8847,set_mpls_label:17,set_mpls_tc:3,set_mpls_ttl:9", "eth()/ip4()/udp()", "eth(type=0x8847)/mpls(label=17, cos=3, ttl=9)/ip4()/udp()"),
    ]

    static let ethernet = [
        HeaderFrames("", "set_field:\(c)->eth_src", "eth()/ip4()/udp()", "eth(src=C)/ip4()/udp()"),
        HeaderFrames("", "set_field:\(c)->eth_dst", "eth()/ip4()/udp()", "eth(dst=C)/ip4()/udp()"),
        HeaderFrames("", "set_field:ff:00:00:00:00:03/ff:00:00:00:00:ff->eth_dst", "eth()/ip4()/udp()", "eth(dst='ff:00:00:00:aa:03')/ip4()/udp()"),
        HeaderFrames("", "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]", "eth()/ip4()/udp()", "eth(dst=S)/ip4()/udp()"),
        HeaderFrames("", "push:NXM_OF_ETH_SRC[],push:NXM_OF_ETH_DST[],pop:NXM_OF_ETH_SRC[],pop:NXM_OF_ETH_DST[]", "eth()/ip6()/tcp()", "eth(src=B, dst=S)/ip6()/tcp()"),
        HeaderFrames("", "load:0x7->NXM_OF_ETH_DST[0..15]", "eth()/ip4()/udp()", "eth(dst='02:00:00:00:00:07')/ip4()/udp()"),
        HeaderFrames("", "set_field:0x2000aa03->reg0,move:NXM_NX_REG0[0..15]->NXM_OF_ETH_DST[0..15]", "eth()/ip4()/udp()", "eth(dst=C)/ip4()/udp()"),
    ]

    static let vlan = [
        HeaderFrames("", "push_vlan:0x8100,set_field:4101->vlan_vid", "eth()/ip4()/udp()", "eth()/Dot1Q(vlan=5)/ip4()/udp()"),
        HeaderFrames("", "push_vlan:0x88a8,set_field:4101->vlan_vid,set_field:3->vlan_pcp", "eth()/ip4()/udp()", "eth()/Dot1AD(vlan=5, prio=3)/ip4()/udp()"),
        HeaderFrames("", "push_vlan:0x88a8,set_field:4106->vlan_vid", "eth()/Dot1Q(vlan=5)/ip4()/udp()", "eth()/Dot1AD(vlan=10)/Dot1Q(vlan=5)/ip4()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "pop_vlan", "eth()/Dot1Q(vlan=5, prio=2)/ip6()/udp()", "eth()/ip6()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "pop_vlan", "eth()/Dot1AD(vlan=5)/Dot1Q(vlan=6)/ip4()/udp()", "eth()/Dot1Q(vlan=6)/ip4()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "set_field:4106->vlan_vid", "eth()/Dot1Q(vlan=5, prio=2)/ip4()/udp()", "eth()/Dot1Q(vlan=10, prio=2)/ip4()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "set_field:7->vlan_pcp", "eth()/Dot1Q(vlan=5, prio=2)/ip4()/udp()", "eth()/Dot1Q(vlan=5, prio=7)/ip4()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "move:OXM_OF_VLAN_VID[0..11]->NXM_OF_ETH_DST[0..11]", "eth()/Dot1Q(vlan=0x123)/ip4()/udp()", "eth(dst='02:00:00:00:a1:23')/Dot1Q(vlan=0x123)/ip4()/udp()"),
        HeaderFrames("", "set_field:0x700a->vlan_tci", "eth()/ip4()/udp()", "eth()/Dot1Q(vlan=10, prio=3)/ip4()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "set_field:0x700a->vlan_tci", "eth()/Dot1Q(vlan=5, prio=2)/ip4()/udp()", "eth()/Dot1Q(vlan=10, prio=3)/ip4()/udp()"),
        HeaderFrames("vlan_vid=0x1000/0x1000", "set_field:0->vlan_tci", "eth()/Dot1Q(vlan=5, prio=2)/ip4()/udp()", "eth()/ip4()/udp()"),
    ]

    static let network = [
        HeaderFrames("ip", "set_field:192.0.2.9->ip_src", "eth()/ip4()/tcp()", "eth()/ip4(src='192.0.2.9')/tcp()"),
        HeaderFrames("ip", "set_field:192.0.2.9->ip_dst", "eth()/ip4()/udp()", "eth()/ip4(dst='192.0.2.9')/udp()"),
        HeaderFrames("ip", "set_field:0.0.9.0/0.0.255.0->ip_dst", "eth()/ip4()/udp()", "eth()/ip4(dst='10.0.9.2')/udp()"),
        HeaderFrames("ip", "set_field:192.0.2.9->ip_src", "eth()/ip4(frag=3, proto=17)/load", "eth()/ip4(frag=3, proto=17, src='192.0.2.9')/load"),
        HeaderFrames("ip", "set_field:192.0.2.9->ip_src", "eth()/ip4()/udp(chksum=0)", "eth()/ip4(src='192.0.2.9')/udp(chksum=0)"),
        HeaderFrames("ip", "move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[]", "eth()/ip4()/udp()", "eth()/ip4(dst='10.0.0.1')/udp()"),
        HeaderFrames("ip", "push:NXM_OF_IP_SRC[],push:NXM_OF_IP_DST[],pop:NXM_OF_IP_SRC[],pop:NXM_OF_IP_DST[]", "eth()/ip4()/udp()", "eth()/ip4(src='10.0.0.2', dst='10.0.0.1')/udp()"),
        HeaderFrames("ip", "set_field:46->ip_dscp", "eth()/ip4(tos=1)/udp()", "eth()/ip4(tos=185)/udp()"),
        HeaderFrames("ip", "set_field:2->ip_ecn", "eth()/ip4(tos=184)/udp()", "eth()/ip4(tos=186)/udp()"),
        HeaderFrames("ip", "set_field:184->nw_tos", "eth()/ip4(tos=1)/udp()", "eth()/ip4(tos=185)/udp()"),
        HeaderFrames("ipv6", "set_field:2->ip_ecn", "eth()/ip6(tc=184)/udp()", "eth()/ip6(tc=186)/udp()"),
        HeaderFrames("ip", "set_field:9->nw_ttl", "eth()/ip4()/udp()", "eth()/ip4(ttl=9)/udp()"),
        HeaderFrames("ip", "dec_ttl", "eth()/ip4(options=[IPOption_NOP()] * 4)/udp()", "eth()/ip4(options=[IPOption_NOP()] * 4, ttl=63)/udp()"),
        HeaderFrames("ipv6", "dec_ttl", "eth()/ip6()/udp()", "eth()/ip6(hlim=63)/udp()"),
        HeaderFrames("ipv6", "set_field:9->nw_ttl", "eth()/ip6()/tcp()", "eth()/ip6(hlim=9)/tcp()"),
        HeaderFrames("ipv6", "set_field:46->ip_dscp", "eth()/ip6(tc=1)/tcp()", "eth()/ip6(tc=185)/tcp()"),
        HeaderFrames("ipv6", "set_field:fd00::9->ipv6_src", "eth()/ip6()/tcp()", "eth()/ip6(src='fd00::9')/tcp()"),
        HeaderFrames("ipv6", "set_field:fd00::9->ipv6_dst", "eth()/ip6()/udp()", "eth()/ip6(dst='fd00::9')/udp()"),
        HeaderFrames("ipv6", "set_field:fd99::/ffff::->ipv6_dst", "eth()/ip6()/udp()", "eth()/ip6(dst='fd99::2')/udp()"),
        HeaderFrames("ipv6", "set_field:0x12345->ipv6_label", "eth()/ip6(tc=3)/udp()", "eth()/ip6(tc=3, fl=0x12345)/udp()"),
        HeaderFrames("ipv6", "move:NXM_NX_IPV6_SRC[]->NXM_NX_IPV6_DST[]", "eth()/ip6()/udp()", "eth()/ip6(dst='fd00::1')/udp()"),
        HeaderFrames("ipv6", "set_field:fd00::9->ipv6_dst", "eth()/ip6()/IPv6ExtHdrHopByHop()/udp()", "eth()/ip6(dst='fd00::9')/IPv6ExtHdrHopByHop()/udp()"),
        HeaderFrames("arp", "set_field:2->arp_op", "eth()/arp()", "eth()/arp(op=2)"),
        HeaderFrames("arp", "set_field:192.0.2.9->arp_spa", "eth()/arp()", "eth()/arp(psrc='192.0.2.9')"),
        HeaderFrames("arp", "set_field:192.0.2.9->arp_tpa", "eth()/arp()", "eth()/arp(pdst='192.0.2.9')"),
        HeaderFrames("arp", "set_field:\(c)->arp_sha", "eth()/arp()", "eth()/arp(hwsrc=C)"),
        HeaderFrames("arp", "set_field:\(c)->arp_tha", "eth()/arp()", "eth()/arp(hwdst=C)"),
        // The answer of ovs-fields(7) to a request: all in one flow.
        HeaderFrames("arp,arp_op=1", "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:\(c)->eth_src,set_field:2->arp_op,"
            + "move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],set_field:\(c)->arp_sha,push:NXM_OF_ARP_TPA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],pop:NXM_OF_ARP_SPA[]",
            "eth()/arp()", "eth(src=C, dst=S)/arp(op=2, hwsrc=C, psrc='10.0.0.2', hwdst=A, pdst='10.0.0.1')"),
    ]

    static let transport = [
        HeaderFrames("tcp", "set_field:81->tcp_src", "eth()/ip4()/tcp()", "eth()/ip4()/tcp(sport=81)"),
        HeaderFrames("tcp", "set_field:81->tcp_dst", "eth()/ip4()/tcp()", "eth()/ip4()/tcp(dport=81)"),
        HeaderFrames("tcp6", "set_field:81->tcp_dst", "eth()/ip6()/tcp()", "eth()/ip6()/tcp(dport=81)"),
        HeaderFrames("tcp6", "set_field:81->tcp_src", "eth()/ip6()/tcp()", "eth()/ip6()/tcp(sport=81)"),
        HeaderFrames("udp6", "set_field:81->udp_src", "eth()/ip6()/udp()", "eth()/ip6()/udp(sport=81)"),
        HeaderFrames("sctp6", "set_field:81->sctp_src,set_field:82->sctp_dst", "eth()/ip6()/SCTP(sport=1000, dport=2000)/SCTPChunkData(data=load)", "eth()/ip6()/SCTP(sport=81, dport=82)/SCTPChunkData(data=load)"),
        HeaderFrames("icmp6", "set_field:4->icmpv6_code", "eth()/ip6()/ICMPv6DestUnreach()/load", "eth()/ip6()/ICMPv6DestUnreach(code=4)/load"),
        HeaderFrames("udp", "set_field:81->udp_src", "eth()/ip4()/udp()", "eth()/ip4()/udp(sport=81)"),
        HeaderFrames("udp", "set_field:81->udp_dst", "eth()/ip4()/udp(chksum=0)", "eth()/ip4()/udp(dport=81, chksum=0)"),
        HeaderFrames("udp6", "set_field:81->udp_dst", "eth()/ip6()/udp()", "eth()/ip6()/udp(dport=81)"),
        HeaderFrames("udp", "set_field:0x8000/0x8000->udp_dst", "eth()/ip4()/udp()", "eth()/ip4()/udp(dport=0x87d0)"),
        HeaderFrames("tcp", "move:NXM_OF_TCP_SRC[]->NXM_OF_TCP_DST[]", "eth()/ip4()/tcp()", "eth()/ip4()/tcp(dport=1000)"),
        HeaderFrames("sctp", "set_field:81->sctp_src", "eth()/ip4()/SCTP(sport=1000, dport=2000)/SCTPChunkData(data=load)", "eth()/ip4()/SCTP(sport=81, dport=2000)/SCTPChunkData(data=load)"),
        HeaderFrames("sctp", "set_field:81->sctp_dst", "eth()/ip4()/SCTP(sport=1000, dport=2000)/SCTPChunkData(data=load)", "eth()/ip4()/SCTP(sport=1000, dport=81)/SCTPChunkData(data=load)"),
        HeaderFrames("icmp", "set_field:0->icmp_type", "eth()/ip4()/ICMP(type=8)/load", "eth()/ip4()/ICMP(type=0)/load"),
        HeaderFrames("icmp", "set_field:1->icmp_code", "eth()/ip4()/ICMP(type=3)/load", "eth()/ip4()/ICMP(type=3, code=1)/load"),
        HeaderFrames("icmp6", "set_field:129->icmpv6_type", "eth()/ip6()/ICMPv6EchoRequest(data=load)", "eth()/ip6()/ICMPv6EchoReply(data=load)"),
        HeaderFrames("icmp6,icmp_type=135", "set_field:fd00::9->nd_target", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5')/ICMPv6NDOptSrcLLAddr(lladdr=A)", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::9')/ICMPv6NDOptSrcLLAddr(lladdr=A)"),
        HeaderFrames("icmp6,icmp_type=135,icmp_code=0", "set_field:7->nd_reserved", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5')/ICMPv6NDOptSrcLLAddr(lladdr=A)", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5',res=7)/ICMPv6NDOptSrcLLAddr(lladdr=A)"),
        HeaderFrames("icmp6,icmp_type=136,icmp_code=0", "set_field:0xa0000005->nd_reserved", "eth()/ip6()/ICMPv6ND_NA(tgt='fd00::5',R=0,S=1,O=0)", "eth()/ip6()/ICMPv6ND_NA(tgt='fd00::5',R=1,S=0,O=1,res=5)"),
        HeaderFrames("icmp6,icmp_type=135,icmp_code=0", "set_field:2->nd_options_type", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5')/ICMPv6NDOptSrcLLAddr(lladdr=A)", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5')/ICMPv6NDOptDstLLAddr(lladdr=A)"),
        HeaderFrames("icmp6,icmp_type=135", "set_field:\(c)->nd_sll", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5')/ICMPv6NDOptSrcLLAddr(lladdr=A)", "eth()/ip6()/ICMPv6ND_NS(tgt='fd00::5')/ICMPv6NDOptSrcLLAddr(lladdr=C)"),
        HeaderFrames("icmp6,icmp_type=136", "set_field:\(c)->nd_tll", "eth()/ip6()/ICMPv6ND_NA(tgt='fd00::5')/ICMPv6NDOptDstLLAddr(lladdr=A)", "eth()/ip6()/ICMPv6ND_NA(tgt='fd00::5')/ICMPv6NDOptDstLLAddr(lladdr=C)"),
    ]

    static let labels = [
        HeaderFrames("ip", "push_mpls:0x8847,set_field:17->mpls_label", "eth()/ip4(tos=8, ttl=33)/udp()", "eth(type=0x8847)/mpls(label=17, cos=2, ttl=33)/ip4(tos=8, ttl=33)/udp()"),
        HeaderFrames("ipv6", "push_mpls:0x8848", "eth()/ip6()/udp()", "eth(type=0x8848)/mpls(label=2)/ip6()/udp()"),
        HeaderFrames("ip", "push_mpls:0x8847,push_mpls:0x8847,set_field:18->mpls_label", "eth()/ip4()/udp()", "eth(type=0x8847)/mpls(label=18, s=0)/mpls(label=0)/ip4()/udp()"),
        HeaderFrames("ip,vlan_vid=0x1000/0x1000", "push_mpls:0x8847", "eth()/Dot1Q(vlan=5)/ip4()/udp()", "eth()/Dot1Q(vlan=5, type=0x8847)/mpls(label=0)/ip4()/udp()"),
        HeaderFrames("mpls", "set_field:1000000->mpls_label", "eth(type=0x8847)/mpls()/ip4()/udp()", "eth(type=0x8847)/mpls(label=1000000)/ip4()/udp()"),
        HeaderFrames("mpls", "set_field:5->mpls_tc", "eth(type=0x8847)/mpls()/ip4()/udp()", "eth(type=0x8847)/mpls(cos=5)/ip4()/udp()"),
        HeaderFrames("mpls", "set_field:7->mpls_ttl", "eth(type=0x8847)/mpls()/ip4()/udp()", "eth(type=0x8847)/mpls(ttl=7)/ip4()/udp()"),
        HeaderFrames("mpls", "dec_mpls_ttl", "eth(type=0x8847)/mpls(s=0)/mpls(label=20)/ip4()/udp()", "eth(type=0x8847)/mpls(s=0, ttl=63)/mpls(label=20)/ip4()/udp()"),
        HeaderFrames("mpls", "pop_mpls:0x0800", "eth(type=0x8847)/mpls()/ip4()/udp()", "eth()/ip4()/udp()"),
        HeaderFrames("mpls", "pop_mpls:0x8847", "eth(type=0x8847)/mpls(s=0)/mpls(label=20)/ip4()/udp()", "eth(type=0x8847)/mpls(label=20)/ip4()/udp()"),
        HeaderFrames("mpls", "pop_mpls:0x0800,dec_ttl", "eth(type=0x8847)/mpls()/ip4()/udp()", "eth()/ip4(ttl=63)/udp()"),
        HeaderFrames("mpls", "pop_mpls:0x8847,pop_mpls:0x86dd,dec_ttl,push_vlan:0x8100,set_field:4101->vlan_vid", "eth(type=0x8847)/mpls(s=0)/mpls(label=20)/ip6()/udp()", "eth()/Dot1Q(vlan=5)/ip6(hlim=63)/udp()"),
    ]

    /// RFC 8300: a service path's header between two Ethernet headers.
    static let encapsulated = [
        HeaderFrames("", "encap(nsh(md_type=1)),set_field:0x123456->nsh_spi,set_field:7->nsh_si,encap(ethernet),set_field:\(c)->eth_dst,set_field:\(a)->eth_src",
            "eth()/ip4()/udp()", "eth(src=A, dst=C, type=0x894f)/nsh(spi=0x123456, si=7)/eth()/ip4()/udp()"),
        HeaderFrames("dl_type=0x894f", "set_field:2->nsh_flags,set_field:9->nsh_ttl,set_field:0x55->nsh_spi,set_field:4->nsh_si",
            "eth(type=0x894f)/nsh(spi=9)/eth()/ip4()/udp()", "eth(type=0x894f)/nsh(oam=1, ttl=9, spi=0x55, si=4)/eth()/ip4()/udp()"),
        HeaderFrames("dl_type=0x894f", "set_field:1->nsh_c1,set_field:2->nsh_c2,set_field:3->nsh_c3,set_field:4->nsh_c4",
            "eth(type=0x894f)/nsh()/eth()/ip4()/udp()", "eth(type=0x894f)/nsh(context_header=struct.pack('!IIII', 1, 2, 3, 4))/eth()/ip4()/udp()"),
        HeaderFrames("dl_type=0x894f", "dec_nsh_ttl", "eth(type=0x894f)/nsh(spi=9)/eth()/ip4()/udp()", "eth(type=0x894f)/nsh(spi=9, ttl=62)/eth()/ip4()/udp()"),
        HeaderFrames("dl_type=0x894f", "decap(),decap()", "eth(type=0x894f)/nsh(spi=9)/eth(dst=C)/ip4()/udp()", "eth(dst=C)/ip4()/udp()"),
    ]
}

private let a = "02:00:00:00:aa:01"
private let c = "02:00:00:00:aa:03"
