import Flow
import OpenFlow

/// The lookup structure of one OpenFlow table: a tuple space (Srinivasan, Suri, Varghese: Packet Classification using Tuple
/// Space Search, 1999) with one `Subtable` for each distinct mask.
///
/// A lookup visits subtables by falling highest priority and ends when no subtable left can hold a better rule. It
/// records the bits of the packet that its answer depends on, as few as it can tell: a megaflow made of them is sound,
/// that is, every packet with the same bits gets the same rule. Three means keep the bits few: stages, prefix tries of
/// addresses and of transport ports, and the early end.
///
/// Owner: its table.
final class Classifier {
    private(set) var subtables: ContiguousArray<Subtable> = []
    private var byMask: [MaskLines: Subtable] = [:]
    /// The one that was asked for last: changes often come in rows with one mask.
    private var latest: Subtable?
    private let tries = PrefixTries()
    private let seed: HashSeed
    private let scratch = FlowBuffer()
    /// Rules, those on their way out included.
    private(set) var count = 0
    /// Those of them with conjunction actions.
    private var softCount = 0
    /// Answers may be put together from several rules.
    var isConjunctive: Bool { softCount > 0 }
    /// What lookups see.
    var version: UInt64 = 1

    init(seed: HashSeed) { self.seed = seed }

    /// The rule with the highest priority among those that match `flow`; nil when none does. Bits that were looked at are added
    /// to `wildcards`. Among rules of equal priority any may be found.
    /// - Parameter visited: is told of each subtable that was looked at, and the rule that was found there: for traces.
    func lookup(_ flow: FlowBuffer, _ wildcards: FlowBuffer, visited: ((Subtable, Rule?) -> Void)? = nil) -> Rule? {
        if softCount > 0 { return lookupConjunctive(flow, wildcards, visited) }
        var best: Rule?
        var priority = -1
        var answers = TrieAnswers()
        for at in subtables.indices {
            if subtables[at].maxPriority <= priority { break }
            if let rule = find(subtables[at], flow, wildcards, &answers, visited), Int(rule.priority) > priority {
                priority = Int(rule.priority)
                best = rule
            }
        }
        return best
    }

    /// The same for a frame, where it does not matter at which bits that looks and no rules are conjunctive.
    func lookup(_ flow: FlowBuffer) -> Rule? {
        var best: Rule?
        var priority = -1
        for at in subtables.indices {
            let subtable = subtables[at]
            if subtable.maxPriority <= priority { break }
            guard let rule = subtable.rule(flow, version: version), Int(rule.priority) > priority else { continue }
            priority = Int(rule.priority)
            best = rule
        }
        return best
    }

    /// The best rule of one subtable.
    @inline(__always) func find(_ subtable: Subtable, _ flow: FlowBuffer, _ wildcards: FlowBuffer, _ answers: inout TrieAnswers, _ visited: ((Subtable, Rule?) -> Void)?) -> Rule? {
        // What has no Ethernet header matches nothing that is said of one.
        if flow.key.l3.packetType.host != PacketType.ethernet, subtable.isOfFrames { return nil }
        let found = subtable.lookup(flow, wildcards, tries, &answers, version: version)
        visited?(subtable, found)
        return found
    }

    /// The rule with exactly this match and priority that `version` sees.
    func rule(_ match: Match, priority: Int32, version: UInt64) -> Rule? { place(of: match)?.rule(priority: priority, version: version) }

    /// Where rules with this match are or would be, as long as no rule comes or goes; nil: no rule here has such a mask.
    func place(of match: Match) -> Subtable.Place? {
        guard let subtable = subtable(match.mask) else { return nil }
        scratch.key = match.key
        return subtable.place(of: scratch)
    }

    /// Adds a rule. No version may see two with the same match and priority.
    /// - Parameter place: the match's, if it is known.
    func insert(_ rule: Rule, match: Match, at place: Subtable.Place? = nil) {
        let place = place ?? self.place(of: match) ?? newPlace(match)
        let subtable = place.subtable, before = subtable.maxPriority
        scratch.key = match.key
        subtable.insert(rule, key: scratch, at: place, tries: tries)
        if subtable.maxPriority != before { reorder() }
        count += 1
        if rule.isSoft { softCount += 1 }
    }

    private func newPlace(_ match: Match) -> Subtable.Place {
        let subtable = Subtable(mask: match.mask, seed: seed)
        byMask[subtable.mask] = subtable
        subtables.append(subtable)
        scratch.key = match.key
        return subtable.place(of: scratch)
    }

    /// Takes a rule out that is here.
    func remove(_ rule: Rule) {
        guard let subtable = rule.subtable else { return }
        let before = subtable.maxPriority
        subtable.remove(rule, tries: tries)
        count -= 1
        if rule.isSoft { softCount -= 1 }
        if subtable.ruleCount == 0 {
            byMask[subtable.mask] = nil
            latest = nil
            subtables.removeAll { $0 === subtable }
        } else if subtable.maxPriority != before {
            reorder()
        }
    }

    /// A rule that is here does something else than before.
    func noteActions(of rule: Rule, former: RuleActions) {
        softCount += (rule.isSoft ? 1 : 0) - (former.conjunctions.isEmpty ? 0 : 1)
    }

    private func subtable(_ mask: FlowMask) -> Subtable? {
        if let latest, latest.mask == mask { return latest }
        latest = byMask[MaskLines(mask)]
        return latest
    }

    func forEach(_ visit: (Rule) -> Void) {
        for subtable in subtables { subtable.forEach(visit) }
    }

    /// Rules that are equal to or narrower than `match`, as `version` sees them: what a non-strict modification means.
    func rules(within match: Match, version: UInt64) -> [Rule] {
        let wanted = MaskLines(match.mask)
        var found: [Rule] = []
        for subtable in subtables where wanted.isSubset(of: subtable.mask) {
            subtable.forEach(agreeing: match.key, under: wanted) { rule in
                if rule.isSeen(in: version) { found.append(rule) }
            }
        }
        return found
    }

    /// A rule of the same priority that some packet could match together with `match` (OpenFlow 1.5.1, section 6.4).
    func overlap(_ match: Match, priority: Int32, version: UInt64) -> Rule? {
        var found: Rule?
        for subtable in subtables where found == nil && subtable.hasPriority(priority) {
            let common = MaskLines(match.mask.masked(by: subtable.mask.flowMask))
            subtable.forEach(agreeing: match.key, under: common) { rule in
                if rule.priority == priority, rule.isSeen(in: version) { found = rule }
            }
        }
        return found
    }

    private func reorder() {
        // Insertion sort: one subtable is out of place.
        for index in subtables.indices.dropFirst() {
            var at = index
            while at > 0, subtables[at - 1].maxPriority < subtables[at].maxPriority {
                subtables.swapAt(at - 1, at)
                at -= 1
            }
        }
    }
}

extension MaskLines {
    /// True if every bit of this mask is in `other`.
    func isSubset(of other: MaskLines) -> Bool {
        zip(indices, masks).allSatisfy { index, line in
            other.indices.firstIndex(of: index).map { linesEqual(line & other.masks[$0], line) } ?? false
        }
    }
}
