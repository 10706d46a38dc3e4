import CDPDK
import Flow
import Glibc
import LockFree
import NetDev
import Wire

/// How the PMDs work; the names are those of other_config in ovs-vswitchd.conf.db(5).
public struct DatapathSettings: Hashable, Sendable {
    /// pmd-rxq-assign
    public enum RxqAssign: String, Hashable, Sendable { case roundrobin, cycles, group }
    /// Cores that run a PMD each, by pmd-cpu-mask. Empty: PMDs without threads, for simulation.
    public var cores: [Int] = [1]
    /// Without `cores`: names of PMDs that have no thread and take their turns in `turn`; `mainThread` may be one of them.
    public var simulatedCores = [0]
    /// NUMA nodes of those, where they are not on node 0.
    public var simulatedNodes: [Int: Int] = [:]
    /// emc-insert-inv-prob: one in so many keys enters the EMC; 0: none.
    public var emcInsertInverseProbability: UInt32 = 100
    /// smc-enable
    public var smcEnabled = true
    public var rxqAssign = RxqAssign.cycles
    /// pmd-rxq-isolate: PMDs with pinned queues poll no others. It is heeded with `group` only; otherwise it is so.
    public var rxqIsolate = true
    /// pmd-maxsleep: microseconds that a PMD with few packets may sleep; 0: none.
    public var longestSleep: UInt32 = 0
    /// tx-flush-interval: microseconds that a packet may wait to be sent with others; 0: to the end of the turn.
    public var flushInterval: UInt32 = 0
    public var portNumbers = PortNumbers.next
    /// vlan-limit: how many VLAN tags are looked into; a further one is an EtherType of the payload. 0: as many as there is room for, two.
    public var vlanLimit = 1
    /// flow-limit
    public var flowLimit = 200_000
    /// All hashes and random choices follow from it.
    public var seed: UInt64 = 1
    public init() {}
}

/// The poll-mode datapath behind the `DPIF` boundary: PMD threads, their megaflows, and the ports.
///
/// Owner: the ofproto thread; nothing here may be called from another one.
@safe public final class DPIFNetdev: DPIF {
    public internal(set) var settings: DatapathSettings
    let netdevs: NetdevRuntime
    /// For copies and packet-outs.
    let pool: Mempool
    /// Wakes the ofproto thread; any thread may kick or wake it.
    public let waker: Waker
    private let ownsWaker: Bool
    /// Shared by all PMDs; each meter has a short lock.
    let meters: MeterTable
    let clock: DatapathClock
    /// In the order of the settings' cores, then those that drain.
    var pmds: [PMDHandle] = []
    /// Is told which queues have got another PMD.
    public var queuesMoved: (([MovedQueue]) -> Void)?
    /// The number of the next PMD.
    var nextNumber = 0
    /// What PMDs that are no more have counted: by port number, with one place more for packets of no port; and by core.
    var formerCounters = [PortCounters](repeating: PortCounters(), count: Limits.ports + 1)
    var formerStats: [Int: PMDStats] = [:]
    var ports: [UInt32: PortRecord] = [:]
    var portNumbers: [String: UInt32] = [:]
    /// Ports that are added do not get their pollers at once.
    var isCollectingPorts = false
    var hasUnpolledPorts = false
    /// Deleted, but still open, with their numbers.
    var leavingPorts: [(number: UInt32, record: PortRecord)] = []
    /// The number that was given to a port last.
    var lastPortNumber: UInt32 = 0
    /// Where the next `receiveUpcalls` begins, so that no PMD is served last for ever.
    var nextPMD = 0
    /// Misses answered by a megaflow that was there already.
    public internal(set) var duplicateMisses: UInt64 = 0
    /// Without threads: the virtual cycle counter.
    public var virtualCycles: UInt64 = 0

