import Flow
import OpenFlow
import Testing
import Wire
@testable import Datapath
@testable import OFProto

extension SwitchTests {
    /// Packets for which more is to be done than a megaflow can hold.
    @Suite(.serialized) struct SlowPathTests {
        /// As many addresses, each written and sent, are more words than a megaflow's program has.
        private static let addresses = 1_400
        private func address(_ number: Int) -> [UInt8] { bytes(0x0200_0000_0000 | UInt64(number), 6) }
        private var rewrites: String {
            (1...Self.addresses).map { "set_field:\(EthernetAddress(0x0200_0000_0000 | UInt64($0)))->eth_dst,output:2" }.joined(separator: ",")
        }
        private func rewritten(_ frame: [UInt8]) -> [[UInt8]] { (1...Self.addresses).map { address($0) + frame.dropFirst(6) } }

        private func counted(_ bed: TestBed) -> UInt64 {
            bed.ofproto.wantSweep()
            while bed.turn() {}
            return bed.bridge.dumpFlows().first?.1.packets ?? 0
        }

        @Test(arguments: [[], [1]]) func allFramesOfALongListLeave(cores: [Int]) throws {
            try TestBed.run(cores: cores) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=" + rewrites)
                let frames = ForwardingTests.traffic(seed: 41, flows: 0..<1, sequences: 0..<5)
                // One at a time: what leaves is most of what the port's ring takes.
                for frame in frames {
                    try bed.inject([frame], ports[0])
                    try bed.settle()
                }
                let sent = ports[1].frames, wanted = frames.flatMap(rewritten)
                #expect(sent == wanted)
                #expect(bed.dpif.flowDump().map { $0.actions.odpText(userdata: { bed.ofproto.userdataText($0) }) } == ["userspace(pid=0,slow_path(action))"])
                #expect(bed.ofproto.counters.slowPath == 5)
                #expect(bed.totals.upcalls == 1)
                #expect(counted(bed) == 5)
                // When less is to be done the megaflow does it itself, and the other way round.
                try bed.flows("actions=output:2")
                bed.ofproto.revalidateNow(now: bed.dpif.now)
                bed.dpif.barrier()
                try bed.inject(frames, ports[0])
                try bed.settle()
                #expect(ports[1].frames == wanted + frames)
                #expect(bed.ofproto.counters.slowPath == 5)
                try bed.flows("actions=" + rewrites)
                bed.ofproto.revalidateNow(now: bed.dpif.now)
                bed.dpif.barrier()
                #expect(bed.ofproto.counters.modified == 2 && bed.ofproto.counters.installed == 1)
                try bed.inject([frames[0]], ports[0])
                try bed.settle()
                #expect(ports[1].frames == wanted + frames + rewritten(frames[0]))
                #expect(bed.drops(.action) == 0)
            }
        }

