import Flow
import OpenFlow

/// One OpenFlow flow.
///
/// What the classifier orders by never changes; actions, cookie and timeouts are replaced by a flow modification.
/// Owner: the ofproto thread. Megaflows keep the rules that they credit alive, so a rule may outlive its table entry.
public final class Rule {
    public let table: UInt8
    /// 0–65535; higher for the switch's own rules, which OpenFlow does not show.
    public let priority: Int32
    public internal(set) var cookie: UInt64
    public internal(set) var idleTimeout: UInt16
    public internal(set) var hardTimeout: UInt16
    public internal(set) var importance: UInt16
    public internal(set) var flags: FlowMod.Flags
    private(set) var content: RuleActions
    /// What the match says of tun_metadata fields; the classifier's key has it as bits.
    let tunMetadata: [TunMetadata]
    public internal(set) var stats: RuleStats
    /// When the actions were last replaced, or the rule added; the hard timeout counts from here.
    var modified: Int64
    /// The rule is seen by lookups of these versions of the bridge's tables.
    var firstVersion: UInt64
    var endVersion: UInt64 = .max
    /// The number of the change that replaced its actions last.
    var altered: UInt64 = 0
    /// True once the rule is in no table any more.
    var isRemoved = false

    // The table's own: where the rule waits to make room for others.
    weak var evictionGroup: EvictionGroup?
    var evictionPlace = 0

    /// Shared by rules that replaced each other; nil for one that never was part of that.
    private var heir: Heir?

    // The classifier's own.
    var subtable: Subtable?
    var slot = 0
    /// The next lower priority with the same match.
    var lower: Rule?

    /// - Parameter priority: nil: the modification's.
    init(_ mod: borrowing FlowMod, table: UInt8, priority: Int32? = nil, actions: RuleActions, version: UInt64, now: Int64) {
        self.table = table
        self.priority = priority ?? Int32(mod.priority)
        firstVersion = version
        cookie = mod.cookie
        idleTimeout = mod.idleTimeout
        hardTimeout = mod.hardTimeout
        importance = mod.importance
        flags = mod.flags
        content = actions
        tunMetadata = mod.match.tunMetadata
        stats = RuleStats(created: now)
        modified = now
    }

    public var actions: [OFAction] { content.list }
    /// The actions as translation runs them.
    var program: [XAction] { content.program }

    /// One of the switch's own, which OpenFlow neither shows nor changes.
    var isHidden: Bool { priority > Int32(UInt16.max) }
    /// The flow for packets that no other one of its table is for (OpenFlow 1.3.5, section 5.4).
    var isTableMiss: Bool { priority == 0 && subtable?.mask.count == 0 }
    /// In a table and not on its way out.
    var isLive: Bool { endVersion == .max && !isRemoved }
    func isSeen(in version: UInt64) -> Bool { firstVersion <= version && version < endVersion }

    /// The match, as long as the rule is in a table.
    public var match: Match {
        guard let subtable else { return Match() }
        var match = subtable.match(of: slot)
        match.tunMetadata = tunMetadata
        return match
    }

    /// The rule as a flow modification that would add it again.
    public var flowMod: FlowMod {
        var mod = FlowMod()
        describe(&mod)
        mod.match = match
        mod.actions = actions
        return mod
    }

    /// Writes all but the match and the actions.
    func describe(_ mod: inout FlowMod) {
        mod.table = table
        mod.priority = UInt16(clamping: priority)
        mod.cookie = cookie
        mod.idleTimeout = idleTimeout
        mod.hardTimeout = hardTimeout
        mod.importance = importance
        mod.flags = flags
    }

    func replaceActions(_ actions: RuleActions, cookie: UInt64, now: Int64) {
        content = actions
        self.cookie = cookie
        modified = now
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
    mutating func resetCounts() {
        packets = 0
        bytes = 0
    }
}
