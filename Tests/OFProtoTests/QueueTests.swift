import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Queues: what packets of them leave with, and what controllers are told of them.
@Suite struct QueueTests {
    private func net(_ change: (inout BridgePortConfig) -> Void) throws -> TestSwitch {
        let net = try TestSwitch()
        try configure(net, "p2", change)
        return net
    }

    private func configure(_ net: TestSwitch, _ name: String, _ change: (inout BridgePortConfig) -> Void) throws {
        var config = try #require(net.bridge.port(named: name)).config
        change(&config)
        try net.bridge.changePort(config)
    }

    private func tos(_ outcome: Outcome) -> [[UInt32]] { outcome.sent.map { [$0.port.number, UInt32($0.key.l0.nwTOS)] } }

    // DSCP

    @Test func packetsOfAQueueAreMarkedWhereTheyLeave() throws {
        let net = try net { $0.queueDSCP = [4: 9, 5: 0] }
        try net.add(from(1), [.setQueue(4), out(2), out(3), .setQueue(6), out(2), .setQueue(5), out(2), .popQueue, out(2)])
        var key = ipv4(1)
        key.l0.nwTOS = 0x41
        // What the packet had comes back afterwards, and its ECN bits stay.
        #expect(tos(net.send(key)) == [[2, 0x25], [3, 0x41], [2, 0x41], [2, 0x01], [2, 0x41]])
        let megaflow = try #require(net.dpif.order.last.flatMap { net.dpif.flows[$0] })
        #expect(megaflow.put.mask.l0.nwTOS == 0xfc && megaflow.put.mask.l0.skbPriority == .max)
        // Another DSCP is another megaflow; another ECN is not.
        key.l0.nwTOS = 0x42
        #expect(tos(net.send(key)) == [[2, 0x26], [3, 0x42], [2, 0x42], [2, 0x02], [2, 0x42]])
        #expect(net.dpif.flowCount == 1)
        key.l0.nwTOS = 0x24
        #expect(tos(net.send(key)) == [[2, 0x24], [3, 0x24], [2, 0x24], [2, 0x00], [2, 0x24]])
        #expect(net.dpif.flowCount == 2)
    }

    @Test func otherPacketsAreLeftAlone() throws {
        let net = try net { $0.queueDSCP = [4: 9] }
        try net.add(from(1), [.enqueue(OFPort(2), queue: 4)])
        var arp = ipv4(1)
        (arp.l0.dlType, arp.l0.nwProto) = (BE16(EtherType.arp), 1)
        #expect(tos(net.send(arp)) == [[2, 0]])
        var ipv6 = ipv4(1)
        (ipv6.l0.dlType, ipv6.l0.nwSrc, ipv6.l0.nwDst) = (BE16(EtherType.ipv6), .zero, .zero)
        #expect(tos(net.send(ipv6)) == [[2, 0x24]])
        // Another port's queue of this number has no mark.
        try net.add(from(3), [.enqueue(OFPort(1), queue: 4), .enqueue(OFPort(2), queue: 3)])
        #expect(tos(net.send(ipv4(3))) == [[1, 0], [2, 0]])
    }

    /// With OVS's userspace datapath a queue of the number 0 is that of every packet for which none is chosen.
    @Test func theDefaultQueueMarks() throws {
        let net = try net { $0.queueDSCP = [0: 3] }
        try net.add(from(1), [out(2), .setQueue(1), out(2)])
        #expect(tos(net.send(ipv4(1))) == [[2, 0x0c], [2, 0]])
    }

    @Test func aChangeReachesMegaflows() throws {
        let net = try net { $0.queueDSCP = [4: 9] }
        try net.add(from(1), [.setQueue(4), out(2)])
        #expect(tos(net.send(ipv4(1))) == [[2, 0x24]])
        try configure(net, "p2") { $0.queueDSCP = [4: 10] }
        net.pass(milliseconds: 1_000)
        #expect(tos(net.send(ipv4(1))) == [[2, 0x28]])
        try configure(net, "p2") { $0.queueDSCP = [:] }
        net.pass(milliseconds: 1_000)
        #expect(tos(net.send(ipv4(1))) == [[2, 0]])
    }

    @Test func aMirrorCopiesWhatLeaves() throws {
        let net = try net { $0.queueDSCP = [4: 9] }
        var mirror = MirrorSettings("m")
        (mirror.destinations, mirror.output) = (["p2"], .port("p4"))
        try net.bridge.configureMirrors([mirror])
        try net.add(from(1), [.setQueue(4), out(2)])
        #expect(tos(net.send(ipv4(1))) == [[2, 0x24], [4, 0x24]])
    }

    // The datapath is told

