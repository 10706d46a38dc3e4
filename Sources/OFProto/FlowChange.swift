import Flow
import OpenFlow

/// Changes of a bridge's tables that packets see all at once: none of them before `Bridge.commit`, all of them after.
///
/// Rules that are to come are in the classifiers already, and those that are to go still are; their versions say who sees them. So a change of any size takes
/// effect in a moment, and the work before and behind that moment can be done in slices.
struct FlowChange {
    /// What lookups see once it is committed.
    let version: UInt64
    /// Part of a bundle: flows are never changed in place.
    let isStaged: Bool
    private(set) var added: [Rule] = []
    private(set) var ended: [EndedRule] = []
    private(set) var modified: [(rule: Rule, former: RuleActions)] = []

    init(version: UInt64, isStaged: Bool = false) {
        self.version = version
        self.isStaged = isStaged
    }

    mutating func add(_ rule: Rule) { added.append(rule) }
    mutating func noteModified(_ rule: Rule, former: RuleActions) { modified.append((rule, former)) }
    mutating func end(_ rule: Rule, _ why: EndedRule.Why) {
        rule.endVersion = min(rule.endVersion, version)
        ended.append(EndedRule(rule: rule, why: why))
    }
}

/// A rule that no packet sees any more, or will not see after a commit.
struct EndedRule {
    enum Why {
        case removed(FlowRemovedReason)
        /// Another rule with its match and priority takes its place; `keepsCounters`: and goes on with its counters.
        case replaced(by: Rule, event: FlowEvent.Kind, keepsCounters: Bool)
        /// Its change was taken back: nobody ever saw it.
        case undone
    }
    let rule: Rule
    let why: Why
}

/// What flow monitors are told.
public struct FlowEvent {
    public enum Kind: Hashable, Sendable { case added, modified, removed(FlowRemovedReason) }
    public let kind: Kind
    public let rule: Rule
    /// What the flow did before it was replaced or modified: who watches flows to a port is told when one leads there no more.
    var former: [OFAction] = []
}

extension Bridge {
    /// A change that is to be the next one.
    /// - Parameter staged: it takes more than a moment to prepare; changes that are committed meanwhile come before it.
    func beginChange(staged: Bool = false) -> FlowChange { FlowChange(version: version + (staged ? 1 << 32 : 1), isStaged: staged) }

    /// Lets packets see the change. What is left to do for rules that went is done by `reap`.
    func commit(_ change: FlowChange, now: Int64) {
        version = change.version
        ofproto.noteChange(of: change, in: self)
        for case let table? in tables { table.classifier.version = version }
        for rule in change.added where rule.endVersion == .max {
            if let expiry = rule.expiry { timers.add(rule, at: expiry.deadline) }
        }
        if connections.hasMonitors {
            let replacing = Set(change.ended.compactMap { ended -> ObjectIdentifier? in
                if case .replaced(let heir, _, _) = ended.why { ObjectIdentifier(heir) } else { nil }
            })
            for rule in change.added where rule.endVersion == .max && !replacing.contains(ObjectIdentifier(rule)) {
                connections.tell(FlowEvent(kind: .added, rule: rule))
            }
            for (rule, former) in change.modified { connections.tell(FlowEvent(kind: .modified, rule: rule, former: former.list)) }
        }
        if reaping.isEmpty, change.ended.count <= Self.reapedAtOnce {
            for ended in change.ended { finish(ended, now: now) }
        } else {
            reaping.append(contentsOf: change.ended)
        }
        tellVacancy()
        deleteForsaken(now: now)
    }

    /// Takes a change back that was not committed.
    func undo(_ change: FlowChange) {
        for ended in change.ended where ended.rule.endVersion == change.version {
            ended.rule.endVersion = .max
            tables[Int(ended.rule.table)]?.noteReturn(of: ended.rule)
            // Its time may have come meanwhile, and was passed over.
            if let expiry = ended.rule.expiry { timers.add(ended.rule, at: expiry.deadline) }
        }
        for rule in change.added {
            tables[Int(rule.table)]?.noteEnd(of: rule)
            rule.firstVersion = .max
            rule.endVersion = 0
            reaping.append(EndedRule(rule: rule, why: .undone))
        }
        // What was not told while it was prepared.
        tellVacancy()
    }

    /// Rules of one change that are taken out along with it.
    private static var reapedAtOnce: Int { 64 }

    /// Takes rules out that no packet sees any more, at most `limit`. Returns true if there are more.
    @discardableResult func reap(limit: Int, now: Int64) -> Bool {
        guard !reaping.isEmpty else { return false }
        let count = min(limit, reaping.count - reaped)
        for index in reaped..<(reaped + count) { finish(reaping[index], now: now) }
        reaped += count
        defer { deleteForsaken(now: now) }
        guard reaped == reaping.count else { return true }
        reaping = []
        reaped = 0
        return false
    }

    /// True while rules wait to be taken out. What changes tables waits for that, so that events stay in their order.
    public var isReaping: Bool { !reaping.isEmpty }

    private func finish(_ ended: EndedRule, now: Int64) {
        let rule = ended.rule
        guard !rule.isRemoved, let table = tables[Int(rule.table)] else { return }
        switch ended.why {
        case .removed(let reason):
            if rule.flags.contains(.sendFlowRemoved) {
                connections.tell(FlowRemoved(flow: rule.flowMod, stats: rule.stats, reason: reason, now: now))
            }
            connections.tell(FlowEvent(kind: .removed(reason), rule: rule))
        case .replaced(let heir, let event, let keepsCounters):
            if keepsCounters {
                heir.stats.packets = rule.stats.packets
                heir.stats.bytes = rule.stats.bytes
                heir.inherit(from: rule)
            }
            // A modification that changes nothing is not told.
            let changes = event != .modified || heir.cookie != rule.cookie || heir.actions != rule.actions
            if heir.isLive, changes { connections.tell(FlowEvent(kind: event, rule: heir, former: rule.actions)) }
        case .undone: break
        }
        takeOut(rule, of: table)
    }

    private func takeOut(_ rule: Rule, of table: OpenFlowTable) {
        dropReferences(rule)
        table.remove(rule)
        rule.isRemoved = true
        if rule.idleTimeout | rule.hardTimeout != 0 { timers.noteRemoval() }
    }
}
