import Testing
import TestSupport
import Wire
@testable import Flow

@Suite struct ODPKeyTextTests {
    /// ovs-vswitchd installs each flow and prints it in two ways; both must be ours.
    @Test func ovsPrintsTheSame() async throws {
        let script = #"""
            while IFS= read -r key; do
              ask dpctl/del-flows dummy@x
              ask dpctl/add-flow dummy@x "$key" 1 >/dev/null
              ask dpctl/dump-flows dummy@x | sed -n 's/, packets:.*//p' | head -1 | tr -d '\n'
              printf '\001'
              ask dpctl/dump-flows -m dummy@x | sed -n 's/^ufid:[^ ]* //; s/, packets:.*//p' | head -1 | tr -d '\n'
              echo
            done
            """#
        let flows = odpFlows.split(separator: "\n").map(String.init)
        let result = try await besideDummySwitch(script, input: odpFlows + "\n")
        let theirs = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(theirs.count == flows.count + 1)
        for (flow, line) in zip(flows, theirs) {
            let forms = line.split(separator: "\u{1}", omittingEmptySubsequences: false).map(String.init)
            let (key, mask) = try FlowKey.parseODP(flow, ports: { $0 == "p1" ? ODPPort(1) : nil })
            #expect(key.odpText(mask: mask) == forms[0], "\(flow)")
            var options = ODPTextOptions()
            options.verbose = true
            options.portName = { $0.number == 1 ? "p1" : nil }
            #expect(key.odpText(mask: mask, options) == forms[1], "\(flow)")
        }
    }

    @Test func whatOVSCannotReadIsStillReadAgain() throws {
        for text in [
            "recirc_id(0),in_port(1),packet_type(ns=0,id=0),eth(),eth_type(0x0800),ipv4(frag=no)",
            "recirc_id(0),in_port(1),eth(),eth_type(0x8847),mpls(lse0=0x64e40,lse1=0x5240/0xffffff00)",
            "recirc_id(0),in_port(1),eth(),eth_type(0x8847),mpls(lse1=0x5240/0xffffff00)",
            "recirc_id(0),in_port(1),eth(),eth_type(0x894f),nsh(flags=1,ttl=63,mdtype=1,np=3,spi=0x123,si=255,c1=0x1/0xf)",
            "ct_tuple6(src=::1,dst=::2/ffff::,proto=6,src_port=1),recirc_id(0x5),in_port(1),eth(),eth_type(0x86dd),ipv6(frag=no)",
            "recirc_id(0),in_port(1),eth(),eth_type(0x86dd),ipv6(proto=58,frag=no),icmpv6(type=136,code=0),nd(target=::1),nd_ext(nd_options_type=2)",
            "recirc_id(0),in_port(3),eth(),eth_type(0x88a8),vlan(vid=5),encap(eth_type(0x8100),vlan(vid=7,pcp=1),encap(eth_type(0x0806),arp(op=1)))",
            "tunnel(tun_id=0x5,dst=1.2.3.4,tp_dst=4789,erspan(ver=1,idx=0x3),flags(-df+key)),recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)",
        ] {
            let (key, mask) = try FlowKey.parseODP(text)
            #expect(key.odpText(mask: mask) == text)
        }
    }

    /// An EtherType under a mask of 0 says nothing, not even that there is no tag.
    @Test func anEtherTypeThatDoesNotCountIsNone() throws {
        let (key, mask) = try FlowKey.parseODP("in_port(1),eth_type(0x8848/0)")
        #expect(mask.l0.dlType == .zero && mask.l0.vlanTCI == .zero)
        #expect(try FlowKey.parseODP(key.odpText(mask: mask)).mask.l0.vlanTCI == .zero)
    }

    @Test func flagsNeedTCP() throws {
        for (flow, isPrinted) in [("eth_type(0x86dd),ipv6(proto=6,frag=no)", true), ("eth_type(0x68dd),ipv6(proto=6,frag=no)", false),
            ("eth_type(0x86dd),ipv6(proto=17,frag=no)", false)] {
            let (key, mask) = try FlowKey.parseODP("eth()," + flow + ",tcp_flags(+syn-ack)")
            #expect(key.odpText(mask: mask).contains("tcp_flags") == isPrinted, "\(flow)")
        }
    }

    @Test func attributesLandInTheirPlaces() throws {
        let (key, mask) = try FlowKey.parseODP("recirc_id(0x7),in_port(3),eth(dst=02:00:00:00:00:01),eth_type(0x8100),vlan(vid=5,pcp=2),"
            + "encap(eth_type(0x0800),ipv4(src=10.0.0.0/255.0.0.0,proto=17,tos=0x10/0xfc,frag=first),udp(dst=53))")
        #expect(key.l0.recircID == 7 && key.l0.inPort == 3)
        #expect(key.l0.vlanTPID.host == 0x8100 && key.l0.vlanTCI.host == 0x5005 && mask.l0.vlanTCI == .ones)
        #expect(key.l0.dlType.host == 0x0800 && key.l0.nwProto == 17 && key.l0.nwFrag == 1)
        #expect(key.l0.nwSrc == BE32(0x0a00_0000) && mask.l0.nwSrc == BE32(0xff00_0000))
        #expect(key.l0.nwTOS == 0x10 && mask.l0.nwTOS == 0xfc && key.l0.tpDst.host == 53)
        let untagged = try FlowKey.parseODP("in_port(1),eth(),eth_type(0x0806)")
        #expect(untagged.mask.l0.vlanTCI == .ones && untagged.key.l0.vlanTCI == .zero)
    }

    @Test func errorsNameThePlace() {
        for (text, offset) in [("in_port(x)", 8), ("in_port(1),foo(3)", 15), ("in_port(1),eth(src=1:2)", 19), ("in_port(1", 0), ("eth_type(0x10000)", 9)] {
            do throws(ODPTextError) {
                _ = try FlowKey.parseODP(text)
                Issue.record("accepted: \(text)")
            } catch {
                #expect(error.offset == offset, "\(text): \(error)")
                #expect(error.message.hasPrefix("syntax error at "))
            }
        }
    }

    @Test func randomFlowsAreReadAgain() throws {
        var state: UInt64 = 11
        for _ in 0..<500 {
            let (key, mask) = randomFlow(&state)
            let text = key.odpText(mask: mask)
            let again = try FlowKey.parseODP(text)
            #expect(again.key == key && again.mask == mask, "\(text)")
        }
    }

    @Test func noBytesTrap() {
        var state: UInt64 = 5
        let flows = odpFlows.split(separator: "\n").map { Array($0.utf8) }
        for round in 0..<3000 {
            var bytes = flows[round % flows.count]
            for _ in 0..<3 {
                let index = Int(splitMix64(&state) % UInt64(bytes.count))
                if splitMix64(&state) % 2 == 0 { bytes[index] = UInt8(truncatingIfNeeded: splitMix64(&state)) } else { bytes.remove(at: index) }
            }
            if let (key, mask) = try? FlowKey.parseODP(String(decoding: bytes, as: UTF8.self)) {
                #expect(!key.odpText(mask: mask).isEmpty)
            }
        }
    }

    /// A flow as a megaflow may be: exact protocol fields, anything else masked at random.
    private func randomFlow(_ state: inout UInt64) -> (FlowKey, FlowMask) {
        var key = FlowKey(), mask = FlowMask()
        let protocols: [(type: UInt16, proto: UInt8, fields: [Field])] = [
            (0x0800, 6, [.ipv4Src, .ipv4Dst, .nwTTL, .tcpSrc, .tcpDst, .tcpFlags]), (0x0800, 17, [.ipv4Dst, .udpDst]),
            (0x0800, 1, [.icmpType, .icmpCode]), (0x86dd, 6, [.ipv6Src, .ipv6Dst, .ipv6Label, .tcpDst]), (0x86dd, 132, [.sctpSrc]),
            (0x0806, 1, [.arpSPA, .arpTPA, .arpSHA, .arpTHA]), (0x88cc, 0, []), (0x0800, 47, [.ipv4Src]),
        ]
        let chosen = protocols[Int(splitMix64(&state) % UInt64(protocols.count))]
        let isIP = chosen.type == 0x0800 || chosen.type == 0x86dd
        exact(.inPort, splitMix64(&state) % 100, &key, &mask)
        exact(.recircID, splitMix64(&state) % 3, &key, &mask)
        exact(.ethType, UInt64(chosen.type), &key, &mask)
        if isIP || chosen.type == 0x0806 { exact(isIP ? .nwProto : .arpOp, UInt64(chosen.proto), &key, &mask) }
        if isIP { exact(.nwFrag, [0, 1, 0, 0][Int(splitMix64(&state) % 4)], &key, &mask) }
        mask.l0.vlanTCI = .ones
        if splitMix64(&state) % 3 == 0 {
            key.l0.vlanTPID = BE16(0x8100)
            mask.l0.vlanTPID = .ones
            key.l0.vlanTCI = BE16(UInt16(truncatingIfNeeded: splitMix64(&state)) | VLANTCI.present)
        }
        let general: [Field] = [.ethSrc, .ethDst, .skbPriority, .pktMark, .ctState, .ctZone, .ctMark, .ctLabel, .dpHash, .tunID, .tunTTL, .tunGBPID]
        for field in general + chosen.fields where splitMix64(&state) % 2 == 0 {
            let bits = UInt128(splitMix64(&state)) << 64 | UInt128(splitMix64(&state))
            let value = UInt128(splitMix64(&state)) << 64 | UInt128(splitMix64(&state))
            mask.set(field, to: bits)
            key.set(field, to: value & bits)
            guard mask.value(of: field) != 0 else { continue }
            if field == .tunID { (key.l2.tunFlags, mask.l2.tunFlags) = (TunnelFlags.key, TunnelFlags.key) }
            mask.setFrame(of: field, asMask: true)
            key.setFrame(of: field, asMask: false)
        }
        return (key, mask)
    }

    private func exact(_ field: Field, _ value: UInt64, _ key: inout FlowKey, _ mask: inout FlowMask) {
        key.set(field, to: UInt128(value))
        mask.setMask(of: field)
    }
}

/// Flows that ovs-vswitchd's dummy datapath takes.
private let odpFlows = #"""
    in_port(1),eth(src=00:01:02:03:04:05,dst=10:11:12:13:14:15),eth_type(0x0800),ipv4(src=35.8.2.41/255.255.255.0,dst=172.16.0.20,proto=6,tos=0/0x3,ttl=128,frag=no),tcp(src=80/0xff00,dst=8080)
    recirc_id(0),in_port(p1),packet_type(ns=0,id=0),eth(src=00:01:02:03:04:05/ff:ff:ff:00:00:00),eth_type(0x8100),vlan(vid=99,pcp=7),encap(eth_type(0x0800),ipv4(proto=17,frag=no),udp(dst=5))
    in_port(1),eth(),eth_type(0x8100),vlan(vid=99/0xff,pcp=7/0x4),encap(eth_type(0x86dd),ipv6(src=::1/ffff::,dst=fe80::2,label=0x5/0xff,proto=58,tclass=0x70/0xfc,hlimit=128,frag=no),icmpv6(type=135,code=0),nd(target=::5,sll=00:01:02:03:04:05,tll=00:00:00:00:00:00))
    in_port(1),eth(),eth_type(0x0806),arp(sip=1.2.3.4,tip=1.2.3.0/255.255.255.0,op=1,sha=00:0f:02:03:04:05,tha=00:00:00:00:00:00)
    in_port(1),eth(),eth_type(0x8847),mpls(label=100,tc=7,ttl=100,bos=1)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=6,frag=first),tcp(src=1,dst=2),tcp_flags(syn|ack)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=1,frag=no),icmp(type=1,code=2)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=132,frag=no),sctp(src=1/0xf,dst=2)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=2,frag=no)
    skb_priority(0x5/0xf),skb_mark(0x3),ct_state(+trk+new-inv),ct_zone(0x5),ct_mark(0x1/0xff),ct_label(0x5/0xff),recirc_id(0x1),dp_hash(0x3/0xf),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    ct_state(0x21),recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    ct_state(0x21/0x21),recirc_id(0),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(tun_id=0x5,src=1.2.3.4,dst=5.6.7.8,tos=0x10,ttl=64,tp_src=3,tp_dst=4789,flags(csum|key)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(tun_id=0x5,ipv6_src=::1,ipv6_dst=::2/ffff::,ttl=64/0xf0,flags(-df)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    in_port(1),eth(),eth_type(0x1234)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=6,frag=no),tcp(src=5/0)
    in_port(1),eth(),eth_type(0x86dd),ipv6(proto=6,frag=no),tcp(dst=80/0xfff0)
    in_port(1),eth(),eth_type(0x86dd),ipv6(proto=58,frag=no),icmpv6(type=128/0xf0)
    in_port(1),packet_type(ns=1,id=0x800),eth_type(0x0800),ipv4(frag=no)
    in_port(1),eth(),eth_type(0x88a8),vlan(vid=5,pcp=0),encap(eth_type(0x0800),ipv4(frag=no))
    in_port(1),eth(),eth_type(0x0800),ipv4(frag=no),ct_tuple4(src=1.2.3.4,dst=2.3.4.5,proto=6,tp_src=1,tp_dst=2/0xff)
    in_port(1),ct_state(+est+trk),eth(),eth_type(0x0800),ct_tuple4(src=1.2.3.4,dst=2.3.4.5,proto=6,tp_src=1,tp_dst=2/0xff),ipv4(frag=no)
    in_port(1),eth(),eth_type(0x8100),vlan(vid=99,pcp=0/0),encap(eth_type(0x0800),ipv4(frag=no))
    in_port(1),eth(),eth_type(0x8100),vlan(vid=0/0,pcp=0/0),encap(eth_type(0x0800),ipv4(frag=no))
    in_port(1),eth(),eth_type(0x8100),vlan(vid=99),encap(eth_type(0x0800),ipv4(frag=no))
    in_port(1),eth(),eth_type(0x8100),vlan(vid=0/0,pcp=3),encap(eth_type(0x0800),ipv4(frag=no))
    tunnel(tun_id=0x5,src=1.2.3.4,dst=5.6.7.8,ttl=64,flags(df)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(tun_id=0x5,src=1.2.3.4,dst=5.6.7.8,ttl=64,flags(df|key)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(tun_id=0x5,src=1.2.3.4,dst=5.6.7.8,ttl=64,tp_src=3,tp_dst=4/0xf,flags(+df-csum)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(src=1.2.3.4,dst=5.6.7.8,tos=3,ttl=64,flags(-df-csum)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(tun_id=0x5,src=1.2.3.4,dst=5.6.7.8,ttl=64,vxlan(gbp(id=5,flags=0x3)),flags(-df)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    tunnel(tun_id=0x5,src=1.2.3.4,dst=5.6.7.8,ttl=64,gtpu(flags=0x30,msgtype=255),flags(-df)),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=6,frag=no),tcp(src=0/0,dst=0/0),tcp_flags(+syn-ack)
    in_port(1),eth(),eth_type(0x0800),ipv4(proto=6,frag=no),tcp(src=0/0,dst=0/0),tcp_flags(0/0x12)
    in_port(1),eth(),eth_type(0x0800),ipv4(src=10.0.0.0/255.255.0.0,tos=0x10/0xfc,frag=later)
    in_port(1),eth(),eth_type(0x0806),arp(op=1/0xff)
    skb_mark(0x3/0xff),ct_zone(0x5/0xff),ct_label(0x123456789abcdef0123456789),ct_state(0/0x20),in_port(1),eth(),eth_type(0x0800),ipv4(frag=no)
    in_port(1), eth(src=00:01:02:03:04:05) eth_type(0x1234)
    in_port(1),eth(src=00:01:02:03:04:05,dst=00:01:02:03:04:06),eth_type(0x0800),ipv4(src=1.2.3.4,dst=1.2.3.5,proto=47,tos=0,ttl=64,frag=no)
    """#
