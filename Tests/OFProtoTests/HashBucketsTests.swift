import Testing
@testable import OFProto

/// Open addressing under many collisions, beside a dictionary.
@Suite struct HashBucketsTests {
    @Test func numbersAreFoundByTheirHashes() {
        var random = Random(seed: 3)
        var buckets = HashBuckets()
        var numbers: [UInt32: UInt32] = [:]
        for _ in 0..<20_000 {
            let number = UInt32(1 + random.below(300))
            if let hash = numbers.removeValue(forKey: number) {
                let place = buckets.place(hash) { $0 == number }
                #expect(place != nil)
                if let place { buckets.remove(at: place) }
            } else {
                // Homes at both ends of the table, so that rows go over its end.
                let hash = UInt32(bitPattern: Int32(random.below(8) - 4)) &+ UInt32(random.below(2)) << 20
                buckets.insert(hash, number)
                numbers[number] = hash
            }
            let asked = UInt32(1 + random.below(300))
            let hash = numbers[asked] ?? 7
            #expect((buckets.place(hash) { $0 == asked } != nil) == (numbers[asked] != nil))
        }
        #expect(numbers.allSatisfy { number, hash in buckets.place(hash) { $0 == number }.map { buckets[$0] } == number })
    }

    @Test func hashesAreCounted() {
        var random = Random(seed: 4)
        var counts = HashCounts()
        var reference: [UInt32: Int] = [:]
        for _ in 0..<10_000 {
            let hash = UInt32(random.below(40)) << 3
            if random.below(2) == 0 {
                counts.add(hash)
                reference[hash, default: 0] += 1
            } else {
                counts.remove(hash)
                reference[hash] = reference[hash].flatMap { $0 > 1 ? $0 - 1 : nil }
            }
            #expect(counts.contains(hash) == (reference[hash] != nil))
        }
    }
}
