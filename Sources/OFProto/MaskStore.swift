import Flow

/// The different masks of installed megaflows, by numbers. Owner: the megaflow table.
///
/// The number of a mask that is not used any more names no other one before `recycle`, so those who work on megaflows may remember numbers meanwhile.
struct MaskStore {
    private var numbers: [MaskLines: Int32] = [:]
    /// Those of numbers that are free, or are to be, are empty.
    private var masks: ContiguousArray<MaskLines> = []
    /// The indices of the masks' lines.
    private var indices: ContiguousArray<Indices> = []
    private var users: ContiguousArray<Int> = []
    private var unused: [Int32] = []
    private var ended: [Int32] = []

    private struct Indices {
        var count = 0
        var values = InlineArray<12, UInt8>(repeating: 0)

        init(_ lines: MaskLines) {
            count = lines.count
            for place in 0..<count { values[place] = UInt8(lines.indices[place]) }
        }
    }

    subscript(number: Int32) -> MaskLines { masks[Int(number)] }

    /// Calls `visit` with each line's place in a mask, and its index.
    @inline(__always) func forEachLine(_ number: Int32, _ visit: (Int, Int) -> Void) {
        for place in 0..<indices[Int(number)].count { visit(place, Int(indices[Int(number)].values[place])) }
    }

    /// A mask's number, with one more use.
    mutating func retain(_ lines: MaskLines) -> Int32 {
        if let number = numbers[lines] {
            users[Int(number)] += 1
            return number
        }
        let number: Int32
        if let free = unused.popLast() {
            number = free
            masks[Int(number)] = lines
            indices[Int(number)] = Indices(lines)
            users[Int(number)] = 1
        } else {
            number = Int32(masks.count)
            masks.append(lines)
            indices.append(Indices(lines))
            users.append(1)
        }
        numbers[lines] = number
        return number
    }

    mutating func release(_ number: Int32) {
        users[Int(number)] -= 1
        guard users[Int(number)] == 0 else { return }
        numbers[masks[Int(number)]] = nil
        masks[Int(number)] = MaskLines()
        ended.append(number)
    }

    mutating func recycle() {
        unused.append(contentsOf: ended)
        ended.removeAll(keepingCapacity: true)
    }

    var count: Int { numbers.count }
}
