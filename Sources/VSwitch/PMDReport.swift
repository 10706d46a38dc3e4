import Datapath
import OVSDB

extension PMDStatus {
    /// A thread's name as a member of an object: "pmd-c01", "main".
    static func key(core: Int) -> String { core == DatapathSettings.mainThread ? "main" : "pmd-c\(core < 10 ? "0" : "")\(core)" }

    /// What is known of the thread by all commands; the main thread is bound to no core. Others are added.
    fileprivate func json(_ members: [String: JSON?]) -> JSON {
        var all = members.compactMapValues { $0 }
        if !isMainThread { all["core"] = JSON(core) }
        all["numa"] = JSON(numa)
        return .object(all)
    }
}

extension PMDStats {
    fileprivate var cycles: UInt64 { busyCycles + idleCycles }
    fileprivate var passes: UInt64 { rxPackets + recirculations }
    fileprivate var cacheHits: JSON {
        [
            "phwol": .integer(0), "mfex-opt": .integer(0), "simple-match": JSON(hintHits), "exact-match": JSON(emcHits), "signature-match": JSON(smcHits),
            "megaflow": JSON(megaflowHits),
        ]
    }
    fileprivate var upcallCounts: JSON { ["success": JSON(upcalls), "failure": JSON(upcallsLost)] }
}

private func average(_ a: UInt64, _ b: UInt64, percent: Bool = false) -> JSON? {
    PMDStatsText.average(a, b).map { JSON(percent ? 100 * $0 : $0) }
}

/// A thread's counters as `pmd-stats-show` shows them. Nobody counts the main thread's cycles.
struct PMDStatsReport: CommandValue {
    let pmd: PMDStatus

    var text: String { PMDStatsText.statsShow(core: pmd.core, numa: pmd.numa, pmd.stats) }
    var json: JSON {
        let stats = pmd.stats, cycles = pmd.isMainThread ? 0 : stats.cycles
        let averages = JSON(members: [
            "datapath-passes-per-packet": average(stats.passes, stats.rxPackets),
            "subtable-lookups-per-megaflow-hit": average(stats.subtableLookups, stats.megaflowHits),
            "packets-per-output-batch": average(stats.txPackets, stats.txBatches),
            "cycles-per-packet": cycles == 0 ? nil : average(cycles, stats.rxPackets),
            "processing-cycles-per-packet": cycles == 0 ? nil : average(stats.busyCycles, stats.rxPackets),
        ])
        return pmd.json([
            "packets": ["received": JSON(stats.rxPackets), "recirculated": JSON(stats.recirculations)], "flow-cache-hits": stats.cacheHits,
            "upcalls": stats.upcallCounts, "averages": averages,
            "cycles": cycles == 0 ? nil : JSON(members: [
                "idle": JSON(stats.idleCycles), "processing": JSON(stats.busyCycles), "idle-percentage": average(stats.idleCycles, cycles, percent: true),
                "processing-percentage": average(stats.busyCycles, cycles, percent: true),
            ]),
        ])
    }
}

/// What a PMD did with its time, as `pmd-perf-show` shows it.
struct PMDPerformance: CommandValue {
    let pmd: PMDStatus
    /// What the counters cover.
    let seconds: Double
    /// Cycles in a second.
    let hertz: UInt64
    let hasHistograms: Bool

    var text: String {
        "\n" + PMDStatsText.perfShow(core: pmd.core, numa: pmd.numa, pmd.stats, seconds: seconds, hertz: hertz, histograms: hasHistograms)
    }

