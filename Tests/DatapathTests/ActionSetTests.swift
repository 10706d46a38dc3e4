import CDPDK
import Foundation
import Flow
import NetDev
import Testing
import TestSupport
import Wire
@testable import Datapath

/// A frame, actions, and what scapy says the frame becomes.
struct ScapyCase: Decodable {
    struct Action: Decodable {
        var op: String
        var v: [String: String]?
        var m: [String: String]?
    }
    var name: String
    var frame: String
    var actions: [Action]
    var expected: String

    static func make(seed: Int, count: Int) async throws -> [ScapyCase] {
        let result = try await python(scapyCases, [String(seed), String(count)], seconds: 120)
        try #require(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode([ScapyCase].self, from: Data(result.output.utf8))
    }
}

func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

extension ScapyCase.Action {
    private func number(_ fields: [String: String]?, _ name: String) -> UInt64 { UInt64(fields?[name] ?? "0", radix: 16) ?? 0 }
    private func be16(_ f: [String: String]?, _ name: String) -> BE16 { BE16(UInt16(truncatingIfNeeded: number(f, name))) }
    private func be32(_ f: [String: String]?, _ name: String) -> BE32 { BE32(UInt32(truncatingIfNeeded: number(f, name))) }
    private func byte(_ f: [String: String]?, _ name: String) -> UInt8 { UInt8(truncatingIfNeeded: number(f, name)) }
    private func mac(_ f: [String: String]?, _ name: String) -> EthernetAddress { EthernetAddress(number(f, name)) }
    private func be128(_ f: [String: String]?, _ name: String) -> BE128 {
        let text = f?[name] ?? String(repeating: "0", count: 32)
        return BE128(high: UInt64(text.prefix(16), radix: 16) ?? 0, low: UInt64(text.suffix(16), radix: 16) ?? 0)
    }

    var action: DPAction {
        get throws {
            switch op {
            case "ethernet":
                return .set(.ethernet(src: mac(v, "src"), dst: mac(v, "dst"), srcMask: mac(m, "src"), dstMask: mac(m, "dst")))
            case "ipv4": return .set(.ipv4(ipv4(v), mask: ipv4(m)))
            case "ipv6": return .set(.ipv6(ipv6(v), mask: ipv6(m)))
            case "tcp": return .set(.tcp(src: be16(v, "src"), dst: be16(v, "dst"), srcMask: be16(m, "src"), dstMask: be16(m, "dst")))
            case "udp": return .set(.udp(src: be16(v, "src"), dst: be16(v, "dst"), srcMask: be16(m, "src"), dstMask: be16(m, "dst")))
            case "sctp": return .set(.sctp(src: be16(v, "src"), dst: be16(v, "dst"), srcMask: be16(m, "src"), dstMask: be16(m, "dst")))
            case "icmp": return .set(.icmp(type: byte(v, "type"), code: byte(v, "code"), typeMask: byte(m, "type"), codeMask: byte(m, "code")))
            case "arp": return .set(.arp(arp(v), mask: arp(m)))
            case "nd": return .set(.nd(nd(v), mask: nd(m)))
            case "mpls": return .set(.mpls(lse: be32(v, "lse"), mask: be32(m, "lse")))
            case "push_vlan": return .pushVLAN(tpid: be16(v, "tpid"), tci: be16(v, "tci"))
            case "pop_vlan": return .popVLAN
            case "push_mpls": return .pushMPLS(lse: be32(v, "lse"), etherType: be16(v, "type"))
            case "pop_mpls": return .popMPLS(etherType: be16(v, "type"))
            case "pop_eth": return .popEthernet
            case "push_eth": return .pushEthernet(src: mac(v, "src"), dst: mac(v, "dst"))
            default: throw CommandError(op: op)
            }
        }
    }
    struct CommandError: Error { var op: String }

