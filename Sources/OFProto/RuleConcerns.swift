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

    /// A rule that came, as it is compared with keys.
    struct Newcomer {
        let rule: Rule
        let table: OpenFlowTable
        let tag: UInt64
        let mask: MaskLines
        let key: [Line]
    }

    init(tables: UInt64, whole: UInt64, altered: UInt64?, newcomers: [Newcomer]) {
        self.tables = tables
        self.whole = whole
        self.altered = altered
        self.newcomers = newcomers
    }

    /// What the changes are to a megaflow.
    enum Concern {
        case none, some
        /// Its packets, which were looked up once, find the rule now that is at this place among `newcomers`.
        case finds(Int)
    }

    /// How a megaflow is concerned.
    /// - Parameters:
    ///   - lookups: the tags of the tables that it looks up.
    ///   - inPort: the port by which its packets come in, as lookups see it, at the place of `in_port` in line 0.
    func concern(_ flow: Megaflow, tables lookups: UInt64, inPort: UInt64) -> Concern {
        guard lookups & tables != 0 else { return .none }
        if flow.followsTables || lookups & whole != 0 { return .some }
        if let altered {
            for case .rule(let rule, _) in flow.credits where !rule.isLive || rule.altered >= altered { return .some }
        }
        var found: Int?
        for at in newcomers.indices where lookups & newcomers[at].tag != 0 {
            if isOutdone(at, flow.credits) || differs(at, flow, inPort) { continue }
            if found != nil { return .some }
            found = at
        }
        guard let found else { return .none }
        return isFound(found, flow) ? .finds(found) : .some
    }

    /// True if all lookups in the new rule's table, and there was one at least, have found rules of a higher priority.
    private func isOutdone(_ new: Int, _ credits: [Credit]) -> Bool {
        let newTable = newcomers[new].table, priority = newcomers[new].rule.priority
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

    /// True if the new rule asks for another value of a steady bit than the megaflow's packets have.
    private func differs(_ new: Int, _ flow: Megaflow, _ inPort: UInt64) -> Bool {
        let mask = flow.mask.lines, steady = flow.steady.lines, wanted = newcomers[new].mask
        for at in 0..<wanted.count {
            let index = wanted.indices[at]
            guard let place = steady.indices.firstIndex(of: index), let held = mask.indices.firstIndex(of: index) else { continue }
            var line = flow.line(held)
            if index == 0 { line[0] = line[0] & ~UInt64(UInt32.max) | inPort }
            if !linesEqual((line ^ newcomers[new].key[at]) & wanted.masks[at] & steady.masks[place], .zero) { return true }
        }
        return false
    }

    /// True if all packets of a megaflow, none of which differs from the new rule in a steady bit, find that rule: they were looked up once and have found less, and all bits that it asks for
    /// are steady.
    private func isFound(_ new: Int, _ flow: Megaflow) -> Bool {
        var lookups = 0
        for credit in flow.credits {
            switch credit {
            case .rule(let rule, let table):
                guard table === newcomers[new].table, rule.priority < newcomers[new].rule.priority else { return false }
            case .miss(let table):
                guard table === newcomers[new].table else { return false }
            default: continue
            }
            lookups += 1
        }
        return lookups == 1 && newcomers[new].mask.isSubset(of: flow.steady.lines)
    }
}
