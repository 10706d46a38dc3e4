import Flow
import Testing
@testable import Datapath

extension SwitchTests {
    /// Received = sent + drops by reason, at every time that packets are at rest.
    @Suite(.serialized) struct CounterTests {
        @Test(arguments: [[1], [0, 1]]) func whatCameInWentOutOrWasDroppedForAReason(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let a = try bed.addPort("a", queues: 2), b = try bed.addPort("b")
                var packetIns: UInt64 = 0
                bed.ofproto.controllerSink = { _ in packetIns += 1 }
                try bed.flows(
                    "in_port=1,actions=output:2", "in_port=2,actions=output:1", "priority=40000,in_port=1,tcp,actions=drop",
                    "priority=40000,in_port=1,icmp,actions=controller")
                var source = FrameSource(seed: 11), random: UInt64 = 12
                var short: UInt64 = 0, long: UInt64 = 0, tcp: UInt64 = 0, icmp: UInt64 = 0
                for round in 0..<8 {
                    var sent = bed.ports.reduce(0) { $0 + $1.frames.count }
                    for sequence in 0..<200 as Range<UInt32> {
                        let flow = UInt32(truncatingIfNeeded: splitMix64(&random) % 48)
                        var frame = source.frame(flow: flow, sequence: sequence)
                        let queue = Int(flow % 2)
                        switch splitMix64(&random) % 16 {
                        case 0:
                            frame = Array(frame.prefix(Int(splitMix64(&random) % 13) + 1))
                            short += 1
                        case 1 where flow % 8 != 1 && flow % 8 != 2:
                            frame += [UInt8](repeating: 0, count: 1519 - frame.count + 400)
                            long += 1
                        default:
                            if flow % 8 == 1 { tcp += 1 } else if flow % 8 == 2 { icmp += 1 } else { sent += 1 }
                        }
                        try bed.inject([frame], a, queue: queue)
                    }
                    // Changes in between must not make a packet uncounted.
                    if round % 2 == 1 { bed.ofproto.flushMegaflows() }
                    try bed.settle()
                    #expect(bed.ports.reduce(0) { $0 + $1.frames.count } == sent)
                    #expect(bed.drops(.tooShort, a.odp) == short)
                    #expect(bed.drops(.mtuExceeded, b.odp) == long)
                    #expect(bed.drops(.action, a.odp) == tcp)
                    #expect(packetIns == icmp)
                    bed.expectCounters(delivered: packetIns)
                }
                // Every packet was a hit or a miss of one of the caches, and all of these happened.
                #expect(short > 0 && long > 0 && tcp > 0 && icmp > 0)
                #expect(bed.totals.upcalls > 0 && bed.totals.upcallsLost == 0)
            }
        }

        @Test func eachCacheCountsItsHits() throws {
            // (EMC, SMC, the counter that must rise)
            let cases: [(UInt32, Bool, KeyPath<PMDStats, UInt64>)] = [
                (1, true, \.emcHits), (0, true, \.smcHits), (0, false, \.megaflowHits), (1, false, \.emcHits),
            ]
            for (emc, smc, counter) in cases {
                try TestBed.run(adjust: { $0.emcInsertInverseProbability = emc; $0.smcEnabled = smc }) { bed in
                    let ports = try bed.addPorts("a", "b")
                    try bed.flows("in_port=1,actions=output:2")
                    let frames = ForwardingTests.traffic(seed: 13, flows: 0..<32, sequences: 0..<1)
                    // Twice: the first packets go up, the second ones fill the caches.
                    for _ in 0..<3 {
                        try bed.inject(frames, ports[0])
                        try bed.settle()
                    }
                    let before = bed.totals
                    try bed.inject(frames, ports[0])
                    try bed.settle()
                    // Where a packet follows one of its own megaflow, no cache is asked.
                    let hits = bed.totals[keyPath: counter] - before[keyPath: counter]
                    #expect(hits > 0 && hits + bed.totals.hintHits - before.hintHits == 32)
                    expectSame(ports[1].frames, frames + frames + frames + frames)
                    bed.expectCounters()
                }
            }
        }

        @Test func megaflowsAndRulesCountEveryPacket() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", queues: 2)
                try bed.addPort("b")
                try bed.flows("cookie=1,in_port=1,udp,actions=output:2", "cookie=2,priority=1,in_port=1,actions=output:2")
                let frames = ForwardingTests.traffic(seed: 14, flows: 0..<32, sequences: 0..<20)
                for frame in frames { try bed.inject([frame], a, queue: Int((tag(frame)?.flow ?? 0) % 2)) }
                try bed.settle()
                let megaflows = bed.dpif.flowDump().reduce((packets: UInt64(0), bytes: UInt64(0))) { ($0.packets + $1.stats.packets, $0.bytes + $1.stats.bytes) }
                #expect(megaflows.packets == 640)
                #expect(megaflows.bytes == UInt64(frames.reduce(0) { $0 + $1.count }))
                bed.ofproto.flushMegaflows()
                try bed.settle()
                // UDP over IPv4: kinds 0 and 5 of eight.
                var counted: [UInt64: UInt64] = [:]
                for (flow, stats) in bed.bridge.dumpFlows() { counted[flow.cookie] = stats.packets }
                #expect(counted == [1: 160, 2: 480])
                bed.expectCounters()
            }
        }
    }
}
