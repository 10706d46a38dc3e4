import Flow
import OpenFlow

/// The rules of a table whose masks are equal: one hash table from masked key to the rules with that match, which form a
/// list by falling priority.
///
/// Invariants: `heads[i]` is nil exactly for slots in `unused`; `buckets` holds slot + 1 for the others.
/// Owner: its classifier.
final class Subtable {
    let mask: MaskLines
    /// Cumulative masks of all stages but the last one that has bits, and whether tries are asked before each.
    private let earlyStages: ContiguousArray<(mask: MaskLines, asksTries: Bool)>
    private let lastAsksTries: Bool
    /// Hashes of all rules under the masks of `earlyStages`.
    private var earlyHashes: ContiguousArray<HashCounts>
    /// Per `TrieField`: the mask's prefix length; 0 when it is no prefix.
    private let prefixLengths: [(field: TrieField, length: Int)]
    /// The mask of source and destination port, and its length up to its last one; 0 when ports are not matched.
    private let portsMask: UInt128
    private let portsLength: Int
    private var ports = PrefixTrie()

    private var buckets = HashBuckets()
    private var keys: ContiguousArray<Line> = []
    private var heads: ContiguousArray<Rule?> = []
    private var unused: ContiguousArray<Int> = []
    private(set) var ruleCount = 0
    private var priorities: [Int32: Int] = [:]
    private(set) var maxPriority = -1
    private let seed: HashSeed

    /// Its rules speak of an Ethernet header, and so only of packets that have one (ovs-fields(7), packet_type).
    let isOfFrames: Bool

    init(mask: FlowMask, seed: HashSeed) {
        self.mask = MaskLines(mask)
        self.seed = seed
        let used = Stage.allCases.filter { !MaskLines(mask.masked(by: Stage.masks[$0.rawValue])).indices.isEmpty }
        var early: ContiguousArray<(mask: MaskLines, asksTries: Bool)> = []
        var union = FlowMask()
        for stage in used.dropLast() {
            union.formUnion(mask.masked(by: Stage.masks[stage.rawValue]))
            early.append((MaskLines(union), stage == .l3))
        }
        earlyStages = early
        earlyHashes = ContiguousArray(repeating: HashCounts(), count: early.count)
        lastAsksTries = used.last == .l3
        isOfFrames = mask.l3.packetType == .zero
            && (mask.l0.dlType != .zero || mask.l0.vlanTCI != .zero || mask.l0.dlSrc != .zero || mask.l0.dlDst != .zero)
        let buffer = FlowBuffer()
        buffer.key = mask
        prefixLengths = TrieField.allCases.compactMap { field in
            let length = PrefixTrie.prefixLength(field.value(buffer))
            return length > 0 ? (field, length) : nil
        }
        portsMask = TrieField.ports(buffer)
        portsLength = portsMask == 0 ? 0 : 128 - portsMask.trailingZeroBitCount
    }

    /// The highest-priority rule that matches, or nil. The bits that the answer depends on are added to `wildcards`.
    func lookup(_ flow: FlowBuffer, _ wildcards: FlowBuffer, _ tries: PrefixTries, _ answers: inout TrieAnswers, version: UInt64) -> Rule? {
        for stage in 0..<earlyStages.count {
            if earlyStages[stage].asksTries, isRuledOut(flow, wildcards, tries, &answers) { return nil }
            if !earlyHashes[stage].contains(earlyStages[stage].mask.hash(flow, seed)) {
                earlyStages[stage].mask.fold(into: wildcards)
                return nil
            }
        }
        if lastAsksTries, isRuledOut(flow, wildcards, tries, &answers) { return nil }
        if let slot = find(flow, mask.hash(flow, seed)) {
            mask.fold(into: wildcards)
            return first(at: slot, seenIn: version)
        }
        if portsLength > 0 {
            let answer = ports.lookup(TrieField.ports(flow) & portsMask, width: 32)
            if !answer.lengths.contains(portsLength) {
                // No rule here has such ports, whatever the other fields are.
                let bits = PrefixTrie.prefix(.max, answer.consulted) & portsMask
                wildcards.key.l0.tpSrc.raw |= UInt16(truncatingIfNeeded: bits >> 112).bigEndian
                wildcards.key.l0.tpDst.raw |= UInt16(truncatingIfNeeded: bits >> 96).bigEndian
                return nil
            }
        }
        mask.fold(into: wildcards)
        return nil
    }

