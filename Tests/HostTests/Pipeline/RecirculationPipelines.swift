/// Packets that the datapath is to look up again, and headers in front of packets.
extension Pipeline {
    static let recirculation = [labels, selectGroups, hashGroups, encapsulation]

    private static let labels = Pipeline(
        name: "behind a label",
        groups: "group_id=1,type=all,bucket=output:2,bucket=resubmit(,2)",
        flows: """
            in_port=1,dl_src=00:00:00:00:00:01,mpls,actions=pop_mpls:0x0800,resubmit(,2)
            in_port=1,dl_src=00:00:00:00:00:02,mpls,actions=pop_mpls:0x0800,output:2
            in_port=1,dl_src=00:00:00:00:00:03,mpls,actions=pop_mpls:0x0800,load:5->NXM_NX_REG0[],set_field:00:00:00:00:00:99->eth_dst,output:2
            in_port=1,dl_src=00:00:00:00:00:04,mpls,actions=pop_mpls:0x0800,dec_ttl,output:2
            in_port=1,dl_src=00:00:00:00:00:05,mpls,actions=pop_mpls:0x0800,output:3,push_vlan:0x8100,output:2
            in_port=1,dl_src=00:00:00:00:00:06,mpls,actions=pop_mpls:0x0800,goto_table:2
            in_port=1,dl_src=00:00:00:00:00:07,mpls,actions=pop_mpls:0x0800,group:1,output:3
            in_port=1,dl_src=00:00:00:00:00:08,mpls,actions=pop_mpls:0x0800,IN_PORT,exit
            in_port=1,dl_src=00:00:00:00:00:09,mpls,actions=pop_mpls:0x0800,output:10
            in_port=1,dl_src=00:00:00:00:00:0a,mpls,actions=clone(pop_mpls:0x0800,resubmit(,2)),output:3
            in_port=1,dl_src=00:00:00:00:00:0b,mpls,actions=pop_mpls:0x8847,resubmit(,2)
            in_port=1,dl_src=00:00:00:00:00:0c,mpls,actions=pop_mpls:0x0800,write_actions(output:2)
            in_port=1,dl_src=00:00:00:00:00:0d,mpls,actions=pop_mpls:0x0800,move:NXM_NX_REG0[]->NXM_NX_REG1[],output:2
            in_port=1,dl_src=00:00:00:00:00:0e,mpls,actions=push:NXM_NX_REG3[],pop_mpls:0x0800,resubmit(,3),output:2
            table=2,ip,nw_dst=10.0.0.1,actions=output:2
            table=2,mpls,mpls_label=5,actions=output:2
            table=3,actions=resubmit(,2),pop:NXM_NX_REG4[]
            br1 in_port=10,ip,actions=output:1
            """,
        packets: (1...14).map { number in
            let source = "00:00:00:00:00:0" + String(number, radix: 16)
            let remark = number == 10 ? " # copy" : ""
            return [1, 0].map { "in_port=1,dl_src=\(source),mpls,mpls_bos=\($0),mpls_ttl=9" + remark }.joined(separator: "\n")
        }.joined(separator: "\n"))

    private static let selectGroups = Pipeline(
        name: "hashed by the datapath", version: "OpenFlow15",
        groups: """
            group_id=1,type=select,bucket=output:2,bucket=output:3
            group_id=2,type=select,selection_method=dp_hash,selection_method_param=4294967301,bucket=output:2,bucket=weight:3,output:3
            group_id=3,type=select,selection_method=dp_hash,bucket=resubmit(,2)
            group_id=4,type=all,bucket=group:1,bucket=output:2
            """,
        flows: """
            in_port=1,tcp,actions=group:1,output:3
            in_port=1,udp,actions=set_field:1->reg0,group:2
            in_port=1,icmp,actions=write_actions(group:3)
            in_port=1,arp,actions=group:4,output:3
            in_port=1,sctp,actions=push_vlan:0x8100,set_field:4097->vlan_vid,group:3
            table=2,actions=output:2
            """,
        packets: """
            in_port=1,tcp
            in_port=1,udp
            in_port=1,icmp
            in_port=1,arp
            in_port=1,sctp
            """)

