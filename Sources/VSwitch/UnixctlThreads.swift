import Datapath
import Foundation

extension UnixctlCommand {
    /// PMDs and their queues (ovs-vswitchd(8), "DPIF-NETDEV COMMANDS"). With one datapath it does not matter which one is named.
    static let threads = [
        UnixctlCommand("dpif-netdev/pmd-stats-show", "[-pmd core] [dp]", 0...3, statsShow),
        UnixctlCommand("dpif-netdev/pmd-stats-clear", "[-pmd core] [dp]", 0...3, statsClear),
        UnixctlCommand("dpif-netdev/pmd-perf-show", "[-nh] [-pmd core] [dp]", 0...4, perfShow),
        UnixctlCommand("dpif-netdev/pmd-rxq-show", "[-pmd core] [-secs secs] [dp]", 0...5, rxqShow),
        UnixctlCommand("dpif-netdev/pmd-rxq-rebalance", "[dp]", 0...1, rebalance),
    ]

    /// The PMDs that the arguments ask for, and the other arguments.
    private static func select(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> (pmds: [PMDStatus], arguments: UnixctlArguments) {
        let options = try UnixctlArguments(arguments, flags: ["-nh"], valued: ["-pmd", "-secs"], ignoresUnknown: true)
        let pmds = context.pmdStatus()
        guard let core = options.values["-pmd"] else { return (pmds, options) }
        return (pmds.filter { Int(core) == $0.core }, options)
    }

    private static func statsShow(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        .text(try select(context, arguments).pmds.map { PMDStatsText.statsShow(core: $0.core, numa: $0.numa, $0.stats) }.joined())
    }

    private static func statsClear(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let (pmds, options) = try select(context, arguments)
        if options.values["-pmd"] == nil { context.clearPMDStats(core: nil) } else { for pmd in pmds { context.clearPMDStats(core: pmd.core) } }
        return .text("")
    }

    private static func perfShow(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let (all, options) = try select(context, arguments)
        let datapath = context.vswitch.datapath
        let pmds = all.filter { !$0.isMainThread }
        let seconds = Double(datapath.now - context.countsSince) / 1000
        let texts = pmds.map {
            "\n" + PMDStatsText.perfShow(
                core: $0.core, numa: $0.numa, $0.stats, seconds: seconds, hertz: datapath.hertz, histograms: !options.flags.contains("-nh"))
        }
        return .text("\nTime: \(timeOfDay())\nMeasurement duration: \(LiveTable.fixed(seconds, 3)) s\n" + texts.joined())
    }

    /// "14:07:31.042", UTC.
    private static func timeOfDay() -> String {
        let milliseconds = Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) % 86_400_000
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(milliseconds / 3_600_000, 2) + ":" + digits(milliseconds / 60_000 % 60, 2) + ":" + digits(milliseconds / 1000 % 60, 2)
            + "." + digits(milliseconds % 1000, 3)
    }

    private static func rxqShow(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let (pmds, options) = try select(context, arguments)
        let seconds = RxqUsage.window(options.values["-secs"])
        var text = "Displaying last \(seconds) seconds pmd usage %\n"
        for pmd in pmds where !pmd.isMainThread {
            let usage = context.rxqUsage.usage(of: pmd, seconds: seconds, now: context.vswitch.datapath.now, netdev: context.netdev)
            text += "pmd thread numa_id \(pmd.numa) core_id \(pmd.core):\n  isolated : \(pmd.isIsolated)\n"
            for queue in pmd.queues {
                text += "  port: \(padded(queue.port, 16))  queue-id: \(rightAligned("\(queue.queue)", 2)) (enabled)   pmd usage: \(percent(usage.queues[queue.id]))\n"
            }
            if !pmd.queues.isEmpty { text += "  overhead: \(percent(usage.overhead))\n" }
        }
        return .text(text)
    }

    private static func percent(_ share: Double?) -> String {
        share.map { rightAligned("\(Int((100 * $0).rounded()))", 2) + " %" } ?? "NOT AVAIL"
    }

    private static func rebalance(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard arguments.allSatisfy({ context.datapathNames.contains($0) }) else { throw UnixctlError("please specify an existing datapath") }
        context.netdev.assignQueues()
        return .text("pmd rxq rebalance requested.")
    }
}
