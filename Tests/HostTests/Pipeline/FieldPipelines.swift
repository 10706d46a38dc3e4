/// Fields of all kinds, as OpenFlow's versions set and move them, and lists of actions within each other.
extension Pipeline {
    static let fields = [everyField, nesting, serviceHeader, openFlow10]

    static let everyField = Pipeline(
        name: "fields", version: "OpenFlow15",
        flows: """
            table=0,priority=1,dl_dst=00:00:00:00:00:01,tcp actions=set_field:5->tun_id,output:2,set_field:5->pkt_mark,output:3
            table=0,priority=2,dl_dst=00:00:00:00:00:02,tcp actions=set_tunnel:77,resubmit(,1)
            table=0,priority=3,dl_dst=00:00:00:00:00:03,mpls actions=set_mpls_label:7,set_mpls_tc:3,set_mpls_ttl:9,output:2
            table=0,priority=4,dl_dst=00:00:00:00:00:04,mpls actions=move:OXM_OF_MPLS_LABEL[0..3]->NXM_NX_REG0[0..3],load:5->OXM_OF_MPLS_LABEL[4..7],load:1->OXM_OF_MPLS_TC[0..1],move:NXM_NX_REG0[0..1]->OXM_OF_MPLS_TC[1..2],output:2
            table=0,priority=5,dl_dst=00:00:00:00:00:05,tcp actions=push_vlan:0x88a8,output:2,set_field:4100->vlan_vid,output:3,push_vlan:0x8100,output:1
            table=0,priority=6,dl_dst=00:00:00:00:00:06,tcp actions=mod_tp_src:5,mod_tp_dst:6,mod_nw_src:1.2.3.4,mod_nw_dst:5.6.7.8,mod_nw_tos:32,mod_nw_ecn:2,mod_nw_ttl:9,mod_dl_src:00:00:00:00:00:55,mod_dl_dst:00:00:00:00:00:66,output:2
            table=0,priority=7,dl_dst=00:00:00:00:00:07,udp actions=mod_tp_src:5,mod_tp_dst:6,output:2
            table=0,priority=8,dl_dst=00:00:00:00:00:08,sctp actions=mod_tp_src:5,mod_tp_dst:6,output:2,move:OXM_OF_SCTP_SRC[]->OXM_OF_SCTP_DST[],output:3
            table=0,priority=9,dl_dst=00:00:00:00:00:09,arp actions=move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],load:2->NXM_OF_ARP_OP[],load:0x0a000001->NXM_OF_ARP_SPA[],load:0x112233445566->NXM_NX_ARP_SHA[],output:2
            table=0,priority=10,dl_dst=00:00:00:00:00:0a,icmp6,icmp_type=135,icmp_code=0 actions=move:NXM_NX_ND_TARGET[]->NXM_NX_IPV6_SRC[],move:NXM_NX_ND_SLL[]->NXM_OF_ETH_DST[],set_field:00:00:00:00:00:07->nd_sll,output:2
            table=0,priority=11,dl_dst=00:00:00:00:00:0b,tcp6 actions=move:NXM_NX_IPV6_SRC[0..63]->NXM_NX_XXREG0[64..127],move:NXM_NX_XXREG0[64..95]->NXM_NX_IPV6_DST[0..31],load:0x123->NXM_NX_IPV6_LABEL[4..19],move:NXM_NX_IPV6_LABEL[]->NXM_NX_REG4[0..19],output:2
            table=0,priority=12,dl_dst=00:00:00:00:00:0c,tcp actions=move:OXM_OF_METADATA[]->OXM_OF_PKT_REG1[],load:0x1122334455667788->OXM_OF_METADATA[],move:OXM_OF_METADATA[0..31]->NXM_NX_PKT_MARK[],move:NXM_NX_PKT_MARK[]->NXM_NX_REG7[],load:0xff->NXM_NX_TUN_ID[32..63],move:NXM_NX_TUN_ID[]->NXM_NX_XXREG2[0..63],output:2
            table=0,priority=13,dl_dst=00:00:00:00:00:0d,icmp actions=set_field:3->icmp_type,set_field:4->icmp_code,output:2,move:NXM_OF_ICMP_TYPE[]->NXM_NX_REG0[0..7],output:3
            table=0,priority=14,dl_dst=00:00:00:00:00:0e,tcp actions=push:NXM_NX_XXREG0[],push:OXM_OF_METADATA[0..31],push:NXM_OF_IP_SRC[],push:NXM_OF_ETH_DST[],pop:NXM_OF_ETH_SRC[],pop:NXM_OF_IP_DST[],pop:NXM_NX_PKT_MARK[],pop:NXM_NX_XXREG1[],pop:NXM_NX_REG0[],output:2
            table=0,priority=15,dl_dst=00:00:00:00:00:0f,dl_vlan=5 actions=move:NXM_OF_VLAN_TCI[0..11]->NXM_NX_REG0[0..11],load:7->NXM_OF_VLAN_TCI[0..11],move:NXM_OF_VLAN_TCI[13..15]->NXM_NX_REG1[0..2],output:2,load:0->NXM_OF_VLAN_TCI[],output:3
            table=0,priority=16,dl_dst=00:00:00:00:00:10,tcp actions=load:0x1005->NXM_OF_VLAN_TCI[],output:2,load:3->NXM_OF_IP_TOS[2..4],move:NXM_OF_IP_TOS[2..4]->NXM_NX_REG0[0..2],move:NXM_NX_IP_TTL[]->NXM_NX_REG1[0..7],load:9->NXM_NX_IP_TTL[],load:1->NXM_NX_IP_ECN[],output:3
            table=0,priority=17,dl_dst=00:00:00:00:00:11,tcp actions=move:NXM_NX_TCP_FLAGS[]->NXM_NX_REG0[0..11],move:NXM_OF_ETH_TYPE[]->NXM_NX_REG1[0..15],move:NXM_OF_IP_PROTO[]->NXM_NX_REG2[0..7],move:NXM_NX_IP_FRAG[]->NXM_NX_REG3[0..1],move:NXM_OF_IN_PORT[]->NXM_NX_REG4[0..15],output:2
            table=0,priority=18,dl_dst=00:00:00:00:00:12,tcp actions=load:3->NXM_OF_IN_PORT[],output:3,output:1,in_port,resubmit(,2)
            table=0,priority=19,dl_dst=00:00:00:00:00:13,tcp actions=set_field:0x12/0xff->metadata,set_field:0x10002/0xf000f->xxreg1,set_field:0xabcd/0xffff->xreg3,set_field:0x1000/0x1000->vlan_tci,output:2,resubmit(,1)
            table=0,priority=20,dl_dst=00:00:00:00:00:14,ip actions=dec_ttl(1,2),dec_ttl,output:2
            table=1,tun_id=77,actions=output:3
            table=1,metadata=0x12,actions=output:3
            table=2,in_port=3,actions=output:2
            """,
        packets: """
            in_port=1,dl_dst=00:00:00:00:00:01,tcp
            in_port=1,dl_dst=00:00:00:00:00:01,tcp,tun_id=5,pkt_mark=5
            in_port=1,dl_dst=00:00:00:00:00:02,tcp
            in_port=1,dl_dst=00:00:00:00:00:03,mpls,mpls_label=5,mpls_tc=1,mpls_ttl=5,mpls_bos=1 # label
            in_port=1,dl_dst=00:00:00:00:00:04,mpls,mpls_label=5,mpls_tc=1,mpls_ttl=5,mpls_bos=1 # label
            in_port=1,dl_dst=00:00:00:00:00:05,tcp
            in_port=1,dl_dst=00:00:00:00:00:05,tcp,dl_vlan=3
            in_port=1,dl_dst=00:00:00:00:00:06,tcp,nw_ttl=9
            in_port=1,dl_dst=00:00:00:00:00:07,udp
            in_port=1,dl_dst=00:00:00:00:00:08,sctp
            in_port=1,dl_dst=00:00:00:00:00:09,arp,arp_op=1,arp_spa=1.2.3.4,arp_sha=00:00:00:00:00:33
            in_port=1,dl_dst=00:00:00:00:00:0a,icmp6,icmpv6_type=135,nd_target=fe80::2,nd_sll=00:00:00:00:00:09
            in_port=1,dl_dst=00:00:00:00:00:0b,tcp6,ipv6_src=fd00::1:2:3,ipv6_dst=fd00::9
            in_port=1,dl_dst=00:00:00:00:00:0c,tcp,metadata=0x99
            in_port=1,dl_dst=00:00:00:00:00:0d,icmp,icmp_type=8
            in_port=1,dl_dst=00:00:00:00:00:0e,tcp,nw_src=1.2.3.4
            in_port=1,dl_dst=00:00:00:00:00:0f,dl_vlan=5,dl_vlan_pcp=6
            in_port=1,dl_dst=00:00:00:00:00:10,tcp,nw_ttl=5,nw_tos=4 # words
            in_port=1,dl_dst=00:00:00:00:00:10,tcp,nw_ttl=5,nw_tos=4,dl_vlan=9 # words
            in_port=1,dl_dst=00:00:00:00:00:11,tcp,tcp_flags=0x12
            in_port=1,dl_dst=00:00:00:00:00:12,tcp
            in_port=1,dl_dst=00:00:00:00:00:13,tcp
            in_port=1,dl_dst=00:00:00:00:00:13,tcp,dl_vlan=5
            in_port=1,dl_dst=00:00:00:00:00:14,ip,nw_proto=99,nw_ttl=2
            in_port=1,dl_dst=00:00:00:00:00:14,ip,nw_proto=99,nw_ttl=3
            """)

