/// Actions that learn, choose or wait.
extension Pipeline {
    static let choices = [learning, conjunctions, prefixConjunctions, bundles, multipaths, finTimeouts, packetLengths, notes, actionSetOutput, controllerOptions]

    /// A trace of a flow passes over learn; one of a packet learns.
    static let learning = Pipeline(
        name: "learn", version: "OpenFlow15",
        flows: """
            table=0,priority=1,tcp actions=learn(table=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),output:2
            table=0,priority=2,udp actions=learn(table=10,idle_timeout=10,hard_timeout=20,fin_idle_timeout=5,fin_hard_timeout=6,priority=77,cookie=0x5,send_flow_rem,delete_learned,limit=3,result_dst=reg1[0],eth_type=0x800,nw_proto=17,NXM_OF_IP_SRC[]=NXM_OF_IP_DST[],load:NXM_OF_IN_PORT[]->NXM_NX_REG0[0..15]),resubmit(,1),output:3
            table=0,priority=3,icmp actions=learn(table=10,NXM_OF_VLAN_TCI[0..11],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:0->NXM_OF_VLAN_TCI[],output:NXM_OF_IN_PORT[]),write_actions(output:3)
            table=0,priority=4,arp actions=learn(table=10,limit=1,result_dst=reg5[31],NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),output:3
            table=0,priority=5,sctp actions=clone(learn(table=10,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),output:2),output:3
            table=1,reg1=0 actions=output:1
            table=1,reg1=1 actions=output:2
            """,
        packets: """
            in_port=1,tcp
            in_port=1,udp,nw_src=1.2.3.4,nw_dst=5.6.7.8
            in_port=1,icmp,dl_vlan=5
            in_port=1,icmp
            in_port=1,arp
            in_port=1,sctp
            in_port=1 505400000007505400000005080045000028000000004006000001020304050607080001000200080000000000005000000000000000
            in_port=1 505400000007505400000005080045000028000000004011000001020304050607080001000200080000
            in_port=1 505400000007505400000005080045000028000000004011000001020304050607080001000200080000
            """)

    static let conjunctions = Pipeline(
        name: "conjunction", version: "OpenFlow13",
        flows: """
            table=0,priority=100,ip,nw_src=10.0.0.1 actions=conjunction(1,1/2)
            table=0,priority=100,ip,nw_src=10.0.0.2 actions=conjunction(1,1/2),conjunction(2,1/3)
            table=0,priority=100,tcp,tp_dst=80 actions=conjunction(1,2/2),conjunction(2,2/3)
            table=0,priority=100,tcp,tp_dst=81 actions=conjunction(2,2/3)
            table=0,priority=100,ip,in_port=2 actions=conjunction(2,3/3)
            table=0,priority=90,ip,nw_dst=20.0.0.0/8 actions=conjunction(3,1/2)
            table=0,priority=90,dl_src=00:00:00:00:00:01 actions=conjunction(3,2/2)
            table=0,priority=100,conj_id=1,ip actions=output:2
            table=0,priority=100,conj_id=2,ip actions=output:3
            table=0,priority=90,conj_id=3,ip,actions=resubmit(,1)
            table=0,priority=95,tcp,tp_dst=82 actions=output:1,output:3
            table=0,priority=10,ip actions=output:10
            table=1,priority=100,ip,nw_src=10.0.0.1 actions=conjunction(5,1/2)
            table=1,priority=100,ip,nw_dst=20.0.0.1 actions=conjunction(5,2/2)
            table=1,priority=100,conj_id=5,ip actions=output:2
            table=1,priority=100,conj_id=3,ip actions=output:3
            table=1,priority=0 actions=output:1,output:2,output:3
            br1 actions=output:1
            """,
        packets: """
            in_port=1,tcp,nw_src=10.0.0.1,tcp_dst=80
            in_port=1,tcp,nw_src=10.0.0.1,tcp_dst=81
            in_port=2,tcp,nw_src=10.0.0.2,tcp_dst=81
            in_port=2,tcp,nw_src=10.0.0.2,tcp_dst=80
            in_port=1,tcp,nw_src=10.0.0.2,tcp_dst=80
            in_port=1,tcp,nw_src=10.0.0.3,tcp_dst=80
            in_port=1,tcp,dl_src=00:00:00:00:00:01,nw_src=10.0.0.3,nw_dst=20.1.1.1,tcp_dst=82
            in_port=2,tcp,dl_src=00:00:00:00:00:01,nw_src=10.0.0.1,nw_dst=20.1.1.1,tcp_dst=83
            in_port=2,tcp,dl_src=00:00:00:00:00:01,nw_src=10.0.0.1,nw_dst=20.0.0.1,tcp_dst=83
            in_port=2,udp,dl_src=00:00:00:00:00:02,nw_src=10.0.0.1,nw_dst=20.0.0.1,udp_dst=83
            in_port=2,arp
            """)

