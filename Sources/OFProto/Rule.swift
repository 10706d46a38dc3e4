import Flow
import OpenFlow

/// One OpenFlow flow.
///
/// What the classifier orders by never changes; actions, cookie and timeouts are replaced by a flow modification.
/// Owner: the ofproto thread. Megaflows keep the rules that they credit alive, so a rule may outlive its table entry.
public final class Rule {
    public let table: UInt8
    public let priority: UInt16
    public internal(set) var cookie: UInt64
    public internal(set) var idleTimeout: UInt16
    public internal(set) var hardTimeout: UInt16
    public internal(set) var importance: UInt16
    public internal(set) var flags: FlowMod.Flags
    public internal(set) var actions: [OFAction]
    /// The actions as translation runs them.
    var program: [XAction]
    public internal(set) var stats: RuleStats
    /// When the actions were last replaced, or the rule added; the hard timeout counts from here.
    var modified: Int64
    /// True once the rule is in no table any more.
    var isRemoved = false

    /// Shared by rules that replaced each other; nil for one that never was part of that.
    private var heir: Heir?

    // The classifier's own.
    var subtable: Subtable?
    var slot = 0
    /// The next lower priority with the same match.
    var lower: Rule?

    init(_ mod: FlowMod, table: UInt8, program: [XAction], now: Int64) {
        self.table = table
        priority = mod.priority
        cookie = mod.cookie
        idleTimeout = mod.idleTimeout
        hardTimeout = mod.hardTimeout
        importance = mod.importance
        flags = mod.flags
        actions = mod.actions
        self.program = program
        stats = RuleStats(created: now)
        modified = now
    }

    /// The match, as long as the rule is in a table.
    public var match: Match {
        guard let subtable else { return Match() }
        return subtable.match(of: slot)
    }

    /// The rule as a flow modification that would add it again.
    public var flowMod: FlowMod {
        var mod = FlowMod()
        mod.table = table
        mod.priority = priority
        mod.cookie = cookie
        mod.idleTimeout = idleTimeout
        mod.hardTimeout = hardTimeout
        mod.importance = importance
        mod.flags = flags
        mod.match = match
        mod.actions = actions
        return mod
    }

    /// Packets that megaflows, or single translations, credit to the rule.
    func credit(packets: UInt64, bytes: UInt64, used: Int64) {
        if isRemoved, let current = heir?.rule, current !== self { return current.credit(packets: packets, bytes: bytes, used: used) }
        stats.packets &+= packets
        stats.bytes &+= bytes
        if used > stats.used { stats.used = used }
    }
}

extension Rule {
    /// The newest of some rules that replaced each other.
    final class Heir {
        weak var rule: Rule?
        init(_ rule: Rule) { self.rule = rule }
    }

    /// The rule takes the place of `old` and keeps its counters: packets that megaflows credit to `old` from now on are its own.
    func inherit(from old: Rule) {
        let heir = old.heir ?? Heir(self)
        heir.rule = self
        old.heir = heir
        self.heir = heir
    }
}

/// What OpenFlow counts at a flow. Times are milliseconds of the clock that is passed to `OFProto.run`.
public struct RuleStats: Hashable, Sendable {
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0
    public var created: Int64
    /// When the last packet came; `created` before the first one.
    public var used: Int64
    public init(created: Int64) {
        self.created = created
        used = created
    }
}
