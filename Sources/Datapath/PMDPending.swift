import CDPDK
import Flow
import LockFree
import NetDev

// A miss and what waits behind it. Hot only while misses are under way; then a batch's packets are looked at one by one.

/// What a microflow's packets have in common: TCP's flags, the TTL and the TOS change within one.
@_noLocks @inline(__always)
func orderHash(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int) -> UInt32 {
    let key = unsafe keyLines(scratch.pointee.keys + index), seed = unsafe pmd.pointee.seed
    var sum = unsafe lineSum(key[0] & pmd.pointee.orderMask, seed[0])
    if unsafe scratch.pointee.lines[index].rawValue & FlowLines.l1.rawValue != 0 {
        sum = unsafe sum &* 0x9E37_79B9_7F4A_7C15 &+ lineSum(key[1], seed[1])
    }
    return finishHash(sum)
}

/// Parts a batch: packets with a megaflow stay, closed up, and their number is returned; misses go up; packets of a
/// microflow that has a miss under way wait behind it, unless they are `released` from there.
@_noLocks
func partBatch(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ count: Int, depth: Int, released: Bool) -> Int {
    let settled = unsafe pmd.pointee.pending.settled
    var kept = 0
    for index in 0..<count {
        let flow = unsafe scratch.pointee.flows[index]
        // A megaflow that was there before the oldest miss under way: none of the misses can be of its packets.
        let isFree = unsafe flow != nil && (released || flow!.pointee.fence <= settled)
        if !isFree, unsafe !waitsOrGoesUp(pmd, scratch, index, flow, depth, released) { continue }
        guard let flow = unsafe flow else { continue }
        if kept != index { unsafe keepPacket(scratch, from: index, to: kept, flow) }
        kept += 1
    }
    return kept
}

/// Handles a packet without a megaflow, or whose megaflow may be younger than a miss of its microflow. Returns true if the packet may follow its megaflow.
@_noLocks
func waitsOrGoesUp(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int,
    _ flow: UnsafeMutablePointer<DPFlow>?, _ depth: Int, _ released: Bool) -> Bool {
    let hash = unsafe orderHash(pmd, scratch, index)
    if !released, let miss = unsafe pmd.pointee.pending.find(hash) {
        if unsafe holdPacket(pmd, scratch, index, behind: miss, depth, wasHit: flow != nil) { return false }
        // There is no room: what has a megaflow goes on, out of order; the rest is lost.
        if unsafe flow != nil { return true }
        unsafe loseMiss(pmd, scratch.pointee.packets[index], inPort: scratch.pointee.keys[index].l0.inPort)
        return false
    }
    if unsafe flow != nil { return true }
    if unsafe pmd.pointee.pending.isFull {
        unsafe loseMiss(pmd, scratch.pointee.packets[index], inPort: scratch.pointee.keys[index].l0.inPort)
    } else if unsafe pushUpcall(pmd, scratch.pointee.packets[index], scratch.pointee.keys + index, scratch.pointee.lines[index], depth: depth, isAction: false, userdata: 0) {
        unsafe pmd.pointee.pending.add(hash)
    }
    return false
}

/// Drops a packet without a megaflow that cannot go up.
@_noLocks
func loseMiss(_ pmd: UnsafeMutablePointer<PMD>, _ packet: Mbuf, inPort: UInt32) {
    unsafe pmd.pointee.stats.pointee.upcallsLost &+= 1
    unsafe pmd.drop(packet, inPort: inPort, .upcallRingFull)
}

/// Lets a packet wait with its key; returns false when there is no room.
@_noLocks
func holdPacket(_ pmd: UnsafeMutablePointer<PMD>, _ scratch: UnsafeMutablePointer<BatchScratch>, _ index: Int,
    behind miss: UnsafeMutablePointer<PendingMisses.Miss>, _ depth: Int, wasHit: Bool) -> Bool {
    guard let place = unsafe pmd.pointee.pending.hold(behind: miss) else { return false }
    let lines = unsafe scratch.pointee.lines[index]
    unsafe place.pointee.packet = scratch.pointee.packets[index]
    unsafe place.pointee.next = PendingMisses.none
    unsafe place.pointee.depth = Int32(truncatingIfNeeded: depth)
    unsafe place.pointee.lines = lines
    unsafe place.pointee.wasHit = wasHit
    unsafe pmd.pointee.stats.pointee.held &+= 1
    // The key's lines are the first field of a `Held`.
    unsafe copyLines(lines, from: keyLines(scratch.pointee.keys + index), to: UnsafeMutableRawPointer(place).assumingMemoryBound(to: Line.self))
    return true
}

/// Lets packets go whose misses have been answered, some in a turn; returns whether there was anything to do.
@_noLocks
func releaseHeld(_ pmd: UnsafeMutablePointer<PMD>) -> Bool {
    var packets = Limits.releasedPerTurn, misses = Limits.settledPerTurn
    var worked = false
    while packets > 0 && misses > 0, let miss = unsafe pmd.pointee.pending.firstAnswered {
        worked = true
        if unsafe miss.pointee.firstHeld == PendingMisses.none || miss.pointee.isRenewed {
            unsafe pmd.pointee.pending.finishFirst()
            misses -= 1
        } else {
            packets -= unsafe releaseBatch(pmd, miss, min(packets, Limits.burst))
        }
    }
    return worked
}

/// Looks at most `limit` of the packets behind a miss up once more; returns how many there were.
@_noLocks
func releaseBatch(_ pmd: UnsafeMutablePointer<PMD>, _ miss: UnsafeMutablePointer<PendingMisses.Miss>, _ limit: Int) -> Int {
    let depth = unsafe pmd.pointee.pending.held[Int(miss.pointee.firstHeld)].depth
    let scratch = unsafe pmd.pointee.scratch + Int(depth)
    var count = 0
    while unsafe count < limit && miss.pointee.firstHeld != PendingMisses.none {
        let place = unsafe pmd.pointee.pending.held + Int(miss.pointee.firstHeld)
        if unsafe place.pointee.depth != depth { break }
        let lines = unsafe place.pointee.lines
        unsafe scratch.pointee.packets[count] = place.pointee.packet
        unsafe scratch.pointee.lines[count] = lines
        unsafe scratch.pointee.valid[count] = lines
        // The key's lines are the first field of a `Held`.
        unsafe copyLines(lines, from: UnsafeMutableRawPointer(place).assumingMemoryBound(to: Line.self), to: keyLines(scratch.pointee.keys + count))
        if unsafe place.pointee.wasHit { unsafe pmd.pointee.stats.pointee.lookedUpAgain &+= 1 }
        unsafe pmd.pointee.pending.releaseFirst(of: miss)
        count += 1
    }
    unsafe lookUpBatch(pmd, scratch, count, scratch.pointee.hint, depth: Int(depth), released: true)
    return count
}

/// Copies the lines of a key that `lines` names.
@_noLocks @inline(__always)
func copyLines(_ lines: FlowLines, from source: UnsafeMutablePointer<Line>, to target: UnsafeMutablePointer<Line>) {
    var rest = lines.rawValue & FlowLines.datapath.rawValue
    while rest != 0 {
        let line = rest.trailingZeroBitCount
        rest &= rest &- 1
        unsafe target[line] = source[line]
    }
}
