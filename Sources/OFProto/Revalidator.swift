import Datapath
import Flow

/// Keeps megaflows true, and what they count up to date.
///
/// A sweep goes over all megaflows in slices, one slice a turn. For each it reads the counters and credits what is new;
/// deletes it if no packet came for long; and translates it again if something changed that it depends on: any rule,
/// port or bridge (`changed`), or a station (`changedStations`, matched by the tags that translation left). What
/// changes while a sweep is under way is for the next one, which follows at once. Megaflows installed meanwhile
/// were made from the newest state. So none is older than the time of two sweeps.
struct Sweep {
    /// What the sweep under way checks.
    var isFull = false
    var stations: UInt64 = 0
    /// The next place to look at; nil: no sweep is under way.
    var cursor: Int?
    var began: Int64 = 0
    /// When the links of all ports were asked for.
    var linksAsked: Int64 = 0
    /// The begin of the last complete sweep: counters are as of then, or newer.
    var completed: Int64 = .min
    /// What the next sweep has to check.
    var changed = false
    var changedStations: UInt64 = 0
    var isWanted = false
    /// How many changes there were; how many of them the sweep under way takes account of; and how many the last complete one did.
    var changes: UInt64 = 0
    var covered: UInt64 = 0
    var settled: UInt64 = 0
    /// Megaflows were changed or deleted since the datapath was last waited for.
    var touched = false

    var hasChanges: Bool { changed || changedStations != 0 }
}

extension OFProto {
    /// True while megaflows may be installed that changes made false.
    public var isRevalidating: Bool { sweep.hasChanges || (sweep.cursor != nil && (sweep.isFull || sweep.stations != 0)) }

    /// The number of the last change.
    var changeCount: UInt64 { sweep.changes }

    /// True once no packet can be forwarded any more by what stood before the change with this number.
    func isSettled(_ change: UInt64) -> Bool {
        guard sweep.settled >= change else { return false }
        if sweep.touched {
            dpif.barrier()
            sweep.touched = false
        }
        return true
    }

    /// Does all revalidation that is due, whatever it costs. Afterwards no megaflow is stale.
    public func revalidateNow(now: Int64) {
        // Each round either ends a sweep or shortens it, and a sweep makes no changes but stations' and those of flows learned again.
        var rounds = 0
        while isRevalidating && rounds < 1 << 20 {
            runSweep(now: now)
            rounds += 1
        }
    }

    /// One slice of the sweep, which is begun if one is due. Returns true if more is to be done at once.
    @discardableResult func runSweep(now: Int64) -> Bool {
        if sweep.cursor == nil {
            guard sweep.hasChanges || sweep.isWanted || sweep.began + limits.sweepInterval <= now else { return false }
            beginSweep(now: now)
        }
        guard var at = sweep.cursor else { return false }
        var budget = limits.sweepBudget
        let idle = megaflows.liveCount > limits.flowLimit ? limits.crowdedIdle : limits.maxIdle
        while at < megaflows.slots.count, budget > 0 {
            budget -= check(at, idle: idle, now: now)
            at += 1
        }
        if at < megaflows.slots.count {
            sweep.cursor = at
            return true
        }
        endSweep()
        return sweep.hasChanges
    }

    private func beginSweep(now: Int64) {
        // Each port's link is asked for by a system call: not for every sweep of many flow mods.
        let asksAll = sweep.linksAsked + limits.sweepInterval <= now
        if asksAll { sweep.linksAsked = now }
        for bridge in bridges { bridge.refreshLinks(ofAll: asksAll) }
        sweep.cursor = 0
        sweep.began = now
        sweep.isFull = sweep.changed
        sweep.stations = sweep.changedStations
        sweep.covered = sweep.changes
        sweep.changed = false
        sweep.changedStations = 0
        sweep.isWanted = false
    }

