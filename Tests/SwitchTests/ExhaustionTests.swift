import Flow
import NetDev
import Testing
import Wire
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// What is full drops with a named reason, recovers, and leaks nothing.
    @Suite(.serialized) struct ExhaustionTests {
        @Test func aFullUpcallRing() throws {
            // One thread: nothing depends on who runs when.
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("in_port=1,actions=output:2")
                let ring = Datapath.Limits.upcallRing, lost = UInt64(5000 - ring)
                let frames = ForwardingTests.traffic(seed: 21, flows: 0..<5000, sequences: 0..<1)
                // The ofproto thread does nothing meanwhile.
                try bed.inject(frames, ports[0], handling: false)
                try bed.waitReceived(handling: false)
                #expect(bed.totals.upcalls == UInt64(ring))
                #expect(bed.totals.upcallsLost == lost)
                #expect(bed.drops(.upcallRingFull, ports[0].odp) == lost)
                #expect(ports[1].frames.isEmpty)
                try bed.settle()
                expectSameOrder(ports[1].frames, Array(frames.prefix(ring)))
                // Later misses found the megaflow of the first ones, one for each EtherType.
                #expect(bed.ofproto.counters.misses + bed.dpif.duplicateMisses == UInt64(ring))
                #expect(bed.ofproto.counters.misses < 40)
                let more = ForwardingTests.traffic(seed: 22, flows: 0..<40, sequences: 200..<205)
                try bed.inject(more, ports[0])
                try bed.settle()
                expectSameOrder(Array(ports[1].frames.dropFirst(ring)), more)
                #expect(bed.drops(.upcallRingFull) == lost)
                bed.expectCounters()
            }
        }

        @Test func noMoreRoomBehindMisses() throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("in_port=1,actions=output:2")
                let places = Datapath.Limits.heldPackets
                let frames = ForwardingTests.traffic(seed: 25, flows: 0..<2, sequences: 0..<UInt32(places))
                try bed.inject(frames, ports[0], handling: false)
                try bed.waitReceived(handling: false)
                // Two misses; behind each as many packets as there are places left, so about a third of all.
                #expect(bed.totals.upcalls == 2)
                let lost = bed.totals.upcallsLost
                #expect(lost > UInt64(places) * 5 / 4 && lost < UInt64(places) * 3 / 2)
                #expect(bed.drops(.upcallRingFull, ports[0].odp) == lost)
                try bed.settle()
                // The beginning of each flow got through.
                #expect(ports[1].frames.count == frames.count - Int(lost))
                let wanted = byFlow(frames)
                for (flow, sent) in byFlow(ports[1].frames) { #expect(wanted[flow].map { Array($0.prefix(sent.count)) } == sent) }
                try bed.inject(Array(frames.suffix(100)), ports[0])
                try bed.settle()
                expectSameOrder(Array(ports[1].frames.suffix(100)), Array(frames.suffix(100)))
                bed.expectCounters()
            }
        }

        @Test func aFullTransmitQueue() throws {
            try TestBed.run { bed in
                let ports = try bed.addPorts("a", "b", "c")
                try bed.flows("in_port=1,actions=output:2", "in_port=3,actions=output:1")
                let ring = NetDev.Limits.dummyRing
                let frames = ForwardingTests.traffic(seed: 23, flows: 0..<8, sequences: 0..<400)
                try bed.inject(Array(frames.prefix(8)), ports[0], collecting: false)
                try bed.settle(collecting: false)
                try bed.inject(Array(frames.dropFirst(8)), ports[0], collecting: false)
                try bed.settle(collecting: false)
                #expect(bed.drops(.txQueueFull, ports[1].odp) == UInt64(frames.count - ring))
                #expect(bed.dpif.portStats(ports[1].odp)?.txPackets == UInt64(ring))
                // Other ports do not suffer.
                try bed.inject(Array(frames.prefix(100)), ports[2], collecting: false)
                try bed.settle(collecting: true)
                // A burst goes out megaflow by megaflow, so each flow has a beginning of its own that fitted.
                #expect(ports[1].frames.count == ring)
                let wanted = byFlow(frames)
                for (flow, sent) in byFlow(ports[1].frames) { #expect(wanted[flow].map { Array($0.prefix(sent.count)) } == sent) }
                expectSame(ports[0].frames, Array(frames.prefix(100)))
                try bed.inject(Array(frames.suffix(100)), ports[0])
                try bed.settle()
                expectSame(Array(ports[1].frames.dropFirst(ring)), Array(frames.suffix(100)))
                bed.expectCounters()
            }
        }

        @Test func anEmptyMempool() throws {
            try TestBed.run { bed in
                let ports = try bed.addPorts("a", "b", "c")
                // The first output needs a copy of its own, since the packet is changed afterwards.
                try bed.flows("in_port=1,actions=output:2,mod_dl_src:02:00:00:00:00:99,output:3")
                let first = FrameSource.one(flow: 6)
                try bed.inject([first], ports[0])
                try bed.settle()
                let pool = ports[0].device.pool
                var held: [Mbuf] = []
                while let packet = pool.allocate() { held.append(packet) }
                defer { held.forEach { $0.free() } }
                #expect(!ports[0].device.inject(first))
                #expect(ports[0].device.statistics.rxDropped == 1)
                // Packets that are there already go into the port's ring; more than a thread's cache can make copies of.
                guard case .ring(let ring) = ports[0].device.rxQueue(0).source else { throw Failure("a dummy port has rings") }
                let count = 1000
                for _ in 0..<count {
                    guard let packet = held.popLast() else { throw Failure("the pool has more packets than that") }
                    #expect(packet.append(first) && ring.push(packet))
                }
                try bed.wait(collecting: false, "the packets are received") { bed.dpif.portStats(ports[0].odp)?.rxPackets == UInt64(count + 1) }
                bed.waitTurns()
                let copies = bed.dpif.portStats(ports[1].odp)?.txPackets ?? 0, missing = bed.drops(.noBuffer, ports[0].odp)
                #expect(missing > 0)
                #expect(copies + missing == UInt64(count + 1))
                #expect(bed.dpif.portStats(ports[2].odp)?.txPackets == UInt64(count + 1))
                bed.collect()
                held.forEach { $0.free() }
                held = []
                try bed.inject(Array(repeating: first, count: 100), ports[0])
                bed.collect()
                try bed.wait("all are received") { bed.dpif.portStats(ports[2].odp)?.txPackets == UInt64(count + 101) }
                bed.waitTurns()
                bed.collect()
                #expect(bed.drops(.noBuffer) == missing)
                #expect(ports[1].frames.count == Int(copies) + 100 && ports[1].frames.allSatisfy { $0 == first })
                let changed = join([Array(first[0..<6]), [2, 0, 0, 0, 0, 0x99], Array(first[12...])])
                #expect(ports[2].frames.count == count + 101 && ports[2].frames.allSatisfy { $0 == changed })
            }
        }

        struct Failure: Error {
            let text: String
            init(_ text: String) { self.text = text }
        }

        @Test func theDatapathsFlowLimit() throws {
            try TestBed.run(adjust: { $0.flowLimit = 10 }) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=normal")
                let frames = ForwardingTests.traffic(seed: 24, flows: 0..<64, sequences: 0..<1)
                try bed.inject(frames, ports[0])
                try bed.settle()
                #expect(bed.dpif.flowCount == 10)
                #expect(bed.drops(.upcallFailed, ports[0].odp) == 54)
                #expect(bed.ofproto.counters.refused == 54)
                expectSame(ports[1].frames, Array(frames.prefix(10)))
                bed.expectCounters()
                var settings = bed.dpif.settings
                settings.flowLimit = 1000
                try bed.dpif.change(settings)
                try bed.inject(frames, ports[0])
                try bed.settle()
                expectSame(ports[1].frames, Array(frames.prefix(10)) + frames)
                #expect(bed.drops(.upcallFailed) == 54)
                bed.expectCounters()
            }
        }

        @Test func ofprotosFlowLimit() throws {
            var limits = OFProtoLimits()
            limits.flowLimit = 10
            try TestBed.run(limits: limits) { bed in
                let ports = try bed.addPorts("a", "b")
                // Kind 6 is dropped by its EtherType.
                try bed.flows("priority=1,actions=normal", "dl_type=0x88b5,actions=drop")
                let frames = ForwardingTests.traffic(seed: 25, flows: 0..<64, sequences: 0..<3)
                try bed.inject(frames, ports[0])
                try bed.settle()
                #expect(bed.dpif.flowCount == 10)
                // What has no megaflow is forwarded all the same, packet by packet.
                #expect(bed.ofproto.counters.executed > 0)
                expectSame(ports[1].frames, frames.filter { (tag($0)?.flow ?? 0) % 8 != 6 })
                #expect(bed.drops(.action, ports[0].odp) == 24)
                bed.expectCounters()
                bed.ofproto.configure(flowLimit: 1000, maxIdle: 600_000)
                try bed.inject(frames, ports[0])
                try bed.settle()
                #expect(bed.dpif.flowCount > 50)
                bed.expectCounters()
            }
        }

        @Test func theLimitOfSubtables() throws {
            try TestBed.run { bed in
                let ports = try bed.addPorts("a", "b")
                let limit = Datapath.Limits.subtablesPerPMD
                let put = { (number: Int) in
                    var mask = FlowMask()
                    // A subtable for each in_port and mask.
                    mask.l0.nwDst = BE32(UInt32(number / 64 + 1) << 8)
                    var key = FlowKey()
                    key.l0.inPort = UInt32(number % 64 + 1)
                    key.l0.nwDst = BE32(0xffff_ff00)
                    return DPFlowPut(pmd: 0, key: key, mask: mask, actions: [.output(ports[1].odp)])
                }
                var ids: [DPFlowID] = []
                for number in 0..<limit { ids.append(try bed.dpif.flowPut(put(number), waiting: nil)) }
                let error = #expect(throws: DPIFError.self) { try bed.dpif.flowPut(put(limit), waiting: nil) }
                #expect(error?.code == .full)
                #expect(bed.dpif.flowCount == limit)
                bed.dpif.flowDelete(ids[limit / 2])
                bed.dpif.barrier()
                _ = try bed.dpif.flowPut(put(limit), waiting: nil)
                bed.dpif.flowFlush()
                bed.dpif.barrier()
                #expect(bed.dpif.flowCount == 0)
                // The classifier works as before.
                try bed.flows("in_port=1,actions=output:2")
                try bed.inject([FrameSource.one(flow: 0)], ports[0])
                try bed.settle()
                #expect(ports[1].frames == [FrameSource.one(flow: 0)])
            }
        }
    }
}
