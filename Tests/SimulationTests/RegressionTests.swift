import Testing
import Wire
@testable import OFProto

/// What the simulation has found, each by itself. The reference beside the switch says what is right.
@Suite struct RegressionTests {
    /// One bridge with trunk ports 1, 2 and 3, groups and rules.
    private func bed(_ rules: [RefRule], groups: [RefGroup] = []) throws -> Simulation {
        let simulation = try Simulation(seed: 7)
        simulation.addEmptyBridge("br0")
        for number in 1...3 as ClosedRange<UInt16> { simulation.open(RefPort(name: "p\(number)", number: number), 0) }
        for group in groups { simulation.add(group, 0) }
        for rule in rules { simulation.install(rule, 0) }
        simulation.settle()
        return simulation
    }

    private func rule(_ actions: [RefAction], hard: UInt16 = 0) -> RefRule {
        RefRule(id: 1, table: 0, priority: 1, match: RefMatch(), actions: actions, hard: hard)
    }

    /// An experimental EtherType behind an optional tag.
    private func frame(_ id: UInt64, dst: UInt64 = 0x0200_0000_0009, src: UInt64 = 0x0200_0000_0001, tci: UInt64? = nil) -> [UInt8] {
        octets(dst, 6) + octets(src, 6) + (tci.map { octets(0x8100, 2) + octets($0, 2) } ?? []) + octets(0x88b5, 2) + octets(0, 40) + octets(id, 8)
    }

    /// UDP without a checksum.
    private func udp(_ id: UInt64, tos: UInt64 = 0, ttl: UInt64 = 64) -> [UInt8] {
        let header = octets(0x45, 1) + octets(tos, 1) + octets(36, 2) + octets(0, 4) + octets(ttl, 1) + octets(17, 1) + octets(0, 2) + octets(0x0a00_0001, 4) + octets(0x0a00_0002, 4)
        let bytes = octets(0x0200_0000_0009, 6) + octets(0x0200_0000_0001, 6) + octets(0x0800, 2) + header + octets(0x03e8_07d0, 4) + octets(16, 2) + octets(0, 2) + octets(id, 8)
        guard var packet = RefPacket(bytes, inPort: 0) else { return bytes }
        packet.fixChecksums()
        return packet.bytes
    }

    /// A packet comes in and is seen through.
    private func send(_ simulation: Simulation, _ id: UInt64, _ bytes: [UInt8], at port: String = "p1") {
        simulation.advance(2)
        simulation.inject(bytes, id: id, at: port)
        simulation.quiesce()
        if let flight = simulation.flights[id] { simulation.checkFlight(id, flight, since: flight.injected) }
    }

    private func finish(_ simulation: Simulation) {
        simulation.settle()
        simulation.checkMegaflows()
        simulation.close()
        #expect(simulation.failures.isEmpty, "\(simulation.failures.joined(separator: "\n"))")
    }

    @Test func aTagThatHappensToBeTheNewOneIsNoReasonToKeepOthers() throws {
        for actions in [[.stripVLAN, .pushVLAN, .setVID(5)], [.stripVLAN, .setVID(5)]] as [[RefAction]] {
            let simulation = try bed([rule(actions + [.output(2)])])
            send(simulation, 1, frame(1, tci: 5))
            send(simulation, 2, frame(2, tci: 0x6005))
            #expect(simulation.tally.tx["p2"] == 2)
            finish(simulation)
        }
    }

    @Test func aTagThatIsTakenOffForOnePortStaysForTheNext() throws {
        let simulation = try bed([rule([.clone([.stripVLAN, .output(2)]), .output(3)])])
        send(simulation, 1, frame(1, tci: 0x2005))
        simulation.ofproto.noteChange()
        simulation.settle()
        send(simulation, 2, frame(2, tci: 0x2005))
        #expect(simulation.tally.tx == ["p2": 2, "p3": 2])
        finish(simulation)
    }

    @Test func whatIsWrittenBeforeALabelIsPushedIsInThePacket() throws {
        let simulation = try bed([rule([.decTTL, .set(.nwTOS, 0x20, mask: 0xfc), .pushMPLS, .output(2)])])
        send(simulation, 1, udp(1))
        #expect(simulation.tally.tx["p2"] == 1)
        finish(simulation)
    }

    @Test func aLabelThatComesAndGoesLeavesThePacketAsItIs() throws {
        let simulation = try bed([rule([.pushMPLS, .popMPLS(0x0800), .output(2)])])
        send(simulation, 1, udp(1, tos: 0x20))
        #expect(simulation.tally.tx["p2"] == 1)
        finish(simulation)
    }

