/// Commands of ofproto/trace and ofproto/trace-packet-out (ovs-vswitchd(8)): flows of a bridge and of the datapath, packets, options and mistakes.
enum TraceForms {
    static let pipeline = Pipeline(
        name: "forms of traces",
        flows: """
            priority=1 actions=output:2,output:3
            """,
        packets: "")

    static let tags = Pipeline(
        name: "tags up to a limit",
        flows: """
            dl_vlan=5 actions=pop_vlan,output:2
            priority=1 actions=output:3
            """,
        packets: """
            in_port=1 50540000000750540000000581000005810000070800450000280000000040110000010203040506070800010002
            in_port=1 50540000000750540000000588a80006810000070800450000280000000040110000010203040506070800010002
            in_port=1 5054000000075054000000050800450000280000000040110000010203040506070800010002
            """)

    private static let flow = "in_port=1,tcp,tcp_dst=1"
    private static let frame = "505400000007505400000005080045000028000000004011000001020304050607080001000200080000"

    static let commands = forms + packetOuts + mistakes.map { ["ofproto/trace", "br0", $0, "--names"] }

    private static let forms = ([
        ["br0"], ["br0", flow], ["br9", flow], [flow], ["--names", "br0", flow], ["br0", "in_port=p1,tcp"], ["br0", flow, "--foo"], ["br0", flow, "-consistent"],
        ["br0", flow, "-generate"], ["br0", flow, "--generate"], ["br0", flow, "-generate", frame], ["br0", flow, frame, "-generate"], ["br0", "in_port=1", frame],
        ["br0", "in_port=1", String(frame.dropLast())], ["br0", "in_port=1", "zz"], ["br0", "in_port=1", "00"], ["br0", "in_port=1", frame, "x"],
        ["a", "b", "c", "d"], ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], ["ovs-netdev", flow], ["system@ovs-system", "x"],
        [datapath("p1")], ["ovs-netdev", datapath("p1")], ["foo", datapath("p1")], ["br0", datapath("p1")], ["br9", datapath("p1")], [datapath("p1"), frame],
        [datapath("p1"), "-generate"], ["ovs-netdev", datapath("p1"), frame], [datapath("99")], [datapath("p99")], ["recirc_id(0x5)," + datapath("p1")],
        [datapath("p1") + ",foo(1)"], ["in_port(p1)"], ["in_port(p1),eth(src=50:54:00:00:00:05,dst=50:54:00:00:00:07)"], ["br0", "in_port=1,recirc_id=5,tcp"],
    ] + [["--ct-next"], ["--l7"], ["--l7-len"]].map { ["br0", flow] + $0 }
        + ["trk", "trk,new", "trk, new", "bogus", "0x21", "new", "trk,inv,new", "trk,new,est", "trk,new,rpl", "trk,snat", "+trk", ""].map { ["br0", flow, "--ct-next", $0] }
        + ["", "0", "0102", "xyz"].map { ["br0", flow, "--l7", $0] } + ["5", "64000", "64001", "-1"].map { ["br0", flow, "--l7-len", $0] })
        .map { ["ofproto/trace", "--names"] + $0 }

    private static func datapath(_ port: String) -> String {
        "in_port(\(port)),eth(src=50:54:00:00:00:05,dst=50:54:00:00:00:07),eth_type(0x0800),ipv4(src=1.2.3.4,dst=5.6.7.8,proto=6,tos=0,ttl=64,frag=no),tcp(src=1,dst=2)"
    }

    private static let packetOuts = [[], ["-consistent"]].flatMap { before in
        [
            "output:2", "foo", "mod_nw_src:1", "group:77", "meter:1", "output:77777", "goto_table:1", "write_metadata:5", "clear_actions", "write_actions(output:2)",
            "clone(goto_table:1)", "nat", "set_field:5->udp_dst", "pop_mpls:0x0800", "output:none", "output", "resubmit", "resubmit(1,300)", "note:1",
            "controller(foo)", "table", "exit", "in_port", "set_field:1->foo", "load:1->NXM_NX_REG0[0..40]", "group:abc", "apply_actions(output:2)",
        ].map { ["ofproto/trace-packet-out"] + before + ["br0", flow, "--names", $0] }
    } + [["ofproto/trace-packet-out"], ["ofproto/trace-packet-out", "br0", flow, "-consistent", "--names", "output:2"],
        ["ofproto/trace-packet-out", "-consistent", "br0", "in_port=1,arp", "mod_tp_dst:5,output:2"], ["ofproto/trace-packet-out", "br0", flow, frame, "--names", "output:2"]]

    private static let mistakes = [
        "", "foo", "in_port", "in_port=", "in_port=99999", "in_port=-1", "in_port=p9", "in_port=1,in_port=2", "in_port=1,foo=1", "priority=5,in_port=1", "table=1", "in_port=1,actions=drop",
        "in_port=1,dl_src=1", "in_port=1,dl_src=", "in_port=1,dl_src=00:00:00:00:00:00:00", "in_port=1,ip,nw_src=", "in_port=1,ip,nw_src=1.2.3", "in_port=1,ip,nw_src=1.2.3.4/8",
        "in_port=1,nw_src=1.2.3.4", "in_port=1,tcp6,nw_src=1.1.1.1", "in_port=1,tcp,tcp_src=99999", "in_port=1,tcp,tcp_src=", "in_port=1,tcp,udp_src=5", "in_port=1,tcp,tcp_flags=x",
        "in_port=1,ip,nw_ttl=300", "in_port=1,metadata=x", "in_port=1,reg0=", "in_port=1,ipv6,ipv6_src=x", "in_port=1,ipv6,ipv6_src=",
        "in_port=1,vlan_pcp=5", "in_port=1,mpls_label=5", "in_port=1,ip,ip", "in_port=1,tcp,udp", "in_port=1,dl_type=0x800,tcp", "in_port=1 tcp", "in_port:1,tcp", "tcp(5)", "in_port(1)",
    ]
}
