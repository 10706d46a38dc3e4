import Flow

/// Which megaflows changes of rules concern, and how; what that follows from stands at `RuleChanges`.
final class RuleConcerns {
    /// The tags of all tables with changes.
    let tables: UInt64
    /// Those of tables whose every lookup is concerned.
    private let whole: UInt64
    /// The number of the first change: rules altered by it or later ones count as altered; nil: none was, and none has gone.
    private let altered: UInt64?
    /// Rules that came.
    let newcomers: [Newcomer]

    /// How megaflows with the outcome and the mask of the one that was asked about last are concerned: as far as that is the same for all of them, and the new rules that may be found.
    private var outcome: Int32 = -1
    private var mask: Int32 = -1
    private var common = Concern.none
    private var candidates: ContiguousArray<Candidate> = []
    private var tests = KeyTests()

    /// A rule that came, as it is compared with keys.
    final class Newcomer {
        let rule: Rule
        let table: OpenFlowTable
        let tag: UInt64
        let mask: MaskLines
        let key: [Line]

        init(_ rule: Rule, _ table: OpenFlowTable, tag: UInt64, mask: MaskLines, key: [Line]) {
            self.rule = rule
            self.table = table
            self.tag = tag
            self.mask = mask
            self.key = key
        }
    }

    private struct Candidate {
        let newcomer: Int
        /// Those of `tests` that packets pass if they may find it.
        let tests: Range<Int>
        /// They do find it then.
        let isFound: Bool
    }

    init(tables: UInt64, whole: UInt64, altered: UInt64?, newcomers: [Newcomer]) {
        self.tables = tables
        self.whole = whole
        self.altered = altered
        self.newcomers = newcomers
    }

    /// What the changes are to a megaflow.
    enum Concern: Equatable {
        case none, some
        /// Its packets, which were looked up once, find the rule now that is at this place among `newcomers`.
        case finds(Int)
    }

    /// How the megaflow at a place of the table is concerned.
    /// - Parameter inPort: the port by which its packets come in, as lookups see it, at the place of `in_port` in line 0.
    func concern(_ flow: Int, _ megaflows: MegaflowTable, inPort: UInt64) -> Concern {
        if outcome != megaflows.flows[flow].outcome || mask != megaflows.flows[flow].mask { prepare(for: flow, megaflows) }
        var found = -1
        for at in candidates.indices where tests.hold(for: flow, megaflows, inPort: inPort, in: candidates[at].tests) {
            if found >= 0 { return .some }
            found = at
        }
        if found < 0 { return common }
        return candidates[found].isFound ? .finds(candidates[found].newcomer) : .some
    }

    private func prepare(for flow: Int, _ megaflows: MegaflowTable) {
        outcome = megaflows.flows[flow].outcome
        mask = megaflows.flows[flow].mask
        candidates.removeAll(keepingCapacity: true)
        tests.removeAll()
        let outcome = megaflows.outcome(flow), mask = megaflows.mask(flow), steady = outcome.steady ?? mask
        common = isConcerned(outcome) ? .some : .none
        if common == .some { return }
        for at in newcomers.indices where outcome.tags.tables & newcomers[at].tag != 0 && !isOutdone(newcomers[at], outcome.credits) {
            let first = tests.count
            addTests(newcomers[at], steady, mask)
            candidates.append(Candidate(newcomer: at, tests: first..<tests.count, isFound: isFound(newcomers[at], outcome.credits, steady)))
        }
        tests.prepare(for: mask)
    }

    /// True if changes concern all megaflows with this outcome.
    private func isConcerned(_ outcome: MegaflowOutcome) -> Bool {
        guard outcome.tags.tables & tables != 0 else { return false }
        if outcome.followsTables || outcome.tags.tables & whole != 0 { return true }
        guard let altered else { return false }
        return outcome.credits.contains { if case .rule(let rule, _) = $0 { !rule.isLive || rule.altered >= altered } else { false } }
    }

    /// True if all lookups in the new rule's table, and there was one at least, have found rules of a higher priority.
    private func isOutdone(_ newcomer: Newcomer, _ credits: [Credit]) -> Bool {
        let newTable = newcomer.table, priority = newcomer.rule.priority
        var isLookedUp = false
        for credit in credits {
            switch credit {
            case .rule(let rule, let table) where table === newTable:
                guard rule.priority > priority else { return false }
                isLookedUp = true
            case .miss(let table) where table === newTable: return false
            default: break
            }
        }
        return isLookedUp
    }

    /// What the new rule asks for of those bits that are steady.
    private func addTests(_ newcomer: Newcomer, _ steady: MaskLines, _ mask: MaskLines) {
        let wanted = newcomer.mask
        for at in 0..<wanted.count {
            let index = wanted.indices[at]
            guard let place = steady.indices.firstIndex(of: index), mask.indices.contains(index) else { continue }
            tests.append(index, wanted.masks[at] & steady.masks[place], newcomer.key[at])
        }
    }

    /// True if all packets of a megaflow, none of which differs from the new rule in a steady bit, find that rule: they were looked up once and have found less, and all bits that it asks for
    /// are steady.
    private func isFound(_ newcomer: Newcomer, _ credits: [Credit], _ steady: MaskLines) -> Bool {
        var lookups = 0
        for credit in credits {
            switch credit {
            case .rule(let rule, let table):
                guard table === newcomer.table, rule.priority < newcomer.rule.priority else { return false }
            case .miss(let table):
                guard table === newcomer.table else { return false }
            default: continue
            }
            lookups += 1
        }
        return lookups == 1 && newcomer.mask.isSubset(of: steady)
    }
}
