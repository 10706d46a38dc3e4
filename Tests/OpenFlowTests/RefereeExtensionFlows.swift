// Flows with Open vSwitch's own actions, for ovs-ofctl and this module alike. Some are right and some are wrong.

/// Both sides agree in OpenFlow 1.0's form and in OpenFlow 1.5's.
let agreedExtensions = agreedLearning + lines(#"""
    actions=push:reg0,pop:reg1[3..7],push:NXM_NX_REG2[],pop:reg3[1
    actions=push:reg0 ,pop:reg1[]x
    actions=push:reg0[]x
    actions=push:
    actions=pop:eth_type
    actions=pop:tcp_src
    actions=push:tcp_src
    actions=bundle(eth_src,0,hrw,ofport,slaves:4,8)
    actions=bundle(eth_src,0,hrw,ofport,members:4,8)
    actions=bundle(symmetric_l3l4+udp,5,active_backup,ofport,members:)
    actions=bundle(symmetric_l3l4+udp,5,active_backup,ofport,members:[4,LOCAL,none])
    actions=bundle(eth_src,0,hrw,ofport,members:4,controller)
    actions=bundle_load(symmetric_l3,0,hrw,ofport,reg0[],members:4,8)
    actions=bundle_load(nw_src,0,hrw,ofport,reg0[0..14],members:4,8)
    actions=bundle_load(nw_dst,0,hrw,ofport,reg0[0..15],members:4)
    actions=bundle(eth_src,0,hrw,ofport)
    actions=bundle(eth_src,0,hrw,ofport,foo:1)
    actions=bundle(eth_src,0,hrw,foo,members:1)
    actions=bundle(eth_src,0,foo,ofport,members:1)
    actions=bundle(foo,0,hrw,ofport,members:1)
    actions=bundle(eth_src,70000,hrw,ofport,members:x)
    actions=bundle(eth_src,70000,hrw,ofport,members:3)
    actions=bundle:eth_src
    actions=multipath(eth_src,50,modulo_n,1,0,reg0[])
    actions=multipath(symmetric_l4, 50, hash_threshold, 16, 3, NXM_NX_REG0[0..3])
    actions=multipath(symmetric_l4,50,hrw,17,3,NXM_NX_REG0[0..3])
    actions=multipath(symmetric_l4,50,iter_hash,65536,3,NXM_NX_REG0[])
    actions=multipath(symmetric_l4,50,iter_hash,65537,3,NXM_NX_REG0[])
    actions=multipath(symmetric_l4,50,iter_hash,0,3,NXM_NX_REG0[])
    actions=multipath(symmetric_l3,50,iter_hash,4,3,NXM_NX_REG0[])
    actions=multipath(symmetric_l3l4,50,iter_hash,4,3)
    actions=multipath(symmetric_l3l4,50,iter_hash,4,3,eth_type)
    actions=multipath(symmetric_l3l4,x,iter_hash,4,-1,reg1[])
    actions=conjunction(1,1/2)
    actions=conjunction(1,2/2),conjunction(0xf, 1 / 3),note:1122
    actions=conjunction(1,3/2)
    actions=conjunction(1,0/2)
    actions=conjunction(1,1/1)
    actions=conjunction(1,1/65)
    actions=conjunction(1,1/64),1
    actions=note:11,conjunction(1,1/64)
    actions=1,conjunction(1,1/64)
    actions=conjunction(1,1/64)x
    actions=conjunction:1
    actions=conjunction(-1,1/64)
    actions=conjunction(1,1/300)
    actions=conjunction(99999999999,1/30)
    tcp actions=fin_timeout(idle_timeout=5,hard_timeout=6)
    tcp actions=fin_timeout()
    tcp actions=fin_timeout
    tcp actions=fin_timeout(idle_timeout=70000)
    tcp actions=fin_timeout(foo=70000)
    tcp actions=fin_timeout:idle_timeout=5
    actions=ct()
    ip actions=ct()
    ip actions=ct
    ip actions=ct(commit)
    ip actions=ct(commit,force,zone=5,table=3,alg=ftp)
    tcp actions=ct(commit,force,zone=5,table=3,alg=ftp)
    udp actions=ct(commit,alg=tftp)
    udp actions=ct(commit,alg=foo)
    udp actions=ct(force)
    udp actions=ct(table=255)
    udp actions=ct(table=256)
    udp actions=ct(zone=reg0[0..15])
    udp actions=ct(zone=reg0)
    udp actions=ct(zone=70000)
    udp actions=ct(zone=in_port)
    udp actions=ct(foo)
    ip actions=ct(commit,exec(set_field:1->ct_mark))
    ip actions=ct(commit,exec(set_field:1/3->ct_mark,load:5->ct_label[3..9],move:reg0->ct_mark))
    ip actions=ct(commit,exec(set_field:0x123456789abcdef0123456789abcdef0->ct_label))
    ip actions=ct(exec(set_field:1->ct_mark))
    ip actions=ct(commit,exec(set_field:1->reg0))
    ip actions=ct(commit,exec(output:1))
    ip actions=ct(commit,exec(1))
    ip actions=ct(commit,exec(drop))
    ip actions=ct(commit,exec())
    ip actions=ct(nat)
    ip actions=ct(nat())
    ip actions=ct(commit,nat(src))
    ip actions=ct(nat(src))
    ip actions=ct(commit,nat(src=1.2.3.4))
    ip actions=ct(commit,nat(src=1.2.3.4-1.2.3.9:5-10,persistent,hash))
    ip actions=ct(commit,nat(dst=1.2.3.4:5,random))
    ip actions=ct(commit,nat(dst=1.2.3.4:5-5,random,hash))
    ip actions=ct(commit,nat(dst=1.2.3.4-1.2.3.4:0,persistent))
    ip actions=ct(commit,nat(dst=1.2.3.4-1.2.3.3))
    ip actions=ct(commit,nat(dst=1.2.3.4:10-9))
    ip actions=ct(commit,nat(dst=::1))
    ipv6 actions=ct(commit,nat(dst=::1))
    ipv6 actions=ct(commit,nat(dst=[::1]:80))
    ipv6 actions=ct(commit,nat(dst=[::1]-[::5]:80-90))
    ipv6 actions=ct(commit,nat(dst=::1-::5))
    ipv6 actions=ct(commit,nat(dst=fe80::1-fe80::0))
    ipv6 actions=ct(commit,nat(src=1.2.3.4))
    ip actions=ct(commit,nat(src,dst))
    ip actions=ct(commit,nat(persistent))
    ip actions=ct(commit,nat(src=1.2.3.4x))
    ip actions=ct(commit,nat(foo))
    ip actions=ct(commit,nat(src=:80))
    ip actions=ct(commit,nat(src=0.0.0.0))
    ip actions=ct(commit,nat(src,persistent))
    ip actions=ct(commit,nat(src=1.2.3.4),exec(set_field:1->ct_mark))
    ip actions=ct(commit,exec(set_field:1->ct_mark),nat(src=1.2.3.4))
    ip actions=ct(commit,exec(nat(src=1.2.3.4)))
    ip actions=ct(commit,nat(src),nat(dst))
    ip actions=nat(src)
    ip actions=nat
    ip,ct_state=+inv+trk actions=ct(commit)
    ip,ct_state=+inv+trk actions=ct(table=0)
    ip actions=ct(commit,alg=21)
    tcp actions=ct(commit,alg=)
    ip actions=ct(zone=reg0[0..15],commit,exec(set_field:1->reg0))
    actions=ct_clear
    actions=ct_clear(),ct_clear:5
    actions=check_pkt_larger(100)->reg0[0]
    actions=check_pkt_larger(100)->NXM_NX_REG0[0]
    actions=check_pkt_larger(100)->reg0[0..1]
    actions=check_pkt_larger(100)->reg0
    actions=check_pkt_larger(70000)->reg0[0]
    actions=check_pkt_larger(100)
    actions=check_pkt_larger(100)->
    actions=check_pkt_larger:100->reg0[0]
    actions=check_pkt_larger(100)->eth_type[0]
    actions=check_pkt_larger(100)->tcp_src[0],1
    actions=check_pkt_larger(x)->reg0[0],1
    actions=check_pkt_larger(0x10)->reg0[0],1
    actions=encap(nsh(md_type=3))
    actions=encap(nsh(md_type=0))
    actions=encap(nsh(foo=1))
    actions=encap(nsh(tlv(1,2,3)))
    actions=encap(nsh(tlv(1,2,0x3)))
    actions=encap(ethernet(foo=1))
    actions=encap()
    actions=encap
    actions=decap(packet_type(ns=1))
    actions=decap(packet_type(type=1))
    actions=decap(foo)
    actions=decap(packet_type(ns=10,type=5))
    actions=dec_nsh_ttl
    actions=delete_field:reg0
    actions=delete_field:tun_id
    actions=delete_field:foo
    actions=delete_field:
    actions=controller(pause)
    actions=controller(pause,meter_id=5)
    actions=controller(meter_id=0)
    actions=controller(meter_id=4294967295)
    actions=controller(userdata=01.02,pause,max_len=5,reason=invalid_ttl,id=5,meter_id=7)
    actions=controller(pause=1)
    actions=controller(max_len=100,id=0,reason=group)
    actions=controller(reason=packet_out)
    actions=controller(reason=no_match)
    ip,ct_state=+trk+new actions=resubmit(,3,ct)
    actions=resubmit(,3,ct)
    actions=resubmit(1,3,ct)
    ip,ct_state=+trk+new actions=resubmit(1,,ct)
    ip,ct_state=+trk+new,ct_nw_src=1.2.3.4 actions=resubmit(1,4,ct)
    ip,ct_state=+trk+new,ct_nw_src=1.2.3.4,ct_nw_proto=6 actions=resubmit(1,4,ct)
    ip,ct_state=+est actions=resubmit(1,4,)
    ip,ct_state=+trk actions=resubmit(1,4,ct)
    ip,ct_state=+trk-inv actions=resubmit(1,4,ct)
    ipv6,ct_state=+est actions=resubmit(1,4,ct),resubmit(,5,ct)
    ip,ct_state=+est actions=resubmit(1,4,ct,3)
    actions=sample(probability=5,sampling_port=1)
    actions=sample(probability=5,sampling_port=LOCAL,ingress)
    actions=sample(probability=5,egress)
    actions=sample(probability=5,egress,ingress)
    actions=sample(probability=5,sampling_port=none)
    actions=sample(probability=5,sampling_port=foo)
    actions=sample(probability=5,obs_domain_id=5,obs_point_id=6,collector_set_id=7,sampling_port=65534,egress=5)
    actions=unroll_xlate(table=1,cookie=5)
    actions=OUTPUT:1,Push:reg0,LOAD:5->reg0
    actions=output_reg(reg0)
    actions=output_reg:reg0[3..5]
    actions=output_trunc(port=1,max_len=100)
    mpls actions=set_mpls_label
    mpls actions=set_mpls_tc()
    actions=write_metadata:5
    actions=clone(clone(clone(1)))
    actions=clone(conjunction(1,1/2))
    actions=write_actions(meter:1)
    actions=set_field:1->ct_mark
    actions=move:reg0->ct_mark
    ip actions=move:ct_mark->reg0
    actions=load:1->ct_mark[]
    actions=group:all
    actions=group:any
    actions=group:5
    actions=set_queue:5,enqueue:1:2,enqueue(1,2),pop_queue
    actions=check_pkt_larger(100)->foo,1
    actions=check_pkt_larger(100)x->reg0[0]
    actions=check_pkt_larger(x)->foo
    actions=clone(1)->reg0
    actions=clone(1)x
    actions=encap(mpls(ether_type=5))
    actions=encap(foo)
    actions=encap(nsh(md_type))
    actions=encap(nsh(tlv))
    actions=encap(nsh(tlv()))
    actions=encap(nsh(md_type=300))
    actions=encap(nsh(tlv(0x10,1,0x)))
    actions=encap(nsh(tlv(0x10,1,)))
    actions=encap(nsh(tlv(0x1, 1, 0xAABB)))
    actions=encap(nsh(tlv=0x1,1,0xAABB))
    actions=encap(nsh(tlv(0x1,1,0xAABB)x))
    actions=encap(nsh(tlv(0xfffff,0x11,0xAABB,5)))
    actions=decap(packet_type(ns=x,type=5))
    actions=decap(packet_type(ns=0,type=70000))
    actions=decap(packet_type)
    actions=decap(packet_type=ns=1,type=3)
    actions=conjunction( 1 , 1 / 2 )
    actions=conjunction(010,1/2)
    actions=conjunction(0x10,0x1/2)
    actions=conjunction(1,1/2,3)
    actions=conjunction(1 1/2)
    actions=push(reg0),pop(reg1[3])
    actions=multipath(eth_src,50,modulo_n,1,0)
    actions=multipath:eth_src,50
    actions=multipath(eth_src  50 modulo_n,1,0,reg0)
    actions=multipath(ETH_SRC,50,MODULO_N,1,0,reg0)
    actions=multipath(eth_src,50,modulo_n,1,0,reg0,reg1)
    actions=multipath(eth_src,50,modulo_n,1,0,nsh_spi)
    actions=bundle(eth_src,0,hrw,ofport,members:1 2,3)
    actions=bundle(eth_src,0,hrw,ofport,members,1)
    actions=bundle(eth_src,0,hrw,ofport,members 1)
    actions=bundle(ETH_SRC,0,HRW,OFPORT,MEMBERS:1)
    actions=bundle(eth_src,0,hrw,ofport,SLAVES:1)
    actions=bundle()
    actions=bundle(eth_src,0,hrw,ofport,members:65280)
    actions=bundle(eth_src,0,hrw,ofport,members:in_port,flood,all,normal,table)
    actions=bundle_load(eth_src,0,hrw,ofport,eth_type,members:1)
    actions=bundle_load(eth_src,0,hrw,ofport,foo,members:1)
    actions=bundle_load(eth_src,0,hrw,ofport,members:1)
    actions=bundle_load(eth_src,0,hrw,ofport,nsh_spi,members:1)
    actions=bundle_load(eth_src,0,hrw,ofport,tcp_src,members:1)
    ip actions=ct(commit),ct(table=1,zone=5),ct_clear
    ip actions=ct(commit=5,force(3))
    ip actions=ct(zone=0,table=0)
    ip actions=ct(zone=65535)
    ip actions=ct(zone=65536)
    ip actions=ct(zone=)
    ip actions=ct(exec(nat))
    ip actions=ct(commit,exec(nat,nat(src=1.1.1.1)))
    ip actions=ct(commit,exec(meter:1))
    ip actions=ct(commit,exec(goto_table:1))
    ip actions=ct(commit,exec(ct(commit)))
    ip actions=ct(commit,exec(clone(set_field:1->ct_mark)))
    ip actions=ct(commit,exec(load:0xf->ct_label[0..3],set_field:0x10/0xf0->ct_label))
    ip actions=ct(commit,exec(move:tcp_src->ct_mark[0..15]))
    tcp actions=ct(commit,exec(move:tcp_src->ct_mark[0..15]))
    ip actions=ct(commit,exec(move:ct_mark->reg0))
    ip actions=ct(commit,exec(mod_dl_src:1:2:3:4:5:6))
    ip actions=ct(commit,exec(set_field:1->ct_zone))
    ip actions=ct(commit,nat(src=1.2.3.4:80-))
    ip actions=ct(commit,nat(src=1.2.3.4-))
    ip actions=ct(commit,nat(src=1.2.3.4:70000))
    ip actions=ct(commit,nat(src=1.2.3.4-1.2.3.4:5-5))
    ip actions=ct(commit,nat(src=1.2.3.4:5-5))
    ip actions=ct(commit,nat(src=01.2.3.4))
    ip actions=ct(commit,nat(src=1.2.3))
    ip actions=ct(commit,nat(src=1.2.3.4 persistent))
    ip actions=ct(commit,nat(src:1.2.3.4))
    ip actions=ct(commit,nat(src(1.2.3.4)))
    ipv6 actions=ct(commit,nat(src=::))
    ipv6 actions=ct(commit,nat(src=::-::5))
    ipv6 actions=ct(commit,nat(src=[fe80::1]-[fe80::9]))
    ipv6 actions=ct(commit,nat(src=[fe80::1]-fe80::9:80))
    ipv6 actions=ct(commit,nat(src=fe80::1:80))
    ipv6 actions=ct(commit,nat(src=[fe80::1))
    ipv6 actions=ct(commit,nat(src=fe80::1-fe80::9,random,persistent))
    ipv6 actions=ct(commit,nat(src=[fe80::1]-[fe80::1]:80))
    ip actions=ct(commit,nat(src=1.2.3.4,src=2.3.4.5-2.3.4.9,src))
    ip actions=ct(commit,nat(src=1.2.3.4-1.2.3.9,src=2.3.4.5))
    ct_state=+trk+new actions=resubmit(,3,ct)
    ct_state=+trk+new,arp actions=resubmit(,3,ct)
    dl_type=0x894f actions=decap(),set_field:1:2:3:4:5:6->eth_src
    ip actions=decap(),decap(),set_field:1.2.3.4->ip_src
    ip actions=encap(nsh),set_field:1.2.3.4->ip_src
    ip actions=encap(nsh),set_field:1:2:3:4:5:6->eth_src
    packet_type=(1,0x894f) actions=decap(),set_field:1:2:3:4:5:6->eth_src
    actions=decap(),set_field:1:2:3:4:5:6->eth_src
    actions=OUTPUT:1,Drop
    actions=DROP
    actions=ConTroller:5,CONTROLLER(max_len=3),Learn(table=2),CT_clear
    actions=output(port="a)b",max_len=100)
    actions=mod_vlan_vid(5),MOD_VLAN_PCP:4
    tcp actions=ct(commit,zone=reg1[16..31],table=7,alg=ftp,nat(src=10.0.0.1-10.0.0.99:1024-65535,hash,persistent),exec(set_field:0x5/0xf->ct_mark,set_field:7->ct_label))
    ipv6,ct_state=-trk actions=ct(table=1,nat)
    udp6 actions=ct(commit,alg=tftp,nat(dst=[2001:db8::1]:69)),ct_clear,resubmit(,2)
    arp actions=ct(commit)
    arp actions=ct(zone=in_port)
    mpls actions=pop_mpls:0x800,ct(commit)
    actions=push_mpls:0x8847,ct(commit)
    ip actions=clone(ct(commit),ct_clear,2),3
    ip actions=clone(ct(commit,nat(src=1.2.3.4),exec(set_field:1->ct_mark)),2),3
    ip actions=ct(commit,nat(src=1.2.3.4),exec(set_field:1->ct_mark)),nat
    actions=bundle(nw_dst,65535,ACTIVE_BACKUP,ofport,members:1,2,3,4,5,6,7,8,9,10)
    actions=bundle(symmetric_l3l4,3,hrw,ofport,members:FLOOD,65279)
    actions=bundle_load(symmetric_l4,7,active_backup,ofport,NXM_NX_REG3[3..18],members:none,2)
    actions=bundle_load(symmetric_l4,7,active_backup,ofport,xreg3[3..28],slaves:[1])
    actions=bundle(eth_src,x,hrw,ofport,members:foo)
    actions=bundle(eth_src,-1,hrw,ofport,members:1)
    actions=multipath(nw_src,1024,hash_threshold,256,0,NXM_NX_REG0[0..7]),multipath(nw_dst,0,hrw,2,0,xxreg0[127])
    actions=multipath(symmetric_l3l4+udp,0,iter_hash,1000,1023,NXM_NX_REG0[0..9])
    actions=multipath(symmetric_l3l4+udp,0,iter_hash,1025,1023,NXM_NX_REG0[0..9])
    actions=multipath(eth_src,0,iter_hash,3,1023,NXM_NX_REG0[5])
    actions=multipath(eth_src,0,iter_hash,3,4294967295,tcp_src)
    tcp actions=multipath(eth_src,0,iter_hash,3,4294967295,tcp_src)
    actions=multipath(eth_src,0,foo,3,0,reg0)
    actions=multipath(foo,0,hrw,3,0,reg0)
    actions=multipath(eth_src,0,hrw,3,0,reg0[0..33])
    actions=multipath(eth_src,0,hrw,x,0,reg0)
    actions=conjunction(5,1/2),conjunction(6,2/3)
    ip,nw_src=10.0.0.0/8 actions=conjunction(1234,2/3)
    conj_id=1234,ip actions=output:3
    actions=conjunction(5,1/2),drop
    actions=conjunction(5,1/2),note:01,note:02
    actions=conjunction(5,1/2),resubmit(,1)
    actions=conjunction(5)
    actions=conjunction(5,1)
    actions=conjunction(5,1/)
    actions=conjunction(,1/2)
    actions=conjunction(5, -1/2)
    actions=conjunction(5,257/300)
    actions=conjunction(+5,+1/+2)
    tcp actions=fin_timeout(hard_timeout=65535)
    tcp6 actions=fin_timeout(idle_timeout=1,hard_timeout=0)
    tcp actions=fin_timeout(idle_timeout)
    tcp actions=fin_timeout(1)
    actions=check_pkt_larger(1500)->NXM_NX_XXREG0[102],check_pkt_larger(65535)->xreg1[3],check_pkt_larger(0)->tun_id[5]
    actions=check_pkt_larger(1500)->in_port[5]
    actions=check_pkt_larger(1500)->ct_mark[5]
    actions=check_pkt_larger(1500)->nsh_spi[5]
    actions=check_pkt_larger
    actions=check_pkt_larger()
    actions=check_pkt_larger()->reg0[1]
    actions=check_pkt_larger(5)->reg0[32]
    actions=check_pkt_larger=5->reg0[31],2
    actions=sample(probability=65535,collector_set_id=4294967295,obs_domain_id=4294967295,obs_point_id=4294967295,sampling_port=65279,egress)
    actions=sample(probability=0)
    actions=sample(probability=3,sampling_port=)
    actions=sample(probability=3,sampling_port=IN_PORT)
    actions=sample(egress,probability=3)
    actions=sample(egress)
    actions=controller(userdata=aa.bb.cc,pause)
    actions=controller(pause,pause,meter_id=3,meter_id=4)
    actions=controller(meter_id=x)
    actions=controller(meter_id=4294967296)
    actions=controller(meter_id)
    actions=controller(max_len=10,pause,id=65535)
    actions=controller(id=65536)
    actions=controller(reason=action_set,reason=foo)
    actions=push:NXM_NX_REG0[5..12],push:xxreg1[],pop:NXM_OF_ETH_DST[],pop:NXM_NX_REG3[5..12]
    ip actions=push:NXM_OF_IP_SRC[],push:NXM_OF_IP_DST[],pop:NXM_OF_IP_SRC[],pop:NXM_OF_IP_DST[]
    ip actions=pop:nw_proto
    ip actions=push:nw_proto,push:tcp_src
    actions=push:in_port,pop:in_port
    actions=pop:ct_mark
    actions=push:ct_mark,push:ct_label[3..4],push:ct_state,push:ct_zone
    actions=push:dp_hash,push:recirc_id,push:conj_id
    actions=pop:dp_hash
    actions=push:reg0[31..32]
    actions=push:reg0[5..4]
    actions=push:reg0[x]
    actions=push
    actions=pop:nsh_spi
    dl_type=0x894f actions=pop:nsh_spi,push:nsh_si,push:nsh_c1[3]
    actions=push:tun_src,pop:tun_dst,push:tun_id[0..23]
    actions=push:actset_output
    in_port=3,ip,ct_state=+trk+est actions=resubmit(3,5,ct),resubmit(,6,ct),resubmit(in_port,7,ct)
    ip,ct_state=+trk-inv,ct_zone=3 actions=resubmit(,6,ct)
    ip,ct_state=+trk+inv actions=resubmit(,6,ct)
    ip,ct_state=-trk actions=resubmit(,6,ct)
    ip,ct_state=-new actions=resubmit(,6,ct)
    ip,ct_state=+rpl actions=resubmit(,6,CT)
    ip,ct_state=+snat actions=resubmit(,6,ct)
    actions=resubmit(,3,)
    actions=resubmit(1,,)
    actions=resubmit(,,ct)
    actions=debug
    actions=dec_nsh_ttl:3
    actions=encap(nsh(md_type=1)),set_field:4->nsh_mdtype
    actions=encap(nsh(md_type=2,tlv(0x1,0,0xzz)))
    actions=encap(Ethernet)
    actions=encap(nsh(MD_TYPE=1))
    actions=decap(packet_type(ns=5,type=0xffff))
    actions=decap(packet_type(ns=6,type=0xffff))
    actions=decap(PACKET_TYPE(ns=1,type=0xffff))
    actions=decap(packet_type(type=1,ns=1))
    actions=delete_field:in_port
    actions=delete_field
    ip actions=SET_FIELD:1.2.3.4->ip_src,Mod_Nw_Src:1.2.3.4,DEC_TTL,Group:5,Note:01,EXIT,Sample(probability=3),Resubmit(,4),Enqueue:1:2,Set_Queue:3,POP_QUEUE,MOVE:reg0->reg1,CLONE(OUTPUT:3)
    mpls actions=SET_MPLS_TC
    mpls actions=SET_MPLS_TTL()
    mpls actions=SET_MPLS_LABEL:
    tcp actions=move:tcp_src->ct_mark[0..15]
    tcp actions=ct(commit,exec(move:tcp_src->ct_mark[0..15],move:reg0[3]->ct_label[127]))
    tcp actions=clone(set_field:1->ct_label)
    tcp actions=ct(commit,exec(resubmit(,3)))
    tcp actions=ct(commit,exec(note:11))
    tcp actions=ct(commit,exec(drop,set_field:1->ct_mark))
    tcp actions=ct(commit,exec(foo))
    tcp actions=ct(commit,exec(write_metadata:3))
    tcp actions=ct(commit,exec)
    tcp actions=ct(commit
    tcp actions=ct(commit))
    tcp actions=ct(commit,,table=3)
    tcp actions=ct(table=1,table=2,zone=1,zone=2,zone=reg0[0..15])
    tcp actions=ct(zone=reg0[0..15],zone=5)
    tcp actions=ct(COMMIT)
    tcp actions=ct(alg=ftp),ct(alg=tftp)
    udp actions=ct(alg=ftp)
    tcp actions=ct(zone=tcp_src)
    udp actions=ct(zone=tcp_src)
    ip actions=ct(commit,exec(set_field:1->ct_mark,set_field:2->ct_mark,load:1->ct_label[0],load:1->ct_label[127]))
    ip actions=ct(commit,exec(set_field:0x10000000000000001->ct_label,set_field:0xffffffffffffffffffffffffffffffff->ct_label,set_field:0->ct_label))
    ip actions=ct(commit,nat(src=1.2.3.4-1.2.3.4:5-6,hash),table=5)
    ip actions=ct(commit,nat(src=255.255.255.255:65535))
    ip actions=ct(commit,nat(src=1.2.3.4:0x10))
    ip actions=ct(commit,nat(src=1.2.3.4: 5))
    ip actions=ct(commit,nat(src=1.2.3.4 :5))
    ip actions=ct(commit,nat(src=1.2.3.4:5:6))
    ip actions=ct(commit,nat(src=1.2.3.4-1.2.3.5-1.2.3.6))
    ip actions=ct(commit,nat(src=1.2.3.256))
    ip actions=ct(commit,nat(src=1.2.3.4:-1))
    ip actions=ct(commit,nat(random,src=1.2.3.4))
    ip actions=ct(commit,nat(hash))
    ip actions=ct(commit,nat(src=0.0.0.0:80))
    ip actions=ct(commit,nat(src=0.0.0.0-1.2.3.4))
    ip actions=ct(commit,nat(src=1.2.3.4:0-5))
    ipv6 actions=ct(commit,nat(src=::1.2.3.4))
    ipv6 actions=ct(commit,nat(src=::ffff:1.2.3.4-::ffff:1.2.3.9))
    ipv6 actions=ct(commit,nat(src=1:2:3))
    ipv6 actions=ct(commit,nat(src=[::1]))
    ipv6 actions=ct(commit,nat(src=[::1]:))
    ipv6 actions=ct(commit,nat(src=[::1]-[::2]:1-2,random))
    ipv6 actions=ct(commit,nat(src=[::1]:80-90))
    actions=write_actions(meter:3)
    actions=write_actions(goto_table:3)
    actions=write_actions(nat)
    actions=write_actions(set_field:1->ct_mark)
    actions=set_queue:4294967297
    actions=set_queue:-1
    actions=group:-2
    actions=group:0x1ffffffff
    actions=set_queue:18446744073709551616
    actions=set_queue:+5
    actions=set_tunnel64:-1,set_tunnel:0x10000000000000000
    cookie=-1,actions=2
    cookie=-2,actions=2
    cookie=18446744073709551616,actions=2
    cookie=+3,actions=2
    actions=encap(nsh(tlv(0x1,1,0x)))
    tcp actions=ct(commit,exec(move:reg0[0..3]->ct_mark[28..31]),nat(src=1.2.3.4),alg=ftp)
    actions=controller(100),controller:max_len=5,CONTROLLER(7)
    actions=controller:0x10
    actions=controller(0x10)
    actions=controller:id=5
    actions=controller:70000
    actions=controller=5
    """#)

/// OpenFlow 1.0 alone allows these: actions that may not suit the flow's packets.
let agreedExtensionsInOpenFlow10 = lines(#"""
    actions=fin_timeout(idle_timeout=5)
    ip actions=ct(commit,exec(set_field:0x1234/0xff00000000000000ff->ct_label))
    actions=learn(NXM_OF_ETH_SRC[]),multipath(eth_src,50,modulo_n,1,0,reg0[]),fin_timeout(idle_timeout=3)
    udp actions=fin_timeout(idle_timeout=1)
    """#)

/// OpenFlow 1.0 has no encapsulation, and ovs-ofctl leaves write_actions out of it.
let agreedExtensionsInOpenFlow15 = lines(#"""
    actions=encap(ethernet)
    actions=encap(nsh)
    actions=encap(nsh())
    actions=encap(nsh(md_type=1))
    actions=encap(nsh(md_type=2,tlv(0x1000,10,0x12345678)))
    actions=encap(nsh(md_type=2,tlv(0x1000,10,0x12345678),tlv(0x2000,20,0xfedcba9876543210)))
    actions=encap(nsh(tlv(0x1,2,0x123)))
    actions=encap(nsh(tlv(0x1,300,0x123)))
    actions=encap(mpls)
    actions=encap(nsh,ethernet)
    actions=encap:nsh
    actions=decap()
    actions=decap
    actions=decap(packet_type(ns=0,type=0))
    actions=decap(packet_type(ns=1,type=0x894f))
    actions=decap(packet_type(ns=2,type=0x894f))
    actions=decap(packet_type(ns=0,type=0xfffe))
    actions=encap(nsh(md_type=1)),set_field:0x1234->nsh_spi,encap(ethernet),1
    dl_type=0x894f actions=decap(),decap()
    dl_type=0x894f actions=dec_nsh_ttl
    actions=write_actions(clone(1),ct_clear,push:reg0)
    actions=encap(mpls),encap(mpls_mc),encap(ethernet)
    actions=encap(nsh(md_type=2,md_type=1))
    actions=encap(nsh(tlv(0x12345,1,0xaabb)))
    actions=encap(nsh(tlv(0x1,-1,0xaabb)))
    actions=decap(packet_type(ns=0,type=5,foo))
    ip actions=decap(),dec_ttl
    ip actions=decap(),set_field:1.2.3.4->ip_src
    ip actions=encap(ethernet),set_field:1:2:3:4:5:6->eth_src
    tcp actions=encap(nsh),set_field:1->nsh_spi,decap(),encap(mpls),set_field:4->mpls_label
    packet_type=(1,0x894f) actions=dec_nsh_ttl
    actions=encap(nsh),dec_nsh_ttl
    tcp actions=write_actions(dec_nsh_ttl)
    tcp actions=clone(encap(nsh),set_field:1->nsh_spi),set_field:80->tcp_dst
    packet_type=(1,0x894f) actions=dec_nsh_ttl,decap(),encap(ethernet),output:1
    actions=encap(nsh(md_type=1)),set_field:0x123456->nsh_spi,set_field:1->nsh_si,encap(ethernet),set_field:1:2:3:4:5:6->dl_dst,output:1
    actions=encap(nsh(md_type=2,tlv(0xffff,255,0x00))),3
    actions=encap(nsh(md_type=2,tlv(0x1,0,0xaabbccddeeff)))
    actions=encap(ethernet()),decap(packet_type(ns=1,type=0x800))
    actions=Push_vlan:0x8100,STRIP_VLAN
    mpls actions=write_actions(pop_mpls:0x800,ct_clear,set_field:1->reg0,move:reg0->reg1)
    actions=write_actions(encap(nsh),decap(),group:3)
    actions=write_actions(learn(table=1))
    actions=write_actions(bundle(eth_src,0,hrw,ofport,members:1))
    actions=write_actions(output:reg0)
    actions=write_actions(controller(id=3))
    actions=write_actions(controller:9)
    actions=write_actions(note:11)
    actions=write_actions(push:reg0)
    actions=write_actions(conjunction(1,1/2))
    actions=write_actions(output(port=1,max_len=100))
    actions=write_actions(enqueue:1:2)
    actions=write_actions(sample(probability=3))
    actions=write_actions(exit)
    actions=write_actions(clone(1))
    ip actions=write_actions(ct(commit,table=3,exec(set_field:1->ct_mark)),output:2)
    actions=write_metadata:-1,goto_table:3
    actions=encap(nsh(tlv(0x1,1,0x00aa)))
    actions=encap(nsh(tlv(0x1,1,0x0a0b)))
    actions=encap(nsh(tlv(0x1,1,0xa)))
    actions=decap(packet_type(ns=4,type=0))
    """#)

/// Refused by both with different words: ovs-ofctl loses a parenthesis or a number's sign, quotes a null pointer, reads the whole list
/// before it looks at the order of instructions, or tells mod_dl_src from a set_field.
let complainedOfInOtherWords = Set(lines(#"""
    table=1 actions=goto_table:3,write_metadata:5,clear_actions,apply_actions(2)
    ip,ip_frag=0x1/0x1 actions=1
    ip,ip_frag=foo actions=1
    ip,nw_frag=2 actions=1
    ip,nw_frag=3/3 actions=1
    actions=load:0x5->reg0[-1]
    dl_vlan=3 actions=load:5->vlan_vid[0..11],load:0x1005->vlan_vid[],load:5->dl_vlan
    actions=check_pkt_larger(70000)->reg0[0]
    actions=check_pkt_larger(x)->reg0[0],1
    actions=check_pkt_larger()->reg0[1]
    actions=learn(eth_type=0x800,ip_frag=1)
    actions=learn(reg0=5/-1)
    actions=learn(reg0[0..3]=-1)
    ip actions=ct(commit,exec(mod_dl_src:1:2:3:4:5:6))
    """#))
