/// Eight entries of a `TupleTable`: one cache line.
@frozen public struct TupleBucket {
    /// 16 bits of each entry's hash; 0: the place is empty.
    public var signatures = SIMD8<UInt16>.zero
    public var slots = SIMD8<UInt32>.zero
    /// How many entries passed over this bucket because it was full; a search goes on while it is not 0.
    public var passed: UInt32 = 0
    @usableFromInline var pad0: UInt32 = 0
    @usableFromInline var pad1: UInt64 = 0
    @inlinable public init() {}
}

/// The hash table of one tuple (one distinct mask): from the hash of a masked key to the slots of the rules that
/// may have it. It knows no keys: the caller compares. dpcls has one for each subtable.
///
/// A bucket is one cache line of eight 16-bit signatures, compared as a vector, and eight slots; a full bucket
/// passes entries on to the next one and counts them, so that most misses end in the first line.
///
/// Owner: one thread at a time. Memory: `64 * bucketCount` bytes, made by `init` and freed by `deallocate`;
/// `insert` never allocates and refuses when the table is full.
@frozen @safe public struct TupleTable: BitwiseCopyable, @unchecked Sendable {
    @usableFromInline let buckets: UnsafeMutablePointer<TupleBucket>
    @usableFromInline let bucketMask: UInt32
    @usableFromInline var entries = 0
    /// The number of entries.
    @inlinable public var count: Int { entries }

    /// What `find` returns when there is no such entry.
    @inlinable public static var none: UInt32 { .max }

    /// - Parameter capacity: how many entries fit while three in five places are taken.
    public init(capacity: Int) {
        var bucketCount = 1
        while bucketCount * 5 < capacity { bucketCount *= 2 }
        unsafe buckets = UnsafeMutableRawPointer.allocate(byteCount: bucketCount * 64, alignment: 64)
            .bindMemory(to: TupleBucket.self, capacity: bucketCount)
        unsafe buckets.initialize(repeating: TupleBucket(), count: bucketCount)
        bucketMask = UInt32(bucketCount - 1)
    }

    /// How many entries the table takes before it should be replaced by a larger one.
    public var capacity: Int { (Int(bucketMask) + 1) * 5 }

    public var memory: Int { (Int(bucketMask) + 1) * 64 }

    @inlinable @inline(__always) static func signature(_ hash: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: hash >> 16) | 1
    }

    /// The address of the hash's first bucket, for prefetching.
    @inlinable @inline(__always) @unsafe public func address(_ hash: UInt32) -> UnsafeRawPointer {
        unsafe UnsafeRawPointer(buckets + Int(hash & bucketMask))
    }

    /// The first entry with this hash that `matches` accepts; `none` if there is none.
    @inlinable @inline(__always) public func find(_ hash: UInt32, _ matches: (UInt32) -> Bool) -> UInt32 {
        let wanted = SIMD8<UInt16>(repeating: Self.signature(hash))
        var index = hash & bucketMask
        while true {
            let bucket = unsafe buckets + Int(index)
            // The comparison's result is all ones or all zeros in each of eight 16-bit lanes.
            var lanes = unsafe unsafeBitCast(bucket.pointee.signatures .== wanted, to: SIMD2<UInt64>.self)
            while lanes.x | lanes.y != 0 {
                let place: Int
                if lanes.x != 0 {
                    place = lanes.x.trailingZeroBitCount >> 4
                    lanes.x &= ~(0xffff << UInt64(place << 4))
                } else {
                    let upper = lanes.y.trailingZeroBitCount >> 4
                    lanes.y &= ~(0xffff << UInt64(upper << 4))
                    place = upper + 4
                }
                let slot = unsafe bucket.pointee.slots[place]
                if matches(slot) { return slot }
            }
            if unsafe bucket.pointee.passed == 0 { return Self.none }
            index = (index &+ 1) & bucketMask
        }
    }

    /// Adds an entry; false when every place is taken. The caller makes sure that it is not there yet.
    @inlinable public mutating func insert(_ hash: UInt32, slot: UInt32) -> Bool {
        guard count < (Int(bucketMask) + 1) * 8 else { return false }
        var index = hash & bucketMask
        while true {
            let bucket = unsafe buckets + Int(index)
            for place in 0..<8 where unsafe bucket.pointee.signatures[place] == 0 {
                unsafe bucket.pointee.signatures[place] = Self.signature(hash)
                unsafe bucket.pointee.slots[place] = slot
                entries += 1
                return true
            }
            unsafe bucket.pointee.passed &+= 1
            index = (index &+ 1) & bucketMask
        }
    }

    /// Takes an entry out; false when it is not there.
    @inlinable public mutating func remove(_ hash: UInt32, slot: UInt32) -> Bool {
        guard let (index, place) = position(hash, slot: slot) else { return false }
        var passed = hash & bucketMask
        while passed != index {
            unsafe buckets[Int(passed)].passed &-= 1
            passed = (passed &+ 1) & bucketMask
        }
        unsafe buckets[Int(index)].signatures[place] = 0
        entries -= 1
        return true
    }

    @inlinable func position(_ hash: UInt32, slot: UInt32) -> (bucket: UInt32, place: Int)? {
        var index = hash & bucketMask
        // Counted by hand: a PMD comes here, and an iterator over UInt32 is made on the heap in a build without optimisation.
        var visited: UInt32 = 0
        while visited <= bucketMask {
            visited &+= 1
            let bucket = unsafe buckets + Int(index)
            for place in 0..<8 where unsafe bucket.pointee.signatures[place] == Self.signature(hash) && bucket.pointee.slots[place] == slot {
                return (index, place)
            }
            if unsafe bucket.pointee.passed == 0 { return nil }
            index = (index &+ 1) & bucketMask
        }
        return nil
    }

    /// A table of the same size with the same entries, in memory of its own.
    public func duplicate() -> TupleTable { TupleTable(copying: self) }

    private init(copying other: TupleTable) {
        unsafe buckets = UnsafeMutableRawPointer.allocate(byteCount: other.memory, alignment: 64)
            .bindMemory(to: TupleBucket.self, capacity: Int(other.bucketMask) + 1)
        unsafe buckets.initialize(from: other.buckets, count: Int(other.bucketMask) + 1)
        bucketMask = other.bucketMask
        entries = other.entries
    }

    /// All entries' slots.
    public func forEach(_ body: (UInt32) -> Void) {
        for index in 0...Int(bucketMask) {
            for place in 0..<8 where unsafe buckets[index].signatures[place] != 0 { unsafe body(buckets[index].slots[place]) }
        }
    }

    /// Frees the table's memory. Nobody may use it again.
    public func deallocate() { unsafe buckets.deallocate() }
}
