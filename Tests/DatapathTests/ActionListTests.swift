import CDPDK
import Flow
import NetDev
import Testing
import Wire
@testable import Datapath

/// What becomes of packets: copies, drops, nested lists, metadata; and that none is lost or freed twice.
@Suite struct ActionListTests {
    private let frame = bytes("0200000000010200000000020800" + "450000280001000040110000" + "0a000001" + "0a000002" + "1388139000140000" + "000102030405060708090a0b")
    private func output(_ port: UInt32) -> DPAction { .output(ODPPort(port)) }
    private let push = DPAction.pushVLAN(tpid: BE16(0x8100), tci: BE16(0x1005))
    private var tagged: [UInt8] { frame.prefix(12) + bytes("81000005") + frame.dropFirst(12) }

    /// Runs actions on copies of one frame and checks at the end that nothing is left in use.
    private func check(_ actions: [DPAction], count: Int = 3, _ inspect: (inout Recorder) throws -> Void) throws {
        let bed = ActionBed()
        var recorder = unsafe Recorder(bed.pool)
        try run(actions, on: (0..<count).map { _ in bed.packet(frame) }, &recorder)
        try inspect(&recorder)
        let intact = recorder.release()
        #expect(intact)
        #expect(bed.inUse == 0)
    }

    @Test func noActionsDrop() throws {
        for actions: [DPAction] in [[], [.drop], [push], [.clone([.drop])], [.sample(probability: 0, [output(1)])]] {
            try check(actions) { recorder in
                #expect(recorder.dropReasons == [.action, .action, .action] && recorder.sent.count == 3)
                #expect(recorder.sent.allSatisfy { $0.inPort == 5 })
            }
        }
    }

