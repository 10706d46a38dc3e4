import Flow
import NetDev
import Testing
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// PMDs come and go beside a stream: every frame comes out once or is counted as a drop, and nobody forgets what was counted.
    @Suite(.serialized) struct CoresTests {
        private func setCores(_ bed: TestBed, _ cores: [Int]) throws {
            var settings = bed.dpif.settings
            settings.cores = cores
            try bed.dpif.change(settings)
        }

        /// Waits until no PMD is on its way out.
        private func waitDrained(_ bed: TestBed) throws {
            try bed.wait("former PMDs end") { drainingCount(bed) == 0 }
        }

        private func drainingCount(_ bed: TestBed) -> Int { bed.dpif.pmds.count { $0.isDraining } }

        /// Nothing is sent to this address, but a rule for it makes megaflows of one destination each.
        static let oneDestination = "priority=40000,dl_dst=02:00:00:ff:ff:ff,actions=drop"

        private func queue(_ frame: [UInt8]) -> Int { Int(tag(frame)?.flow ?? 0) % 4 }

        /// Ports with fewer transmit queues than there are PMDs, and with as many; old flows and new ones in each round.
        @Test func coresComeAndGoUnderAStream() throws {
            try TestBed.run(cores: [1], adjust: { $0.rxqAssign = .roundrobin }) { bed in
                let a = try bed.addPort("a", queues: 4), b = try bed.addPort("b")
                try setCores(bed, [0, 1])
                let c = try bed.addPort("c", queues: 2)
                #expect((b.device.txQueueCount, c.device.txQueueCount) == (1, 2))
                try bed.flows("cookie=1,in_port=1,actions=output:2,output:3", "cookie=2,in_port=3,actions=output:2", Self.oneDestination)
                var fromA: [[UInt8]] = [], fromC: [[UInt8]] = []
                let plan = [[1], [0], [0, 1], [1, 0], [1], [0, 1], [0], [1]]
                for (round, cores) in plan.enumerated() {
                    let first = UInt32(round * 24)
                    let frames = ForwardingTests.traffic(seed: UInt64(round), flows: first..<first + 48, sequences: 0..<8)
                    let others = ForwardingTests.traffic(seed: UInt64(round + 100), flows: 1000 + first..<1000 + first + 16, sequences: 0..<8)
                    // Misses of half of the frames are on the upcall rings when the cores change.
                    for frame in frames.prefix(192) { try bed.inject([frame], a, queue: queue(frame), handling: false) }
                    try bed.inject(others, c, queue: round % 2, handling: false)
                    try setCores(bed, cores)
                    #expect(Set(bed.dpif.rxqShow().compactMap(\.core)) == Set(cores))
                    for frame in frames.dropFirst(192) { try bed.inject([frame], a, queue: queue(frame)) }
                    if round % 3 == 0 { try waitDrained(bed) }
                    fromA += frames
                    fromC += others
                }
                try bed.settle()
                try waitDrained(bed)
                bed.collect()
                expectSame(b.frames, fromA + fromC)
                expectSame(c.frames, fromA)
                #expect(bed.dpif.pmds.map(\.core) == [1] && bed.dpif.pmdStats().map(\.core) == [1, 0])
                bed.expectCounters(unicast: false)
                let sent = bed.ports.reduce(0) { $0 + (bed.dpif.portStats($1.odp)?.txPackets ?? 0) }
                #expect(sent == UInt64(2 * fromA.count + fromC.count))
                #expect(bed.dpif.flowCount == bed.ofproto.megaflowCount)
                try expectRules(bed, [1: fromA.count, 2: fromC.count])
            }
        }

        /// Flushes all megaflows and expects that the rules with these cookies have counted so many packets.
        private func expectRules(_ bed: TestBed, _ packets: [UInt64: Int]) throws {
            bed.ofproto.flushMegaflows()
            try bed.settle()
            #expect(bed.dpif.flowCount == 0 && bed.ofproto.megaflowCount == 0)
            var counted: [UInt64: Int] = [:]
            for (flow, stats) in bed.bridge.dumpFlows() { counted[flow.cookie] = Int(stats.packets) }
            counted[0] = nil
            #expect(counted == packets)
        }

        @Test func aFormerPMDAnswersItsUpcallsAndItsMegaflowsAreCredited() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", affinity: "0:0"), b = try bed.addPort("b", affinity: "0:1")
                try bed.flows("cookie=1,in_port=1,actions=output:2", Self.oneDestination)
                let old = ForwardingTests.traffic(seed: 1, flows: 0..<8, sequences: 0..<1)
                try bed.inject(old, a)
                try bed.settle()
                let new = ForwardingTests.traffic(seed: 2, flows: 8..<40, sequences: 0..<2)
                try bed.inject(new, a, handling: false)
                try bed.waitReceived(handling: false)
                let leaving = try #require(bed.dpif.pmds.first)
                #expect(leaving.core == 0 && bed.dpif.flowCount == 8)
                try setCores(bed, [1])
                #expect(leaving.isDraining && bed.dpif.pmds.count == 2)
                #expect(bed.dpif.rxqShow().allSatisfy { $0.core == 1 })
                #expect(b.frames.count == old.count)
                // As long as nobody takes its upcalls it stays, with its megaflows.
                for _ in 0..<20 {
                    bed.dpif.receiveRetired { id, _ in Issue.record("\(id) is gone") }
                    bed.dpif.barrier()
                }
                #expect(bed.dpif.pmds.count == 2 && bed.dpif.flowCount == 8)
                // A port may come and go meanwhile, and packets from nowhere are sent by those who stay.
                let c = try bed.addPort("c")
                guard let packet = bed.dpif.makePacket(FrameSource.one(flow: 99)) else { throw DPIFError(.noMemory, "no packet") }
                bed.dpif.execute(packet, key: FlowKey(), actions: [.output(c.odp)], pmd: nil)
                bed.dpif.barrier()
                try bed.wait(handling: false, "the packet from nowhere") { c.frames.count == 1 }
                try bed.removePort(c)
                #expect(bed.dpif.pmds.count == 2)
                try waitDrained(bed)
                bed.collect()
                expectSame(b.frames, old + new)
                #expect(bed.dpif.pmds.map(\.core) == [1] && bed.dpif.flowCount == 0 && bed.ofproto.megaflowCount == 0)
                let stats = try #require(bed.bridge.dumpFlows().first { $0.0.cookie == 1 }).1
                #expect(stats.packets == UInt64(old.count + new.count) && stats.bytes == UInt64((old + new).reduce(0) { $0 + $1.count }))
                #expect(bed.dpif.portStats(a.odp)?.rxPackets == stats.packets)
                let totals = bed.totals
                #expect(totals.rxPackets == stats.packets && totals.upcalls == 8 + 32 && totals.held == 32)
            }
        }

        /// A queue that several PMDs send by has a lock, one of a PMD's own has none.
        @Test func transmitQueuesAreSharedOnlyIfTheyAreTooFew() throws {
            try TestBed.run(cores: [0]) { bed in
                let one = try bed.addPort("one")
                try setCores(bed, [0, 1])
                let two = try bed.addPort("two", affinity: "0:1")
                let isLocked = { (port: TestPort) in
                    // After a barrier a PMD's settings are at rest.
                    bed.dpif.barrier()
                    return bed.dpif.pmds.map { unsafe $0.pmd.pointee.ports[Int(port.odp.number)].txQueue.lock != nil }
                }
                #expect(isLocked(one) == [true, true] && isLocked(two) == [false, false])
                try bed.flows("in_port=1,actions=output:2", "in_port=2,actions=in_port")
                try setCores(bed, [1, 0])
                try setCores(bed, [0, 1])
                let frames = ForwardingTests.traffic(seed: 6, flows: 0..<8, sequences: 0..<1)
                try bed.inject(frames, one)
                try bed.inject(frames, two)
                try bed.settle()
                expectSame(two.sent[0], frames)
                expectSame(two.sent[1], frames)
                try setCores(bed, [1])
                #expect(isLocked(one) == [true, true] && isLocked(two) == [false, false])
                try waitDrained(bed)
                #expect(isLocked(one) == [false] && isLocked(two) == [false])
            }
        }

        /// More megaflows than one slice of the removal.
        @Test func manyMegaflowsGoInSlices() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let port = try bed.addPort("a")
                let leaving = bed.dpif.pmds[0].number
                let count = 2 * Limits.drainSlice + 100
                for number in 0..<count {
                    var key = FlowKey(), mask = FlowMask()
                    (key.l0.inPort, key.l0.nwSrc, mask.l0.nwSrc) = (port.odp.number, .init(UInt32(number)), .ones)
                    _ = try bed.dpif.flowPut(DPFlowPut(pmd: leaving, key: key, mask: mask, actions: []), waiting: nil)
                }
                bed.dpif.barrier()
                try setCores(bed, [1])
                var retired: [DPFlowID: Int] = [:]
                var least = count
                let deadline = Deadline()
                while bed.dpif.pmds.count == 2, !deadline.isOver {
                    let before = bed.dpif.flowCount
                    bed.dpif.receiveRetired { id, _ in retired[id, default: 0] += 1 }
                    least = min(least, bed.dpif.flowCount - before)
                }
                #expect(retired.count == count && retired.values.allSatisfy { $0 == 1 } && retired.keys.allSatisfy { $0.pmd == leaving })
                #expect(-least == Limits.drainSlice && bed.dpif.flowCount == 0)
            }
        }

        @Test func aCoreThatComesBackAtOnceKeepsItsPMD() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", affinity: "0:0"), b = try bed.addPort("b")
                try bed.flows("cookie=1,in_port=1,actions=output:2", Self.oneDestination)
                let numbers = bed.dpif.pmds.map(\.number)
                var sent: [[UInt8]] = []
                for round in 0..<10 as Range<UInt32> {
                    let frames = ForwardingTests.traffic(seed: 3, flows: 0..<32, sequences: round..<round + 1)
                    try bed.inject(frames, a, handling: false)
                    try setCores(bed, [1])
                    // In some rounds the removal has begun.
                    for _ in 0..<round { bed.turn() }
                    try setCores(bed, [0, 1])
                    #expect(bed.dpif.rxqShow().first { $0.port == "a" }?.core == 0)
                    #expect(drainingCount(bed) == 0)
                    sent += frames
                }
                try bed.settle()
                expectSame(b.frames, sent)
                try expectRules(bed, [1: sent.count])
                bed.expectCounters()
                // A PMD that has ended does not leave its number to the next one.
                try setCores(bed, [1])
                try waitDrained(bed)
                try setCores(bed, [0, 1])
                #expect(bed.dpif.pmds.map(\.core) == [0, 1])
                #expect(bed.dpif.pmds[1].number == numbers[1] && !numbers.contains(bed.dpif.pmds[0].number))
            }
        }

        @Test func coresThatCannotBeHadChangeNothing() throws {
            try TestBed.run(cores: [1]) { bed in
                let a = try bed.addPort("a"), b = try bed.addPort("b")
                try bed.flows("in_port=1,actions=output:2")
                let before = bed.dpif.settings
                let mistakes: [([Int], DPIFError.Code, String)] = [
                    ([0, 100_000], .invalid, "there is no core 100000"), ([-1], .invalid, "there is no core -1"),
                    ([0, 1, 0], .invalid, "each once; found [0, 1, 0]"), ([], .unsupported, "at the start only"),
                ]
                for (cores, code, text) in mistakes {
                    let error = #expect(throws: DPIFError.self) { try setCores(bed, cores) }
                    #expect(error?.code == code && error?.message.contains(text) ?? false, "\(cores): \(String(describing: error))")
                    #expect(bed.dpif.settings == before && bed.dpif.pmds.map(\.core) == [1])
                }
                let frames = ForwardingTests.traffic(seed: 4, flows: 0..<16, sequences: 0..<4)
                try bed.inject(frames, a)
                try bed.settle()
                expectSame(b.frames, frames)
                bed.expectCounters()
            }
        }

        /// The end comes while a PMD is on its way out.
        @Test func closingBesideADrainingPMDLeavesNothing() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", queues: 2)
                try bed.addPort("b")
                try bed.flows("in_port=1,actions=output:2")
                for queue in 0..<2 { try bed.inject(ForwardingTests.traffic(seed: 5, flows: 0..<64, sequences: 0..<4), a, queue: queue, handling: false) }
                try bed.waitReceived(handling: false)
                try setCores(bed, [1])
                bed.turn()
                #expect(drainingCount(bed) == 1)
            }
        }
    }
}