    private let qos = DPEgressQoS.trtcmPolicer(DPRates(cir: 1, cbs: 1), queues: [0: DPRates(), 3: DPRates(cir: 5, cbs: 5)])

    @Test func policersComeAndGoWithPorts() throws {
        let net = try net { ($0.qos, $0.policing) = (qos, DPPolicing(rate: 5)) }
        #expect(net.dpif.qos == [ODPPort(2): qos] && net.dpif.policing == [ODPPort(2): DPPolicing(rate: 5)])
        try configure(net, "p2") { $0.qos = nil }
        #expect(net.dpif.qos.isEmpty && net.dpif.policing == [ODPPort(2): DPPolicing(rate: 5)])
        #expect(throws: DPIFError.self) { try configure(net, "p2") { $0.qos = .egressPolicer(cir: 0, cbs: 0) } }
        #expect(net.bridge.port(named: "p2")?.config.qos == nil)
        // A port that cannot have what it is to have is not there.
        var config = net.config("p9")
        config.qos = .egressPolicer(cir: 0, cbs: 0)
        #expect(throws: DPIFError.self) { try net.bridge.addPort(config) }
        #expect(net.bridge.port(named: "p9") == nil && !net.dpif.ports.values.contains { $0.name == "p9" })
        config.qos = qos
        let number = try net.bridge.addPort(config)
        #expect(try net.dpif.qos[#require(net.bridge.port(number)?.odpPort)] == qos)
    }

    // OpenFlow

    private func statistics(_ messages: [OFMessage]) -> [QueueStatistics]? {
        if case .queueStatsReply(let statistics)? = messages.first { statistics } else { nil }
    }
    private func descriptions(_ messages: [OFMessage]) -> [QueueDescription]? {
        if case .queueGetConfigReply(_, let descriptions)? = messages.first { descriptions } else { nil }
    }

    @Test(arguments: [OFVersion.v10, .v13, .v14, .v15]) func controllersAreToldOfQueues(version: OFVersion) throws {
        let net = try net { $0.qos = qos }
        try configure(net, "p4") { $0.qos = .trtcmPolicer(DPRates(), queues: [3: DPRates()]) }
        // It polices, but has no queues.
        try configure(net, "p1") { $0.qos = .egressPolicer(cir: 1, cbs: 1) }
        let peer = TestController(net, version)
        var expected = QueueStatistics(port: OFPort(2), queue: 3)
        (expected.txPackets, expected.txBytes, expected.txErrors) = (4, 100, 2)
        if version >= .v13 { expected.duration = 0 }
        #expect(statistics(peer.ask(.queueStatsRequest(port: OFPort(2), queue: 3))) == [expected])
        let all = try #require(statistics(peer.ask(.queueStatsRequest(port: .none, queue: .max))))
        #expect(all.map { [UInt32($0.port.number), $0.queue] } == [[2, 0], [2, 3], [4, 3]])
        #expect(statistics(peer.ask(.queueStatsRequest(port: .none, queue: 3)))?.map(\.port.number) == [2, 4])
        #expect(statistics(peer.ask(.queueStatsRequest(port: OFPort(2), queue: .max)))?.map(\.queue) == [0, 3])
        #expect(statistics(peer.ask(.queueStatsRequest(port: OFPort(1), queue: .max))) == [])
        for (port, queue, error) in [(2, 9, .qofcBadQueue), (1, 0, .qofcBadQueue), (77, .max, .qofcBadPort)] as [(UInt16, UInt32, OFError)] {
            #expect(peer.ask(.queueStatsRequest(port: OFPort(port), queue: queue)).compactMap(\.toldError) == [error])
        }
        #expect(descriptions(peer.ask(.queueGetConfigRequest(port: OFPort(2), queue: nil)))?.map(\.queue) == [0, 3])
        #expect(descriptions(peer.ask(.queueGetConfigRequest(port: OFPort(3), queue: nil))) == [])
        #expect(peer.ask(.queueGetConfigRequest(port: OFPort(77), queue: nil)).compactMap(\.toldError) == [.qofcBadPort])
        guard version >= .v14 else { return }
        let described = try #require(descriptions(peer.ask(.queueGetConfigRequest(port: .none, queue: .max))))
        #expect(described.map { [UInt32($0.port.number), $0.queue] } == [[2, 0], [2, 3], [4, 3]])
        #expect(descriptions(peer.ask(.queueGetConfigRequest(port: OFPort(2), queue: 3)))?.map(\.queue) == [3])
        for port in [OFPort(2), .none] { #expect(peer.ask(.queueGetConfigRequest(port: port, queue: 5)).compactMap(\.toldError) == [.qofcBadQueue]) }
    }
}