    /// The highest-priority rule that matches, or nil.
    func rule(_ flow: FlowBuffer, version: UInt64) -> Rule? {
        guard let slot = find(flow, mask.hash(flow, seed)) else { return nil }
        return first(at: slot, seenIn: version)
    }

    /// True if a trie tells that no rule here can match; the bits that say so are un-wildcarded. Among fields that do, one whose bits were consulted already is
    /// preferred; then the first of which a look at the trie needs no more bits than the rules here have.
    private func isRuledOut(_ flow: FlowBuffer, _ wildcards: FlowBuffer, _ tries: PrefixTries, _ answers: inout TrieAnswers) -> Bool {
        var best: (field: TrieField, bits: Int, isShort: Bool)?
        for (field, length) in prefixLengths {
            let answer: PrefixTrie.Answer
            if let known = answers[field] {
                answer = known
            } else {
                answer = tries[field].lookup(field.value(flow), width: field.width)
                answers[field] = answer
            }
            if answer.lengths.contains(length) { continue }
            // Bits behind the length do not tell whether there is a prefix of that length.
            let isShort = answer.consulted <= length, bits = min(answer.consulted, length)
            if field.hasPrefix(bits, in: wildcards) { return true }
            if best.map({ isShort && !$0.isShort }) ?? true { best = (field, bits, isShort) }
        }
        guard let best else { return false }
        best.field.addPrefix(best.bits, to: wildcards)
        return true
    }

    /// The slot whose key the packet has under the mask.
    private func find(_ flow: FlowBuffer, _ hash: UInt32) -> Int? {
        let width = mask.count
        let place = buckets.place(hash) { number in
            let slot = Int(number) &- 1
            for line in 0..<width where !lineMatches(flow[line: mask.indices[line]], mask.masks[line], keys[slot &* width &+ line]) { return false }
            return true
        }
        return place.map { Int(buckets[$0]) &- 1 }
    }

    /// The rule with the highest priority that `version` sees.
    private func first(at slot: Int, seenIn version: UInt64) -> Rule? {
        var rule = heads[slot]
        while let candidate = rule, !candidate.isSeen(in: version) { rule = candidate.lower }
        return rule
    }

    /// Where rules with one key are or would be, as long as no rule comes or goes.
    struct Place {
        let subtable: Subtable
        fileprivate let hash: UInt32
        /// nil: none has such a key.
        fileprivate let slot: Int?

        /// The rule with exactly this key and priority that `version` sees.
        func rule(priority: Int32, version: UInt64) -> Rule? {
            var rule = slot.flatMap { subtable.heads[$0] }
            while let candidate = rule, candidate.priority > priority || candidate.priority == priority && !candidate.isSeen(in: version) {
                rule = candidate.lower
            }
            return rule?.priority == priority ? rule : nil
        }
    }

    func place(of key: FlowBuffer) -> Place {
        let hash = mask.hash(key, seed)
        return Place(subtable: self, hash: hash, slot: find(key, hash))
    }

    func match(of slot: Int) -> Match {
        var key = FlowKey()
        for line in 0..<mask.count { key[line: mask.indices[line]] = keys[slot * mask.count + line] }
        return Match(key: key, mask: mask.flowMask)
    }

    /// The mask, and the rules' key in its lines.
    func lines(of slot: Int) -> (mask: MaskLines, key: [Line]) { (mask, Array(keys[slot * mask.count..<(slot + 1) * mask.count])) }

    // MARK: Changes

    /// Adds a rule. No version may see two with the same key and priority.
    /// - Parameter at: the key's.
    func insert(_ rule: Rule, key: FlowBuffer, at known: Place, tries: PrefixTries) {
        if let slot = known.slot {
            rule.slot = slot
            chain(rule, at: slot)
        } else {
            let slot = unused.popLast() ?? newSlot()
            for line in 0..<mask.count { keys[slot * mask.count + line] = key[line: mask.indices[line]] & mask.masks[line] }
            heads[slot] = rule
            rule.slot = slot
            buckets.insert(known.hash, UInt32(slot + 1))
            for stage in 0..<earlyStages.count { earlyHashes[stage].add(earlyStages[stage].mask.hash(key, seed)) }
            for (field, length) in prefixLengths { tries[field].insert(field.value(key), length: length) }
            if portsLength > 0 { ports.insert(TrieField.ports(key) & portsMask, length: portsLength) }
        }
        rule.subtable = self
        ruleCount += 1
        priorities[rule.priority, default: 0] += 1
        maxPriority = max(maxPriority, Int(rule.priority))
    }

