import CDPDK
import Flow
import Glibc

/// The ofproto thread's own copy of a PMD's classifier. It answers misses of megaflows that were installed after their
/// packet had missed, without a second translation, and it is what larger hash tables for the PMD are built from, so
/// that a PMD never allocates or rehashes.
///
/// Since commands are done in their order, the mirror is at each moment what the PMD will have when it has done what
/// was sent so far.
///
/// Owner: the ofproto thread.
final class ClassifierMirror {
    /// One subtable.
    @safe struct Subtable {
        var table: TupleTable
        /// How many entries the PMD's table takes.
        var sentCapacity: Int
        let mask: UnsafeMutablePointer<Line>
        let lines: FlowLines
        let inPort: UInt32
        let maskHash: UInt64
        /// Which of its in_port's filters it is in; nil: it is in the list.
        var filter: MirroredFilter?
        var place = SubtableFilter.none
    }

    private let slab: FlowSlab
    private let seed: HashSeed
    /// By the PMD's subtable number; nil: the number is free.
    private(set) var subtables: [Subtable?] = []
    private var freeNumbers: [UInt32] = []
    var subtableCount: Int { subtables.count - freeNumbers.count }
    private var byPort: [UInt32: MirroredPort] = [:]
    /// The subtables of an (in_port, mask) hash.
    private var byMask: [UInt64: [UInt32]] = [:]
    /// The number of megaflows.
    private(set) var count = 0

    init(slab: FlowSlab, seed: HashSeed) {
        self.slab = slab
        self.seed = seed
    }

    /// The megaflow that `key` belongs to. All ten datapath lines of the key must be defined.
    func find(_ key: UnsafePointer<Line>, inPort: UInt32) -> UInt32? {
        guard let port = byPort[inPort] else { return nil }
        for number in port.list {
            if let slot = unsafe find(key, in: number) { return slot }
        }
        for filter in port.filters {
            let candidates = unsafe filter.own.candidates(key)
            for word in 0..<8 {
                var rest = candidates[word]
                while rest != 0 {
                    let place = word * 64 + rest.trailingZeroBitCount
                    rest &= rest &- 1
                    if let slot = unsafe find(key, in: filter.own.pointee.numbers[place]) { return slot }
                }
            }
        }
        return nil
    }

    private func find(_ key: UnsafePointer<Line>, in number: UInt32) -> UInt32? {
        guard let subtable = subtables[Int(number)] else { return nil }
        let hash = unsafe maskedHash(key, subtable.mask, subtable.lines, seed)
        let slot = subtable.table.find(hash) { unsafe flowMatches(slab[$0], key) }
        return slot == TupleTable.none ? nil : slot
    }

    /// The number of the subtable with this in_port and these mask lines; nil if there is none.
    func subtable(inPort: UInt32, mask: FlowMask, lines: FlowLines) -> UInt32? {
        byMask[maskHash(inPort, mask, lines)]?.first { number in
            guard let subtable = subtables[Int(number)], subtable.inPort == inPort, subtable.lines == lines else { return false }
            var place = 0
            for line in 0..<FlowKey.datapathLineCount where lines.rawValue >> UInt16(line) & 1 != 0 {
                if unsafe subtable.mask[place] != mask[line: line] { return false }
                place += 1
            }
            return true
        }
    }

    private func maskHash(_ inPort: UInt32, _ mask: FlowMask, _ lines: FlowLines) -> UInt64 {
        var sum = UInt64(inPort)
        for line in 0..<FlowKey.datapathLineCount where lines.rawValue >> UInt16(line) & 1 != 0 {
            sum = sum &* 0x9E37_79B9_7F4A_7C15 &+ lineSum(mask[line: line], seed[line])
        }
        return sum
    }

    /// Adds an empty subtable; nil when there are too many.
    /// - Returns: its number; and the filter that the PMD must have before, if it is a new one.
    func addSubtable(inPort: UInt32, mask: FlowMask, lines: FlowLines) -> (number: UInt32, filter: MirroredFilter?)? {
        let number: UInt32
        if let free = freeNumbers.popLast() {
            number = free
        } else {
            guard subtables.count < Limits.subtablesPerPMD else { return nil }
            number = UInt32(subtables.count)
            subtables.append(nil)
        }
        let maskHash = maskHash(inPort, mask, lines)
        let memory: UnsafeMutablePointer<Line> = unsafe copyLines(of: mask, lines)
        let table = TupleTable(capacity: 8)
        var subtable = unsafe Subtable(table: table, sentCapacity: table.capacity, mask: memory, lines: lines, inPort: inPort, maskHash: maskHash)
        byMask[maskHash, default: []].append(number)
        var made: MirroredFilter?
        if let spot = byPort[inPort, default: MirroredPort()].takePlace(number, mask) {
            subtable.filter = spot.filter
            subtable.place = spot.place
            unsafe spot.filter.own.open(spot.place, number: number, mask: memory, lines: lines)
            if spot.isNew { made = spot.filter }
        }
        subtables[Int(number)] = subtable
        return (number, made)
    }

