import Flow
import OpenFlow
import Testing
import Wire
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// What a megaflow says is true until it is changed, and no longer.
    @Suite(.serialized) struct MegaflowTests {
        static let caches: [(emc: UInt32, smc: Bool)] = [(1, true), (0, true), (0, false)]

        @Test(arguments: caches) func changedActionsHoldAfterTheBarrier(cache: (emc: UInt32, smc: Bool)) throws {
            try TestBed.run(cores: [0, 1], adjust: { $0.emcInsertInverseProbability = cache.emc; $0.smcEnabled = cache.smc }) { bed in
                let a = try bed.addPort("a", queues: 2), b = try bed.addPort("b"), c = try bed.addPort("c")
                try bed.flows("in_port=1,actions=output:2")
                let inject = { (frames: [[UInt8]]) in
                    for half in 0..<2 { try bed.inject(frames.filter { Int(tag($0)?.flow ?? 0) % 2 == half }, a, queue: half, handling: false) }
                }
                var sent = ForwardingTests.traffic(seed: 50, flows: 0..<32, sequences: 255..<256)
                try inject(sent)
                // A packet that comes after the first upcall is answered finds the megaflow.
                try bed.waitReceived(handling: false)
                try bed.settle()
                // The even sequences: what was given to the switch after a barrier.
                var after: [[[UInt8]]] = [[], []]
                var place = 0
                for round in 0..<20 as Range<UInt32> {
                    let before = ForwardingTests.traffic(seed: 51, flows: 0..<32, sequences: round * 2 + 1..<round * 2 + 2)
                    try inject(before)
                    place = 1 - place
                    try bed.flows("in_port=1,actions=output:\(2 + place)")
                    bed.ofproto.revalidateNow(now: bed.dpif.now)
                    bed.dpif.barrier()
                    let frames = ForwardingTests.traffic(seed: 52, flows: 0..<32, sequences: round * 2 + 2..<round * 2 + 3)
                    try inject(frames)
                    try bed.waitReceived(handling: false)
                    after[place] += frames
                    sent += before + frames
                }
                try bed.settle()
                expectSame(b.frames + c.frames, sent)
                #expect(bed.totals.upcalls == 32)
                let even = { (port: TestPort) in port.frames.filter { (tag($0)?.sequence ?? 1) % 2 == 0 } }
                expectSame(even(b), after[0])
                expectSame(even(c), after[1])
                bed.expectCounters()
            }
        }

        /// What a controller has sent is counted when its barrier is answered.
        @Test func packetOutsHaveLeftAtTheBarrier() throws {
            try TestBed.run { bed in
                let ports = try bed.addPorts("a", "b"), frame = FrameSource.one(flow: 1)
                try bed.settle()
                for round in 1...200 as ClosedRange<UInt64> {
                    guard let packet = bed.dpif.makePacket(frame) else { throw DPIFError(.noMemory, "no packet") }
                    try bed.ofproto.packetOut(
                        packet, key: FlowKey(frame: frame, vlanLimit: bed.dpif.vlanLimit), actions: try FlowSyntax().actions("output:2"), bridge: bed.bridge,
                        inPort: .none, now: bed.dpif.now)
                    #expect(bed.ofproto.isSettled(bed.ofproto.changeCount))
                    #expect(bed.dpif.portStats(ports[1].odp)?.txPackets == round)
                    bed.collect()
                }
                #expect(ports[1].frames == Array(repeating: frame, count: 200))
            }
        }

        /// From a list of actions to one output, to none, and back, those of two PMDs together; one that is gone is named, and hinders no other.
        @Test func manyMegaflowsChangeAtOnce() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", queues: 2), b = try bed.addPort("b"), c = try bed.addPort("c")
                let both: [DPAction] = [.output(b.odp), .output(c.odp)]
                var ids: ContiguousArray<DPFlowID> = []
                for flow in 0..<42 as Range<UInt32> {
                    var key = FlowKey(), mask = FlowMask()
                    key.l0.inPort = a.odp.number
                    key.l0.dlSrc = EthernetAddress(0x0600_0000_0000 | UInt64(flow))
                    mask.l0.dlSrc = .broadcast
                    ids.append(try bed.dpif.flowPut(DPFlowPut(pmd: flow < 21 ? 0 : 1, key: key, mask: mask, actions: both), waiting: nil))
                }
                let gone = 5
                bed.dpif.flowDelete(ids[gone])
                var expected = (b: 0, c: 0)
                for actions in [[.output(c.odp)], [], both, [.output(b.odp)]] as [[DPAction]] {
                    #expect(bed.dpif.flowModify(ids, actions: actions) == [gone])
                    bed.dpif.barrier()
                    for flow in 0..<42 as Range<UInt32> where flow != gone {
                        try bed.inject([FrameSource.one(flow: flow)], a, queue: flow < 21 ? 0 : 1, handling: false)
                    }
                    try bed.waitReceived(handling: false)
                    expected.b += actions.contains(.output(b.odp)) ? 41 : 0
                    expected.c += actions.contains(.output(c.odp)) ? 41 : 0
                    bed.collect()
                    #expect(b.frames.count == expected.b && c.frames.count == expected.c)
                }
                var stats: ContiguousArray<DPFlowStats?> = []
                bed.dpif.flowStats(ids, into: &stats)
                #expect(stats.indices.allSatisfy { stats[$0]?.packets == ($0 == gone ? nil : 4) } && stats.count == 42)
                #expect(bed.dpif.flowDump().allSatisfy { $0.actions == [.output(b.odp)] })
            }
        }

        @Test(arguments: caches) func aDeletedMegaflowServesNobody(cache: (emc: UInt32, smc: Bool)) throws {
            try TestBed.run(adjust: { $0.emcInsertInverseProbability = cache.emc; $0.smcEnabled = cache.smc }) { bed in
                let ports = try bed.addPorts("a", "b", "c")
                let put = { (flow: UInt32, port: TestPort) in
                    var key = FlowKey(), mask = FlowMask()
                    key.l0.inPort = ports[0].odp.number
                    key.l0.dlSrc = EthernetAddress(0x0600_0000_0000 | UInt64(flow))
                    mask.l0.dlSrc = .broadcast
                    return try bed.dpif.flowPut(DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(port.odp)]), waiting: nil)
                }
                for round in 0..<20 as Range<UInt32> {
                    let old = round * 2, new = round * 2 + 1
                    let id = try put(old, ports[1])
                    bed.dpif.barrier()
                    for _ in 0..<3 { try bed.inject([FrameSource.one(flow: old)], ports[0], handling: false) }
                    try bed.waitReceived(handling: false)
                    #expect(bed.dpif.flowStats(id)?.packets == 3)
                    bed.dpif.flowDelete(id)
                    #expect(bed.dpif.flowStats(id) == nil)
                    bed.dpif.barrier()
                    var retired: [DPFlowID: UInt64] = [:]
                    bed.dpif.receiveRetired { retired[$0] = $1.packets }
                    #expect(retired == [id: 3])
                    // The same slot for another flow.
                    let again = try put(new, ports[2])
                    #expect(again.slot == id.slot && again.generation != id.generation)
                    bed.dpif.barrier()
                    let upcalls = bed.totals.upcalls
                    try bed.inject([FrameSource.one(flow: old), FrameSource.one(flow: new)], ports[0], handling: false)
                    try bed.waitReceived(handling: false)
                    #expect(bed.totals.upcalls == upcalls + 1)
                    var sources: [EthernetAddress] = []
                    _ = bed.dpif.receiveUpcalls(limit: 10) { sources.append($0.key.l0.dlSrc) }
                    #expect(sources == [EthernetAddress(0x0600_0000_0000 | UInt64(old))])
                    bed.dpif.flowDelete(again)
                    bed.dpif.barrier()
                    bed.dpif.receiveRetired { _, _ in }
                }
                bed.collect()
                #expect(ports[1].frames.count == 60 && ports[2].frames.count == 20)
            }
        }

        @Test(arguments: [[1], [0, 1]]) func aFlushUnderLoadLosesNothing(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let a = try bed.addPort("a", queues: 2), b = try bed.addPort("b")
                try bed.flows("actions=normal")
                var sent: [[UInt8]] = []
                for round in 0..<25 as Range<UInt32> {
                    let frames = ForwardingTests.traffic(seed: UInt64(round), flows: 0..<40, sequences: round * 2..<round * 2 + 2)
                    for half in 0..<2 { try bed.inject(frames.filter { Int(tag($0)?.flow ?? 0) % 2 == half }, a, queue: half) }
                    bed.ofproto.flushMegaflows()
                    if round % 5 == 0 { bed.bridge.flushFDB() }
                    sent += frames
                }
                try bed.settle()
                expectSame(b.frames, sent)
                #expect(bed.totals.upcalls > 40)
                bed.expectCounters()
                // Every rule's counter has every packet.
                bed.ofproto.flushMegaflows()
                #expect(bed.bridge.dumpFlows().map(\.1.packets) == [2000])
            }
        }

        @Test func anIdleMegaflowGoesAndItsNumbersStay() throws {
            var limits = OFProtoLimits()
            limits.maxIdle = 50
            limits.sweepInterval = 10
            try TestBed.run(limits: limits) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=normal")
                let frames = ForwardingTests.traffic(seed: 53, flows: 0..<40, sequences: 0..<2)
                try bed.inject(frames, ports[0])
                try bed.settle()
                try bed.wait("idle megaflows are removed") { bed.dpif.flowCount == 0 }
                bed.dpif.barrier()
                bed.turn()
                #expect(bed.ofproto.megaflowCount == 0)
                #expect(bed.bridge.dumpFlows().map(\.1.packets) == [80])
                try bed.inject(frames, ports[0])
                try bed.settle()
                expectSame(ports[1].frames, frames + frames)
                bed.expectCounters()
            }
        }
    }
}
