import Datapath

/// What share of its PMD's time each receive queue took lately. Samples are taken every few seconds, so that `pmd-rxq-show` can tell of the
/// last ones. Owner: the ofproto thread.
struct RxqUsage {
    /// A receive queue, or a PMD's busy and whole time, in cycles.
    private struct Sample {
        var time: Int64
        var queues: [RxqID: UInt64]
        var pmds: [Int: (busy: UInt64, total: UInt64)]
    }
    /// Seconds between samples, and at most shown: those of OVS.
    private static let step = 5, longest = 60
    /// The oldest first.
    private var samples: [Sample] = []

    /// Seconds that `-secs` asks for, in whole steps; the longest if it asks for none, or for too many.
    static func window(_ text: String?) -> Int {
        guard let seconds = text.flatMap({ Int($0) }), seconds > 0, seconds <= longest else { return longest }
        return (seconds + step - 1) / step * step
    }

    /// Takes a sample if one is due. `now` is in milliseconds.
    mutating func tick(now: Int64, netdev: DPIFNetdev) {
        if let last = samples.last, now < last.time + Int64(Self.step) * 1000 { return }
        samples.append(Self.sample(now, netdev))
        if samples.count > Self.longest / Self.step + 1 { samples.removeFirst() }
    }

    private static func sample(_ now: Int64, _ netdev: DPIFNetdev) -> Sample {
        var sample = Sample(time: now, queues: [:], pmds: [:])
        for pmd in netdev.pmdStatus() {
            sample.pmds[pmd.core] = (pmd.stats.busyCycles, pmd.stats.busyCycles + pmd.stats.idleCycles)
            for queue in pmd.queues { sample.queues[queue.id] = queue.cycles }
        }
        return sample
    }

    /// Shares of the PMD's time in the last `seconds`, 0 to 1: each queue's, and what was busy for none of them; nil: not known yet.
    func usage(of pmd: PMDStatus, seconds: Int, now: Int64, netdev: DPIFNetdev) -> (queues: [RxqID: Double], overhead: Double?) {
        let current = Self.sample(now, netdev)
        guard let former = samples.first(where: { $0.time >= now - Int64(seconds) * 1000 }) ?? samples.last,
            let before = former.pmds[pmd.core], let after = current.pmds[pmd.core], after.total > before.total else { return ([:], nil) }
        let total = Double(after.total - before.total)
        var shares: [RxqID: Double] = [:]
        for queue in pmd.queues {
            let cycles = current.queues[queue.id] ?? 0, old = former.queues[queue.id] ?? 0
            // A port opened anew counts from nothing.
            shares[queue.id] = min(1, Double(cycles >= old ? cycles - old : cycles) / total)
        }
        let busy = after.busy >= before.busy ? Double(after.busy - before.busy) / total : 0
        return (shares, max(0, busy - shares.values.reduce(0, +)))
    }
}

/// A receive queue: its port's name and its number.
struct RxqID: Hashable {
    var port: String
    var queue: Int
}

extension RxqStatus {
    var id: RxqID { RxqID(port: port, queue: queue) }
}
