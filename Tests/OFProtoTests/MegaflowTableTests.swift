import Datapath
import Flow
import Testing
@testable import OFProto

/// The ofproto thread's own table of megaflows.
@Suite struct MegaflowTableTests {
    private static func insert(_ table: inout MegaflowTable, _ id: DPFlowID) {
        table.insert(id, key: FlowKey(), mask: MaskLines(FlowMask()), actions: [], found: MegaflowFindings(), now: 1)
    }

    @Test func aSlotsNextMegaflowDoesNotHideTheOneThatIsStillToBeRetired() throws {
        var table = MegaflowTable()
        let ids = (1...3 as ClosedRange<UInt32>).map { DPFlowID(pmd: 7, slot: 5, generation: $0) }
        for id in ids { Self.insert(&table, id) }
        let places = try ids.map { try #require(table.find($0)) }
        #expect(Set(places).count == 3 && table.liveCount == 3)
        #expect(places.map { table.slots[$0]?.id } == ids)
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
        #expect(ids.allSatisfy { id in table.find(id).flatMap { table.slots[$0]?.id } == id })
        #expect(table.find(DPFlowID(pmd: 1, slot: 0, generation: 1)) == nil && table.find(DPFlowID(pmd: 0, slot: 300, generation: 1)) == nil)
        for id in ids.shuffled() { if let place = table.find(id) { table.remove(place) } }
        #expect(table.liveCount == 0 && table.masks.count == 0)
    }
}
