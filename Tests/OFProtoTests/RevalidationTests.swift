import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct RevalidationTests {
    private let out2: [OFAction] = [.output(OFPort(2), maxLength: 0)]
    private func udp(_ port: UInt16) -> Match {
        match {
            $0.l0.dlType = BE16(EtherType.ipv4); $0.l0.nwProto = IPProtocol.udp; $0.l0.tpDst = BE16(port)
            $1.l0.dlType = .ones; $1.l0.nwProto = .max; $1.l0.tpDst = .ones
        }
    }

    @Test func aFlowModThatChangesOnlyActionsChangesTheMegaflowInPlace() throws {
        let net = try TestSwitch()
        try net.add(Match(), out2)
        net.send(ipv4(1))
        let id = try #require(net.dpif.order.first)
        try net.add(Match(), [.output(OFPort(3), maxLength: 0)])
        #expect(net.ofproto.isRevalidating)
        net.settle()
        #expect(!net.ofproto.isRevalidating)
        #expect(net.dpif.order == [id])
        #expect(net.ports(ipv4(1)) == [3])
        #expect(net.ofproto.counters.modified == 1)
    }

    @Test func aFlowThatLooksAtMoreBitsInvalidatesTheMegaflow() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, Match(), out2)
        net.send(ipv4(1))
        try net.add(priority: 2, udp(53), [])
        net.settle()
        #expect(net.dpif.flowCount == 0)
        #expect(net.ofproto.counters.invalidated == 1)
        #expect(net.ports(ipv4(1)) == [2])
        var dns = ipv4(1)
        dns.l0.tpDst = BE16(53)
        #expect(net.ports(dns) == [])
    }

    @Test func aRemovedPortTakesItsMegaflowsAlong() throws {
        let net = try TestSwitch(normal: true)
        net.send(ipv4(1, from: 0xa, to: 0xb))
        net.send(ipv4(2, from: 0xb, to: 0xa))
        #expect(net.dpif.flowCount == 2)
        try net.bridge.removePort("p1")
        net.settle()
        #expect(net.dpif.ports[ODPPort(1)] == nil)
        for flow in net.dpif.flowDump() {
            #expect(flow.key.l0.inPort != 1)
            #expect(!flow.actions.contains(.output(ODPPort(1))))
        }
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)) == [3, 4])
        #expect(net.ports(ipv4(1, from: 0xa, to: 0xb)) == [])
        #expect(net.ofproto.counters.unknownPort == 1)
        let again = try net.bridge.addPort(net.config("p1"))
        net.settle()
        #expect(again == OFPort(1))
        #expect(net.ports(ipv4(2, from: 0xb, to: 0xa)).sorted() == [3, 4, 5])
    }

    @Test func aRemovedBridgeLeavesNothingBehind() throws {
        let net = try TestSwitch(normal: true)
        for source in 1...4 { net.send(ipv4(UInt32(source), from: UInt64(source), to: 0xff)) }
        net.ofproto.removeBridge("br0")
        net.settle()
        #expect(net.dpif.flowCount == 0 && net.dpif.ports.isEmpty)
        #expect(net.ofproto.megaflowCount == 0)
        #expect(net.ofproto.megaflows.masks.count == 0)
        #expect(net.ofproto.bridges.isEmpty)
    }

    @Test func onlyMegaflowsOfAMovedStationAreTranslatedAgain() throws {
        let net = try TestSwitch(normal: true)
        // Flows between 40 pairs; each station is known.
        for station in 1...40 { net.send(ipv4(1, from: UInt64(station), to: 0xffff_ffff_ffff)) }
        for station in 1...40 { net.send(ipv4(2, from: 0x100, to: UInt64(station))) }
        net.pass(milliseconds: 1_000)
        let before = net.ofproto.counters.revalidated
        net.send(ipv4(3, from: 5, to: 0xffff_ffff_ffff))
        net.settle()
        let spent = net.ofproto.counters.revalidated - before
        // 64 tags for 40 stations: some share one.
        #expect(spent >= 1 && spent < 12, "\(spent) of 81")
        #expect(net.ports(ipv4(2, from: 0x100, to: 5)) == [3])
    }

    @Test func countersArriveAtRulesOnceAndComplete() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, Match(), out2)
        try net.add(priority: 2, udp(53), [.resubmit(port: nil, table: 1, ct: false)] + out2)
        try net.add(table: 1, Match(), [])
        var dns = ipv4(1)
        dns.l0.tpDst = BE16(53)
        for _ in 0..<10 { net.send(ipv4(1)) }
        for _ in 0..<5 { net.send(dns) }
        net.pass(milliseconds: 600)
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [5, 10, 5])
        #expect(net.bridge.dumpFlows().map(\.1.bytes) == [300, 600, 300])
        // What came after the last sweep is credited when the megaflow is gone, to the rule that stood for it.
        for _ in 0..<3 { net.dpif.receive(dns) }
        try net.add(priority: 3, udp(53), [])
        net.pass(milliseconds: 600)
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [0, 8, 10, 8])
    }

    @Test func idleMegaflowsGoAndBusyOnesStay() throws {
        let net = try TestSwitch()
        try net.add(udp(2000), out2)
        try net.add(udp(53), out2)
        var dns = ipv4(1)
        dns.l0.tpDst = BE16(53)
        net.send(dns)
        for _ in 0..<12 {
            net.send(ipv4(1))
            net.pass(milliseconds: 1_000)
        }
        #expect(net.dpif.flowCount == 1)
        #expect(net.ofproto.counters.idled == 1)
        net.pass(milliseconds: 11_000)
        #expect(net.dpif.flowCount == 0)
        #expect(net.ofproto.megaflows.masks.count == 0)
    }

    @Test func tooManyMegaflowsAreThinnedOut() throws {
        let net = try TestSwitch()
        try net.add(match { $0.l0.dlSrc = EthernetAddress(1); $1.l0.dlSrc = .broadcast }, [])
        try net.add(priority: 1, Match(), out2)
        for station in 0..<100 { net.send(ipv4(1, from: UInt64(station))) }
        #expect(net.dpif.flowCount == 100)
        net.ofproto.configure(flowLimit: 50, maxIdle: 10_000)
        net.pass(milliseconds: 1_100)
        #expect(net.dpif.flowCount < 50)
    }

    @Test func theFlowLimitMakesPacketsGoOneByOne() throws {
        var limits = OFProtoLimits()
        limits.flowLimit = 3
        let net = try TestSwitch(limits: limits)
        try net.add(match { $0.l0.dlSrc = EthernetAddress(1); $1.l0.dlSrc = .broadcast }, [])
        try net.add(priority: 1, Match(), out2)
        for station in 2..<12 { #expect(net.ports(ipv4(1, from: UInt64(station))) == [2]) }
        #expect(net.dpif.flowCount == 3)
        #expect(net.dpif.executed == 7)
        net.pass(milliseconds: 600)
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [0, 10])
    }

    @Test func aDatapathWithoutRoomLosesNothingButThePacket() throws {
        let net = try TestSwitch()
        try net.add(Match(), out2)
        net.dpif.refusesFlows = true
        net.send(ipv4(1))
        #expect(net.ofproto.counters.refused == 1)
        net.dpif.refusesFlows = false
        #expect(net.ports(ipv4(1)) == [2])
    }

    /// What its actions looked at in one packet is not taken for another one's.
    @Test func whatARuleLeadsToHangsOnWhatItsActionsLookAt() throws {
        let net = try TestSwitch()
        let station = FieldRange(field: .ethSrc, start: 0, count: 16), register = FieldRange(field: .reg0, start: 0, count: 16)
        let byStation: [OFAction] = [.move(from: station, to: register), .outputField(register)]
        try net.add(match { $0.l0.dlSrc = EthernetAddress(1); $1.l0.dlSrc = .broadcast }, [])
        try net.add(priority: 1, Match(), out2)
        let stations: [UInt64] = [0x10002, 0x10003, 0x10004, 0x20002, 0x20003, 0x20004, 0x30002, 0x30003, 0x30004]
        for station in stations { net.dpif.receive(ipv4(1, from: station)) }
        net.settle()
        #expect(net.dpif.flowCount == stations.count)
        for actions in [byStation, [.output(OFPort(3), maxLength: 0)], byStation] {
            try net.add(priority: 1, Match(), actions)
            net.settle()
            for flow in net.dpif.flowDump() {
                let port = actions == byStation ? UInt32(flow.key.l0.dlSrc.number & 0xffff) : 3
                #expect(flow.actions == [.output(ODPPort(port))])
            }
            #expect(net.dpif.flowCount == stations.count)
        }
    }

    /// A flow that asks only for bits that the megaflows hold is found by all whose flow is less; who is credited changes with it.
    @Test func aNewFlowTakesThePacketsOfManyMegaflows() throws {
        let net = try TestSwitch()
        func station(_ number: UInt64) -> Match { match { $0.l0.dlSrc = EthernetAddress(number); $1.l0.dlSrc = .broadcast } }
        try net.add(priority: 9, station(0x10009), [.output(OFPort(4), maxLength: 0)])
        try net.add(priority: 1, Match(), out2)
        let stations = (0x10002...0x10009).map { UInt64($0) }
        func sendAll() { for station in stations { net.dpif.receive(ipv4(1, from: station)) } }
        sendAll()
        net.settle()
        try net.add(priority: 5, Match(), [.output(OFPort(3), maxLength: 0)])
        net.settle()
        // One that needs more bits than they hold, below and above.
        try net.add(priority: 3, udp(53), [])
        net.settle()
        #expect(net.dpif.flowCount == stations.count)
        for flow in net.dpif.flowDump() { #expect(flow.actions == [.output(ODPPort(flow.key.l0.dlSrc == EthernetAddress(0x10009) ? 4 : 3))]) }
        sendAll()
        net.pass(milliseconds: 2_000)
        let packets = Dictionary(uniqueKeysWithValues: net.bridge.dumpFlows().map { ($0.0.priority, $0.1.packets) })
        #expect(packets == [9: 2, 5: 7, 3: 0, 1: 7])
        try net.add(priority: 6, udp(53), [])
        net.settle()
        #expect(net.dpif.flowDump().map(\.key.l0.dlSrc) == [EthernetAddress(0x10009)])
    }

    @Test func aLargeTableIsRevalidatedInBoundedTurns() throws {
        let net = try TestSwitch()
        try net.add(match { $0.l0.dlSrc = EthernetAddress(1); $1.l0.dlSrc = .broadcast }, [])
        try net.add(priority: 1, Match(), out2)
        let count = 2_000
        for station in 0..<count { net.dpif.receive(ipv4(1, from: 0x1_0000 + UInt64(station))) }
        net.settle()
        #expect(net.dpif.flowCount == count)
        // Each of them is translated, since what is done hangs on the station.
        let station = FieldRange(field: .ethSrc, start: 0, count: 32), register = FieldRange(field: .reg0, start: 0, count: 32)
        try net.add(priority: 1, Match(), [.move(from: station, to: register), .output(OFPort(3), maxLength: 0)])
        var turns = 0
        while net.ofproto.isRevalidating && turns < 1_000 {
            let before = net.ofproto.counters.revalidated
            _ = net.ofproto.run(now: net.now)
            #expect(net.ofproto.counters.revalidated - before <= 256)
            turns += 1
        }
        #expect(turns >= count / 256 && turns < 3 * count / 256)
        #expect(net.dpif.flowDump().allSatisfy { $0.actions == [.output(ODPPort(3))] || $0.key.l0.dlSrc == EthernetAddress(1) })
    }

    @Test func packetsForTheControllerArriveWithTheirContext() throws {
        let net = try TestSwitch()
        var packets: [PacketIn] = []
        net.ofproto.controllerSink = { packets.append($0) }
        try net.add(table: 0, Match(), [
            .set(.reg2, to: 77), .controller(ControllerSpec(maxLength: 64, reason: 1, id: 3, userdata: [9, 8])),
        ]) { $0.cookie = 0xc0 }
        net.send(ipv4(1))
        net.send(ipv4(1))
        #expect(net.dpif.flowCount == 1)
        #expect(packets.count == 2)
        let packet = try #require(packets.first)
        #expect(packet.bridge === net.bridge && packet.cookie == 0xc0 && packet.metadata.key.l0.inPort == 1)
        #expect(packet.controllerID == 3 && packet.userdata == [9, 8] && packet.metadata.key.regs[2] == 77 && packet.bytes.count == 60)
        // Once nothing names the context it is forgotten, but not before what may be under way.
        try net.bridge.apply(FlowMod(), command: .delete, now: net.now)
        net.settle()
        #expect(net.ofproto.controllers.count == 1)
        net.pass(milliseconds: 12_000)
        #expect(net.ofproto.controllers.count == 0)
    }

    @Test func packetOutRunsActionsOnce() throws {
        let net = try TestSwitch(normal: true)
        guard let packet = net.dpif.makePacket([UInt8](repeating: 0, count: 60)) else { return #expect(Bool(false), "no packet") }
        try net.ofproto.packetOut(
            packet, key: ipv4(0), actions: [.setVLANVID(5), .output(OFPort(1), maxLength: 0), .stripVLAN, .output(.table, maxLength: 0)],
            bridge: net.bridge, inPort: OFPort(2), now: net.now)
        let sent = net.dpif.takeOutcome().sent
        #expect(sent.map(\.port.number) == [1, 1, 3, 4])
        #expect(sent.first?.key.l0.vlanTCI == BE16(0x1005))
        #expect(net.dpif.flowCount == 0)
    }

    @Test func theNextTurnIsDueWhenSomethingWillHappen() throws {
        let net = try TestSwitch()
        net.settle()
        #expect(net.ofproto.nextDeadline(now: net.now) == nil)
        try net.add(Match(), out2) { $0.hardTimeout = 5 }
        #expect(net.ofproto.nextDeadline(now: net.now) == net.now)
        net.settle()
        #expect(net.ofproto.nextDeadline(now: net.now) == net.now + 5_000)
        net.send(ipv4(1))
        let next = try #require(net.ofproto.nextDeadline(now: net.now))
        #expect(next <= net.now + 500)
    }

    @Test func packetsThatAreNotSentOnGoBackToThePool() throws {
        let net = try TestSwitch()
        try net.add(Match(), out2)
        net.dpif.refusesFlows = true
        // More than the pool holds: refused, from unknown ports, dropped.
        for index in 0..<6_000 { net.send(ipv4(1 + UInt32(index % 6))) }
        net.dpif.refusesFlows = false
        #expect(net.ports(ipv4(1)) == [2])
    }

    @Test func flushForgetsAllMegaflowsAndCreditsTheirPackets() throws {
        let net = try TestSwitch()
        try net.add(Match(), out2)
        for _ in 0..<3 { net.send(ipv4(1)) }
        net.ofproto.flushMegaflows()
        #expect(net.dpif.flowCount == 0 && net.ofproto.megaflowCount == 0)
        #expect(net.bridge.dumpFlows().map(\.1.packets) == [3])
        #expect(net.ports(ipv4(1)) == [2])
    }
}
