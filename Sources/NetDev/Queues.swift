import CDPDK
import LockFree

/// What a PMD polls: a queue of a DPDK device, or a ring that another thread fills.
@frozen @safe public struct RxQueue: BitwiseCopyable, @unchecked Sendable {
    @frozen public enum Source: BitwiseCopyable, @unchecked Sendable {
        case dpdk(port: UInt16, queue: UInt16)
        case ring(SPSCRing<Mbuf>)
    }
    public var source: Source
    @inlinable public init(_ source: Source) { self.source = source }

    /// Moves at most `capacity` (≤ 32) packets into `packets`; the caller owns them. Returns how many.
    @inlinable @inline(__always) @_noLocks @unsafe
    public func burst(_ packets: UnsafeMutablePointer<Mbuf>, _ capacity: Int) -> Int {
        switch source {
        case .dpdk(let port, let queue):
            // Mbuf is one pointer; DPDK wants the array of those pointers.
            return unsafe Int(nt_eth_rx_burst(port, queue, UnsafeMutableRawPointer(packets)
                .assumingMemoryBound(to: OpaquePointer?.self), UInt16(truncatingIfNeeded: capacity)))
        case .ring(let ring):
            var count = 0
            while count < capacity, let packet = ring.pop() {
                unsafe packets[count] = packet
                count += 1
            }
            return count
        }
    }
}

/// Where a PMD sends: a queue of a DPDK device, or a ring that another thread drains.
@frozen @safe public struct TxQueue: BitwiseCopyable, @unchecked Sendable {
    @frozen public enum Sink: BitwiseCopyable, @unchecked Sendable {
        case dpdk(port: UInt16, queue: UInt16)
        case ring(SPSCRing<Mbuf>)
    }
    public var sink: Sink
    /// Taken around a burst when several PMDs share the queue; nil when this PMD is its only user.
    public var lock: QueueLock?
    /// The thread that drains a ring, if it may be asleep; kicked once a burst.
    public var waker: Waker?
    @inlinable public init(_ sink: Sink, lock: QueueLock? = nil, waker: Waker? = nil) {
        self.sink = sink
        self.lock = lock
        self.waker = waker
    }

    /// Sends the first packets of the array, in order; returns how many were taken. The rest still belongs to the caller.
    @inlinable @inline(__always) @_noLocks @unsafe
    public func burst(_ packets: UnsafeMutablePointer<Mbuf>, _ count: Int) -> Int {
        if let lock { lock.acquire() }
        var sent = 0
        switch sink {
        case .dpdk(let port, let queue):
            // Mbuf is one pointer; DPDK wants the array of those pointers.
            sent = unsafe Int(nt_eth_tx_burst(port, queue, UnsafeMutableRawPointer(packets)
                .assumingMemoryBound(to: OpaquePointer?.self), UInt16(truncatingIfNeeded: count)))
        case .ring(let ring):
            while sent < count, unsafe ring.push(packets[sent]) { sent += 1 }
        }
        if let lock { lock.release() }
        if sent > 0, let waker { waker.kick() }
        return sent
    }
}
