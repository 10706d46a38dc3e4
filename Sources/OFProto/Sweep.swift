import Datapath

/// Keeps what megaflows count up to date, and removes those without packets.
///
/// A sweep goes over all megaflows in slices, one slice a turn, each `sweepInterval`: it reads the counters, credits what is new, and deletes a megaflow if no
/// packet came for long; how long that is hangs on how many there are (`FlowLimit`). So what rules, ports and groups count is as of the time of a sweep and an interval ago, or newer.
struct Sweep {
    /// The next place to look at; nil: no sweep is under way.
    var cursor: Int?
    var began: Int64 = 0
    /// The begin of the last complete sweep: counters are as of then, or newer.
    var completed: Int64 = .min
    var isWanted = false
}

extension OFProto {
    /// One slice of the sweep, which is begun if one is due. Returns true if more is to be done at once.
    @discardableResult func runSweep(now: Int64) -> Bool {
        if sweep.cursor == nil {
            guard sweep.isWanted || sweep.began + limits.sweepInterval <= now else { return false }
            beginSweep(now: now)
        }
        guard let cursor = sweep.cursor else { return false }
        let idle = flowLimit.idle(megaflows.liveCount, limits: limits)
        let end = min(cursor + limits.sweepBudget, megaflows.slots.count)
        for at in cursor..<end { readStats(at, idle: idle, now: now) }
        if end < megaflows.slots.count {
            sweep.cursor = end
            return true
        }
        endSweep(now: now)
        return false
    }

    private func beginSweep(now: Int64) {
        for bridge in bridges { bridge.refreshLinks(ofAll: true) }
        sweep.cursor = 0
        sweep.began = now
        sweep.isWanted = false
    }

    private func endSweep(now: Int64) {
        sweep.cursor = nil
        sweep.completed = sweep.began
        flowLimit.noteSweep(of: megaflows.liveCount, milliseconds: now - sweep.began)
        counters.sweeps &+= 1
        translator.forgetCredits()
        controllers.purge(now: sweep.began)
        recirculations.purge(now: sweep.began)
    }

    /// Looks at what one megaflow counts.
    private func readStats(_ at: Int, idle: Int64?, now: Int64) {
        guard let flow = megaflows.slots[at], !flow.isDeleting else { return }
        var used = flow.used
        if let stats = dpif.flowStats(flow.id) { used = push(flow, stats) }
        if flow.isUntested { test(at, flow, now: now) }
        if flow.isDeleting { return }
        if let idle {
            guard max(used, flow.created) + idle <= now else { return }
            counters.idled &+= 1
        } else {
            counters.crowdedOut &+= 1
        }
        delete(at, flow.id)
    }

    /// Credits what was counted since the last time. Returns when the last packet came.
    @discardableResult func push(_ flow: Megaflow, _ stats: DPFlowStats) -> Int64 {
        let used = max(stats.used ?? flow.used, flow.used)
        guard stats.packets > flow.packets else { return used }
        let packets = stats.packets &- flow.packets, bytes = stats.bytes &- flow.bytes
        flow.packets = stats.packets
        flow.bytes = stats.bytes
        flow.used = used
        for credit in flow.credits { credit.push(packets: packets, bytes: bytes, used: used, tcpFlags: stats.tcpFlags) }
        return used
    }

    /// Begins the removal of a megaflow.
    func delete(_ at: Int, _ id: DPFlowID) {
        megaflows.markDeleting(at)
        revalidation.touched = true
        dpif.flowDelete(id)
    }

    /// Megaflows whose removal is complete: their last packets are credited.
    func collectRetired() {
        dpif.receiveRetired { id, stats in
            guard let at = megaflows.find(id), let flow = megaflows.slots[at] else { return }
            push(flow, stats)
            flow.credits.forEach { $0.end(now: clock) }
            megaflows.remove(at)
        }
    }
}
