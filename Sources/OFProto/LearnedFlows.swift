import Flow
import OpenFlow

/// A flow as a learn action makes it of a packet (ovs-actions(7), learn).
///
/// Translation composes it; when that is over, the bridge adds it (`Bridge.learn`), so that its packet is the last one not to see it. The megaflow keeps it: each
/// time that packets came, the flow is refreshed, or added again if it has gone.
/// Owner: the ofproto thread.
final class LearnedFlow {
    weak var bridge: Bridge?
    /// All but the match.
    private let content: FlowMod
    private let match: PackedMatch
    /// Flows with the same table and cookie at most; 0: any number.
    let limit: Int
    /// What stood in the table last.
    private weak var known: Rule?
    private var knownContent: RuleActions?

    /// - Parameter flow: what is to be in the table.
    init(_ flow: consuming FlowMod, limit: Int, bridge: Bridge) {
        match = PackedMatch(flow.match)
        flow.match = Match()
        content = flow
        self.limit = limit
        self.bridge = bridge
    }

    var key: LearnedKey { LearnedKey(table: content.table, cookie: content.cookie) }

    /// The modification that adds the flow.
    var mod: FlowMod {
        var mod = content
        mod.match = match.match
        return mod
    }

    func hasPlace(of other: LearnedFlow) -> Bool {
        content.table == other.content.table && content.priority == other.content.priority && match == other.match
    }

    /// Packets came for which the flow is wanted.
    func refresh(used: Int64) {
        if let known, known.isLive, known.content === knownContent { return known.refresh(now: used) }
        bridge?.learn(self, now: used)
    }

    /// True if the rule, which is in the flow's place, does what the flow is to do. Timeouts are only for the rule that is added, as with every modification.
    func isSame(as rule: Rule) -> Bool {
        guard content.cookie == rule.cookie || content.cookie == .max else { return false }
        if content.actions == rule.actions { return true }
        // A table has tun_metadata fields with their bridge's lengths.
        return rule.content.references.tunMetadata != 0 && (try? bridge?.tlvMappings.fitted(content.actions)) == rule.actions
    }

    func note(_ rule: Rule) {
        known = rule
        knownContent = rule.content
    }
}

/// A match without the lines that it leaves open: megaflows keep it for long.
private struct PackedMatch: Equatable {
    private let mask: MaskLines
    private let key: [Line]
    private let tunMetadata: [TunMetadata]

    init(_ match: Match) {
        let lines = MaskLines(match.mask)
        mask = lines
        key = lines.indices.map { match.key[line: $0] }
        tunMetadata = match.tunMetadata
    }

    var match: Match {
        var whole = FlowKey()
        for (index, line) in zip(mask.indices, key) { whole[line: index] = line }
        return Match(key: whole, mask: mask.flowMask, tunMetadata: tunMetadata)
    }
}

/// What learned flows have in common whose limit is counted, and that delete_learned deletes together.
struct LearnedKey: Hashable {
    var table: UInt8
    var cookie: UInt64
}

/// Who refers to learned flows, and what is still to be done for them. Owner: a bridge.
struct Learning {
    /// Learn actions with delete_learned in the bridge's tables.
    fileprivate var users: [LearnedKey: Int] = [:]
    /// What may have lost its last one.
    fileprivate var forsaken: Set<LearnedKey> = []
    fileprivate var isDeleting = false
    /// Flows that wait for the end of another change of the tables.
    fileprivate var postponed: [LearnedFlow] = []

    mutating func add(_ key: LearnedKey) { users[key, default: 0] += 1 }

    mutating func remove(_ key: LearnedKey) {
        let left = (users[key] ?? 1) - 1
        users[key] = left == 0 ? nil : left
        if left == 0 { forsaken.insert(key) }
    }
}

extension Bridge {
    /// Puts a learned flow into its table: adds it, changes the one in its place, or only refreshes that. When other changes of the tables are under way it
    /// waits for their end. A table that has no room stays as it is, which is counted.
    func learn(_ flow: LearnedFlow, now: Int64) {
        guard connections.tableChanger == nil, !isReaping else {
            if learning.postponed.count < OFProtoLimits.postponedLearning { learning.postponed.append(flow) }
            return
        }
        if let rule = place(of: flow), flow.isSame(as: rule) {
            flow.note(rule)
            return rule.refresh(now: now)
        }
        guard hasRoom(for: flow) else {
            ofproto.counters.learningLimited &+= 1
            return
        }
        let mod = flow.mod
        var selection = FlowModSelection()
        selection.modifyAdds = true
        selection.newCookie = mod.cookie == .max ? nil : mod.cookie
        do throws(FlowModError) {
            try apply(mod, command: .modifyStrict, selection: selection, now: ofproto.clock)
            if let rule = place(of: flow) { flow.note(rule) }
        } catch {
            ofproto.counters.learningRefused &+= 1
        }
    }

    /// Adds what could not be added while the tables were changed otherwise.
    func learnPostponed(now: Int64) {
        guard !learning.postponed.isEmpty, connections.tableChanger == nil, !isReaping else { return }
        let flows = learning.postponed
        learning.postponed = []
        for flow in flows { learn(flow, now: now) }
    }

    /// True if the flow stands in its table already, or may come in addition to those of `others` that do not.
    func mayLearn(_ flow: LearnedFlow, besides others: [LearnedFlow]) -> Bool {
        if flow.limit == 0 || others.contains(where: { $0.hasPlace(of: flow) }) || isLearned(flow) { return true }
        let coming = others.filter { $0.key == flow.key && place(of: $0) == nil }
        return hasRoom(for: flow, besides: coming.count)
    }

    /// True if the flow stands in its table as it is to be.
    func isLearned(_ flow: LearnedFlow) -> Bool { place(of: flow).map(flow.isSame) ?? false }

    private func hasRoom(for flow: LearnedFlow, besides count: Int = 0) -> Bool {
        guard flow.limit > 0, let table = tables[Int(flow.key.table)] else { return true }
        return table.count(withCookie: flow.key.cookie) + count < flow.limit
    }

    /// The rule in the flow's place.
    private func place(of flow: LearnedFlow) -> Rule? {
        let mod = flow.mod
        guard let table = tables[Int(mod.table)], let match = try? tlvMappings.placed(mod.match) else { return nil }
        return table.classifier.rule(match, priority: Int32(mod.priority), version: version)
    }

    /// Deletes the flows of those tables and cookies whose last learn action with delete_learned has gone.
    func deleteForsaken(now: Int64) {
        guard !learning.isDeleting else { return }
        learning.isDeleting = true
        defer { learning.isDeleting = false }
        // Each round deletes flows for good, which may be the last of others.
        while let key = learning.forsaken.popFirst() {
            guard learning.users[key] == nil, let table = tables[Int(key.table)] else { continue }
            var rules: [Rule] = []
            table.classifier.forEach { if $0.cookie == key.cookie, !$0.isHidden, $0.isLive { rules.append($0) } }
            remove(rules, reason: .delete, now: now)
        }
    }
}

extension Rule {
    /// The flow is wanted still: its hard timeout counts from here.
    func refresh(now: Int64) { modified = max(modified, now) }
}
