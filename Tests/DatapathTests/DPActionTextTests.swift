import Flow
import Testing
import TestSupport
import Wire
@testable import Datapath

@Suite struct DPActionTextTests {
    /// ovs-vswitchd reads each list and prints it; ours must print the same.
    @Test func ovsPrintsTheSame() async throws {
        let script = "while IFS= read -r actions; do ask dpctl/parse-actions \"$actions\" | head -1 | tr -d '\\n'; echo; done"
        let lists = knownToOVS.split(separator: "\n").map(String.init)
        let result = try await besideDummySwitch(script, input: knownToOVS + "\n")
        let theirs = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(theirs.count == lists.count + 1)
        for (list, expected) in zip(lists, theirs) {
            let actions = try [DPAction].parseODP(list)
            #expect(actions.odpText() == expected, "\(list)")
        }
    }

    @Test func whatOVSCannotReadIsStillReadAgain() throws {
        for text in [
            "push_mpls(label=5,tc=1,ttl=3,bos=1,eth_type=0x8847),1", "pop_mpls(eth_type=0x800),2", "hash(l4(5)),recirc(0x7)",
            "hash(sym_l4(0)),recirc(0x1)", "push_eth(src=00:01:02:03:04:05,dst=00:01:02:03:04:06),1", "pop_eth,1", "trunc(64),3",
            "userspace(pid=0,userdata(00000000000000ff),max_len=128)",
        ] {
            #expect(try [DPAction].parseODP(text).odpText() == text)
        }
    }

