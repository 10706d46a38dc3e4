import Flow
import Glibc

/// Which of up to 512 subtables of one in_port may have a megaflow for a key: a bit vector (Lakshman, Stiliadis: High-Speed Policy-based Packet Forwarding
/// Using Efficient Multi-dimensional Range Matching, 1998) over some half-bytes of the key. For each of these and each of its 16 values there is a line of bits, one
/// a subtable: 1 if some megaflow of the subtable agrees with the value. What the lines of a key's values have in common are the candidates. A megaflow that
/// goes leaves its bits behind until the subtable goes: there may be candidates too many, never too few.
///
/// Why: rules on several fields make a megaflow mask for each combination of prefix lengths, and somebody who knows that needs few packets to make thousands
/// (Csikor and others: Tuple Space Explosion, 2019; CVE-2019-25076). A list of them costs each packet that is in no cache a walk through all; here 512 of them
/// cost a few vector instructions, and what is left to be looked at is mostly the one subtable that has the megaflow.
///
/// Owner: a PMD, or the mirror of its classifier, which has the same filters in memory of its own. Memory: a kilobyte a half-byte and 32 for masks, in one piece: this header, then
/// the lines, then the masks.
@safe struct SubtableFilter {
    /// The subtables that are to be found here.
    var active = Line.zero
    /// Where the half-bytes are: in half-bytes from the start of the key.
    var positions = InlineArray<64, UInt16>(repeating: 0)
    var positionCount: Int32 = 0
    /// The lines of a key in which they are.
    var lines = FlowLines()
    /// The next one of the same in_port.
    var next: UnsafeMutablePointer<SubtableFilter>?
    /// By place: the subtable's number.
    var numbers = InlineArray<512, UInt32>(repeating: DPSubtable.none)
    /// By place: the subtable's only megaflow; `TupleTable.none` if it has or had several. It is looked at without a look at the subtable, of which little would be in
    /// the caches: what comes seldom finds everything cold.
    var slots = InlineArray<512, UInt32>(repeating: TupleTable.none)
    static var places: Int { 512 }
    /// A `place` that is none.
    static var none: UInt16 { .max }

    /// In memory that `Glibc.free` gives back.
    /// - Parameter positions: at most `Limits.filteredHalfBytes`, those first that tell most.
    @unsafe static func make(_ positions: [UInt16]) -> UnsafeMutablePointer<SubtableFilter> {
        var memory: UnsafeMutableRawPointer?
        let header = MemoryLayout<SubtableFilter>.stride, lines = positions.count * 16 + places
        let result = unsafe posix_memalign(&memory, 64, header + lines * 64)
        precondition(result == 0, "out of memory")
        let filter = unsafe memory!.bindMemory(to: SubtableFilter.self, capacity: 1)
        unsafe filter.initialize(to: SubtableFilter())
        unsafe (memory! + header).bindMemory(to: Line.self, capacity: lines).initialize(repeating: .zero, count: lines)
        for (index, position) in positions.enumerated() {
            unsafe filter.pointee.positions[index] = position
            unsafe filter.pointee.lines.formUnion(FlowLines(rawValue: 1 << (position >> 7)))
        }
        unsafe filter.pointee.positionCount = Int32(positions.count)
        return unsafe filter
    }
}

extension UnsafeMutablePointer where Pointee == SubtableFilter {
    /// The lines of bits: 16 for each position.
    var table: UnsafeMutablePointer<Line> {
        @inline(__always) @_noLocks get {
            // They follow the header, whose stride is a multiple of a line's.
            unsafe (UnsafeMutableRawPointer(self) + MemoryLayout<SubtableFilter>.stride).assumingMemoryBound(to: Line.self)
        }
    }

    /// By place: line 0 of the subtable's mask. Its address needs no other look-up, so that it is fetched together with the megaflow.
    var masks: UnsafeMutablePointer<Line> {
        @inline(__always) @_noLocks get { unsafe table + Int(pointee.positionCount) * 16 }
    }

    /// The subtables that may have a megaflow for `key`, whose lines that the filter looks at must be defined.
    @inline(__always) @_noLocks func candidates(_ key: UnsafePointer<Line>) -> Line {
        let bytes = unsafe UnsafeRawPointer(key), table = unsafe table
        var left = unsafe pointee.active
        var index = 0
        let count = unsafe Int(pointee.positionCount)
        // There are four half-bytes to a word, so that they come in fours.
        while index < count {
            let first = unsafe table[index * 16 + halfByte(bytes, pointee.positions[index])]
            let second = unsafe table[index * 16 + 16 + halfByte(bytes, pointee.positions[index + 1])]
            let third = unsafe table[index * 16 + 32 + halfByte(bytes, pointee.positions[index + 2])]
            let fourth = unsafe table[index * 16 + 48 + halfByte(bytes, pointee.positions[index + 3])]
            left &= (first & second) & (third & fourth)
            if linesEqual(left, .zero) { break }
            index += 4
        }
        return left
    }

