import Datapath
import OFProto

/// What commands work on. Owner: the ofproto thread.
final class UnixctlContext {
    private var attached: (vswitch: Switch, netdev: DPIFNetdev)?
    /// A datapath has been started.
    var hasSwitch: Bool { attached != nil }
    /// Without a bridge there is no datapath to be seen, and only those commands are carried out that need none.
    var hasBridges: Bool { attached.map { !$0.vswitch.running.bridges.isEmpty } ?? false }
    /// `exit` was asked for.
    var wantsEnd = false
    /// Each PMD's counters when `pmd-stats-clear` came, by core. The PMD alone writes its counters, so they are taken off when they are shown.
    private var cleared: [Int: PMDStats] = [:]
    /// Since when the counters shown count, in milliseconds of the datapath's clock.
    private(set) var countsSince: Int64 = 0
    private let start = ContinuousClock.now
    var rxqUsage = RxqUsage()
    var coverage = Coverage()
    /// Commands that came.
    var commands: UInt64 = 0

    /// A datapath has been started.
    func attach(_ vswitch: Switch, _ netdev: DPIFNetdev) {
        attached = (vswitch, netdev)
        countsSince = now
    }

    var vswitch: Switch { parts.vswitch }
    var netdev: DPIFNetdev { parts.netdev }
    private var parts: (vswitch: Switch, netdev: DPIFNetdev) {
        guard let attached else { preconditionFailure("a command that needs a datapath is carried out without one") }
        return attached
    }

    /// Milliseconds of the datapath's clock, before that since the start.
    var now: Int64 { attached?.vswitch.datapath.now ?? Int64((ContinuousClock.now - start) / .milliseconds(1)) }

    /// The only datapath, in the forms of dpctl and of ovs-vswitchd's own tables.
    static let datapathName = "netdev@ovs-netdev"
    static let datapathNames: Set<String> = [datapathName, "ovs-netdev"]

    /// All PMDs with their counters since the last clearing.
    func pmdStatus() -> [PMDStatus] {
        netdev.pmdStatus().map { status in
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
