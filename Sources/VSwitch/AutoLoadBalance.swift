import Datapath

/// Automatic load balancing: pmd-auto-lb of ovs-vswitchd.conf.db(5). A PMD that was busier than a threshold for a minute lets the receive queues be shared out anew, if
/// that would even out the loads of the PMDs of a NUMA node enough: if it lessens their variance so much.
///
/// Owner: the ofproto thread.
struct AutoLoadBalance {
    typealias Settings = DatapathConfig.LoadBalance

    /// What the datapath says of itself at a moment.
    struct Moment {
        struct PMD {
            var busy: UInt64, total: UInt64
            /// It polls pinned queues only.
            var isIsolated = false
            /// Its NUMA node.
            var node = 0
        }
        /// By their numbers.
        var pmds: [Int: PMD]
        /// All queues, and who polls each.
        var queues: [(load: RxqLoad, pmd: Int?)]
    }

    /// Milliseconds between looks at the loads, and looks in a row that make a PMD overloaded.
    private static let step: Int64 = 5_000, overloaded = 12
    /// The oldest first.
    private var moments: [Moment] = []
    private var nextLook: Int64 = 0
    /// By PMD: how often in a row its load was over the threshold.
    private var highLoads: [Int: Int] = [:]
    /// When the last attempt was made, or the first one could have been.
    private var lastAttempt: Int64?

    /// Returns the loads by which the queues are to be shared out anew; nil: they are not.
    /// - Parameters:
    ///   - look: what the datapath says, when it is asked.
    ///   - assign: whom the datapath would give each queue, by loads.
    mutating func run(_ settings: Settings, now: Int64, look: () -> Moment, assign: ([RxqLoad]) -> [Int]) -> [RxqLoad]? {
        guard settings.isOn else {
            if lastAttempt != nil { self = AutoLoadBalance() }
            return nil
        }
        guard now >= nextLook else { return nil }
        nextLook = now + Self.step
        let moment = look()
        count(moment, settings)
        moments.append(moment)
        if moments.count > Self.overloaded + 1 { moments.removeFirst() }
        guard let last = lastAttempt else {
            lastAttempt = now
            return nil
        }
        guard now > last + Int64(settings.interval) * 60_000 else { return nil }
        lastAttempt = now
        guard highLoads.values.contains(where: { $0 >= Self.overloaded }) else { return nil }
        VLog.shared.log("dpif_netdev", .debug, "PMD auto load balance performing dry run.")
        return dryRun(moment, settings, assign)
    }

    private mutating func count(_ moment: Moment, _ settings: Settings) {
        var counts: [Int: Int] = [:]
        for (number, pmd) in moment.pmds where !pmd.isIsolated {
            guard let former = moments.last?.pmds[number], pmd.total > former.total, pmd.busy >= former.busy else { continue }
            let isHigh = 100 * (pmd.busy - former.busy) >= UInt64(settings.loadThreshold) * (pmd.total - former.total)
            counts[number] = isHigh ? (highLoads[number] ?? 0) + 1 : 0
        }
        highLoads = counts
    }

    /// What the queues took in the last minute.
    private func recentLoads(_ moment: Moment) -> [RxqLoad] {
        let former = Dictionary((moments.first?.queues ?? []).map { (RxqPlace($0.load), $0.load.cycles) }, uniquingKeysWith: { $1 })
        return moment.queues.map { queue in
            var load = queue.load
            // A port opened anew counts from nothing.
            if let before = former[RxqPlace(load)], before <= load.cycles { load.cycles -= before }
            return load
        }
    }

    private func dryRun(_ moment: Moment, _ settings: Settings, _ assign: ([RxqLoad]) -> [Int]) -> [RxqLoad]? {
        let loads = recentLoads(moment), open = moment.pmds.filter { !$0.value.isIsolated }, nodes = Set(open.values.map(\.node)).sorted()
        // Of one PMD, or with a queue for each, nothing can be evened out.
        guard open.count > 1, Set(moment.queues.compactMap(\.pmd)).count < moment.queues.count else {
            VLog.shared.log("dpif_netdev", .debug, "PMD auto load balance nothing to do, not enough non-isolated PMDs or RxQs.")
            return nil
        }
        let pollers = assign(loads)
        guard nodes.count == 1 || zip(loads, pollers).allSatisfy({ $0.pinnedCore != nil || moment.pmds[$1]?.node == $0.node }) else {
            let text = "PMD auto load balance detected cross-numa polling with multiple numa nodes. Unable to accurately estimate."
            VLog.shared.log("dpif_netdev", .debug, text)
            return nil
        }
        var isMet = settings.improvementThreshold == 0
        for node in nodes {
            let pmds = open.filter { $0.value.node == node }.map(\.key)
            let current = Self.variance(of: pmds, loads, moment.queues.map(\.pmd)), estimated = Self.variance(of: pmds, loads, pollers)
            let improvement = current > estimated ? 100 * (current - estimated) / current : 0
            VLog.shared.log(
                "dpif_netdev", .debug,
                "Numa node \(node). Current variance \(Int(current)) Estimated variance \(Int(estimated)). Variance improvement \(Int(improvement))%.")
            if improvement >= Double(settings.improvementThreshold) { isMet = true }
        }
        VLog.shared.log("dpif_netdev", .debug, "PMD load variance improvement threshold \(settings.improvementThreshold)% is \(isMet ? "met" : "not met").")
        guard isMet else { return nil }
        VLog.shared.log("dpif_netdev", .information, "PMD auto load balance dry run. Requesting datapath reconfigure.")
        return loads
    }

    /// Of the PMDs' loads in percent of all queues' cycles.
    private static func variance(of pmds: [Int], _ loads: [RxqLoad], _ pollers: [Int?]) -> Double {
        let all = loads.reduce(0.0) { $0 + Double($1.cycles) }
        guard all > 0 else { return 0 }
        var sums: [Int: Double] = [:]
        for (load, pmd) in zip(loads, pollers) { if let pmd { sums[pmd, default: 0] += 100 * Double(load.cycles) / all } }
        let shares = pmds.map { sums[$0] ?? 0 }
        let mean = shares.reduce(0, +) / Double(shares.count)
        return shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
    }
}

extension DPIFNetdev {
    /// PMDs that are about to end do not count.
    var loadMoment: AutoLoadBalance.Moment {
        let pmds = pmdStatus().filter { settings.cores.contains($0.core) }.map {
            ($0.number, AutoLoadBalance.Moment.PMD(busy: $0.stats.busyCycles, total: $0.stats.busyCycles + $0.stats.idleCycles + $0.stats.sleepCycles, isIsolated: $0.isIsolated, node: $0.numa))
        }
        return AutoLoadBalance.Moment(pmds: Dictionary(pmds, uniquingKeysWith: { $1 }), queues: rxqLoads.map { ($0, poller(of: RxqPlace($0))) })
    }
}

extension Switch {
    /// Shares the receive queues out anew if that is due. `now` is in milliseconds.
    func balanceLoads(now: Int64) {
        guard running.datapath.rxqAssign != .roundrobin else { return }
        let netdev = datapath.netdev
        if let loads = autoLoadBalance.run(running.datapath.autoLoadBalance, now: now, look: { netdev.loadMoment }, assign: netdev.assignment) { netdev.assignQueues(by: loads) }
    }
}
