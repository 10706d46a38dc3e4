import Flow
import OpenFlow

/// Goes through the flows that a statistics request selects, a part at a time: by table, then by mask, those with the highest priorities first.
///
/// What is added meanwhile may be met or not, what goes is not met any more, and nothing is met twice: a flow stays in its slot.
struct RuleCursor {
    private let wanted: FlowModSelection.Wanted
    private let lines: MaskLines
    private let bridge: Bridge
    private var table = -1
    /// Of the table, those that may hold wanted flows and are still to be gone through; the last one is next.
    private var subtables: [Subtable] = []
    private var tests: [Subtable.KeyTest] = []
    private var slot = 0

    init(_ wanted: FlowModSelection.Wanted, _ bridge: Bridge) {
        self.wanted = wanted
        self.bridge = bridge
        lines = MaskLines(wanted.match.mask)
    }

    /// Looks at `limit` places for flows, and visits those that are wanted. Returns true once all have been looked at.
    mutating func next(limit: Int, _ visit: (Rule) -> Void) -> Bool {
        var left = limit
        while left > 0 {
            guard let subtable = subtables.last else {
                guard nextTable() else { return true }
                continue
            }
            let end = min(slot + left, subtable.slots.upperBound)
            for place in slot..<max(slot, end) {
                subtable.forEach(at: place, tests) { rule in
                    guard rule.isSeen(in: bridge.version), !rule.isHidden, wanted.selection.includes(rule, cookie: wanted.cookie) else { return }
                    visit(rule)
                }
            }
            left -= max(end - slot, 1)
            slot = max(slot, end)
            if slot >= subtable.slots.upperBound {
                subtables.removeLast()
                beginSubtable()
            }
        }
        return false
    }

    private mutating func nextTable() -> Bool {
        table += 1
        while table < bridge.tables.count {
            if let open = bridge.tables[table], wanted.table == 0xff || wanted.table == open.id {
                subtables = open.classifier.subtables.reversed().filter { lines.isSubset(of: $0.mask) }
                beginSubtable()
                if !subtables.isEmpty { return true }
            }
            table += 1
        }
        return false
    }

    private mutating func beginSubtable() {
        slot = 0
        tests = subtables.last?.tests(agreeing: wanted.match.key, under: lines) ?? []
    }
}