    static let prefixConjunctions = Pipeline(
        name: "conjunctions of prefixes", version: "OpenFlow13",
        flows: """
            table=0,priority=100,ip,nw_src=10.0.0.0/24 actions=conjunction(1,1/2)
            table=0,priority=100,ip,nw_src=10.0.1.0/24 actions=conjunction(1,1/2)
            table=0,priority=100,ip,nw_dst=11.0.0.0/24 actions=conjunction(1,2/2)
            table=0,priority=100,ip,nw_dst=11.0.1.0/24 actions=conjunction(1,2/2)
            table=0,priority=90,ip,nw_dst=11.0.1.0/24 actions=conjunction(2,1/2)
            table=0,priority=90,in_port=1 actions=conjunction(2,2/2)
            table=0,priority=90,conj_id=2,ip actions=load:5->NXM_NX_REG0[],resubmit(,2)
            table=0,conj_id=1,priority=100,tcp actions=output:2
            table=0,conj_id=1,priority=99,udp,udp_dst=5 actions=output:3
            table=0,priority=50 actions=output:10
            table=2,reg0=5,conj_id=2 actions=output:3
            table=2,priority=1 actions=output:2
            br1 actions=drop
            """,
        packets: """
            in_port=1,tcp,nw_src=10.0.0.5,nw_dst=11.0.1.6
            in_port=1,udp,nw_src=10.0.1.5,nw_dst=11.0.0.6,udp_dst=5
            in_port=1,udp,nw_src=10.0.1.5,nw_dst=11.0.1.6,udp_dst=6
            in_port=1,udp,nw_src=10.0.1.5,nw_dst=11.0.2.6,udp_dst=6
            in_port=2,udp,nw_src=10.0.1.5,nw_dst=11.0.1.6,udp_dst=6
            in_port=2,arp
            """)

