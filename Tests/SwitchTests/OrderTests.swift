import Flow
import Testing
import Wire
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// Packets of one microflow leave in the order in which they came, also while its megaflow is being set up.
    @Suite(.serialized) struct OrderTests {
        @Test func onePacketOfAMicroflowGoesUpAndTheOthersWait() throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=output:2")
                let frames = ForwardingTests.traffic(seed: 31, flows: 0..<8, sequences: 0..<50)
                try bed.inject(frames, ports[0], handling: false)
                try bed.waitReceived(handling: false)
                #expect(bed.totals.upcalls == 8)
                #expect(ports[1].frames.isEmpty)
                try bed.settle()
                #expect(bed.totals.upcalls == 8)
                expectSameOrder(ports[1].frames, frames)
                bed.expectCounters()
            }
        }

        /// A megaflow installed for one microflow fits another one too, whose first packet is still on its way.
        @Test func aNewMegaflowDoesNotLetPacketsOvertake() throws {
            var limits = OFProtoLimits()
            limits.upcallsPerTurn = 1
            try TestBed.run(cores: [], limits: limits) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=output:2")
                // Both are IPv4 over UDP.
                let first = ForwardingTests.traffic(seed: 32, flows: 0..<1, sequences: 0..<3), second = ForwardingTests.traffic(seed: 33, flows: 8..<9, sequences: 0..<3)
                try bed.inject([first[0], second[0]], ports[0], handling: false)
                try bed.waitReceived(handling: false)
                bed.turn()
                bed.waitTurns()
                bed.collect()
                #expect(bed.ofproto.counters.installed == 1)
                #expect(ports[1].frames == [first[0]])
                // What was not under way passes by the one that is.
                try bed.inject([second[1], first[1], second[2], first[2]], ports[0], handling: false)
                try bed.waitReceived(handling: false)
                bed.collect()
                #expect(ports[1].frames == first)
                try bed.settle()
                #expect(ports[1].frames == first + second)
                #expect(bed.totals.upcalls == 2 && bed.totals.lookedUpAgain == 2)
                bed.expectCounters()
            }
        }

        /// Where no megaflow may be installed every packet goes up, and still none overtakes another one.
        @Test(arguments: [1, 7, 256]) func packetsWithoutAMegaflowStayInOrder(upcallsPerTurn: Int) throws {
            var limits = OFProtoLimits()
            limits.upcallsPerTurn = upcallsPerTurn
            limits.flowLimit = 0
            try TestBed.run(cores: [], limits: limits) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=output:2")
                let frames = ForwardingTests.traffic(seed: 34, flows: 0..<16, sequences: 0..<100)
                for start in stride(from: 0, to: frames.count, by: 50) {
                    try bed.inject(Array(frames[start..<start + 50]), ports[0])
                    bed.turn()
                    bed.yield()
                }
                try bed.settle()
                #expect(bed.ofproto.counters.installed == 0)
                expectSameOrder(ports[1].frames, frames)
                bed.expectCounters()
            }
        }

        /// A packet that is recirculated waits in its own pass.
        @Test func recirculatedPacketsStayInOrder() throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                let frames = ForwardingTests.traffic(seed: 35, flows: 0..<8, sequences: 0..<20)
                // The first pass sends every packet of the port through a second one, which has no megaflow yet.
                var mask = FlowMask()
                mask.l0.dlType = .ones
                for type in Set(frames.map { extractedType($0) }) {
                    var own = FlowKey()
                    own.l0.inPort = ports[0].odp.number
                    own.l0.dlType = BE16(type)
                    _ = try bed.dpif.flowPut(DPFlowPut(pmd: 0, key: own, mask: mask, actions: [.recirc(RecircID(5))]), waiting: nil)
                }
                try bed.inject(frames, ports[0], handling: false)
                try bed.waitReceived(handling: false)
                #expect(bed.totals.recirculations == UInt64(frames.count))
                #expect(bed.totals.upcalls == 8)
                for _ in 0..<16 {
                    _ = bed.dpif.receiveUpcalls(limit: 1) { upcall in
                        #expect(upcall.key.l0.recircID == 5)
                        let put = DPFlowPut(pmd: 0, key: upcall.key, mask: mask, actions: [.output(ports[1].odp)])
                        do {
                            _ = try bed.dpif.flowPut(put, waiting: upcall.takePacket())
                        } catch {
                            Issue.record(error)
                        }
                    }
                    bed.waitTurns()
                    bed.collect()
                }
                expectSameOrder(ports[1].frames, frames)
                #expect(bed.totals.upcalls == 8)
                bed.expectCounters()
            }
        }

        /// With real threads, on one core and on two.
        @Test(arguments: ForwardingTests.allCores) func aBurstOfNewFlowsStaysInOrder(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=normal")
                for round in 0..<8 as Range<UInt32> {
                    let frames = ForwardingTests.traffic(seed: UInt64(round), flows: round * 100..<round * 100 + 40, sequences: 0..<25)
                    let before = ports[1].frames.count
                    try bed.inject(frames, ports[0])
                    try bed.settle()
                    expectSameOrder(Array(ports[1].frames.dropFirst(before)), frames)
                }
                #expect(bed.drops(.upcallRingFull) == 0)
                bed.expectCounters()
            }
        }

        private func extractedType(_ frame: [UInt8]) -> UInt16 {
            var key = FlowKey()
            _ = unsafe frame.withUnsafeBytes { unsafe extractFlow($0.baseAddress!, $0.count, inPort: 0, into: &key) }
            return key.l0.dlType.host
        }
    }
}
