import Testing
import Flow
@testable import Datapath

extension SwitchTests {
    /// Every frame comes out once, right, on the right port, and in its flow's order.
    @Suite(.serialized) struct ForwardingTests {
        static let allCores = [[0], [1], [0, 1]]

        /// Frames of `flows` flows in turn, `rounds` rounds.
        static func traffic(seed: UInt64, flows: Range<UInt32>, sequences: Range<UInt32>) -> [[UInt8]] {
            var source = FrameSource(seed: seed)
            return sequences.flatMap { sequence in flows.map { source.frame(flow: $0, sequence: sequence) } }
        }

        @Test(arguments: allCores) func framesOfManyKindsGoStraightThrough(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let a = try bed.addPort("a", queues: 2), b = try bed.addPort("b", queues: 2)
                try bed.flows("in_port=1,actions=output:2", "in_port=2,actions=output:1")
                let there = Self.traffic(seed: 1, flows: 0..<64, sequences: 0..<1), back = Self.traffic(seed: 2, flows: 64..<128, sequences: 0..<1)
                // One frame of each flow first, so that the megaflows are there.
                for queue in 0..<2 {
                    try bed.inject(there, a, queue: queue)
                    try bed.inject(back, b, queue: queue)
                }
                try bed.settle()
                expectSame(b.frames, there + there)
                expectSame(a.frames, back + back)
                let skip = (a.sent.map(\.count), b.sent.map(\.count))
                let more = Self.traffic(seed: 3, flows: 0..<64, sequences: 1..<33), moreBack = Self.traffic(seed: 4, flows: 64..<128, sequences: 1..<33)
                // A flow stays with its queue, as a NIC has it.
                for (frames, port) in [(more, a), (moreBack, b)] {
                    for queue in 0..<2 { try bed.inject(frames.filter { tag($0).map { Int($0.flow) % 2 } == queue }, port, queue: queue) }
                }
                try bed.settle()
                let atB = zip(b.sent, skip.1).flatMap { $0.dropFirst($1) }, atA = zip(a.sent, skip.0).flatMap { $0.dropFirst($1) }
                expectSameOrder(atB, more)
                expectSameOrder(atA, moreBack)
                bed.expectCounters()
                #expect(bed.dpif.pmdStats().allSatisfy { $0.stats.rxPackets > 0 })
            }
        }

        @Test(arguments: allCores) func aLearningBridgeFloodsOnceAndThenKnows(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let ports = try bed.addPorts("a", "b", "c", "d")
                try bed.flows("actions=normal")
                var source = FrameSource(seed: 5)
                // Station s is at port s mod 4 and says so by a broadcast.
                let stations: UInt32 = 40
                let address = { (station: UInt32) in 0x0a00_0000_0100 + UInt64(station) }
                var expected = [[[UInt8]]](repeating: [], count: 4)
                for station in 0..<stations {
                    let home = Int(station) % 4
                    let frame = source.frame(flow: station * 8, sequence: 0, source: address(station), destination: 0xffff_ffff_ffff)
                    try bed.inject([frame], ports[home])
                    for other in 0..<4 where other != home { expected[other].append(frame) }
                }
                try bed.settle()
                for port in 0..<4 { expectSame(ports[port].frames, expected[port]) }
                #expect(bed.bridge.macEntries(now: bed.dpif.now).count == Int(stations))
                // Unicast: to a known station, to one at the sender's port, and to an unknown one.
                var random: UInt64 = 6
                var drops = 0
                for sequence in 1..<2000 as Range<UInt32> {
                    let from = UInt32(splitMix64(&random) % UInt64(stations)), to = UInt32(splitMix64(&random) % UInt64(stations + 4))
                    let frame = source.frame(flow: from * 8, sequence: sequence, source: address(from), destination: address(to))
                    try bed.inject([frame], ports[Int(from) % 4])
                    if to >= stations {
                        for other in 0..<4 where other != Int(from) % 4 { expected[other].append(frame) }
                    } else if to % 4 == from % 4 {
                        drops += 1
                    } else {
                        expected[Int(to) % 4].append(frame)
                    }
                }
                try bed.settle()
                for port in 0..<4 { expectSame(ports[port].frames, expected[port]) }
                #expect(bed.drops(.action) == UInt64(drops))
                bed.expectCounters(unicast: false)
            }
        }

        @Test(arguments: allCores) func tagsArePushedRewrittenAndTakenOff(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let ports = try bed.addPorts("plain", "trunk", "rewrite", "out")
                try bed.flows(
                    "in_port=1,actions=push_vlan:0x8100,mod_vlan_vid:100,mod_vlan_pcp:5,output:2",
                    "in_port=2,vlan_tci=0x1000/0x1000,actions=strip_vlan,output:1", "in_port=3,actions=mod_vlan_vid:7,output:4,strip_vlan,output:1")
                // Flows without a tag of their own.
                let flows = (0..<64 as Range<UInt32>).filter { $0 % 8 != 5 }
                var source = FrameSource(seed: 7)
                let frames = (0..<20).flatMap { sequence in flows.map { source.frame(flow: $0, sequence: sequence) } }
                try bed.inject(frames, ports[0])
                try bed.settle()
                let tci: UInt16 = 5 << 13 | 100
                expectSame(ports[1].frames, frames.map { tagged($0, tci: tci) })
                try bed.inject(frames.map { tagged($0, tci: tci) }, ports[1])
                try bed.settle()
                try bed.inject(frames.map { tagged($0, tci: 3 << 13 | 9) }, ports[2])
                try bed.settle()
                expectSame(ports[3].frames, frames.map { tagged($0, tci: 3 << 13 | 7) })
                expectSame(ports[0].frames, frames + frames)
                bed.expectCounters(unicast: false)
            }
        }

        @Test func accessPortsAndATrunkKeepVLANsApart() throws {
            try TestBed.run { bed in
                let red = [try bed.addPort("red0", tag: 10), try bed.addPort("red1", tag: 10)]
                let blue = [try bed.addPort("blue0", tag: 20), try bed.addPort("blue1", tag: 20)]
                let trunk = try bed.addPort("trunk")
                try bed.flows("actions=normal")
                var source = FrameSource(seed: 8)
                let frames = (0..<200 as Range<UInt32>).map { source.frame(flow: $0 % 20 * 8, sequence: $0, destination: 0xffff_ffff_ffff) }
                try bed.inject(frames, red[0])
                try bed.inject(frames, blue[1])
                try bed.inject(frames.map { tagged($0, tci: 10) }, trunk)
                try bed.settle()
                expectSame(red[1].frames, frames + frames)
                expectSame(red[0].frames, frames)
                expectSame(blue[0].frames, frames)
                #expect(blue[1].frames.isEmpty)
                expectSame(trunk.frames, frames.map { tagged($0, tci: 10) } + frames.map { tagged($0, tci: 20) })
                bed.expectCounters(unicast: false)
            }
        }
    }
}
