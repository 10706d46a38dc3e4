// Flows that ovs-ofctl and this module are asked about alike. Some are right and some are wrong.

/// Both sides agree in OpenFlow 1.0's form and in OpenFlow 1.5's.
let agreedFlows = lines(#"""
    table=0,priority=10,tcp,nw_src=10.0.0.0/8,tp_dst=80,actions=mod_vlan_vid:5,output:2
    actions=load:0x5->NXM_NX_REG0[],load:5->reg0[3],move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],move:reg0[0..15]->reg1[16..31]
    actions=set_field:1.2.3.4->ip_src
    tp_dst=80 actions=drop
    tun_metadata0=0x1234,tun_metadata63,tun_metadata9=0x2/0xf,tun_metadata8=0,tun_metadata7=0/0xff00,tun_gbp_id=3,tun_gbp_flags=5,tun_gtpu_flags=4,metadata=7 actions=drop
    tun_metadata0=0x12/0xff,tun_metadata1=0x12/0xffffff,tun_metadata2=0x12345/0xff0,tun_metadata3=*,tun_metadata4=5/0 actions=drop
    tun_metadata5=12,tun_metadata6=017 actions=drop
    tun_metadata0=0x00000000000000000000000000000001,tun_metadata1=0x123456789abcdef0123456789abcdef0123456789abcdef actions=drop
    tun_metadata0=1,tun_metadata0=2 actions=drop
    tun_metadata64=1 actions=drop
    tun_metadata0=zz actions=drop
    tun_metadata0=1/zz actions=drop
    actions=set_field:0x1234->tun_metadata0,set_field:0->tun_metadata1,set_field:0x12/0xff->tun_metadata2,set_field:0x123456789012345678901234567890abcdef->tun_metadata3
    actions=load:0x1234->tun_metadata0,load:5->tun_metadata1[],load:5->NXM_NX_TUN_METADATA1[0..31],load:0x12->tun_metadata2[800..831],load:1->tun_metadata3[991]
    actions=load:0x123456789012345678901234567890abcdef12->tun_metadata3[3..300],load:0->tun_metadata4[7..20]
    actions=load:0x100->tun_metadata0[0..7]
    actions=load:1->tun_metadata0[992]
    actions=move:tun_metadata0[]->tun_metadata1[],move:tun_metadata0[0..300]->tun_metadata1[100..400],move:reg0[0..15]->tun_metadata0[8..23]
    actions=push:tun_metadata0[],pop:tun_metadata1[0..31],output:tun_metadata0[0..15],check_pkt_larger(100)->tun_metadata0[3],delete_field:tun_metadata0
    actions=multipath(eth_src,50,modulo_n,1,0,tun_metadata0[0..15]),bundle_load(eth_src,0,hrw,ofport,tun_metadata0[0..15],members:1,2)
    actions=learn(table=1,tun_metadata0[0..31]=reg0[],load:tun_metadata0[0..15]->tun_metadata2[0..15],output:tun_metadata3[0..15])
    actions=learn(table=1,tun_metadata0[0..31]=0x5,tun_metadata1=0x123456,load:5->tun_metadata0[],tun_metadata4[])
    actions=delete_field:reg0
    in_port=LOCAL,dl_vlan=5 actions=
    in_port=p1 actions=p1
    vlan_vid=0x1005/0x1fff actions=5
    vlan_tci=0x1005/0x1fff actions=output:5
    vlan_tci=0x1000/0x1000 actions=output:reg0[0..15],output(port=3,max_len=100)
    dl_vlan_pcp=4 actions=resubmit:5,resubmit(,3),resubmit(4,),resubmit(,3,ct),resubmit:4,goto_table:3
    table=1 actions=goto_table:3,write_metadata:5,clear_actions,apply_actions(2)
    actions=write_actions(output:5,group:3),meter:3
    ct_state=+trk+new-est,ct_zone=5,ct_mark=3/7,ct_label=5 actions=ct(commit,zone=5)
    tcp,tcp_flags=+syn-ack actions=1
    tcp,tcp_flags=0x12/0x12 actions=1
    icmp6,icmp_type=135,nd_target=::1,nd_sll=11:22:33:44:55:66 actions=1
    tun_id=5/7,tun_src=1.2.3.4,tun_flags=oam,reg3=5/0xff,xreg1=7,xxreg1=3,metadata=5/0xf,pkt_mark=3,skb_priority=5 actions=2
    ip_frag=yes,ip actions=2
    ip,nw_frag=not_later,nw_tos=4,nw_ttl=5,nw_ecn=1 actions=2
    arp,arp_op=1,arp_spa=1.2.3.4,arp_sha=00:11:22:33:44:55 actions=2
    nsh,nsh_flags=3,nsh_spi=5,nsi=3,nsh_c1=5/7 actions=dec_nsh_ttl,encap(nsh(md_type=1)),decap()
    cookie=5/7,actions=2
    priority=0 actions=2
    priority=70000 actions=2
    foo=1 actions=2
    nw_src=1.2.3.4 actions=2
    ipv6,ipv6_src=::1/64,ipv6_label=5/7 actions=2
    tcp6 actions=2
    priority=7,pkt_mark=5,recirc_id=3,dp_hash=7,conj_id=9,skb_priority=3,actset_output=3,ct_state=+trk,ct_zone=5,ct_mark=5/7,ct_label=5,in_port=3,metadata=6,reg3=6,tun_id=3,tun_src=1.2.3.4,tun_dst=1.2.3.5,tun_flags=+oam,tun_ttl=3,tun_tos=4,tun_gbp_id=4,tun_gbp_flags=3,dl_vlan=3,dl_src=1:2:3:4:5:6,dl_dst=1:2:3:4:5:7,tcp,nw_src=1.2.3.4,nw_dst=2.3.4.5,nw_tos=8,nw_ecn=1,nw_ttl=3,nw_frag=no,tp_src=3,tp_dst=4,tcp_flags=syn actions=1
    conj_id=9,reg1=3,reg0=5,tcp,xreg7=3,in_port=3,tun_src=1.2.3.4,metadata=5,tun_id=4,tun_flags=oam,pkt_mark=3,dl_src=1:2:3:4:5:6 actions=1
    packet_type=(1,0x800),ip_src=1.2.3.4 actions=1
    packet_type=(0,0) actions=1
    ip,ct_state=+trk+new-est,ct_zone=5,ct_mark=3/7,ct_label=5/7,ct_nw_src=1.2.3.4,ct_nw_dst=1.2.3.0/24,ct_nw_proto=6,ct_tp_src=5,ct_tp_dst=6/7 actions=1
    ipv6,ct_state=+trk,ct_ipv6_src=::1,ct_ipv6_dst=::/8,ct_nw_proto=6,ct_tp_src=5,ct_tp_dst=6/7 actions=1
    ct_state=trk|new actions=1
    ct_state=0x21/0x21 actions=1
    ct_state=0x21 actions=1
    ct_state=0 actions=1
    ct_zone=0x5/0x7 actions=1
    vlan_tci=0x1234 actions=1
    vlan_tci=0x1000/0x1fff actions=1
    vlan_tci=0x5/0xf actions=1
    vlan_tci=0x0/0x1000 actions=1
    vlan_vid=0 actions=1
    vlan_vid=5 actions=1
    vlan_vid=4101 actions=1
    vlan_vid=4096/4096 actions=1
    vlan_pcp=3 actions=1
    dl_vlan=5,vlan_pcp=3 actions=1
    dl_vlan_pcp=3 actions=1
    dl_vlan=5 actions=1
    dl_vlan=0x5/0xf actions=1
    vlan_tci1=0x1005 actions=1
    dl_vlan=4096 actions=1
    dl_vlan=65535,dl_vlan_pcp=3 actions=1
    dl_type=0x800,nw_proto=6 actions=1
    dl_type=0x1234 actions=1
    dl_type=0x806,nw_proto=1 actions=1
    arp,arp_op=2 actions=1
    arp,arp_op=256 actions=1
    rarp,arp_spa=1.2.3.4,arp_tha=1:2:3:4:5:6/ff:ff:ff:00:00:00 actions=1
    mplsm,mpls_label=3 actions=1
    mpls_label=3 actions=1
    ip,nw_proto=99 actions=1
    ip,nw_proto=1,icmp_type=3 actions=1
    icmp,icmp_type=3,icmp_code=4 actions=1
    icmp,tp_src=3,tp_dst=4 actions=1
    icmp6,icmp_type=3,icmpv6_code=4 actions=1
    icmp6,icmp_type=136,icmp_code=0,nd_target=::1/64,nd_tll=1:2:3:4:5:6,nd_options_type=2,nd_reserved=5 actions=1
    icmp6,icmp_type=135,nd_tll=1:2:3:4:5:6 actions=1
    icmp6,nd_target=::1 actions=1
    igmp actions=1
    ip,nw_proto=2 actions=1
    igmp,tp_src=5 actions=1
    sctp,tp_src=5/0xff,tp_dst=0x50 actions=1
    sctp6,sctp_src=5 actions=1
    udp6,udp_src=5/0xfff0 actions=1
    udp,tcp_src=5 actions=1
    tcp_src=5 actions=1
    tcp,tcp_flags=0 actions=1
    tcp,tcp_flags=0x0/0x0 actions=1
    tcp,tcp_flags=+syn+ack-fin actions=1
    tcp,tcp_flags=syn|ack actions=1
    tcp,tcp_flags=0x012 actions=1
    tcp,tcp_flags=+foo actions=1
    tcp,tcp_flags=0xfff actions=1
    tcp,tcp_flags=0x1000 actions=1
    ip,nw_src=10.0.0.0/255.0.0.0,nw_dst=10.0.0.1/255.0.255.0 actions=1
    ip,nw_src=10.1.2.3/8 actions=1
    ip,nw_src=10.1.2.3/0 actions=1
    ip,nw_src=10.1.2.3/33 actions=1
    ip,nw_src=10.1.2 actions=1
    ip,nw_src=* actions=1
    ip,nw_src=ANY actions=1
    dl_src=1:2:3:4:5:6/1:0:0:0:0:0 actions=1
    dl_dst=ff:ff:ff:ff:ff:ff,eth_src=00:00:00:00:00:00/01:00:00:00:00:00 actions=1
    reg0=0x5/0xff,reg15=4294967295,reg16=3 actions=1
    xreg0=0x500000000/0xff00000000 actions=1
    xxreg0=0x1 actions=1
    xxreg1=0x0000000000000000000000000000000f/0xff,reg0=1 actions=1
    metadata=0x5/0xff,tun_id=0x7/0xf0 actions=1
    metadata=18446744073709551615 actions=1
    metadata=18446744073709551616 actions=1
    reg0=-1 actions=1
    reg0=4294967296 actions=1
    reg0=5/0 actions=1
    reg0=0x05 actions=1
    reg0=010 actions=1
    reg0=5z actions=1
    reg0= actions=1
    reg0 actions=1
    in_port=4294967294 actions=1
    in_port=controller actions=1
    in_port=any actions=1
    in_port=65280 actions=1
    in_port=65279 actions=1
    in_port=0xfff0 actions=1
    in_port=in_port actions=1
    in_port=unset actions=1
    in_port=5/7 actions=1
    ip,nw_tos=5 actions=1
    ip,ip_dscp=5 actions=1
    ip,ip_dscp=64 actions=1
    ip,nw_ecn=4 actions=1
    ip,nw_tos=4/4 actions=1
    ip,nw_ttl=256 actions=1
    ipv6,nw_tos=4,nw_proto=58 actions=1
    ip,ip_frag=later actions=1
    ip,ip_frag=first actions=1
    ip,ip_frag=0x1/0x1 actions=1
    ip,ip_frag=foo actions=1
    ipv6,ipv6_src=fe80::1/ffff:: actions=1
    ipv6,ipv6_src=::ffff:1.2.3.4 actions=1
    ipv6,ipv6_src=1::2::3 actions=1
    ipv6,ipv6_label=0x100000 actions=1
    nsh,nsh_flags=2,nsh_ttl=3,nsh_mdtype=1,nsh_np=3,nsh_spi=5,nsh_si=3,nsh_c1=5/7,nsh_c2=3,nsh_c3=3,nsh_c4=3 actions=1
    dl_type=0x894f,nsh_spi=0x123456,nsh_mdtype=1,nsh_c1=5/7,nsh_flags=1/1,nsh_np=3,nsh_ttl=63 actions=1
    tun_flags=-oam actions=1
    tun_flags=df actions=1
    tun_flags=0/1 actions=1
    tun_flags=1 actions=1
    tun_flags=0 actions=1
    mpls,mpls_label=5,mpls_tc=3,mpls_ttl=5,mpls_bos=1 actions=1
    mpls,mpls_label=1048576 actions=1
    nw_proto=6 actions=1
    tcp,udp actions=1
    arp,ip actions=1
    priority=5,priority=6 actions=1
    actset_output=LOCAL actions=1
    eth,ip actions=1
    dl_src=1:2:3 actions=1
    dl_type=0x5ff actions=1
    eth_type=2048 actions=1
    ip,nw_src=1.2.3.4,nw_src=2.2.2.2 actions=1
    ip4 actions=1
    tcp4 actions=1
    icmp4 actions=1
    ipv4 actions=1
    ip6 actions=1
    udp4 actions=1
    sctp4 actions=1
    icmpv6 actions=1
    igmp=3 actions=1
    ip
    ip action=1
    ip,actions
    actions=1,actions=2
    ip,foo
    table=255 actions=1
    table=256 actions=1
    table=x actions=1
    table= actions=1
    cookie=0x5,actions=1
    cookie=0x5/0xff,actions=1
    cookie=z,actions=1
    idle_timeout=65536,actions=1
    idle_timeout=5,hard_timeout=6,actions=1
    send_flow_rem,actions=1
    duration=5s,n_packets=3,n_bytes=4,idle_age=4,hard_age=4,actions=1
    out_port=3,actions=1
    check_overlap,priority=0x10,actions=1
     , ip , ,  nw_src=1.2.3.4,,  actions= 1 , 2,,3
    ip nw_src=1.2.3.4 actions=1 2 3
    tcp:nw_src:1.2.3.4 actions=1
    nw_src(1.2.3.4),ip actions=1
    priority=-1,actions=1
    dl_type=0x800/0xffff actions=1
    nw_proto=300,ip actions=1
    tcp,tp_dst=0x50/0xfff0 actions=1
    tcp,tp_dst=65536 actions=1
    udp,tcp_flags=syn actions=1
    tcp6,tcp_flags=syn actions=1
    ip,tcp_flags=syn actions=1
    arp,nw_src=1.2.3.4,nw_dst=3.4.5.6 actions=1
    arp,nw_tos=4,nw_ttl=4,tp_src=4 actions=1
    ipv6,nw_src=1.2.3.4 actions=1
    ip,ipv6_src=::1 actions=1
    arp_spa=1.2.3.4 actions=1
    arp_sha=1:2:3:4:5:6,ip actions=1
    ip,mpls_label=4 actions=1
    nsh_c1=4,ip actions=1
    ip,nd_target=::1 actions=1
    ct_nw_src=1.2.3.4,ip actions=1
    ct_nw_src=1.2.3.4,ct_state=+trk actions=1
    ct_nw_src=1.2.3.4,ct_state=+trk,ip actions=1
    ct_nw_proto=6,ct_tp_src=4,ct_state=+trk,ip actions=1
    icmp6,icmp_code=3,icmp_type=135,nd_sll=1:2:3:4:5:6 actions=1
    icmp6,icmp_type=135 actions=set_field:::1->nd_target
    icmp6,icmp_type=135,icmp_code=0 actions=set_field:::1->nd_target,set_field:1:2:3:4:5:6->nd_sll,set_field:5->nd_options_type,set_field:5->nd_reserved
    packet_type=(1,0x86dd),ipv6_src=::1,dl_src=1:2:3:4:5:6 actions=1
    packet_type=(1,0x800),nw_proto=6,tp_src=4 actions=1
    packet_type=(2,0x800) actions=1
    packet_type=1 actions=1
    packet_type=(1,0x800),dl_vlan=3 actions=1
    packet_type=(1,0x800),dl_type=0x800 actions=1
    packet_type=(0,0),ip actions=1
    tun_ttl=5,tun_tos=4,tun_id=1 actions=1
    tun_gbp_id=5 actions=1
    tun_gbp_id=0x5,tun_gbp_flags=0x8 actions=1
    tun_erspan_ver=2,tun_erspan_dir=1,tun_erspan_hwid=0x3f actions=1
    tun_src=1.2.3.4/255.255.0.0 actions=1
    tun_src=0.0.0.0 actions=1
    tun_src=0.0.0.0/0 actions=1
    recirc_id=3,dp_hash=4/7 actions=1
    skb_priority=4 actions=1
    ct_label=0x123456789abcdef0123456789abcdef0 actions=1
    ct_label=0x5/0x00000000000000ff0000000000000000 actions=1
    ct_label=0xffffffffffffffffffffffffffffffffff actions=1
    ct_mark=0xffffffff,ct_zone=0xffff,ct_state=+rel+rpl+inv+snat+dnat actions=1
    ct_state=0xff actions=1
    ct_state=0x100 actions=1
    ct_state=+foo actions=1
    ct_state=+new+new actions=1
    ct_state=+new-new actions=1
    ct_state=new|foo actions=1
    ct_state= actions=1
    pkt_mark=0x5/0xf0 actions=1
    reg0=0x5/ff actions=1
    metadata=0xffffffffffffffff/0 actions=1
    dl_vlan=* actions=1
    dl_vlan=any actions=1
    vlan_tci=0x1000,dl_vlan=3 actions=1
    vlan_tci=0x1005/0x1005 actions=1
    vlan_tci=0xf000/0xf000 actions=1
    vlan_tci=0x7003 actions=1
    vlan_tci=0x7003/0xf003 actions=1
    vlan_tci=0x7003/0x1fff actions=1
    vlan_tci=0x0003/0x0fff actions=1
    vlan_vid=0x1003/0x1003 actions=1
    vlan_vid=0x0000/0x1fff actions=1
    vlan_pcp=0 actions=1
    vlan_tci=0x1000/0xf000 actions=1
    tcp,tcp_flags=0x12/0xff actions=1
    tcp,tcp_flags=+[800]-syn actions=1
    tcp,tcp_flags=-syn-ack actions=1
    tcp,tcp_flags= actions=1
    ip,nw_frag=no actions=1
    ip,nw_frag=2 actions=1
    ip,nw_frag=3/3 actions=1
    ip,nw_tos=0xff actions=1
    ip,nw_ecn=3,ip_dscp=4 actions=1
    ipv6,ipv6_label=0xfffff actions=1
    ipv6,ipv6_dst=2001:DB8::1:0:0:1 actions=1
    ipv6,ipv6_dst=1:0:0:0:0:0:0:8/ffff::ffff actions=1
    ipv6,ipv6_dst=::1.2.3.4/127 actions=1
    ipv6,ipv6_dst=1::/129 actions=1
    ipv6,ipv6_dst=1:2:3 actions=1
    dl_src=1-2-3-4-5-6 actions=1
    dl_src=aa:bb:cc:dd:ee:ff/ff:ff:ff:ff:ff:ff actions=1
    dl_src=aa:bb:cc:dd:ee:ff/24 actions=1
    nw_src=1.2.3.4/255.255.255.255,ip actions=1
    nw_src=01.2.3.4,ip actions=1
    nw_src=1.2.3.4x,ip actions=1
    ip,nw_src=localhost actions=1
    mpls,mpls_bos=2 actions=1
    mpls,mpls_tc=8 actions=1
    dl_type=0x894f,nsh_ttl=64 actions=1
    dl_type=0x894f,nsh_flags=4 actions=1
    conj_id=5,in_port=4,reg4=0 actions=1
    actions=mod_nw_ttl:4
    actions=mod_nw_ecn:1
    actions=push_vlan:0x8100,dec_ttl
    actions=push_vlan:0x8100,push_vlan:0x88a8,push_vlan:0x8100
    actions=mod_vlan_vid:5,set_vlan_vid:6
    dl_vlan=5 actions=set_vlan_vid:5,set_vlan_pcp:3
    actions=push_mpls:0x8847,set_field:5->mpls_label
    actions=push_mpls:0x1234
    mpls actions=pop_mpls:0x800,dec_ttl
    mpls actions=set_mpls_label(1048576)
    mpls actions=set_mpls_tc(8)
    mpls actions=set_mpls_ttl(256)
    actions=set_field:5->ip_dscp
    ip actions=set_field:64->ip_dscp
    ip actions=set_field:5->nw_tos
    ip actions=set_field:4->nw_ecn
    actions=load:5->reg0[0..3]
    actions=load:0x5->reg0[0..40]
    actions=load:0x5->reg0[4..2]
    actions=load:0x5->reg0[-1]
    actions=load:0x5->reg0[3
    actions=load:5->foo
    actions=load:5
    actions=load:z->reg0
    actions=load:5->xxreg0[]
    actions=load:5->nw_proto[]
    actions=move:reg0->reg1
    actions=move:reg0[0..5]->reg1[0..4]
    actions=move:reg0->eth_src
    actions=move:reg0[0..15]->eth_src[0..15],move:eth_type->reg0[0..15]
    actions=move:nw_src->reg0
    ip actions=move:nw_src->reg0,move:nw_proto->reg0[0..7]
    ip actions=move:reg0[0..7]->nw_proto
    actions=move:reg0
    actions=set_field:5->reg0[0..3]
    actions=set_field:5
    actions=set_field:1.2.3.4->tun_src,set_field:::1->tun_ipv6_dst,set_field:1.2.0.0/16->tun_dst
    actions=set_field:oam->tun_flags
    actions=set_field:0x10/0xf0->tun_id
    actions=set_field:5/7->tun_gbp_id,set_field:4->tun_gbp_flags,set_field:3->tun_erspan_idx
    actions=set_field:1->pkt_mark,set_field:1->skb_priority
    actions=set_field:1->pkt_mark
    actions=set_field:1->ct_mark
    actions=set_field:LOCAL->in_port,set_field:3->in_port
    actions=set_field:3->actset_output
    actions=set_field:0x800->eth_type
    actions=load:0x1003->vlan_tci[],load:3->vlan_tci[13..15],load:5->vlan_tci[0..11]
    dl_vlan=3 actions=load:5->vlan_vid[0..11],load:0x1005->vlan_vid[],load:5->dl_vlan
    udp actions=mod_tp_dst:3,set_field:3->udp_dst,set_field:1->tcp_dst
    udp actions=set_field:3->udp_dst
    udp actions=mod_tp_dst:65536
    tcp6 actions=mod_tp_dst:3
    arp actions=set_field:1.2.3.4->nw_src
    ip actions=mod_nw_src:1.2.3.4/24
    ip actions=mod_nw_src:x
    actions=mod_dl_src:x
    actions=mod_nw_tos:x
    ip actions=mod_nw_ecn:4
    ip actions=mod_nw_ttl:256
    actions=group:5
    actions=group:0xffffffff
    actions=group:0xfffffeff
    actions=group:0xffffff00
    actions=meter:0xffff0001
    actions=1,meter:1
    actions=meter:1,meter:2
    actions=set_tunnel:5,set_tunnel64:0x500000000,set_tunnel:0x100000000
    actions=set_queue:5,set_queue:0x5,set_queue:z
    actions=enqueue:3:4,enqueue(3,4),enqueue:LOCAL:0x3,enqueue:3,4
    actions=enqueue:FLOOD:4
    actions=output(port=3,max_len=100),output(port=3,max_len=13),1
    actions=output(port=3,max_len=14),output(port=local,max_len=65535)
    actions=output(port=controller,max_len=100)
    actions=output(port=FLOOD,max_len=100)
    actions=output(port=3)
    actions=output(max_len=100)
    actions=output(port=3,max_len=100,x=1)
    actions=output:IN_PORT,output:TABLE,output:normal
    actions=output:reg0,output:reg1[3],output:xreg0[0..31],output:tun_id[]
    actions=output:foo
    actions=output
    actions=output:
    actions=output(3)
    actions=output:eth_src
    actions=controller,controller:5,controller(),controller(max_len=5),controller(reason=action),controller(id=0xffff),controller(userdata=)
    actions=controller(userdata=0102.3)
    actions=controller(userdata=01.2.03)
    actions=controller(reason=invalid_ttl,userdata=0a0b)
    actions=controller(max_len=70000)
    actions=controller:70000
    actions=controller(foo=1)
    actions=resubmit(),resubmit(1)
    actions=resubmit(,),resubmit(1,255)
    actions=resubmit:in_port
    actions=resubmit(LOCAL,3),resubmit:CONTROLLER,resubmit(ANY,4)
    actions=resubmit(p,3)
    actions=resubmit(1,256)
    actions=resubmit(1,2,3)
    actions=resubmit:
    table=3 actions=goto_table:3
    table=3 actions=goto_table:2
    table=3 actions=goto_table:4,1
    actions=write_metadata:5
    actions=write_metadata:0x5/0xff
    actions=write_metadata:0x5/0
    actions=write_metadata:
    actions=write_metadata:5,1
    actions=clear_actions,1
    actions=write_actions(2),clear_actions
    actions=write_actions(output:5),output:6
    actions=clone(1),clone(set_field:1->reg0,2),clone(meter:1)
    actions=clone(drop)
    actions=clone(goto_table:3)
    actions=clone
    actions=sample(probability=65535,collector_set_id=1)
    actions=sample(probability=65536)
    actions=sample(probability=1,obs_domain_id=0xffffffff,obs_point_id=5)
    actions=sample(probability=1,obs_point_id=xx)
    actions=sample(probability=1,foo=xx)
    actions=sample
    actions=note:01.02,note:0102,note:1,note
    actions=note:010
    actions=note:
    actions=note:01.02.03.04.05.06,note:01.02.03.04.05.06.07
    actions=exit
    actions=exit:3
    actions=drop
    actions=drop,drop
    dl_vlan=3 actions=pop_queue,pop_vlan
    actions=flood:5
    actions=NORMAL:3
    actions=LOCAL(3)
    ip actions=dec_ttl(0)
    ip actions=dec_ttl()
    ip actions=dec_ttl(1,2,70000)
    ip actions=dec_ttl:3
    ip actions=dec_ttl(x)
    actions=all,ALL,All,any
    actions=65279
    actions=65280
    actions=65535
    actions=0
    actions=-1
    actions=5:3
    actions=5(3)
    actions=0x5
    actions=1, 2
    actions=1;2
    actions=move:eth_src[]->eth_dst[],1
    actions=move:NXM_NX_REG0[0..31]->NXM_OF_ETH_SRC[0..31],load:0->NXM_OF_VLAN_TCI[12]
    ip,ct_state=+new,ct_nw_src=1.2.3.4 actions=1
    ct_state=+new,ct_nw_src=1.2.3.4 actions=1
    ipv6 actions=set_field:0x5/0xff->ipv6_label,set_field:::/64->ipv6_src,set_field:::1/::f->ipv6_dst
    dl_type=0x894f actions=set_field:5->nsh_spi,set_field:5->nsh_si,set_field:1/3->nsh_flags,set_field:5/7->nsh_c1,move:nsh_spi->reg0[0..23],move:nsh_si->reg0[0..7],load:5->nsh_ttl
    actions=load:5->vlan_tci[],load:0->xxreg0[3..99]
    dl_vlan=3 actions=mod_vlan_vid:4,strip_vlan,mod_vlan_pcp:3,mod_vlan_vid:7
    ip actions=dec_ttl,dec_ttl(1,2),mod_nw_tos:4
    ip actions=dec_ttl,dec_ttl(1,2),mod_dl_src:1:2:3:4:5:6,mod_dl_dst:a:b:c:d:e:f,mod_nw_dst:9.8.7.6
    actions=enqueue:3:4,output(port=4,max_len=100),sample(probability=3),note:0102,set_queue:3,pop_queue,move:reg0[0..3]->reg1[1..4],output:reg0
    in_port=any,tcp_flags=0/0x2,tcp actions=1
    tun_gbp_flags=3/3,tun_gbp_id=0/0xff actions=1
    tun_erspan_ver=1,tun_erspan_idx=0xfffff actions=1
    icmp6,icmp_type=136,icmp_code=0 actions=set_field:fe80::1->nd_target,set_field:0:1:2:3:4:5->nd_tll
    arp actions=set_field:2->arp_op,set_field:9.9.9.9->arp_tpa,set_field:0:1:2:3:4:5->arp_tha,move:arp_sha->arp_tha,move:arp_op->reg0[0..15]
    tcp,nw_frag=later,tp_dst=80 actions=1
    udp6,nw_frag=later,tp_dst=80 actions=1
    icmp,nw_frag=later,icmp_type=3 actions=1
    tcp,nw_frag=first,tp_dst=80 actions=1
    tcp,nw_frag=later actions=set_field:3->tcp_dst
    """#)

/// OpenFlow 1.5 cannot carry these, or ovs-ofctl keeps apart there what means the same (load of a part of a field).
let agreedInOpenFlow10 = lines(#"""
    in_port=65534,dl_vlan=0xffff actions=normal,flood,all,local,in_port,controller,table
    ip actions=dec_ttl,dec_ttl(1,2),mod_nw_tos:4,mod_nw_ttl:3,mod_nw_ecn:2,mod_nw_src:1.2.3.4
    vlan_tci=0 actions=1
    actions=dec_ttl
    actions=mod_nw_src:1.2.3.4
    actions=mod_tp_src:5
    actions=mod_nw_tos:4
    actions=strip_vlan
    actions=set_vlan_vid:5
    actions=pop_mpls:0x800
    ip actions=push_mpls:0x8847,dec_ttl
    ip actions=set_field:4->nw_tos
    actions=set_field:5/3->reg0
    icmp actions=mod_tp_dst:3
    ipv6 actions=mod_nw_src:1.2.3.4
    actions=pop_queue,pop_vlan,strip_vlan
    dl_vlan=3 actions=pop_vlan,pop_vlan
    """#)

/// OpenFlow 1.0 cannot carry these: instructions, meters, importance, masks of set_field.
let agreedInOpenFlow15 = lines(#"""
    ip actions=set_field:1.2.3.4->ip_src,set_field:10:00:00:00:00:00/ff:ff:00:00:00:00->eth_src
    table=1 actions=output:1,write_metadata:5/7,goto_table:3
    cookie=5,idle_timeout=3,hard_timeout=5,importance=3,send_flow_rem,check_overlap,reset_counts,no_packet_counts,no_byte_counts,actions=2
    importance=5,actions=1
    actions=push_vlan:0x8100,push_vlan:0x8100
    actions=push_vlan:0x8100,set_field:4097->vlan_vid,strip_vlan
    tcp actions=load:5->tp_src[]
    actions=set_field:0x1003->vlan_tci,strip_vlan
    sctp actions=mod_tp_dst:3,set_field:3->sctp_dst,mod_tp_src:99
    actions=meter:1
    actions=meter:0xffff0000
    table=3 actions=goto_table:4
    table=3 actions=goto_table:255
    table=3 actions=1,goto_table:4
    actions=1,write_metadata:5,goto_table:3
    actions=1,clear_actions
    actions=1,clear_actions,write_actions(2),write_metadata:3,goto_table:3
    actions=write_actions(resubmit(,3))
    actions=write_actions(1,2,dec_ttl,group:3,set_queue:5)
    table=4,cookie=5,idle_timeout=3,hard_timeout=4,send_flow_rem,reset_counts,check_overlap,ip actions=1
    table=4,cookie=0xffff,importance=9,ip actions=1
    tcp actions=set_field:4/7->tcp_dst,set_field:0x4/7->tun_gbp_id,set_field:1.2.0.0/16->ip_src,set_field:1.0.3.0/255.0.255.0->ip_dst,set_field:01:00:00:00:00:00/01:00:00:00:00:00->eth_src
    actions=meter:3,1,clear_actions,write_actions(2,group:4,set_field:1->reg0),write_metadata:3/7,goto_table:6
    udp,tp_src=0/0xf,tp_dst=0x10/0xf0 actions=set_field:0/0xf->udp_src
    """#)

/// The lines of a text that are not empty.
func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
}
