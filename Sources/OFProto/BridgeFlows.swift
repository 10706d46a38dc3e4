import Datapath
import Flow
import Logging
import OpenFlow
import Wire

extension Bridge {
    /// Carries out a flow modification (OpenFlow 1.3.5, section 6.4; ovs-ofctl(8)). Table 255 means all
    /// tables, and the first one for an addition. An addition that meets a flow with equal match and priority replaces it and keeps its counters unless
    /// `resetCounts` is set. Throws `FlowModError`; nothing is changed then.
    public func apply(
        _ mod: FlowMod, command: FlowMod.Command, selection: FlowModSelection = FlowModSelection(), now: Int64
    ) throws(FlowModError) {
        // Whatever went before is over, so that what observers are told is in its order.
        reap(limit: .max, now: now)
        var change = beginChange()
        do throws(FlowModError) {
            try stage(mod, command: command, selection: selection, into: &change, now: now)
        } catch {
            undo(change)
            throw error
        }
        commit(change, now: now)
    }

    /// Prepares a flow modification as part of a change. When it throws, the whole change is to be undone.
    func stage(
        _ mod: consuming FlowMod, command: FlowMod.Command, selection: FlowModSelection, into change: inout FlowChange, now: Int64
    ) throws(FlowModError) {
        if !mod.match.tunMetadata.isEmpty {
            do throws(OFError) { mod.match = try tlvMappings.placed(mod.match) } catch { throw FlowModError(error, "a tun_metadata field is not mapped") }
        }
        switch command {
        case .add:
            try checkHidden(mod)
            try add(mod, &change, now: now)
        case .modify, .modifyStrict:
            try checkHidden(mod)
            try modify(mod, strict: command == .modifyStrict, selection, &change, now: now)
        case .delete, .deleteStrict:
            for rule in try select(mod, strict: command == .deleteStrict, selection, version: change.version) { end(rule, .removed(.delete), &change) }
        }
    }

    /// What flows cannot match: these fields are those of packets on their way through the datapath.
    func checkHidden(_ mod: FlowMod) throws(FlowModError) {
        guard mod.table != OpenFlowTable.internalTable else { throw FlowModError(.brcEperm, "table \(mod.table) is the switch's own") }
        let (key, mask) = (mod.match.key.l0, mod.match.mask.l0)
        guard mask.recircID == 0 || key.recircID == 0, mask.dpHash == 0 else { throw FlowModError(.brcEperm, "a match of recirc_id or dp_hash") }
    }

    /// All flows with their counters: by table, then by falling priority.
    public func dumpFlows() -> [(FlowMod, RuleStats)] { rules(within: FlowModSelection.everything).map { ($0.flowMod, $0.stats) } }

    /// Flows that a statistics request selects, by table, then by falling priority, then by age.
    func rules(within wanted: FlowModSelection.Wanted) -> [Rule] {
        var result: [Rule] = []
        for case let table? in tables where wanted.table == 0xff || wanted.table == table.id {
            var rules = table.classifier.rules(within: wanted.match, version: version)
            rules.removeAll { $0.isHidden || !wanted.selection.includes($0, cookie: wanted.cookie) }
            rules.sort { ($0.priority, $1.stats.created) > ($1.priority, $0.stats.created) }
            result += rules
        }
        return result
    }

    /// All flows as `ovs-appctl bridge/dump-flows` shows them, those of the switch itself, too: by table, then by falling priority.
    public func dumpEveryFlow() -> [(flow: FlowMod, priority: Int32, stats: RuleStats)] {
        tables.flatMap { table in
            var rules: [Rule] = []
            table?.classifier.forEach { if $0.isSeen(in: version) { rules.append($0) } }
            rules.sort { ($0.priority, $1.stats.created) > ($1.priority, $0.stats.created) }
            return rules.map { ($0.flowMod, $0.priority, $0.stats) }
        }
    }

    /// The number of flows in all tables.
    public var flowCount: Int { tables.reduce(0) { $0 + ($1?.classifier.count ?? 0) } - (reaping.count - reaped) }

