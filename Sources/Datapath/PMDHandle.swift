import CDPDK
import Flow
import Glibc
import LockFree
import NetDev

/// The ofproto thread's end of a PMD: its memory, its rings, its thread, and the mirror of its classifier.
///
/// Owner: the ofproto thread. Frees: everything that the PMD used, after its thread has ended.
@safe final class PMDHandle {
    /// Names the PMD in `DPFlowID`s and upcalls. No other PMD of the datapath ever has it.
    let number: Int
    /// The core that the thread runs on, and its NUMA node.
    let place: PMDPlace
    var core: Int { place.core }
    var node: Int { place.node }
    /// False: the owner calls `pmdTurn` itself (simulation), and `place` is but a name.
    let hasThread: Bool
    /// It has no queues any more and is to end when nothing is outstanding.
    var isDraining = false
    /// Which of the users of transmit queues it is; nil: no port has been sent to it.
    var txUser: Int?
    @unsafe let pmd: UnsafeMutablePointer<PMD>
    let mirror: ClassifierMirror
    /// The PMD sleeps, or did.
    private var maySleep = false
    private var thread: pthread_t?
    /// Slots below this have been used.
    private var highWater: UInt32 = 0
    private var freeSlots: [UInt32] = []
    /// By slot: the actions of the megaflow there; nil: the slot is free or being removed.
    var actions: [[DPAction]?] = []
    /// Megaflows whose removal the PMD has confirmed, with their last counters.
    var retired: [(slot: UInt32, generation: UInt32, stats: DPFlowStats)] = []
    /// Misses taken from the PMD so far.
    private var missesTaken: UInt64 = 0
    private var missesAnswered: UInt64 = 0
    /// The highest number that the PMD has acknowledged.
    private(set) var acknowledged: UInt64 = 0
    private var lastNumber: UInt64 = 0
    /// Misses that were under way in the PMD when it acknowledged last.
    private var pendingWhenAsked: UInt32 = 0
    /// Commands sent in all, and how many they were when the last acknowledgement was asked for.
    private var sent: UInt64 = 0
    private var sentWhenAsked: UInt64 = 0
    /// Where `usedSlots(atMost:)` goes on.
    private var slotCursor = 0
    /// Without a thread: the virtual cycle counter for turns made while a ring is full.
    var virtualNow: UInt64 = 0
    let clock: DatapathClock

    /// Makes everything that a PMD works with. Throws when memory is short.
    init(number: Int, place: PMDPlace, hasThread: Bool, pool: OpaquePointer, seed: UInt64, waker: Waker, meters: MeterTable, clock: DatapathClock) throws(DPIFError) {
        let core = place.core, node = hasThread ? place.node : 0
        guard let sleeper = Waker() else { throw DPIFError(.noMemory, "PMD on core \(core): no file descriptor is left") }
        guard let slab = FlowSlab(node: node), let emc = EMC(node: node), let smc = SMC(node: node) else {
            sleeper.deallocate()
            throw DPIFError(.noMemory, "PMD on core \(core): no address space for its flow table and caches")
        }
        self.number = number
        self.place = place
        self.hasThread = hasThread
        self.clock = clock
        let hashSeed = HashSeed(seed: seed &+ UInt64(number))
        // Addresses only, until they are used: the table never moves while packets wait.
        actions.reserveCapacity(Limits.flowsPerPMD)
        mirror = ClassifierMirror(slab: slab, seed: hashSeed)
        let scratch: UnsafeMutablePointer<BatchScratch> = .allocate(capacity: Limits.recirculationDepth + 1)
        for depth in 0...Limits.recirculationDepth { unsafe (scratch + depth).initialize(to: BatchScratch()) }
        let ports: UnsafeMutablePointer<PMDPort> = .allocate(capacity: Limits.ports + 1)
        for port in 0...Limits.ports {
            let counters: UnsafeMutablePointer<PortCounters> = .allocate(capacity: 1)
            unsafe counters.initialize(to: PortCounters())
            unsafe (ports + port).initialize(to: PMDPort(buffer: BatchScratch.zeroed(Limits.txBuffer), counters: counters))
        }
        let portSubtables: UnsafeMutablePointer<PortSubtables> = .allocate(capacity: Limits.ports + 1)
        unsafe portSubtables.initialize(repeating: PortSubtables(), count: Limits.ports + 1)
        let stats: UnsafeMutablePointer<PMDStats> = .allocate(capacity: 1)
        unsafe stats.initialize(to: PMDStats())
        unsafe pmd = .allocate(capacity: 1)
        unsafe pmd.initialize(to: PMD(
            index: number, pool: pool, seed: hashSeed, slab: slab, emc: emc, smc: smc,
            upcalls: SPSCRing(capacity: Limits.upcallRing), commands: SPSCRing(capacity: Limits.commandRing),
            replies: SPSCRing(capacity: Limits.commandRing * 2), waker: waker, sleeper: sleeper, meters: meters,
            ports: ports, dirty: BatchScratch.zeroed(Limits.ports + 1), subtables: BatchScratch.zeroed(Limits.subtablesPerPMD),
            portSubtables: portSubtables, scratch: scratch, stats: stats, arena: CopyArena(), orderMask: Self.orderMask,
            randomState: UInt32(truncatingIfNeeded: seed) | 1, hertz: clock.hertz))
    }