    /// Takes a rule out.
    func remove(_ rule: Rule, tries: PrefixTries) {
        let slot = rule.slot
        unchain(rule, at: slot)
        if heads[slot] == nil {
            let key = FlowBuffer()
            for line in 0..<mask.count { key[line: mask.indices[line]] = keys[slot * mask.count + line] }
            if let place = buckets.place(mask.hash(key, seed), where: { $0 == UInt32(slot + 1) }) { buckets.remove(at: place) }
            for stage in 0..<earlyStages.count { earlyHashes[stage].remove(earlyStages[stage].mask.hash(key, seed)) }
            for (field, length) in prefixLengths { tries[field].remove(field.value(key), length: length) }
            if portsLength > 0 { ports.remove(TrieField.ports(key) & portsMask, length: portsLength) }
            unused.append(slot)
        }
        rule.subtable = nil
        ruleCount -= 1
        let left = (priorities[rule.priority] ?? 1) - 1
        priorities[rule.priority] = left == 0 ? nil : left
        if left == 0, Int(rule.priority) == maxPriority { maxPriority = priorities.keys.max().map(Int.init) ?? -1 }
    }

    private func newSlot() -> Int {
        heads.append(nil)
        for _ in 0..<mask.count { keys.append(.zero) }
        return heads.count - 1
    }

    private func chain(_ rule: Rule, at slot: Int) {
        guard let head = heads[slot], head.priority > rule.priority else {
            rule.lower = heads[slot]
            heads[slot] = rule
            return
        }
        var above = head
        while let next = above.lower, next.priority > rule.priority { above = next }
        rule.lower = above.lower
        above.lower = rule
    }

    private func unchain(_ rule: Rule, at slot: Int) {
        if heads[slot] === rule {
            heads[slot] = rule.lower
        } else {
            var above = heads[slot]
            while let candidate = above, candidate.lower !== rule { above = candidate.lower }
            above?.lower = rule.lower
        }
        rule.lower = nil
    }

    /// Calls `visit` with every rule.
    func forEach(_ visit: (Rule) -> Void) {
        for head in heads {
            var rule = head
            while let current = rule {
                rule = current.lower
                visit(current)
            }
        }
    }

    /// What is asked of a slot's key: where a line is among the slot's, what counts of it, and what that must be.
    typealias KeyTest = (place: Int, bits: Line, value: Line)

    /// The tests that a key agrees with `key` in the bits of `wanted`, which are among this mask's.
    func tests(agreeing key: FlowKey, under wanted: MaskLines) -> [KeyTest] {
        zip(wanted.indices, wanted.masks).map { index, bits in (mask.indices.firstIndex(of: index) ?? 0, bits, key[line: index] & bits) }
    }

    /// The places that rules may be at.
    var slots: Range<Int> { heads.indices }

    /// Calls `visit` with every rule at `slot` if its key passes the tests.
    func forEach(at slot: Int, _ tests: [KeyTest], _ visit: (Rule) -> Void) {
        guard let head = heads[slot] else { return }
        for test in tests where !linesEqual(keys[slot * mask.count + test.place] & test.bits, test.value) { return }
        var rule: Rule? = head
        while let current = rule {
            rule = current.lower
            visit(current)
        }
    }

    /// Calls `visit` with every rule whose key agrees with `key` in the bits of `wanted`, which are among this mask's.
    func forEach(agreeing key: FlowKey, under wanted: MaskLines, _ visit: (Rule) -> Void) {
        let tests = tests(agreeing: key, under: wanted)
        for slot in heads.indices { forEach(at: slot, tests, visit) }
    }

    /// Writes a slot's match over that of another slot of this subtable, or over any if `isFirst`.
    func load(_ slot: Int, into match: inout Match, isFirst: Bool) {
        if isFirst { match = Match(key: FlowKey(), mask: mask.flowMask) }
        for line in 0..<mask.count { match.key[line: mask.indices[line]] = keys[slot * mask.count + line] }
    }

    /// True if some rule has this priority.
    func hasPriority(_ priority: Int32) -> Bool { priorities[priority] != nil }
}
