import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Full tables: who makes room, and who is told.
@Suite struct EvictionTests {
    private func net(maximum: Int, evicts: Bool = true, groups: [FieldRange] = []) throws -> TestSwitch {
        let net = try TestSwitch()
        var config = TableConfig()
        (config.maximum, config.evicts, config.evictionFields) = (maximum, evicts, groups)
        net.bridge.configureTables([0: config])
        return net
    }
    private func priorities(_ net: TestSwitch) -> [UInt16] { net.bridge.dumpFlows().map(\.0.priority).sorted() }

    @Test func theLeastImportantGoesThenWhoEndsSoonest() throws {
        let net = try net(maximum: 4)
        var gone: [UInt16] = []
        net.bridge.connections.flowRemovedSink = { if $0.reason == .eviction { gone.append($0.flow.priority) } }
        func add(_ priority: UInt16, hard: UInt16 = 0, idle: UInt16 = 0, importance: UInt16 = 0) throws {
            try net.add(priority: priority, Match(), []) { ($0.hardTimeout, $0.idleTimeout, $0.importance, $0.flags) = (hard, idle, importance, .sendFlowRemoved) }
        }
        try add(1, hard: 10, importance: 2)
        try add(2, hard: 20, importance: 1)
        try add(3, idle: 15, importance: 1)
        try add(4)
        for priority in 5..<8 as Range<UInt16> { try add(priority) }
        #expect(gone == [3, 2, 1])
        #expect(priorities(net) == [4, 5, 6, 7])
        // Those that are left have no timeout.
        #expect(throws: FlowModError.self) { try add(8, hard: 1) }
        // One that is replaced needs no room.
        try add(7, hard: 5)
        try add(8)
        #expect(priorities(net) == [4, 5, 6, 8] && gone == [3, 2, 1, 7])
    }

    @Test func aFlowThatIsUsedStaysLonger() throws {
        let net = try net(maximum: 2)
        try net.add(priority: 2, from(1), out(2)) { $0.idleTimeout = 10 }
        net.pass(milliseconds: 2_000)
        try net.add(priority: 1, from(2), out(2)) { $0.idleTimeout = 10 }
        net.pass(milliseconds: 2_000)
        net.send(ipv4(1))
        net.send(ipv4(1))
        net.pass(milliseconds: 2_000)
        try net.add(priority: 3, from(3), out(2)) { $0.idleTimeout = 10 }
        #expect(priorities(net) == [2, 3])
    }
    private func out(_ port: UInt16) -> [OFAction] { [.output(OFPort(port), maxLength: 0)] }

    @Test func theLargestGroupMakesRoom() throws {
        let net = try net(maximum: 10, groups: [FieldRange(.inPort)])
        for index in 0..<10 as Range<UInt16> { try net.add(priority: index, from(index < 6 ? 1 : index < 9 ? 2 : 3), []) { $0.hardTimeout = 100 - index } }
        #expect(net.bridge.tables[0]?.eviction?.groupCount == 3)
        for index in 10..<14 as Range<UInt16> { try net.add(priority: index, from(4), []) { $0.hardTimeout = 1_000 } }
        // The first group gives three, and then one of the two or three that are the largest, the fourth among them, gives the last.
        let left = priorities(net)
        #expect(left.count == 10 && left.contains(9) && left.contains(0) && left.contains(1))
        #expect(!left.contains(3) && !left.contains(4) && !left.contains(5))
    }

    /// Against a list that is looked through.
    @Test(arguments: [1, 2, 3] as [UInt64]) func heapsAgreeWithAList(_ seed: UInt64) throws {
        let net = try net(maximum: 60, groups: [FieldRange(.inPort)])
        var random = Random(seed: seed), list: [(priority: UInt16, port: UInt32, importance: UInt16, hard: UInt16)] = []
        for step in 0..<1_500 {
            let new = (priority: UInt16(step), port: UInt32(1 + random.below(5)), importance: UInt16(random.below(4)), hard: UInt16(1_000 + random.below(5_000)))
            if random.below(4) == 0, !list.isEmpty {
                let gone = list.remove(at: random.below(list.count))
                var mod = FlowMod()
                (mod.priority, mod.match) = (gone.priority, from(gone.port))
                try net.bridge.apply(mod, command: .deleteStrict, now: net.now)
                continue
            }
            let wasFull = list.count == 60
            try net.add(priority: new.priority, from(new.port), []) { ($0.importance, $0.hardTimeout) = (new.importance, new.hard) }
            if wasFull {
                let left = Set(priorities(net))
                let gone = list.filter { !left.contains($0.priority) }
                #expect(gone.count == 1)
                guard let victim = gone.first else { return }
                let sizes = Dictionary(grouping: list, by: \.port).mapValues(\.count)
                #expect(sizes[victim.port] == sizes.values.max())
                let group = list.filter { $0.port == victim.port }
                #expect(!group.contains { ($0.importance, $0.hard) < (victim.importance, victim.hard) }, "step \(step)")
                list.removeAll { $0.priority == victim.priority }
            }
            list.append(new)
            #expect(net.bridge.tables[0]?.eviction?.count == list.count)
        }
        #expect(priorities(net) == list.map(\.priority).sorted())
    }

    @Test func switchedOnItKnowsWhatIsThere() throws {
        let net = try net(maximum: 3, evicts: false)
        for priority in 1..<4 as Range<UInt16> { try net.add(priority: priority, Match(), []) { $0.hardTimeout = 10 * priority } }
        #expect(throws: FlowModError.self) { try net.add(priority: 9, Match(), []) }
        try net.bridge.apply(TableMod(table: 0, eviction: true))
        try net.add(priority: 9, Match(), [])
        #expect(priorities(net) == [2, 3, 9])
        try net.bridge.apply(TableMod(table: 0, eviction: false))
        #expect(throws: FlowModError.self) { try net.add(priority: 10, Match(), []) }
    }