    private static var orderMask: Line {
        var mask = FlowMask()
        mask[line: 0] = ~Line.zero
        mask.l0.tcpFlags = .zero
        mask.l0.nwTTL = 0
        mask.l0.nwTOS = 0
        return mask[line: 0]
    }

    /// Starts the thread, if there is to be one.
    func start() throws(DPIFError) {
        guard hasThread else { return }
        let context = unsafe ThreadContext(pmd: pmd, core: core)
        let memory: UnsafeMutablePointer<ThreadContext> = .allocate(capacity: 1)
        unsafe memory.initialize(to: context)
        var thread = pthread_t()
        let result = unsafe pthread_create(&thread, nil, { argument in
            guard let argument = unsafe argument else { return nil }
            let context = unsafe argument.assumingMemoryBound(to: ThreadContext.self)
            // A PMD that cannot be bound to its core still forwards; its statistics name the core that was wanted.
            try? unsafe EAL.registerThread(cpu: context.pointee.core)
            nt_sleep_precisely()
            unsafe pmdRun(context.pointee.pmd)
            EAL.unregisterThread()
            unsafe context.deallocate()
            return nil
        }, memory)
        guard result == 0 else {
            unsafe memory.deallocate()
            throw DPIFError(.noMemory, "PMD on core \(core): cannot start a thread: \(unsafe String(cString: strerror(result)))")
        }
        self.thread = thread
    }

    /// What a PMD's thread is given.
    @safe struct ThreadContext {
        let pmd: UnsafeMutablePointer<PMD>
        let core: Int
    }

    // Commands

    /// Sends a command; waits while the ring is full, and takes answers meanwhile, so that the PMD can go on.
    func send(_ command: PMDCommand) {
        while unsafe !pmd.pointee.commands.push(command) {
            takeReplies()
            turnIfThreadless()
            if hasThread { sched_yield() }
        }
        sent += 1
        if maySleep { unsafe pmd.pointee.sleeper.kick() }
    }

    /// Lets the PMD put off sending, by cycles, and sleep, for microseconds at most.
    func setPace(flushInterval: UInt64, longestSleep: UInt32) {
        if longestSleep > 0 { maySleep = true }
        var command = PMDCommand(.setPace)
        command.number = flushInterval
        command.slot = longestSleep
        send(command)
    }

    private func turnIfThreadless() {
        if !hasThread { _ = unsafe pmdTurn(pmd, now: virtualNow) }
    }

    /// Returns when the PMD has done all commands sent so far.
    func barrier() {
        askForAcknowledgement()
        while acknowledged < lastNumber {
            takeReplies()
            turnIfThreadless()
            if hasThread { sched_yield() }
        }
    }

    private func askForAcknowledgement() {
        lastNumber += 1
        var command = PMDCommand(.acknowledge)
        command.number = lastNumber
        send(command)
        sentWhenAsked = sent
    }

