import Testing
import Wire
@testable import Flow

@Suite struct ComposeFrameTests {
    private static let ethernet = "eth(src=50:54:00:00:00:09,dst=50:54:00:00:00:0a),"
    private static let addresses = "50540000000a505400000009"

    private func frame(_ flow: String, length: Int? = nil) throws -> [UInt8]? {
        let parsed = try FlowKey.parseODP(Self.ethernet + flow)
        var key = parsed.key
        if parsed.mask.l0.dlType == .zero { key.l0.dlType = BE16(EtherType.notEtherType) }
        return key.composedFrame(length: length)
    }

    private static let payload = (0..<64).map { String($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()

    /// Frames that ovs-vswitchd 3.1 composed of the same flows.
    @Test(arguments: [
        ("eth_type(0x8100),vlan(vid=5,pcp=3),encap(eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=132,tos=8,ttl=3,frag=no),sctp(src=1,dst=2))",
            "81006005080045080020000000000384b14d0101010102020202000100020000000000000000"),
        ("eth_type(0x86dd),ipv6(src=fe80::1,dst=fe80::2,label=0x12,proto=6,tclass=0x10,hlimit=64,frag=no),tcp(src=80,dst=81),tcp_flags(syn|ack)",
            "86dd6100001200140640fe800000000000000000000000000001fe80000000000000000000000000000200500051000000000000000050120000b22d0000"),
        ("eth_type(0x86dd),ipv6(src=fe80::1,dst=fe80::2,label=0,proto=17,tclass=0,hlimit=64,frag=first),udp(src=80,dst=81)",
            "86dd6000000000481140fe800000000000000000000000000001fe8000000000000000000000000000020050005100481db5" + payload),
        ("eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=17,tos=8,ttl=3,frag=later)", "08004508001400002064031191680101010102020202"),
        ("eth_type(0x86dd),ipv6(src=fe80::1,dst=fe80::2,label=0,proto=58,tclass=0,hlimit=255,frag=no),icmpv6(type=135,code=0),nd(target=fe80::5,sll=50:54:00:00:00:05)",
            "86dd6000000000203afffe800000000000000000000000000001fe80000000000000000000000000000287002bc000000000fe8000000000000000000000000000050101505400000005"),
        ("eth_type(0x0806),arp(sip=10.0.0.1,tip=10.0.0.2,op=1,sha=50:54:00:00:00:09,tha=00:00:00:00:00:00)",
            "080600010800060400015054000000090a0000010000000000000a000002"),
        ("eth_type(0x8847),mpls(label=100,tc=3,ttl=64,bos=1)", "884700064740"),
        ("eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=2,tos=8,ttl=3,frag=no)", "08004508001c000000000302b1d301010101020202020000ffff00000000"),
        ("eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=6,tos=8,ttl=3,frag=no),tcp(src=1,dst=2)",
            "080045080068000000000306b183010101010202020200010002000000000000000050000000c5980000" + payload),
        ("eth_type(0x1234)", "1234"), ("", "000e"),
    ]) func composesWhatOVSComposes(flow: String, expected: String) throws {
        #expect(try frame(flow) == hexBytes(Self.addresses + expected), "\(flow)")
    }

    /// Zeros fill the frame up; what is counted and summed counts them.
    @Test func isAsLongAsAskedFor() throws {
        let udp = "eth_type(0x0800),ipv4(src=10.0.0.1,dst=10.0.0.2,proto=17,tos=0,ttl=64,frag=no),udp(src=8,dst=9)"
        let begin = "080045000" + "0ba00000000401166310a0000010a000002000800090144e9f0"
        #expect(try frame(udp, length: 200) == hexBytes(Self.addresses + begin) + [UInt8](repeating: 0, count: 158))
        #expect(try frame(udp, length: 42)?.count == 42)
        #expect(try frame(udp, length: 41) == nil)
        #expect(try frame("eth_type(0x1234)", length: 14)?.count == 14)
        #expect(try frame("", length: 60).map { Array($0[12..<14]) } == [0, 60])
    }
}