    private static let hashGroups = Pipeline(
        name: "hashed by translation", version: "OpenFlow15",
        groups: """
            group_id=1,type=select,selection_method=hash,fields(ip_src,tcp_dst),bucket=output:2,bucket=output:3,bucket=weight:5,output:LOCAL
            group_id=2,type=select,selection_method=hash,selection_method_param=7,fields(eth_src,vlan_vid,ip_dst=255.255.255.0),bucket=output:2,bucket=weight:3,output:3
            group_id=3,type=select,bucket=weight:1,output:2,bucket=weight:500,output:3
            group_id=4,type=select,selection_method=hash,bucket=output:2,bucket=output:3,bucket=output:LOCAL
            group_id=5,type=select,selection_method=hash,fields(ipv6_src,ipv6_label,nw_proto),bucket=output:2,bucket=output:3,bucket=output:LOCAL
            """,
        flows: (1...5).map { "in_port=1,dl_dst=00:00:00:00:00:0\($0),actions=group:\($0)" }.joined(separator: "\n"),
        packets: (1...5).flatMap { group in
            (1...4).flatMap { number in
                ["tcp,nw_src=10.0.0.\(number),nw_dst=10.0.\(number).1,tcp_dst=\(number)", "udp,dl_vlan=\(number),nw_src=10.0.0.\(number),udp_src=5",
                    "tcp6,ipv6_src=fd01::\(number),ipv6_dst=fd02::1,ipv6_label=0x1234\(number),tcp_dst=\(number)", "arp,nw_src=10.0.0.\(number)"].map {
                        "in_port=1,dl_src=00:00:00:00:01:0\(number),dl_dst=00:00:00:00:00:0\(group),\($0)"
                    }
            }
        }.joined(separator: "\n"))

    private static let encapsulation = Pipeline(
        name: "headers in front", version: "OpenFlow15",
        flows: [
            "encap(ethernet),output:2", "decap(),output:2", "decap(),decap(),output:2", "decap(),encap(ethernet),output:2", "decap(),resubmit(,2)",
            "encap(nsh(md_type=1)),output:2", "encap(nsh()),set_field:0x123->nsh_spi,set_field:5->nsh_si,encap(ethernet),output:2",
            "encap(nsh(md_type=2,tlv(0x1000,10,0x12345678))),encap(ethernet),set_field:11:22:33:44:55:66->dl_dst,output:2",
            "encap(nsh(md_type=2)),encap(ethernet),output:2", "encap(nsh()),set_field:7->nsh_c2,encap(ethernet),dec_nsh_ttl,set_field:8->nsh_c2,output:2",
            "encap(nsh()),decap(),output:2", "encap(nsh()),encap(nsh()),encap(ethernet),output:2", "clone(encap(nsh()),encap(ethernet),output:2),output:3",
            "encap(mpls),output:2", "encap(mpls),set_field:5->mpls_label,encap(ethernet),output:2", "encap(mpls_mc),encap(ethernet),output:2",
            "decap(),encap(mpls),encap(ethernet),output:2", "encap(nsh()),encap(ethernet),resubmit(,2),output:3",
            "encap(nsh()),encap(ethernet),push_vlan:0x8100,set_field:4098->vlan_vid,output:2", "encap(nsh()),output:10", "encap(nsh()),encap(ethernet),output:10",
        ].enumerated().map { "in_port=1,dl_src=00:00:00:00:01:\(hex2($0)),actions=\($1)" }.joined(separator: "\n") + """

            table=2,dl_type=0x894f,nsh_si=255,actions=output:2
            table=2,priority=1,actions=output:3
            br1 in_port=10,actions=output:1
            """,
        packets: (0..<21).flatMap { number in
            ["tcp,nw_ttl=9", "dl_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_ttl=5,nsh_c1=8"].map {
                "in_port=1,dl_src=00:00:00:00:01:\(hex2(number)),\($0)" + (number == 20 ? " # copy" : number == 9 && $0.hasPrefix("dl_type") ? " # newHeader" : "")
            }
        }.joined(separator: "\n"))

    private static func hex2(_ number: Int) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
}