    var json: JSON {
        let stats = pmd.stats, total = seconds * Double(hertz), microseconds = 1e6 / Double(max(hertz, 1))
        let cycles = JSON(members: [
            "used": JSON(stats.cycles), "idle": JSON(stats.idleCycles), "busy": JSON(stats.busyCycles),
            "used-percentage-of-total": total == 0 ? nil : JSON(100 * Double(stats.cycles) / total),
            "idle-percentage-of-used": average(stats.idleCycles, stats.cycles, percent: true),
            "busy-percentage-of-used": average(stats.busyCycles, stats.cycles, percent: true),
        ])
        let iterations: JSON = [
            "total": JSON(stats.iterations), "idle": JSON(stats.iterations - stats.busyIterations), "busy": JSON(stats.busyIterations), "sleep": .integer(0),
        ]
        let packets: JSON = [
            "received": JSON(stats.rxPackets), "recirculated": JSON(stats.recirculations), "transmitted": JSON(stats.txPackets),
            "transmit-batches": JSON(stats.txBatches),
        ]
        let averages = JSON(members: [
            "us-per-iteration": PMDStatsText.average(stats.cycles, stats.iterations).map { JSON(microseconds * $0) },
            "received-packets-per-second": seconds == 0 ? nil : JSON(Double(stats.rxPackets) / seconds),
            "transmitted-packets-per-second": seconds == 0 ? nil : JSON(Double(stats.txPackets) / seconds),
            "cycles-per-packet": average(stats.busyCycles, stats.rxPackets), "datapath-passes-per-packet": average(stats.passes, stats.rxPackets),
            "subtable-lookups-per-megaflow-hit": average(stats.subtableLookups, stats.megaflowHits),
            "us-per-upcall": stats.upcalls == 0 ? nil : JSON(microseconds * Double(stats.upcallLatency.quantile(0.5))),
            "packets-per-output-batch": average(stats.txPackets, stats.txBatches),
        ])
        let histograms: JSON = [
            "packets-per-batch": Self.bins(stats.packetsPerBatch), "cycles-per-iteration": Self.bins(stats.cyclesPerIteration.octaves),
            "upcall-latency-cycles": Self.bins(stats.upcallLatency),
        ]
        return pmd.json([
            "measurement-duration-s": JSON(seconds), "cycles": cycles, "iterations": iterations, "sleep-us": .integer(0), "packets": packets,
            "flow-cache-hits": stats.cacheHits, "upcalls": stats.upcallCounts, "averages": averages, "histograms": hasHistograms ? histograms : nil,
        ])
    }

    /// The bins that hold something, each with its lower bound.
    private static func bins(_ histogram: Log2Histogram) -> JSON {
        .array((0..<40).filter { histogram.bins[$0] != 0 }.map { bin in
            ["from": JSON(bin == 0 ? 0 : UInt64(1) << UInt64(bin)), "count": JSON(histogram.bins[bin])]
        })
    }
}

/// A PMD's receive queues and what share of its time they took, as `pmd-rxq-show` shows them.
struct PMDQueues: CommandValue {
    let pmd: PMDStatus
    /// Of which the shares are.
    let seconds: Int
    let usage: [RxqID: Double]
    /// Busy for none of them; nil: it is not known yet.
    let overhead: Double?

    var text: String {
        var text = "pmd thread numa_id \(pmd.numa) core_id \(pmd.core):\n  isolated : \(pmd.isIsolated)\n"
        for queue in pmd.queues {
            text += "  port: \(padded(queue.port, 16))  queue-id: \(rightAligned("\(queue.queue)", 2)) (enabled)"
                + "   pmd usage: \(Self.percent(usage[queue.id]))\n"
        }
        return text + (pmd.queues.isEmpty ? "" : "  overhead: \(Self.percent(overhead))\n")
    }

    private static func percent(_ share: Double?) -> String { percentage(share).map { rightAligned("\($0)", 2) + " %" } ?? "NOT AVAIL" }
    private static func percentage(_ share: Double?) -> Int? { share.map { Int((100 * $0).rounded()) } }

    var json: JSON {
        let queues = pmd.queues.map { queue in
            JSON(members: [
                "port": JSON(queue.port), "queue-id": JSON(queue.queue), "enabled": JSON(true),
                "usage-percentage": Self.percentage(usage[queue.id]).map { JSON($0) },
            ])
        }
        return pmd.json([
            "isolated": JSON(pmd.isIsolated), "window-s": JSON(seconds), "queues": .array(queues),
            "overhead-percentage": pmd.queues.isEmpty ? nil : Self.percentage(overhead).map { JSON($0) },
        ])
    }
}