    static let bundles = Pipeline(
        name: "bundle", version: "OpenFlow13",
        flows: """
            table=0,priority=1,tcp actions=bundle(eth_src,50,hrw,ofport,slaves:2,3,10),output:1
            table=0,priority=2,udp actions=bundle(symmetric_l4,60,hrw,ofport,slaves:2,3)
            table=0,priority=3,icmp actions=bundle(symmetric_l3l4,0,active_backup,ofport,slaves:22,3,2)
            table=0,priority=4,arp actions=bundle_load(eth_src,0,hrw,ofport,NXM_NX_REG0[0..15],slaves:2,3),output:NXM_NX_REG0[]
            table=0,priority=5,sctp actions=bundle_load(nw_src,0,hrw,ofport,NXM_NX_REG1[],slaves:2,3,77),bundle_load(nw_dst,0,hrw,ofport,NXM_NX_REG2[],slaves:2,3,77)
            table=0,priority=6,tcp6 actions=bundle_load(symmetric_l3l4+udp,3,hrw,ofport,NXM_NX_REG1[],slaves:2,3,77),bundle_load(symmetric_l3,0,hrw,ofport,NXM_NX_REG2[],slaves:2,3,1),bundle_load(nw_src,0,hrw,ofport,NXM_NX_REG2[],slaves:2,3,1),output:NXM_NX_REG2[]
            table=0,priority=7,udp6 actions=bundle_load(symmetric_l3l4+udp,3,hrw,ofport,NXM_NX_REG1[],slaves:2,3,77),bundle_load(symmetric_l4,0,hrw,ofport,NXM_NX_REG2[],slaves:2,3,1),bundle_load(nw_dst,0,hrw,ofport,NXM_NX_REG3[],slaves:2,3,1),output:NXM_NX_REG2[]
            table=0,priority=8,dl_type=0x9999 actions=bundle(symmetric_l4,0,hrw,ofport,slaves:2,3),bundle(symmetric_l3l4,0,hrw,ofport,slaves:2,3),bundle(nw_src,0,hrw,ofport,slaves:2,3),bundle(symmetric_l3,0,hrw,ofport,slaves:2,3),bundle(eth_src,0,active_backup,ofport,slaves:77,78),bundle_load(eth_src,0,active_backup,ofport,reg0[0..15],slaves:77,78)
            table=0,priority=9,ip,nw_proto=77 actions=bundle(symmetric_l4,0,hrw,ofport,slaves:2,3),bundle(symmetric_l3l4,0,hrw,ofport,slaves:2,3),bundle(nw_src,0,hrw,ofport,slaves:2,3),bundle(symmetric_l3,0,hrw,ofport,slaves:2,3),bundle(eth_src,0,active_backup,ofport,slaves:1,2),bundle(eth_src,0,active_backup,ofport,slaves:local,2)
            br1 actions=output:1
            """,
        packets: """
            in_port=1,dl_src=00:00:00:00:00:01,dl_dst=00:00:00:00:00:09,tcp,nw_src=1.2.3.4,nw_dst=5.6.7.8,tcp_src=5,tcp_dst=6
            in_port=1,dl_src=00:00:00:00:00:02,dl_dst=00:00:00:00:00:09,tcp,nw_src=1.2.3.4,nw_dst=5.6.7.8,tcp_src=5,tcp_dst=6
            in_port=1,dl_src=00:00:00:00:00:02,dl_dst=00:00:00:00:00:09,udp,nw_src=1.2.3.4,nw_dst=5.6.7.8,udp_src=5,udp_dst=6
            in_port=1,dl_src=00:00:00:00:00:02,dl_dst=00:00:00:00:00:09,dl_vlan=5,udp,nw_src=1.2.3.4,nw_dst=5.6.7.8,udp_src=5,udp_dst=6
            in_port=1,icmp
            in_port=1,arp,dl_src=00:00:00:00:00:02
            in_port=1,sctp,nw_src=1.2.3.4,nw_dst=5.6.7.8
            in_port=1,tcp6,ipv6_src=fd00::1,ipv6_dst=fd00::2,tcp_src=4,tcp_dst=9
            in_port=1,udp6,ipv6_src=fd00::1,ipv6_dst=fd00::2,udp_src=4,udp_dst=9
            in_port=1,dl_type=0x9999
            in_port=1,ip,nw_proto=77
            """)