    static let nesting = Pipeline(
        name: "lists within lists", version: "OpenFlow15",
        meters: """
            meter=1,kbps,band=type=drop,rate=100
            meter=2,pktps,band=type=drop,rate=100
            """,
        groups: """
            group_id=1,type=all,bucket=output:3,bucket=set_field:00:00:00:00:00:09->eth_dst,output:2
            """,
        flows: """
            table=0,priority=1,dl_dst=00:00:00:00:00:01,tcp actions=clone(clone(set_field:1.1.1.1->ip_src,output:2),set_field:2.2.2.2->ip_dst,output:3,clone(exit,output:2),output:2),output:3
            table=0,priority=2,dl_dst=00:00:00:00:00:02,tcp actions=meter:1,clone(output:2),resubmit(,1),output:3
            table=0,priority=3,dl_dst=00:00:00:00:00:03,tcp actions=write_actions(group:1,output:2,set_field:5->nw_ttl,push_vlan:0x8100,set_field:4100->vlan_vid,push_mpls:0x8847,dec_ttl,set_queue:5)
            table=0,priority=4,dl_dst=00:00:00:00:00:04,tcp actions=write_actions(output:2,set_field:5->nw_ttl,push_vlan:0x8100,set_field:4100->vlan_vid,set_queue:5),goto_table:2
            table=0,priority=5,dl_dst=00:00:00:00:00:05,tcp actions=resubmit(,5),output:2
            table=0,priority=6,dl_dst=00:00:00:00:00:06,tcp actions=output(port=2,max_len=64),output(port=10,max_len=70),output(port=LOCAL,max_len=90),output(port=3,max_len=100),output:3
            table=0,priority=7,dl_dst=00:00:00:00:00:07,tcp actions=output:LOCAL,in_port,output:IN_PORT,output:NXM_OF_IN_PORT[]
            table=0,priority=8,dl_dst=00:00:00:00:00:08,tcp actions=set_queue:1,set_queue:2,output:2,pop_queue,output:3,set_queue:2,clone(set_queue:9,output:2),output:2
            table=0,priority=9,dl_dst=00:00:00:00:00:09,tcp actions=group:1,set_field:00:00:00:00:00:55->eth_src,group:1
            table=0,priority=10,dl_dst=00:00:00:00:00:0a,tcp actions=write_actions(dec_ttl,output:2),write_metadata:5,goto_table:3
            table=0,priority=11,dl_dst=00:00:00:00:00:0b,mpls actions=write_actions(pop_mpls:0x0800,output:2)
            table=0,priority=12,dl_dst=00:00:00:00:00:0c actions=write_actions(pop_vlan,output:2)
            table=0,priority=13,dl_dst=00:00:00:00:00:0d,tcp actions=clone(push_vlan:0x8100,output:10),clone(output:10),output:2
            table=0,priority=14,dl_dst=00:00:00:00:00:0e,tcp actions=resubmit(LOCAL,4),resubmit(3,4),resubmit(in_port,4)
            table=0,priority=15,dl_dst=00:00:00:00:00:0f,tcp actions=sample(probability=1000,collector_set_id=1,obs_domain_id=2,obs_point_id=3),clone(sample(probability=65535,collector_set_id=1),output:2)
            table=1 actions=meter:2,output:2,exit
            table=2 actions=clear_actions,write_actions(output:3),goto_table:3
            table=3,metadata=5 actions=write_actions(output:3)
            table=3,priority=1 actions=write_actions(output:1)
            table=4,in_port=LOCAL actions=output:2
            table=4,in_port=3 actions=output:3,in_port
            table=4,in_port=1 actions=in_port
            table=5 actions=resubmit(,6),output:3
            table=6 actions=clone(exit),resubmit(,7),output:1
            table=7 actions=output:LOCAL,exit
            br1 actions=output:1,in_port
            """,
        packets: """
            in_port=1,dl_dst=00:00:00:00:00:01,tcp
            in_port=1,dl_dst=00:00:00:00:00:02,tcp
            in_port=1,dl_dst=00:00:00:00:00:03,tcp,nw_ttl=7
            in_port=1,dl_dst=00:00:00:00:00:04,tcp,nw_ttl=7
            in_port=1,dl_dst=00:00:00:00:00:05,tcp
            in_port=1,dl_dst=00:00:00:00:00:06,tcp
            in_port=1,dl_dst=00:00:00:00:00:07,tcp
            in_port=1,dl_dst=00:00:00:00:00:08,tcp
            in_port=1,dl_dst=00:00:00:00:00:09,tcp
            in_port=1,dl_dst=00:00:00:00:00:0a,tcp,nw_ttl=5
            in_port=1,dl_dst=00:00:00:00:00:0a,tcp,nw_ttl=1
            in_port=1,dl_dst=00:00:00:00:00:0b,mpls,mpls_bos=1,mpls_ttl=4
            in_port=1,dl_dst=00:00:00:00:00:0c,tcp,dl_vlan=5
            in_port=1,dl_dst=00:00:00:00:00:0c,tcp
            in_port=1,dl_dst=00:00:00:00:00:0d,tcp
            in_port=1,dl_dst=00:00:00:00:00:0e,tcp
            in_port=1,dl_dst=00:00:00:00:00:0f,tcp # sample
            in_port=LOCAL,dl_dst=00:00:00:00:00:07,tcp
            in_port=LOCAL,dl_dst=00:00:00:00:00:06,tcp
            in_port=CONTROLLER,dl_dst=00:00:00:00:00:07,tcp
            in_port=0,dl_dst=00:00:00:00:00:07,tcp
            packet-out resubmit(,0) in_port=controller,dl_dst=00:00:00:00:00:05,tcp
            packet-out resubmit(,0) in_port=none,dl_dst=00:00:00:00:00:06,tcp
            packet-out output:table in_port=1,dl_dst=00:00:00:00:00:05,tcp
            packet-out table,output:2 in_port=3,dl_dst=00:00:00:00:00:05,tcp
            """)

