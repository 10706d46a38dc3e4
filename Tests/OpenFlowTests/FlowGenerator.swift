import Flow
import Wire

/// Makes valid flows in ovs-ofctl's syntax from a seed.
struct FlowGenerator {
    private var state: UInt64
    /// Flows with encap and decap, which OpenFlow 1.0 does not have, come too.
    var hasEncapsulation = false

    init(seed: UInt64) { state = seed }

    mutating func number(_ limit: UInt64) -> UInt64 { splitMix64(&state) % limit }
    private mutating func coin(_ oneIn: UInt64 = 2) -> Bool { number(oneIn) == 0 }
    private mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(number(UInt64(items.count)))] }

    mutating func flow() -> String {
        var parts: [String] = []
        if coin(4) { parts.append("table=\(number(254))") }
        if coin() { parts.append("priority=\(number(65536))") }
        if coin(4) { parts.append("cookie=\(hex(number(1 << 62)))") }
        if coin(4) { parts.append("idle_timeout=\(number(65536))") }
        if coin(4) { parts.append("hard_timeout=\(number(65536))") }
        if coin(4) { parts.append("send_flow_rem") }
        let proto = pick(["", "ip", "tcp", "udp", "sctp", "icmp", "arp", "rarp", "ipv6", "tcp6", "udp6", "icmp6", "mpls", "dl_type=0x88cc"])
        if !proto.isEmpty { parts.append(proto) }
        metadata(&parts)
        link(&parts)
        network(proto, &parts)
        return parts.joined(separator: ",") + " actions=" + actions(proto)
    }

    private mutating func metadata(_ parts: inout [String]) {
        if coin(3) { parts.append("in_port=" + pick(["LOCAL", "1", "255", "65279", "CONTROLLER"])) }
        if coin(6) { parts.append("reg\(number(16))=" + masked(32)) }
        if coin(8) { parts.append("xreg\(number(8))=" + masked(64)) }
        if coin(6) { parts.append("metadata=" + masked(64)) }
        if coin(6) { parts.append("tun_id=" + masked(64)) }
        if coin(8) { parts.append("tun_src=" + ipv4()) }
        if coin(8) { parts.append("tun_ipv6_dst=" + ipv6()) }
        if coin(8) { parts.append("pkt_mark=" + masked(32)) }
        if coin(8) { parts.append("ct_state=" + pick(["+trk+new", "-trk", "+trk+est-inv", "+rpl", "trk|est|rpl", "+snat-dnat"])) }
        if coin(8) { parts.append("ct_zone=\(number(65536))") }
        if coin(8) { parts.append("ct_mark=" + masked(32)) }
        if coin(8) { parts.append("conj_id=\(number(1 << 32))") }
    }

    private mutating func link(_ parts: inout [String]) {
        if coin(4) { parts.append("dl_src=" + ethernet()) }
        if coin(4) { parts.append("eth_dst=" + ethernet()) }
        if coin(4) {
            parts.append(pick([
                "dl_vlan=\(number(4096))", "dl_vlan=\(number(4096)),dl_vlan_pcp=\(number(8))", "dl_vlan_pcp=\(number(8))",
                "vlan_tci=\(hex(0x1000 | number(4096)))/\(hex(0x1000 | number(4096)))", "vlan_vid=0x1000/0x1000", "vlan_tci=0/0x1000",
            ]))
        }
    }

    private mutating func network(_ proto: String, _ parts: inout [String]) {
        switch proto {
        case "ip", "tcp", "udp", "sctp", "icmp":
            if coin() { parts.append("nw_src=" + ipv4()) }
            if coin() { parts.append("ip_dst=" + ipv4()) }
        case "arp", "rarp":
            if coin() { parts.append("arp_spa=" + ipv4()) }
            if coin() { parts.append("nw_dst=" + ipv4()) }
            if coin() { parts.append("arp_op=\(number(256))") }
            if coin() { parts.append("arp_tha=" + ethernet()) }
        case "ipv6", "tcp6", "udp6", "icmp6":
            if coin() { parts.append("ipv6_src=" + ipv6()) }
            if coin() { parts.append("ipv6_dst=" + ipv6()) }
            if coin(4) { parts.append("ipv6_label=" + masked(20)) }
        case "mpls":
            if coin() { parts.append("mpls_label=\(number(1 << 20))") }
            if coin() { parts.append("mpls_tc=\(number(8))") }
            if coin() { parts.append("mpls_bos=\(number(2))") }
            return
        default: return
        }
        if !proto.hasSuffix("arp") { internet(proto, &parts) }
    }

    private mutating func internet(_ proto: String, _ parts: inout [String]) {
        if coin(4) { parts.append("nw_tos=\(number(64) * 4)") }
        if coin(6) { parts.append("nw_ecn=\(number(4))") }
        if coin(6) { parts.append("nw_ttl=\(number(256))") }
        if coin(6) { parts.append("ip_frag=" + pick(["no", "yes", "first", "later", "not_later"])) }
        if proto == "ip" || proto == "ipv6", coin(3) { parts.append("nw_proto=\(number(256))") }
        let isTransport = proto.hasPrefix("tcp") || proto.hasPrefix("udp") || proto == "sctp"
        if isTransport, parts.last == "ip_frag=later" { return }
        if isTransport, coin() { parts.append("tp_src=" + pick(["\(number(65536))", masked(16)])) }
        if isTransport, coin() { parts.append("tp_dst=" + pick(["\(number(65536))", masked(16)])) }
        if proto.hasPrefix("tcp"), coin(3) { parts.append("tcp_flags=" + pick(["+syn-ack", "syn|ack", hex(number(4096)), "+fin-[800]"])) }
        if proto == "icmp" || proto == "icmp6", coin() { parts.append("icmp_type=\(number(256))") }
    }

    /// Actions that are printed alike in each of ovs-ofctl's forms.
    private mutating func actions(_ proto: String) -> String {
        var actions: [String] = []
        if coin(20) { return conjunctions() }
        for _ in 0..<number(5) {
            var choices = extensions(proto) + [
                "\(number(65279))", "output:\(number(65279))", "NORMAL", "LOCAL", "IN_PORT", "controller:\(number(65536))",
                "resubmit(\(number(65279)),\(number(255)))", "resubmit(,\(number(255)))", "group:\(number(1 << 31))",
                "mod_dl_src:" + exactEthernet(), "mod_dl_dst:" + exactEthernet(), "load:\(number(16))->reg\(number(16))[4..7]",
                "set_field:\(hex(number(1 << 32)))->reg\(number(16))", "set_field:\(hex(number(1 << 60)))->metadata",
                "move:reg\(number(16))[0..7]->reg\(number(16))[24..31]", "output:reg\(number(16))[0..15]", "set_queue:\(number(100))",
                "clone(output:\(number(100)),\(number(100)))", "note:" + "0a.0b", "exit",
                "output(port=\(number(100)),max_len=\(100 + number(1000)))", "set_field:\(number(1 << 16))->pkt_mark",
                "controller(id=\(1 + number(1000)),userdata=01.02)",
            ]
            switch proto {
            case "tcp": choices += ["mod_nw_src:1.2.3.4", "mod_tp_dst:\(number(65536))", "dec_ttl", "mod_nw_ecn:\(number(4))"]
            case "udp": choices += ["mod_nw_dst:1.2.3.4", "set_field:\(number(65536))->udp_src", "dec_ttl(1,2)"]
            case "arp": choices += ["set_field:2->arp_op", "move:arp_spa->arp_tpa", "set_field:10.0.0.1->arp_spa"]
            case "tcp6": choices += ["set_field:\(exactIPv6())->ipv6_dst", "mod_tp_src:7", "set_field:0x12345->ipv6_label"]
            case "icmp6": choices += ["set_field:\(number(256))->icmpv6_code"]
            default: break
            }
            actions.append(pick(choices))
        }
        // Behind it, hardly any other action would suit the packet.
        if hasEncapsulation, coin(4) {
            actions.append(pick(["encap(ethernet),decap()", "encap(mpls)", "encap(nsh(md_type=1)),dec_nsh_ttl,decap()",
                "encap(nsh(md_type=2,tlv(\(hex(0x1000 + number(0xefff))),\(number(256)),0x1f\(10 + number(90))))),set_field:\(hex(number(1 << 24)))->nsh_spi",
                "decap(packet_type(ns=1,type=\(hex(number(65536)))))"]))
        }
        return actions.isEmpty ? "drop" : actions.joined(separator: ",")
    }

    private mutating func conjunctions() -> String {
        (0...number(2)).map { _ in
            let clauses = 2 + number(63)
            return "conjunction(\(number(1 << 32)),\(1 + number(clauses))/\(clauses))"
        }.joined(separator: ",")
    }

    /// Open vSwitch's own actions.
    private mutating func extensions(_ proto: String) -> [String] {
        let members = (0..<number(5)).map { _ in pick(["\(number(65279))", "LOCAL", "ANY", "IN_PORT"]) }.joined(separator: ",")
        let hash = pick(["eth_src", "symmetric_l4", "symmetric_l3l4", "symmetric_l3l4+udp", "nw_src", "nw_dst", "symmetric_l3"])
        let links = 1 + number(65536)
        var choices = [
            "push:" + range(), "pop:" + range(), "ct_clear", "check_pkt_larger(\(number(65536)))->reg\(number(16))[\(number(32))]",
            "bundle(\(hash),\(number(65536)),\(pick(["hrw", "active_backup"])),ofport,members:\(members))",
            "bundle_load(\(hash),\(number(65536)),hrw,ofport,NXM_NX_REG\(number(16))[\(number(17))..31],members:\(members))",
            "multipath(\(hash),\(number(65536)),\(pick(["modulo_n", "hash_threshold", "hrw", "iter_hash"])),\(links),\(number(1 << 32)),NXM_NX_REG\(number(16))[0..\(15 + number(17))])",
            learn(proto), "controller(pause,meter_id=\(1 + number(1 << 31)),max_len=\(number(65536)))",
            "sample(probability=\(1 + number(65535)),sampling_port=\(number(65279)),\(pick(["ingress", "egress"])))",
            "clone(ct_clear,push:reg0[],\(number(100)))",
        ]
        switch proto {
        case "ip", "udp", "icmp", "sctp": choices += [conntrack("10.1.\(number(256)).1", "10.1.255.\(number(256))")]
        case "tcp": choices += [conntrack("10.1.\(number(256)).1", "10.1.255.\(number(256))"), "ct(alg=ftp)", "fin_timeout(idle_timeout=\(1 + number(9)),hard_timeout=9)"]
        case "ipv6", "tcp6", "udp6", "icmp6": choices += [conntrack("[fe80::\(number(9999))]", "[fe81::\(number(9999))]")]
        default: break
        }
        return choices
    }

    private mutating func range() -> String {
        let first = number(32)
        return pick(["NXM_NX_REG\(number(16))[\(first)..\(first + number(32 - first))]", "xxreg\(number(4))[]", "NXM_OF_ETH_SRC[]", "metadata[3..9]"])
    }

    private mutating func learn(_ proto: String) -> String {
        var parts = ["table=\(number(255))"]
        if coin() { parts.append("idle_timeout=\(number(65536))") }
        if coin(3) { parts.append("fin_hard_timeout=\(number(65536))") }
        if coin(3) { parts.append("cookie=" + hex(number(1 << 62))) }
        if coin(3) { parts.append("limit=\(number(1 << 31)),result_dst=reg\(number(16))[\(number(32))]") }
        if coin(3) { parts.append(pick(["send_flow_rem", "delete_learned", "priority=\(number(65536))"])) }
        for _ in 0..<number(4) {
            parts.append(pick([
                "NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[]", "NXM_OF_VLAN_TCI[0..11]", "in_port=\(number(65279))", "reg\(number(16))=" + hex(number(1 << 32)),
                "NXM_NX_REG\(number(16))[4..7]=\(number(16))", "load:\(number(256))->NXM_NX_REG1[8..15]", "load:NXM_OF_IN_PORT[]->NXM_NX_REG2[0..15]",
                "output:NXM_NX_REG3[]", "xxreg1=" + hex(number(1 << 62)), "eth_type=0x800,nw_proto=17,udp_dst=\(number(65536))",
                "eth_type=0x86dd,ipv6_dst=" + exactIPv6(),
            ]))
        }
        if proto == "tcp" { parts.append("eth_type=0x800,nw_proto=6,NXM_OF_TCP_SRC[]=NXM_OF_TCP_DST[]") }
        return "learn(" + parts.joined(separator: ",") + ")"
    }

    private mutating func conntrack(_ first: String, _ last: String) -> String {
        var parts = ["commit"]
        if coin(3) { parts.append("force") }
        if coin() { parts.append("table=\(number(255))") }
        if coin() { parts.append("zone=" + pick(["\(number(65536))", "NXM_NX_REG\(number(16))[0..15]"])) }
        if coin() {
            let addresses = pick([first, first + "-" + last, first + "-" + last + ":\(1 + number(100))-\(200 + number(1000))", first + ":80"])
            parts.append("nat(\(pick(["src", "dst"]))=\(addresses)\(pick(["", ",persistent", ",hash", ",persistent,random"])))")
        }
        if coin() { parts.append("exec(load:\(number(1 << 32))->NXM_NX_CT_MARK[],set_field:\(bits())->ct_mark,set_field:\(hex(number(1 << 60)))->ct_label)") }
        return "ct(" + parts.joined(separator: ",") + ")"
    }

    /// A value and a mask that covers it.
    private mutating func bits() -> String {
        let mask = number(1 << 32) | 1
        return hex(number(1 << 32) & mask) + "/" + hex(mask)
    }

    private mutating func masked(_ bits: UInt64) -> String {
        let limit = bits == 64 ? UInt64.max : 1 << bits
        let value = number(limit)
        return coin() ? hex(value) : hex(value) + "/" + hex(number(limit))
    }

    private mutating func ipv4() -> String {
        let address = "\(number(256)).\(number(256)).\(number(256)).\(number(256))"
        return address + pick(["", "/\(number(33))", "/255.255.0.0", "/0.255.0.\(number(256))"])
    }

    private mutating func exactIPv6() -> String {
        (0..<8).map { _ in coin() ? "0" : String(number(65536), radix: 16) }.joined(separator: ":")
    }

    private mutating func ipv6() -> String { exactIPv6() + pick(["", "/\(number(129))", "/ffff::ff"]) }

    private mutating func exactEthernet() -> String {
        (0..<6).map { _ in String(number(256), radix: 16) }.joined(separator: ":")
    }

    private mutating func ethernet() -> String {
        exactEthernet() + pick(["", "", "/ff:ff:ff:00:00:00", "/01:00:00:00:00:00"])
    }

    private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