    /// Gives a place to an empty subtable with this mask.
    @_noLocks func open(_ place: UInt16, number: UInt32, mask: UnsafePointer<Line>, lines: FlowLines) {
        let word = Int(place >> 6), bit = UInt64(1) << UInt64(place & 63)
        var index = 0
        let count = unsafe Int(pointee.positionCount)
        while index < count {
            // What the mask leaves out agrees with all values.
            let isLeftOut = unsafe halfByte(mask, lines, pointee.positions[index]) == 0
            var value = 0
            while value < 16 {
                unsafe table[index * 16 + value][word] = isLeftOut ? table[index * 16 + value][word] | bit : table[index * 16 + value][word] & ~bit
                value += 1
            }
            index += 1
        }
        unsafe pointee.numbers[Int(place)] = number
        // A megaflow's mask always has line 0: in_port is matched exactly.
        unsafe masks[Int(place)] = mask[0]
        unsafe pointee.slots[Int(place)] = TupleTable.none
        unsafe setActive(place, true)
    }

    /// A subtable is to be found here, or is not.
    @inline(__always) @_noLocks func setActive(_ place: UInt16, _ isActive: Bool) {
        let word = Int(place >> 6), bit = UInt64(1) << UInt64(place & 63)
        unsafe pointee.active[word] = isActive ? pointee.active[word] | bit : pointee.active[word] & ~bit
    }

    /// Notes a megaflow of the subtable at `place`.
    /// - Parameters:
    ///   - slot: the megaflow's.
    ///   - isOnly: the subtable has no other one.
    @_noLocks func admit(_ flow: UnsafePointer<DPFlow>, slot: UInt32, isOnly: Bool, at place: UInt16) {
        unsafe pointee.slots[Int(place)] = isOnly ? slot : TupleTable.none
        let word = Int(place >> 6), bit = UInt64(1) << UInt64(place & 63)
        var index = 0
        let count = unsafe Int(pointee.positionCount), lines = unsafe flow.pointee.lines
        while index < count {
            let position = unsafe pointee.positions[index]
            let mask = unsafe halfByte(flow.pointee.mask, lines, position)
            let wanted = mask == 0 ? 0 : unsafe flow.halfByte(position)
            var value = 0
            while mask != 0 && value < 16 {
                if (value ^ wanted) & mask == 0 { unsafe table[index * 16 + value][word] |= bit }
                value += 1
            }
            index += 1
        }
    }
}

extension UnsafePointer where Pointee == DPFlow {
    /// A half-byte of the masked key.
    @inline(__always) @_noLocks func halfByte(_ position: UInt16) -> Int {
        let line = position >> 7, lines = unsafe pointee.lines.rawValue
        if line == 0 {
            // Line 0 is copied out, so that its bytes can be looked at.
            return unsafe withUnsafePointer(to: pointee.line0) { unsafe Datapath.halfByte(UnsafeRawPointer($0), position) }
        }
        guard lines >> line & 1 != 0, let extra = unsafe pointee.extraLines else { return 0 }
        // Line 0 is not among the extra lines.
        let place = (lines & ((1 << line) - 1) & ~1).nonzeroBitCount
        return unsafe Datapath.halfByte(UnsafeRawPointer(extra + place), position & 127)
    }
}

/// The half-byte at a position, counted from `bytes`; the upper one of a byte comes first.
@inline(__always) @_noLocks func halfByte(_ bytes: UnsafeRawPointer, _ position: UInt16) -> Int {
    // Positions are within the key or line whose start the caller gives.
    let byte = unsafe bytes.load(fromByteOffset: Int(position >> 1), as: UInt8.self)
    return Int(position & 1 == 0 ? byte >> 4 : byte & 15)
}

/// A half-byte of a mask whose lines stand one after the other; 0 if it has no such line.
@inline(__always) @_noLocks func halfByte(_ mask: UnsafePointer<Line>, _ lines: FlowLines, _ position: UInt16) -> Int {
    let line = position >> 7
    guard lines.rawValue >> line & 1 != 0 else { return 0 }
    // A megaflow's mask always has line 0: in_port is matched exactly.
    let place = (lines.rawValue & ((1 << line) - 1)).nonzeroBitCount
    return unsafe halfByte(UnsafeRawPointer(mask + place), position & 127)
}
