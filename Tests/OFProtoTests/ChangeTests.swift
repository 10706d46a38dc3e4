import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Only megaflows that a change may concern are translated again, and none is passed over that it does concern.
@Suite struct ChangeTests {
    private func station(_ number: UInt64) -> Match { match { $0.l0.dlDst = EthernetAddress(number); $1.l0.dlDst = .broadcast } }
    private func output(_ port: UInt16) -> [OFAction] { [.output(OFPort(port), maxLength: 0)] }

    /// 100 megaflows that differ in their destination, by a table that they all go on to from table 0.
    private func stations() throws -> TestSwitch {
        let net = try TestSwitch()
        try net.add(priority: 1, Match(), [.gotoTable(1)])
        for number in 1...100 { try net.add(table: 1, priority: 10, station(UInt64(number)), output(2)) }
        for number in 1...100 { net.send(ipv4(1, to: UInt64(number))) }
        #expect(net.dpif.flowCount == 100)
        return net
    }

    /// How many megaflows are translated again.
    private func cost(_ net: TestSwitch, _ change: () throws -> Void) rethrows -> UInt64 {
        let before = net.ofproto.counters.revalidated
        try change()
        net.settle()
        return net.ofproto.counters.revalidated - before
    }

    @Test func aFlowThatComesConcernsWhomItMatchesAndIsAbove() throws {
        let net = try stations()
        let (to5, low) = (station(5), output(3))
        #expect(try cost(net) { try net.add(table: 1, priority: 11, to5, low) } == 1)
        #expect(net.ports(ipv4(1, to: 5)) == [3])
        // Below what is found, in a table that nobody looks up, of another port.
        #expect(try cost(net) { try net.add(table: 1, priority: 9, Match(), low) } == 0)
        #expect(try cost(net) { try net.add(table: 2, priority: 9, Match(), low) } == 0)
        #expect(try cost(net) { try net.add(priority: 9, match { $0.l0.inPort = 2; $1.l0.inPort = .max }, low) } == 0)
        #expect(try cost(net) { try net.add(priority: 9, match { $0.l0.inPort = 1; $1.l0.inPort = .max }, low) } == 100)
        #expect(net.ports(ipv4(1, to: 6)) == [3])
    }

    @Test func aFlowThatGoesOrDoesSomethingElseConcernsItsOwnMegaflows() throws {
        let net = try stations()
        var mod = FlowMod()
        (mod.table, mod.match, mod.actions) = (1, station(7), output(4))
        #expect(try cost(net) { try net.bridge.apply(mod, command: .modify, now: net.now) } == 1)
        #expect(net.ports(ipv4(1, to: 7)) == [4])
        #expect(try cost(net) { try net.bridge.apply(mod, command: .delete, now: net.now) } == 1)
        #expect(net.ports(ipv4(1, to: 7)) == [])
        #expect(try cost(net) { try net.bridge.apply(mod, command: .delete, now: net.now) } == 0)
    }