    static let multipaths = Pipeline(
        name: "multipath", version: "OpenFlow13",
        flows: """
            table=0,priority=1,tcp actions=multipath(eth_src,50,modulo_n,4,0,NXM_NX_REG0[]),multipath(nw_src,0,modulo_n,4,0,NXM_NX_REG1[]),multipath(nw_dst,0,modulo_n,4,0,NXM_NX_REG2[]),multipath(symmetric_l3,0,modulo_n,4,0,NXM_NX_REG3[]),multipath(symmetric_l3l4,0,modulo_n,4,0,NXM_NX_REG4[]),multipath(symmetric_l3l4+udp,0,modulo_n,4,0,NXM_NX_REG5[]),multipath(symmetric_l4,0,modulo_n,4,0,NXM_NX_REG6[])
            table=0,priority=2,udp actions=multipath(eth_src,50,hash_threshold,4,0,NXM_NX_REG0[]),multipath(nw_src,0,hash_threshold,4,0,NXM_NX_REG1[]),multipath(nw_dst,0,hash_threshold,4,0,NXM_NX_REG2[]),multipath(symmetric_l3,0,hash_threshold,4,0,NXM_NX_REG3[]),multipath(symmetric_l3l4,0,hash_threshold,4,0,NXM_NX_REG4[]),multipath(symmetric_l3l4+udp,0,hash_threshold,4,0,NXM_NX_REG5[]),multipath(symmetric_l4,0,hash_threshold,4,0,NXM_NX_REG6[])
            table=0,priority=3,arp actions=multipath(eth_src,50,hrw,4,0,NXM_NX_REG0[]),multipath(symmetric_l4,0,hrw,4,0,NXM_NX_REG1[]),multipath(eth_src,0,iter_hash,100,0,NXM_NX_REG2[]),multipath(eth_src,0,iter_hash,4,5,NXM_NX_REG3[]),multipath(eth_src,0,hrw,100,0,NXM_NX_REG4[])
            table=0,priority=4,ipv6 actions=multipath(symmetric_l3l4,50,hrw,4,0,NXM_NX_REG0[]),multipath(symmetric_l4,0,hrw,1,0,NXM_NX_REG1[]),multipath(symmetric_l4,0,iter_hash,7,0,NXM_NX_REG2[0..5]),resubmit(,1)
            table=0,priority=5,dl_vlan=5 actions=multipath(symmetric_l4,50,hrw,4,0,NXM_NX_REG0[]),multipath(symmetric_l3l4,50,hrw,4,0,NXM_NX_REG1[])
            table=1,reg0=1 actions=output:1
            table=1,reg0=2 actions=output:2
            table=1,reg0=3 actions=output:3
            """,
        packets: """
            in_port=1,dl_src=00:00:00:00:00:01,dl_dst=00:00:00:00:00:09,tcp,nw_src=1.2.3.4,nw_dst=5.6.7.8,tcp_src=5,tcp_dst=6
            in_port=1,dl_src=00:00:00:00:00:02,dl_dst=00:00:00:00:00:09,tcp,nw_src=1.2.3.4,nw_dst=5.6.7.9,tcp_src=5,tcp_dst=6
            in_port=1,dl_src=00:00:00:00:00:02,dl_dst=00:00:00:00:00:09,udp,nw_src=1.2.3.4,nw_dst=5.6.7.8,udp_src=5,udp_dst=6
            in_port=1,dl_src=00:00:00:00:00:02,dl_dst=00:00:00:00:00:09,dl_vlan=5,udp,nw_src=1.2.3.4,nw_dst=5.6.7.8,udp_src=5,udp_dst=6
            in_port=1,arp,dl_src=00:00:00:00:00:02
            in_port=1,arp,dl_src=00:00:00:00:00:03
            in_port=1,arp,dl_src=00:00:00:00:00:04,dl_vlan=5
            in_port=1,tcp6,ipv6_src=fd00::1,ipv6_dst=fd00::2,tcp_src=4,tcp_dst=9
            in_port=1,tcp6,ipv6_src=fd00::1,ipv6_dst=fd00::3,tcp_src=4,tcp_dst=9
            in_port=1,icmp6,ipv6_src=fd00::1,ipv6_dst=fd00::3
            in_port=1,dl_vlan=5,dl_type=0x9999
            """)

    static let finTimeouts = Pipeline(
        name: "fin_timeout", version: "OpenFlow13",
        flows: """
            table=0,priority=1,tcp actions=fin_timeout(idle_timeout=5),output:2
            table=0,priority=4,tcp6 actions=clone(fin_timeout(hard_timeout=6,idle_timeout=3),output:3),output:2
            """,
        packets: """
            in_port=1,tcp
            in_port=1,tcp,tcp_flags=0x1
            in_port=1,tcp6
            """)

