import Datapath
import Flow

/// What translations of one round of revalidation found that looked at less of the packet than the megaflow's mask holds: it is the same for all megaflows whose packets have those bits. So a
/// rule that is new and takes the packets of thousands of megaflows is looked up a few times.
///
/// Where the tables differ from megaflow to megaflow, what the actions of a rule lead to is mostly the same: then only the lookup is done again.
///
/// An answer from early in a round is as good as a translation at that time: what changed since is for the next round, and the tags are the answer's.
/// Owner: the round.
final class RevalidationAnswers {
    /// The newest one comes last.
    private var answers: ContiguousArray<Answer> = []
    /// By the only rule that packets found: what its actions led to, and the bits that they looked at besides the lookup.
    private var byRule: [ObjectIdentifier: OfRule] = [:]

    /// The one of these that was asked for last.
    private var latest: OfRule?

    private final class OfRule {
        let rule: Rule
        /// Megaflows that were translated.
        var translated = 0
        var answers: ContiguousArray<Answer> = []

        init(_ rule: Rule) { self.rule = rule }

        func find(_ flow: Int, _ megaflows: MegaflowTable) -> Answer? {
            for at in answers.indices where answers[at].holds(for: flow, megaflows) { return answers[at].isCovered ? answers[at] : nil }
            return nil
        }
    }

    final class Answer {
        let outcome: MegaflowOutcome
        /// The bits that were consulted.
        private var tests = KeyTests()
        /// The mask that `tests` is prepared for, and whether it has all those bits.
        private var mask: Int32 = -1
        private(set) var isCovered = false

        fileprivate init(_ consulted: MaskLines, of flow: Int, _ megaflows: MegaflowTable, _ outcome: MegaflowOutcome) {
            self.outcome = outcome
            let mask = megaflows.mask(flow)
            for (index, bits) in zip(consulted.indices, consulted.masks) {
                tests.append(index, bits, mask.indices.firstIndex(of: index).map { megaflows.line(flow, $0) } ?? .zero)
            }
        }

        /// True if the megaflow's packets have the bits that were consulted, as far as its key tells; `isCovered` says whether that is all of them.
        func holds(for flow: Int, _ megaflows: MegaflowTable) -> Bool {
            if mask != megaflows.flows[flow].mask { prepare(megaflows, megaflows.flows[flow].mask) }
            return tests.hold(for: flow, megaflows, inPort: megaflows.flows[flow].firstWord & UInt64(UInt32.max), in: 0..<tests.count)
        }

        private func prepare(_ megaflows: MegaflowTable, _ number: Int32) {
            mask = number
            tests.prepare(for: megaflows.masks[number])
            isCovered = tests.areCovered(by: megaflows.masks[number])
        }
    }

    /// What is known of the packets of a megaflow, which is named by its place in the table.
    enum Known {
        case nothing
        case outcome(MegaflowOutcome)
        /// It takes more bits than the megaflow's mask has.
        case narrower
    }

    func find(_ flow: Int, _ megaflows: MegaflowTable) -> Known {
        for at in answers.indices where answers[at].holds(for: flow, megaflows) { return answers[at].isCovered ? .outcome(answers[at].outcome) : .narrower }
        return .nothing
    }

    /// True if `find` knows something, whatever it is.
    func know(_ flow: Int, _ megaflows: MegaflowTable) -> Bool {
        for at in answers.indices where answers[at].holds(for: flow, megaflows) { return true }
        return false
    }

    /// Takes note of what a megaflow's translation found. The packet was at every lookup as it came in.
    func add(_ consulted: MaskLines, _ flow: Int, _ megaflows: MegaflowTable, _ outcome: MegaflowOutcome) {
        if answers.count == OFProtoLimits.rememberedAnswers { answers.removeFirst() }
        answers.append(Answer(consulted, of: flow, megaflows, outcome))
    }

    /// What the actions of a rule lead to for a megaflow's packets; nil: it is not known yet, or takes more bits than the mask has.
    func find(_ rule: Rule, _ flow: Int, _ megaflows: MegaflowTable) -> Answer? {
        if latest?.rule !== rule { latest = byRule[ObjectIdentifier(rule)] }
        return latest?.find(flow, megaflows)
    }

    /// A megaflow whose packets found this rule only was translated. True if it is worth knowing what its actions look at: others have found it before, and they do not all look at
    /// something else.
    func isWorthKnowing(_ rule: Rule) -> Bool {
        let known = byRule[ObjectIdentifier(rule)] ?? OfRule(rule)
        known.translated += 1
        byRule[ObjectIdentifier(rule)] = known
        return known.translated > 1 && known.translated <= OFProtoLimits.rememberedAnswers + 1
    }

    func add(_ consulted: MaskLines, of rule: Rule, _ flow: Int, _ megaflows: MegaflowTable, _ outcome: MegaflowOutcome) {
        byRule[ObjectIdentifier(rule)]?.answers.append(Answer(consulted, of: flow, megaflows, outcome))
    }
}
