import CDPDK
import Flow
import LockFree
import NetDev

/// One turn: commands, packets whose wait is over, every queue once, then everything that waits to be sent. `now` is the cycle counter, or a
/// virtual one. Returns whether there was anything to do.
@_noLocks func pmdTurn(_ pmd: UnsafeMutablePointer<PMD>, now: UInt64) -> Bool {
    unsafe pmd.pointee.now = now
    var worked = unsafe takeCommands(pmd)
    if unsafe pmd.pointee.pending.count != 0, unsafe releaseHeld(pmd) { worked = true }
    // What comes before the queues is none of their load.
    unsafe pmd.pointee.chargedUntil = worked ? nt_cycles() : now
    var index = 0
    while unsafe index < pmd.pointee.queueCount {
        if unsafe pollQueue(pmd, pmd.pointee.queues! + index) { worked = true }
        index += 1
    }
    if unsafe pmd.pointee.dirtyCount != 0 { unsafe pmd.pointee.flushInterval == 0 ? flushPorts(pmd) : flushDuePorts(pmd) }
    if unsafe pmd.pointee.upcallPushed {
        unsafe pmd.pointee.upcallPushed = false
        unsafe pmd.pointee.waker.kick()
    }
    if unsafe now &- pmd.pointee.lastRanking > pmd.pointee.hertz { unsafe rankSubtables(pmd) }
    return worked
}

/// A PMD thread's life, until `stop` comes.
@_noLocks func pmdRun(_ pmd: UnsafeMutablePointer<PMD>) {
    let stats = unsafe pmd.pointee.stats
    var start = nt_cycles()
    while unsafe !pmd.pointee.stopRequested {
        let worked = unsafe pmdTurn(pmd, now: start)
        let end = nt_cycles()
        unsafe stats.pointee.iterations &+= 1
        unsafe stats.pointee.cyclesPerIteration.add(end &- start)
        if worked {
            unsafe stats.pointee.busyIterations &+= 1
            unsafe stats.pointee.busyCycles &+= end &- start
        } else {
            unsafe stats.pointee.idleCycles &+= end &- start
        }
        start = unsafe pmd.pointee.longestSleep == 0 ? end : sleepAfterTurn(pmd, end)
    }
}

/// Takes one burst from a queue through the datapath.
@_noLocks @inline(__always)
func pollQueue(_ pmd: UnsafeMutablePointer<PMD>, _ queue: UnsafeMutablePointer<PolledQueue>) -> Bool {
    let scratch = unsafe pmd.pointee.scratch
    let count = unsafe queue.pointee.rxQueue.burst(scratch.pointee.packets, Limits.burst)
    if count == 0 { return false }
    let stats = unsafe pmd.pointee.stats
    unsafe stats.pointee.rxPackets &+= UInt64(truncatingIfNeeded: count)
    unsafe stats.pointee.rxBatches &+= 1
    unsafe stats.pointee.packetsPerBatch.add(UInt64(truncatingIfNeeded: count))
    unsafe receiveBatch(pmd, scratch, count, hintOf(queue), inPort: queue.pointee.port)
    let end = nt_cycles()
    unsafe queue.pointee.cycles.pointee &+= end &- pmd.pointee.chargedUntil
    unsafe pmd.pointee.chargedUntil = end
    return true
}

/// A queue's hint, in place.
@_noLocks @inline(__always)
func hintOf(_ queue: UnsafeMutablePointer<PolledQueue>) -> UnsafeMutablePointer<FlowHint> {
    // `hint` is the first field of a `PolledQueue`.
    unsafe UnsafeMutableRawPointer(queue).assumingMemoryBound(to: FlowHint.self)
}

/// Sends what waits at every port.
@_noLocks func flushPorts(_ pmd: UnsafeMutablePointer<PMD>) {
    var index = 0
    while unsafe index < pmd.pointee.dirtyCount {
        unsafe flushPort(pmd, pmd.pointee.dirty[index])
        unsafe pmd.pointee.ports[Int(pmd.pointee.dirty[index])].isDirty = false
        index += 1
    }
    unsafe pmd.pointee.dirtyCount = 0
}

/// Sends what waits at one port; what the queue does not take after it has stopped taking is dropped and counted.
@_noLocks func flushPort(_ pmd: UnsafeMutablePointer<PMD>, _ number: UInt32) {
    let port = unsafe pmd.pointee.ports + Int(number)
    let count = unsafe port.pointee.pending
    if count == 0 { return }
    var sent = 0
    while sent < count {
        let taken = unsafe port.pointee.txQueue.burst(port.pointee.buffer + sent, count - sent)
        if taken == 0 { break }
        sent += taken
    }
    unsafe port.pointee.pending = 0
    unsafe port.pointee.counters.pointee.txPackets &+= UInt64(truncatingIfNeeded: sent)
    unsafe pmd.pointee.stats.pointee.txPackets &+= UInt64(truncatingIfNeeded: sent)
    unsafe pmd.pointee.stats.pointee.txBatches &+= 1
    if sent < count { unsafe dropUnsent(pmd, port, number, sent, count) }
}

@_noLocks @inline(never)
func dropUnsent(_ pmd: UnsafeMutablePointer<PMD>, _ port: UnsafeMutablePointer<PMDPort>, _ number: UInt32, _ sent: Int, _ count: Int) {
    for index in sent..<count {
        let packet = unsafe port.pointee.buffer[index]
        unsafe port.pointee.counters.pointee.txBytes &-= UInt64(truncatingIfNeeded: packet.length)
        packet.free()
    }
    unsafe pmd.countDrop(number, .txQueueFull, UInt64(truncatingIfNeeded: count - sent))
}