    static let packetLengths = Pipeline(
        name: "check_pkt_larger", version: "OpenFlow13",
        flows: """
            table=0,priority=1,tcp actions=check_pkt_larger(100)->NXM_NX_REG0[0],resubmit(,1),output:1,output:3
            table=0,priority=2,udp actions=check_pkt_larger(1500)->NXM_NX_REG0[1],check_pkt_larger(100)->NXM_NX_REG0[0],resubmit(,1)
            table=0,priority=3,arp actions=output:2,check_pkt_larger(100)->NXM_NX_REG0[0],goto_table:1
            table=0,priority=4,icmp actions=dec_ttl,check_pkt_larger(100)->NXM_NX_REG0[0],set_field:00:00:00:00:00:01->eth_dst,resubmit(,1),output:3
            table=0,priority=5,sctp actions=clone(check_pkt_larger(100)->NXM_NX_REG0[0],resubmit(,1)),output:3
            table=0,priority=6,tcp6 actions=write_actions(output:3),goto_table:3
            table=0,priority=7,udp6 actions=check_pkt_larger(100)->NXM_NX_REG0[0]
            table=0,priority=8,sctp6 actions=resubmit(,4),output:1,output:2
            table=0,priority=9,icmp6 actions=output:10,output:2
            table=0,priority=9,dl_type=0x9999 actions=clone(check_pkt_larger(100)->NXM_NX_REG0[0],resubmit(,1),exit),output:2
            table=1,priority=3,reg0=0x3 actions=output:3
            table=1,priority=2,reg0=0x1/0x1 actions=output:2
            table=1,priority=1,ip,reg0=0/0x1 actions=mod_nw_tos:32,output:3
            table=1,priority=0 actions=output:LOCAL
            table=3,actions=check_pkt_larger(100)->NXM_NX_REG0[0],goto_table:6
            table=6,reg0=1,actions=output:1,output:2
            table=6,priority=0,actions=output:LOCAL
            table=4,actions=check_pkt_larger(100)->NXM_NX_REG0[0],resubmit(,5),output:3
            table=5,reg0=1,actions=exit
            table=5,reg0=0,actions=output:LOCAL
            br1 actions=check_pkt_larger(200)->NXM_NX_REG0[0],output:NXM_NX_REG0[0],output:LOCAL
            """,
        packets: """
            in_port=1,tcp
            in_port=1,udp
            in_port=1,arp
            in_port=1,icmp,nw_ttl=5
            in_port=1,sctp
            in_port=1,tcp6
            in_port=1,udp6
            in_port=1,sctp6
            in_port=1,icmp6
            in_port=1,dl_type=0x9999
            """)

    static let notes = Pipeline(
        name: "notes", version: "OpenFlow15",
        flows: """
            table=0,priority=1,tcp actions=note:00.11.22.33.44.55,output:2,note:01
            table=0,priority=2,udp actions=note:00.11.22.33.44.55
            table=0,priority=3,icmp actions=note:01.02,write_actions(output:2),goto_table:1
            table=0,priority=5,sctp actions=clone(note:01.02,output:2)
            table=0,priority=6,arp actions=clone(note:01.02),output:2
            """,
        packets: """
            in_port=1,tcp
            in_port=1,udp
            in_port=1,icmp
            in_port=1,arp
            in_port=1,sctp
            """)