    /// For a PMD without queues: true when all commands have been done and all that they caused has been dealt with, so that no
    /// packet can turn up in it any more. Until then each call takes what has been answered, and asks when there is nothing to wait for.
    func isQuiet() -> Bool {
        takeReplies()
        guard acknowledged == lastNumber else { return false }
        guard sent == sentWhenAsked, pendingWhenAsked == 0 else {
            askForAcknowledgement()
            return false
        }
        return unsafe pmd.pointee.upcalls.isEmpty
    }

    /// Notes that a miss has been taken from the upcall ring and that everything that it led to has been sent. The PMD is told now and then,
    /// and by `finishAnswers`.
    func missAnswered() {
        missesTaken += 1
        if missesTaken - missesAnswered >= UInt64(Limits.burst) { finishAnswers() }
    }

    /// Tells the PMD of all misses answered so far.
    func finishAnswers() {
        guard missesAnswered != missesTaken else { return }
        missesAnswered = missesTaken
        var command = PMDCommand(.answered)
        command.number = missesTaken
        send(command)
    }

    /// Takes what the PMD has answered.
    func takeReplies() {
        while let reply = unsafe pmd.pointee.replies.pop() {
            switch reply.kind {
            case .retired: retire(reply.slot)
            case .acknowledged:
                acknowledged = max(acknowledged, reply.number)
                pendingWhenAsked = reply.slot
            case .freeMemory: unsafe Glibc.free(reply.pointer)
            case .freeTable:
                if let memory = unsafe reply.pointer { unsafe memory.load(as: TupleTable.self).deallocate() }
                unsafe Glibc.free(reply.pointer)
            }
        }
    }

    // Slots

    /// A free slot; nil when the flow table is full.
    func takeSlot() -> UInt32? {
        if let slot = freeSlots.popLast() { return slot }
        guard Int(highWater) < Limits.flowsPerPMD else { return nil }
        highWater += 1
        actions.append(nil)
        return highWater - 1
    }

    /// Gives back a slot that was never sent to the PMD.
    func returnSlot(_ slot: UInt32) { freeSlots.append(slot) }

    private func retire(_ slot: UInt32) {
        let flow = unsafe pmd.pointee.slab[slot]
        // The PMD raised the generation when it unlinked the megaflow; what is told is the one it had.
        let generation = unsafe flow.pointee.generation == 1 ? .max : flow.pointee.generation - 1
        retired.append((slot, generation, stats(of: slot)))
        unsafe Glibc.free(flow.pointee.extraLines)
        unsafe Glibc.free(UnsafeMutableRawPointer(mutating: flow.pointee.program))
        unsafe flow.pointee.extraLines = nil
        unsafe flow.pointee.program = nil
        freeSlots.append(slot)
    }

    /// True if the megaflow is installed, and its removal has not begun.
    func holds(_ id: DPFlowID) -> Bool {
        guard Int(id.slot) < actions.count, actions[Int(id.slot)] != nil else { return false }
        return unsafe pmd.pointee.slab[id.slot].pointee.generation == id.generation
    }

    /// Sends for a megaflow's counters, which another core writes.
    func prefetchStats(of slot: UInt32) {
        guard Int(slot) < actions.count else { return }
        let flow = unsafe pmd.pointee.slab[slot]
        unsafe nt_prefetch(flow)
        unsafe nt_prefetch(UnsafeRawPointer(flow) + 64)
    }

    /// A megaflow's counters at this moment.
    func stats(of slot: UInt32) -> DPFlowStats {
        let flow = unsafe pmd.pointee.slab[slot]
        var stats = DPFlowStats()
        stats.packets = unsafe relaxed(&flow.pointee.packets)
        stats.bytes = unsafe relaxed(&flow.pointee.bytes)
        let used = unsafe relaxed(&flow.pointee.used)
        stats.used = used == 0 ? nil : clock.milliseconds(cycles: used)
        stats.tcpFlags = UInt16(bigEndian: UInt16(truncatingIfNeeded: unsafe relaxed(&flow.pointee.tcpFlags)))
        return stats
    }

