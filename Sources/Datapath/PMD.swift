import CDPDK
import Flow
import LockFree
import NetDev

/// A port as one PMD sees it.
@safe struct PMDPort {
    var txQueue = TxQueue(.dpdk(port: 0, queue: 0))
    var isActive = false
    /// In the list of ports with packets to send.
    var isDirty = false
    /// Packets in `buffer`.
    var pending = 0
    /// The longest frame that may leave, in bytes without the checksum.
    var maxFrame = 0
    var buffer: UnsafeMutablePointer<Mbuf>
    var counters: UnsafeMutablePointer<PortCounters>
    /// With an interval: the cycle counter when what waits is to be sent; 0: it was not looked at yet.
    var flushAt: UInt64 = 0
    /// What leaves here, or comes in here, is policed; shared with other PMDs.
    var egress: UnsafeMutablePointer<EgressPolicer>?
    var ingress: UnsafeMutablePointer<IngressPolicer>?
}

/// A port's counters in one PMD, which is their only writer.
struct PortCounters {
    var rxPackets: UInt64 = 0
    var rxBytes: UInt64 = 0
    var txPackets: UInt64 = 0
    var txBytes: UInt64 = 0
    /// By `DropReason`.
    var drops = InlineArray<16, UInt64>(repeating: 0)
}

/// A receive queue in a PMD's list.
@safe struct PolledQueue {
    /// Comes first: `hintOf` relies on it.
    var hint = FlowHint()
    var rxQueue: RxQueue
    /// The datapath port that its packets come in by.
    var port: UInt32
    var queue: UInt16
    /// Cycles spent on its packets, for the assignment of queues by load. The PMD writes, the ofproto thread reads.
    var cycles: UnsafeMutablePointer<UInt64>
}

/// One subtable of the dpcls: the megaflows of one in_port that have one mask. One cache line.
@safe struct DPSubtable {
    var table: TupleTable
    var mask: UnsafePointer<Line>
    var lines: FlowLines
    /// Its place in `filter`; `SubtableFilter.none` if it is always in the list.
    var place = SubtableFilter.none
    var inPort: UInt32
    /// The next subtable in the list of the same in_port; `none` at the end.
    var next = DPSubtable.none
    /// The second that `hits` is of.
    var second: UInt16 = 0
    /// It has a place in a filter, but is in the list as one of those hit often.
    var isPromoted = false
    /// It is in the list of those that are hit seldom.
    var isCold = false
    var hits: UInt64 = 0
    var filter: UnsafeMutablePointer<SubtableFilter>?
    static var none: UInt32 { .max }
}

/// The subtables of one in_port. Lists are short, by `Limits`.
@safe struct PortSubtables {
    /// The first subtable of the list.
    var first = DPSubtable.none
    /// The first subtable of a second list, which is walked after the filters: those without a place in a filter that are hit seldom. Empty where there are no filters.
    var firstCold = DPSubtable.none
    /// Promoted subtables in the list.
    var promoted: UInt32 = 0
    /// The filters of the others.
    var filter: UnsafeMutablePointer<SubtableFilter>?
    /// Packets found here in this second; and how many of them, to go by the last one, a subtable must have to be one of those hit often.
    var hits: UInt64 = 0
    var promotionHits = Limits.promotionHits

    /// Where the one or the other list begins.
    subscript(cold isCold: Bool) -> UInt32 {
        @_noLocks get { isCold ? firstCold : first }
        @_noLocks set { if isCold { firstCold = newValue } else { first = newValue } }
    }
}

/// The megaflow that the last packet of a queue took. Megaflows of one in_port are disjoint, so a packet that matches it needs no
/// cache; where traffic is mostly of one megaflow, neither its hash nor its EMC entry is ever touched.
@safe struct FlowHint {
    var flow: UnsafeMutablePointer<DPFlow>?
    /// Batches for which the hint is not tried, because it was wrong too often.
    var pause: Int32 = 0
    /// After a batch of which the hint missed more than a quarter.
    static var longPause: Int32 { 64 }
}

/// Scratch for one batch; one for each depth of recirculation.
@safe struct BatchScratch {
    /// `burst` keys.
    let keys: UnsafeMutablePointer<FlowKey>
    /// Lines that extraction wrote.
    let lines: UnsafeMutablePointer<FlowLines>
    /// Lines whose content is defined, zeros included.
    let valid: UnsafeMutablePointer<FlowLines>
    let hashes: UnsafeMutablePointer<UInt32>
    /// By place in `waiting`: the hashes under the subtable's mask that is looked at.
    let subtableHashes: UnsafeMutablePointer<UInt32>
    let flows: UnsafeMutablePointer<UnsafeMutablePointer<DPFlow>?>
    let packets: UnsafeMutablePointer<Mbuf>
    // One group at a time is gathered here for its actions.
    let groupPackets: UnsafeMutablePointer<Mbuf>
    let groupKeys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>
    /// Indices into the arrays above: the packets that are still without a megaflow.
    let waiting: UnsafeMutablePointer<Int32>
    // The batch's groups: the index of the first packet of each, of its last one, and after each packet the next one's.
    let groupHead: UnsafeMutablePointer<Int32>
    let groupTail: UnsafeMutablePointer<Int32>
    let groupNext: UnsafeMutablePointer<Int32>
    /// For recirculated packets; a queue has its own.
    let hint: UnsafeMutablePointer<FlowHint>

