import TestSupport
import Testing
@testable import NetDev

extension NetDevTests {
    @Suite struct SoftwareOffloadTests {
        private struct Random: RandomNumberGenerator {
            var state: UInt64
            mutating func next() -> UInt64 {
                state &+= 0x9e37_79b9_7f4a_7c15
                var z = state
                z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
                z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
                return z ^ (z >> 31)
            }
        }

        private static func segments(_ frame: [UInt8], _ kind: Segmentation.Kind, size: Int) -> [[UInt8]]? {
            guard let plan = Segmentation(frame.span, kind: kind, size: size) else { return nil }
            return (0..<plan.count).map { index in
                var segment = [UInt8](repeating: 0xee, count: plan.length(index))
                var span = segment.mutableSpan
                plan.write(index, of: frame.span, to: &span)
                return segment
            }
        }

        /// scapy builds the large frame, and each segment as it must look.
        private static let cases = Task { try await python(program) }
        private static let program = """
            import sys
            from scapy.all import *
            def tcp(ip, data, seq, flags): return ip/TCP(sport=1, dport=2, seq=seq, ack=9, flags=flags, options=[('NOP', None), ('NOP', None), ('Timestamp', (1, 2))])/data
            def case(kind, size, make, data):
                parts = [data[i:i+size] for i in range(0, len(data), size)]
                print(kind, size, raw(make(data, 0, 0, 1)).hex(), *[raw(make(p, i, i * size, len(parts))).hex() for i, p in enumerate(parts)])
            data = bytes(i * 7 & 255 for i in range(3001))
            e = Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')
            def flags(i, n): return ('C' if i == 0 else '') + 'A' + ('PF' if i == n - 1 else '')
            for l2 in [e, e/Dot1Q(vlan=5), e/Dot1AD(vlan=3)/Dot1Q(vlan=5)]:
                case('tcp4', 1000, lambda d, i, o, n: tcp(l2/IP(src='1.2.3.4', dst='5.6.7.8', id=0xfffe + i & 0xffff), d, 0xfffffe00 + o & 0xffffffff, flags(i, n)), data)
                case('tcp6', 999, lambda d, i, o, n: tcp(l2/IPv6(src='fd00::1', dst='fd00::2'), d, 77 + o, flags(i, n)), data)
                case('udp', 512, lambda d, i, o, n: l2/IP(src='1.2.3.4', dst='5.6.7.8', id=i)/UDP(sport=3, dport=4)/d, data)
                case('udp', 1452, lambda d, i, o, n: l2/IPv6(src='fd00::1', dst='fd00::2')/UDP(sport=3, dport=4)/d, data)
            case('tcp4', 4000, lambda d, i, o, n: tcp(e/IP(src='1.2.3.4', dst='5.6.7.8', options=[IPOption_RR()]), d, 5, flags(i, n)), data)
            case('tcp6', 700, lambda d, i, o, n: tcp(e/IPv6(src='fd00::1', dst='fd00::2')/IPv6ExtHdrDestOpt(), d, 77 + o, flags(i, n)), data)
            """

        private static func bytes(_ hex: Substring) -> [UInt8] {
            let digits = Array(hex.utf8)
            return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0 }
        }

        @Test func segmentsAreWhatScapyBuilds() async throws {
            let result = try await Self.cases.value
            try #require(result.status == 0, "\(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 14)
            let kinds: [Substring: Segmentation.Kind] = ["tcp4": .tcp4, "tcp6": .tcp6, "udp": .udp]
            for line in lines {
                let words = line.split(separator: " ")
                let kind = try #require(kinds[words[0]]), size = try #require(Int(words[1]))
                #expect(Self.segments(Self.bytes(words[2]), kind, size: size) == words.dropFirst(3).map(Self.bytes), "\(words[0]) \(size)")
            }
        }

        @Test func framesThatAreNotWhatTheKernelSaysAreRefused() async throws {
            let line = try #require(try await Self.cases.value.output.split(separator: "\n").first)
            let frame = Self.bytes(line.split(separator: " ")[2])
            #expect(Self.segments(frame, .tcp4, size: 1000) != nil)
            #expect(Self.segments(frame, .tcp6, size: 1000) == nil)
            #expect(Self.segments(frame, .udp, size: 1000) == nil)
            #expect(Self.segments(frame, .tcp4, size: 0) == nil)
            // The headers without payload, and every shorter piece of them.
            for count in 0...66 { #expect(Self.segments(Array(frame.prefix(count)), .tcp4, size: 100) == nil) }
        }

        /// Bytes of strangers: nothing but a refusal or whole segments may come of them, in particular no trap.
        @Test(arguments: [1, 2, 3] as [UInt64]) func brokenFramesDoNotTrap(_ seed: UInt64) async throws {
            var random = Random(state: seed)
            let frames = try await Self.cases.value.output.split(separator: "\n").map { Self.bytes($0.split(separator: " ")[2]) }
            try #require(!frames.isEmpty)
            let kinds: [Segmentation.Kind] = [.tcp4, .tcp6, .udp]
            var accepted = 0
            for _ in 0..<3000 {
                var frame = frames[Int.random(in: 0..<frames.count, using: &random)]
                frame.removeLast(Int.random(in: 0...frame.count, using: &random))
                for _ in 0..<Int.random(in: 0...4, using: &random) where !frame.isEmpty {
                    frame[Int.random(in: 0..<min(frame.count, 80), using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                let size = Int.random(in: 64...2000, using: &random)
                if let segments = Self.segments(frame, kinds[Int.random(in: 0..<3, using: &random)], size: size) {
                    accepted += 1
                    #expect(segments.allSatisfy { $0.count <= frame.count })
                }
                var span = frame.mutableSpan
                _ = completeChecksum(&span, start: Int.random(in: 0...2100, using: &random), offset: Int.random(in: 0...2100, using: &random))
            }
            #expect(accepted > 100)
        }

        @Test func aChecksumIsCompletedWithinTheFrameOnly() {
            var frame: [UInt8] = [9, 9, 0x12, 0x34, 0x00, 0x00, 0x56]
            var span = frame.mutableSpan
            #expect(completeChecksum(&span, start: 2, offset: 2))
            #expect(frame == [9, 9, 0x12, 0x34, 0x97, 0xcb, 0x56])
            span = frame.mutableSpan
            #expect(!completeChecksum(&span, start: 2, offset: 4))
            #expect(!completeChecksum(&span, start: 8, offset: 0))
            #expect(!completeChecksum(&span, start: 0, offset: -1))
            // A sum of all ones: the checksum is not sent as zero.
            var ones: [UInt8] = [0xff, 0xff, 0, 0]
            span = ones.mutableSpan
            #expect(completeChecksum(&span, start: 0, offset: 2))
            #expect(ones == [0xff, 0xff, 0xff, 0xff])
        }
    }
}
