import Foundation

/// The texts of `ovs-appctl dpif-netdev/pmd-stats-show` and `pmd-perf-show`
/// (ovs-vswitchd(8), section "DPIF-NETDEV COMMANDS").
public enum PMDStatsText {
    /// A thread's heading.
    private static func heading(_ core: Int, _ numa: Int) -> String {
        core == DatapathSettings.mainThread ? "main thread:" : "pmd thread numa_id \(numa) core_id \(core):"
    }

    /// `pmd-stats-show` for one PMD. Nobody counts the main thread's cycles.
    public static func statsShow(core: Int, numa: Int, _ stats: PMDStats) -> String {
        let passes = stats.rxPackets + stats.recirculations
        return """
            \(heading(core, numa))
              packets received: \(stats.rxPackets)
              packet recirculations: \(stats.recirculations)
              avg. datapath passes per packet: \(ratio(passes, stats.rxPackets))
              phwol hits: 0
              mfex opt hits: 0
              simple match hits: \(stats.hintHits)
              emc hits: \(stats.emcHits)
              smc hits: \(stats.smcHits)
              megaflow hits: \(stats.megaflowHits)
              avg. subtable lookups per megaflow hit: \(ratio(stats.subtableLookups, stats.megaflowHits))
              miss with success upcall: \(stats.upcalls)
              miss with failed upcall: \(stats.upcallsLost)
              avg. packets per output batch: \(ratio(stats.txPackets, stats.txBatches))

            """ + (core == DatapathSettings.mainThread ? "" : cycleLines(stats))
    }

    /// The lines of `pmd-stats-show` about cycles; those that would divide by nothing are left out.
    private static func cycleLines(_ stats: PMDStats) -> String {
        let cycles = stats.busyCycles + stats.idleCycles
        guard cycles > 0 else { return "" }
        let shares = """
              idle cycles: \(stats.idleCycles) (\(percent(stats.idleCycles, cycles))%)
              processing cycles: \(stats.busyCycles) (\(percent(stats.busyCycles, cycles))%)

            """
        guard stats.rxPackets > 0 else { return shares }
        return shares + """
              avg cycles per packet: \(ratio(cycles, stats.rxPackets)) (\(cycles)/\(stats.rxPackets))
              avg processing cycles per packet: \(ratio(stats.busyCycles, stats.rxPackets)) (\(stats.busyCycles)/\(stats.rxPackets))

            """
    }

    /// `pmd-perf-show` for one PMD whose counters cover `seconds`.
    public static func perfShow(core: Int, numa: Int, _ stats: PMDStats, seconds: Double, hertz: UInt64, histograms: Bool) -> String {
        let cycles = stats.busyCycles + stats.idleCycles
        let idle = stats.iterations - stats.busyIterations
        let us = 1e6 / Double(max(hertz, 1))
        var text = """
            \(heading(core, numa))

              Iterations:         \(pad(stats.iterations))  (\(fixed(us * part(cycles, stats.iterations))) us/it)
              - Used TSC cycles:  \(pad(cycles))  (\(percent1(Double(cycles), seconds * Double(hertz))) % of total cycles)
              - idle iterations:  \(pad(idle))  (\(percent1(stats.idleCycles, cycles)) % of used cycles)
              - busy iterations:  \(pad(stats.busyIterations))  (\(percent1(stats.busyCycles, cycles)) % of used cycles)
              - sleep iterations: \(pad(stats.sleeps))  (\(percent1(stats.sleeps, stats.iterations)) % of iterations)
              Sleep time (us):    \(pad(UInt64(us * Double(stats.sleepCycles))))  (\(String(format: "%3.0f", us * part(stats.sleepCycles, stats.sleeps))) us/iteration avg.)

            """
        text += packetLines(stats, seconds: seconds, us: us)
        guard histograms else { return text }
        return text + "\n" + histogram("packets/batch", stats.packetsPerBatch) + histogram("cycles/it", stats.cyclesPerIteration.octaves)
            + histogram("upcall latency, cycles", stats.upcallLatency)
    }

