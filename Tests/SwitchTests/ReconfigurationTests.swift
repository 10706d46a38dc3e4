import Flow
import Testing
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// Changes while packets flow: nothing that was received is lost, doubled, or overtaken.
    @Suite(.serialized) struct ReconfigurationTests {
        @Test(arguments: [[1], [0, 1]]) func portsComeAndGoBesideAStream(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let a = try bed.addPort("a"), b = try bed.addPort("b")
                try bed.flows("in_port=1,actions=output:2", "in_port=3,actions=output:2")
                let warm = ForwardingTests.traffic(seed: 41, flows: 0..<16, sequences: 0..<1)
                try bed.inject(warm, a)
                try bed.settle()
                var sent = warm, others: [[UInt8]] = []
                for round in 0..<10 as Range<UInt32> {
                    let stream = ForwardingTests.traffic(seed: UInt64(round), flows: 0..<16, sequences: 1 + round * 10..<11 + round * 10)
                    let other = ForwardingTests.traffic(seed: UInt64(round), flows: 16..<32, sequences: round * 4..<4 + round * 4)
                    try bed.inject(Array(stream.prefix(60)), a)
                    let c = try bed.addPort("c")
                    #expect(c.number.number == 3)
                    try bed.inject(other, c)
                    try bed.inject(Array(stream.dropFirst(60)), a)
                    if round % 2 == 0 { try bed.waitReceived() }
                    try bed.removePort(c)
                    sent += stream
                    others += other
                }
                try bed.settle()
                expectSameOrder(b.frames.filter { (tag($0)?.flow ?? 0) < 16 }, sent)
                // What waited in the port when it was closed went with it; the rest came once.
                let through = b.frames.filter { (tag($0)?.flow ?? 0) >= 16 }
                #expect(Set(through).count == through.count && Set(through).isSubset(of: others))
                #expect(bed.drops(.upcallRingFull) == 0 && bed.drops(.txQueueFull) == 0)
            }
        }

        @Test func anOutputThatGoesAndComesBack() throws {
            try TestBed.run { bed in
                let a = try bed.addPort("a")
                var b = try bed.addPort("b")
                try bed.flows("in_port=1,actions=output:2")
                var last: [[UInt8]] = []
                for round in 0..<10 as Range<UInt32> {
                    let frames = ForwardingTests.traffic(seed: 42, flows: 0..<16, sequences: round * 20..<20 + round * 20)
                    try bed.inject(Array(frames.prefix(160)), a)
                    try bed.removePort(b)
                    try bed.inject(Array(frames.dropFirst(160)), a)
                    try bed.settle()
                    b = try bed.addPort("b")
                    bed.ofproto.revalidateNow(now: bed.dpif.now)
                    bed.dpif.barrier()
                    last = ForwardingTests.traffic(seed: 43, flows: 0..<16, sequences: round..<round + 1)
                    try bed.inject(last, a)
                    try bed.settle()
                    expectSame(b.frames, last)
                }
                // Each round: 320 frames and 16; those after the removal had nowhere to go.
                let stats = try #require(bed.dpif.portStats(a.odp))
                #expect(stats.rxPackets == 3360)
                let gone = bed.dpif.strayDrops
                #expect(bed.drops(.action, a.odp) + gone >= 10 * 160)
                let pmd = bed.totals
                #expect(pmd.rxPackets + pmd.lookedUpAgain == pmd.hintHits + pmd.emcHits + pmd.smcHits + pmd.megaflowHits + pmd.upcalls)
            }
        }

        /// Every queue is pinned to the other PMD's core again and again.
        @Test func queuesThatChangeTheirThreadKeepTheirOrder() throws {
            try TestBed.run(cores: [0, 1], adjust: { $0.rxqAssign = .roundrobin }) { bed in
                let affinities = ["0:0,1:1,2:0,3:1", "0:1,1:0,2:1,3:0"]
                let a = try bed.addPort("a", queues: 4, affinity: affinities[0]), b = try bed.addPort("b")
                try bed.flows("in_port=1,actions=output:2")
                let queue = { (frame: [UInt8]) in Int(tag(frame)?.flow ?? 0) % 4 }
                let pollers = { () -> [Int] in bed.dpif.rxqShow().filter { $0.port == "a" }.map { $0.core ?? -1 } }
                let inject = { (frames: [[UInt8]]) in
                    for frame in frames { try bed.inject([frame], a, queue: queue(frame), handling: false, collecting: false) }
                }
                // Both threads get their megaflows, and each queue has been with both.
                let warm = ForwardingTests.traffic(seed: 44, flows: 0..<32, sequences: 0..<1)
                for _ in 0..<2 {
                    try inject(warm)
                    try bed.settle()
                    try bed.dpif.setRxqAffinity(a.odp, affinities[1])
                    try inject(warm)
                    try bed.settle()
                    try bed.dpif.setRxqAffinity(a.odp, affinities[0])
                }
                expectSame(b.frames, (0..<4).flatMap { _ in warm })
                let upcalls = bed.totals.upcalls
                b.sent = [[], []]
                var arrived: [[UInt8]] = [], sent: [[UInt8]] = []
                var moves = 0
                for round in 0..<16 as Range<UInt32> {
                    let old = pollers()
                    let frames = ForwardingTests.traffic(seed: UInt64(round), flows: 0..<32, sequences: 1 + round * 6..<7 + round * 6)
                    try inject(Array(frames.prefix(150)))
                    try bed.dpif.setRxqAffinity(a.odp, affinities[round % 2 == 0 ? 1 : 0])
                    try inject(Array(frames.dropFirst(150)))
                    let new = pollers()
                    moves += zip(old, new).count { $0 != $1 }
                    try bed.waitReceived(handling: false, collecting: false)
                    bed.collect()
                    // What the former thread received left before what the new one did: first the one's transmit queue, then the other's.
                    for place in 0..<4 {
                        arrived += b.sent[old[place]].filter { queue($0) == place }
                        if new[place] != old[place] { arrived += b.sent[new[place]].filter { queue($0) == place } }
                    }
                    b.sent = [[], []]
                    sent += frames
                }
                #expect(moves == 64)
                #expect(bed.totals.upcalls == upcalls)
                expectSameOrder(arrived, sent)
            }
        }

        @Test func pinnedQueuesAndTheMethodsOfAssignment() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", queues: 4, affinity: "0:0,1:0,3:1"), b = try bed.addPort("b", queues: 3)
                try bed.flows("in_port=1,actions=output:2", "in_port=2,actions=output:1")
                let show = { bed.dpif.rxqShow().filter { $0.port == "a" }.map { $0.core } }
                var sent: [[UInt8]] = []
                for round in 0..<15 as Range<UInt32> {
                    let frames = ForwardingTests.traffic(seed: UInt64(round), flows: 0..<16, sequences: round * 10..<10 + round * 10)
                    for frame in frames { try bed.inject([frame], a, queue: Int(tag(frame)?.flow ?? 0) % 4) }
                    try bed.inject(frames, b, queue: Int(round) % 3)
                    var settings = bed.dpif.settings
                    settings.rxqAssign = [.roundrobin, .cycles, .group][Int(round) % 3]
                    try bed.dpif.change(settings)
                    bed.dpif.assignQueues()
                    #expect(show()[0] == 0 && show()[1] == 0 && show()[3] == 1)
                    sent += frames
                }
                try bed.settle()
                expectSame(b.frames, sent)
                expectSame(a.frames, sent)
                bed.expectCounters()
            }
        }

        @Test(arguments: [[1], [0, 1]]) func cachesAreSwitchedUnderAStream(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let a = try bed.addPort("a", queues: 2), b = try bed.addPort("b")
                try bed.flows("in_port=1,actions=output:2")
                let inject = { (frames: [[UInt8]]) in
                    for half in 0..<2 { try bed.inject(frames.filter { Int(tag($0)?.flow ?? 0) % 2 == half }, a, queue: half) }
                }
                var sent = ForwardingTests.traffic(seed: 45, flows: 0..<32, sequences: 0..<1)
                try inject(sent)
                try bed.settle()
                for round in 0..<24 as Range<UInt32> {
                    let frames = ForwardingTests.traffic(seed: UInt64(round), flows: 0..<32, sequences: 1 + round * 4..<5 + round * 4)
                    try inject(frames)
                    // Each cache gets a round of its own, however late the threads are with the others; and no more is under way than a port's ring takes.
                    if round < 4 || round % 8 == 7 { try bed.waitReceived() }
                    var settings = bed.dpif.settings
                    settings.emcInsertInverseProbability = [0, 1, 100][Int(round) % 3]
                    settings.smcEnabled = round % 2 == 0
                    try bed.dpif.change(settings)
                    sent += frames
                }
                try bed.settle()
                expectSameOrder(b.frames, sent)
                bed.expectCounters()
                let pmd = bed.totals
                #expect(pmd.emcHits > 0 && pmd.smcHits > 0 && pmd.megaflowHits > 0)
            }
        }
    }
}
