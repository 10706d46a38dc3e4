import Flow
import OpenFlow

/// One conjunction action: its flow is one of those that make up clause `clause` (counted from 0) of `clauses`.
struct ConjunctionClause {
    var id: UInt32
    var clause: UInt8
    var clauses: UInt8
}

extension Rule {
    /// Part of conjunctive flows: matches only together with others (ovs-fields(7), "Conjunctive Match Fields").
    var isSoft: Bool { !content.conjunctions.isEmpty }
}

extension Classifier {
    /// `lookup` for a table with conjunction actions. All subtables that may hold a rule above the best hard one are consulted. Of the soft rules above
    /// it, those of one priority at a time are put together: a conjunctive flow of which every clause is there sends the packet through the table once more, with
    /// its conj_id and past all soft rules.
    func lookupConjunctive(_ flow: FlowBuffer, _ wildcards: FlowBuffer, _ visited: ((Subtable, Rule?) -> Void)?) -> Rule? {
        var soft: [Rule] = []
        let hard = lookup(flow, wildcards, soft: &soft, visited)
        let least = hard?.priority ?? -1
        soft.removeAll { $0.priority <= least }
        soft.sort { $0.priority > $1.priority }
        var rest = soft[...]
        while let first = rest.first {
            let end = rest.firstIndex { $0.priority < first.priority } ?? rest.endIndex
            for id in conjunctions(of: rest[..<end]) {
                let own = flow.key.l11.conjID
                flow.key.l11.conjID = id
                var none: [Rule] = []
                let found = lookup(flow, wildcards, soft: &none, visited)
                flow.key.l11.conjID = own
                if let found { return found }
            }
            rest = rest[end...]
        }
        return hard
    }

    /// The best hard rule, and soft rules that match, in any order: at least all those above it.
    private func lookup(_ flow: FlowBuffer, _ wildcards: FlowBuffer, soft: inout [Rule], _ visited: ((Subtable, Rule?) -> Void)?) -> Rule? {
        var hard: Rule?
        var priority = -1
        var answers = TrieAnswers()
        for subtable in subtables {
            if subtable.maxPriority <= priority { break }
            var rule = find(subtable, flow, wildcards, &answers, visited)
            while let candidate = rule, Int(candidate.priority) > priority {
                if candidate.isSoft {
                    soft.append(candidate)
                } else {
                    hard = candidate
                    priority = Int(candidate.priority)
                }
                rule = candidate.lower
                while let next = rule, !next.isSeen(in: version) { rule = next.lower }
            }
        }
        return hard
    }

    /// The conjunctive flows of which every clause is among the rules, by rising number. Flows with one id that speak of different numbers of clauses are different ones.
    private func conjunctions(of rules: ArraySlice<Rule>) -> [UInt32] {
        var found: [UInt64: UInt64] = [:]
        var complete: Set<UInt32> = []
        for part in rules.lazy.flatMap(\.content.conjunctions) {
            let all: UInt64 = part.clauses >= 64 ? .max : 1 << UInt64(part.clauses) - 1
            let flow = UInt64(part.id) << 8 | UInt64(part.clauses)
            let clauses = found[flow, default: 0] | 1 << UInt64(part.clause)
            found[flow] = clauses
            if clauses == all { complete.insert(part.id) }
        }
        return complete.sorted()
    }
}