    init() {
        let n = Limits.burst
        unsafe keys = UnsafeMutableRawPointer.allocate(byteCount: n * MemoryLayout<FlowKey>.stride, alignment: 64)
            .bindMemory(to: FlowKey.self, capacity: n)
        unsafe keys.initialize(repeating: FlowKey(), count: n)
        unsafe lines = Self.zeroed(n)
        unsafe valid = Self.zeroed(n)
        unsafe hashes = Self.zeroed(n)
        unsafe subtableHashes = Self.zeroed(n)
        unsafe flows = Self.zeroed(n)
        unsafe packets = Self.zeroed(n)
        unsafe groupPackets = Self.zeroed(n)
        unsafe groupKeys = Self.zeroed(n)
        unsafe waiting = Self.zeroed(n)
        unsafe groupHead = Self.zeroed(n)
        unsafe groupTail = Self.zeroed(n)
        unsafe groupNext = Self.zeroed(n)
        unsafe hint = Self.zeroed(1)
    }

    /// Room for `count` elements for which zero bytes are a value, or that are written before they are read.
    @unsafe static func zeroed<T>(_ count: Int) -> UnsafeMutablePointer<T> {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<T>.stride, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * MemoryLayout<T>.stride)
        return unsafe memory.assumingMemoryBound(to: T.self)
    }

    func free() {
        unsafe keys.deallocate()
        unsafe lines.deallocate()
        unsafe valid.deallocate()
        unsafe hashes.deallocate()
        unsafe subtableHashes.deallocate()
        unsafe flows.deallocate()
        unsafe packets.deallocate()
        unsafe groupPackets.deallocate()
        unsafe groupKeys.deallocate()
        unsafe waiting.deallocate()
        unsafe groupHead.deallocate()
        unsafe groupTail.deallocate()
        unsafe groupNext.deallocate()
        unsafe hint.deallocate()
    }
}

/// Everything that a PMD thread works with, at one address for the thread's life.
///
/// Owner: the PMD thread, from its start to its end; it alone touches anything here but the rings' other ends, the
/// counters, which others read with relaxed loads, and the slab's free slots.
/// Commands: `PMDCommand`s on `commands`; answers on `replies`.
/// Frees: `PMDHandle`, when the thread has ended.
@safe struct PMD {
    let index: Int
    let pool: OpaquePointer
    let seed: HashSeed
    let slab: FlowSlab
    let emc: EMC
    let smc: SMC
    let upcalls: SPSCRing<UpcallEntry>
    let commands: SPSCRing<PMDCommand>
    let replies: SPSCRing<PMDReply>
    /// Wakes the ofproto thread.
    let waker: Waker
    /// Wakes this one, if it sleeps.
    let sleeper: Waker
    let meters: MeterTable

    var queues: UnsafeMutablePointer<PolledQueue>?
    var queueCount = 0
    let ports: UnsafeMutablePointer<PMDPort>
    /// Ports with packets in their transmit buffers.
    let dirty: UnsafeMutablePointer<UInt32>
    var dirtyCount = 0
    /// Ports with an egress policer.
    var policedPorts = 0
    let subtables: UnsafeMutablePointer<DPSubtable>
    /// By in_port.
    let portSubtables: UnsafeMutablePointer<PortSubtables>
    let scratch: UnsafeMutablePointer<BatchScratch>
    let stats: UnsafeMutablePointer<PMDStats>
    let arena: CopyArena
    /// Line 0 without what changes from packet to packet of a microflow; for `orderHash`.
    let orderMask: Line
    var pending = PendingMisses()

    /// Insert a key into the EMC when a random number is below this; 0: never. 2³²/100 by default.
    var emcThreshold: UInt32 = 42_949_672
    var smcEnabled = true
    /// How many VLAN tags are looked into, at most 2.
    var vlanLimit = 1
    /// Cycles that a packet may wait to be sent; 0: none.
    var flushInterval: UInt64 = 0
    /// Microseconds that it may sleep after a turn with few packets, 0: it does not; and how long it slept last.
    var longestSleep: UInt32 = 0
    var sleep: UInt32 = 0
    /// What `rxPackets` was when it looked last whether to sleep.
    var receivedBefore: UInt64 = 0
    var emcTrial = CacheTrial(window: Limits.emcEntries / 2)
    var smcTrial = CacheTrial(window: Limits.smcEntries)
    var randomState: UInt32
    /// The cycle counter at the start of this turn.
    var now: UInt64 = 0
    /// The cycle counter up to which cycles have been charged to a queue in this turn.
    var chargedUntil: UInt64 = 0
    var lastRanking: UInt64 = 0
    /// Counts rankings.
    var second: UInt16 = 0
    var upcallPushed = false
    var stopRequested = false
    /// Cycles in a second.
    let hertz: UInt64
}

extension UnsafeMutablePointer where Pointee == PMD {
    /// 32 pseudo-random bits (Marsaglia: Xorshift RNGs, 2003).
    @inline(__always) @_noLocks func random() -> UInt32 {
        var x = unsafe pointee.randomState
        x ^= x << 13
        x ^= x >> 17
        x ^= x << 5
        unsafe pointee.randomState = x
        return x
    }

    /// Frees a packet and counts why, at the port that it came in by.
    @inline(__always) @_noLocks func drop(_ packet: Mbuf, inPort: UInt32, _ reason: DropReason) {
        unsafe countDrop(inPort, reason, 1)
        packet.free()
    }

    @inline(__always) @_noLocks func countDrop(_ port: UInt32, _ reason: DropReason, _ count: UInt64) {
        let place = Int(port) < Limits.ports ? Int(port) : Limits.ports
        unsafe pointee.ports[place].counters.pointee.drops[Int(reason.rawValue)] &+= count
    }
}
