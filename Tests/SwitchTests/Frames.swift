import Flow
import Testing

/// Frames of many kinds. The last twelve bytes name the flow and the place in it, so that order can be told from a frame alone.
struct FrameSource {
    private var random: UInt64

    init(seed: UInt64) { random = seed }

    /// A frame of a flow: all frames of one flow have the same headers and differ in payload, length and sequence number.
    mutating func frame(flow: UInt32, sequence: UInt32, source: UInt64? = nil, destination: UInt64? = nil) -> [UInt8] {
        var payload: [UInt8] = []
        for _ in 0..<splitMix64(&random) % 24 { payload += bytes(splitMix64(&random), 8) }
        payload += [UInt8](repeating: 0x5a, count: Int(splitMix64(&random) % 2) * Int(splitMix64(&random) % 700))
        payload = join([payload, bytes(0x7461_6773, 4), bytes(UInt64(flow), 4), bytes(UInt64(sequence), 4)])
        let target = destination ?? 0x0200_0000_0000 | UInt64(flow)
        return join([bytes(target, 6), bytes(source ?? 0x0600_0000_0000 | UInt64(flow), 6), Self.packet(UInt64(flow), payload)])
    }

    /// The first frame of a flow.
    static func one(flow: UInt32) -> [UInt8] {
        var source = FrameSource(seed: UInt64(flow))
        return source.frame(flow: flow, sequence: 0)
    }

    /// From the EtherType on. Eight kinds, by the flow's number.
    private static func packet(_ flow: UInt64, _ payload: [UInt8]) -> [UInt8] {
        let ports = join([bytes(1024 + flow % 50_000, 2), bytes(flow % 7 + 53, 2)])
        let udp = join([ports, bytes(UInt64(8 + payload.count), 2), [0, 0], payload])
        switch flow % 8 {
        case 0: return join([[0x08, 0x00], ipv4(17, flow, udp)])
        case 1: return join([[0x08, 0x00], ipv4(6, flow, join([ports, bytes(0, 8), [0x50, 0x10, 0x20, 0, 0, 0, 0, 0], payload]))])
        case 2: return join([[0x08, 0x00], ipv4(1, flow, join([[8, 0, 0, 0], bytes(flow, 4), payload]))])
        // An ARP request; what follows is padding.
        case 3: return join([[0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1], bytes(flow, 6), bytes(flow, 4), bytes(0, 6), bytes(~flow, 4), payload])
        case 4:
            let header = join([[0x60, 0, 0, 0], bytes(UInt64(udp.count), 2), [17, 64]])
            return join([[0x86, 0xdd], header, bytes(0xfd00 << 48, 8), bytes(flow, 8), bytes(0xfd01 << 48, 8), bytes(flow, 8), udp])
        case 5: return join([[0x81, 0x00], bytes(flow % 4094 + 1, 2), [0x08, 0x00], ipv4(17, flow, udp)])
        case 6: return join([bytes(0x88b5, 2), payload])
        // IEEE 802.3 with LLC: a length in the place of the type.
        default: return join([bytes(UInt64(payload.count + 3), 2), [0x42, 0x42, 0x03], payload])
        }
    }

    private static func ipv4(_ proto: UInt8, _ flow: UInt64, _ payload: [UInt8]) -> [UInt8] {
        let start = join([[0x45, 0], bytes(UInt64(20 + payload.count), 2), [0, 0, 0, 0, 64, proto]])
        let end = join([bytes(0x0a00_0000 | flow, 4), bytes(0x0a80_0000 | flow, 4)])
        var sum: UInt32 = 0
        for (index, byte) in (start + end).enumerated() { sum += UInt32(byte) << (index % 2 == 0 ? 8 : 0) }
        while sum > 0xffff { sum = (sum >> 16) + (sum & 0xffff) }
        return join([start, bytes(UInt64(~sum & 0xffff), 2), end, payload])
    }
}

/// Pieces of a frame in one.
func join(_ pieces: [[UInt8]]) -> [UInt8] { pieces.flatMap { $0 } }

/// The low `count` bytes of a number, the most significant first.
func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) }
}

/// The flow and the place in it that a frame of `FrameSource` names; nil for another frame.
func tag(_ frame: [UInt8]) -> (flow: UInt32, sequence: UInt32)? {
    guard frame.count >= 26 else { return nil }
    let end = frame.suffix(12)
    guard Array(end.prefix(4)) == bytes(0x7461_6773, 4) else { return nil }
    let number = end.dropFirst(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return (UInt32(number >> 32), UInt32(truncatingIfNeeded: number))
}

/// The frames of each flow in their order.
func byFlow(_ frames: [[UInt8]]) -> [UInt32: [[UInt8]]] {
    Dictionary(grouping: frames) { tag($0)?.flow ?? .max }
}

/// Expects the same frames, each as often, in any order.
func expectSame(_ frames: [[UInt8]], _ expected: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation) {
    var missing: [[UInt8]: Int] = [:]
    for frame in expected { missing[frame, default: 0] += 1 }
    for frame in frames { missing[frame, default: 0] -= 1 }
    let lost = missing.values.filter { $0 > 0 }.reduce(0, +), extra = -missing.values.filter { $0 < 0 }.reduce(0, +)
    #expect(lost == 0 && extra == 0, "of \(expected.count) frames \(lost) are missing, \(extra) are wrong or too many", sourceLocation: sourceLocation)
}

/// Expects the same frames, each flow's in the same order.
func expectSameOrder(_ frames: [[UInt8]], _ expected: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation) {
    expectSame(frames, expected, sourceLocation: sourceLocation)
    let wanted = byFlow(expected)
    let wrong = byFlow(frames).filter { wanted[$0.key] != $0.value }.keys.sorted()
    #expect(wrong.isEmpty, "flows out of order", sourceLocation: sourceLocation)
}

/// The frame with a VLAN tag behind its addresses.
func tagged(_ frame: [UInt8], tci: UInt16) -> [UInt8] {
    join([Array(frame[0..<12]), [0x81, 0x00], bytes(UInt64(tci), 2), Array(frame[12...])])
}
