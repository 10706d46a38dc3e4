import LockFree

/// The rings of a port that no PMD polls by itself: one a receive queue, one a transmit queue.
///
/// Writers: a receive ring is filled by the port and emptied by one PMD; a transmit ring is filled by one PMD, or by several
/// under the queue's lock, and emptied by the port. Frees: the port, once neither side uses them.
struct RingQueues {
    private(set) var rx: [SPSCRing<Mbuf>]
    private(set) var tx: [SPSCRing<Mbuf>]
    private(set) var locks: [QueueLock]

    init(rx rxCount: Int, tx txCount: Int, capacity: Int) {
        rx = (0..<rxCount).map { _ in SPSCRing(capacity: capacity) }
        tx = (0..<txCount).map { _ in SPSCRing(capacity: capacity) }
        locks = (0..<txCount).map { _ in QueueLock() }
    }

    /// Frees the packets that wait in `rings`, while the other side is at rest.
    func drain(_ rings: [SPSCRing<Mbuf>]) {
        for ring in rings { while let packet = ring.pop() { packet.free() } }
    }

    /// Frees the waiting packets and the rings' memory.
    mutating func close() {
        drain(rx)
        drain(tx)
        (rx + tx).forEach { $0.deallocate() }
        locks.forEach { $0.deallocate() }
        rx = []
        tx = []
        locks = []
    }
}
