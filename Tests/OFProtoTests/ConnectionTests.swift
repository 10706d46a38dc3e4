import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Connections to controllers, whose peer is the test.
@Suite struct ConnectionTests {
    private func errors(_ messages: [OFMessage]) -> [OFError] { messages.compactMap(\.toldError) }
    private func packetIns(_ messages: [OFMessage]) -> [PacketInMessage] {
        messages.compactMap { if case .packetIn(let packet) = $0 { packet } else { nil } }
    }
    /// A packet-out that comes back as a packet-in.
    private func loop(_ length: Int = 60) -> OFMessage {
        .packetOut(PacketOut(bufferID: nil, metadata: Match(), frame: [UInt8](repeating: 0, count: length), actions: [.output(.controller, maxLength: .max)]))
    }

    // MARK: Handshake

    @Test func theHighestCommonVersionIsSpoken() throws {
        let net = try TestSwitch()
        let transport = MemoryTransport()
        let connection = net.bridge.connections.open(.primary, name: "test", transport: transport)
        #expect(transport.take().map(\.message) == [.hello(Hello(versions: .all))])
        let hello = OFPacket(OFHeader(.v13, xid: 1), .hello(Hello(versions: [OFVersions(.v10), OFVersions(.v12), OFVersions(.v13)]))).encoded()
        net.bridge.connections.receive(ReceivedMessage(hello, OFPacket.decode(hello)), on: connection)
        net.settle()
        #expect(connection.version == .v13 && !transport.isClosed && transport.handledCount == 1)
    }

    @Test func withoutACommonVersionItEnds() throws {
        let net = try TestSwitch()
        net.bridge.connections.configure(versions: OFVersions(.v13), hasControllers: false, failsOpen: false, probe: 0)
        let transport = MemoryTransport()
        let connection = net.bridge.connections.open(.primary, name: "test", transport: transport)
        let hello = OFPacket(OFHeader(.v12, xid: 1), .hello(Hello(versions: OFVersions(.v10 ... .v12)))).encoded()
        net.bridge.connections.receive(ReceivedMessage(hello, OFPacket.decode(hello)), on: connection)
        net.settle()
        #expect(errors(transport.take().map(\.message)) == [.hfcIncompatible])
        #expect(transport.isClosed && connection.version == nil)
    }

    @Test func anotherVersionAfterTheHelloIsRefused() throws {
        let net = try TestSwitch()
        let peer = TestController(net, .v13)
        let bytes = OFPacket(OFHeader(.v14, xid: 5), .barrierRequest).encoded()
        net.bridge.connections.receive(ReceivedMessage(bytes, OFPacket.decode(bytes)), on: peer.connection)
        #expect(errors(peer.told()) == [.brcBadVersion])
        #expect(!peer.transport.isClosed)
    }

    // MARK: Roles

    @Test func thereIsOnePrimary() throws {
        let net = try TestSwitch()
        let first = TestController(net), second = TestController(net)
        #expect(first.ask(.roleRequest(Role(.primary, generation: 7))) == [.roleReply(Role(.primary, generation: 7))])
        #expect(second.ask(.roleRequest(Role(.primary, generation: 8))) == [.roleReply(Role(.primary, generation: 8))])
        #expect(first.connection.role == .secondary)
        #expect(first.ask(.roleRequest(Role(.noChange, generation: 0))).contains(.roleReply(Role(.secondary, generation: 8))))
        #expect(errors(first.ask(.roleRequest(Role(.primary, generation: 7)))) == [.rrfcStale])
        #expect(errors(first.ask(TestController.flow(.add, priority: 1))) == [.brcIsSecondary])
        #expect(errors(second.ask(TestController.flow(.add, priority: 1))).isEmpty)
        #expect(net.bridge.flowCount == 1)
    }

