import Datapath
import Flow
import OpenFlow
import Testing
@testable import OFProto

/// Bundles, and what becomes of them when things go wrong.
@Suite struct BundleTests {
    /// Requests are for atomic bundles, replies have no flags.
    private func control(_ kind: BundleControl.Kind, _ id: UInt32 = 1, flags: BundleControl.Flags? = nil) -> OFMessage {
        let isRequest = [.openRequest, .closeRequest, .commitRequest, .discardRequest].contains(kind)
        return .bundleControl(BundleControl(id: id, kind: kind, flags: flags ?? (isRequest ? .atomic : [])))
    }
    /// Sends a flow modification as a part of a bundle.
    private func add(_ peer: TestController, _ message: OFMessage, id: UInt32 = 1, xid: UInt32 = 50) {
        let packet = OFPacket(OFHeader(peer.version, xid: xid), message)
        peer.send(.bundleAdd(BundleAdd(id: id, flags: .atomic, content: .message(packet), bytes: packet.encoded()[...])), xid: xid)
    }
    private func errors(_ messages: [OFMessage]) -> [OFError] { messages.compactMap(\.toldError) }
    private let toGroup: [OFAction] = [.group(99)]

    @Test func aCommitIsSeenAtOnceOrNotAtAll() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.ask(TestController.flow(.add, priority: 1, [out(2)]))
        peer.ask(control(.openRequest))
        for priority in 2..<200 as Range<UInt16> { add(peer, TestController.flow(.add, priority: priority, [out(3)])) }
        #expect(peer.told().isEmpty && net.bridge.flowCount == 1)
        peer.send(control(.commitRequest))
        // Until the reply packets go as before.
        #expect(peer.takesTables())
        for _ in 0..<5 {
            _ = peer.connection.run(budget: 1, now: net.now)
            #expect(peer.transport.sent.isEmpty && net.bridge.dumpFlows().count == 1)
        }
        #expect(peer.told() == [control(.commitReply)])
        #expect(net.ports(ipv4(1)) == [3] && net.bridge.flowCount == 199)
        #expect(net.bridge.connections.bundledBytes == 0)
    }

    @Test func aRefusedMessageTakesAllBack() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.ask(TestController.flow(.add, priority: 1, [out(2)]) { $0.idleTimeout = 5 })
        peer.ask(control(.openRequest))
        add(peer, TestController.flow(.delete, priority: 0))
        for priority in 2..<100 as Range<UInt16> { add(peer, TestController.flow(.add, priority: priority, [out(3)])) }
        add(peer, TestController.flow(.add, priority: 7, toGroup), xid: 77)
        peer.send(control(.commitRequest), xid: 78)
        net.settle()
        let told = peer.transport.take()
        #expect(told.compactMap(\.message.toldError) == [.bacBadOutGroup, .bfcMsgFailed])
        #expect(told.map(\.header.xid) == [77, 78])
        #expect(net.ports(ipv4(1)) == [2] && net.bridge.flowCount == 1)
        // Its timeout goes on.
        net.pass(milliseconds: 6_000)
        #expect(net.bridge.flowCount == 0)
    }

    /// The time of a flow that is about to be deleted comes while the bundle is prepared, which is then taken back.
    @Test func whatWasSparedStillExpires() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.ask(TestController.flow(.add, priority: 1) { $0.hardTimeout = 1 })
        add(peer, TestController.flow(.delete, priority: 0))
        for priority in 2..<100 as Range<UInt16> { add(peer, TestController.flow(.add, priority: priority)) }
        add(peer, TestController.flow(.add, priority: 7, toGroup))
        peer.send(control(.commitRequest))
        #expect(peer.takesTables())
        net.now += 2_000
        net.pass(milliseconds: 100)
        #expect(errors(peer.told()) == [.bacBadOutGroup, .bfcMsgFailed])
        net.pass(milliseconds: 100)
        #expect(net.bridge.flowCount == 0)
    }

    @Test func whoGoesAwayTakesHisChangesAlong() throws {
        let net = try TestSwitch()
        let peer = TestController(net), other = TestController(net)
        peer.ask(TestController.flow(.add, priority: 1, [out(2)]))
        add(peer, TestController.flow(.delete, priority: 0))
        for priority in 2..<500 as Range<UInt16> { add(peer, TestController.flow(.add, priority: priority, [out(3)])) }
        peer.send(control(.commitRequest))
        #expect(peer.takesTables())
        peer.close()
        net.settle()
        #expect(net.bridge.connections.bundledBytes == 0)
        #expect(net.bridge.flowCount == 1 && net.ports(ipv4(1)) == [2])
        // Others' changes, in a bundle too, bring nothing of it back.
        add(other, TestController.flow(.add, priority: 9, [out(4)]))
        #expect(other.ask(control(.commitRequest)) == [control(.commitReply)])
        #expect(net.bridge.flowCount == 2 && net.ports(ipv4(1)) == [4])
        #expect(net.bridge.tables[0]?.classifier.count == 2)
    }

    /// The peer does not read while its own bundle is prepared: others wait for the tables no longer than that takes.
    @Test func whoDoesNotReadHoldsUpNobody() throws {
        let net = try TestSwitch()
        let deaf = TestController(net), other = TestController(net)
        for priority in 2..<500 as Range<UInt16> { add(deaf, TestController.flow(.add, priority: priority)) }
        deaf.send(control(.commitRequest))
        #expect(deaf.takesTables())
        deaf.transport.unread = ControlLimits.replyBacklog + 1
        #expect(errors(other.ask(TestController.flow(.add, priority: 1))).isEmpty)
        #expect(net.bridge.flowCount == 499)
    }

    @Test func bundlesAreBounded() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        for id in 0..<UInt32(ControlLimits.bundles) { #expect(peer.ask(control(.openRequest, id)) == [control(.openReply, id)]) }
        #expect(errors(peer.ask(control(.openRequest, 1_000))) == [.bfcOutOfBundles])
        add(peer, TestController.flow(.add, priority: 1), id: 1_000)
        #expect(errors(peer.told()) == [.bfcOutOfBundles])
        #expect(peer.ask(control(.discardRequest, 3)) == [control(.discardReply, 3)])
        #expect(peer.ask(control(.openRequest, 1_000)) == [control(.openReply, 1_000)])
    }

    @Test func bundledMessagesAreBounded() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        let note: [OFAction] = [OFAction](repeating: .note([UInt8](repeating: 7, count: 6_000)), count: 10)
        add(peer, TestController.flow(.add, priority: 1, note))
        #expect(peer.told().isEmpty)
        let one = net.bridge.connections.bundledBytes
        #expect(one > 60_000)
        net.bridge.connections.bundledBytes = ControlLimits.bundleBytes - one + 1
        add(peer, TestController.flow(.add, priority: 2, note))
        #expect(errors(peer.told()) == [.bfcMsgTooMany])
        net.bridge.connections.bundledBytes = one
        #expect(peer.ask(control(.discardRequest)) == [control(.discardReply)])
        #expect(net.bridge.connections.bundledBytes == 0)
    }

    @Test func unusedBundlesAreDiscarded() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.ask(control(.openRequest))
        net.pass(milliseconds: OFProtoLimits().bundleIdle - 100)
        add(peer, TestController.flow(.add, priority: 1))
        #expect(peer.told().isEmpty)
        net.pass(milliseconds: OFProtoLimits().bundleIdle - 100)
        #expect(net.bridge.connections.bundledBytes > 0)
        net.pass(milliseconds: 200)
        #expect(errors(peer.ask(control(.commitRequest))) == [.bfcBadID])
        #expect(net.bridge.connections.bundledBytes == 0)
    }
}
