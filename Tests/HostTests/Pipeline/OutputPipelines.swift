/// Where packets leave, and who hears of them.
extension Pipeline {
    static let outputs = [plainOutputs, patches, normal, groups, controllers, queuesAndMeters]

    private static let udp = "in_port=1,dl_src=50:54:00:00:00:05,dl_dst=50:54:00:00:00:07,udp,nw_src=192.168.0.1,nw_dst=10.0.0.2,nw_ttl=64"
    /// Packets that differ in their UDP port, from 1 on.
    private static func numbered(_ count: Int, _ more: String = "") -> String { (1...count).map { "\(udp),udp_dst=\($0)\(more)\n" }.joined() }

    static let plainOutputs = Pipeline(name: "outputs", flows: """
        table=0,udp,tp_dst=1 actions=output:2,output:3,output:2
        table=0,udp,tp_dst=2 actions=in_port,output:1,output:99
        table=0,udp,tp_dst=3 actions=output:NXM_NX_REG0[],set_field:2->reg0,output:NXM_NX_REG0[],set_field:70000->reg1,output:NXM_NX_REG1[],output:NXM_NX_REG1[0..15]
        table=0,udp,tp_dst=4 actions=flood
        table=0,udp,tp_dst=5 actions=all,local
        table=0,udp,tp_dst=6 actions=output(port=2,max_len=100),output:3
        table=0,udp,tp_dst=7 actions=drop
        table=0,udp,tp_dst=8 actions=resubmit(3,0),resubmit(,0)
        table=0,in_port=3,udp,priority=40000 actions=output:1,output:3
        table=0,udp,tp_dst=9 actions=output:2,exit,output:3
        table=0,udp,tp_dst=10 actions=note:01.02.03,output:2,note:04
        br1 actions=drop
        """, packets: numbered(7) + numbered(11).split(separator: "\n").suffix(3).joined(separator: "\n") + """

        in_port=3,udp
        in_port=77,udp,udp_dst=1
        udp,udp_dst=1
        packet-out output:2,resubmit(,0) \(udp),udp_dst=1
        packet-out set_field:00:00:00:00:00:01->eth_dst,output:2 in_port=LOCAL,tcp
        """)

    static let patches = Pipeline(name: "patch ports", flows: """
        table=0,udp,tp_dst=1 actions=output:10,output:2
        table=0,udp,tp_dst=2 actions=dec_ttl,set_field:5->reg0,set_field:6->metadata,output:10,output:2
        table=0,udp,tp_dst=3 actions=output:10
        table=0,udp,tp_dst=4 actions=push_vlan:0x8100,set_field:4101->vlan_vid,output:10,output:3
        br1 table=0,udp,tp_dst=3 actions=set_field:1.2.3.4->nw_src,resubmit(,1),output:1
        br1 table=0,reg0=5,priority=5 actions=drop
        br1 table=0,priority=1 actions=output:1
        br1 table=1,udp actions=set_field:9->nw_ttl,output:1,in_port
        """, packets: numbered(4))

    static let normal = Pipeline(name: "NORMAL", flows: """
        table=0,priority=1 actions=normal
        table=0,udp,tp_dst=1 actions=set_field:00:00:00:00:00:01->eth_dst,normal,output:2
        br1 actions=normal
        """, packets: """
        in_port=1,dl_src=50:54:00:00:00:05,dl_dst=50:54:00:00:00:07,tcp
        in_port=1,dl_src=50:54:00:00:00:05,dl_dst=ff:ff:ff:ff:ff:ff,arp
        in_port=1,dl_src=50:54:00:00:00:05,dl_dst=01:80:c2:00:00:00,dl_type=0x9999
        in_port=2,dl_src=51:54:00:00:00:05,dl_dst=01:00:5e:00:00:01,tcp
        in_port=1,dl_src=50:54:00:00:00:05,dl_dst=50:54:00:00:00:07,dl_vlan=5,dl_vlan_pcp=3,tcp
        in_port=LOCAL,dl_src=50:54:00:00:00:05,dl_dst=50:54:00:00:00:07,ipv6
        in_port=77,dl_dst=50:54:00:00:00:07,tcp
        \(udp),udp_dst=1
        """)

    static let groups = Pipeline(name: "groups", version: "OpenFlow15", groups: """
        group_id=1,type=all,bucket=bucket_id=0,actions=output:2,bucket=bucket_id=1,actions=set_field:1.2.3.4->ip_dst,output:3
        group_id=2,type=indirect,bucket=bucket_id=0,actions=dec_ttl,output:2
        group_id=3,type=ff,bucket=bucket_id=0,watch_port:22,actions=output:2,bucket=bucket_id=1,watch_port:3,actions=output:3
        group_id=4,type=ff,bucket=bucket_id=0,watch_port:22,actions=output:2
        group_id=5,type=all,bucket=bucket_id=0,actions=group:2,bucket=bucket_id=1,actions=resubmit(,1)
        group_id=6,type=select,selection_method=hash,fields(ip_src),bucket=bucket_id=0,actions=output:2
        group_id=7,type=all
        """, flows: """
        table=0,udp,tp_dst=1 actions=group:1,output:1,output:2
        table=0,udp,tp_dst=2 actions=group:2,output:3
        table=0,udp,tp_dst=3 actions=group:3
        table=0,udp,tp_dst=4 actions=group:4,output:3
        table=0,udp,tp_dst=5 actions=group:5
        table=0,udp,tp_dst=6 actions=write_actions(group:1,output:3,set_field:7->nw_ttl),goto_table:1
        table=0,udp,tp_dst=7 actions=group:6
        table=0,udp,tp_dst=8 actions=group:7,output:2
        table=1,udp actions=set_field:3->reg1,output:2
        """, packets: numbered(6) + "\(udp),udp_dst=7\n\(udp),udp_dst=8")

    static let controllers = Pipeline(name: "controllers", version: "OpenFlow14", flows: """
        table=0,udp,tp_dst=1 actions=controller,output:2
        table=0,udp,tp_dst=2 actions=dec_ttl,controller(reason=no_match,id=7,userdata=01.02),controller:20
        table=0,udp,tp_dst=3,cookie=0x1234 actions=dec_ttl(1,2),output:3
        table=0,udp,tp_dst=4 actions=controller(pause),output:2
        table=0,udp,tp_dst=5 actions=output:2,sample(probability=65535,collector_set_id=1,obs_domain_id=2,obs_point_id=3),output:3
        """, packets: numbered(3) + "\(udp),udp_dst=4 # pause\n\(udp),udp_dst=5 # sample\nin_port=1,udp,nw_ttl=1,udp_dst=3\nin_port=1,udp,nw_ttl=0,udp_dst=2")

    static let queuesAndMeters = Pipeline(name: "queues and meters", meters: "meter=1,kbps,band=type=drop,rate=100\n", flows: """
        table=0,udp,tp_dst=1 actions=set_queue:5,output:3,set_queue:5,output:2
        table=0,udp,tp_dst=2 actions=enqueue:2:1,output:3
        table=0,udp,tp_dst=3 actions=set_queue:4,pop_queue,output:2
        table=0,udp,tp_dst=4 actions=meter:1,output:2
        table=0,udp,tp_dst=5 actions=meter:1,goto_table:1
        table=1,priority=0 actions=clone(set_queue:3,output:2),output:3
        """, packets: numbered(5))
}
