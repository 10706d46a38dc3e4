import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct XlateTests {
    /// What a packet's megaflow does when the table holds one flow with these actions.
    private func translate(_ actions: [OFAction]) throws -> (actions: [DPAction], mask: FlowMask) { try translate(ipv4(1), actions) }

    private func translate(_ key: FlowKey, _ actions: [OFAction]) throws -> (actions: [DPAction], mask: FlowMask) {
        let net = try TestSwitch()
        try net.addMeter(7)
        try net.add(Match(), actions)
        net.ofproto.translator.flow.key = key
        #expect(net.ofproto.translator.translate(now: net.now, learns: true))
        return (net.ofproto.translator.actions, net.ofproto.translator.wildcards.key)
    }

    private func set(_ field: Field, _ value: UInt128) -> OFAction {
        .set(field, to: value)
    }

    @Test func outputNeverGoesBackExceptByInPort() throws {
        #expect(try translate([.output(OFPort(1), maxLength: 0)]).actions == [])
        #expect(try translate([.output(.inPort, maxLength: 0)]).actions == [.output(ODPPort(1))])
        #expect(try translate([.output(OFPort(2), maxLength: 0), .output(OFPort(99), maxLength: 0)]).actions == [.output(ODPPort(2))])
        #expect(try translate([.output(.all, maxLength: 0)]).actions == [2, 3, 4].map { .output(ODPPort($0)) })
        #expect(try translate([.drop]).actions == [])
    }

    @Test func aDropMatchesOnlyWhatEveryMegaflowMatches() throws {
        var mask = FlowMask()
        mask.l0.inPort = .max
        mask.l0.recircID = .max
        mask.l0.dlType = .ones
        mask.l0.vlanTCI = .ones
        mask.l0.nwFrag = FragmentBits.mask
        #expect(try translate([]).mask == mask)
    }

    @Test func headerChangesAreEmittedJustBeforeTheOutputAndOnlyTheDifference() throws {
        let result = try translate([
            set(.ethDst, 0x0200_0000_0009), set(.ipv4Src, 0x0a00_0001), set(.ipv4Dst, 0x0102_0304), set(.udpDst, 53), .output(OFPort(2), maxLength: 0),
            set(.ipv4Dst, 0x0102_0304), .output(OFPort(3), maxLength: 0), set(.udpSrc, 9),
        ])
        var ip = DPSetIPv4(), ipMask = DPSetIPv4()
        ip.dst = BE32(0x0102_0304)
        ipMask.dst = .ones
        #expect(result.actions == [
            .set(.ethernet(src: .zero, dst: EthernetAddress(0x0200_0000_0009), srcMask: .zero, dstMask: .broadcast)),
            .set(.ipv4(ip, mask: ipMask)),
            .set(.udp(src: .zero, dst: BE16(53), srcMask: .zero, dstMask: .ones)),
            .output(ODPPort(2)), .output(ODPPort(3)),
        ])
        #expect(result.mask.l0.nwSrc == .ones && result.mask.l0.nwDst == .ones && result.mask.l0.nwProto == .max)
    }

    @Test func fieldsThatAPacketLacksAreNotSet() throws {
        var arp = ipv4(1)
        arp.l0.dlType = BE16(EtherType.arp)
        arp.l0.nwProto = 1
        arp.l0.tpSrc = .zero
        arp.l0.tpDst = .zero
        arp.l0.nwTTL = 0
        #expect(try translate(arp, [set(.udpDst, 53), set(.ipv6Label, 3), set(.vlanPCP, 3), .output(OFPort(2), maxLength: 0)]).actions
            == [.output(ODPPort(2))])
        var change = DPSetARP(), mask = DPSetARP()
        change.opcode = BE16(2)
        mask.opcode = .ones
        #expect(try translate(arp, [set(.arpOp, 2), .output(OFPort(2), maxLength: 0)]).actions == [.set(.arp(change, mask: mask)), .output(ODPPort(2))])
    }

    @Test func ipv6AndNeighbourDiscovery() throws {
        var key = ipv4(1)
        key.l0.dlType = BE16(EtherType.ipv6)
        key.l0.nwSrc = .zero
        key.l0.nwDst = .zero
        key.l0.nwProto = IPProtocol.icmpv6
        key.l0.tpSrc = BE16(135)
        key.l0.tpDst = .zero
        key.l1.ndTarget = BE128(high: 1, low: 2)
        var ip = DPSetIPv6(), ipMask = DPSetIPv6(), nd = DPSetND(), ndMask = DPSetND()
        ip.hopLimit = 63
        ipMask.hopLimit = 255
        nd.target = BE128(high: 3, low: 4)
        ndMask.target = .ones
        #expect(try translate(key, [.decTTL([]), set(.ndTarget, 3 << 64 | 4), .output(OFPort(2), maxLength: 0)]).actions
            == [.set(.ipv6(ip, mask: ipMask)), .set(.nd(nd, mask: ndMask)), .output(ODPPort(2))])
    }

    @Test func vlanTags() throws {
        let push = DPAction.pushVLAN(tpid: BE16(0x8100), tci: BE16(5))
        let out = OFAction.output(OFPort(2), maxLength: 0)
        #expect(try translate([.setVLANVID(5), out]).actions == [push, .output(ODPPort(2))])
        #expect(try translate([.pushVLAN(etherType: 0x8100), set(.vlanVID, 0x1005), out, .stripVLAN, out]).actions
            == [push, .output(ODPPort(2)), .popVLAN, .output(ODPPort(2))])
        #expect(try translate(ipv4(1, vlan: 5), [.stripVLAN, out]).actions == [.popVLAN, .output(ODPPort(2))])
        // As OVS does, another VID is a pop and a push; the rest of the tag is kept, and so it is matched.
        let changed = try translate(ipv4(1, vlan: 0x2009), [.setVLANVID(5), out])
        #expect(changed.actions == [.popVLAN, .pushVLAN(tpid: BE16(0x8100), tci: BE16(0x2005)), .output(ODPPort(2))])
        #expect(changed.mask.l0.vlanTCI == .ones)
        #expect(try translate(ipv4(1, vlan: 5), [.setVLANVID(5), out]).actions == [.output(ODPPort(2))])
        // A second tag.
        #expect(try translate(ipv4(1, vlan: 9), [.pushVLAN(etherType: 0x88a8), .setVLANVID(5), out]).actions
            == [.pushVLAN(tpid: BE16(0x88a8), tci: BE16(5)), .output(ODPPort(2))])
        // Of a tag that is only stripped, nothing but its presence is matched.
        #expect(try translate(ipv4(1, vlan: 5), [.stripVLAN, out]).mask.l0.vlanTCI == BE16(VLANTCI.present))
    }

    @Test func mplsLabels() throws {
        let out = OFAction.output(OFPort(2), maxLength: 0)
        let lse = BE32(20 << 12 | 0x100 | 64)
        #expect(try translate([.pushMPLS(etherType: EtherType.mpls), set(.mplsLabel, 20), out]).actions
            == [.pushMPLS(lse: lse, etherType: BE16(EtherType.mpls)), .output(ODPPort(2))])
        var labelled = FlowKey()
        labelled.l0.inPort = 1
        labelled.l0.dlType = BE16(EtherType.mpls)
        labelled.l3.mplsLSE0 = lse
        #expect(try translate(labelled, [.popMPLS(etherType: EtherType.ipv4), out]).actions
            == [.popMPLS(etherType: BE16(EtherType.ipv4)), .output(ODPPort(2))])
        #expect(try translate(labelled, [set(.mplsLabel, 21), out]).actions
            == [.set(.mpls(lse: BE32(21 << 12 | 0x100 | 64), mask: .ones)), .output(ODPPort(2))])
        #expect(try translate(labelled, [.decMPLSTTL, out]).actions
            == [.set(.mpls(lse: BE32(20 << 12 | 0x100 | 63), mask: .ones)), .output(ODPPort(2))])
    }

    @Test func aCutPacketIsCutForOneOutput() throws {
        #expect(try translate([.output(OFPort(2), maxLength: 100), .output(OFPort(3), maxLength: 0)]).actions
            == [.trunc(maxLength: 100), .output(ODPPort(2)), .output(ODPPort(3))])
    }

    @Test func ttl() throws {
        var ip = DPSetIPv4(), mask = DPSetIPv4()
        ip.ttl = 63
        mask.ttl = 255
        let out = OFAction.output(OFPort(2), maxLength: 0)
        #expect(try translate([.decTTL([]), out]).actions == [.set(.ipv4(ip, mask: mask)), .output(ODPPort(2))])
        var dying = ipv4(1)
        dying.l0.nwTTL = 1
        let result = try translate(dying, [.decTTL([]), out]).actions
        #expect(result.count == 1)
        guard case .userspace = result.first else { return #expect(Bool(false), "the controller is not told") }
    }

    @Test func registersMetadataAndMove() throws {
        let net = try TestSwitch()
        try net.add(Match(), [
            set(.reg0, 3), .writeMetadata(value: 0xab, mask: 0xff),
            .move(from: FieldRange(field: .ipv4Dst, start: 0, count: 8), to: FieldRange(field: .reg1, start: 8, count: 8)), .gotoTable(1),
        ])
        try net.add(table: 1, match {
            $0.regs[1] = 0x200; $1.regs[1] = 0xff00; $0.l11.metadata = BE64(0xab); $1.l11.metadata = BE64(0xff)
        }, [.outputField(FieldRange(field: .reg0, start: 0, count: 16))])
        #expect(net.ports(ipv4(1)) == [3])
        let flow = try #require(net.dpif.flowDump().first)
        #expect(flow.mask.l0.nwDst == BE32(0xff))
        #expect(flow.mask.usedLines == .l0)
    }

    @Test func cloneMeterSampleAndActionSet() throws {
        let out = { (port: UInt16) in OFAction.output(OFPort(port), maxLength: 0) }
        // What can be undone by setting fields again needs no copy.
        #expect(try translate([.clone([.setVLANVID(5), out(2)]), out(3)]).actions
            == [.pushVLAN(tpid: BE16(0x8100), tci: BE16(5)), .output(ODPPort(2)), .popVLAN, .output(ODPPort(3))])
        #expect(try translate([.clone([.meter(7), out(2)]), out(3)]).actions == [.clone([.meter(0), .output(ODPPort(2))]), .output(ODPPort(3))])
        #expect(try translate([.sample(SampleSpec(probability: .max, collectorSet: 1, observationDomain: 2, observationPoint: 3))]).actions
            == [.sample(probability: .max, [.userspace(userdata: 2 << 56, maxLength: 0)])])
        #expect(try translate([.writeActions([out(2), .setVLANVID(5)]), .writeActions([out(3)]), .output(OFPort(4), maxLength: 0)]).actions
            == [.output(ODPPort(4)), .pushVLAN(tpid: BE16(0x8100), tci: BE16(5)), .output(ODPPort(3))])
        #expect(try translate([.writeActions([out(2)]), .clearActions]).actions == [])
        #expect(try translate([out(2), .exit, out(3)]).actions == [.output(ODPPort(2))])
        #expect(try translate([.setQueue(9), out(2), .popQueue, out(3)]).actions
            == [.set(.skbPriority(9, mask: .max)), .output(ODPPort(2)), .set(.skbPriority(0, mask: .max)), .output(ODPPort(3))])
    }

    @Test func resubmitLooksUpWithAnotherPortAndReturns() throws {
        let net = try TestSwitch()
        try net.add(match { $0.l0.inPort = 1; $1.l0.inPort = .max },
            [.resubmit(port: OFPort(3), table: nil, ct: false), .output(OFPort(2), maxLength: 0), .resubmit(port: nil, table: 5, ct: false)])
        try net.add(match { $0.l0.inPort = 3; $1.l0.inPort = .max }, [.output(OFPort(4), maxLength: 0), .output(OFPort(1), maxLength: 0)])
        #expect(net.ports(ipv4(1)) == [4, 2])
    }

    @Test func loopsEndAndTheirPacketsAreDropped() throws {
        let net = try TestSwitch()
        try net.add(Match(), [.output(OFPort(2), maxLength: 0), .resubmit(port: nil, table: 0, ct: false)])
        #expect(net.ports(ipv4(1)) == [])
        #expect(net.ofproto.counters.tooDeep > 0)
        // Twice in each of 13 tables: 8192 lookups would come of it.
        let wide = try TestSwitch()
        for table in 0..<13 {
            try wide.add(table: UInt8(table), Match(), [.resubmit(port: nil, table: UInt8(table + 1), ct: false), .resubmit(port: nil, table: UInt8(table + 1), ct: false)])
        }
        try wide.add(table: 13, Match(), [.output(OFPort(2), maxLength: 0)])
        #expect(wide.ports(ipv4(1)) == [])
        #expect(wide.ofproto.counters.tooManyResubmits + wide.ofproto.counters.tooManyActions > 0)
        // Both drops are installed, so that the loop is not run for every packet.
        #expect(wide.dpif.flowCount == 1)
    }

    @Test func patchLoopsEnd() throws {
        let net = try TestSwitch(ports: 2, normal: true)
        let other = try net.ofproto.addBridge("br1")
        var mod = FlowMod()
        mod.actions = [.output(.normal, maxLength: 0)]
        try other.apply(mod, command: .add, now: net.now)
        for (bridge, name, peer) in [(net.bridge, "a", "b"), (other, "b", "a"), (net.bridge, "c", "d"), (other, "d", "c")] {
            try bridge.addPort(BridgePortConfig(DPPortRequest(name: name, type: "patch", options: ["peer": peer])))
        }
        net.settle()
        #expect(net.ports(ipv4(1, to: 0xffff_ffff_ffff)) == [])
        #expect(net.ofproto.counters.tooDeep > 0)
    }

    @Test func fragmentsHaveNoPorts() throws {
        let net = try TestSwitch()
        try net.add(match {
            $0.l0.dlType = BE16(EtherType.ipv4); $0.l0.nwProto = IPProtocol.udp; $0.l0.tpDst = BE16(2000)
            $1.l0.dlType = .ones; $1.l0.nwProto = .max; $1.l0.tpDst = .ones
        }, [.output(OFPort(2), maxLength: 0)])
        var first = ipv4(1)
        #expect(net.ports(first) == [2])
        first.l0.nwFrag = FragmentBits.any
        #expect(net.ports(first) == [])
    }
}
