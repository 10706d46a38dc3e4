import CDPDK
import Synchronization

/// A spin lock: of a transmit queue that more PMDs use than the device has queues for, held for one burst, or of a meter.
@frozen @safe public struct QueueLock: BitwiseCopyable, @unchecked Sendable {
    @usableFromInline let word: UnsafeMutablePointer<Atomic<UInt32>>

    public init() {
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(0))
    }

    /// A lock in memory that is its maker's; 0: nobody holds it.
    @inlinable @inline(__always) @_noLocks public init(word: UnsafeMutablePointer<Atomic<UInt32>>) { unsafe self.word = word }

    @inlinable @inline(__always) @_noLocks public func acquire() {
        // acquire QUEUE-LOCK: what the former holder did to the queue is visible.
        while unsafe !word.pointee.compareExchange(expected: 0, desired: 1, ordering: .acquiring).exchanged { nt_pause() }
    }

    @inlinable @inline(__always) @_noLocks public func release() {
        // release QUEUE-LOCK: what was done to the queue is visible to the next holder.
        unsafe word.pointee.store(0, ordering: .releasing)
    }

    /// Frees the memory of a lock that has its own. Nobody may use it again.
    public func deallocate() { unsafe word.deallocate() }
}
