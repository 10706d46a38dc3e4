import Testing
import Wire

/// A seeded source of numbers (SplitMix64).
private struct Numbers {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
}

/// The checksum as RFC 1071 words it: 16-bit big-endian words, one after the other.
private func plainChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        let low = index + 1 < bytes.count ? bytes[index + 1] : 0
        sum += UInt32(bytes[index]) << 8 | UInt32(low)
        sum = (sum & 0xffff) + (sum >> 16)
    }
    return ~UInt16(sum)
}

private func fastChecksum(_ bytes: [UInt8]) -> UInt16 {
    // The array's own bytes and count.
    unsafe bytes.withUnsafeBytes { buffer in
        unsafe buffer.baseAddress.map { unsafe internetChecksum($0, buffer.count).host } ?? 0xffff
    }
}

@Suite struct ChecksumTests {
    /// The example of RFC 1071, section 3: the words 0001 f203 f4f5 f6f7 add up to ddf2.
    @Test func exampleOfRFC1071() {
        #expect(fastChecksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]) == ~0xddf2)
        #expect(fastChecksum([]) == 0xffff)
    }

    @Test func everyLengthAgreesWithThePlainSum() {
        var numbers = Numbers(state: 1)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in numbers.byte() }
            #expect(fastChecksum(bytes) == plainChecksum(bytes), "length \(length)")
        }
        #expect(fastChecksum([UInt8](repeating: 0xff, count: 1500)) == 0)
    }

    @Test func incrementalUpdatesAgreeWithAFreshSum() {
        var numbers = Numbers(state: 2)
        for round in 0..<2000 {
            // Few distinct bytes, so that sums near 0 and 0xffff come up.
            var bytes = (0..<40).map { _ in round % 2 == 0 ? numbers.byte() : [0x00, 0xff][Int(numbers.next() & 1)] }
            bytes[0] = 0x45
            let before = BE16(plainChecksum(bytes))
            let width = [2, 4, 16][round % 3]
            let at = Int(numbers.next() % 8) * 2 + 2
            let old = bytes
            for index in at..<at + width { bytes[index] = round % 4 < 2 ? numbers.byte() : 0xff }
            let new = bytes
            func number(_ source: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
                source[offset..<offset + size].reduce(0) { $0 << 8 | UInt64($1) }
            }
            let updated: BE16 = switch width {
            case 2: updatedChecksum(before, from: BE16(UInt16(number(old, at, 2))), to: BE16(UInt16(number(new, at, 2))))
            case 4: updatedChecksum(before, from: BE32(UInt32(number(old, at, 4))), to: BE32(UInt32(number(new, at, 4))))
            default:
                updatedChecksum(
                    before, from: BE128(high: number(old, at, 8), low: number(old, at + 8, 8)),
                    to: BE128(high: number(new, at, 8), low: number(new, at + 8, 8)))
            }
            #expect(updated.host == plainChecksum(bytes), "round \(round), width \(width)")
        }
    }

    @Test func pseudoHeaders() {
        // Built by hand: 192.0.2.1 → 198.51.100.2, UDP, 9 bytes.
        let v4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 2, 0, 17, 0, 9]
        let sum4 = pseudoHeaderSum(BE32(0xc000_0201), BE32(0xc633_6402), proto: 17, length: 9)
        #expect(checksum(ofSum: sum4).host == plainChecksum(v4))
        // 2001:db8::1 → ff02::ffff:fffe, ICMPv6, 70000 bytes (a jumbogram's upper-layer length has 32 bits).
        var v6: [UInt8] = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        v6 += [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe]
        v6 += [0x00, 0x01, 0x11, 0x70, 0, 0, 0, 58]
        let sum6 = pseudoHeaderSum(
            BE128(high: 0x2001_0db8_0000_0000, low: 1), BE128(high: 0xff02_0000_0000_0000, low: 0xffff_fffe), proto: 58, length: 70000)
        #expect(checksum(ofSum: sum6).host == plainChecksum(v6))
        #expect(udpChecksum(BE16(0)).host == 0xffff)
        #expect(udpChecksum(BE16(5)).host == 5)
    }
}