    @Test func generationsWrap() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        #expect(errors(peer.ask(.roleRequest(Role(.primary, generation: .max)))).isEmpty)
        #expect(errors(peer.ask(.roleRequest(Role(.primary, generation: 3)))).isEmpty)
        #expect(errors(peer.ask(.roleRequest(Role(.primary, generation: .max)))) == [.rrfcStale])
        // Its distance from the last one is not behind it: half the numbers are ahead.
        #expect(errors(peer.ask(.roleRequest(Role(.secondary, generation: 3 + 1 << 62)))).isEmpty)
    }

    // MARK: What is told

    @Test func asyncMasksSayWhatIsTold() throws {
        let net = try TestSwitch()
        let peer = TestController(net), other = TestController(net)
        peer.ask(TestController.flow(.add, priority: 1) { $0.flags = .sendFlowRemoved })
        var config = AsyncConfig.none
        config[.flowRemoved].primary = 1 << UInt32(FlowRemovedMessage.Reason.idleTimeout.rawValue)
        config.namedPrimary = [.flowRemoved]
        peer.ask(.setAsync(config))
        peer.ask(TestController.flow(.deleteStrict, priority: 1))
        #expect(peer.told().isEmpty)
        #expect(other.told().contains { if case .flowRemoved = $0 { true } else { false } })
        peer.ask(TestController.flow(.add, priority: 1) { ($0.flags, $0.idleTimeout) = (.sendFlowRemoved, 1) })
        net.pass(milliseconds: 2_000)
        #expect(peer.told().contains { if case .flowRemoved(let removed) = $0 { removed.reason == .idleTimeout } else { false } })
        // What was not named stays as it was.
        #expect(peer.ask(loop()).count == 1)
    }

    @Test func packetInsHaveARate() throws {
        let net = try TestSwitch()
        let peer = TestController(net, limits: PacketInLimits(rate: 100, burst: 10))
        var got = 0
        for _ in 0..<50 { got += packetIns(peer.ask(loop())).count }
        #expect(got == 10)
        #expect(peer.connection.counters.packetInsDropped == 40)
        net.pass(milliseconds: 50)
        for _ in 0..<50 { got += packetIns(peer.ask(loop())).count }
        #expect(got == 15)
        #expect(peer.connection.counters.packetIns == 15)
    }

    @Test func whoDoesNotReadGetsNoPackets() throws {
        let net = try TestSwitch()
        let deaf = TestController(net), sender = TestController(net)
        deaf.transport.unread = 0
        for _ in 0..<1_000 { sender.ask(loop(1_500)) }
        #expect(deaf.transport.backlog <= ControlLimits.packetInBacklog + 2_000)
        #expect(deaf.connection.counters.packetIns + deaf.connection.counters.packetInsDropped == 1_000)
        #expect(deaf.connection.counters.packetInsDropped > 600)
        #expect(sender.connection.counters.packetInsDropped == 0)
    }

    // MARK: Order

    @Test func aBarrierKeepsTheOrder() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        var expected: [UInt32] = []
        for priority in 0..<20 as Range<UInt16> {
            peer.send(TestController.flow(.add, priority: priority, [.output(OFPort(2), maxLength: 0)]))
            expected.append(peer.send(.barrierRequest))
            expected.append(peer.send(.echoRequest([UInt8(priority)])))
        }
        net.settle()
        #expect(peer.transport.take().map(\.header.xid) == expected)
        #expect(net.bridge.flowCount == 20)
    }

    @Test func aBarrierWaitsForStaleMegaflows() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.ask(TestController.flow(.add, priority: 1, [.output(OFPort(2), maxLength: 0)]))
        #expect(net.ports(ipv4(1)) == [2])
        peer.send(TestController.flow(.add, priority: 2, [.output(OFPort(3), maxLength: 0)]))
        peer.send(.barrierRequest)
        // As soon as the reply is there no packet takes the old way.
        for _ in 0..<1_000 where peer.transport.sent.isEmpty { _ = net.ofproto.run(now: net.now) }
        #expect(peer.transport.take().map(\.message) == [.barrierReply])
        net.dpif.receive(ipv4(1))
        #expect(net.dpif.takeOutcome().sent.map(\.port.number) == [3])
    }

    @Test func aSlowReaderIsPaused() throws {
        let net = try TestSwitch()
        let slow = TestController(net), quick = TestController(net)
        slow.transport.unread = 0
        for _ in 0..<100 { slow.send(.echoRequest([UInt8](repeating: 1, count: 10_000))) }
        net.settle()
        #expect(slow.transport.handledCount < 20)
        #expect(slow.transport.backlog <= ControlLimits.replyBacklog + 10_008)
        #expect(quick.ask(.echoRequest([1])) == [.echoReply([1])])
        var answers = slow.transport.take().count
        for _ in 0..<100 where answers < 100 {
            slow.transport.unread = 0
            answers += slow.told().count
        }
        #expect(answers == 100)
        // One for the hello.
        #expect(slow.transport.handledCount == 101)
    }

    /// A peer that sends more before all it sent is handled.
    @Test func whatIsHandledIsNotKept() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.send(.echoRequest([]))
        for round in 0..<5_000 {
            peer.send(.echoRequest([]))
            _ = peer.connection.run(budget: 1, now: net.now)
            #expect(peer.connection.keptMessages <= ControlLimits.doneMessages + 1, "round \(round)")
        }
        #expect(peer.transport.handledCount == 5_001)
    }

    // MARK: Pieces

    @Test func aRequestInPiecesHasItsTime() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        let xid = peer.send(.tableFeaturesRequest([]), more: true)
        #expect(peer.told().isEmpty)
        #expect(try #require(net.ofproto.nextDeadline(now: net.now)) <= net.now + ControlLimits.pieceTime)
        net.pass(milliseconds: ControlLimits.pieceTime - 1)
        #expect(peer.told().isEmpty)
        net.pass(milliseconds: 1)
        let told = peer.transport.take()
        #expect(errors(told.map(\.message)) == [.brcMultipartRequestTimeout])
        #expect(told.first?.header.xid == xid)
        // The late piece is a request of its own.
        peer.send(.tableFeaturesRequest([]), xid: xid)
        #expect(peer.told().contains { if case .tableFeaturesReply(let tables) = $0 { !tables.isEmpty } else { false } })
    }

    @Test func aRequestInPiecesHasItsLength() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        let features = [TableFeatures](repeating: TableFeatures(table: 0, name: "", maximum: 0), count: 100)
        var told: [OFMessage] = []
        for _ in 0..<ControlLimits.pieces / 100 + 1 {
            peer.send(.tableFeaturesRequest(features), more: true, xid: 5)
            told += peer.told()
        }
        #expect(errors(told) == [.brcMultipartBufferOverflow])
    }

    @Test func requestsInPiecesStandByEachOther() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        peer.send(.tableDescRequest, more: true, xid: 5)
        peer.send(.descRequest, more: true, xid: 6)
        #expect(peer.told().isEmpty)
        // Pieces that say nothing are no pieces; a piece of another request ends both.
        peer.send(.tableDescRequest, xid: 5)
        #expect(peer.told().map(\.kind) == [.tableDescReply])
        peer.send(.tableDescRequest, xid: 6)
        #expect(errors(peer.told()) == [.brcBadStat])
        // Only what may be long may be in pieces.
        peer.send(.portStatsRequest(.none), more: true, xid: 7)
        peer.send(.portStatsRequest(.none), xid: 7)
        #expect(errors(peer.told()) == [.brcBadStat])
    }
}
