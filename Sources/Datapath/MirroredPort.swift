import Flow
import Glibc

/// A filter in the mirror, and the PMD's that does the same.
@safe final class MirroredFilter {
    let own: UnsafeMutablePointer<SubtableFilter>
    let theirs: UnsafeMutablePointer<SubtableFilter>
    private let words: FilteredWords
    private var unused: [UInt16]

    init(_ words: FilteredWords) {
        self.words = words
        unsafe own = SubtableFilter.make(words.positions)
        unsafe theirs = SubtableFilter.make(words.positions)
        unused = (0..<UInt16(SubtableFilter.places)).reversed()
    }

    var isEmpty: Bool { unused.count == SubtableFilter.places }

    /// A place for a subtable; nil if there is none or if the filter does not look at all of these words.
    func takePlace(_ wanted: FilteredWords) -> UInt16? { words.covers(wanted) ? unused.popLast() : nil }

    func giveBack(_ place: UInt16) {
        unsafe own.setActive(place, false)
        unused.append(place)
    }

    /// Frees the mirror's filter; the PMD's is freed by its answer.
    func free() { unsafe Glibc.free(own) }
}

/// The subtables of one in_port: the first `Limits.listedSubtables` are in a list, the others in filters.
struct MirroredPort {
    private(set) var list: [UInt32] = []
    private(set) var filters: [MirroredFilter] = []
    /// Bits that some mask has had, and bits that all masks have had, since the port has subtables.
    private var union = FlowMask()
    private var common: FlowMask?

    var isEmpty: Bool { list.isEmpty && filters.isEmpty }

    /// Finds a place for a subtable; nil: in the list.
    mutating func takePlace(_ number: UInt32, _ mask: FlowMask) -> (filter: MirroredFilter, place: UInt16, isNew: Bool)? {
        var shared = common ?? mask
        for line in 0..<FlowKey.datapathLineCount {
            union[line: line] |= mask[line: line]
            shared[line: line] &= mask[line: line]
        }
        common = shared
        guard list.count >= Limits.listedSubtables else {
            list.append(number)
            return nil
        }
        let words = FilteredWords(union: union, common: shared)
        for filter in filters.reversed() {
            if let place = filter.takePlace(words) { return (filter, place, false) }
        }
        let filter = MirroredFilter(words)
        guard let place = filter.takePlace(words) else { return nil }
        filters.append(filter)
        return (filter, place, true)
    }

    /// A subtable goes. Returns the PMD's filter if that is empty now.
    @unsafe mutating func giveBack(_ number: UInt32, filter: MirroredFilter?, place: UInt16) -> UnsafeMutablePointer<SubtableFilter>? {
        guard let filter else {
            list.removeAll { $0 == number }
            return nil
        }
        filter.giveBack(place)
        guard filter.isEmpty else { return nil }
        filters.removeAll { $0 === filter }
        filter.free()
        return unsafe filter.theirs
    }
}

/// The words of 16 bits of a key that a filter looks at: those in which masks differ, and what follows of the same 32 bits, since prefixes grow; after them
/// others that masks use, in which megaflows may differ.
struct FilteredWords {
    /// A bit a word, 32 for each line.
    private var varying = InlineArray<10, UInt32>(repeating: 0)
    private var fixed = InlineArray<10, UInt32>(repeating: 0)
    /// What an in_port's megaflows have in common anyway: the metadata's words, and dl_type.
    private static let useless: UInt32 = 0x3fff | 1 << 20

    /// - Parameters: the bits that some mask has, and those that all have.
    init(union: FlowMask, common: FlowMask) {
        var room = Limits.filteredHalfBytes / 4
        for line in 0..<FlowKey.datapathLineCount {
            let differing = union[line: line] & ~common[line: line]
            for word in 0..<32 where room > 0 {
                let follows = word & 1 == 1 && varying[line] >> UInt32(word - 1) & 1 != 0
                guard follows || Self.has(differing, word) else { continue }
                varying[line] |= 1 << UInt32(word)
                room -= 1
            }
        }
        for line in 0..<FlowKey.datapathLineCount {
            let passedOver = varying[line] | (line == 0 ? Self.useless : 0)
            for word in 0..<32 where room > 0 && passedOver >> UInt32(word) & 1 == 0 && Self.has(union[line: line], word) {
                fixed[line] |= 1 << UInt32(word)
                room -= 1
            }
        }
    }

    private static func has(_ line: Line, _ word: Int) -> Bool { line[word / 4] >> UInt64(word % 4 * 16) & 0xffff != 0 }

    /// True if a filter that looks at these words sees where `other`'s masks differ.
    func covers(_ other: FilteredWords) -> Bool { (0..<10).allSatisfy { other.varying[$0] & ~(varying[$0] | fixed[$0]) == 0 } }

    /// The half-bytes of the words: the first ones of all 32 bits, then the second ones, and so on, since most prefixes are short.
    var positions: [UInt16] {
        var ranked: [(rank: Int, position: UInt16)] = []
        for line in 0..<10 {
            for word in 0..<32 where (varying[line] | fixed[line]) >> UInt32(word) & 1 != 0 {
                let isFixed = fixed[line] >> UInt32(word) & 1 != 0
                let follows = word & 1 == 1 && varying[line] >> UInt32(word - 1) & 1 != 0
                let rank = isFixed ? 8 : follows ? 4 : 0
                for half in 0..<4 { ranked.append((rank + half, UInt16(line * 128 + word * 4 + half))) }
            }
        }
        return ranked.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element.position)
    }
}
