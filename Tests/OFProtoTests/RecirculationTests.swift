import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Packets go through the datapath once more where what is to be done with them is behind a label.
@Suite struct RecirculationTests {
    /// IPv4 behind one label: the mock's packets keep the fields that extraction would find once the label is off.
    private func labelled(_ address: UInt32) -> FlowKey {
        var key = ipv4(1)
        key.l0.dlType = BE16(EtherType.mpls)
        key.l3.mplsLSE0 = BE32(16 << 12 | 0x100 | 64)
        key.l0.nwDst = BE32(address)
        return key
    }

    private func destination(_ address: UInt32) -> Match {
        match {
            ($0.l0.dlType, $1.l0.dlType) = (BE16(EtherType.ipv4), .ones)
            ($0.l0.nwDst, $1.l0.nwDst) = (BE32(address), .ones)
        }
    }

    private let pop = OFAction.popMPLS(etherType: EtherType.ipv4)

    @Test func aTableBehindAPopSeesTheInnerPacket() throws {
        let net = try TestSwitch()
        try net.add(Match(), [pop, .resubmit(port: nil, table: 1, ct: false), out(4)])
        try net.add(table: 1, destination(0x0a00_0001), [out(2)])
        try net.add(table: 1, destination(0x0a00_0002), [.decTTL([]), out(3)])
        #expect(net.ports(labelled(0x0a00_0001)) == [2, 4])
        let sent = net.send(labelled(0x0a00_0002)).sent
        #expect(sent.map(\.port.number) == [3, 4] && sent.allSatisfy { $0.key.l0.nwTTL == 63 })
        let flows = net.dpif.flowDump()
        #expect(flows.count == 3 && flows[0].actions == [.popMPLS(etherType: BE16(EtherType.ipv4)), .recirc(RecircID(1))])
        #expect(flows[0].mask.l0.nwDst == .zero && flows.dropFirst().allSatisfy { $0.mask.l0.nwDst == .ones })
    }

    /// What does not look behind the label needs no second pass.
    @Test(arguments: [[out(2)], [.setField(.reg0, MaskedValue(value: 1, mask: .max)), out(2)], [.setQueue(0), out(2)]] as [[OFAction]])
    func outputsBehindAPopNeedNoSecondPass(actions: [OFAction]) throws {
        let net = try TestSwitch()
        try net.add(Match(), [pop] + actions)
        #expect(net.ports(labelled(1)) == [2])
        #expect(net.dpif.flowCount == 1)
    }

    @Test func aPatchPortsPeerSeesTheInnerPacket() throws {
        let net = try TestSwitch(ports: 3)
        let other = try net.ofproto.addBridge("br1")
        func patch(_ name: String, _ peer: String) -> BridgePortConfig {
            BridgePortConfig(DPPortRequest(name: name, type: "patch", options: ["peer": peer]))
        }
        let number = try net.bridge.addPort(patch("pa", "pb"))
        try other.addPort(patch("pb", "pa"))
        try other.addPort(net.config("q1"))
        var mod = FlowMod()
        (mod.match, mod.actions) = (destination(9), [.output(OFPort(2), maxLength: 0)])
        try other.apply(mod, command: .add, now: net.now)
        try net.add(Match(), [pop, .output(number, maxLength: 0), out(3)])
        #expect(Set(net.ports(labelled(9))) == [3, 4])
        #expect(net.ports(labelled(8)) == [3])
    }

    /// A number stays what it is as long as a megaflow or a packet under way may name it, and is given again afterwards.
    @Test func contextsAreForgottenWhenNobodyNamesThem() throws {
        let net = try TestSwitch()
        try net.add(Match(), [pop, .resubmit(port: nil, table: 1, ct: false)])
        try net.add(table: 1, Match(), [out(2)])
        #expect(net.ports(labelled(1)) == [2])
        #expect(net.ofproto.recirculations.count == 1)
        net.pass(milliseconds: 9_000)
        #expect(net.ports(labelled(1)) == [2])
        net.pass(milliseconds: 9_000)
        #expect(net.ofproto.recirculations.count == 1)
        net.pass(milliseconds: 40_000)
        #expect(net.ofproto.recirculations.count == 0 && net.dpif.flowCount == 0)
        #expect(net.ports(labelled(1)) == [2])
    }

    @Test func aPacketWithAnUnknownNumberIsDropped() throws {
        let net = try TestSwitch(normal: true)
        var key = ipv4(1)
        key.l0.recircID = 77
        #expect(net.ports(key).isEmpty)
        #expect(net.ofproto.counters.recirculated == 1 && net.dpif.flowCount == 0)
    }
}
