import Datapath
import Testing

@Suite struct RxqSchedulerTests {
    let queues = [40, 10, 30, 20].enumerated().map { RxqLoad(port: UInt32($0.offset), queue: 0, cycles: UInt64($0.element)) }

    let pmds = [PMDPlace(core: 1), PMDPlace(core: 2)]

    @Test func roundRobinTakesTurns() {
        #expect(assignQueues(queues, to: pmds, by: .roundrobin) == [0, 1, 0, 1])
    }

    /// Heaviest first, to and fro: 40→0, 30→1, 20→1, 10→0.
    @Test func cyclesGoesToAndFro() {
        #expect(assignQueues(queues, to: pmds, by: .cycles) == [0, 0, 1, 1])
    }

    /// Heaviest first, to the least loaded: 40→0, 30→1, 20→1 (50), 10→0 (50).
    @Test func groupTakesTheLeastLoaded() {
        #expect(assignQueues(queues, to: pmds, by: .group) == [0, 0, 1, 1])
        let uneven = [90, 10, 10, 10].enumerated().map { RxqLoad(port: UInt32($0.offset), queue: 0, cycles: UInt64($0.element)) }
        #expect(assignQueues(uneven, to: pmds, by: .group) == [0, 1, 1, 1])
    }

    @Test func aPinnedQueueIsolatesItsCore() {
        var pinned = queues
        pinned[1].pinnedCore = 2
        #expect(assignQueues(pinned, to: pmds, by: .cycles) == [0, 1, 0, 0])
        pinned[1].pinnedCore = 9
        #expect(assignQueues(pinned, to: pmds, by: .roundrobin) == [0, 1, 0, 1])
    }

    /// What is pinned counts: 10 is pinned to 2; 40→1, 30→2 (40), 20→1, which has fewer queues.
    @Test func byGroupAPinnedQueueNeedNotIsolateItsCore() {
        var pinned = queues
        pinned[1].pinnedCore = 2
        #expect(assignQueues(pinned, to: pmds, by: .group, isolates: false) == [0, 1, 1, 0])
        pinned[1].cycles = 100
        #expect(assignQueues(pinned, to: pmds, by: .group, isolates: false) == [0, 1, 0, 0])
        #expect(assignQueues(pinned, to: pmds, by: .cycles, isolates: false) == [0, 1, 0, 0])
    }

    @Test func allCoresIsolatedStillPollsEverything() {
        var pinned = queues
        pinned[0].pinnedCore = 1
        pinned[1].pinnedCore = 2
        #expect(assignQueues(pinned, to: pmds, by: .roundrobin) == [0, 1, 0, 1])
    }

    /// Those of node 2, which has no PMD, go to nodes 0 and 1 in turns.
    @Test func queuesStayOnTheirNode() {
        let pmds = [PMDPlace(core: 0), PMDPlace(core: 1, node: 1), PMDPlace(core: 2, node: 1), PMDPlace(core: 3)]
        let queues = [1, 0, 1, 0, 2, 1, 2, 0].enumerated().map { RxqLoad(port: UInt32($0.offset), queue: 0, node: $0.element) }
        #expect(assignQueues(queues, to: pmds, by: .roundrobin) == [1, 0, 2, 3, 0, 1, 2, 3])
        #expect(assignQueues(queues, to: pmds, by: .cycles) == [1, 0, 2, 3, 3, 2, 1, 0])
        #expect(assignQueues(queues, to: pmds, by: .group) == [1, 0, 2, 3, 0, 1, 2, 3])
    }

    /// A node whose PMDs are isolated counts as one without.
    @Test func isolatedPMDsLeaveTheirNodeToOthers() {
        let pmds = [PMDPlace(core: 0), PMDPlace(core: 1, node: 1)]
        let queues = [RxqLoad(port: 1, queue: 0, node: 1, pinnedCore: 1), RxqLoad(port: 1, queue: 1, node: 1), RxqLoad(port: 2, queue: 0)]
        #expect(assignQueues(queues, to: pmds, by: .cycles) == [1, 0, 0])
    }
}
