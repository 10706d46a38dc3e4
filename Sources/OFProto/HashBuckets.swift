/// Numbers by their hashes, for owners that know what the numbers stand for: open addressing, at most half full, so that every probe ends.
///
/// Entries are hash << 32 | number; a number is not 0, which says that a place is free.
struct HashBuckets {
    private var entries = ContiguousArray<UInt64>(repeating: 0, count: 8)
    private var count = 0

    /// The place of a number with this hash that is wanted.
    @inline(__always) func place(_ hash: UInt32, where isWanted: (UInt32) -> Bool) -> Int? {
        let last = entries.count &- 1
        var at = Int(truncatingIfNeeded: hash) & last
        while true {
            let entry = entries[at]
            if entry == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == hash, isWanted(UInt32(truncatingIfNeeded: entry)) { return at }
            at = (at &+ 1) & last
        }
    }

    /// The number at a place that holds one.
    subscript(place: Int) -> UInt32 {
        get { UInt32(truncatingIfNeeded: entries[place]) }
        set { entries[place] = entries[place] & ~UInt64(UInt32.max) | UInt64(newValue) }
    }

    mutating func insert(_ hash: UInt32, _ number: UInt32) {
        count += 1
        if count * 2 > entries.count {
            let old = entries
            entries = ContiguousArray(repeating: 0, count: old.count * 2)
            for entry in old where entry != 0 { put(entry) }
        }
        put(UInt64(hash) << 32 | UInt64(number))
    }

    private mutating func put(_ entry: UInt64) {
        let last = entries.count - 1
        var at = Int(entry >> 32) & last
        while entries[at] != 0 { at = (at + 1) & last }
        entries[at] = entry
    }

    mutating func remove(at place: Int) {
        count -= 1
        let last = entries.count - 1
        var hole = place
        // What follows moves up if its home is not behind the hole, so that no probe is cut short.
        var at = (hole + 1) & last
        while entries[at] != 0 {
            let home = Int(entries[at] >> 32) & last
            if (at - home) & last >= (at - hole) & last {
                entries[hole] = entries[at]
                hole = at
            }
            at = (at + 1) & last
        }
        entries[hole] = 0
    }
}

/// How many rules have each hash under a stage's mask.
struct HashCounts {
    private var buckets = HashBuckets()

    @inline(__always) func contains(_ hash: UInt32) -> Bool { buckets.place(hash) { _ in true } != nil }

    mutating func add(_ hash: UInt32) {
        if let place = buckets.place(hash, where: { _ in true }) { buckets[place] += 1 } else { buckets.insert(hash, 1) }
    }

    mutating func remove(_ hash: UInt32) {
        guard let place = buckets.place(hash, where: { _ in true }) else { return }
        if buckets[place] > 1 { buckets[place] -= 1 } else { buckets.remove(at: place) }
    }
}
