/// Packets that are changed on their way.
extension Pipeline {
    static let headers = [ethernetAndIP, vlans, mpls, ipv6, arpAndICMP, fragments]

    static let ethernetAndIP = Pipeline(name: "Ethernet and IP", version: "OpenFlow15", flows: """
        table=0,udp,tp_dst=1 actions=set_field:00:00:00:00:00:09->eth_src,output:2,set_field:00:00:00:00:00:08->eth_dst,output:3
        table=0,udp,tp_dst=2 actions=set_field:1.2.3.0/255.255.255.0->ip_src,output:2
        table=0,udp,tp_dst=3 actions=set_field:5->ip_dscp,set_field:3->nw_ecn,set_field:9->nw_ttl,set_field:77->udp_dst,output:2
        table=0,udp,tp_dst=4 actions=move:NXM_OF_IP_SRC[]->NXM_OF_IP_DST[],output:2
        table=0,udp,tp_dst=5 actions=move:NXM_OF_ETH_SRC[0..15]->NXM_OF_ETH_DST[16..31],output:2
        table=0,udp,tp_dst=6 actions=dec_ttl,output:2,dec_ttl,output:3
        table=0,udp,tp_dst=7 actions=set_field:7->udp_dst,output:2
        table=0,udp,tp_dst=8 actions=set_field:10.0.0.2->ip_dst,output:2
        table=0,udp,tp_dst=9 actions=set_field:1.1.1.1->ip_dst,set_field:10.0.0.2->ip_dst,output:2
        table=0,udp,tp_dst=10 actions=set_field:1.1.1.1->ip_dst,resubmit(,1)
        table=1,ip,nw_dst=1.0.0.0/8 actions=output:2
        table=0,tcp actions=set_field:80->tcp_dst,set_field:81->tcp_src,output:2
        table=0,sctp actions=set_field:80->sctp_dst,output:2
        table=0,udp,tp_dst=11 actions=push:NXM_NX_REG0[],push:NXM_OF_IP_SRC[],pop:NXM_OF_IP_DST[],pop:NXM_NX_REG1[],pop:NXM_NX_REG1[],output:2
        table=0,udp,tp_dst=12 actions=set_field:5->reg0,set_field:0x5/0xff->reg4,load:3->NXM_NX_REG4[4..7],move:NXM_NX_REG4[0..7]->NXM_NX_REG5[8..15],set_field:6->metadata,resubmit(,2)
        table=2,reg0=5,metadata=6,reg4=0x35/0xff actions=output:2
        """, packets: (1...12).map { "in_port=1,dl_src=50:54:00:00:00:05,dl_dst=50:54:00:00:00:07,udp,nw_src=192.168.0.1,nw_dst=10.0.0.2,nw_ttl=64,udp_dst=\($0)\n" }.joined() + """
        in_port=1,tcp,tcp_src=5,tcp_flags=0x12
        in_port=1,sctp,sctp_src=5,sctp_dst=80
        in_port=1,udp,udp_dst=7,nw_tos=32
        in_port=1,dl_type=0x1234
        in_port=1
        """)

    static let vlans = Pipeline(name: "VLAN", flows: """
        table=0,priority=10,dl_vlan=5 actions=pop_vlan,output:2
        table=0,priority=11,dl_vlan=6 actions=pop_vlan,output:2,push_vlan:0x8100,set_field:4103->vlan_vid,output:3
        table=0,priority=12,dl_vlan=7 actions=set_field:4104->vlan_vid,output:2
        table=0,priority=13,dl_vlan=8 actions=push_vlan:0x88a8,set_field:4105->vlan_vid,output:2
        table=0,priority=14,dl_vlan=9 actions=set_field:3->vlan_pcp,output:2
        table=0,priority=15,dl_vlan=10,dl_vlan_pcp=2 actions=output:2
        table=0,priority=9,vlan_tci=0x1000/0x1000 actions=output:3
        table=0,priority=8,udp,tp_dst=1 actions=push_vlan:0x8100,output:2,push_vlan:0x88a8,output:3
        table=0,priority=7,udp,tp_dst=2 actions=push_vlan:0x8100,set_field:4101->vlan_vid,set_field:6->vlan_pcp,output:2,pop_vlan,output:3
        table=0,priority=6,vlan_tci=0 actions=output:2
        """, packets: (5...11).map { "in_port=1,dl_vlan=\($0),dl_vlan_pcp=2,ip\n" }.joined() + """
        in_port=1,dl_vlan=10,dl_vlan_pcp=3,dl_type=0x9999
        in_port=1,udp,udp_dst=1
        in_port=1,udp,udp_dst=2
        in_port=1,tcp
        """)

    static let mpls = Pipeline(name: "MPLS", flows: """
        table=0,udp,tp_dst=1 actions=push_mpls:0x8847,output:2
        table=0,udp,tp_dst=2 actions=push_mpls:0x8847,set_field:7->mpls_label,set_field:3->mpls_tc,output:2
        table=0,udp,tp_dst=3 actions=push_mpls:0x8847,push_mpls:0x8847,set_field:7->mpls_label,output:2
        table=0,mpls,mpls_label=5,priority=10 actions=pop_mpls:0x0800,output:2
        table=0,mpls,mpls_label=6,priority=11 actions=set_field:16->mpls_label,output:2
        table=0,mpls,mpls_label=7,priority=12 actions=dec_mpls_ttl,output:2
        table=0,mpls,mpls_label=8,priority=13 actions=push_mpls:0x8847,set_field:9->mpls_label,output:2
        """, packets: """
        in_port=1,udp,nw_ttl=64,nw_tos=32,udp_dst=1
        in_port=1,udp,nw_ttl=64,udp_dst=2
        in_port=1,udp,nw_ttl=64,udp_dst=3
        in_port=1,mpls,mpls_label=5,mpls_ttl=3,mpls_bos=1
        in_port=1,mpls,mpls_label=5,mpls_ttl=3,mpls_bos=0
        in_port=1,mpls,mpls_label=6,mpls_ttl=3,mpls_bos=1 # label
        in_port=1,mpls,mpls_label=7,mpls_ttl=3,mpls_bos=1 # label
        in_port=1,mpls,mpls_label=7,mpls_ttl=1,mpls_bos=1
        in_port=1,mpls,mpls_label=8,mpls_tc=2,mpls_ttl=9,mpls_bos=1
        """)