    @Test func aLabelOfWhichPartIsWrittenIsTheMegaflowsAsAWhole() throws {
        let simulation = try bed([rule([.set(.mplsTC, 1, mask: 7), .output(2)])])
        for (id, ttl) in [(1, 64), (2, 9)] as [(UInt64, UInt64)] {
            send(simulation, id, octets(0x0200_0000_0009, 6) + octets(0x0200_0000_0001, 6) + octets(0x8847, 2) + octets(0x0001_0100 | ttl, 4) + octets(0, 40) + octets(id, 8))
        }
        #expect(simulation.tally.tx["p2"] == 2)
        finish(simulation)
    }

    @Test func anEmptyInnerTagComesOffWhateverMegaflowsThereAre() throws {
        let simulation = try bed([rule([.normal])])
        func frame(_ id: UInt64, _ inner: UInt64) -> [UInt8] {
            octets(0x0200_0000_0009, 6) + octets(0x0200_0000_0001, 6) + octets(0x8100_000a, 4) + octets(0x8100, 2) + octets(inner, 2) + octets(0x88b5, 2) + octets(0, 40) + octets(id, 8)
        }
        for (id, inner) in [(1, 5), (2, 0)] as [(UInt64, UInt64)] { send(simulation, id, frame(id, inner)) }
        #expect(simulation.tally.tx == ["p2": 2, "p3": 2])
        finish(simulation)
    }

    @Test func exitLeavesTheActionSetAlone() throws {
        let simulation = try bed([rule([.writeActions([.output(2)]), .exit, .output(3)])])
        send(simulation, 1, frame(1))
        #expect(simulation.tally.tx == ["p2": 1])
        finish(simulation)
    }

    @Test func lateCountersDoNotMoveAStationBack() throws {
        let simulation = try bed([rule([.normal])])
        // The second packet follows the megaflow; no sweep has told of it when the station speaks up elsewhere.
        for id in 1...2 as ClosedRange<UInt64> { send(simulation, id, frame(id)) }
        send(simulation, 3, frame(3), at: "p2")
        simulation.settle()
        #expect(simulation.places[RefStation(bridge: "br0", vlan: 0, address: 0x0200_0000_0001)] == "p2")
        finish(simulation)
    }

    @Test func aFlushLosesNoCounters() throws {
        let simulation = try bed([rule([.output(2)])])
        simulation.inject(frame(1), id: 1, at: "p1")
        simulation.turnDatapath()
        simulation.turnOFProto()
        // The megaflow and its first packet are on their way down.
        simulation.ofproto.flushMegaflows()
        simulation.settle()
        #expect(simulation.ofproto.bridge(named: "br0")?.dumpFlows().first?.1.packets == 1)
        finish(simulation)
    }

    @Test func aReplacedRulesPacketsAreItsSuccessors() throws {
        let simulation = try bed([rule([.output(2)])])
        for id in 1...3 as ClosedRange<UInt64> { send(simulation, id, frame(id)) }
        for port in [3, 2, 3] as [UInt16] { simulation.replace(rule([.output(port)]), 0, byAdding: true) }
        simulation.settle()
        #expect(simulation.ofproto.bridge(named: "br0")?.dumpFlows().first?.1.packets == 3)
        finish(simulation)
    }

    @Test func newActionsBeginTheHardTimeoutAnew() throws {
        let simulation = try bed([rule([.output(2)], hard: 10)])
        simulation.advance(6_000)
        simulation.settle()
        simulation.replace(rule([.output(3)], hard: 10), 0, byAdding: false)
        simulation.advance(6_000)
        simulation.settle()
        #expect(simulation.ofproto.bridge(named: "br0")?.flowCount == 1)
        simulation.advance(4_000)
        simulation.settle()
        #expect(simulation.ofproto.bridge(named: "br0")?.flowCount == 0)
        finish(simulation)
    }

    @Test func aStationOfAPortThatAMirrorTakesIsNotReached() throws {
        let simulation = try bed([rule([.normal])])
        send(simulation, 1, frame(1, dst: 0x0200_0000_0001, src: 0x0200_0000_0002), at: "p2")
        simulation.setMirrors([RefMirror(name: "m", output: .port("p2"))], 0)
        simulation.settle()
        send(simulation, 2, frame(2, dst: 0x0200_0000_0002))
        #expect(simulation.tally.tx == ["p1": 1, "p3": 1])
        finish(simulation)
    }

