import Datapath
import OFProto

/// What commands work on. Owner: the ofproto thread.
final class UnixctlContext {
    private var attached: Switch?
    /// A datapath has been started.
    var hasSwitch: Bool { attached != nil }
    /// Without a bridge there is no datapath to be seen, and only those commands are carried out that need none.
    var hasBridges: Bool { attached.map { !$0.running.bridges.isEmpty } ?? false }
    var netdev: DPIFNetdev { vswitch.datapath.netdev }
    /// The datapath is one for tests, or will be.
    let isDummy: Bool
    /// The datapath, if it is the one for tests.
    var dummy: DummyDatapath? { attached?.datapath as? DummyDatapath }
    /// `exit` was asked for.
    var wantsEnd = false
    /// `exit --cleanup`: interfaces end with the switch.
    var cleansUp = false
    /// Each PMD's counters when `pmd-stats-clear` came, by core. The PMD alone writes its counters, so they are taken off when they are shown.
    private var cleared: [Int: PMDStats] = [:]
    /// Since when the counters shown count, in milliseconds of the datapath's clock.
    private(set) var countsSince: Int64 = 0
    private let start = ContinuousClock.now
    var rxqUsage = RxqUsage()
    var coverage = Coverage()
    /// Lets a bridge's connections to controllers, or nil: all bridges', be made anew.
    var reconnect: (String?) -> Void = { _ in }
    /// What `upcall/enable-ufid` says. Megaflows have identities in any case.
    var dumpsIdentities = true
    /// What `subtable-lookup-prio-set` gave to the one way of looking up.
    var lookupPriority: UInt8 = 1
    /// Commands that came.
    var commands: UInt64 = 0

    init(isDummy: Bool = false) { self.isDummy = isDummy }

    /// A datapath has been started.
    func attach(_ vswitch: Switch) {
        attached = vswitch
        countsSince = now
    }

    var vswitch: Switch {
        guard let attached else { preconditionFailure("a command that needs a datapath is carried out without one") }
        return attached
    }

    /// Milliseconds of the datapath's clock, before that since the start.
    var now: Int64 { attached?.datapath.now ?? Int64((ContinuousClock.now - start) / .milliseconds(1)) }

    var datapathName: String { vswitch.datapath.name }
    var datapathNames: Set<String> { vswitch.datapath.names }

    /// All PMDs with their counters since the last clearing. A dummy datapath has its PMDs if there is a queue for one, and its main thread behind them.
    func pmdStatus() -> [PMDStatus] {
        var all = netdev.pmdStatus()
        if dummy != nil {
            let pmds = all.filter { !$0.isMainThread }
            all = (pmds.contains { !$0.queues.isEmpty } ? pmds : []) + all.filter(\.isMainThread)
        }
        return all.map { status in
            var status = status
            if let former = cleared[status.core] { status.stats = status.stats.since(former) }
            return status
        }
    }

    /// Lets the counters of all PMDs, or of one, begin anew.
    func clearPMDStats(core: Int?) {
        for status in netdev.pmdStatus() where core == nil || core == status.core { cleared[status.core] = status.stats }
        if core == nil { countsSince = vswitch.datapath.now }
    }

    func bridge(_ name: String) throws(UnixctlError) -> Bridge {
        guard let bridge = vswitch.ofproto.bridge(named: name) else { throw UnixctlError("no such bridge") }
        return bridge
    }

    /// Lookups since the last clearing, over all PMDs.
    var lookups: (hits: UInt64, missed: UInt64, lost: UInt64) {
        pmdStatus().reduce(into: (0, 0, 0)) { sum, status in
            let stats = status.stats
            sum.hits += stats.hintHits + stats.emcHits + stats.smcHits + stats.megaflowHits
            sum.missed += stats.upcalls
            sum.lost += stats.upcallsLost
        }
    }
}

extension PMDStatus {
    /// It polls what no PMD does.
    var isMainThread: Bool { core == DatapathSettings.mainThread }
}
