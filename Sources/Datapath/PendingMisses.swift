import Flow
import NetDev

/// The misses of a PMD that the ofproto thread has not answered yet, each with the packets that wait behind it, so that the
/// packets of one microflow leave in the order in which they came.
///
/// A later packet of the same microflow waits here instead of going up as well, also if a megaflow that fits it has been
/// installed meanwhile for somebody else. Misses are answered in the order in which they went up; then what waits behind is looked up again.
///
/// Owner: the PMD thread; it tells `count` when it acknowledges.
/// Memory: `Limits.pendingMisses` × 32 bytes and `Limits.heldPackets` × 704 bytes, touched as they are used.
/// Frees: `PMDHandle`, when the thread has ended.
@safe struct PendingMisses {
    /// A miss under way.
    @safe struct Miss {
        /// How many misses had gone up when this one had.
        var sequence: UInt64 = 0
        /// `orderHash` of its packet; packets that happen to share it wait for each other.
        var hash: UInt32 = 0
        /// The next miss of the same bucket.
        var next: Int32 = PendingMisses.none
        // The packets behind it, oldest first.
        var firstHeld: Int32 = PendingMisses.none
        var lastHeld: Int32 = PendingMisses.none
        var heldCount: Int32 = 0
        /// A packet of it went up a second time: what waits goes on waiting.
        var isRenewed = false
    }

    /// A packet that waits, with its key.
    @safe struct Held {
        /// The lines of the key that `lines` names. Comes first.
        var key = DatapathKey()
        var packet: Mbuf
        var next: Int32
        var depth: Int32
        var lines: FlowLines
        /// It had found a megaflow, and was counted as a hit.
        var wasHit: Bool
    }

    static var none: Int32 { @inline(__always) @_noLocks get { -1 } }
    private static var bucketCount: Int { @inline(__always) @_noLocks get { 4096 } }

    /// A ring; the place of miss number n is n modulo its size.
    private let misses: UnsafeMutablePointer<Miss>
    private let buckets: UnsafeMutablePointer<Int32>
    let held: UnsafeMutablePointer<Held>
    private var head: UInt64 = 0
    private var tail: UInt64 = 0
    private var freeHeld = PendingMisses.none
    private var heldHighWater: Int32 = 0
    /// Packets that wait.
    private(set) var heldCount: Int32 = 0
    /// Misses that have gone up so far.
    private(set) var sent: UInt64 = 0
    /// As many of them have been answered.
    var answered: UInt64 = 0

    init() {
        precondition(Limits.pendingMisses.nonzeroBitCount == 1)
        unsafe misses = .allocate(capacity: Limits.pendingMisses)
        unsafe buckets = .allocate(capacity: Self.bucketCount)
        unsafe buckets.initialize(repeating: Self.none, count: Self.bucketCount)
        let bytes = Limits.heldPackets * MemoryLayout<Held>.stride
        unsafe held = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(to: Held.self, capacity: Limits.heldPackets)
    }

    /// Frees the packets that still wait, and the memory.
    func free() {
        for number in head..<tail {
            var at = unsafe misses[Self.place(number)].firstHeld
            while at != Self.none {
                unsafe held[Int(at)].packet.free()
                at = unsafe held[Int(at)].next
            }
        }
        unsafe misses.deallocate()
        unsafe buckets.deallocate()
        unsafe held.deallocate()
    }

    @inline(__always) @_noLocks private static func place(_ number: UInt64) -> Int { Int(truncatingIfNeeded: number) & (Limits.pendingMisses - 1) }
    @inline(__always) @_noLocks private static func bucket(_ hash: UInt32) -> Int { Int(hash) & (bucketCount - 1) }

    /// The number of misses that are under way, or behind which packets still wait.
    var count: Int { @inline(__always) @_noLocks get { Int(truncatingIfNeeded: tail &- head) } }
    var isFull: Bool { @inline(__always) @_noLocks get { count == Limits.pendingMisses } }