    @Test func aMirrorCopiesPacketsOfAnyLength() throws {
        let simulation = try bed([rule([.checkLarger(70), .output(2)])])
        simulation.setMirrors([RefMirror(name: "m", destinations: ["p2"], output: .port("p3"))], 0)
        simulation.settle()
        for (id, tci) in [(1, nil), (2, 5)] as [(UInt64, UInt64?)] { send(simulation, id, frame(id, tci: tci) + octets(id, 8)) }
        #expect(simulation.tally.tx == ["p2": 2, "p3": 2])
        finish(simulation)
    }

    @Test func aPacketForARemovedPortDoesNotReachTheNextOne() throws {
        let simulation = try bed([rule([.output(2)])])
        send(simulation, 1, frame(1))
        simulation.removePort(0, named: "p2")
        simulation.open(RefPort(name: "p4", number: 4), 0)
        // The old megaflow has not been looked at yet.
        simulation.inject(frame(2), id: 2, at: "p1")
        simulation.turnDatapath()
        #expect(simulation.tally.tx["p4"] == nil)
        finish(simulation)
    }

    @Test func theTagThatATunnelsEndBringsOutIsTheMegaflowsAsAWhole() throws {
        let simulation = try Simulation(seed: 7)
        simulation.addEmptyBridge("br0")
        for number in 1...2 as ClosedRange<UInt16> { simulation.open(RefPort(name: "p\(number)", number: number, mode: .dot1qTunnel, tag: 5), 0) }
        simulation.install(rule([.normal]), 0)
        simulation.settle()
        // Without a VLAN the tag is there for its priority only, and without one it comes off.
        for (id, tci) in [(1, 0), (2, 0x8000), (3, 0)] as [(UInt64, UInt64)] { send(simulation, id, frame(id, tci: tci)) }
        #expect(simulation.tally.tx == ["p2": 3])
        finish(simulation)
    }

    @Test func whatIsBehindACloneInWhichThePacketPausesIsNotDone() throws {
        let simulation = try bed([
            RefRule(id: 1, table: 0, priority: 1, match: RefMatch(), actions: [.clone([.group(1), .output(2)]), .output(3)]),
            RefRule(id: 2, table: 0, priority: 2, match: RefMatch(conditions: [.init(field: .inPort, value: 3, mask: .max)]), actions: [.clone([.output(2)]), .output(1)]),
        ], groups: [RefGroup(id: 1, kind: .select, buckets: [RefBucket(id: 1, weight: 1, actions: [.output(2)])])])
        send(simulation, 1, frame(1))
        #expect(simulation.tally.tx == ["p2": 2])
        send(simulation, 2, frame(2), at: "p3")
        #expect(simulation.tally.tx == ["p1": 1, "p2": 3])
        finish(simulation)
    }

    @Test func aPauseInAClonesActionSetEndsThePacketsWayToo() throws {
        let simulation = try bed([
            RefRule(id: 1, table: 0, priority: 1, match: RefMatch(), actions: [.writeActions([.group(1)]), .goto(1)]),
            RefRule(id: 2, table: 1, priority: 1, match: RefMatch(), actions: [.clone([.stripVLAN, .output(2)]), .output(3)]),
        ], groups: [RefGroup(id: 1, kind: .select, buckets: [RefBucket(id: 1, weight: 1, actions: [.output(2)])])])
        send(simulation, 1, frame(1))
        #expect(simulation.tally.tx["p3"] == nil)
        finish(simulation)
    }

    @Test func aUsedUpTTLBehindAPauseEndsAllThatWasLeft() throws {
        let simulation = try bed([
            RefRule(id: 1, table: 0, priority: 1, match: RefMatch(), actions: [.resubmit(1), .output(3)]),
            RefRule(id: 2, table: 1, priority: 1, match: RefMatch(), actions: [.group(1), .decTTL, .output(3)]),
        ], groups: [RefGroup(id: 1, kind: .select, buckets: [RefBucket(id: 1, weight: 1, actions: [.output(2)])])])
        send(simulation, 1, udp(1, ttl: 1))
        send(simulation, 2, udp(2, ttl: 9))
        #expect(simulation.tally.tx == ["p2": 2, "p3": 2])
        finish(simulation)
    }