    /// Counters of the tables that were ever used.
    public var tableStats: [TableStats] {
        tables.compactMap { table in
            table.map { TableStats(table: $0.id, active: $0.classifier.count, lookups: $0.lookups, matches: $0.matches) }
        }
    }

    private func add(_ mod: consuming FlowMod, _ change: inout FlowChange, now: Int64) throws(FlowModError) {
        if mod.table == 0xff { mod.table = 0 }
        let actions = try checked(mod)
        let table = try openTable(mod.table)
        let priority = Int32(mod.priority)
        let place = table.classifier.place(of: mod.match)
        let old = place?.rule(priority: priority, version: change.version)
        if old == nil {
            if mod.flags.contains(.checkOverlap), let other = table.classifier.overlap(mod.match, priority: priority, version: change.version) {
                throw FlowModError(.fmfcOverlap, "overlaps a flow of priority \(other.priority) in table \(mod.table)")
            }
            try makeRoom(in: table, &change)
        }
        let rule = Rule(mod, table: mod.table, actions: actions, version: change.version, now: now)
        // All ones say that a flow keeps its cookie.
        if let old, mod.cookie == .max { rule.cookie = old.cookie }
        if let old { end(old, .replaced(by: rule, event: .added, keepsCounters: !mod.flags.contains(.resetCounts)), &change) }
        insert(rule, match: mod.match, in: table, at: place)
        change.add(rule)
    }

    /// Adds a rule of the switch's own, above all that OpenFlow can add.
    func addHidden(_ mod: FlowMod, priority: Int32, now: Int64) -> Rule? {
        guard let actions = try? RuleActions(mod.actions), let table = try? openTable(0) else { return nil }
        var change = beginChange()
        let rule = Rule(mod, table: 0, priority: priority, actions: actions, version: change.version, now: now)
        insert(rule, match: mod.match, in: table)
        change.add(rule)
        commit(change, now: now)
        return rule
    }

    private func insert(_ rule: Rule, match: Match, in table: OpenFlowTable, at place: Subtable.Place? = nil) {
        table.insert(rule, match: match, at: place)
        addReferences(rule)
    }

    private func makeRoom(in table: OpenFlowTable, _ change: inout FlowChange) throws(FlowModError) {
        let limit = min(table.config.maximum ?? .max, ofproto.limits.rulesPerTable)
        guard table.liveCount >= limit else { return }
        guard let eviction = table.eviction, let victim = Self.victim(eviction, version: change.version) else {
            throw FlowModError(.fmfcTableFull, "table \(table.id) holds \(limit) flows already")
        }
        end(victim, .removed(.eviction), &change)
    }

    /// The flow that makes room; nil: none may, or the next one belongs to another change that is not over.
    private static func victim(_ eviction: EvictionGroups, version: UInt64) -> Rule? {
        guard let rule = eviction.victim, rule.isLive, rule.isSeen(in: version) else { return nil }
        return rule
    }

    private func modify(
        _ mod: FlowMod, strict: Bool, _ selection: FlowModSelection, _ change: inout FlowChange, now: Int64
    ) throws(FlowModError) {
        let actions = try checked(mod)
        let rules = try select(mod, strict: strict, selection, version: change.version)
        if rules.isEmpty {
            if selection.modifyAdds { try add(mod, &change, now: now) }
            return
        }
        let resets = mod.flags.contains(.resetCounts)
        for rule in rules {
            guard change.isStaged else {
                let (former, cookie) = (rule.content, rule.cookie)
                dropReferences(rule)
                rule.replaceActions(actions, cookie: selection.newCookie ?? rule.cookie, now: now)
                addReferences(rule)
                tables[Int(rule.table)]?.classifier.noteActions(of: rule, former: former)
                tables[Int(rule.table)]?.noteCookie(cookie, -1)
                tables[Int(rule.table)]?.noteCookie(rule.cookie, 1)
                if resets { rule.stats.resetCounts() }
                if rule.cookie != cookie || actions !== former && actions.list != former.list { change.noteModified(rule, former: former) }
                continue
            }
            let heir = Rule(rule.flowMod, table: rule.table, actions: actions, version: change.version, now: rule.stats.created)
            heir.stats.used = rule.stats.used
            heir.replaceActions(actions, cookie: selection.newCookie ?? rule.cookie, now: now)
            let match = rule.match
            end(rule, .replaced(by: heir, event: .modified, keepsCounters: !resets), &change)
            if let table = tables[Int(rule.table)] { insert(heir, match: match, in: table) }
            change.add(heir)
        }
    }

