import Testing
@testable import Flow

@Suite struct LineMathTests {
    /// The vector forms against one bit at a time.
    @Test func matchAgreesWithWords() {
        var state: UInt64 = 11
        for turn in 0..<5_000 {
            var key = Line.zero, mask = Line.zero, rule = Line.zero
            for word in 0..<8 {
                key[word] = splitMix64(&state)
                mask[word] = turn % 2 == 0 ? splitMix64(&state) : 1 << (splitMix64(&state) % 64)
                rule[word] = key[word] & mask[word]
            }
            #expect(lineMatches(key, mask, rule))
            #expect(linesEqual(key, key))
            let word = Int(splitMix64(&state) % 8), bit = UInt64(1) << (splitMix64(&state) % 64)
            var other = key
            other[word] ^= bit
            #expect(!linesEqual(key, other))
            #expect(lineMatches(other, mask, rule) == (mask[word] & bit == 0))
        }
    }

    /// Every bit of a line reaches the hash, and the seed decides how.
    @Test func hashDependsOnEveryBitAndOnTheSeed() {
        let seed = HashSeed(seed: 5), other = HashSeed(seed: 6)
        let base = finishHash(lineSum(.zero, seed[0]))
        #expect(base != finishHash(lineSum(.zero, other[0])))
        for word in 0..<8 {
            for bit in 0..<64 {
                var line = Line.zero
                line[word] = 1 << UInt64(bit)
                #expect(finishHash(lineSum(line, seed[0])) != base, "word \(word) bit \(bit)")
            }
        }
    }

    /// Sequential addresses spread over the buckets of a table: no bucket gets more than a few times its share.
    @Test func sequentialKeysSpread() {
        let seed = HashSeed(seed: 9)
        var buckets = [Int](repeating: 0, count: 1024)
        for number in 0..<UInt64(16_384) {
            var line = Line.zero
            line[6] = (0x0a00_0000 + number).byteSwapped
            buckets[Int(finishHash(lineSum(line, seed[0])) & 1023)] += 1
        }
        #expect(buckets.max()! < 48)
        #expect(buckets.filter { $0 == 0 }.isEmpty)
    }
}