    @Test func theEndOfAConnectionShortensTheTimeoutsOfItsRule() throws {
        let simulation = try bed([rule([.finTimeout(idle: 2, hard: 5), .output(2)], hard: 60)])
        func tcp(_ id: UInt64, flags: UInt64) -> [UInt8] {
            var bytes = Array(udp(id)[..<34]) + octets(0x03e8_07d0, 4) + octets(0, 8) + octets(0x5000 | flags, 2) + octets(0, 6) + octets(id, 8)
            bytes.replaceSubrange(16..<18, with: octets(UInt64(bytes.count - 14), 2))
            bytes[23] = 6
            guard var packet = RefPacket(bytes, inPort: 0) else { return bytes }
            packet.fixChecksums()
            return packet.bytes
        }
        send(simulation, 1, tcp(1, flags: 0x10))
        simulation.advance(3_000)
        simulation.settle()
        #expect(simulation.ofproto.bridge(named: "br0")?.flowCount == 1)
        // By the megaflow that the first packet has made.
        send(simulation, 2, tcp(2, flags: 0x11))
        simulation.settle()
        simulation.advance(2_500)
        simulation.settle()
        #expect(simulation.ofproto.bridge(named: "br0")?.flowCount == 0)
        finish(simulation)
    }

    @Test func aPacketThatTeachesAFlowAboveItsOwnIsNotTheLearnedOnes() throws {
        let learn = RefLearn(table: 0, priority: 9, cookie: RefLearn.leastCookie, parts: [
            .init(source: .field(RefRange(field: .dlSrc, count: 48)), destination: .match(RefRange(field: .dlSrc, count: 48))),
            .init(source: .value(3), destination: .load(RefRange(field: .reg0, count: 16))),
            .init(source: .field(RefRange(field: .inPort, count: 16)), destination: .output),
        ])
        let simulation = try bed([rule([.learn(learn), .output(2)])])
        for id in 1...3 as ClosedRange<UInt64> { send(simulation, id, frame(id)) }
        simulation.settle()
        #expect(simulation.tally.tx == ["p2": 1])
        #expect(simulation.ofproto.bridge(named: "br0")?.dumpFlows().map(\.1.packets) == [2, 1])
        finish(simulation)
    }

    @Test func aLearnActionWithALimitSucceedsAgainWhenItsFlowHasGone() throws {
        var learn = RefLearn(table: 1, priority: 9, cookie: RefLearn.leastCookie, parts: [
            .init(source: .field(RefRange(field: .dlSrc, count: 48)), destination: .match(RefRange(field: .dlSrc, count: 48))),
        ])
        (learn.limit, learn.tellsResult, learn.timeouts.hard) = (1, true, 2)
        var second = rule([.output(2)])
        (second.id, second.table, second.match) = (2, 2, RefMatch(conditions: [.init(field: .reg1, value: 1, mask: 1)]))
        let simulation = try bed([rule([.learn(learn), .resubmit(2)]), second])
        send(simulation, 1, frame(1))
        simulation.advance(3_000)
        simulation.settle()
        send(simulation, 2, frame(2))
        #expect(simulation.tally.tx == ["p2": 2])
        finish(simulation)
    }

    /// What is behind the headers is the frame that it was, and actions go on with it.
    @Test func headersComeAndGo() throws {
        let simulation = try bed([rule([
            .serviceDetour(0x0200_0000_0007, via: 2), .setPCP(3), .labelDetour(0x0200_0000_0008, via: 3), .output(2), .stripVLAN, .readdress(0x0200_0000_0009), .output(3),
        ])])
        for (id, tci) in [(1, 5), (2, nil), (3, 0x2005)] as [(UInt64, UInt64?)] { send(simulation, id, frame(id, tci: tci)) }
        #expect(simulation.tally.tx == ["p2": 6, "p3": 6])
        finish(simulation)
    }

    @Test func aServiceHeaderCarriesOptionsInWholeWords() throws {
        let options = [RefServiceOption(kind: 0x1000, type: 10, value: [1, 2, 3, 4, 5]), RefServiceOption(kind: 0xffff, type: 0x80, value: [])]
        let simulation = try bed([rule([
            .serviceDetour(0x0200_0000_0007, options: options, via: 2), .serviceDetour(0x0200_0000_0007, options: [], via: 3),
            .encapService(0x0200_0000_0008, options: options), .output(3),
        ])])
        for (id, tci) in [(1, 5), (2, nil)] as [(UInt64, UInt64?)] { send(simulation, id, frame(id, tci: tci)) }
        #expect(simulation.tally.tx == ["p2": 2, "p3": 4])
        #expect(simulation.tally.options == 4)
        finish(simulation)
    }

    @Test func aServiceHeaderCarriesTheFrameWithItsTags() throws {
        let simulation = try bed([rule([.setPCP(3), .encapService(0x0200_0000_0007), .output(2), .pushVLAN, .output(3)])])
        for (id, tci) in [(1, 5), (2, nil), (3, 0x2005)] as [(UInt64, UInt64?)] { send(simulation, id, frame(id, tci: tci)) }
        #expect(simulation.tally.tx == ["p2": 3, "p3": 3])
        finish(simulation)
    }
}