        @Test func aPacketOutMayBeAsLong() throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                let frame = FrameSource.one(flow: 1)
                guard let packet = bed.dpif.makePacket(frame) else { throw DPIFError(.noMemory, "no packet") }
                try bed.ofproto.packetOut(
                    packet, key: FlowKey(frame: frame, vlanLimit: bed.dpif.vlanLimit), actions: try FlowSyntax().actions(rewrites), bridge: bed.bridge,
                    inPort: .none, now: bed.dpif.now)
                try bed.settle()
                #expect(ports[1].frames == rewritten(frame))
            }
        }

        /// Where no megaflow may be installed each packet is dealt with once, too.
        @Test func withoutRoomForMegaflowsItIsTheSame() throws {
            var limits = OFProtoLimits()
            limits.flowLimit = 0
            try TestBed.run(cores: [], limits: limits) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("actions=" + rewrites)
                let frame = FrameSource.one(flow: 1)
                try bed.inject([frame], ports[0])
                try bed.settle()
                #expect(ports[1].frames == rewritten(frame))
                #expect(bed.ofproto.counters.executed == 1 && bed.ofproto.counters.slowPath == 0)
                #expect(counted(bed) == 1)
            }
        }

        /// Tables of which each other one leads to the next from within a copy, and sends what it got; or the last one alone does. A meter makes the copies real ones.
        private func nest(_ bed: TestBed, depth: Int, sends: Bool) throws {
            try bed.bridge.apply(MeterMod(.add, MeterConfig(meter: 1, flags: .pktps, bands: [MeterBand(.drop, rate: 1_000_000, burst: 1_000_000)])), now: bed.dpif.now)
            for level in 0..<depth {
                let next = "set_field:\(EthernetAddress(0x0200_0000_0000 | UInt64(level + 1)))->eth_dst,resubmit(,\(2 * level + 2))"
                try bed.flows("table=\(2 * level),actions=clone(resubmit(,\(2 * level + 1)))" + (sends ? ",output:2" : ""))
                try bed.flows("table=\(2 * level + 1),actions=meter:1,\(next)")
            }
            try bed.flows("table=\(2 * depth),actions=output:2")
        }

        @Test(arguments: [ActionLimits.nesting, ActionLimits.nesting + 1, ActionLimits.onceNesting, ActionLimits.onceNesting + 1])
        func listsNestAsDeepAsOpenFlowLets(depth: Int) throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                try nest(bed, depth: depth, sends: true)
                let frames = ForwardingTests.traffic(seed: 42, flows: 0..<1, sequences: 0..<4)
                // A megaflow sends the frames of a batch address by address.
                for frame in frames {
                    try bed.inject([frame], ports[0])
                    try bed.settle()
                }
                guard depth <= ActionLimits.onceNesting else {
                    #expect(ports[1].frames.isEmpty && bed.drops(.action) == 4 && bed.ofproto.counters.tooDeep > 0)
                    return
                }
                #expect(ports[1].frames == frames.flatMap { frame in (1...depth).reversed().map { address($0) + frame.dropFirst(6) } + [frame] })
                #expect(bed.ofproto.counters.slowPath == (depth > ActionLimits.nesting ? 4 : 0))
                #expect(counted(bed) == 4)
            }
        }

        /// What the ring does not take is lost and counted; what it takes leaves in order.
        @Test func aFullRingDropsPackets() throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                try nest(bed, depth: ActionLimits.nesting + 1, sends: false)
                let excess = 100, more = UInt32(Datapath.Limits.upcallRing + excess)
                let frames = ForwardingTests.traffic(seed: 43, flows: 0..<1, sequences: 0..<1 + more)
                try bed.inject([frames[0]], ports[0])
                try bed.settle()
                try bed.inject(Array(frames.dropFirst()), ports[0], handling: false)
                try bed.waitReceived(handling: false)
                #expect(bed.drops(.upcallRingFull) == UInt64(excess))
                try bed.settle()
                let sent = ports[1].frames.compactMap { tag($0)?.sequence }
                #expect(sent == Array(0..<1 + more - UInt32(excess)))
                #expect(counted(bed) == UInt64(1 + more))
            }
        }

        /// A packet that comes back for ever is dropped in the end, also when each of its ways is a slow one.
        @Test(arguments: [false, true]) func goingRoundEnds(isSlow: Bool) throws {
            try TestBed.run(cores: []) { bed in
                let ports = try bed.addPorts("a", "b")
                try bed.flows("ip,actions=\(isSlow ? rewrites : "output:2"),push_mpls:0x8847,pop_mpls:0x0800,resubmit(,0)")
                let frame = FrameSource.one(flow: 0)
                for _ in 0..<2 {
                    try bed.inject([frame], ports[0])
                    try bed.settle()
                }
                #expect(bed.drops(.recirculationLimit) == 2)
                let rounds = 2 * (Datapath.Limits.recirculationDepth + 1)
                #expect(ports[1].frames.count == rounds * (isSlow ? Self.addresses : 1))
                #expect(bed.ofproto.counters.slowPath == (isSlow ? UInt64(rounds) : 0))
            }
        }
    }
}
