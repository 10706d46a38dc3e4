import Datapath
import Flow
import Testing
import Wire
@testable import OFProto

/// The ofproto thread's own table of megaflows.
@Suite struct MegaflowTableTests {
    private static func insert(_ table: inout MegaflowTable, _ id: DPFlowID) {
        table.insert(id, key: FlowKey(), mask: MaskLines(FlowMask()), MegaflowOutcome(actions: []), now: 1)
    }

    @Test func aSlotsNextMegaflowDoesNotHideTheOneThatIsStillToBeRetired() throws {
        var table = MegaflowTable()
        let ids = (1...3 as ClosedRange<UInt32>).map { DPFlowID(pmd: 7, slot: 5, generation: $0) }
        for id in ids { Self.insert(&table, id) }
        let places = try ids.map { try #require(table.find($0)) }
        #expect(Set(places).count == 3 && table.liveCount == 3)
        #expect(places.map { table.flows[$0].id } == ids)
        // In any order.
        for index in [1, 0, 2] {
            table.markDeleting(places[index])
            table.remove(places[index])
            #expect(table.find(ids[index]) == nil)
        }
        #expect(table.liveCount == 0 && table.masks.count == 0)
    }

    @Test func theSameMegaflowTakenAgainIsOneStill() throws {
        var table = MegaflowTable()
        let id = DPFlowID(pmd: 0, slot: 0, generation: 4)
        Self.insert(&table, id)
        Self.insert(&table, id)
        #expect(table.liveCount == 1)
        table.remove(try #require(table.find(id)))
        #expect(table.liveCount == 0 && table.find(id) == nil && table.masks.count == 0)
    }

    @Test func megaflowsOfManyThreadsAreFound() {
        var table = MegaflowTable()
        table.reserve(100)
        let ids = (0..<3).flatMap { pmd in (0..<300 as Range<UInt32>).map { DPFlowID(pmd: pmd * 11, slot: 299 - $0, generation: 1 + $0 % 3) } }
        for id in ids { Self.insert(&table, id) }
        #expect(ids.allSatisfy { id in table.find(id).flatMap { table.flows[$0].id } == id })
        #expect(table.find(DPFlowID(pmd: 1, slot: 0, generation: 1)) == nil && table.find(DPFlowID(pmd: 0, slot: 300, generation: 1)) == nil)
        for id in ids.shuffled() { if let place = table.find(id) { table.remove(place) } }
        #expect(table.liveCount == 0 && table.masks.count == 0)
    }

    /// What one user lets go of stays for the others, and a number is another's only after `recycle`.
    @Test func equalOutcomesAreOne() throws {
        let table = MegaflowTable()
        let outcome = { (port: UInt32) in MegaflowOutcome(actions: [.output(ODPPort(port))], tags: MegaflowTags(stations: 0, tables: 1)) }
        let put = { (slot: UInt32, port: UInt32) in
            table.insert(DPFlowID(pmd: 0, slot: slot, generation: 1), key: FlowKey(), mask: MaskLines(FlowMask()), outcome(port), now: 1)
        }
        let places = [put(0, 1), put(1, 1), put(2, 2)]
        #expect(table.flows[places[0]].outcome == table.flows[places[1]].outcome && table.flows[places[0]].outcome != table.flows[places[2]].outcome)
        #expect(table.outcomes.count == 2)
        table.remove(places[0])
        #expect(table.outcome(places[1]).actions == [.output(ODPPort(1))])
        let freed = table.flows[places[2]].outcome
        table.update(places[2], table.outcome(places[1]))
        #expect(table.outcomes.count == 1 && table.flows[places[2]].outcome == table.flows[places[1]].outcome)
        let third = put(3, 3)
        #expect(table.flows[third].outcome != freed && table.outcome(third).actions == [.output(ODPPort(3))])
        table.recycle()
        let fourth = put(4, 4)
        #expect(table.flows[fourth].outcome == freed && table.outcome(fourth).actions == [.output(ODPPort(4))] && table.outcome(places[1]).actions == [.output(ODPPort(1))])
        for place in [places[1], places[2], third, fourth] { table.remove(place) }
        #expect(table.outcomes.count == 0 && table.liveCount == 0)
    }

    /// Keys of several lines come back as they are under the mask.
    @Test func keysAreKeptUnderTheirMask() {
        let table = MegaflowTable(), buffer = FlowBuffer()
        var random = Random(seed: 9)
        for round in 0..<200 as Range<UInt32> {
            let key = random.packet()
            var mask = FlowMask()
            for line in 0..<FlowKey.datapathLineCount where random.below(3) == 0 {
                for word in 0..<8 where random.below(2) == 0 { mask[line: line][word] = random.next() }
            }
            let at = table.insert(DPFlowID(pmd: 0, slot: round % 50, generation: round), key: key, mask: MaskLines(mask), MegaflowOutcome(actions: []), now: 1)
            table.load(at, into: buffer)
            #expect(buffer.key == key.masked(by: mask))
        }
    }
}
