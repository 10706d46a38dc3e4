import Flow

/// What is asked of megaflows' keys: bits, and the values that they are to have. Prepared for the keys under one mask.
struct KeyTests {
    private var tests: ContiguousArray<Test> = []

    private struct Test {
        let index: Int
        let bits: Line
        let value: Line
        /// Where the line is among those of the mask; -1: there are zeros in the key.
        var place = -1
    }

    /// How many tests there are: those of one question follow each other.
    var count: Int { tests.count }

    /// Asks that `bits` of line `index` are as in `value`.
    mutating func append(_ index: Int, _ bits: Line, _ value: Line) { tests.append(Test(index: index, bits: bits, value: value & bits)) }

    mutating func prepare(for mask: MaskLines) {
        for at in tests.indices { tests[at].place = mask.indices.firstIndex(of: tests[at].index) ?? -1 }
    }

    mutating func removeAll() { tests.removeAll(keepingCapacity: true) }

    /// True if the key of the megaflow at a place of the table has all these values. The packets' port is said to be `inPort`, which stands at the place of `in_port` in line 0.
    /// - Parameter range: of the tests.
    @inline(__always) func hold(for flow: Int, _ megaflows: MegaflowTable, inPort: UInt64, in range: Range<Int>) -> Bool {
        for at in range {
            var line = tests[at].place < 0 ? .zero : megaflows.line(flow, tests[at].place)
            if tests[at].index == 0 { line[0] = line[0] & ~UInt64(UInt32.max) | inPort }
            if !linesEqual(line & tests[at].bits, tests[at].value) { return false }
        }
        return true
    }

    /// True if no bit is asked for that is outside `mask`.
    func areCovered(by mask: MaskLines) -> Bool {
        tests.allSatisfy { $0.place >= 0 && linesEqual($0.bits & ~mask.masks[$0.place], .zero) }
    }
}
