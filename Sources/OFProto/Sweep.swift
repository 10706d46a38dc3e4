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
    let batch = RevalidationBatch()
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
        let end = min(cursor + limits.sweepBudget, megaflows.flows.count)
        var at = cursor
        while at < end {
            let next = min(at + OFProtoLimits.batch, end)
            readStats(at..<next, idle: idle, now: now)
            at = next
        }
        if end < megaflows.flows.count {
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
        if revalidation.round == nil { megaflows.recycle() }
        controllers.purge(now: sweep.began)
        recirculations.purge(now: sweep.began)
    }

    /// Looks at what some megaflows count.
    private func readStats(_ places: Range<Int>, idle: Int64?, now: Int64) {
        let batch = sweep.batch
        for at in places {
            if megaflows.flows[at].isLive { batch.add(at, megaflows.flows[at].id) }
        }
        batch.readStats(dpif)
        for index in 0..<batch.count { readStats(batch.entries[index].place, batch.stats[index], &batch.credits, idle: idle, now: now) }
        batch.credits.push()
        batch.removeAll()
    }

    private func readStats(_ at: Int, _ stats: DPFlowStats?, _ credits: inout CreditRun, idle: Int64?, now: Int64) {
        if let stats { note(at, stats, &credits) }
        if megaflows.flows[at].isUntested { test(at, now: now) }
        guard megaflows.flows[at].isLive else { return }
        if let idle {
            let used = max(stats?.used ?? 0, megaflows.flows[at].used)
            guard used + idle <= now else { return }
            counters.idled &+= 1
        } else {
            counters.crowdedOut &+= 1
        }
        delete(at)
    }

    /// Credits what a megaflow has counted since the last time.
    func push(_ at: Int, _ stats: DPFlowStats) {
        var credits = CreditRun()
        note(at, stats, &credits)
        credits.push()
    }

    /// Adds what a megaflow has counted since the last time to `credits`.
    func note(_ at: Int, _ stats: DPFlowStats, _ credits: inout CreditRun) {
        let packets = stats.packets &- megaflows.flows[at].packets, bytes = stats.bytes &- megaflows.flows[at].bytes
        guard stats.packets > megaflows.flows[at].packets else { return }
        let used = max(stats.used ?? megaflows.flows[at].used, megaflows.flows[at].used)
        megaflows.flows[at].packets = stats.packets
        megaflows.flows[at].bytes = stats.bytes
        megaflows.flows[at].used = used
        credits.add(megaflows.flows[at].outcome, megaflows, packets: packets, bytes: bytes, used: used, tcpFlags: stats.tcpFlags)
    }

    /// Begins the removal of a megaflow.
    func delete(_ at: Int) {
        megaflows.markDeleting(at)
        revalidation.touched = true
        dpif.flowDelete(megaflows.flows[at].id)
    }

    /// Megaflows whose removal is complete: their last packets are credited.
    func collectRetired() {
        dpif.receiveRetired { id, stats in
            guard let at = megaflows.find(id) else { return }
            push(at, stats)
            megaflows.outcome(at).credits.forEach { $0.end(now: clock) }
            megaflows.remove(at)
        }
    }
}