    static let serviceHeader = Pipeline(
        name: "NSH", version: "OpenFlow15",
        flows: """
            table=0,priority=1,dl_dst=00:00:00:00:00:01,dl_type=0x894f actions=set_field:1->nsh_flags,set_field:9->nsh_ttl,set_field:0x55->nsh_spi,set_field:4->nsh_si,set_field:1->nsh_c1,set_field:2->nsh_c2,set_field:3->nsh_c3,set_field:4->nsh_c4,output:2
            table=0,priority=2,dl_dst=00:00:00:00:00:02,dl_type=0x894f actions=dec_nsh_ttl,output:2,dec_nsh_ttl,output:3
            table=0,priority=3,dl_dst=00:00:00:00:00:03,dl_type=0x894f actions=move:NXOXM_NSH_C1[]->NXM_NX_REG0[],move:NXOXM_NSH_SPI[]->NXM_NX_REG1[0..23],load:7->NXOXM_NSH_C4[0..7],move:NXOXM_NSH_SI[]->NXM_NX_REG2[0..7],output:2
            table=0,priority=4,dl_dst=00:00:00:00:00:04,dl_type=0x894f,nsh_mdtype=1,nsh_si=5 actions=resubmit(,1)
            table=1,dl_type=0x894f,nsh_c1=8 actions=output:2
            table=1,dl_type=0x894f,nsh_spi=0x5,priority=5 actions=output:3
            """,
        packets: """
            in_port=1,dl_dst=00:00:00:00:00:01,dl_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_ttl=5,nsh_c1=8 # serviceHeader
            in_port=1,dl_dst=00:00:00:00:00:02,dl_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_ttl=5,nsh_c1=8
            in_port=1,dl_dst=00:00:00:00:00:02,dl_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_ttl=1,nsh_c1=8
            in_port=1,dl_dst=00:00:00:00:00:02,dl_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_ttl=0,nsh_c1=8
            in_port=1,dl_dst=00:00:00:00:00:02,dl_type=0x894f,nsh_mdtype=2,nsh_np=3,nsh_ttl=2 # serviceHeader
            in_port=1,dl_dst=00:00:00:00:00:03,dl_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_ttl=5,nsh_c1=8 # serviceHeader
            in_port=1,dl_dst=00:00:00:00:00:04,dl_type=0x894f,nsh_mdtype=1,nsh_si=5,nsh_c1=8 # serviceHeader
            in_port=1,dl_dst=00:00:00:00:00:04,dl_type=0x894f,nsh_mdtype=1,nsh_si=5,nsh_c1=7,nsh_spi=5
            """)