    /// So many of the misses are over: answered, and nothing waits behind them.
    var settled: UInt64 {
        @inline(__always) @_noLocks get { head == tail ? sent : unsafe misses[Self.place(head)].sequence &- 1 }
    }

    /// The oldest miss if it has been answered.
    @unsafe var firstAnswered: UnsafeMutablePointer<Miss>? {
        @inline(__always) @_noLocks get {
            if head == tail { return nil }
            let first = unsafe misses + Self.place(head)
            return unsafe first.pointee.sequence <= answered ? first : nil
        }
    }

    /// The miss under way of the microflow with this hash.
    @_noLocks @unsafe func find(_ hash: UInt32) -> UnsafeMutablePointer<Miss>? {
        var at = unsafe buckets[Self.bucket(hash)]
        while at != Self.none {
            let miss = unsafe misses + Int(at)
            if unsafe miss.pointee.hash == hash { return unsafe miss }
            at = unsafe miss.pointee.next
        }
        return nil
    }

    /// Notes that a miss has gone up, of a microflow that has none under way or whose last one is being answered. There is room.
    @_noLocks mutating func add(_ hash: UInt32) {
        sent &+= 1
        if let miss = unsafe find(hash) {
            unsafe miss.pointee.isRenewed = true
        } else {
            var miss = Miss()
            miss.hash = hash
            append(miss)
        }
    }

    @_noLocks private mutating func append(_ former: Miss) {
        var miss = former
        miss.sequence = sent
        miss.isRenewed = false
        let place = Self.place(tail), bucket = Self.bucket(miss.hash)
        miss.next = unsafe buckets[bucket]
        unsafe (misses + place).initialize(to: miss)
        unsafe buckets[bucket] = Int32(truncatingIfNeeded: place)
        tail &+= 1
    }

    /// Forgets the oldest miss, behind which nothing waits; or lets it wait for the last answer again, if it is renewed.
    @_noLocks mutating func finishFirst() {
        let place = Self.place(head)
        let miss = unsafe misses[place]
        let bucket = Self.bucket(miss.hash)
        if unsafe buckets[bucket] == Int32(truncatingIfNeeded: place) {
            unsafe buckets[bucket] = miss.next
        } else {
            var at = unsafe Int(buckets[bucket])
            while unsafe misses[at].next != Int32(truncatingIfNeeded: place) { at = unsafe Int(misses[at].next) }
            unsafe misses[at].next = miss.next
        }
        head &+= 1
        if miss.isRenewed { append(miss) }
    }

    /// A place for a packet at the end of those that wait behind `miss`, to be filled; nil when there is no room. One miss may have
    /// as many places as are left for all others.
    @_noLocks @unsafe mutating func hold(behind miss: UnsafeMutablePointer<Miss>) -> UnsafeMutablePointer<Held>? {
        if unsafe Int(heldCount) + Int(miss.pointee.heldCount) >= Limits.heldPackets { return nil }
        var at = freeHeld
        if at == Self.none {
            at = heldHighWater
            heldHighWater += 1
        } else {
            freeHeld = unsafe held[Int(at)].next
        }
        if unsafe miss.pointee.lastHeld == Self.none {
            unsafe miss.pointee.firstHeld = at
        } else {
            unsafe held[Int(miss.pointee.lastHeld)].next = at
        }
        unsafe miss.pointee.lastHeld = at
        unsafe miss.pointee.heldCount += 1
        heldCount += 1
        return unsafe held + Int(at)
    }

    /// Frees the place of the first packet that waits behind `miss`.
    @_noLocks @unsafe mutating func releaseFirst(of miss: UnsafeMutablePointer<Miss>) {
        let at = unsafe miss.pointee.firstHeld
        let next = unsafe held[Int(at)].next
        unsafe held[Int(at)].next = freeHeld
        freeHeld = at
        unsafe miss.pointee.firstHeld = next
        if next == Self.none { unsafe miss.pointee.lastHeld = Self.none }
        unsafe miss.pointee.heldCount -= 1
        heldCount -= 1
    }
}
