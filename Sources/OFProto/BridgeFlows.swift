import Datapath
import Flow
import Logging
import OpenFlow
import Wire

extension Bridge {
    /// Carries out a flow modification (OpenFlow 1.3.5, section 6.4; ovs-ofctl(8)). Table 255 in a delete means all
    /// tables. An add that meets a flow with equal match and priority replaces it and keeps its counters unless
    /// `resetCounts` is set. Throws `FlowModError`; nothing is changed then.
    public func apply(
        _ mod: FlowMod, command: FlowMod.Command, selection: FlowModSelection = FlowModSelection(), now: Int64
    ) throws(FlowModError) {
        switch command {
        case .add: try add(mod, now: now)
        case .modify, .modifyStrict: try modify(mod, strict: command == .modifyStrict, selection, now: now)
        case .delete, .deleteStrict: try delete(mod, strict: command == .deleteStrict, selection, now: now)
        }
    }

    /// All flows with their counters: by table, then by falling priority.
    public func dumpFlows() -> [(FlowMod, RuleStats)] {
        var result: [(FlowMod, RuleStats)] = []
        for case let table? in tables {
            var rules: [Rule] = []
            table.classifier.forEach { rules.append($0) }
            rules.sort { ($0.priority, $1.stats.created) > ($1.priority, $0.stats.created) }
            for rule in rules { result.append((rule.flowMod, rule.stats)) }
        }
        return result
    }

    /// The number of flows in all tables.
    public var flowCount: Int { tables.reduce(0) { $0 + ($1?.classifier.count ?? 0) } }

    /// Counters of the tables that were ever used.
    public var tableStats: [TableStats] {
        tables.compactMap { table in
            table.map { TableStats(table: $0.id, active: $0.classifier.count, lookups: $0.lookups, matches: $0.matches) }
        }
    }

    private func add(_ mod: FlowMod, now: Int64) throws(FlowModError) {
        let program = try checked(mod)
        let table = try openTable(mod.table)
        let match = Match(key: mod.match.key, mask: mod.match.mask)
        if mod.flags.contains(.checkOverlap), let other = table.classifier.overlap(match, priority: mod.priority) {
            throw FlowModError(.overlap, "overlaps a flow of priority \(other.priority) in table \(mod.table)")
        }
        let old = table.classifier.rule(match, priority: mod.priority)
        guard old != nil || table.classifier.count < ofproto.limits.rulesPerTable else {
            throw FlowModError(.tableFull, "table \(mod.table) holds \(ofproto.limits.rulesPerTable) flows already")
        }
        let rule = Rule(mod, table: mod.table, program: program, now: now)
        if let old {
            if !mod.flags.contains(.resetCounts) {
                rule.stats.packets = old.stats.packets
                rule.stats.bytes = old.stats.bytes
                rule.inherit(from: old)
            }
            takeOut(old, of: table)
        }
        table.classifier.insert(rule, match: match)
        addReferences(rule)
        if let expiry = rule.expiry { timers.add(rule, at: expiry.deadline) }
        ofproto.noteChange()
    }

    private func modify(_ mod: FlowMod, strict: Bool, _ selection: FlowModSelection, now: Int64) throws(FlowModError) {
        let program = try checked(mod)
        let rules = try select(mod, strict: strict, selection)
        if rules.isEmpty {
            if selection.modifyAdds { try add(mod, now: now) }
            return
        }
        for rule in rules {
            dropReferences(rule)
            rule.actions = mod.actions
            addReferences(rule)
            rule.program = program
            rule.modified = now
            // With a cookie mask the cookie only selects.
            if selection.cookieMask == 0 { rule.cookie = mod.cookie }
            if mod.flags.contains(.resetCounts) {
                rule.stats.packets = 0
                rule.stats.bytes = 0
            }
        }
        ofproto.noteChange()
    }

    private func delete(_ mod: FlowMod, strict: Bool, _ selection: FlowModSelection, now: Int64) throws(FlowModError) {
        let rules = try select(mod, strict: strict, selection)
        for rule in rules { remove(rule, reason: .delete, now: now) }
    }