    /// Makes a rule one that nobody sees once the change is committed. Its room is free for the change's further flows.
    private func end(_ rule: Rule, _ why: EndedRule.Why, _ change: inout FlowChange) {
        if rule.endVersion == .max { tables[Int(rule.table)]?.noteEnd(of: rule) }
        change.end(rule, why)
    }

    /// Takes a rule out for good, with its flow-removed message if it asked for one.
    func remove(_ rule: Rule, reason: FlowRemovedReason, now: Int64) { remove([rule], reason: reason, now: now) }

    /// Takes rules out at once.
    func remove(_ rules: [Rule], reason: FlowRemovedReason, now: Int64) {
        if var change = openChange {
            // The change has one owner at a time.
            openChange = nil
            for rule in rules where rule.isLive { end(rule, .removed(reason), &change) }
            openChange = change
            return
        }
        var change = beginChange()
        for rule in rules where rule.isLive { end(rule, .removed(reason), &change) }
        if !change.ended.isEmpty { commit(change, now: now) }
    }

    private func select(_ mod: FlowMod, strict: Bool, _ selection: FlowModSelection, version: UInt64) throws(FlowModError) -> [Rule] {
        guard strict || mod.table != OpenFlowTable.internalTable else { throw FlowModError(.brcEperm, "table \(mod.table) is the switch's own") }
        var rules: [Rule] = []
        for case let table? in tables where mod.table == 0xff || table.id == mod.table {
            if strict {
                if let rule = table.classifier.rule(mod.match, priority: Int32(mod.priority), version: version) { rules.append(rule) }
            } else {
                rules += table.classifier.rules(within: mod.match, version: version)
            }
        }
        rules.removeAll { $0.isHidden || !selection.includes($0, cookie: mod.cookie) }
        return rules
    }

    /// The modification's actions, compiled; what a flow in its table may not do is refused.
    private func checked(_ mod: FlowMod) throws(FlowModError) -> RuleActions {
        var actions = try knownActions(mod.actions)
        if actions.references.tunMetadata != 0 {
            let fitted: [OFAction]
            do throws(OFError) { fitted = try tlvMappings.fitted(mod.actions) } catch { throw FlowModError(error, "a tun_metadata field is not mapped or too short") }
            actions = try knownActions(fitted)
        }
        do throws(OFError) { try checkGroups(actions.references) } catch { throw FlowModError(error, "a group is not there") }
        for action in actions.program {
            switch action {
            case .gotoTable(let next) where mod.table != 0xff && next <= mod.table:
                throw FlowModError(.bicBadTableID, "goto_table:\(next) in table \(mod.table) does not lead forward")
            case .meter(let meter) where meters[meter] == nil:
                throw FlowModError(.mmfcInvalidMeter, "no meter \(meter)")
            case .unsupported(let what):
                ofproto.logger.debug("\(name): the \(what.kind) action is not carried out; packets pass over it")
            default: break
            }
        }
        return actions
    }

    func openTable(_ id: UInt8) throws(FlowModError) -> OpenFlowTable {
        guard id < 0xff else { throw FlowModError(.fmfcBadTableID, "no table \(id)") }
        if let table = tables[Int(id)] { return table }
        let table = OpenFlowTable(id: id, seed: ofproto.hashSeed, version: version)
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
            guard rule.isLive, let (deadline, reason) = rule.expiry else { continue }
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
