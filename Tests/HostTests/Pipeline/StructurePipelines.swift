/// Ways through tables: resubmits, goto_table, action sets, clones, and what ends a way.
extension Pipeline {
    static let structure = [resubmits, actionSets, clones, endless, deep, long, lookups]

    private static func numbered(_ count: Int) -> String { (1...count).map { "in_port=1,dl_dst=50:54:00:00:00:07,udp,nw_dst=10.0.0.2,nw_ttl=64,udp_dst=\($0)\n" }.joined() }

    static let resubmits = Pipeline(name: "resubmits", version: "OpenFlow14", flows: """
        table=0,udp,tp_dst=1 actions=resubmit(,10)
        table=10 actions=resubmit(,11),output:2
        table=11 actions=resubmit(,12),output:2
        table=12 actions=output:3
        table=0,udp,tp_dst=2 actions=output:2,goto_table:20
        table=20,cookie=0x99,ip actions=resubmit(2,21),goto_table:22
        table=21,in_port=2 actions=output:1,output:2
        table=0,udp,tp_dst=3 actions=resubmit(,30),resubmit(,31),output:3
        table=30,tcp actions=output:2
        table=31,udp,nw_dst=10.0.0.0/8 actions=exit
        table=0,udp,tp_dst=4 actions=write_metadata:0x5/0xff,goto_table:40
        table=40,metadata=0x5 actions=output:2
        """, packets: numbered(5))

    static let actionSets = Pipeline(name: "action sets", version: "OpenFlow15", groups: "group_id=1,type=all,bucket=bucket_id=0,actions=output:3", flows: """
        table=0,udp,tp_dst=1 actions=write_actions(output:2,dec_ttl),goto_table:1
        table=0,udp,tp_dst=2 actions=clear_actions,write_actions(set_field:1.1.1.1->ip_src,output:3),goto_table:2
        table=0,udp,tp_dst=3 actions=write_actions(output:2),goto_table:3
        table=0,udp,tp_dst=4 actions=write_actions(output:2),goto_table:4
        table=0,udp,tp_dst=5 actions=write_actions(dec_ttl),goto_table:2
        table=1 actions=output:3
        table=3 actions=clear_actions
        table=4 actions=write_actions(group:1,set_field:00:00:00:00:00:01->eth_dst)
        """, packets: numbered(5))

    static let clones = Pipeline(name: "clones", version: "OpenFlow14", meters: "meter=1,kbps,band=type=drop,rate=100\n", flows: """
        table=0,udp,tp_dst=1 actions=clone(dec_ttl,output:2),output:3
        table=0,udp,tp_dst=2 actions=clone(set_field:1.1.1.1->nw_src,resubmit(,1)),output:3
        table=0,udp,tp_dst=3 actions=dec_ttl,clone(clone(output:2),push_vlan:0x8100,output:3),output:2
        table=0,udp,tp_dst=4 actions=clone(output:2,exit),output:3
        table=1,ip,nw_src=1.0.0.0/8 actions=set_field:9->nw_ttl,output:2
        """, packets: numbered(4))

    static let endless = Pipeline(name: "endless", flows: """
        table=0,udp,tp_dst=1 actions=resubmit(,0)
        table=0,udp,tp_dst=2 actions=output:2,resubmit(,1)
        table=1 actions=resubmit(,0)
        """, packets: numbered(2))

    /// Forward through many tables, and back again and again.
    static let deep = Pipeline(name: "deep", flows: (0..<100).map { "table=\($0) actions=resubmit(,\($0 + 1))" }.joined(separator: "\n") + """

        table=100,udp,tp_dst=1 actions=resubmit(,0)
        table=100,udp,tp_dst=2 actions=output:2
        table=100,udp,tp_dst=3 actions=resubmit(,100)
        """, packets: numbered(3).replacing("udp_dst=1", with: "udp_dst=1 # nested"))

    /// More than one megaflow can do, and more than is done at all: 2,000 addresses written, and some 8,000 outputs by tables and by a group's buckets.
    static let long = Pipeline(name: "long", groups: "group_id=1,type=all," + (0..<600).map { _ in "bucket=actions=output:2" }.joined(separator: ","), flows: """
        table=0,udp,tp_dst=1 actions=resubmit(,1),resubmit(,2),resubmit(,3),resubmit(,4),resubmit(,5)
        table=0,udp,tp_dst=2 actions=\(repeated("resubmit(,6)", 20)),output:3
        table=0,udp,tp_dst=3 actions=resubmit(,6),resubmit(,6)
        table=0,udp,tp_dst=4 actions=group:1
        table=0,udp,tp_dst=5 actions=\(repeated("group:1", 15)),output:3
        table=0,udp,tp_dst=6 actions=\(repeated("resubmit(,6)", 17)),output:3
        \((1...5).map { table in "table=\(table) actions=" + (0..<400).map { "set_field:00:00:00:0\(table):\(hex($0))->eth_dst,output:2" }.joined(separator: ",") }.joined(separator: "\n"))
        table=6 actions=\(repeated("output:2", 500))
        """, packets: numbered(6))

    private static func repeated(_ action: String, _ count: Int) -> String { Array(repeating: action, count: count).joined(separator: ",") }
    /// "01:8f"
    private static func hex(_ number: Int) -> String { "0\(number >> 8):" + (number & 0xff < 16 ? "0" : "") + String(number & 0xff, radix: 16) }

    static let lookups = Pipeline(name: "lookups", flows: """
        table=0,priority=100,ip,nw_dst=10.0.0.0/24 actions=output:2
        table=0,priority=90,ip,nw_dst=10.0.0.0/8 actions=output:3
        table=0,priority=80,tcp,tp_dst=80 actions=output:2
        table=0,priority=79,tcp,tp_dst=81 actions=output:3
        table=0,priority=70,tcp,tcp_flags=+syn actions=output:3
        table=0,priority=60,in_port=2,dl_src=00:00:00:00:00:01 actions=output:3
        table=0,priority=50,ipv6,ipv6_dst=fd00::/16 actions=output:3
        table=0,priority=40,dl_type=0x9999,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00 actions=output:3
        """, packets: """
        in_port=1,tcp,nw_dst=10.0.0.2,tcp_dst=80
        in_port=1,tcp,nw_dst=10.1.0.2,tcp_dst=80
        in_port=1,tcp,nw_dst=11.1.0.2,tcp_dst=80
        in_port=1,tcp,nw_dst=12.1.0.2,tcp_dst=81
        in_port=1,tcp,nw_dst=12.1.0.2,tcp_dst=82,tcp_flags=0x2
        in_port=2,tcp,dl_src=00:00:00:00:00:01,nw_dst=12.1.0.2,tcp_dst=82,tcp_flags=0x10
        in_port=2,udp,nw_dst=12.1.0.2
        in_port=1,ipv6,ipv6_dst=fd00::2
        in_port=1,ipv6,ipv6_dst=fe00::2
        in_port=1,dl_dst=01:00:00:00:00:05,dl_type=0x9999
        in_port=1,dl_dst=00:00:00:00:00:05,dl_type=0x9999
        in_port=2,dl_dst=00:00:00:00:00:05,dl_type=0x9998
        """)
}
