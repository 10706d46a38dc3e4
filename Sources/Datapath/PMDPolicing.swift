import Flow
import NetDev

// Packets that exceed what a port may send or receive are dropped. A policer is shared by PMDs: its lock is taken once for a batch, and never where
// nothing is policed.

/// Drops what a port's policer does not let out. Packets that are too long for the port are not charged: they will be dropped for that. Returns how many are
/// left, in their order at the beginning of `packets`; `keys[i]` is the key of `packets[i]` before.
@_noLocks @inline(never)
func policeEgress(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32, _ packets: UnsafeMutablePointer<Mbuf>,
    _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int) -> Int {
    let port = unsafe pmd.pointee.ports + Int(number)
    guard let policer = unsafe port.pointee.egress else { return count }
    let maxFrame = unsafe port.pointee.maxFrame, now = unsafe pmd.pointee.now, lock = unsafe policer.pointee.lock
    var rejected: UInt32 = 0
    lock.acquire()
    for index in 0..<count {
        let length = unsafe packets[index].length
        if length <= maxFrame, unsafe !policer.pointee.admits(policedLength(length), queue: keys[index].pointee.l0.skbPriority, now: now) {
            rejected |= packetBit(index)
        }
    }
    lock.release()
    return unsafe dropPoliced(pmd, packets, count, rejected, number, .egressQoS)
}

/// Drops what a port's policer does not let in; it counts as received. Returns how many are left, in their order at the beginning of `packets`.
@_noLocks @inline(never)
func policeIngress(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32, _ packets: UnsafeMutablePointer<Mbuf>, _ count: Int) -> Int {
    let port = unsafe pmd.pointee.ports + Int(number)
    guard let policer = unsafe port.pointee.ingress else { return count }
    let now = unsafe pmd.pointee.now, lock = unsafe policer.pointee.lock
    var rejected: UInt32 = 0
    var bytes: UInt64 = 0
    lock.acquire()
    unsafe policer.pointee.fill(now: now)
    for index in 0..<count {
        let length = unsafe packets[index].length
        if unsafe policer.pointee.admits(policedLength(length)) { continue }
        rejected |= packetBit(index)
        bytes &+= UInt64(truncatingIfNeeded: length)
    }
    lock.release()
    unsafe port.pointee.counters.pointee.rxPackets &+= UInt64(truncatingIfNeeded: rejected.nonzeroBitCount)
    unsafe port.pointee.counters.pointee.rxBytes &+= bytes
    return unsafe dropPoliced(pmd, packets, count, rejected, number, .ingressPolicing)
}

/// Of a frame without its Ethernet header.
@_noLocks @inline(__always) private func policedLength(_ length: Int) -> UInt64 { length > 14 ? UInt64(truncatingIfNeeded: length &- 14) : 0 }

/// Drops the packets whose bits are set, and closes the gaps.
@_noLocks @inline(__always)
private func dropPoliced(_ pmd: UnsafeMutablePointer<PMD>, _ packets: UnsafeMutablePointer<Mbuf>, _ count: Int, _ rejected: UInt32, _ port: UInt32,
    _ reason: DropReason) -> Int {
    if rejected == 0 { return count }
    var kept = 0
    for index in 0..<count {
        // kept ≤ index < count
        let packet = unsafe packets[index]
        if rejected & packetBit(index) != 0 {
            unsafe pmd.drop(packet, inPort: port, reason)
            continue
        }
        unsafe packets[kept] = packet
        kept &+= 1
    }
    return kept
}
