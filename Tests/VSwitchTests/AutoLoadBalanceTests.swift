import Datapath
import Testing
@testable import VSwitch

/// Two PMDs and their queues, as the balancing sees them: a second of time is 1,000 cycles.
@Suite struct AutoLoadBalanceTests {
    private struct Scene {
        var balance = AutoLoadBalance()
        var settings = AutoLoadBalance.Settings()
        /// Cycles a second of each queue, and who polls it.
        var queues: [(rate: UInt64, pmd: Int)]
        var isolated: Set<Int> = []
        /// PMD 1 is on a NUMA node of its own; the queues are on that of PMD 0.
        var hasNodes = false
        var seconds: UInt64 = 0
        /// How often the loads were asked for, and the loads by which queues were to be shared out.
        var looks = 0, wishes: [[UInt64]] = []

        /// Lets `count` seconds go by; `assign` says whom the datapath would give each queue.
        mutating func pass(_ count: Int, assign: @escaping ([RxqLoad]) -> [Int]) {
            for _ in 0..<count {
                let (queues, isolated, hasNodes, seconds) = (queues, isolated, hasNodes, seconds)
                var looks = 0
                let wish = balance.run(settings, now: Int64(seconds) * 1_000, look: {
                    looks += 1
                    var pmds: [Int: AutoLoadBalance.Moment.PMD] = [:]
                    for number in 0..<2 {
                        let busy = queues.reduce(0) { $0 + ($1.pmd == number ? $1.rate : 0) }
                        pmds[number] = .init(busy: busy * seconds, total: 1_000 * seconds, isIsolated: isolated.contains(number), node: hasNodes ? number : 0)
                    }
                    return AutoLoadBalance.Moment(pmds: pmds, queues: queues.enumerated().map { (RxqLoad(port: 1, queue: UInt16($0.offset), cycles: $0.element.rate * seconds), $0.element.pmd) })
                }, assign: assign)
                self.looks += looks
                if let wish { wishes.append(wish.map(\.cycles)) }
                self.seconds += 1
            }
        }
    }

    private func scene(_ queues: (UInt64, Int)...) -> Scene {
        var scene = Scene(queues: queues.map { ($0.0, $0.1) })
        scene.settings.isOn = true
        return scene
    }

    /// One PMD has all the load; it would be halved.
    @Test func anOverloadedPMDLetsQueuesBeSharedOut() {
        var scene = scene((500, 0), (490, 0))
        scene.pass(60) { _ in [0, 1] }
        #expect(scene.wishes.isEmpty)
        scene.pass(10) { _ in [0, 1] }
        // What they took in the last minute.
        #expect(scene.wishes == [[30_000, 29_400]])
        #expect(scene.looks == 14)
        // The next attempt comes a minute later.
        scene.pass(50) { _ in [0, 1] }
        #expect(scene.wishes.count == 1)
        scene.pass(20) { _ in [0, 1] }
        #expect(scene.wishes.count == 2)
    }

    @Test func whatDoesNotBalance() {
        for change: (inout Scene) -> Void in [
            { $0.settings.isOn = false }, { $0.settings.interval = 5 },
            // Not loaded enough; not for a minute; nothing to share; nobody to share it with.
            { $0.queues[1].rate = 400 }, { $0.seconds = 5 }, { $0.queues[1].pmd = 1 }, { $0.isolated = [1] },
        ] {
            var scene = scene((500, 0), (490, 0))
            change(&scene)
            scene.pass(scene.seconds == 5 ? 60 : 200) { _ in [0, 1] }
            #expect(scene.wishes.isEmpty)
        }
    }

    /// Loads of 99 and 0 have a variance of 2,500 (in percent of all), those of 89 and 10 one of about 1,600.
    @Test func theVarianceDecides() {
        for (threshold, balances) in [(25, true), (36, true), (37, false), (100, false)] {
            var scene = scene((890, 0), (100, 0))
            scene.settings.improvementThreshold = threshold
            scene.pass(70) { _ in [0, 1] }
            #expect(scene.wishes.isEmpty == !balances, "\(threshold)")
        }
        // 0: in any case.
        var scene = scene((500, 0), (490, 0))
        scene.settings.improvementThreshold = 0
        scene.pass(70) { _ in [0, 0] }
        #expect(scene.wishes.count == 1)
    }

    /// What a node polls for another one cannot be compared.
    @Test func nothingIsSharedOutAcrossNodes() {
        var scene = scene((500, 0), (490, 0))
        scene.hasNodes = true
        scene.pass(200) { _ in [0, 1] }
        #expect(scene.wishes.isEmpty)
    }

    @Test func aLoadThatEndsInBetweenIsNone() {
        var scene = scene((500, 0), (490, 0))
        scene.pass(30) { _ in [0, 1] }
        // Counters do not go back: this is a PMD that has become idle.
        scene.queues[1].rate = 240
        scene.pass(6) { _ in [0, 1] }
        scene.queues[1].rate = 490
        scene.pass(40) { _ in [0, 1] }
        #expect(scene.wishes.isEmpty)
    }
}
