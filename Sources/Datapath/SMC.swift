import CDPDK
import Flow

/// Eight entries of the SMC: one cache line.
struct SMCBucket {
    var signatures = SIMD8<UInt16>.zero
    var slots = SIMD8<UInt32>.zero
    /// The place that gives way next.
    var next: UInt64 = 0
    var pad: UInt64 = 0
    init() {}
}

/// The signature-match cache: 16 bits of a key's hash to a megaflow's slot. The megaflow itself is then compared, so
/// a wrong or an old entry costs a compare and never an error. Six bytes an entry keep a hundred thousand flows near
/// the core.
///
/// Owner: its PMD. Memory: 8 bytes an entry, made at `init`.
@safe struct SMC: @unchecked Sendable {
    let buckets: UnsafeMutablePointer<SMCBucket>
    let mask: UInt32
    let memory: HugeMemory

    init?(node: Int) {
        let count = Limits.smcEntries / 8
        guard let memory = HugeMemory(bytes: count * MemoryLayout<SMCBucket>.stride, node: node) else { return nil }
        self.memory = memory
        unsafe buckets = memory.base.bindMemory(to: SMCBucket.self, capacity: count)
        mask = UInt32(count - 1)
    }

    func free() { memory.free() }

    @inline(__always) func prefetch(_ hash: UInt32) { unsafe nt_prefetch(buckets + Int(hash & mask)) }

    @inline(__always) static func signature(_ hash: UInt32) -> UInt16 { UInt16(truncatingIfNeeded: hash >> 16) | 1 }

    /// The places of the bucket whose signature fits, as bits 0–7 spread over two words of four 16-bit lanes.
    @inline(__always) func candidates(_ hash: UInt32) -> SIMD2<UInt64> {
        let wanted = SIMD8<UInt16>(repeating: Self.signature(hash))
        return unsafe unsafeBitCast(buckets[Int(hash & mask)].signatures .== wanted, to: SIMD2<UInt64>.self)
    }

    /// The slot of the first candidate; `TupleTable.none` if there is none.
    @inline(__always) func firstCandidate(_ hash: UInt32) -> UInt32 {
        let lanes = candidates(hash)
        if lanes.x | lanes.y == 0 { return TupleTable.none }
        let place = lanes.x != 0 ? lanes.x.trailingZeroBitCount >> 4 : 4 + lanes.y.trailingZeroBitCount >> 4
        return unsafe buckets[Int(hash & mask)].slots[place & 7]
    }

    /// The live megaflow among the candidates that matches the key; nil if there is none.
    func find(_ hash: UInt32, _ matches: (UInt32) -> Bool) -> UInt32 {
        let bucket = unsafe buckets + Int(hash & mask)
        for place in 0..<8 where unsafe bucket.pointee.signatures[place] == Self.signature(hash) {
            let slot = unsafe bucket.pointee.slots[place]
            if matches(slot) { return slot }
        }
        return TupleTable.none
    }

    /// Remembers that keys with this hash may belong to `slot`.
    func insert(_ hash: UInt32, slot: UInt32) {
        let bucket = unsafe buckets + Int(hash & mask)
        let wanted = Self.signature(hash)
        var place = 8
        for candidate in 0..<8 {
            let signature = unsafe bucket.pointee.signatures[candidate]
            if unsafe signature == wanted && bucket.pointee.slots[candidate] == slot { return }
            if signature == 0 && place == 8 { place = candidate }
        }
        if place == 8 {
            place = unsafe Int(bucket.pointee.next & 7)
            unsafe bucket.pointee.next &+= 1
        }
        unsafe bucket.pointee.signatures[place] = wanted
        unsafe bucket.pointee.slots[place] = slot
    }

    /// Forgets everything.
    func clear() {
        for index in 0...Int(mask) { unsafe buckets[index] = SMCBucket() }
    }
}