    private func ipv4(_ f: [String: String]?) -> DPSetIPv4 {
        var set = DPSetIPv4()
        set.src = be32(f, "src"); set.dst = be32(f, "dst"); set.tos = byte(f, "tos"); set.ttl = byte(f, "ttl")
        return set
    }
    private func ipv6(_ f: [String: String]?) -> DPSetIPv6 {
        var set = DPSetIPv6()
        set.src = be128(f, "src"); set.dst = be128(f, "dst"); set.label = be32(f, "label")
        set.trafficClass = byte(f, "tclass"); set.hopLimit = byte(f, "hlimit")
        return set
    }
    private func arp(_ f: [String: String]?) -> DPSetARP {
        var set = DPSetARP()
        set.opcode = be16(f, "op"); set.spa = be32(f, "spa"); set.tpa = be32(f, "tpa"); set.sha = mac(f, "sha"); set.tha = mac(f, "tha")
        return set
    }
    private func nd(_ f: [String: String]?) -> DPSetND {
        var set = DPSetND()
        set.target = be128(f, "target"); set.sll = mac(f, "sll"); set.tll = mac(f, "tll")
        return set
    }
}

/// Every set, push and pop against scapy's idea of the frame.
@Suite struct ActionSetTests {
    @Test(arguments: [1, 2, 3]) func becomesWhatScapyBuilds(seed: Int) async throws {
        let bed = ActionBed()
        for one in try await ScapyCase.make(seed: seed, count: 1500) {
            var recorder = unsafe Recorder(bed.pool)
            let actions = try one.actions.map { try $0.action }
            try run(actions + [.output(ODPPort(7))], on: [bed.packet(bytes(one.frame))], &recorder)
            let frames = recorder.frames(.output(7)).map(hex)
            #expect(frames == [one.expected], "\(one.name)\n\(one.frame)")
            #expect(recorder.sent.count == 1)
            let intact = recorder.release()
            #expect(intact)
        }
        #expect(bed.inUse == 0)
    }