    private func endSweep() {
        sweep.cursor = nil
        sweep.completed = sweep.began
        if sweep.isFull { sweep.settled = sweep.covered }
        counters.sweeps &+= 1
        translator.forgetCredits()
        controllers.purge(now: sweep.began)
        recirculations.purge(now: sweep.began)
    }

    /// Looks at one megaflow. Returns what that cost.
    private func check(_ at: Int, idle: Int64, now: Int64) -> Int {
        guard let flow = megaflows.slots[at], !flow.isDeleting else { return 1 }
        var used = flow.used
        if let stats = dpif.flowStats(flow.id) { used = push(at, stats) }
        if max(used, flow.created) + idle <= now {
            counters.idled &+= 1
            delete(at, flow.id)
            return 1
        }
        guard sweep.isFull || flow.stations & sweep.stations != 0 else { return 1 }
        revalidate(at, flow, now: now)
        return limits.translationCost
    }

    /// Credits what was counted since the last time. Returns when the last packet came.
    @discardableResult func push(_ at: Int, _ stats: DPFlowStats) -> Int64 {
        guard let flow = megaflows.slots[at] else { return 0 }
        let packets = stats.packets &- flow.packets, bytes = stats.bytes &- flow.bytes
        let used = max(stats.used ?? flow.used, flow.used)
        guard stats.packets > flow.packets else { return used }
        _ = megaflows.with(at) {
            $0.packets = stats.packets
            $0.bytes = stats.bytes
            $0.used = used
        }
        for credit in flow.credits { credit.push(packets: packets, bytes: bytes, used: used, tcpFlags: stats.tcpFlags) }
        return used
    }

    /// Begins the removal of a megaflow.
    func delete(_ at: Int, _ id: DPFlowID) {
        megaflows.markDeleting(at)
        sweep.touched = true
        dpif.flowDelete(id)
    }

    /// Translates a megaflow again and changes or deletes what is installed.
    private func revalidate(_ at: Int, _ flow: Megaflow, now: Int64) {
        counters.revalidated &+= 1
        megaflows.load(flow, into: translator.flow)
        // What the key does not hold would be consulted as zero: then the mask is too narrow, and the packets must come up again.
        guard translator.translate(now: now, learns: false), translator.wildcards.isCovered(by: megaflows.masks[flow.mask]) else {
            counters.invalidated &+= 1
            delete(at, flow.id)
            return
        }
        let (credits, stations) = (translator.takeCredits(), translator.stations)
        var actions = flow.actions
        if translator.actions != actions {
            do throws(DPIFError) {
                actions = translator.takeActions()
                sweep.touched = true
                try dpif.flowModify(flow.id, actions: actions)
                counters.modified &+= 1
            } catch {
                counters.invalidated &+= 1
                delete(at, flow.id)
                return
            }
        }
        _ = megaflows.with(at) {
            $0.actions = actions
            $0.credits = credits
            $0.stations = stations
        }
    }

    /// Megaflows whose removal is complete: their last packets are credited.
    func collectRetired() {
        dpif.receiveRetired { id, stats in
            guard let at = megaflows.find(id) else { return }
            push(at, stats)
            megaflows.slots[at]?.credits.forEach { $0.end(now: clock) }
            megaflows.remove(at)
        }
    }
}

extension FlowBuffer {
    /// The lines of a mask that hold bits.
    var maskLines: MaskLines {
        var lines = MaskLines()
        for index in 0..<FlowKey.lineCount {
            let line = self[line: index]
            if !linesEqual(line, .zero) { lines.append(index, line) }
        }
        return lines
    }

    /// True if no bit of this mask is outside `mask`.
    func isCovered(by mask: MaskLines) -> Bool {
        var at = 0
        for index in 0..<FlowKey.lineCount {
            var bits = self[line: index]
            if at < mask.count, mask.indices[at] == index {
                bits = bits & ~mask.masks[at]
                at += 1
            }
            if !linesEqual(bits, .zero) { return false }
        }
        return true
    }
}
