import Flow
import Wire

/// A megaflow as a PMD sees it: three cache lines in the PMD's slab.
///
/// Owner: the ofproto thread fills a slot before it sends `insert` and again after the PMD has sent `retired`.
/// In between the PMD is the only writer of `generation`, `isLive`, `group`, `program`, `output`, `fence` and the counters.
/// Readers: the ofproto thread reads the counters with relaxed loads, and what it wrote itself.
/// Frees: the slot is free for another megaflow after `retired`.
@safe struct DPFlow {
    // Line A: what a lookup touches.
    /// Rises when the megaflow is unlinked, so that an EMC entry that still names the slot misses.
    var generation: UInt32 = 0
    /// The mask's lines.
    var lines = FlowLines()
    var isLive = false
    /// The packet group that this megaflow has in the batch under way; `noGroup` outside.
    var group: UInt8 = DPFlow.noGroup
    /// The mask's lines in order; shared by a subtable's megaflows.
    var mask: UnsafePointer<Line>
    /// The masked key's lines after line 0, in order; nil when there are none.
    var extraLines: UnsafeMutablePointer<Line>?
    /// What to do; nil when `output` says it all, or when there is nothing to do.
    var program: UnsafePointer<UInt64>?
    /// The port, when the only action is an output; `manyActions` otherwise.
    var output: UInt32 = DPFlow.manyActions
    /// Hash of the masked key.
    var hash: UInt32 = 0
    /// Index in the PMD's subtables.
    var subtable: UInt32 = 0
    var padA0: UInt32 = 0
    var padA1: UInt64 = 0

    // Line B: counters, written by the PMD alone.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    /// The cycle counter at the last packet; 0: never.
    var used: UInt64 = 0
    /// All TCP flags seen, in network byte order.
    var tcpFlags: UInt64 = 0
    /// How many misses had gone up when the megaflow was linked: packets of those may be older than its own.
    var fence: UInt64 = 0
    var padB0: UInt64 = 0
    var padB1 = SIMD2<UInt64>.zero

    // Line C: line 0 of the masked key.
    var line0 = Line.zero

    static var noGroup: UInt8 { .max }
    static var manyActions: UInt32 { .max }

    /// - Parameter mask: lines that outlive the megaflow.
    init(mask: UnsafePointer<Line>) { unsafe self.mask = mask }
}

/// A PMD's megaflows by slot: one stretch of memory, touched as it is used.
///
/// Owner: the ofproto thread hands out and takes back slots. Memory: 192 bytes a megaflow.
@safe struct FlowSlab: @unchecked Sendable {
    let base: UnsafeMutablePointer<DPFlow>
    let memory: HugeMemory

    init?(node: Int) {
        precondition(MemoryLayout<DPFlow>.stride == 192)
        guard let memory = HugeMemory(bytes: Limits.flowsPerPMD * 192, node: node) else { return nil }
        self.memory = memory
        unsafe base = memory.base.bindMemory(to: DPFlow.self, capacity: Limits.flowsPerPMD)
    }

    /// The megaflow in `slot`.
    @inline(__always) @unsafe subscript(slot: UInt32) -> UnsafeMutablePointer<DPFlow> { unsafe base + Int(slot) }

    /// The slot that a megaflow lies in.
    @inline(__always) func slot(of flow: UnsafeMutablePointer<DPFlow>) -> UInt32 { unsafe UInt32(truncatingIfNeeded: flow - base) }

    func free() { memory.free() }
}

/// The hash of `key` under a mask of these lines.
@inline(__always)
func maskedHash(_ key: UnsafePointer<Line>, _ mask: UnsafePointer<Line>, _ lines: FlowLines, _ seed: HashSeed) -> UInt32 {
    var sum = unsafe lineSum(key[0] & mask[0], seed[0])
    if lines == .l0 { return finishHash(sum) }
    var rest = lines.rawValue & ~1
    var place = 1
    while rest != 0 {
        let index = rest.trailingZeroBitCount
        rest &= rest &- 1
        sum = unsafe sum &* 0x9E37_79B9_7F4A_7C15 &+ lineSum(key[index] & mask[place], seed[index])
        place += 1
    }
    return finishHash(sum)
}

/// True if `key` under the megaflow's mask is the megaflow's key. Lines of the key that the mask uses must be filled.
@inline(__always)
func flowMatches(_ flow: UnsafePointer<DPFlow>, _ key: UnsafePointer<Line>) -> Bool {
    let mask = unsafe flow.pointee.mask
    if unsafe !lineMatches(key[0], mask[0], flow.pointee.line0) { return false }
    if unsafe flow.pointee.lines == .l0 { return true }
    return unsafe extraLinesMatch(flow, key)
}

@inline(never)
func extraLinesMatch(_ flow: UnsafePointer<DPFlow>, _ key: UnsafePointer<Line>) -> Bool {
    guard let extra = unsafe flow.pointee.extraLines else { return false }
    var rest = unsafe flow.pointee.lines.rawValue & ~1
    var place = 1
    while rest != 0 {
        let index = rest.trailingZeroBitCount
        rest &= rest &- 1
        if unsafe !lineMatches(key[index], flow.pointee.mask[place], extra[place - 1]) { return false }
        place += 1
    }
    return true
}

/// Fills with zeros the lines that a mask uses and the packet's key does not have.
@inline(__always)
func materialise(_ needed: FlowLines, _ valid: inout FlowLines, _ key: UnsafeMutablePointer<Line>) {
    var missing = needed.rawValue & ~valid.rawValue
    if missing == 0 { return }
    while missing != 0 {
        let index = missing.trailingZeroBitCount
        missing &= missing &- 1
        unsafe key[index] = .zero
    }
    valid.formUnion(needed)
}
