import Flow
import Testing
import Wire
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// Packets through ports that are policed: as many as may be come out, in their order, and the rest is counted.
    @Suite(.serialized) struct PolicingTests {
        /// Bytes of a frame without its Ethernet header.
        private static let payload = 100

        /// Frames of one flow, each with its number.
        private static func frames(_ count: Int, flow: UInt64 = 1) -> [[UInt8]] {
            let header = join([bytes(0x0200_0000_0000 | flow, 6), bytes(0x0600_0000_0001, 6), bytes(0x88b5, 2)])
            return (0..<count).map { join([header, [UInt8](repeating: 0, count: payload - 4), bytes(UInt64($0), 4)]) }
        }

        /// These frames, in this order.
        private func expectExactly(_ frames: [[UInt8]], _ expected: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation) {
            let isSame = frames == expected
            #expect(isSame, "\(frames.count) frames where \(expected.count) are expected", sourceLocation: sourceLocation)
        }

        private func police(_ bed: TestBed, _ port: TestPort, _ qos: DPEgressQoS?, _ policing: DPPolicing? = nil) throws {
            var config = try #require(bed.bridge.port(port.number)).config
            (config.qos, config.policing) = (qos, policing)
            try bed.bridge.changePort(config)
        }

        /// Without threads the clock stands still unless the test moves it by a thousand ticks a turn, which bring nothing at these rates.
        private func withoutThreads(_ body: (TestBed, [TestPort]) throws -> Void) throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b", "c")
                try body(bed, ports)
            }
        }

        @Test func anEgressPolicerLetsABurstPassAndThenARate() throws {
            try withoutThreads { bed, ports in
                try bed.flows("in_port=1,actions=output:2")
                try police(bed, ports[1], .egressPolicer(cir: 1_000, cbs: UInt64(40 * Self.payload + 50)))
                let frames = Self.frames(300)
                try bed.inject(frames, ports[0])
                try bed.settle()
                expectExactly(ports[1].frames, Array(frames.prefix(40)))
                #expect(bed.drops(.egressQoS, ports[1].odp) == 260 && bed.drops(.egressQoS, ports[0].odp) == 0)
                bed.expectCounters()
                // Two seconds bring 20 packets' worth.
                bed.dpif.virtualCycles += 2 * bed.dpif.hertz
                try bed.inject(frames, ports[0])
                try bed.settle()
                expectExactly(ports[1].frames, Array(frames.prefix(40)) + Array(frames.prefix(20)))
                // Without it all pass again.
                try police(bed, ports[1], nil)
                try bed.inject(frames, ports[0])
                try bed.settle()
                #expect(ports[1].frames.count == 360 && bed.drops(.egressQoS) == 540)
                bed.expectCounters()
            }
        }

        /// Copies to several ports: each port has its own account, and what one drops leaves the others alone.
        @Test func copiesArePolicedWhereTheyLeave() throws {
            try withoutThreads { bed, ports in
                try bed.flows("in_port=1,actions=output:2,output:3,in_port")
                try police(bed, ports[1], .egressPolicer(cir: 1, cbs: UInt64(5 * Self.payload)))
                let frames = Self.frames(64)
                try bed.inject(frames, ports[0])
                try bed.settle()
                for (port, sent) in zip(ports, [frames, Array(frames.prefix(5)), frames]) { expectExactly(port.frames, sent) }
                #expect(bed.drops(.egressQoS, ports[1].odp) == 59 && bed.drops(.egressQoS) == 59)
                bed.expectCounters(unicast: false)
            }
        }

        /// What is too long for the port takes nothing from others.
        @Test func longFramesAreNotCharged() throws {
            try withoutThreads { bed, ports in
                try bed.flows("in_port=1,actions=output:2")
                try police(bed, ports[1], .egressPolicer(cir: 1, cbs: UInt64(3 * Self.payload)))
                let long = join([Array(Self.frames(1)[0]), [UInt8](repeating: 0, count: 1_500)])
                try bed.inject([long, long] + Self.frames(4), ports[0])
                try bed.settle()
                expectExactly(ports[1].frames, Self.frames(3))
                #expect(bed.drops(.mtuExceeded, ports[1].odp) == 2 && bed.drops(.egressQoS, ports[1].odp) == 1)
            }
        }

        @Test func queuesHaveAccountsOfTheirOwn() throws {
            try withoutThreads { bed, ports in
                // By one action, by one that leaves the queue set, and by none.
                for (flow, actions) in [(1, "enqueue:2:1"), (2, "set_queue:2,output:2,output:3"), (3, "output:2"), (4, "set_queue:9,output:2")] {
                    try bed.flows("in_port=1,dl_dst=02:00:00:00:00:0\(flow),actions=\(actions)")
                }
                func rates(_ packets: Int) -> DPRates { DPRates(cir: 1, cbs: UInt64(packets * Self.payload)) }
                try police(bed, ports[1], .trtcmPolicer(rates(100), queues: [0: rates(10), 1: rates(20), 2: rates(30)]))
                for flow in [1, 2, 3, 4] as [UInt64] {
                    try bed.inject(Self.frames(50, flow: flow), ports[0])
                    try bed.settle()
                }
                // Those of queue 9 come too late: they share the default queue's account.
                expectExactly(ports[1].frames, Self.frames(20, flow: 1) + Self.frames(30, flow: 2) + Self.frames(10, flow: 3))
                expectExactly(ports[2].frames, Self.frames(50, flow: 2))
                let stats = bed.dpif.queueStats(ports[1].odp)
                #expect(stats.map(\.queue) == [0, 1, 2])
                #expect(stats.map(\.packets) == [10, 20, 30] && stats.map(\.bytes) == [1_000, 2_000, 3_000] && stats.map(\.errors) == [90, 30, 20])
                #expect(bed.drops(.egressQoS, ports[1].odp) == 140)
                bed.expectCounters(unicast: false)
                // A change of one queue leaves the others as they are.
                try police(bed, ports[1], .trtcmPolicer(rates(100), queues: [0: rates(10), 1: rates(5), 3: rates(1)]))
                try bed.inject(Self.frames(50, flow: 1), ports[0])
                try bed.settle()
                #expect(ports[1].frames.count == 65)
                let changed = bed.dpif.queueStats(ports[1].odp)
                #expect(changed.map(\.queue) == [0, 1, 3] && changed.map(\.packets) == [10, 5, 0] && changed.map(\.errors) == [90, 45, 0])
            }
        }

        /// A megaflow with one output is a way of its own through the datapath: the queue of a packet that comes back from recirculation is known there, too.
        @Test func theQueueIsKeptWhenAPacketComesBack() throws {
            try withoutThreads { bed, ports in
                try bed.flows("in_port=1,actions=set_queue:1,push_mpls:0x8847,pop_mpls:0x88b5,resubmit(,1)", "table=1,actions=output:2")
                try police(bed, ports[1], .trtcmPolicer(DPRates(cir: 1, cbs: 100_000), queues: [0: DPRates(), 1: DPRates(cir: 1, cbs: UInt64(7 * Self.payload))]))
                try bed.inject(Self.frames(40), ports[0])
                try bed.settle()
                #expect(bed.totals.recirculations > 0)
                expectExactly(ports[1].frames, Self.frames(7))
            }
        }

        @Test func ingressPolicing() throws {
            try withoutThreads { bed, ports in
                try bed.flows("in_port=1,actions=output:2")
                // 8 kbit are 1,000 bytes: 10 packets' worth, and as many a second.
                try police(bed, ports[0], nil, DPPolicing(rate: 8, burst: 8))
                let frames = Self.frames(100)
                try bed.inject(frames, ports[0])
                try bed.settle()
                expectExactly(ports[1].frames, Array(frames.prefix(10)))
                #expect(bed.drops(.ingressPolicing, ports[0].odp) == 90)
                let stats = try #require(bed.dpif.portStats(ports[0].odp))
                #expect(stats.rxPackets == 100 && stats.rxBytes == UInt64(100 * (Self.payload + 14)))
                bed.dpif.virtualCycles += bed.dpif.hertz / 2
                try bed.inject(frames, ports[0])
                try bed.settle()
                expectExactly(ports[1].frames, Array(frames.prefix(10)) + Array(frames.prefix(5)))
                try police(bed, ports[0], nil, DPPolicing(packetRate: 1, packetBurst: 1))
                let many = Self.frames(1_500)
                try bed.inject(many, ports[0])
                try bed.settle()
                expectExactly(Array(ports[1].frames.suffix(1_000)), Array(many.prefix(1_000)))
                try police(bed, ports[0], nil)
                try bed.inject(many, ports[0])
                try bed.settle()
                #expect(ports[1].frames.count == 15 + 1_000 + 1_500)
                #expect(bed.drops(.ingressPolicing, ports[0].odp) == 90 + 95 + 500)
            }
        }

        /// Two poll-mode threads send to one port and receive from one: they share its account, and it is changed and taken away under them.
        @Test func twoThreadsShareAnAccount() throws {
            try TestBed.run(cores: [0, 1]) { bed in
                let a = try bed.addPort("a", affinity: "0:0"), b = try bed.addPort("b", affinity: "0:1"), out = try bed.addPort("out")
                try bed.flows("in_port=1,actions=output:3", "in_port=2,actions=output:3")
                // A byte a second: nothing to speak of comes in while the test runs.
                try police(bed, out, .egressPolicer(cir: 1, cbs: UInt64(500 * Self.payload + 40)))
                for start in stride(from: 0, to: 2_000, by: 100) {
                    for (port, flow) in [(a, 1), (b, 2)] as [(TestPort, UInt64)] { try bed.inject(Array(Self.frames(2_000, flow: flow)[start..<start + 100]), port) }
                }
                try bed.settle()
                #expect(out.frames.count == 500 && bed.drops(.egressQoS, out.odp) == 3_500)
                for flow in [1, 2] as [UInt64] {
                    // What got through of each is in its order.
                    let numbers = out.frames.filter { $0[5] == UInt8(flow) }.map { $0.suffix(4).reduce(0) { $0 << 8 | Int($1) } }
                    #expect(numbers == numbers.sorted())
                }
                bed.expectCounters()
                // Under load, everything is counted somewhere.
                for round in 1...30 as ClosedRange<UInt64> {
                    for (port, flow) in [(a, 1), (b, 2)] as [(TestPort, UInt64)] { try bed.inject(Self.frames(200, flow: flow), port) }
                    try police(bed, out, round % 3 == 2 ? nil : .trtcmPolicer(DPRates(cir: 1, cbs: 1_000 * round), queues: [0: DPRates(cir: 1, cbs: 1_000)]))
                    try police(bed, a, nil, round % 2 == 0 ? nil : DPPolicing(rate: 8, burst: UInt32(8 * round)))
                }
                try bed.settle()
                #expect(a.device.statistics.rxPackets == 8_000)
                let received = bed.ports.reduce(0) { $0 + (bed.dpif.portStats($1.odp)?.rxPackets ?? 0) }
                let dropped = bed.ports.reduce(0) { $0 + (bed.dpif.portStats($1.odp)?.drops.reduce(0) { $0 + $1.packets } ?? 0) }
                #expect(received == 16_000 && out.frames.count + Int(dropped) == 16_000)
                #expect(bed.drops(.ingressPolicing, a.odp) > 0)
                // A port goes with its policers.
                try police(bed, out, .egressPolicer(cir: 1, cbs: 1), DPPolicing(rate: 1))
                try bed.removePort(out)
                let again = try bed.addPort("out")
                try bed.inject(Self.frames(100), a)
                try bed.settle()
                // Some may still have been on their way to the former one.
                #expect(!again.frames.isEmpty && again.frames.count + Int(bed.dpif.strayDrops) == 100)
                #expect(bed.drops(.egressQoS, again.odp) == 0)
            }
        }

        @Test func whatIsNoPolicerIsRefused() throws {
            try withoutThreads { bed, ports in
                #expect(throws: DPIFError.self) { try police(bed, ports[1], .egressPolicer(cir: 0, cbs: 1)) }
                #expect(bed.bridge.port(ports[1].number)?.config.qos == nil)
                #expect(throws: DPIFError.self) { try bed.dpif.setPolicing(ODPPort(77), nil) }
                try bed.flows("in_port=1,actions=output:2")
                try bed.inject(Self.frames(10), ports[0])
                try bed.settle()
                #expect(ports[1].frames.count == 10)
            }
        }
    }
}