    /// Nor does it count when the table that sees what was written is not there yet.
    @Test func whatAnActionHasWrittenForATableToComeIsNotCompared() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, Match(), [.set(.ethDst, to: 9), .gotoTable(1)])
        net.send(ipv4(1, to: 5))
        #expect(try cost(net) { try net.add(table: 1, priority: 2, station(9), output(3)) } == 1)
        #expect(net.ports(ipv4(1, to: 5)) == [3])
    }

    @Test func whatAnActionHasWrittenIsNotCompared() throws {
        let net = try TestSwitch()
        try net.add(priority: 1, Match(), [.set(.ethDst, to: 9), .gotoTable(1)])
        try net.add(table: 1, priority: 1, Match(), output(2))
        net.send(ipv4(1, to: 5))
        #expect(try cost(net) { try net.add(table: 1, priority: 2, station(9), output(3)) } == 1)
        #expect(net.ports(ipv4(1, to: 5)) == [3])
        #expect(try cost(net) { try net.add(table: 1, priority: 3, match { $0.l0.dlType = BE16(EtherType.arp); $1.l0.dlType = .ones }, output(4)) } == 0)
    }

    @Test func aTableThatIsMadeLaterConcernsWhoLookedForIt() throws {
        let net = try TestSwitch()
        try net.add(Match(), [.gotoTable(7)])
        #expect(net.ports(ipv4(1)) == [])
        try net.add(table: 7, Match(), output(2))
        net.settle()
        #expect(net.ports(ipv4(1)) == [2])
    }

    @Test func moreFlowsThanAreComparedConcernTheirTables() throws {
        let net = try stations()
        try net.add(table: 3, Match(), output(2))
        #expect(try cost(net) { for number in 0..<200 { try net.add(table: 1, priority: 20, station(UInt64(1_000 + number)), []) } } == 100)
        #expect(try cost(net) { for number in 0..<60 { try net.add(table: 1, priority: 20, station(UInt64(2_000 + number)), []) } } == 0)
    }

    @Test(arguments: 0..<24) func afterRandomChangesNoMegaflowDiffersFromItsTranslation(seed: Int) throws {
        var random = Random(seed: UInt64(seed) + 9_000)
        let net = try TestSwitch()
        try net.addMeter(1)
        let other = try net.ofproto.addBridge("br1")
        try other.apply(MeterMod(.add, MeterConfig(meter: 1, flags: .pktps, bands: [MeterBand(.drop, rate: 100, burst: 0)])), now: net.now)
        try connect(net, other)
        var priority: UInt16 = 10
        for bridge in [net.bridge, other] {
            for table in 0..<3 { for _ in 0..<6 { try change(bridge, table: UInt8(table), .add, &priority, &random, now: net.now) } }
        }
        var considered = 0
        let before = net.ofproto.counters.revalidated
        for _ in 0..<30 {
            for _ in 0..<8 { net.send(random.packet()) }
            for _ in 0..<(1 + random.below(3)) {
                let command = random.one(of: [FlowMod.Command.add, .add, .modify, .delete, .deleteStrict])
                try change(random.one(of: [net.bridge, other]), table: UInt8(random.below(3)), command, &priority, &random, now: net.now)
                considered += net.ofproto.megaflowCount
            }
            net.settle()
            #expect(net.ofproto.isSettled(net.ofproto.changeCount))
            try check(net, &random)
        }
        #expect(net.ofproto.counters.revalidated - before < considered)
    }

    /// Port 4 of the one bridge leads to port 1 of the other.
    private func connect(_ net: TestSwitch, _ other: Bridge) throws {
        try net.bridge.removePort("p4")
        for (bridge, name, peer, number) in [(net.bridge, "to1", "to0", 4), (other, "to0", "to1", 1)] as [(Bridge, String, String, UInt16)] {
            var config = BridgePortConfig(DPPortRequest(name: name, type: "patch"))
            config.device.options["peer"] = peer
            config.ofPort = OFPort(number)
            try bridge.addPort(config)
        }
        for number in 2...4 {
            var config = net.config("q\(number)")
            config.ofPort = OFPort(UInt16(number))
            try other.addPort(config)
        }
    }

    /// Changes a table by a random flow modification. Priorities differ, so that there is one answer.
    private func change(
        _ bridge: Bridge, table: UInt8, _ command: FlowMod.Command, _ priority: inout UInt16, _ random: inout Random, now: Int64
    ) throws {
        var mod = FlowMod()
        (mod.table, mod.match) = (table, random.randomMatch())
        switch command {
        case .add:
            priority += 1
            mod.priority = random.below(2) == 0 ? 20_000 - priority : 20_000 + priority
            mod.actions = random.actions(table: Int(table))
            if random.below(12) == 0 { return try addConjunction(bridge, mod, now: now) }
        case .modify: mod.actions = random.actions(table: Int(table))
        default:
            guard let rule = bridge.tables[Int(table)].flatMap({ table in random.one(of: rules(table)) }) else { return }
            (mod.match, mod.priority) = (rule.match, UInt16(rule.priority))
        }
        try bridge.apply(mod, command: command, now: now)
    }

    private func rules(_ table: OpenFlowTable) -> [Rule?] {
        var rules: [Rule?] = [nil]
        table.classifier.forEach { rules.append($0) }
        return rules
    }

    /// Two clauses, one of which any packet has, and what they lead to.
    private func addConjunction(_ bridge: Bridge, _ mod: FlowMod, now: Int64) throws {
        var part = mod
        part.actions = [.conjunction(id: UInt32(mod.priority), clause: 0, clauses: 2)]
        try bridge.apply(part, command: .add, now: now)
        part.match = Match()
        part.actions = [.conjunction(id: UInt32(mod.priority), clause: 1, clauses: 2)]
        try bridge.apply(part, command: .add, now: now)
        part.match = match { $0.l11.conjID = UInt32(mod.priority); $1.l11.conjID = .max }
        part.actions = mod.actions
        try bridge.apply(part, command: .add, now: now)
    }

    /// Every megaflow does with its packets what their own translation does. (The mask may be another one than a new translation's: both are wide enough.)
    private func check(_ net: TestSwitch, _ random: inout Random) throws {
        let translator = net.ofproto.translator
        for at in net.ofproto.megaflows.flows.indices where net.ofproto.megaflows.flows[at].isLive {
            let packet = try #require(net.dpif.flows[net.ofproto.megaflows.flows[at].id]).put
            for key in [packet.key, random.neighbour(of: packet.key, under: packet.mask), random.neighbour(of: packet.key, under: packet.mask)] {
                translator.flow.key = key
                #expect(translator.translate(now: net.now, learns: false))
                let (own, megaflow) = (interpret(translator.actions, key), interpret(net.ofproto.megaflows.outcome(at).actions, key))
                #expect(own.sent == megaflow.sent)
                #expect(own.meters == megaflow.meters && own.userdata.count == megaflow.userdata.count)
            }
        }
    }
}
