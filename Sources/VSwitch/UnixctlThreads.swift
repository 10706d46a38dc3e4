import Datapath
import Foundation
import OVSDB

extension UnixctlCommand {
    /// PMDs and their queues (ovs-vswitchd(8), "DPIF-NETDEV COMMANDS"). With one datapath it does not matter which one is named.
    static let threads = [
        UnixctlCommand("dpif-netdev/pmd-stats-show", "[-pmd core] [dp]", 0...3, statsShow),
        UnixctlCommand("dpif-netdev/pmd-stats-clear", "[-pmd core] [dp]", 0...3, statsClear),
        UnixctlCommand("dpif-netdev/pmd-perf-show", "[-nh] [-it iter-history-len] [-ms ms-history-len] [-pmd core] [dp]", 0...8, perfShow),
        UnixctlCommand("dpif-netdev/pmd-rxq-show", "[-pmd core] [-secs secs] [dp]", 0...5, rxqShow),
        UnixctlCommand("dpif-netdev/pmd-perf-log-set", "on|off [-b before] [-a after] [-e|-ne] [-us usec] [-q qlen]", 0...10, setPerfLog),
        UnixctlCommand("dpif-netdev/bond-show", "[dp]", 0...1) { context, arguments throws(UnixctlError) in
            guard arguments.allSatisfy({ $0 == "ovs-\(context.vswitch.datapath.type)" }) else { throw UnixctlError("please specify an existing datapath") }
            return .value(PlainValue("", [:]))
        },
        UnixctlCommand("dpif-netdev/pmd-rxq-rebalance", "[dp]", 0...1, rebalance),
    ]

    /// The PMDs that the arguments ask for, and the other arguments.
    private static func select(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> (pmds: [PMDStatus], arguments: UnixctlArguments) {
        let options = try UnixctlArguments(arguments, flags: ["-nh"], valued: ["-pmd", "-secs", "-it", "-ms"], ignoresUnknown: true)
        let pmds = context.pmdStatus()
        // What is no number selects no PMD in particular.
        guard let core = options.values["-pmd"].flatMap({ Int($0) }) else { return (pmds, options) }
        return (pmds.filter { core == $0.core }, options)
    }

    private static func statsShow(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        .value(ValuesByName(elements: try select(context, arguments).pmds.map { (PMDStatus.key(core: $0.core), PMDStatsReport(pmd: $0)) }))
    }

    private static func statsClear(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let (pmds, options) = try select(context, arguments)
        if options.values["-pmd"] == nil { context.clearPMDStats(core: nil) } else { for pmd in pmds { context.clearPMDStats(core: pmd.core) } }
        return .text("")
    }

    private static func perfShow(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let (all, options) = try select(context, arguments)
        let datapath = context.vswitch.datapath
        let seconds = Double(datapath.now - context.countsSince) / 1000
        let reports = all.filter { !$0.isMainThread }.map { pmd in
            (name: PMDStatus.key(core: pmd.core),
                value: PMDPerformance(pmd: pmd, seconds: seconds, hertz: datapath.hertz, hasHistograms: !options.flags.contains("-nh")))
        }
        let heading = all.isEmpty ? "" : "\nTime: \(timeOfDay())\nMeasurement duration: \(LiveTable.fixed(seconds, 3)) s\n"
        return .value(ValuesByName(heading: heading, elements: reports))
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
        let reports = pmds.filter { !$0.isMainThread }.map { pmd in
            let usage = context.rxqUsage.usage(of: pmd, seconds: seconds, now: context.vswitch.datapath.now, netdev: context.netdev)
            return (name: PMDStatus.key(core: pmd.core), value: PMDQueues(pmd: pmd, seconds: seconds, usage: usage.queues, overhead: usage.overhead))
        }
        return .value(ValuesByName(heading: pmds.isEmpty ? "" : "Displaying last \(seconds) seconds pmd usage %\n", elements: reports))
    }

    /// PMDs log no suspicious iterations: nothing can be switched on.
    private static func setPerfLog(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        var isOn = false
        var waiting = arguments[...]
        while let word = waiting.popFirst() {
            switch word {
            case "on": isOn = true
            case "off": isOn = false
            case "-e", "-ne": continue
            case "-b", "-a", "-us", "-q":
                if let value = waiting.popFirst(), Int(value) != nil { continue }
                throw UnixctlError(perfLogUsage)
            default: throw UnixctlError(perfLogUsage)
            }
        }
        guard !isOn else { throw UnixctlError("suspicious iterations are not logged") }
        return .text("")
    }

    private static let perfLogUsage = "Usage: ovs-appctl dpif-netdev/pmd-perf-log-set [on|off] [-b before] [-a after] [-e|-ne] [-us usec] [-q qlen]"

    private static func rebalance(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard arguments.allSatisfy({ $0 == "ovs-\(context.vswitch.datapath.type)" }) else { throw UnixctlError("please specify an existing datapath") }
        context.netdev.assignQueues()
        return .text("pmd rxq rebalance requested.")
    }
}