    /// Takes an empty subtable out. Its mask lives on: megaflows and the PMD may still look at it.
    /// - Returns: the PMD's filter, if the subtable was the last one in it: it is to be taken away.
    @unsafe func removeSubtable(_ number: UInt32) -> UnsafeMutablePointer<SubtableFilter>? {
        guard let subtable = subtables[Int(number)] else { return nil }
        let emptied = unsafe byPort[subtable.inPort]?.giveBack(number, filter: subtable.filter, place: subtable.place)
        byMask[subtable.maskHash]?.removeAll { $0 == number }
        if byMask[subtable.maskHash]?.isEmpty == true { byMask[subtable.maskHash] = nil }
        if byPort[subtable.inPort]?.isEmpty == true { byPort[subtable.inPort] = nil }
        subtable.table.deallocate()
        subtables[Int(number)] = nil
        // A command that uses the number again comes to the PMD after the one that gives it up.
        freeNumbers.append(number)
        return unsafe emptied
    }

    /// Adds a megaflow's slot. Returns a larger table for the PMD when the one it has is too small now.
    func insert(_ number: UInt32, hash: UInt32, slot: UInt32) -> TupleTable? {
        guard var subtable = subtables[Int(number)] else { return nil }
        if subtable.table.count + 1 > subtable.table.capacity {
            let old = subtable.table
            subtable.table = grown(old)
            old.deallocate()
        }
        var forPMD: TupleTable?
        if subtable.table.count + 1 > subtable.sentCapacity {
            subtable.sentCapacity = subtable.table.capacity
            forPMD = subtable.table.duplicate()
        }
        _ = subtable.table.insert(hash, slot: slot)
        subtables[Int(number)] = subtable
        if let filter = subtable.filter { unsafe filter.own.admit(slab[slot], slot: slot, isOnly: subtable.table.count == 1, at: subtable.place) }
        count += 1
        return forPMD
    }

    /// A table of twice the size. Misses wait meanwhile, so each megaflow's memory is sent for some entries before its turn comes.
    private func grown(_ table: TupleTable) -> TupleTable {
        var slots: [UInt32] = []
        slots.reserveCapacity(table.count)
        table.forEach { slots.append($0) }
        var grown = TupleTable(capacity: table.capacity * 2)
        let ahead = 16
        for index in slots.indices {
            if index + ahead < slots.count { unsafe nt_prefetch(slab[slots[index + ahead]]) }
            _ = unsafe grown.insert(slab[slots[index]].pointee.hash, slot: slots[index])
        }
        return grown
    }

    /// Takes a megaflow's slot out; returns true when its subtable is empty now.
    func remove(_ number: UInt32, hash: UInt32, slot: UInt32) -> Bool {
        guard var subtable = subtables[Int(number)], subtable.table.remove(hash, slot: slot) else { return false }
        subtables[Int(number)] = subtable
        count -= 1
        return subtable.table.count == 0
    }

    func free() {
        for case let subtable? in subtables { subtable.table.deallocate() }
        for port in byPort.values { port.filters.forEach { $0.free() } }
        byPort = [:]
        subtables = []
    }

    /// The lines of a key or mask, in memory of their own that `free` gives back.
    @unsafe func copyLines(of key: FlowKey, _ lines: FlowLines) -> UnsafeMutablePointer<Line> {
        // posix_memalign, so that a PMD's answer can be freed without knowing what it is.
        var memory: UnsafeMutableRawPointer?
        let result = unsafe posix_memalign(&memory, 64, max(lines.count, 1) * 64)
        precondition(result == 0, "out of memory")
        let target = unsafe memory!.bindMemory(to: Line.self, capacity: lines.count)
        var place = 0
        for line in 0..<FlowKey.lineCount where lines.rawValue >> UInt16(line) & 1 != 0 {
            unsafe (target + place).initialize(to: key[line: line])
            place += 1
        }
        return unsafe target
    }
}