    /// Takes a rule out for good, with its flow-removed message if it asked for one.
    func remove(_ rule: Rule, reason: FlowRemovedReason, now: Int64) {
        guard !rule.isRemoved, let table = tables[Int(rule.table)] else { return }
        if rule.flags.contains(.sendFlowRemoved), let flowRemovedSink {
            flowRemovedSink(FlowRemoved(flow: rule.flowMod, stats: rule.stats, reason: reason, now: now))
        }
        takeOut(rule, of: table)
        ofproto.noteChange()
    }

    private func takeOut(_ rule: Rule, of table: OpenFlowTable) {
        dropReferences(rule)
        table.classifier.remove(rule)
        rule.isRemoved = true
        if rule.idleTimeout | rule.hardTimeout != 0 { timers.noteRemoval() }
    }

    private func select(_ mod: FlowMod, strict: Bool, _ selection: FlowModSelection) throws(FlowModError) -> [Rule] {
        let match = Match(key: mod.match.key, mask: mod.match.mask)
        var rules: [Rule] = []
        for case let table? in tables where mod.table == 0xff || table.id == mod.table {
            if strict {
                if let rule = table.classifier.rule(match, priority: mod.priority) { rules.append(rule) }
            } else {
                rules += table.classifier.rules(within: match)
            }
        }
        return rules.filter { selection.includes($0, cookie: mod.cookie) }
    }

    /// The modification's actions, compiled; what a flow in its table may not do is refused.
    private func checked(_ mod: FlowMod) throws(FlowModError) -> [XAction] {
        guard mod.table < 0xff else { throw FlowModError(.badTable, "table 255 does not hold flows") }
        let program = try compile(mod.actions)
        do throws(OFError) { try checkGroups(mod.actions) } catch { throw FlowModError(.unknownGroup, "a group is not there") }
        for action in program {
            switch action {
            case .gotoTable(let next) where next <= mod.table || next == 0xff:
                throw FlowModError(.badGoto, "goto_table:\(next) in table \(mod.table) does not lead forward")
            case .meter(let meter) where meters[meter] == nil:
                throw FlowModError(.unknownMeter, "no meter \(meter)")
            case .unsupported(let what):
                ofproto.logger.warning("\(name): the \(what) action is not carried out; packets pass over it")
            default: break
            }
        }
        return program
    }

    private func openTable(_ id: UInt8) throws(FlowModError) -> OpenFlowTable {
        guard id < 0xff else { throw FlowModError(.badTable, "no table \(id)") }
        if let table = tables[Int(id)] { return table }
        let table = OpenFlowTable(id: id, seed: ofproto.hashSeed)
        tables[Int(id)] = table
        return table
    }

    // MARK: Timeouts

    /// Removes rules whose time is up: at most `limit` are looked at. Idle timeouts are judged by statistics as of `statsTime`.
    /// Returns true if more may be due.
    func expireRules(now: Int64, statsTime: Int64, limit: Int) -> Bool {
        var held: [(Rule, Int64)] = []
        var left = limit
        while left > 0, let rule = timers.pop(until: now) {
            left -= 1
            guard !rule.isRemoved, let (deadline, reason) = rule.expiry else { continue }
            if deadline > now {
                timers.add(rule, at: deadline)
            } else if reason == .idleTimeout, statsTime < deadline {
                // A packet may have come that no sweep has told of yet.
                held.append((rule, deadline))
            } else {
                remove(rule, reason: reason, now: now)
            }
        }
        for (rule, deadline) in held { timers.add(rule, at: deadline) }
        if !held.isEmpty { ofproto.wantSweep() }
        return left == 0
    }
}

/// Counters of one table (OpenFlow 1.3.5, ofp_table_stats).
public struct TableStats: Hashable, Sendable {
    public var table: UInt8
    public var active: Int
    public var lookups: UInt64
    public var matches: UInt64
}
