import Datapath
import Flow

/// What translations of one round of revalidation found that looked at less of the packet than the megaflow's mask holds: it is the same for all megaflows whose packets have those bits. So a
/// rule that is new and takes the packets of thousands of megaflows is looked up a few times.
///
/// Where the tables differ from megaflow to megaflow, what the actions of a rule lead to is mostly the same: then only the lookup is done again.
///
/// An answer from early in a round is as good as a translation at that time: what changed since is for the next round, and the tags are the answer's.
/// Owner: `OFProto`.
final class RevalidationAnswers {
    /// The newest one comes last.
    private var answers: [Answer] = []
    /// By the only rule that packets found: what its actions led to, and the bits that they looked at besides the lookup.
    private var byRule: [ObjectIdentifier: OfRule] = [:]

    /// The one of these that was asked for last.
    private var latest: OfRule?

    private final class OfRule {
        let rule: Rule
        /// Megaflows that were translated.
        var translated = 0
        var answers: [Answer] = []

        init(_ rule: Rule) { self.rule = rule }
    }

    final class Answer {
        private let mask: MaskLines
        private let key: [Line]
        let actions: [DPAction]
        let found: MegaflowFindings
        /// A megaflow's mask that holds all bits that were consulted.
        private var wider: SharedMask

        fileprivate init(_ mask: MaskLines, of flow: Megaflow, actions: [DPAction], found: MegaflowFindings) {
            self.mask = mask
            key = zip(mask.indices, mask.masks).map { index, bits in
                flow.mask.lines.indices.firstIndex(of: index).map { flow.line($0) & bits } ?? .zero
            }
            self.actions = actions
            self.found = found
            wider = flow.mask
        }

        /// True if the packet has the bits that were consulted.
        fileprivate func holds(for flow: FlowBuffer) -> Bool {
            for at in key.indices where !linesEqual(flow[line: mask.indices[at]] & mask.masks[at], key[at]) { return false }
            return true
        }

        /// True if no bit was consulted that is outside `other`.
        func isCovered(by other: SharedMask) -> Bool {
            if other === wider { return true }
            var at = 0
            for (index, bits) in zip(mask.indices, mask.masks) {
                while at < other.lines.count, other.lines.indices[at] < index { at += 1 }
                guard at < other.lines.count, other.lines.indices[at] == index, linesEqual(bits & ~other.lines.masks[at], .zero) else { return false }
            }
            wider = other
            return true
        }
    }

    /// What is known of the packet in `flow`, as the datapath knows it.
    func find(_ flow: FlowBuffer) -> Answer? {
        for at in answers.indices where answers[at].holds(for: flow) { return answers[at] }
        return nil
    }

    /// Takes note of what a megaflow's translation found. The packet was at every lookup as it came in.
    func add(_ consulted: MaskLines, _ flow: Megaflow, actions: [DPAction], found: MegaflowFindings) {
        if answers.count == OFProtoLimits.rememberedAnswers { answers.removeFirst() }
        answers.append(Answer(consulted, of: flow, actions: actions, found: found))
    }

    /// What the actions of a rule lead to for the packet in `flow`; nil: it is not known yet.
    func find(_ rule: Rule, _ flow: FlowBuffer) -> Answer? {
        if latest?.rule !== rule { latest = byRule[ObjectIdentifier(rule)] }
        guard let latest else { return nil }
        for at in latest.answers.indices where latest.answers[at].holds(for: flow) { return latest.answers[at] }
        return nil
    }

    /// A megaflow whose packets found this rule only was translated. True if it is worth knowing what its actions look at: others have found it before, and they do not all look at
    /// something else.
    func isWorthKnowing(_ rule: Rule) -> Bool {
        let known = byRule[ObjectIdentifier(rule)] ?? OfRule(rule)
        known.translated += 1
        byRule[ObjectIdentifier(rule)] = known
        return known.translated > 1 && known.translated <= OFProtoLimits.rememberedAnswers + 1
    }

    func add(_ consulted: MaskLines, of rule: Rule, _ flow: Megaflow, actions: [DPAction], found: MegaflowFindings) {
        byRule[ObjectIdentifier(rule)]?.answers.append(Answer(consulted, of: flow, actions: actions, found: found))
    }

    func removeAll() {
        answers.removeAll(keepingCapacity: true)
        byRule.removeAll(keepingCapacity: true)
        latest = nil
    }
}
