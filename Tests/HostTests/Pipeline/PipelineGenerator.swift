/// Random pipelines: four tables whose flows fit some of the random packets, so that most packets meet several of them.
struct PipelineGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    private static let tables = 4, flows = 24, packets = 16

    mutating func pipeline(_ number: UInt64) -> Pipeline {
        // No two flows of one priority, of which either might be found.
        let flows = (0..<Self.flows).map { flow(priority: 100 + $0) }.joined(separator: "\n") + "\nbr1 actions=output:1"
        let packets = (0..<Self.packets).map { _ in packet() }.joined(separator: "\n")
        return Pipeline(name: "random \(number)", version: "OpenFlow15", flows: flows, packets: packets)
    }

    // MARK: Choice (xorshift64*, Vigna 2016)

    private mutating func below(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    private mutating func one<Element>(_ list: [Element]) -> Element { list[below(list.count)] }
    private mutating func happens(_ percent: Int) -> Bool { below(100) < percent }

    // MARK: Values: few, so that flows and packets meet

    private static let kinds = ["", "ip", "tcp", "udp", "icmp", "ipv6", "tcp6", "udp6", "arp"]
    private mutating func address4() -> String { one(["10.0.0.1", "10.0.0.2", "10.0.1.1", "10.1.0.1", "192.168.0.1"]) }
    private mutating func address6() -> String { one(["fd00::1", "fd00::2", "fd00:0:1::1", "fe80::1"]) }
    private mutating func ethernet() -> String { one(["00:00:00:00:00:01", "00:00:00:00:00:02", "50:54:00:00:00:01", "ff:ff:ff:ff:ff:ff"]) }
    private mutating func port() -> Int { one([1, 2, 80, 81, 443, 8080]) }
    private mutating func vlan() -> Int { one([5, 6, 7]) }

    // MARK: Packets

    private mutating func packet() -> String {
        let kind = one(Self.kinds)
        var parts = ["in_port=\(one(["1", "2", "3"]))", "dl_src=\(ethernet())", "dl_dst=\(ethernet())"]
        if happens(30) { parts.append("dl_vlan=\(vlan()),dl_vlan_pcp=\(below(4))") }
        parts.append(kind.isEmpty ? "dl_type=0x9999" : kind)
        if kind == "arp" { parts.append("arp_op=\(1 + below(2)),arp_spa=\(address4()),arp_tpa=\(address4())") }
        if ["ip", "tcp", "udp", "icmp"].contains(kind) { parts.append("nw_src=\(address4()),nw_dst=\(address4()),nw_ttl=\(one([1, 2, 64])),nw_tos=\(one([0, 32]))") }
        if kind.hasSuffix("6") { parts.append("ipv6_src=\(address6()),ipv6_dst=\(address6()),nw_ttl=\(one([1, 2, 64]))") }
        // OVS changes no header of a packet whose IP protocol is 0.
        if kind == "ip" || kind == "ipv6" { parts.append("nw_proto=99") }
        if kind.hasPrefix("tcp") { parts.append("tcp_src=\(port()),tcp_dst=\(port())") }
        if kind.hasPrefix("udp") { parts.append("udp_src=\(port()),udp_dst=\(port())") }
        if kind == "icmp" { parts.append("icmp_type=\(one([0, 8]))") }
        return parts.joined(separator: ",")
    }

    // MARK: Flows

    private mutating func flow(priority: Int) -> String {
        let table = below(Self.tables), kind = one(Self.kinds)
        var parts = ["table=\(table)", "priority=\(priority)"] + match(kind)
        if happens(20) { parts.append("cookie=0x\(String(1 + below(255), radix: 16))") }
        return parts.joined(separator: ",") + " actions=" + actions(kind, table)
    }

    private mutating func match(_ kind: String) -> [String] {
        var parts: [String] = []
        if happens(30) { parts.append("in_port=\(1 + below(3))") }
        if happens(20) { parts.append("dl_src=\(ethernet())") }
        if happens(20) { parts.append(one(["dl_dst=\(ethernet())", "dl_dst=01:00:00:00:00:00/01:00:00:00:00:00"])) }
        if happens(15) { parts.append(one(["vlan_tci=0x0000", "vlan_tci=0x1000/0x1000", "dl_vlan=\(vlan())", "dl_vlan=\(vlan()),dl_vlan_pcp=1"])) }
        if happens(20) { parts.append(one(["reg0=\(below(3))", "metadata=\(below(2))", "reg1=0x\(below(4))/0x3"])) }
        if !kind.isEmpty { parts.append(kind) }
        if ["ip", "tcp", "udp", "icmp"].contains(kind), happens(60) { parts.append("\(one(["nw_src", "nw_dst"]))=\(address4())\(one(["", "/8", "/16", "/24", "/30"]))") }
        if kind.hasSuffix("6"), happens(60) { parts.append("\(one(["ipv6_src", "ipv6_dst"]))=\(address6())\(one(["", "/16", "/64"]))") }
        if kind.hasPrefix("tcp") || kind.hasPrefix("udp"), happens(60) {
            parts.append("\(one(["tp_src", "tp_dst"]))=\(one(["\(port())", "0x50/0xfff0"]))")
        }
        if kind == "icmp", happens(60) { parts.append("icmp_type=8") }
        if kind == "arp", happens(60) { parts.append("arp_op=1") }
        return parts
    }

    private mutating func actions(_ kind: String, _ table: Int) -> String {
        if happens(5) { return "drop" }
        var list = (0..<(1 + below(4))).map { _ in action(kind, table) }
        if table + 1 < Self.tables, happens(30) { list.append("goto_table:\(table + 1 + below(Self.tables - table - 1))") }
        return list.joined(separator: ",")
    }

    private mutating func action(_ kind: String, _ table: Int) -> String {
        let isIPv4 = ["ip", "tcp", "udp", "icmp"].contains(kind), isIP = isIPv4 || kind.hasSuffix("6")
        var choices = [
            "output:\(1 + below(3))", "output:\(1 + below(3))", "in_port", "set_field:\(ethernet())->eth_dst", "set_field:\(ethernet())->eth_src",
            "set_field:\(below(3))->reg0", "set_field:\(below(4))->reg1", "set_field:\(below(2))->metadata", "move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[]",
            "move:NXM_NX_REG0[0..3]->NXM_NX_REG1[2..5]", "push:NXM_NX_REG0[],pop:NXM_NX_REG1[]", "output:NXM_NX_REG0[]", "output:10", "clone(set_field:\(ethernet())->eth_src,output:2)",
        ]
        // Only onwards, so that every way ends.
        if table + 1 < Self.tables { choices += (0..<3).map { _ in "resubmit(,\(table + 1 + below(Self.tables - table - 1)))" } }
        if isIP { choices += ["dec_ttl", "set_field:\(below(8))->ip_dscp", "clone(dec_ttl,output:3)"] }
        if isIPv4 { choices += ["set_field:\(address4())->ip_src", "set_field:\(address4())->ip_dst", "set_field:10.9.0.0/255.255.0.0->ip_dst"] }
        if kind.hasSuffix("6") { choices += ["set_field:\(address6())->ipv6_src", "set_field:\(address6())->ipv6_dst"] }
        if kind.hasPrefix("tcp") { choices.append("set_field:\(port())->tcp_dst") }
        if kind.hasPrefix("udp") { choices.append("set_field:\(port())->udp_src") }
        return one(choices)
    }
}