    static let actionSetOutput = Pipeline(
        name: "actset_output", version: "OpenFlow15",
        groups: """
            group_id=1,type=all,bucket=output:3
            """,
        flows: """
            table=0,priority=1,tcp actions=write_actions(output:2),goto_table:3
            table=0,priority=2,udp actions=write_actions(group:1,output:3),goto_table:3
            table=0,priority=3,arp actions=write_actions(output:2),goto_table:2
            table=0,priority=4,icmp actions=goto_table:3
            table=0,priority=5,sctp actions=write_actions(output:10),goto_table:3
            table=0,priority=6,tcp6 actions=clone(output:2),write_actions(controller),goto_table:3
            table=3,priority=1,actset_output=2 actions=output:1,output:3
            table=3,priority=2,actset_output=unset actions=output:1,output:2
            table=3,priority=3,actset_output=10 actions=output:LOCAL
            table=3,priority=4,actset_output=CONTROLLER actions=output:LOCAL
            table=2,priority=1 actions=clear_actions,goto_table:3
            br1 actset_output=unset actions=output:1
            """,
        packets: """
            in_port=1,tcp
            in_port=1,udp
            in_port=1,arp
            in_port=1,icmp
            in_port=1,sctp
            in_port=1,tcp6
            """)

    static let controllerOptions = Pipeline(
        name: "options of controller", version: "OpenFlow14",
        meters: """
            meter=1,kbps,band=type=drop,rate=100
            """,
        flows: """
            table=0,udp,tp_dst=1 actions=controller,output:2
            table=0,udp,tp_dst=2 actions=dec_ttl,controller(reason=no_match,id=7,userdata=01.02),controller:20
            table=0,udp,tp_dst=3,cookie=0x1234 actions=dec_ttl(1,2),output:3
            table=0,udp,tp_dst=4 actions=controller(pause),output:2
            table=0,udp,tp_dst=5 actions=output:2,sample(probability=65535,collector_set_id=1,obs_domain_id=2,obs_point_id=3),output:3
            table=0,udp,tp_dst=6 actions=controller(max_len=128,reason=invalid_ttl,meter_id=1),output:2
            table=0,udp,tp_dst=7 actions=controller(max_len=128,userdata=01.02.03,id=9,meter_id=1,pause),output:2
            table=0,udp,tp_dst=8 actions=set_field:00:00:00:00:00:01->eth_dst,controller,output:2
            table=0,udp,tp_dst=9 actions=write_actions(controller:77,set_field:00:00:00:00:00:01->eth_dst)
            table=0,udp,tp_dst=10 actions=push_vlan:0x8100,controller,push_mpls:0x8847,controller
            table=0,udp,tp_dst=11 actions=controller(reason=packet_out),controller(reason=group),controller(reason=action_set)
            table=0,udp,tp_dst=12 actions=controller(max_len=0),controller:0
            table=0,udp,tp_dst=13 actions=clone(controller),resubmit(,1)
            table=0,udp,tp_dst=14 actions=output:10
            table=1,priority=0,actions=controller
            br1 actions=controller(id=3)
            """,
        packets: """
            in_port=1,udp,nw_ttl=64,udp_dst=1
            in_port=1,udp,nw_ttl=64,udp_dst=2
            in_port=1,udp,nw_ttl=64,udp_dst=3
            in_port=1,udp,nw_ttl=1,udp_dst=3
            in_port=1,udp,nw_ttl=64,udp_dst=4 # pause
            in_port=1,udp,nw_ttl=64,udp_dst=5 # sample
            in_port=1,udp,nw_ttl=64,udp_dst=6
            in_port=1,udp,nw_ttl=64,udp_dst=7 # pause
            in_port=1,udp,nw_ttl=64,udp_dst=8
            in_port=1,udp,nw_ttl=64,udp_dst=9
            in_port=1,udp,nw_ttl=64,udp_dst=10
            in_port=1,udp,nw_ttl=64,udp_dst=11
            in_port=1,udp,nw_ttl=64,udp_dst=12
            in_port=1,udp,nw_ttl=64,udp_dst=13
            in_port=1,udp,nw_ttl=64,udp_dst=14
            packet-out controller,output:2 in_port=1,udp,udp_dst=2 # packetOut
            """)
}
