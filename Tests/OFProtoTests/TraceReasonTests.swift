import Flow
import OpenFlow
import TestSupport
import Testing
import Wire
@testable import OFProto

/// `ofproto/trace --why`: who looked at which bits of the megaflow.
@Suite struct TraceReasonTests {
    /// A flow's reasons as they are printed, a line each.
    private func why(_ net: TestSwitch, _ packet: String) throws -> [String] {
        try reasons(net.ofproto.trace(request(net, FlowSyntax().packet(packet)), now: net.now).text).reasons
    }

    private func request(_ net: TestSwitch, _ key: FlowKey) -> TraceRequest {
        var request = TraceRequest(bridge: net.bridge, key: key)
        request.tellsReasons = true
        return request
    }

    private func reasons(_ text: String) throws -> (megaflow: String, reasons: [String]) {
        let lines = text.split(separator: "\n").map(String.init)
        let begin = try #require(lines.firstIndex(of: "Why:"))
        return (try #require(lines.first { $0.hasPrefix("Megaflow: ") }), lines[(begin + 1)...].map { String($0.dropFirst(2)) })
    }

    @Test func tellsWhichTableAndRuleAskedForWhat() throws {
        let net = try TestSwitch(
            flows: "table=0,priority=9,in_port=2,tcp,tp_dst=80,actions=drop", "table=0,priority=8,ip,nw_dst=10.0.0.0/24,actions=dec_ttl,resubmit(,1)",
            "table=0,priority=7,ip,nw_dst=10.128.0.0/9,actions=drop", "table=1,priority=5,reg0=1,dl_src=02:00:00:00:00:01,actions=drop",
            "table=1,priority=4,udp,tp_dst=0x80/0xff80,actions=move:eth_src[0..7]->eth_dst[0..7],output:2",
            "table=1,priority=0,actions=NORMAL")
        #expect(try why(net, "in_port=1,udp,nw_dst=10.0.0.9,nw_ttl=5,udp_dst=130,dl_src=02:00:00:00:00:07") == [
            "recirc_id=0,ip,in_port=1,nw_frag=no: always",
            "nw_dst=10.0.0.0/24: br0: table 0: lookup, for priority 8 ip,nw_dst=10.0.0.0/24",
            "nw_ttl=5: br0: table 0: dec_ttl",
            "udp,tp_dst=0x80/0xff80: br0: table 1: lookup, for priority 4 udp,tp_dst=0x80/0xff80",
            "dl_src=00:00:00:00:00:07/00:00:00:00:00:ff,dl_dst=00:00:00:00:00:00/00:00:00:00:00:ff: br0: table 1: move:NXM_OF_ETH_SRC[0..7]->NXM_OF_ETH_DST[0..7]",
        ])
        // Ports of which no rule has the first bits; the switch learns.
        #expect(try why(net, "in_port=1,udp,nw_dst=10.0.0.9,nw_ttl=5,udp_dst=5,dl_src=02:00:00:00:00:07").suffix(2) == [
            "tp_dst=0x0/0xff80: br0: table 1: lookup, for priority 4 udp,tp_dst=0x80/0xff80",
            "dl_src=02:00:00:00:00:07,dl_dst=00:00:00:00:00:00: br0: table 1: NORMAL",
        ])
        // A stage and a trie end lookups early.
        #expect(try why(net, "in_port=2,icmp,nw_dst=10.200.0.9,icmp_type=8,icmp_code=1").dropFirst() == [
            "icmp: br0: table 0: lookup, for priority 9 tcp,in_port=2,tp_dst=80",
            "nw_dst=10.128.0.0/9: br0: table 0: lookup, for priority 8 ip,nw_dst=10.0.0.0/24",
        ])
        #expect(try why(net, "in_port=1,tcp6") == ["recirc_id=0,ipv6,in_port=1,nw_frag=no: always"])
    }

    @Test func tellsClausesOfConjunctions() throws {
        let net = try TestSwitch(
            flows: "priority=20,conj_id=7,tcp,actions=output:2", "priority=20,ip,nw_src=10.0.0.1,actions=conjunction(7,1/2)",
            "priority=20,tcp,tp_dst=80,actions=conjunction(7,2/2)", "priority=0,actions=drop")
        #expect(try why(net, "in_port=1,tcp,nw_src=10.0.0.1,tcp_dst=80").dropFirst() == [
            "nw_src=10.0.0.1: br0: table 0: lookup, for priority 20 ip,nw_src=10.0.0.1",
            "tcp,tp_dst=80: br0: table 0: lookup, for priority 20 tcp,tp_dst=80",
        ])
    }

    @Test func tellsGroupsAndHashes() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .select, [bucket(2, weight: 1), bucket(3, weight: 1)]) {
            $0.method = "hash"
            $0.add(.ipv4Dst, bits: 0xffff_ff00)
        }
        try net.group(.add, 2, .all, [GroupBucket(id: 5, actions: [.decTTL([]), out(2)])])
        let flow = "actions=group:1,bundle(nw_src,0,hrw,ofport,members:1,2),write_actions(set_field:02:00:00:00:00:02->eth_dst,group:2)"
        try net.bridge.apply(FlowSyntax().flow(flow).mod, command: .add, now: net.now)
        let told = try why(net, "in_port=1,udp,nw_src=10.0.0.1,nw_dst=10.0.0.9,nw_ttl=5,dl_dst=02:00:00:00:00:03")
        #expect(told.dropFirst() == [
            "nw_dst=10.0.0.0/24: br0: table 0: group:1",
            "nw_src=10.0.0.1: br0: table 0: bundle(nw_src,0,hrw,ofport,members:1,2)",
            "dl_dst=02:00:00:00:00:03: br0: action set: set_field:02:00:00:00:00:02->eth_dst",
            "nw_ttl=5: br0: bucket 5: dec_ttl",
        ])
    }

    @Test func tellsBondsMirrorsAndNetFlow() throws {
        let net = try TestSwitch(ports: 4)
        var bond = BondSettings(), mirror = MirrorSettings("m")
        bond.mode = .balanceSLB
        try net.bridge.addBond("b0", PortSettings(), bond)
        for name in ["p5", "p6"] {
            var config = net.config(name)
            config.bond = "b0"
            try net.bridge.addPort(config)
        }
        net.settle()
        mirror.sources = ["p1"]
        mirror.vlans = [5]
        mirror.output = .port("p4")
        try net.bridge.configureMirrors([mirror])
        net.bridge.addStaticMAC(EthernetAddress(0x0200_0000_0009), vlan: 5, port: OFPort(5))
        net.bridge.netFlow = NetFlowConfig(targets: [])
        try net.add(priority: 0, Match(), [.output(.normal, maxLength: 0)])
        #expect(try why(net, "in_port=1,dl_vlan=5,dl_dst=02:00:00:00:00:09,dl_src=02:00:00:00:00:01,udp,nw_src=10.0.0.1,nw_dst=10.0.0.9") == [
            "recirc_id=0,ip,in_port=1,vlan_tci=0x1000/0x1000,nw_frag=no: always",
            "dl_vlan=5: br0: mirrors of port p1",
            "dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:09: br0: table 0: NORMAL",
            "udp,nw_src=10.0.0.1,nw_dst=10.0.0.9,nw_tos=0,tp_src=0,tp_dst=0: br0: NetFlow",
        ])
    }

    @Test func tellsWhatComesBeforeAPause() throws {
        let net = try TestSwitch()
        try net.group(.add, 1, .select, [bucket(2, weight: 1), bucket(3, weight: 1)])
        try net.bridge.apply(FlowSyntax().flow("actions=mod_vlan_pcp:3,group:1").mod, command: .add, now: net.now)
        #expect(try why(net, "in_port=1,dl_vlan=5,dl_vlan_pcp=1,udp").dropFirst() == [
            "dl_vlan_pcp=1: br0: table 0: mod_vlan_pcp:3", "dl_vlan=5: br0: changes before the packet pauses",
        ])
    }

    @Test func everyBitIsExplained() throws {
        for seed in 0..<100 as Range<UInt64> {
            var random = Random(seed: seed + 90_000)
            let net = try random.anySwitch()
            for _ in 0..<20 { try check(net, random.anyPacket(), seed) }
        }
    }

    /// What is printed as matched by every megaflow.
    private static let always = MegaflowMask("Megaflow: eth,recirc_id=0,in_port=1,dl_type=0x9999,vlan_tci=0/0x1000,vlan_tci1=0/0x1000,nw_frag=no")

    private func check(_ net: TestSwitch, _ key: FlowKey, _ seed: UInt64) throws {
        let text = try net.ofproto.trace(request(net, key), now: net.now).text
        let (megaflow, lines) = try reasons(text)
        let whole = MegaflowMask(megaflow), parts = lines.map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
        let union = MegaflowMask("Why: " + parts.map { $0[0] }.joined(separator: ","))
        #expect(whole.narrower(than: union) == [], "seed \(seed): not explained:\n\(text)")
        #expect(union.narrower(than: whole) == [], "seed \(seed): not in the megaflow:\n\(text)")
        for part in parts where part[1] == "always" {
            #expect(MegaflowMask("Why: " + part[0]).narrower(than: Self.always) == [], "seed \(seed): nobody looked:\n\(text)")
        }
    }
}