    static let openFlow10 = Pipeline(
        name: "OpenFlow 1.0", version: "OpenFlow10",
        flows: """
            table=0,priority=1,dl_dst=00:00:00:00:00:01 actions=mod_vlan_vid:5,output:2,mod_vlan_pcp:3,output:3,strip_vlan,output:2
            table=0,priority=2,dl_dst=00:00:00:00:00:02 actions=strip_vlan,mod_vlan_pcp:3,enqueue:2:7,enqueue(3,8),output:LOCAL
            table=0,priority=3,dl_dst=00:00:00:00:00:03,tcp actions=mod_nw_src:1.2.3.4,mod_tp_dst:9,output:in_port,enqueue:1:5,output:2
            table=0,priority=4,dl_dst=00:00:00:00:00:04 actions=strip_vlan,strip_vlan,output:2
            table=0,priority=6,dl_dst=00:00:00:00:00:06 actions=resubmit:3,resubmit(2,7),output:2
            table=0,priority=7,dl_dst=00:00:00:00:00:07,ip actions=mod_nw_tos:4,set_tunnel:5,set_tunnel64:0x100000000,output:2
            table=0,priority=8,arp actions=fin_timeout(hard_timeout=6,idle_timeout=3),output:2
            table=0,priority=9,udp actions=fin_timeout(idle_timeout=5),output:2
            table=0,priority=100,in_port=3 actions=output:1
            table=7,in_port=2 actions=mod_vlan_vid:9,output:3
            """,
        packets: """
            in_port=1,dl_dst=00:00:00:00:00:01,tcp # words
            in_port=1,dl_dst=00:00:00:00:00:01,tcp,dl_vlan=4,dl_vlan_pcp=1 # words
            in_port=1,dl_dst=00:00:00:00:00:02,tcp # words
            in_port=1,dl_dst=00:00:00:00:00:02,tcp,dl_vlan=4,dl_vlan_pcp=1 # words
            in_port=1,dl_dst=00:00:00:00:00:03,tcp # words
            in_port=1,dl_dst=00:00:00:00:00:04,tcp,dl_vlan=3 # words
            in_port=1,dl_dst=00:00:00:00:00:04,tcp # words
            in_port=1,dl_dst=00:00:00:00:00:06,tcp
            in_port=1,dl_dst=00:00:00:00:00:07,ip,nw_proto=99 # words
            in_port=1,dl_dst=00:00:00:00:00:08,arp
            in_port=1,dl_dst=00:00:00:00:00:08,udp
            """)
}
