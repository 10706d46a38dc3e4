import Datapath
import Testing

@Suite struct RxqSchedulerTests {
    let queues = [40, 10, 30, 20].enumerated().map { RxqLoad(port: UInt32($0.offset), queue: 0, cycles: UInt64($0.element)) }

    @Test func roundRobinTakesTurns() {
        #expect(assignQueues(queues, cores: [1, 2], by: .roundrobin) == [0, 1, 0, 1])
    }

    /// Heaviest first, to and fro: 40→0, 30→1, 20→1, 10→0.
    @Test func cyclesGoesToAndFro() {
        #expect(assignQueues(queues, cores: [1, 2], by: .cycles) == [0, 0, 1, 1])
    }

    /// Heaviest first, to the least loaded: 40→0, 30→1, 20→1 (50), 10→0 (50).
    @Test func groupTakesTheLeastLoaded() {
        #expect(assignQueues(queues, cores: [1, 2], by: .group) == [0, 0, 1, 1])
        let uneven = [90, 10, 10, 10].enumerated().map { RxqLoad(port: UInt32($0.offset), queue: 0, cycles: UInt64($0.element)) }
        #expect(assignQueues(uneven, cores: [1, 2], by: .group) == [0, 1, 1, 1])
    }

    @Test func aPinnedQueueIsolatesItsCore() {
        var pinned = queues
        pinned[1].pinnedCore = 2
        #expect(assignQueues(pinned, cores: [1, 2], by: .cycles) == [0, 1, 0, 0])
        pinned[1].pinnedCore = 9
        #expect(assignQueues(pinned, cores: [1, 2], by: .roundrobin) == [0, 1, 0, 1])
    }

    /// What is pinned counts: 10 is pinned to 2; 40→1, 30→2 (40), 20→1, which has fewer queues.
    @Test func byGroupAPinnedQueueNeedNotIsolateItsCore() {
        var pinned = queues
        pinned[1].pinnedCore = 2
        #expect(assignQueues(pinned, cores: [1, 2], by: .group, isolates: false) == [0, 1, 1, 0])
        pinned[1].cycles = 100
        #expect(assignQueues(pinned, cores: [1, 2], by: .group, isolates: false) == [0, 1, 0, 0])
        #expect(assignQueues(pinned, cores: [1, 2], by: .cycles, isolates: false) == [0, 1, 0, 0])
    }

    @Test func allCoresIsolatedStillPollsEverything() {
        var pinned = queues
        pinned[0].pinnedCore = 1
        pinned[1].pinnedCore = 2
        #expect(assignQueues(pinned, cores: [1, 2], by: .roundrobin) == [0, 1, 0, 1])
    }
}