    /// Every slot that holds a megaflow.
    var usedSlots: [UInt32] { actions.indices.compactMap { actions[$0] == nil ? nil : UInt32($0) } }

    /// Some of the slots that hold a megaflow; call after call goes round over all of them.
    func usedSlots(atMost limit: Int) -> [UInt32] {
        var slots: [UInt32] = []
        for _ in actions.indices where slots.count < limit {
            slotCursor = slotCursor + 1 < actions.count ? slotCursor + 1 : 0
            if actions[slotCursor] != nil { slots.append(UInt32(slotCursor)) }
        }
        return slots
    }

    // The end

    /// Ends the thread. What it counted is final.
    func stop() {
        send(PMDCommand(.stop))
        if let thread { pthread_join(thread, nil) } else { turnIfThreadless() }
        thread = nil
        takeReplies()
    }

    /// Frees everything, after `stop`. No port may refer to this PMD any more.
    func free() {
        while let entry = unsafe pmd.pointee.upcalls.pop() { entry.packet.free() }
        unsafe pmd.pointee.pending.free()
        for slot in usedSlots {
            unsafe Glibc.free(pmd.pointee.slab[slot].pointee.extraLines)
            unsafe Glibc.free(UnsafeMutableRawPointer(mutating: pmd.pointee.slab[slot].pointee.program))
        }
        freeClassifier()
        for port in 0...Limits.ports {
            unsafe pmd.pointee.ports[port].buffer.deallocate()
            unsafe pmd.pointee.ports[port].counters.deallocate()
        }
        for depth in 0...Limits.recirculationDepth { unsafe pmd.pointee.scratch[depth].free() }
        unsafe Glibc.free(pmd.pointee.queues)
        unsafe pmd.pointee.scratch.deallocate()
        unsafe pmd.pointee.ports.deallocate()
        unsafe pmd.pointee.dirty.deallocate()
        unsafe pmd.pointee.subtables.deallocate()
        unsafe pmd.pointee.portSubtables.deallocate()
        unsafe pmd.pointee.stats.deallocate()
        unsafe pmd.pointee.arena.deallocate()
        unsafe pmd.pointee.sleeper.deallocate()
        unsafe pmd.pointee.upcalls.deallocate()
        unsafe pmd.pointee.commands.deallocate()
        unsafe pmd.pointee.replies.deallocate()
        unsafe pmd.pointee.emc.free()
        unsafe pmd.pointee.smc.free()
        unsafe pmd.pointee.slab.free()
        unsafe pmd.deallocate()
    }

    private func freeClassifier() {
        // The mirror has the same subtables.
        for number in mirror.subtables.indices where mirror.subtables[number] != nil {
            let subtable = unsafe pmd.pointee.subtables[number]
            subtable.table.deallocate()
            unsafe Glibc.free(UnsafeMutableRawPointer(mutating: subtable.mask))
        }
        for port in 0...Limits.ports {
            var filter = unsafe pmd.pointee.portSubtables[port].filter
            while let current = unsafe filter {
                unsafe filter = current.pointee.next
                unsafe Glibc.free(current)
            }
        }
        mirror.free()
    }
}

/// Reads a counter that a PMD writes.
@inline(__always) func relaxed(_ counter: UnsafePointer<UInt64>) -> UInt64 { unsafe nt_relaxed_load(counter) }

/// Milliseconds from the cycle counter.
public struct DatapathClock: Sendable {
    /// Cycles in a second.
    public let hertz: UInt64
    /// The counter when the clock began.
    public let origin: UInt64

    public init(hertz: UInt64, origin: UInt64) {
        self.hertz = hertz
        self.origin = origin
    }

    /// Milliseconds since the origin; 1 at the earliest.
    public func milliseconds(cycles: UInt64) -> Int64 {
        let (seconds, rest) = (cycles &- origin).quotientAndRemainder(dividingBy: hertz)
        return Int64(seconds * 1000 + rest * 1000 / hertz) + 1
    }
}