    /// The lines of `pmd-perf-show` about packets; without packets there is nothing to tell of them.
    private static func packetLines(_ stats: PMDStats, seconds: Double, us: Double) -> String {
        let passes = stats.rxPackets + stats.recirculations
        let received = stats.rxPackets == 0 ? "  Rx packets:         \(pad(0))\n" : """
              Rx packets:         \(pad(stats.rxPackets))  (\(rate(stats.rxPackets, seconds)) Kpps, \(String(format: "%.0f", part(stats.busyCycles, stats.rxPackets))) cycles/pkt)
              Datapath passes:    \(pad(passes))  (\(ratio(passes, stats.rxPackets)) passes/pkt)
              - PHWOL hits:       \(pad(0))  (\(percent1(0, passes)) %)
              - MFEX Opt hits:    \(pad(0))  (\(percent1(0, passes)) %)
              - Simple Match hits:\(pad(stats.hintHits))  (\(percent1(stats.hintHits, passes)) %)
              - EMC hits:         \(pad(stats.emcHits))  (\(percent1(stats.emcHits, passes)) %)
              - SMC hits:         \(pad(stats.smcHits))  (\(percent1(stats.smcHits, passes)) %)
              - Megaflow hits:    \(pad(stats.megaflowHits))  (\(percent1(stats.megaflowHits, passes)) %, \(ratio(stats.subtableLookups, stats.megaflowHits)) subtbl lookups/hit)
              - Upcalls:          \(pad(stats.upcalls))  (\(percent1(stats.upcalls, passes)) %, \(String(format: "%.1f", us * Double(stats.upcallLatency.quantile(0.5)))) us/upcall)
              - Lost upcalls:     \(pad(stats.upcallsLost))  (\(percent1(stats.upcallsLost, passes)) %)

            """
        guard stats.txPackets > 0 else { return received + "  Tx packets:         \(pad(0))\n" }
        return received + """
              Tx packets:         \(pad(stats.txPackets))  (\(rate(stats.txPackets, seconds)) Kpps)
              Tx batches:         \(pad(stats.txBatches))  (\(ratio(stats.txPackets, stats.txBatches)) pkts/batch)

            """
    }

    /// A histogram's bins that hold something, each by its lower bound.
    static func histogram(_ title: String, _ histogram: Log2Histogram) -> String {
        var text = "  Histogram of \(title):\n"
        for bin in 0..<40 where histogram.bins[bin] != 0 {
            text += "    \(pad(bin == 0 ? 0 : UInt64(1) << UInt64(bin)))  \(histogram.bins[bin])\n"
        }
        return text
    }

    private static func part(_ a: UInt64, _ b: UInt64) -> Double { average(a, b) ?? 0 }
    /// nil: of nothing.
    public static func average(_ a: UInt64, _ b: UInt64) -> Double? { b == 0 ? nil : Double(a) / Double(b) }
    private static func ratio(_ a: UInt64, _ b: UInt64) -> String { fixed(part(a, b)) }
    private static func percent(_ a: UInt64, _ b: UInt64) -> String { fixed(100 * part(a, b)) }
    private static func percent1(_ a: UInt64, _ b: UInt64) -> String { percent1(Double(a), Double(b)) }
    private static func percent1(_ a: Double, _ b: Double) -> String { String(format: "%5.1f", b == 0 ? 0 : 100 * a / b) }
    private static func fixed(_ number: Double) -> String { String(format: "%.2f", number) }
    private static func pad(_ number: UInt64) -> String { String(repeating: " ", count: max(0, 12 - String(number).count)) + String(number) }
    private static func rate(_ number: UInt64, _ seconds: Double) -> String { String(format: "%.0f", seconds == 0 ? 0 : Double(number) / seconds / 1000) }
}
