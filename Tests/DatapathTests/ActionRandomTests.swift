import CDPDK
import Flow
import NetDev
import Testing
import Wire
@testable import Datapath

/// Random lists of actions against an interpreter of the same lists over arrays of bytes.
@Suite struct ActionRandomTests {
    /// What a packet meets, in order.
    struct Arrival: Hashable {
        var place: Recorder.Place
        var bytes: [UInt8]
        var pktMark: UInt32
    }

    /// The meaning of actions, as ovs-actions(7) has it, for one packet whose copies cost nothing.
    struct Interpreter {
        var arrivals: [Arrival] = []

        mutating func run(_ actions: [DPAction], _ start: [UInt8], mark: UInt32 = 0, cut: Int? = nil) {
            var frame = start, mark = mark, cut = cut
            for action in actions {
                switch action {
                case .output(let port):
                    arrive(.output(port.number), frame, cut)
                    cut = nil
                case .userspace(let userdata, let length):
                    let limit = length == 0 ? cut : min(Int(length), cut ?? .max)
                    arrive(.upcall(userdata), frame, limit, mark)
                    cut = nil
                case .recirc(let id): arrive(.recirculation(id.number), frame, nil, mark)
                case .trunc(let length): cut = max(14, Int(length))
                case .clone(let nested): run(nested, frame, mark: mark, cut: cut)
                case .sample(let probability, let nested): if probability == .max { run(nested, frame, mark: mark, cut: cut) }
                case .checkPacketLength(let length, let greater, let lessOrEqual):
                    run(frame.count > length ? greater : lessOrEqual, frame, mark: mark, cut: cut)
                case .pushVLAN(let tpid, let tci):
                    let tag = [tpid.host >> 8, tpid.host & 255, tci.host >> 8 & 0xef, tci.host & 255].map(UInt8.init)
                    frame.insert(contentsOf: tag, at: 12)
                case .popVLAN: frame.removeSubrange(12..<16)
                case .set(.pktMark(let value, let mask)): mark = mark & ~mask | value & mask
                case .set(.ethernet(_, let dst, _, _)):
                    for index in 0..<6 { frame[index] = UInt8(truncatingIfNeeded: dst.number >> (40 - 8 * UInt64(index))) }
                case .drop: return
                default: break
                }
            }
        }
        private mutating func arrive(_ place: Recorder.Place, _ frame: [UInt8], _ cut: Int?, _ mark: UInt32 = 0) {
            arrivals.append(Arrival(place: place, bytes: Array(frame.prefix(cut ?? .max)), pktMark: mark))
        }
    }

    /// A list; tags are pushed and popped so that a pop always finds one.
    private func randomList(_ state: inout UInt64, depth: Int, tags: inout Int) -> [DPAction] {
        (0..<Int(splitMix64(&state) % 6)).map { _ in
            switch splitMix64(&state) % (depth > 0 ? 14 : 10) {
            case 0...2: return .output(ODPPort(UInt32(splitMix64(&state) % 4)))
            case 3 where tags > 0:
                tags -= 1
                return .popVLAN
            case 3...4:
                tags += 1
                return .pushVLAN(tpid: BE16(0x8100), tci: BE16(UInt16(truncatingIfNeeded: splitMix64(&state))))
            case 5: return .set(.pktMark(UInt32(splitMix64(&state) % 256), mask: 0xf0f0))
            case 6:
                return .set(.ethernet(src: .zero, dst: EthernetAddress(splitMix64(&state) & 0xffff_ffff_ffff), srcMask: .zero, dstMask: .broadcast))
            case 7: return .recirc(RecircID(UInt32(splitMix64(&state) % 3)))
            case 8: return .trunc(maxLength: UInt32(splitMix64(&state) % 100))
            case 9: return splitMix64(&state) % 6 == 0 ? .drop : .userspace(userdata: splitMix64(&state) % 3, maxLength: UInt32(splitMix64(&state) % 2) * 50)
            default: return nested(&state, depth: depth, tags: tags)
            }
        }
    }

    private func nested(_ state: inout UInt64, depth: Int, tags: Int) -> DPAction {
        var inner = tags, other = tags
        let list = randomList(&state, depth: depth - 1, tags: &inner)
        switch splitMix64(&state) % 3 {
        case 0: return .clone(list)
        case 1: return .sample(probability: splitMix64(&state) % 2 == 0 ? .max : 0, list)
        default: return .checkPacketLength(90, greater: list, lessOrEqual: randomList(&state, depth: depth - 1, tags: &other))
        }
    }

    /// Packets of all kinds (own, shared, indirect, scattered) through random lists: the same arrivals in the same order,
    /// nothing lost, nothing freed twice, nobody's bytes changed.
    @Test(arguments: Array(1...6)) func sameAsTheInterpreter(seed: UInt64) throws {
        var state = seed
        let bed = ActionBed(mbufs: 8191)
        for _ in 0..<400 {
            var tags = 0
            let actions = randomList(&state, depth: 3, tags: &tags)
            var recorder = unsafe Recorder(bed.pool), packets: [Mbuf] = [], frames: [[UInt8]] = [], others: [(Mbuf, [UInt8])] = []
            for _ in 0..<Int(1 + splitMix64(&state) % 32) {
                var frame = (0..<Int(40 + splitMix64(&state) % 100)).map { _ in UInt8(truncatingIfNeeded: splitMix64(&state)) }
                frame.replaceSubrange(12..<14, with: [0x12, 0x34])
                let kind = splitMix64(&state) % 4
                let packet = bed.packet(frame, segment: kind == 3 ? 17 : 2048)
                if kind == 1 { others.append((unsafe copiedPacket(packet, real: false, pool: bed.pool)!, frame)) }
                if kind == 2 { others.append((try unsafe Mbuf(#require(nt_mbuf_clone(packet.raw, bed.pool))), frame)) }
                packets.append(packet)
                frames.append(frame)
            }
            try run(actions, on: packets, &recorder)
            // One packet's arrivals are in order; those of a batch are grouped by action, so they are compared as sets.
            var interpreter = Interpreter()
            for frame in frames { interpreter.run(actions, frame) }
            var counts: [Arrival: Int] = [:]
            for arrival in interpreter.arrivals { counts[arrival, default: 0] += 1 }
            for one in recorder.sent where one.place != .drop {
                let mark = if case .output = one.place { UInt32(0) } else { one.pktMark }
                counts[Arrival(place: one.place, bytes: one.bytes, pktMark: mark), default: 0] -= 1
            }
            #expect(counts.values.allSatisfy { $0 == 0 }, "\(actions)")
            if packets.count == 1 { #expect(recorder.sent.filter { $0.place != .drop }.map(\.place) == interpreter.arrivals.map(\.place)) }
            // A packet that came to nothing is a drop, and only such a one (an output under a chance of less than one is not certain).
            if interpreter.arrivals.isEmpty { #expect(recorder.dropReasons == Array(repeating: .action, count: packets.count)) }
            let intact = recorder.release()
            #expect(intact)
            for (other, frame) in others {
                #expect(other.allBytes == frame)
                other.free()
            }
            try #require(bed.inUse == 0, "\(actions)")
        }
    }
}
