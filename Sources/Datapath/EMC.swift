import CDPDK
import Flow

/// An entry's fixed part. A generation of 0 is never a live megaflow's.
struct EMCEntry {
    var hash: UInt32 = 0
    var slot: UInt32 = 0
    var generation: UInt32 = 0
    var lines = FlowLines()
    var pad: UInt16 = 0
    init() {}
}

/// The exact-match cache: whole keys to megaflows, two places for each hash.
///
/// An entry names its megaflow by slot and generation; when the megaflow is removed its generation rises and the
/// entry misses. Nothing sweeps, nothing counts references.
///
/// Owner: its PMD. Memory: 144 bytes an entry, made at `init`.
@safe struct EMC: @unchecked Sendable {
    let entries: UnsafeMutablePointer<EMCEntry>
    let keys: UnsafeMutablePointer<Line>
    let mask: UInt32
    let memory: HugeMemory

    init?(node: Int) {
        let count = Limits.emcEntries
        let keyBytes = count * Limits.emcLines * 64
        guard let memory = HugeMemory(bytes: keyBytes + count * MemoryLayout<EMCEntry>.stride, node: node) else { return nil }
        self.memory = memory
        unsafe keys = memory.base.bindMemory(to: Line.self, capacity: count * Limits.emcLines)
        unsafe entries = (memory.base + keyBytes).bindMemory(to: EMCEntry.self, capacity: count)
        mask = UInt32(count - 1)
    }

    func free() { memory.free() }

    @inline(__always) func first(_ hash: UInt32) -> Int { Int(hash & mask) }
    @inline(__always) func second(_ hash: UInt32) -> Int { Int((hash >> 16) & mask) }

    @inline(__always) func prefetch(_ hash: UInt32) {
        unsafe nt_prefetch(entries + first(hash))
        unsafe nt_prefetch(keys + first(hash) * Limits.emcLines)
    }

    /// The live megaflow that this very key had last time; nil if it is not here.
    @inline(__always)
    func find(_ hash: UInt32, _ key: UnsafePointer<Line>, _ lines: FlowLines, _ slab: FlowSlab) -> UnsafeMutablePointer<DPFlow>? {
        if let flow = unsafe match(first(hash), hash, key, lines, slab) { return unsafe flow }
        return unsafe match(second(hash), hash, key, lines, slab)
    }

    @inline(__always)
    func match(_ place: Int, _ hash: UInt32, _ key: UnsafePointer<Line>, _ lines: FlowLines, _ slab: FlowSlab) -> UnsafeMutablePointer<DPFlow>? {
        let entry = unsafe entries + place
        if unsafe entry.pointee.hash != hash || entry.pointee.lines != lines { return nil }
        let stored = unsafe keys + place * Limits.emcLines
        if unsafe !linesEqual(stored[0], key[0]) { return nil }
        if unsafe lines != .l0 && !linesEqual(stored[1], key[lines.subtracting(.l0).rawValue.trailingZeroBitCount]) { return nil }
        let flow = unsafe slab[entry.pointee.slot]
        return unsafe flow.pointee.generation == entry.pointee.generation ? flow : nil
    }

    /// Remembers that this key goes to `slot`. Keys with more than `Limits.emcLines` lines are not kept.
    func insert(_ hash: UInt32, _ key: UnsafePointer<Line>, _ lines: FlowLines, slot: UInt32, _ slab: FlowSlab) {
        if lines.count > Limits.emcLines { return }
        let a = first(hash), b = second(hash)
        // The same key again, or a dead entry, or else the one with the lower hash gives way.
        var place = unsafe entries[a].hash < entries[b].hash ? a : b
        if unsafe !isLive(a, slab) || holds(a, hash, key, lines) { place = a } else if unsafe !isLive(b, slab) || holds(b, hash, key, lines) { place = b }
        unsafe entries[place].hash = hash
        unsafe entries[place].slot = slot
        unsafe entries[place].generation = slab[slot].pointee.generation
        unsafe entries[place].lines = lines
        unsafe keys[place * Limits.emcLines] = key[0]
        if lines != .l0 {
            unsafe keys[place * Limits.emcLines + 1] = key[lines.subtracting(.l0).rawValue.trailingZeroBitCount]
        }
    }

    func isLive(_ place: Int, _ slab: FlowSlab) -> Bool {
        unsafe entries[place].generation != 0 && slab[entries[place].slot].pointee.generation == entries[place].generation
    }

    func holds(_ place: Int, _ hash: UInt32, _ key: UnsafePointer<Line>, _ lines: FlowLines) -> Bool {
        unsafe entries[place].hash == hash && entries[place].lines == lines && linesEqual(keys[place * Limits.emcLines], key[0])
    }

    /// Forgets everything.
    func clear() {
        for place in 0...Int(mask) { unsafe entries[place] = EMCEntry() }
    }
}
