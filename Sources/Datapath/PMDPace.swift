import CDPDK
import NetDev

// What a PMD puts off: sleep when there is little to do, and sending until there is more (pmd-maxsleep and tx-flush-interval of ovs-vswitchd.conf.db(5)).
// Both are off by default, and cost a comparison a turn then.

/// Sleeps if the last turn has had few packets: longer after each such turn, up to the longest sleep. A command ends the sleep at once, so that neither upcalls nor
/// barriers wait for it; packets that come do. Returns the cycle counter.
@_noLocks @inline(never) func sleepAfterTurn(_ pmd: UnsafeMutablePointer<PMD>, _ now: UInt64) -> UInt64 {
    let stats = unsafe pmd.pointee.stats
    let received = unsafe stats.pointee.rxPackets &- pmd.pointee.receivedBefore
    unsafe pmd.pointee.receivedBefore = stats.pointee.rxPackets
    guard received < Limits.fewPackets else {
        unsafe pmd.pointee.sleep = 0
        return now
    }
    unsafe pmd.pointee.sleep = min(pmd.pointee.sleep &+ Limits.sleepStep, pmd.pointee.longestSleep)
    if unsafe pmd.pointee.dirtyCount != 0 { unsafe flushPorts(pmd) }
    let sleeper = unsafe pmd.pointee.sleeper, commands = unsafe pmd.pointee.commands
    sleeper.announceSleep()
    unsafe sleeper.sleep(microseconds: pmd.pointee.sleep, hasWork: !commands.isEmpty)
    let end = nt_cycles()
    unsafe stats.pointee.sleeps &+= 1
    unsafe stats.pointee.sleepCycles &+= end &- now
    return end
}

/// Sends what has waited at ports for the interval; it is looked at once a turn.
@_noLocks @inline(never) func flushDuePorts(_ pmd: UnsafeMutablePointer<PMD>) {
    let now = unsafe pmd.pointee.now
    var kept = 0
    for index in unsafe 0..<pmd.pointee.dirtyCount {
        let number = unsafe pmd.pointee.dirty[index], port = unsafe pmd.pointee.ports + Int(number)
        if unsafe port.pointee.flushAt == 0 { unsafe port.pointee.flushAt = now &+ pmd.pointee.flushInterval }
        // The counter may go round.
        if unsafe port.pointee.pending != 0, unsafe Int64(bitPattern: now &- port.pointee.flushAt) < 0 {
            unsafe pmd.pointee.dirty[kept] = number
            kept += 1
        } else {
            unsafe flushPort(pmd, number)
            unsafe port.pointee.isDirty = false
            unsafe port.pointee.flushAt = 0
        }
    }
    unsafe pmd.pointee.dirtyCount = kept
}
