import Testing
@testable import Flow

@Suite struct TupleTableTests {
    /// Random inserts, finds and removals against a dictionary, with few distinct hashes so that buckets overflow.
    @Test(arguments: [1, 2, 3, 4]) func agreesWithADictionary(seed: UInt64) {
        var state = seed
        var table = TupleTable(capacity: 300)
        defer { table.deallocate() }
        var oracle: [UInt32: UInt32] = [:]
        var nextSlot: UInt32 = 0
        for _ in 0..<20_000 {
            let random = splitMix64(&state)
            if random % 3 != 0 && oracle.count < table.capacity {
                let hash = UInt32(truncatingIfNeeded: random >> 32) & 0x000f_001f
                let inserted = table.insert(hash, slot: nextSlot)
                #expect(inserted)
                oracle[nextSlot] = hash
                nextSlot += 1
            } else if let (slot, hash) = oracle.randomElement(using: &state) {
                let first = table.remove(hash, slot: slot), second = table.remove(hash, slot: slot)
                #expect(first && !second)
                oracle[slot] = nil
            }
        }
        #expect(table.count == oracle.count)
        for (slot, hash) in oracle { #expect(table.find(hash) { $0 == slot } == slot) }
        var seen = Set<UInt32>()
        table.forEach { seen.insert($0) }
        #expect(seen == Set(oracle.keys))
    }

    @Test func refusesWhenEveryPlaceIsTaken() {
        var table = TupleTable(capacity: 5)
        defer { table.deallocate() }
        let results = (0..<UInt32(9)).map { table.insert(7, slot: $0) }
        #expect(results == Array(repeating: true, count: 8) + [false])
        for slot in 0..<UInt32(8) { #expect(table.find(7) { $0 == slot } == slot) }
        #expect(table.find(7) { _ in false } == TupleTable.none)
    }

    @Test func aDuplicateIsATableOfItsOwn() {
        var table = TupleTable(capacity: 40)
        // Few hashes, so that entries have passed over full buckets.
        for slot in 0..<UInt32(40) { _ = table.insert(slot % 3, slot: slot) }
        #expect(table.count == 40)
        var other = table.duplicate()
        defer { other.deallocate() }
        for slot in 0..<UInt32(40) { _ = table.remove(slot % 3, slot: slot) }
        #expect(table.count == 0)
        table.deallocate()
        #expect(other.count == 40 && other.capacity >= 40)
        for slot in 0..<UInt32(40) { #expect(other.find(slot % 3) { $0 == slot } == slot) }
        for slot in 0..<UInt32(40) { _ = other.remove(slot % 3, slot: slot) }
        #expect(other.count == 0)
    }

    @Test func anEmptiedTableFindsNothing() {
        var table = TupleTable(capacity: 40)
        defer { table.deallocate() }
        let inserted = (0..<UInt32(40)).map { table.insert($0 &* 0x9E37_79B9, slot: $0) }
        let removed = (0..<UInt32(40)).map { table.remove($0 &* 0x9E37_79B9, slot: $0) }
        #expect(!inserted.contains(false) && !removed.contains(false))
        for slot in 0..<UInt32(40) { #expect(table.find(slot &* 0x9E37_79B9) { _ in true } == TupleTable.none) }
        #expect(table.count == 0)
    }
}

extension Dictionary {
    /// An element chosen by the next number of a SplitMix64 sequence.
    fileprivate func randomElement(using state: inout UInt64) -> Element? {
        if isEmpty { return nil }
        return self[index(startIndex, offsetBy: Int(splitMix64(&state) % UInt64(count)))]
    }
}