    static let ipv6 = Pipeline(name: "IPv6", version: "OpenFlow15", flows: """
        table=0,priority=10,udp6,tp_dst=1 actions=dec_ttl,output:2
        table=0,priority=11,udp6,tp_dst=2 actions=set_field:fd00::1->ipv6_src,output:2
        table=0,priority=12,udp6,tp_dst=3 actions=set_field:fd00::/64->ipv6_dst,set_field:5->ipv6_label,set_field:6->ip_dscp,output:2
        table=0,priority=13,icmp6,icmp_type=135,icmp_code=0 actions=set_field:fe80::1->nd_target,set_field:00:00:00:00:00:07->nd_sll,output:2
        table=0,priority=14,icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::2 actions=output:2
        table=0,priority=15,icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::4 actions=set_field:5->nd_reserved,set_field:1->nd_options_type,output:2
        table=0,priority=15,icmp6,icmp_type=136,icmp_code=0,nd_target=fe80::5 actions=set_field:5->nd_reserved,set_field:fe80::6->nd_target,output:2
        table=0,priority=9,tcp6,ipv6_dst=fd00::/16 actions=set_field:5->tcp_dst,output:2
        table=0,priority=8,ipv6,ipv6_src=fe80::/10 actions=output:3
        """, packets: """
        in_port=1,udp6,nw_ttl=64,ipv6_src=fe80::5,ipv6_dst=fd00::6,udp_dst=1
        in_port=1,udp6,nw_ttl=1,udp_dst=1
        in_port=1,udp6,nw_ttl=64,ipv6_src=fe80::5,udp_dst=2
        in_port=1,udp6,nw_ttl=64,ipv6_dst=fd01::5,ipv6_label=0x12345,udp_dst=3
        in_port=1,icmp6,icmpv6_type=135,nd_target=fe80::2,nd_sll=00:00:00:00:00:09
        in_port=1,icmp6,icmpv6_type=136,nd_target=fe80::2,nd_tll=00:00:00:00:00:09
        in_port=1,icmp6,icmpv6_type=136,nd_target=fe80::3
        in_port=1,icmp6,icmpv6_type=136,nd_target=fe80::4,nd_tll=00:00:00:00:00:09,nd_options_type=2
        in_port=1,icmp6,icmpv6_type=136,nd_target=fe80::4,nd_options_type=1
        in_port=1,icmp6,icmpv6_type=136,nd_target=fe80::5,nd_reserved=5
        in_port=1,icmp6,icmpv6_type=128
        in_port=1,tcp6,ipv6_dst=fd00::9,tcp_dst=5
        in_port=1,ipv6,ipv6_src=fe80::1,nw_proto=99
        in_port=1,ipv6,ipv6_src=fd80::1,nw_proto=99
        """)

    static let arpAndICMP = Pipeline(name: "ARP and ICMP", version: "OpenFlow15", flows: """
        table=0,priority=10,arp,arp_op=1 actions=set_field:2->arp_op,move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],output:2
        table=0,priority=11,arp,arp_op=2 actions=set_field:00:00:00:00:00:01->arp_sha,set_field:1.1.1.1->arp_spa,output:2
        table=0,priority=12,icmp,icmp_type=8 actions=output:2
        table=0,priority=13,icmp,icmp_type=3,icmp_code=4 actions=output:3
        table=0,priority=14,rarp actions=output:3
        """, packets: """
        in_port=1,arp,arp_op=1,arp_spa=1.2.3.4
        in_port=1,arp,arp_op=2,arp_spa=1.2.3.4,arp_tpa=5.6.7.8,arp_sha=00:00:00:00:00:09
        in_port=1,arp,arp_op=3
        in_port=1,rarp,arp_op=3
        in_port=1,icmp,icmp_type=8
        in_port=1,icmp,icmp_type=3,icmp_code=4
        in_port=1,icmp,icmp_type=3,icmp_code=5
        in_port=1,ip,nw_proto=2
        in_port=1 505400000007505400000005080045000028000000004011000001020304050607080001000200080000
        """)

    static let fragments = Pipeline(name: "fragments", flows: """
        table=0,priority=10,udp,tp_dst=1 actions=output:2
        table=0,priority=11,ip,nw_frag=later actions=dec_ttl,output:3
        table=0,priority=9,udp,tp_dst=0 actions=set_field:9->udp_dst,output:2
        table=0,priority=8,ip,nw_frag=first actions=output:1
        """, packets: """
        in_port=2,udp,nw_ttl=9,udp_dst=1
        in_port=2,udp,nw_ttl=9,nw_frag=first,udp_dst=1
        in_port=2,udp,nw_ttl=9,nw_frag=later
        in_port=2,tcp,nw_ttl=9,nw_frag=first
        in_port=2,udp6,nw_frag=later
        """)
}