    /// - Parameters:
    ///   - netdevs: opens the ports. EAL must be running.
    ///   - waker: of the ofproto thread, which outlives the datapath; nil: one of its own.
    ///   - virtualHertz: without threads, the frequency of the virtual cycle counter.
    public init(settings: DatapathSettings, netdevs: NetdevRuntime, waker given: Waker? = nil, virtualHertz: UInt64? = nil) throws(DPIFError) {
        try settings.checkCores()
        guard let waker = given ?? Waker() else { throw DPIFError(.noMemory, "no file descriptor for the datapath's eventfd") }
        self.settings = settings
        self.netdevs = netdevs
        ownsWaker = given == nil
        clock = virtualHertz.map { DatapathClock(hertz: $0, origin: 0) } ?? DatapathClock(hertz: rte_get_tsc_hz(), origin: nt_cycles())
        guard let meters = MeterTable(capacity: Limits.meters, hertz: clock.hertz) else { throw DPIFError(.noMemory, "no address space for meters") }
        self.meters = meters
        do throws(NetdevError) {
            let demand = netdevs.options.demand.covering(pmds: settings.pmdCores.count, waiting: Limits.waitingPackets)
            pool = try Mempools.acquire(mtu: 1500, node: 0, demand: demand)
        } catch {
            meters.deallocate()
            throw DPIFError(.noMemory, error.description)
        }
        self.waker = waker
        do throws(DPIFError) {
            pmds = try startPMDs(on: settings.pmdCores)
        } catch {
            close()
            throw error
        }
        for handle in pmds { sendCacheSettings(handle) }
        sendPorts()
    }

    private func sendCacheSettings(_ handle: PMDHandle) {
        var command = PMDCommand(.setCaches)
        let inverse = UInt64(settings.emcInsertInverseProbability)
        command.number = inverse == 0 ? 0 : min((1 << 32) / inverse, UInt64(UInt32.max))
        command.slot = settings.smcEnabled ? 1 : 0
        handle.send(command)
        command = PMDCommand(.setVLANLimit)
        command.slot = UInt32(vlanLimit)
        handle.send(command)
        handle.setPace(flushInterval: UInt64(settings.flushInterval) * clock.hertz / 1_000_000, longestSleep: settings.longestSleep)
    }

    public var vlanLimit: Int { settings.vlanLimit == 0 ? FlowKey.vlanTags : min(settings.vlanLimit, FlowKey.vlanTags) }

    /// Changes everything but the seed and whether there are threads, while packets flow. After an error nothing has changed.
    public func change(_ settings: DatapathSettings) throws(DPIFError) {
        guard settings.seed == self.settings.seed else { throw DPIFError(.unsupported, "the seed is chosen at the start only") }
        guard settings.cores.isEmpty == self.settings.cores.isEmpty else {
            throw DPIFError(.unsupported, "whether PMDs have threads is chosen at the start only")
        }
        try settings.checkCores()
        let started = try startPMDs(on: settings.pmdCores.filter { core in !pmds.contains { $0.core == core } })
        let replaces = settings.pmdCores != self.settings.pmdCores
        let reassigns = replaces || settings.rxqAssign != self.settings.rxqAssign || settings.rxqIsolate != self.settings.rxqIsolate
        self.settings = settings
        if replaces { replacePMDs(with: started) }
        for handle in pmds { sendCacheSettings(handle) }
        if reassigns { assignQueues() }
    }

    /// The datapath's time in milliseconds; the clock of `DPFlowStats.used`.
    public var now: Int64 { clock.milliseconds(cycles: cycles) }

    /// The cycle counter, or the virtual one.
    var cycles: UInt64 { settings.cores.isEmpty ? virtualCycles : nt_cycles() }

    public func barrier() {
        for handle in pmds { handle.barrier() }
    }

    /// The ofproto thread is about to sleep by `waker` for so many milliseconds. Returns for how many it may: none if upcalls wait, not many while a PMD
    /// drains, which is advanced by calls.
    public func announceSleep(milliseconds: Int32) -> Int32 {
        waker.announceSleep()
        if pmds.contains(where: { unsafe !$0.pmd.pointee.upcalls.isEmpty }) { return 0 }
        return pmds.contains(where: \.isDraining) ? min(milliseconds, Limits.drainPoll) : milliseconds
    }

    /// Without threads: lets every PMD do one turn at the virtual time; returns whether one had something to do.
    public func turn() -> Bool {
        var worked = false
        for handle in pmds {
            handle.virtualNow = virtualCycles
            if unsafe pmdTurn(handle.pmd, now: virtualCycles) { worked = true }
            handle.takeReplies()
        }
        return worked
    }

    /// Removes all ports and megaflows, ends the threads and frees their memory. The object is of no use afterwards.
    public func close() {
        collectPorts()
        for port in ports.keys.sorted() { try? portDelete(ODPPort(port)) }
        assignCollectedPorts()
        for handle in pmds { handle.stop() }
        for handle in pmds { handle.free() }
        pmds = []
        meters.deallocate()
        Mempools.release(pool)
        if ownsWaker { waker.deallocate() }
    }
}
