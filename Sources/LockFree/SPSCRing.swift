import Synchronization

/// The indices of a ring, each on cache lines of its own so that the two ends do not disturb each other.
@usableFromInline struct RingIndices: ~Copyable {
    /// Written by the consumer.
    @usableFromInline let head = Atomic<UInt64>(0)
    /// The consumer's: `tail` as it has seen it last. So it looks at the producer's line only when it has taken all that was there then.
    @usableFromInline var seenTail: UInt64 = 0
    @usableFromInline let padding0 = InlineArray<14, UInt64>(repeating: 0)
    /// Written by the producer.
    @usableFromInline let tail = Atomic<UInt64>(0)
    /// The producer's: `head` as it has seen it last.
    @usableFromInline var seenHead: UInt64 = 0
    @usableFromInline let padding1 = InlineArray<14, UInt64>(repeating: 0)
    @usableFromInline init() {}
}

/// A bounded ring between one producer and one consumer.
///
/// Owner: whoever made it, and who calls `deallocate` when both ends are at rest.
/// Writers: the producer writes `tail`, what it has seen of `head`, and the slots; the consumer writes `head` and what it has seen of `tail`.
/// Memory: one allocation for the slots, one for the indices, both at `init`.
/// Elements must be trivial (no references), since a slot is overwritten without being destroyed.
@frozen @safe public struct SPSCRing<Element: BitwiseCopyable>: @unchecked Sendable {
    @usableFromInline let slots: UnsafeMutablePointer<Element>
    @usableFromInline let indices: UnsafeMutablePointer<RingIndices>
    @usableFromInline let mask: UInt64

    /// - Parameter capacity: rounded up to a power of two; at least 2.
    public init(capacity: Int) {
        var size = 2
        while size < capacity { size *= 2 }
        unsafe slots = UnsafeMutableRawPointer.allocate(
            byteCount: size * MemoryLayout<Element>.stride, alignment: 64
        ).bindMemory(to: Element.self, capacity: size)
        unsafe indices = UnsafeMutablePointer<RingIndices>.allocate(capacity: 1)
        unsafe indices.initialize(to: RingIndices())
        mask = UInt64(size - 1)
    }

    /// The greatest number of elements.
    @inlinable public var capacity: Int { Int(mask) + 1 }

    /// The number of elements at this moment; exact on either end for what that end itself did.
    @inlinable public var count: Int {
        unsafe Int(indices.pointee.tail.load(ordering: .relaxed) &- indices.pointee.head.load(ordering: .relaxed))
    }

    @inlinable @inline(__always) public var isEmpty: Bool { count == 0 }

    /// Producer: appends `element`, or returns false when the ring is full.
    @inlinable @inline(__always) public func push(_ element: Element) -> Bool {
        unsafe withNextSlot { slot in unsafe slot.initialize(to: element) }
    }

    /// Producer: lets `fill` write the next slot in place, then publishes it. False when the ring is full.
    @inlinable @inline(__always) public func withNextSlot(_ fill: (UnsafeMutablePointer<Element>) -> Void) -> Bool {
        let tail = unsafe indices.pointee.tail.load(ordering: .relaxed)
        if unsafe tail &- indices.pointee.seenHead > mask {
            // acquire RING-HEAD: the consumer has finished reading the slot that is about to be overwritten.
            unsafe indices.pointee.seenHead = indices.pointee.head.load(ordering: .acquiring)
            if unsafe tail &- indices.pointee.seenHead > mask { return false }
        }
        unsafe fill(slots + Int(tail & mask))
        // release RING-TAIL: the slot's content is visible before the new tail.
        unsafe indices.pointee.tail.store(tail &+ 1, ordering: .releasing)
        return true
    }

    /// Consumer: takes the oldest element, or nil when the ring is empty.
    @inlinable @inline(__always) public func pop() -> Element? {
        guard let slot = unsafe peek() else { return nil }
        let element = unsafe slot.pointee
        consume()
        return element
    }

    /// Consumer: the oldest element in place, valid until `consume`; nil when the ring is empty.
    @inlinable @inline(__always) public func peek() -> UnsafeMutablePointer<Element>? {
        let head = unsafe indices.pointee.head.load(ordering: .relaxed)
        if unsafe head == indices.pointee.seenTail {
            // acquire RING-TAIL: everything that the producer wrote into the slots before it is visible.
            unsafe indices.pointee.seenTail = indices.pointee.tail.load(ordering: .acquiring)
            if unsafe head == indices.pointee.seenTail { return nil }
        }
        return unsafe slots + Int(head & mask)
    }

    /// Consumer: the element so many places behind the oldest one, if it was there when `peek` looked last; for prefetching.
    @inlinable @inline(__always) public func peek(behind places: UInt64) -> UnsafeMutablePointer<Element>? {
        let place = unsafe indices.pointee.head.load(ordering: .relaxed) &+ places
        // A difference from a tail that was passed is huge.
        if unsafe indices.pointee.seenTail &- place &- 1 > mask { return nil }
        return unsafe slots + Int(place & mask)
    }

    /// Consumer: gives the slot that `peek` returned back to the producer.
    @inlinable @inline(__always) public func consume() {
        let head = unsafe indices.pointee.head.load(ordering: .relaxed)
        // release RING-HEAD: reading the slot is over before the producer may overwrite it.
        unsafe indices.pointee.head.store(head &+ 1, ordering: .releasing)
    }

    /// Frees the ring's memory. Neither end may use it again.
    public func deallocate() {
        unsafe indices.deinitialize(count: 1)
        unsafe indices.deallocate()
        unsafe slots.deallocate()
    }
}
