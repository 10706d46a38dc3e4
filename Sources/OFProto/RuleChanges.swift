import Flow

/// What happened to the bridges' rules since megaflows were last checked: which of them may it concern?
///
/// A megaflow stands for packets that find the same rules, table by table. It keeps (`Megaflow`):
/// - the tables in which they are looked up, as tags of 64 bits (`tables`);
/// - the rules that they find there, and the tables that have none for them (`credits`);
/// - the bits of its key that they had unchanged at every lookup (`steady`): those of its mask that no action had written before. Since translation consults all that a
///   written value is made of, that value is the same for all of them; so where one packet's bit at every lookup is the one that it came with, all packets' are.
///
/// From these follows whom a change of rules leaves alone:
/// - A rule that came to a table changes the answer only of lookups in that table, only if it has at least the priority of what was found, and only if it matches: it
///   does not when it asks for another value of a steady bit. Bits that are not steady, registers and metadata may have any value.
/// - A rule that went, or whose actions changed, changes the answer only of lookups that found it. That some lookup did not find it holds for all packets of a
///   megaflow, so what the others find stays what they find.
/// - In a table with conjunctive flows an answer is put together from several rules, and an answer's priority is not that of its parts: every change
///   concerns all lookups there.
/// - What learns with a limit and asks for the result depends on other tables than those that it looks up (`followsTables`): every change concerns it.
///
/// A mask is never made smaller by a check, so one that is passed over keeps a mask that is wide enough for the answer that it still has.
struct RuleChanges {
    /// The tags of all tables with changes.
    private(set) var tables: UInt64 = 0
    /// Those of tables whose every lookup is concerned.
    private var whole: UInt64 = 0
    /// Rules that came.
    private var added: [(rule: Rule, table: OpenFlowTable, tag: UInt64)] = []
    private var comparisons: [Comparison] = []
    /// The number of the first change: rules altered by it or later ones count as altered.
    private(set) var first: UInt64 = 0

    /// A rule that came, as it is compared with keys.
    private struct Comparison {
        let tag: UInt64
        let table: OpenFlowTable
        let priority: Int32
        let mask: MaskLines
        let key: [Line]
    }

    /// Takes note of a change that has become visible.
    mutating func add(_ change: FlowChange, bridge: Bridge) {
        for rule in change.added where rule.endVersion == .max {
            let tag = bridge.tableTag(rule.table)
            tables |= tag
            guard whole & tag == 0, let table = bridge.tables[Int(rule.table)] else { continue }
            if rule.isSoft || table.classifier.isConjunctive || added.count == OFProtoLimits.comparedRules {
                whole |= tag
            } else {
                added.append((rule, table, tag))
            }
        }
        for ended in change.ended { noteAltered(ended.rule, isSoft: ended.rule.isSoft, bridge) }
        for (rule, former) in change.modified { noteAltered(rule, isSoft: rule.isSoft || !former.conjunctions.isEmpty, bridge) }
    }

    private mutating func noteAltered(_ rule: Rule, isSoft: Bool, _ bridge: Bridge) {
        let tag = bridge.tableTag(rule.table)
        tables |= tag
        if isSoft || bridge.tables[Int(rule.table)]?.classifier.isConjunctive ?? false { whole |= tag }
    }

    /// Prepares for questions. Rules that have gone again meanwhile are in no megaflow's way.
    mutating func begin(first: UInt64) {
        self.first = first
        comparisons = added.compactMap { rule, table, tag in
            guard let (mask, key) = rule.subtable?.lines(of: rule.slot) else { return nil }
            return Comparison(tag: tag, table: table, priority: rule.priority, mask: mask, key: key)
        }
        added = []
    }

    /// True if a megaflow may be concerned.
    /// - Parameters:
    ///   - lookups: the tags of the tables that it looks up.
    ///   - inPort: the port by which its packets come in, as lookups see it, at the place of `in_port` in line 0.
    func mayConcern(_ flow: Megaflow, tables lookups: UInt64, inPort: UInt64) -> Bool {
        guard lookups & tables != 0 else { return false }
        if flow.followsTables || lookups & whole != 0 { return true }
        for case .rule(let rule, _) in flow.credits where !rule.isLive || rule.altered >= first { return true }
        for rule in comparisons where lookups & rule.tag != 0 {
            if isOutdone(rule, flow.credits) || differs(rule, flow, inPort) { continue }
            return true
        }
        return false
    }

    /// True if all lookups in the rule's table, and there was one at least, have found rules of a higher priority.
    private func isOutdone(_ new: Comparison, _ credits: [Credit]) -> Bool {
        var isLookedUp = false
        for credit in credits {
            switch credit {
            case .rule(let rule, let table) where table === new.table:
                guard rule.priority > new.priority else { return false }
                isLookedUp = true
            case .miss(let table) where table === new.table: return false
            default: break
            }
        }
        return isLookedUp
    }

    /// True if the rule asks for another value of a steady bit than the megaflow's packets have.
    private func differs(_ new: Comparison, _ flow: Megaflow, _ inPort: UInt64) -> Bool {
        let mask = flow.mask.lines, steady = flow.steady.lines
        for at in 0..<new.mask.count {
            let index = new.mask.indices[at]
            guard let place = steady.indices.firstIndex(of: index), let held = mask.indices.firstIndex(of: index) else { continue }
            var line = flow.line(held)
            if index == 0 { line[0] = line[0] & ~UInt64(UInt32.max) | inPort }
            if !linesEqual((line ^ new.key[at]) & new.mask.masks[at] & steady.masks[place], .zero) { return true }
        }
        return false
    }
}

extension Bridge {
    /// The tag of a table: one bit of 64. One bridge's first 64 tables have different ones.
    func tableTag(_ table: UInt8) -> UInt64 { 1 << ((tagSeed &+ UInt64(table)) & 63) }
}
