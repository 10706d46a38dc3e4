// Hash and compare of 64-byte lines: the innermost arithmetic of every cache and classifier.

/// One line of a key or a mask as eight words.
public typealias Line = SIMD8<UInt64>

/// Random numbers that make the hashes of this process unpredictable: one line of keys for each line.
///
/// Owner: whoever made it; it is written at `init` only, so any thread may read it.
@frozen @safe public struct HashSeed: @unchecked Sendable {
    @usableFromInline let lines: UnsafePointer<Line>

    /// - Parameter seed: all keys follow from it, so that a simulation can be repeated.
    public init(seed: UInt64) {
        let count = FlowKey.lineCount
        let memory = unsafe UnsafeMutableRawPointer.allocate(byteCount: count * 64, alignment: 64)
            .bindMemory(to: Line.self, capacity: count)
        var state = seed
        for index in 0..<count {
            var line = Line.zero
            for word in 0..<8 { line[word] = splitMix64(&state) }
            unsafe (memory + index).initialize(to: line)
        }
        unsafe lines = UnsafePointer(memory)
    }

    /// The keys of line `index`.
    @inlinable @inline(__always) public subscript(index: Int) -> Line { unsafe lines[index] }
}

/// The next number of the SplitMix64 sequence (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
/// Generators, 2014).
@inlinable public func splitMix64(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// The NH sum of one line (Black, Halevi, Krawczyk, Krovetz, Rogaway: UMAC, 1999): universal for secret keys,
/// and two vector multiplications.
@inlinable @inline(__always) public func lineSum(_ line: Line, _ keys: Line) -> UInt64 {
    let x = line &+ keys
    let products = (x & Line(repeating: 0xffff_ffff)) &* (x &>> Line(repeating: 32))
    let half = products.lowHalf &+ products.highHalf
    let quarter = half.lowHalf &+ half.highHalf
    return quarter.x &+ quarter.y
}

/// Spreads a sum over all bits of the hash.
@inlinable @inline(__always) public func finishHash(_ sum: UInt64) -> UInt32 {
    let product = (sum ^ (sum >> 29)) &* 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: product >> 32)
}

/// True if `key` under `mask` equals `rule`, which is masked already.
@inlinable @inline(__always) public func lineMatches(_ key: Line, _ mask: Line, _ rule: Line) -> Bool {
    let difference = (key & mask) ^ rule
    let half = difference.lowHalf | difference.highHalf
    let quarter = half.lowHalf | half.highHalf
    return (quarter.x | quarter.y) == 0
}

/// True if two lines are equal.
@inlinable @inline(__always) public func linesEqual(_ a: Line, _ b: Line) -> Bool {
    let difference = a ^ b
    let half = difference.lowHalf | difference.highHalf
    let quarter = half.lowHalf | half.highHalf
    return (quarter.x | quarter.y) == 0
}