    @Test func flood() throws {
        try check([output(1), output(2), output(3)]) { recorder in
            for port: UInt32 in 1...3 { #expect(recorder.frames(.output(port)) == [frame, frame, frame]) }
            #expect(recorder.sent.count == 9)
            // By reference: three packets with three holders each.
            #expect(unsafe Set(recorder.sent.map { unsafe $0.packet.raw }).count == 3)
        }
    }

    @Test func copiesKeepTheBytesOfTheirMoment() throws {
        try check([output(1), push, output(2), output(3), .popVLAN, output(4)]) { recorder in
            #expect(recorder.frames(.output(1)) == [frame, frame, frame])
            #expect(recorder.frames(.output(2)) == [tagged, tagged, tagged])
            #expect(recorder.frames(.output(3)) == [tagged, tagged, tagged])
            #expect(recorder.frames(.output(4)) == [frame, frame, frame])
        }
    }

    @Test func cloneDoesNotTouchTheOriginal() throws {
        try check([.clone([push, output(1), .set(.pktMark(9, mask: .max)), .recirc(RecircID(4))]), .recirc(RecircID(8))]) { recorder in
            #expect(recorder.frames(.output(1)) == [tagged, tagged, tagged])
            #expect(recorder.frames(.recirculation(4)) == [tagged, tagged, tagged])
            #expect(recorder.frames(.recirculation(8)) == [frame, frame, frame])
            // The mark of the copy, and what the sink wrote into the key, are not the original's.
            #expect(recorder.sent.filter { $0.place == .recirculation(4) }.allSatisfy { $0.pktMark == 9 })
            #expect(recorder.sent.filter { $0.place == .recirculation(8) }.allSatisfy { $0.pktMark == 0 })
        }
    }

    @Test func lastCloneWorksOnThePacketItself() throws {
        try check([output(2), .clone([push, output(1)])]) { recorder in
            #expect(recorder.frames(.output(2)) == [frame, frame, frame] && recorder.frames(.output(1)) == [tagged, tagged, tagged])
            #expect(recorder.sent.count == 6)
        }
    }

    @Test func metadata() throws {
        try check([.set(.skbPriority(0x1234, mask: 0xff00)), .set(.pktMark(7, mask: 0xf)), .hash(algorithm: 0, basis: 3), .recirc(RecircID(2))]) { recorder in
            #expect(recorder.sent.count == 3)
            for one in recorder.sent {
                #expect(one.skbPriority == 0x1200 && one.pktMark == 7 && one.recircID == 2 && one.dpHash != 0)
                #expect(one.dpHash == recorder.sent[0].dpHash)
            }
        }
    }

    @Test func hashes() throws {
        let bed = ActionBed()
        func hash(_ frame: [UInt8], _ algorithm: UInt32, _ basis: UInt32 = 0) throws -> UInt32 {
            var recorder = unsafe Recorder(bed.pool)
            try run([.hash(algorithm: algorithm, basis: basis), .recirc(RecircID(1))], on: [bed.packet(frame)], &recorder)
            defer { _ = recorder.release() }
            return recorder.sent[0].dpHash
        }
        var back = frame, other = frame, later = frame, ttl = frame
        back.replaceSubrange(26..<38, with: bytes("0a0000020a00000113901388"))
        other[35] ^= 1
        ttl[22] ^= 7
        later.replaceSubrange(20..<22, with: [0x20, 1])
        #expect(try hash(frame, 1) == hash(back, 1) && hash(frame, 0) != hash(back, 0))
        #expect(try hash(frame, 0) != hash(other, 0) && hash(frame, 1) != hash(other, 1))
        #expect(try hash(frame, 0) == hash(ttl, 0) && hash(frame, 0) != hash(frame, 0, 1))
        // All fragments go one way: their hash leaves the ports out.
        var first = later
        first.replaceSubrange(20..<22, with: [0x20, 0])
        first[35] = 99
        #expect(try hash(later, 0) == hash(first, 0))
        #expect(try hash(Array(frame.prefix(20)), 0) != 0 && hash([], 1) != 0)
        #expect(bed.inUse == 0)
    }

    @Test func truncCutsTheNextOutputOnly() throws {
        try check([.trunc(maxLength: 20), output(1), output(2), .trunc(maxLength: 3), .userspace(userdata: 6, maxLength: 0), .trunc(maxLength: 40), output(3)]) { recorder in
            #expect(recorder.frames(.output(1)) == Array(repeating: Array(frame.prefix(20)), count: 3))
            #expect(recorder.frames(.output(2)) == [frame, frame, frame])
            // No shorter than an Ethernet header.
            #expect(recorder.frames(.upcall(6)) == Array(repeating: Array(frame.prefix(14)), count: 3))
            #expect(recorder.frames(.output(3)) == Array(repeating: Array(frame.prefix(40)), count: 3))
        }
        try check([.trunc(maxLength: 2000), output(1), .trunc(maxLength: 2000), output(2)]) { recorder in
            #expect(recorder.frames(.output(1)) == [frame, frame, frame] && recorder.frames(.output(2)) == [frame, frame, frame])
        }
        try check([.trunc(maxLength: 30), .clone([output(1)]), output(2), output(3)]) { recorder in
            let short = Array(frame.prefix(30))
            #expect(recorder.frames(.output(1)) == [short, short, short] && recorder.frames(.output(2)) == [short, short, short])
            #expect(recorder.frames(.output(3)) == [frame, frame, frame])
        }
    }

    @Test func userspaceExtractsAnew() throws {
        try check([.set(.pktMark(3, mask: .max)), push, .userspace(userdata: 77, maxLength: 24), output(1)]) { recorder in
            let upcalls = recorder.sent.filter { $0.place == .upcall(77) }
            #expect(upcalls.count == 3)
            for one in upcalls {
                #expect(one.bytes == Array(tagged.prefix(24)))
                // The whole frame's key, with metadata.
                #expect(one.key.l0.vlanTCI == BE16(0x1005) && one.key.l0.tpDst == BE16(5008) && one.key.l0.pktMark == 3 && one.inPort == 5)
                #expect(one.lines.contains(.l0))
            }
            #expect(recorder.frames(.output(1)) == [tagged, tagged, tagged])
        }
    }

    @Test func checkPacketLength() throws {
        let bed = ActionBed()
        for last in [true, false] {
            var recorder = unsafe Recorder(bed.pool)
            let long = frame + [UInt8](repeating: 1, count: 100)
            let actions: [DPAction] = [.checkPacketLength(UInt32(frame.count), greater: [push, output(1)], lessOrEqual: [output(2)])] + (last ? [] : [output(3)])
            try run(actions, on: [bed.packet(frame), bed.packet(long), bed.packet(frame)], &recorder)
            #expect(recorder.frames(.output(1)).map(\.count) == [long.count + 4])
            #expect(recorder.frames(.output(2)) == [frame, frame])
            #expect(recorder.frames(.output(3)) == (last ? [] : [frame, long, frame]))
            #expect(recorder.sent.count == (last ? 3 : 6))
            let intact = recorder.release()
            #expect(intact)
        }
        #expect(bed.inUse == 0)
    }

    /// The deepest nesting that compiles also runs: every level keeps two parts and the copies of one.
    @Test func deepestNesting() throws {
        var actions: [DPAction] = [output(1), output(1)]
        for _ in 0..<ActionLimits.nesting { actions = [.checkPacketLength(10, greater: actions, lessOrEqual: [output(3)]), output(2)] }
        try check(actions, count: 2) { recorder in
            #expect(recorder.frames(.output(1)).count == 4 && recorder.frames(.output(2)).count == 2 * ActionLimits.nesting)
            #expect(recorder.frames(.output(3)).isEmpty)
        }
    }

    @Test func sampleTakesItsShare() throws {
        let bed = ActionBed()
        for last in [true, false] {
            var recorder = unsafe Recorder(bed.pool, seed: 11)
            var sampled = 0, passed = 0, dropped = 0
            for _ in 0..<200 {
                let actions: [DPAction] = [.sample(probability: .max / 4, [push, .userspace(userdata: 1, maxLength: 0)])] + (last ? [] : [output(2)])
                try run(actions, on: (0..<32).map { _ in bed.packet(frame) }, &recorder)
                sampled += recorder.frames(.upcall(1)).count
                passed += recorder.frames(.output(2)).count
                dropped += recorder.dropReasons.count
                let intact = recorder.release()
                #expect(intact)
            }
            // 1600 of 6400 on average, standard deviation 35.
            #expect((1400...1800).contains(sampled), "\(sampled)")
            #expect(passed == (last ? 0 : 6400) && dropped == (last ? 6400 - sampled : 0))
        }
        #expect(bed.inUse == 0)
    }

    @Test func metersDropWhatTheyDoNotAdmit() throws {
        let bed = ActionBed()
        var recorder = unsafe Recorder(bed.pool)
        recorder.meterLimit = 60
        let long = frame + [UInt8](repeating: 1, count: 100)
        try run([.meter(4), .recirc(RecircID(6))], on: [bed.packet(long), bed.packet(frame), bed.packet(long), bed.packet(frame)], &recorder)
        #expect(recorder.charged.map(\.length) == [long.count, frame.count, long.count, frame.count])
        #expect(recorder.dropReasons == [.meter, .meter] && recorder.frames(.recirculation(6)) == [frame, frame])
        let intact = recorder.release()
        #expect(intact && bed.inUse == 0)
    }

    @Test func noHeadroomNoBufferBadPacket() throws {
        let bed = ActionBed(mbufs: 7)
        var recorder = unsafe Recorder(bed.pool)
        try run([push, output(1)], on: [bed.packet(frame, headroom: 3), bed.packet(frame, headroom: 4), bed.packet([1, 2, 3])], &recorder)
        #expect(recorder.dropReasons == [.noHeadroom, .badPacket] && recorder.frames(.output(1)) == [tagged])
        var intact = recorder.release()
        #expect(intact)
        try run([.popVLAN, output(1)], on: [bed.packet(frame), bed.packet(tagged)], &recorder)
        #expect(recorder.dropReasons == [.badPacket] && recorder.frames(.output(1)) == [frame])
        intact = recorder.release()
        #expect(intact)
        // Seven mbufs: four packets leave room for three real copies; what has been sent keeps its bytes.
        try run([output(1), push, output(2)], on: (0..<4).map { _ in bed.packet(frame) }, &recorder)
        #expect(recorder.frames(.output(1)).count == 3 && recorder.missedCopies == 1 && recorder.frames(.output(2)).count == 4)
        intact = recorder.release()
        #expect(intact)
        // A shared packet that cannot be copied is dropped, not written to.
        let packets = (0..<7).map { _ in bed.packet(frame) }
        let shared = packets[0]
        unsafe nt_mbuf_ref(shared.raw)
        try run([push, output(1)], on: packets, &recorder)
        #expect(recorder.dropReasons == [.noBuffer] && recorder.frames(.output(1)).count == 6 && shared.allBytes == frame)
        shared.free()
        intact = recorder.release()
        #expect(intact && bed.inUse == 0)
    }

    @Test func bareAndBack() throws {
        try check([.popEthernet, .userspace(userdata: 1, maxLength: 0), .pushEthernet(src: EthernetAddress(0xa), dst: EthernetAddress(0xb)), output(1)]) { recorder in
            #expect(recorder.frames(.upcall(1)) == Array(repeating: Array(frame.dropFirst(14)), count: 3))
            #expect(recorder.sent[0].key.l0.dlType == BE16(0x0800) && recorder.sent[0].key.l0.tpDst == BE16(5008))
            #expect(recorder.frames(.output(1)) == Array(repeating: bytes("00000000000b00000000000a0800") + frame.dropFirst(14), count: 3))
        }
        try check([push, .popEthernet, push, output(1)]) { recorder in #expect(recorder.dropReasons == [.badPacket, .badPacket, .badPacket]) }
    }
}