    @Test func actionsAreWhatTheySay() throws {
        let actions = try [DPAction].parseODP("p2,set(ipv4(src=1.2.3.4,ttl=63)),set(eth(dst=00:01:00:00:00:00/ff:ff:00:00:00:00)),push_vlan(vid=5,pcp=3),9",
            ports: { $0 == "p2" ? ODPPort(2) : nil })
        var value = DPSetIPv4(), mask = DPSetIPv4()
        (value.src, value.ttl, mask.src, mask.ttl) = (BE32(0x0102_0304), 63, .ones, 255)
        #expect(actions == [
            .output(ODPPort(2)), .set(.ipv4(value, mask: mask)),
            .set(.ethernet(src: .zero, dst: EthernetAddress(0x0001_0000_0000), srcMask: .zero, dstMask: EthernetAddress(0xffff_0000_0000))),
            .pushVLAN(tpid: BE16(0x8100), tci: BE16(0x6005)), .output(ODPPort(9)),
        ])
        #expect(actions.odpText(portName: { $0.number == 9 ? "vhost1" : nil }).hasSuffix(",vhost1"))
        #expect([DPAction]().odpText() == "drop")
        #expect(try [DPAction].parseODP("drop").isEmpty)
        #expect(try [DPAction].parseODP("sample(sample=50.0%,actions(1))") == [.sample(probability: 0x8000_0000, [.output(ODPPort(1))])])
    }

    @Test func valuesOutsideTheMaskAreZero() throws {
        let actions = try [DPAction].parseODP("set(ipv4(src=1.2.3.4/255.255.0.0,ttl=63/0)),set(skb_mark(0x1ff/0xf0))")
        var value = DPSetIPv4(), mask = DPSetIPv4()
        (value.src, mask.src) = (BE32(0x0102_0000), BE32(0xffff_0000))
        #expect(actions == [.set(.ipv4(value, mask: mask)), .set(.pktMark(0xf0, mask: 0xf0))])
    }

    @Test func randomListsAreReadAgain() throws {
        var state: UInt64 = 9
        for _ in 0..<500 {
            let actions = (0..<splitMix64(&state) % 5).map { _ in randomAction(&state, depth: 0) }
            let text = actions.odpText()
            #expect(try [DPAction].parseODP(text) == actions, "\(text)")
        }
    }

    @Test func errorsAndStrangeBytes() {
        for text in ["foo", "1,drop", "set(foo(1))", "push_vlan(vid=5000,pcp=0)", "clone(1", "recirc(x)", "1 2)", "sample(sample=101.0%,actions(1))"] {
            #expect(throws: ODPTextError.self, "\(text)") { try [DPAction].parseODP(text) }
        }
        let deep = String(repeating: "clone(", count: 5000) + String(repeating: ")", count: 5000)
        #expect(throws: ODPTextError.self) { try [DPAction].parseODP(deep) }
        var state: UInt64 = 4
        for _ in 0..<2000 {
            var bytes = Array((0..<3).map { _ in randomAction(&state, depth: 0) }.odpText().utf8)
            bytes[Int(splitMix64(&state) % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: splitMix64(&state))
            if let actions = try? [DPAction].parseODP(String(decoding: bytes, as: UTF8.self)) { #expect(!actions.odpText().isEmpty) }
        }
    }

    private func randomAction(_ state: inout UInt64, depth: Int) -> DPAction {
        func number(_ limit: UInt64) -> UInt64 { splitMix64(&state) % limit }
        func list() -> [DPAction] { (0..<1 + number(2)).map { _ in randomAction(&state, depth: depth + 1) } }
        switch number(depth < 2 ? 17 : 13) {
        case 0: return .userspace(userdata: splitMix64(&state), maxLength: UInt32(number(3)))
        case 1: return .pushVLAN(tpid: BE16(number(2) == 0 ? 0x8100 : 0x88a8), tci: BE16(UInt16(number(0x1000) | number(8) << 13)))
        case 2: return .popVLAN
        case 3: return .pushMPLS(lse: BE32(UInt32(truncatingIfNeeded: splitMix64(&state))), etherType: BE16(0x8847))
        case 4: return .popMPLS(etherType: BE16(UInt16(number(65536))))
        case 5:
            let bits = UInt32(number(1 << 32)) | 1
            return .set(.pktMark(UInt32(number(1 << 32)) & bits, mask: bits))
        case 6:
            let bits = EthernetAddress(number(1 << 48) | 1)
            return .set(.ethernet(src: EthernetAddress(number(1 << 48) & bits.number), dst: .zero, srcMask: bits, dstMask: .zero))
        case 7:
            var value = DPSetIPv6(), mask = DPSetIPv6()
            mask.dst = BE128(high: .max, low: splitMix64(&state))
            value.dst = BE128(high: splitMix64(&state), low: splitMix64(&state) & mask.dst.low)
            (value.hopLimit, mask.hopLimit) = (UInt8(number(256)), 255)
            return .set(.ipv6(value, mask: mask))
        case 8: return .set(.udp(src: BE16(UInt16(number(65536))), dst: .zero, srcMask: .ones, dstMask: .zero))
        case 9: return .recirc(RecircID(UInt32(number(1 << 32))))
        case 10: return .hash(algorithm: UInt32(number(2)), basis: UInt32(number(1 << 32)))
        case 11: return .trunc(maxLength: UInt32(number(65536)))
        case 12: return .output(ODPPort(UInt32(number(1000))))
        case 13: return .clone(list())
        case 14: return .meter(UInt32(number(100)))
        case 15: return .checkPacketLength(UInt32(number(1500)), greater: list(), lessOrEqual: list())
        default: return .sample(probability: number(2) == 0 ? .max : 0, list())
        }
    }
}

/// Lists that ovs-vswitchd reads as well.
private let knownToOVS = """
    drop
    1,2,3
    push_vlan(vid=5,pcp=0),1
    push_vlan(tpid=0x88a8,vid=5,pcp=3),1
    pop_vlan,2
    set(eth(src=00:01:02:03:04:05,dst=00:01:02:03:04:06)),1
    set(eth(dst=00:01:02:03:04:06)),1
    set(eth(dst=00:01:02:00:00:00/ff:ff:ff:00:00:00)),1
    set(ipv4(src=1.2.3.4)),2
    set(ipv4(src=1.2.0.0/255.255.0.0,ttl=63)),2
    set(ipv4(src=1.2.3.4,dst=2.3.4.5,tos=0x10,ttl=3)),2
    set(ipv4(tos=0x10/0xfc)),2
    set(ipv6(src=::1)),2
    set(ipv6(dst=::1/::ff,label=0x5,tclass=0x4/0xfc,hlimit=3)),2
    set(tcp(src=5)),1
    set(tcp(src=5,dst=6)),1
    set(udp(dst=5/0xff)),1
    set(sctp(src=5,dst=6)),1
    set(icmp(type=5)),1
    set(arp(sip=1.2.3.4,op=2)),1
    set(arp(sip=1.2.3.4,tip=1.2.3.4,op=2,sha=00:01:02:03:04:05,tha=00:01:02:03:04:05)),1
    set(nd(target=::1,sll=00:01:02:03:04:05)),1
    set(mpls(label=5,tc=1,ttl=3,bos=1)),1
    set(skb_priority(0x5)),1
    set(skb_mark(0x5)),1
    set(skb_mark(0x5/0xff)),1
    recirc(5)
    clone(1),2
    clone(push_vlan(vid=5,pcp=0),1),2
    sample(sample=50.0%,actions(1)),2
    sample(sample=50%,actions(1,2)),2
    sample(sample=0.0%,actions(1))
    sample(sample=12.345%,actions(1))
    sample(sample=99.95%,actions(1))
    sample(sample=100.0%,actions(1))
    meter(1),2
    check_pkt_len(size=200,gt(4),le(5)),1
    check_pkt_len(size=200,gt(drop),le(set(eth(dst=00:01:02:03:04:06)),5))
    userspace(pid=0,userdata(0102030405060708))
    1,
     1 , 2
    """
