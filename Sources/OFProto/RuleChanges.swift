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
/// `RuleConcerns` answers for one megaflow. A mask is never made smaller by a check, so one that is passed over keeps a mask that is wide enough for the answer that it still has.
struct RuleChanges {
    /// The tags of all tables with changes.
    private var tables: UInt64 = 0
    /// Those of tables whose every lookup is concerned.
    private var whole: UInt64 = 0
    /// Rules that came.
    private var added: [(rule: Rule, table: OpenFlowTable, tag: UInt64)] = []
    /// Rules went, or do something else.
    private var hasAltered = false

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
        hasAltered = true
        if isSoft || bridge.tables[Int(rule.table)]?.classifier.isConjunctive ?? false { whole |= tag }
    }

    /// The same, prepared for questions. Rules that have gone again meanwhile are in no megaflow's way.
    /// - Parameter first: the number of the first change.
    func concerns(first: UInt64) -> RuleConcerns {
        let newcomers = added.compactMap { rule, table, tag -> RuleConcerns.Newcomer? in
            guard let (mask, key) = rule.subtable?.lines(of: rule.slot) else { return nil }
            return RuleConcerns.Newcomer(rule, table, tag: tag, mask: mask, key: key)
        }
        return RuleConcerns(tables: tables, whole: whole, altered: hasAltered ? first : nil, newcomers: newcomers)
    }
}

extension Bridge {
    /// The tag of a table: one bit of 64. One bridge's first 64 tables have different ones.
    func tableTag(_ table: UInt8) -> UInt64 { 1 << ((tagSeed &+ UInt64(table)) & 63) }
}
