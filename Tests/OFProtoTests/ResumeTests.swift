import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Packets that controller(pause) stops, and how they go on.
@Suite struct ResumeTests {
    private let pause: [OFAction] = [.controller(ControllerSpec(pause: true))]
    private let frame = [UInt8](repeating: 2, count: 60)

    /// A controller that is told what gives a packet back.
    private func peer(_ net: TestSwitch, _ version: OFVersion = .v14) -> TestController {
        let peer = TestController(net, version)
        peer.ask(.setPacketInFormat(.nxt2))
        return peer
    }

    /// A packet comes in by port 1. Returns what the controller is given to keep, and where copies of the packet have gone.
    private func send(_ peer: TestController) throws -> (PacketInMessage, ports: [UInt32]) {
        var metadata = Match()
        metadata.set(.inPort, to: 1)
        let told = peer.ask(.packetOut(PacketOut(bufferID: nil, metadata: metadata, frame: frame, actions: [.output(.table, maxLength: 0)])))
        let packets = told.compactMap { if case .packetIn(let packet) = $0 { packet } else { nil } }
        #expect(packets.count == 1)
        return (try #require(packets.first), ports(peer))
    }
    private func ports(_ peer: TestController) -> [UInt32] { peer.net.dpif.takeOutcome().sent.map(\.port.number) }

    /// Gives it back. Returns where the packet has gone, and what the controller was told.
    private func resume(_ packet: PacketInMessage, _ peer: TestController) -> (ports: [UInt32], told: [OFMessage]) {
        let told = peer.ask(.resume(packet))
        return (ports(peer), told)
    }

    @Test(arguments: [OFVersion.v10, .v13, .v15]) func whatWasLeftIsDone(_ version: OFVersion) throws {
        let net = try TestSwitch()
        let peer = peer(net, version)
        let register = FieldRange(.reg1)
        try net.add(Match(), [.set(.reg1, to: 4), .push(register), .set(.reg1, to: 9), .resubmit(port: nil, table: 2, ct: false), out(3)])
        try net.add(table: 2, Match(), [out(2)] + pause + [.resubmit(port: nil, table: 4, ct: false)]) { $0.cookie = 5 }
        try net.add(table: 4, Match(), [.pop(register), .outputField(FieldRange(field: .reg1, start: 0, count: 16))])
        let (packet, before) = try send(peer)
        #expect(before == [2])
        #expect(packet.frame == frame && packet.metadata.key.regs[1] == 9)
        let after = resume(packet, peer)
        #expect(after.ports == [4, 3] && after.told.isEmpty)
        // It may go on more than once, or never.
        #expect(resume(packet, peer).ports == [4, 3])
    }

    @Test func theActionSetWaitsToo() throws {
        let net = try TestSwitch()
        let peer = peer(net)
        try net.add(Match(), [.writeActions([out(2)]), .gotoTable(1)])
        try net.add(table: 1, Match(), [.resubmit(port: nil, table: 2, ct: false), .clearActions, .writeActions([out(4)]), .writeMetadata(value: 7, mask: 7), .gotoTable(5)])
        try net.add(table: 2, Match(), pause)
        var match = Match()
        match.set(.metadata, to: 7)
        try net.add(table: 5, match, [out(3)])
        let (packet, before) = try send(peer)
        #expect(before == [])
        #expect(resume(packet, peer).ports == [3, 4])
    }

    /// A second pause, behind the first one's end, keeps what is left then.
    @Test func aPacketIsPausedAgain() throws {
        let net = try TestSwitch()
        let peer = peer(net)
        try net.add(Match(), [.resubmit(port: nil, table: 2, ct: false), out(4)]) { $0.cookie = 1 }
        try net.add(table: 2, Match(), pause + [out(2)] + pause + [out(3)]) { $0.cookie = 2 }
        let (first, _) = try send(peer)
        let after = resume(first, peer)
        #expect(after.ports == [2])
        guard case .packetIn(let second)? = after.told.first else {
            Issue.record("no second pause: \(after.told)")
            return
        }
        #expect(resume(second, peer).ports == [3, 4])
    }

    @Test func aBucketPausesForItselfAlone() throws {
        let net = try TestSwitch()
        let peer = peer(net)
        try net.group(.add, 1, .all, [GroupBucket(id: 1, actions: pause), GroupBucket(id: 2, actions: [out(3)])])
        try net.add(Match(), [.group(1), out(4)])
        let (packet, before) = try send(peer)
        #expect(before == [3, 4])
        let after = resume(packet, peer)
        #expect(after.ports == [] && after.told.isEmpty)
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let net = try TestSwitch()
        let peer = peer(net)
        try net.add(Match(), pause + [out(2)])
        var (packet, _) = try send(peer)
        let good = packet.continuation
        packet.continuation = []
        #expect(resume(packet, peer).told.compactMap(\.toldError) == [.nxrStale])
        packet.continuation = Continuation(bridge: 77).encoded(.v14)
        #expect(resume(packet, peer).told.compactMap(\.toldError) == [.nxrStale])
        // Another property, and one that is too short.
        packet.continuation = good + [0x90, 0, 0, 8, 0, 0, 0, 0]
        #expect(resume(packet, peer).told.compactMap(\.toldError) == [.bpcBadType])
        packet.continuation = good + [0x80, 4, 0, 4, 0, 0, 0, 0]
        #expect(resume(packet, peer).told.compactMap(\.toldError) == [.bpcBadLen])
        #expect(ports(peer) == [])
        packet.continuation = good
        #expect(resume(packet, peer).ports == [2])
        // A bridge that is made again is another one.
        #expect(net.bridge.uuid != (try net.ofproto.addBridge("br1")).uuid)
    }

    /// Whatever a controller gives back is answered, and the switch goes on.
    @Test func hostileContinuationsAreAnswered() throws {
        let net = try TestSwitch()
        let peer = peer(net)
        let register = FieldRange(.reg1)
        try net.add(Match(), [.push(register), .writeActions([out(3)]), .resubmit(port: nil, table: 2, ct: false)])
        try net.add(table: 2, Match(), pause + [out(2), .clone([out(4)]), .pop(register)]) { $0.cookie = 5 }
        let (packet, _) = try send(peer)
        var state: UInt64 = 7, refused = 0
        for _ in 0..<3_000 {
            var changed = packet
            for _ in 0...splitMix64(&state) % 3 {
                let at = 24 + Int(splitMix64(&state) % UInt64(changed.continuation.count - 24))
                changed.continuation[at] = [0, 1, 2, 4, 8, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: splitMix64(&state))][Int(splitMix64(&state) % 9)]
            }
            if !peer.ask(.resume(changed)).compactMap(\.toldError).isEmpty { refused += 1 }
            _ = ports(peer)
        }
        #expect(refused > 500 && refused < 3_000)
        // A clone executes the action set as it is then, and so does the packet.
        #expect(resume(packet, peer).ports == [2, 4, 3, 3])
    }
}
