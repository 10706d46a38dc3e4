/// Fields that a packet carries beside its headers, and packets of which there are only parts.
extension Pipeline {
    static let carried = [tunnelOptions, nestedSamples] + ["normal", "drop", "nx-match"].map(fragmentModes)

    private static func packets(_ count: Int) -> String {
        (1...count).map { "in_port=1,dl_dst=00:00:00:00:00:\($0 < 10 ? "0" : "")\($0),tcp" }.joined(separator: "\n")
    }

    static let tunnelOptions = Pipeline(
        name: "tun_metadata", version: "OpenFlow15",
        tunnelOptions: "{class=0xffff,type=0,len=4}->tun_metadata0,{class=0xffff,type=1,len=8}->tun_metadata1,{class=0xffff,type=2,len=124}->tun_metadata2",
        flows: """
            table=0,priority=1,dl_dst=00:00:00:00:00:01 actions=set_field:5->tun_metadata0,output:2,resubmit(,1),set_field:6->tun_metadata0,resubmit(,1)
            table=0,priority=2,dl_dst=00:00:00:00:00:02 actions=set_field:0x1234->tun_metadata1,move:NXM_NX_TUN_METADATA1[0..31]->NXM_NX_REG0[],output:2,resubmit(,1)
            table=0,priority=3,dl_dst=00:00:00:00:00:03 actions=load:7->NXM_NX_TUN_METADATA1[8..15],load:1->NXM_NX_TUN_METADATA0[0],resubmit(,1),output:3
            table=0,priority=4,dl_dst=00:00:00:00:00:04 actions=set_field:5->tun_metadata0,delete_field:tun_metadata0,set_field:6->tun_metadata0,resubmit(,1),output:2
            table=0,priority=5,dl_dst=00:00:00:00:00:05 actions=delete_field:tun_metadata1,resubmit(,1),output:2
            table=0,priority=6,dl_dst=00:00:00:00:00:06,tun_metadata0=5 actions=output:2
            table=0,priority=7,dl_dst=00:00:00:00:00:07,tun_metadata0 actions=output:2
            table=0,priority=8,dl_dst=00:00:00:00:00:08 actions=clone(set_field:5->tun_metadata0,resubmit(,1)),resubmit(,1)
            table=0,priority=9,dl_dst=00:00:00:00:00:09 actions=set_field:5->tun_metadata0,output:10,output:2
            table=0,priority=10,dl_dst=00:00:00:00:00:10 actions=set_field:0x50/0xf0->tun_metadata0,set_field:0x0102030405060708090a->tun_metadata2,move:NXM_NX_TUN_METADATA2[0..15]->NXM_OF_ETH_DST[0..15],output:2
            table=0,priority=11,dl_dst=00:00:00:00:00:11 actions=set_field:7->tun_metadata0,controller,delete_field:tun_metadata0,set_field:8->tun_metadata0,controller
            table=0,priority=12,dl_dst=00:00:00:00:00:12 actions=write_actions(set_field:7->tun_metadata0,output:2),goto_table:1
            table=1,priority=3,tun_metadata0=5 actions=output:3
            table=1,priority=2,tun_metadata0=6 actions=output:1,output:2
            table=1,priority=1,tun_metadata1=0x1234 actions=output:LOCAL
            table=1,priority=5,tun_metadata0=1/1,tun_metadata1=0x700/0xff00 actions=output:LOCAL,output:3
            table=1,priority=0 actions=output:2
            br1 priority=0 actions=LOCAL
            """,
        packets: packets(12))

    /// Samples and metered copies for controllers, in clones.
    static let nestedSamples = Pipeline(
        name: "samples and clones", version: "OpenFlow13",
        meters: "meter=1,kbps,band=type=drop,rate=100",
        flows: """
            table=0,dl_dst=00:00:00:00:00:01 actions=clone(controller(meter_id=1),output:2),output:3
            table=0,dl_dst=00:00:00:00:00:02 actions=clone(clone(controller(max_len=99,meter_id=1,reason=no_match,id=4,userdata=00.01.02.ff)),set_field:1->reg0,output:2),output:3
            table=0,dl_dst=00:00:00:00:00:03 actions=clone(sample(probability=65535,collector_set_id=1),clone(sample(probability=1,collector_set_id=1))),output:2
            table=0,ip,dl_dst=00:00:00:00:00:04 actions=sample(probability=65535,collector_set_id=1,sampling_port=2,ingress),clone(dec_ttl,sample(probability=9,collector_set_id=1,sampling_port=2,egress),output:3)
            table=0,dl_dst=00:00:00:00:00:05 actions=controller(reason=invalid_ttl,id=65535,max_len=65535),controller(userdata=00),controller(id=0),controller(reason=action,max_len=1)
            """,
        packets: """
            in_port=1,dl_dst=00:00:00:00:00:01,tcp
            in_port=1,dl_dst=00:00:00:00:00:02,tcp
            in_port=1,dl_dst=00:00:00:00:00:03,tcp # sample
            in_port=1,dl_dst=00:00:00:00:00:04,tcp,nw_ttl=5 # sample
            in_port=1,dl_dst=00:00:00:00:00:05,tcp
            """)

    private static func fragmentModes(_ mode: String) -> Pipeline {
        Pipeline(
            name: "fragments: \(mode)", fragments: mode,
            flows: """
                table=0,priority=10,udp,tp_dst=1 actions=output:2
                table=0,priority=11,ip,nw_frag=later actions=dec_ttl,output:3
                table=0,priority=9,udp,tp_dst=0 actions=set_field:9->udp_dst,output:2
                table=0,priority=8,ip,nw_frag=first actions=output:1
                table=0,priority=12,tcp,tp_src=5/0xff,nw_frag=first actions=output:1,resubmit(,1)
                table=0,priority=13,tcp6,nw_frag=not_later,tp_dst=5 actions=set_field:6->tcp_dst,output:2
                table=0,priority=14,ipv6,nw_frag=yes actions=dec_ttl,output:10,output:3
                table=1,tcp,tp_dst=0 actions=output:2,set_field:1.1.1.1->ip_dst,output:3
                table=1,priority=1 actions=output:3
                br1 priority=1,udp,udp_dst=1 actions=output:1
                br1 priority=0 actions=LOCAL
                """,
            packets: """
                in_port=2,udp,nw_ttl=9,udp_dst=1
                in_port=2,udp,nw_ttl=9,nw_frag=first,udp_dst=1
                in_port=2,udp,nw_ttl=9,nw_frag=later
                in_port=2,tcp,nw_ttl=9,nw_frag=first
                in_port=2,tcp,nw_ttl=9,nw_frag=first,tcp_src=5,tcp_dst=0
                in_port=2,tcp,nw_ttl=9,nw_frag=first,tcp_src=5,tcp_dst=7
                in_port=2,udp6,nw_frag=later,nw_ttl=8
                in_port=2,tcp6,nw_frag=first,tcp_dst=5,nw_ttl=8
                in_port=2,tcp6,tcp_dst=5,nw_ttl=8
                in_port=2,icmp,nw_frag=first,icmp_type=8
                in_port=2,arp
                packet-out resubmit(,0) in_port=2,udp,nw_frag=later,nw_ttl=9
                packet-out output:10,output:3 in_port=2,udp,nw_frag=later,nw_ttl=9
                """)
    }
}