    /// A bundle that deletes has the room, and one that is refused gives it back.
    @Test func roomWithinABundle() throws {
        let net = try net(maximum: 3)
        for priority in 1..<4 as Range<UInt16> { try net.add(priority: priority, Match(), []) { $0.hardTimeout = 10 * priority } }
        let peer = TestController(net)
        func commit(_ messages: [OFMessage]) -> [OFError] {
            for (index, message) in messages.enumerated() {
                let packet = OFPacket(OFHeader(.v14, xid: UInt32(index)), message)
                peer.send(.bundleAdd(BundleAdd(id: 1, flags: [], content: .message(packet), bytes: packet.encoded()[...])), xid: UInt32(index))
            }
            return peer.ask(.bundleControl(BundleControl(id: 1, kind: .commitRequest, flags: []))).compactMap(\.toldError)
        }
        #expect(commit([TestController.flow(.add, priority: 9), TestController.flow(.add, priority: 10, [.group(99)])]) == [.bacBadOutGroup, .bfcMsgFailed])
        #expect(priorities(net) == [1, 2, 3])
        #expect(commit([TestController.flow(.delete, priority: 0)] + (4..<7).map { TestController.flow(.add, priority: $0) }) == [])
        #expect(priorities(net) == [4, 5, 6])
        #expect(commit([TestController.flow(.add, priority: 7)]) == [.fmfcTableFull, .bfcMsgFailed])
        #expect(commit([TestController.flow(.deleteStrict, priority: 4), TestController.flow(.add, priority: 7) ]) == [])
        #expect(priorities(net) == [5, 6, 7])
    }

    // MARK: Vacancy

    /// The percentages and events that ovs-vswitchd tells of ten flows that come and go.
    @Test func vacancyIsToldAsByOVS() throws {
        let net = try net(maximum: 10, evicts: false)
        let peer = TestController(net), older = TestController(net, .v13)
        var config = AsyncConfig.none
        config[.tableStatus].primary = 0b11000
        config.namedPrimary = [.tableStatus]
        peer.ask(.setAsync(config))
        func current() -> TableVacancy? {
            for case .tableDescReply(let tables) in peer.ask(.tableDescRequest) { return tables.first?.vacancy }
            return nil
        }
        try net.add(priority: 0, Match(), [])
        peer.ask(.tableMod(TableMod(table: 0, vacancy: TableVacancy(isEnabled: true, down: 20, up: 80, current: 0))))
        #expect(current() == TableVacancy(isEnabled: true, down: 20, up: 80, current: 90))
        var events: [String] = []
        for step in 1..<19 as Range<UInt16> {
            let change = TestController.flow(step < 10 ? .add : .deleteStrict, priority: step < 10 ? step : step - 9)
            for case .tableStatus(let status) in peer.ask(change) { events.append("\(step) \(status.reason) \(status.description.vacancy.current)") }
        }
        // The ninth flow leaves 10 per cent, the last but one that goes leaves 90.
        #expect(events == ["8 vacancyDown 10", "18 vacancyUp 90"])
        #expect(older.told().isEmpty)
    }

    /// The flows of a bundle that is being prepared are in the tables, but nobody is told of the room that they take before they are seen.
    @Test func aBundleInPreparationIsNotTold() throws {
        let net = try net(maximum: 400, evicts: false)
        let peer = TestController(net), other = TestController(net)
        var config = AsyncConfig.none
        config[.tableStatus].primary = 0b11000
        config.namedPrimary = [.tableStatus]
        for each in [peer, other] { each.ask(.setAsync(config)) }
        peer.ask(.tableMod(TableMod(table: 0, vacancy: TableVacancy(isEnabled: true, down: 50, up: 80, current: 0))))
        func events() -> [TableStatus.Reason] { other.told().compactMap { if case .tableStatus(let status) = $0 { status.reason } else { nil } } }
        /// Prepares 300 flows, the last of which may be refused, while another change comes.
        func bundle(_ last: [OFAction]) throws {
            for priority in 2..<302 as Range<UInt16> {
                let flow = OFPacket(OFHeader(peer.version, xid: 1), TestController.flow(.add, priority: priority, priority == 301 ? last : []))
                peer.send(.bundleAdd(BundleAdd(id: 1, flags: .atomic, content: .message(flow), bytes: flow.encoded()[...])), xid: 1)
            }
            peer.send(.bundleControl(BundleControl(id: 1, kind: .commitRequest, flags: .atomic)))
            #expect(peer.takesTables())
            for _ in 0..<5 { _ = peer.connection.run(budget: 1, now: net.now) }
            #expect(net.bridge.connections.tableChanger != nil)
            try net.add(table: 1, Match(), [])
        }
        try bundle([.group(99)])
        #expect(events() == [])
        try bundle([])
        #expect(events() == [.vacancyDown])
    }

    @Test func thresholdsMustMakeSense() throws {
        let net = try TestSwitch()
        let peer = TestController(net)
        for (down, up) in [(50, 40), (10, 101)] as [(UInt8, UInt8)] {
            let mod = TableMod(table: 0, vacancy: TableVacancy(isEnabled: true, down: down, up: up, current: 0))
            #expect(peer.ask(.tableMod(mod)).compactMap(\.toldError) == [.bpcBadValue])
        }
    }
}