    /// The same when the headers stand in several segments, or somebody else holds the packet: his bytes stay.
    @Test func sharedAndScatteredPackets() async throws {
        let bed = ActionBed()
        var state: UInt64 = 7
        for one in try await ScapyCase.make(seed: 4, count: 600) {
            var recorder = unsafe Recorder(bed.pool)
            let actions = try one.actions.map { try $0.action }
            let original = bytes(one.frame), kind = splitMix64(&state) % 3
            let packet = bed.packet(original, segment: kind == 0 ? 10 + Int(splitMix64(&state) % 60) : 2048)
            var other: Mbuf?
            if kind == 1 { other = unsafe copiedPacket(packet, real: false, pool: bed.pool) }
            if kind == 2 { other = try unsafe Mbuf(#require(nt_mbuf_clone(packet.raw, bed.pool))) }
            // The executor gets the indirect one, or the direct one whose bytes an indirect one uses.
            let swapped = kind == 2 && splitMix64(&state) % 2 == 0
            let given = swapped ? other! : packet, kept = swapped ? packet : other
            try run(actions + [.output(ODPPort(7))], on: [given], &recorder)
            #expect(recorder.frames(.output(7)).map(hex) == [one.expected], "\(one.name)\n\(one.frame)")
            if let kept {
                #expect(kept.allBytes == original, "\(one.name)")
                kept.free()
            }
            let intact = recorder.release()
            #expect(intact)
        }
        #expect(bed.inUse == 0)
    }

    /// Frames cut at every length: nothing around the frame changes, no access goes past its end (the view asserts that),
    /// and no packet is lost.
    @Test func truncatedAtEveryLength() async throws {
        let bed = ActionBed()
        for one in try await ScapyCase.make(seed: 5, count: 150) {
            let actions = try one.actions.map { try $0.action }
            let frame = bytes(one.frame)
            for length in 0..<min(frame.count, 150) {
                var recorder = unsafe Recorder(bed.pool)
                let packet = bed.packet(Array(frame.prefix(length)))
                let end = unsafe Int(bitPattern: packet.data) + length
                try run(actions + [.output(ODPPort(7))], on: [packet], &recorder)
                try #require(recorder.sent.count == 1)
                let got = recorder.sent[0].packet
                // Nothing moves a frame's end.
                #expect(unsafe Int(bitPattern: got.data) + got.length == end, "\(one.name) cut at \(length)")
                #expect(got.surroundings.suffix(64).allSatisfy { $0 == 0xa5 }, "\(one.name) cut at \(length)")
                let intact = recorder.release()
                #expect(intact)
            }
        }
        #expect(bed.inUse == 0)
    }

    /// Random bytes as a frame: no trap, no loss, and a set alone never changes the length.
    @Test func randomBytes() throws {
        let bed = ActionBed()
        var state: UInt64 = 99
        let types: [[UInt8]] = [[8, 0], [0x86, 0xdd], [8, 6], [0x88, 0x47], [0x81, 0, 1, 2, 8, 0], [0x88, 0xa8, 1, 2, 0x81, 0, 1, 2, 0x86, 0xdd]]
        for _ in 0..<4000 {
            var frame = (0..<Int(splitMix64(&state) % 160)).map { _ in UInt8(truncatingIfNeeded: splitMix64(&state)) }
            let type = types[Int(splitMix64(&state) % UInt64(types.count))]
            if frame.count >= 12 + type.count { frame.replaceSubrange(12..<(12 + type.count), with: type) }
            let at = 12 + type.count
            if frame.count > at + 9 {
                // Likelier to be taken for the header that it should be.
                if type.suffix(2) == [8, 0] { frame[at] = 0x45; frame[at + 2] = 0; frame[at + 3] = UInt8(splitMix64(&state) % 150); frame[at + 6] = 0; frame[at + 9] = [6, 17, 132, 1][Int(splitMix64(&state) % 4)] }
                if type.suffix(2) == [0x86, 0xdd] { frame[at + 4] = 0; frame[at + 5] = UInt8(splitMix64(&state) % 120); frame[at + 6] = [0, 43, 44, 51, 60, 58, 6][Int(splitMix64(&state) % 7)] }
            }
            var recorder = unsafe Recorder(bed.pool)
            try run(Self.everySet + [.output(ODPPort(1))], on: [bed.packet(frame)], &recorder)
            #expect(recorder.sent.count == 1 && recorder.sent[0].bytes.count == frame.count)
            let intact = recorder.release()
            #expect(intact)
        }
        #expect(bed.inUse == 0)
    }

    /// One set of each kind with random-looking values and full masks.
    static let everySet: [DPAction] = {
        var v4 = DPSetIPv4(), v4Mask = DPSetIPv4(), v6 = DPSetIPv6(), v6Mask = DPSetIPv6()
        (v4.src, v4.dst, v4.tos, v4.ttl) = (BE32(0x0a01_0203), BE32(0x0b04_0506), 0x28, 17)
        (v4Mask.src, v4Mask.dst, v4Mask.tos, v4Mask.ttl) = (.ones, .ones, 0xfc, 0xff)
        (v6.src, v6.dst, v6.label) = (BE128(high: 1, low: 2), BE128(high: 3, low: 4), BE32(0x12345))
        (v6Mask.src, v6Mask.dst, v6Mask.label) = (.ones, .ones, BE32(0xfffff))
        var arp = DPSetARP(), arpMask = DPSetARP(), nd = DPSetND(), ndMask = DPSetND()
        (arp.opcode, arp.sha, arpMask.opcode, arpMask.sha) = (BE16(2), EthernetAddress(7), .ones, .broadcast)
        (nd.target, nd.sll, nd.tll) = (BE128(high: 9, low: 9), EthernetAddress(1), EthernetAddress(2))
        (ndMask.target, ndMask.sll, ndMask.tll) = (.ones, .broadcast, .broadcast)
        return [
            .set(.ethernet(src: EthernetAddress(1), dst: EthernetAddress(2), srcMask: .broadcast, dstMask: .broadcast)),
            .set(.ipv4(v4, mask: v4Mask)), .set(.ipv6(v6, mask: v6Mask)), .set(.arp(arp, mask: arpMask)), .set(.nd(nd, mask: ndMask)),
            .set(.tcp(src: BE16(1), dst: BE16(2), srcMask: .ones, dstMask: .ones)),
            .set(.udp(src: BE16(3), dst: BE16(4), srcMask: .ones, dstMask: .ones)),
            .set(.sctp(src: BE16(5), dst: BE16(6), srcMask: .ones, dstMask: .ones)),
            .set(.icmp(type: 8, code: 1, typeMask: 0xff, codeMask: 0xff)), .set(.mpls(lse: BE32(0x12345), mask: .ones)),
        ]
    }()
}
