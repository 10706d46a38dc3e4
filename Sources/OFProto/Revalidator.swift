import Datapath
import Flow
import Wire

/// Keeps megaflows true.
///
/// When something changes that megaflows may depend on, those are translated again that it may concern: all of them after most changes; those with the tag
/// of a station that moved (`MegaflowTags`); those that may find another rule than before (`RuleChanges`). They are gone through in slices, one slice a
/// turn. What changes meanwhile is for the next round, which follows at once. Megaflows installed meanwhile were made from the newest state. So none is
/// stale for longer than two rounds, and a change is settled by the first one that began after it.
struct Revalidation {
    /// What the next round checks.
    var pending = Changes()
    /// The round under way.
    fileprivate(set) var round: Round?
    /// How many changes there were; how many of them the last round that began takes account of; and how many are settled.
    var changes: UInt64 = 0
    fileprivate var covered: UInt64 = 0
    var settled: UInt64 = 0
    fileprivate let answers = RevalidationAnswers()
    fileprivate let entry = Entry()
    /// Megaflows were changed or deleted since the datapath was last waited for.
    var touched = false

    struct Changes {
        /// There was a change.
        var isDue = false
        /// Whatever may have changed.
        var isFull = false
        /// The tags of stations.
        var stations: UInt64 = 0
        var rules = RuleChanges()

        var isEmpty: Bool { !isDue && stations == 0 }
    }

    /// What a round checks.
    final class Round {
        fileprivate let isFull: Bool
        fileprivate let stations: UInt64
        fileprivate let rules: RuleConcerns
        /// The next place to look at.
        fileprivate var cursor = 0

        fileprivate init(_ changes: Changes, first: UInt64) {
            isFull = changes.isFull
            stations = changes.stations
            rules = changes.rules.concerns(first: first)
        }
    }

    /// Where the packets of the megaflow that was looked at last are looked up first; as of this turn.
    fileprivate final class Entry {
        /// The first word of their keys; nil: none was looked at.
        var place: UInt64?
        /// The port by which they come in, as lookups see it, at the place of `in_port` in line 0.
        var inPort: UInt64 = 0
        /// nil: that hangs on more than the port, or there is no flow.
        var table: OpenFlowTable?
    }
}

extension OFProto {
    /// True while megaflows may be installed that changes made false.
    public var isRevalidating: Bool { revalidation.round != nil || !revalidation.pending.isEmpty }

    /// The number of the last change.
    var changeCount: UInt64 { revalidation.changes }

    /// True once no packet can be forwarded any more by what stood before the change with this number.
    func isSettled(_ change: UInt64) -> Bool {
        guard revalidation.settled >= change else { return false }
        if revalidation.touched {
            dpif.barrier()
            revalidation.touched = false
        }
        return true
    }

    /// Does all revalidation that is due, whatever it costs. Afterwards no megaflow is stale.
    public func revalidateNow(now: Int64) {
        // Each slice either ends a round or shortens it, and a round makes no changes but stations' and those of flows learned again.
        var slices = 0
        while isRevalidating && slices < 1 << 20 {
            revalidate(now: now)
            slices += 1
        }
    }

    /// One slice of the round, which is begun if one is due. Returns true if more is to be done at once.
    @discardableResult func revalidate(now: Int64) -> Bool {
        if revalidation.round == nil {
            guard !revalidation.pending.isEmpty else { return false }
            beginRound()
        }
        guard let round = revalidation.round else { return false }
        var at = round.cursor
        let end = megaflows.tags.count
        var budget = limits.sweepBudget * OFProtoLimits.passedOver
        let translator = translator, dpif = dpif
        revalidation.entry.place = nil
        while at < end, budget > 0 {
            budget -= check(at, round, translator, dpif, now: now)
            at += 1
        }
        round.cursor = at
        if at >= megaflows.tags.count { endRound() }
        return isRevalidating
    }

    private func beginRound() {
        for bridge in bridges { bridge.refreshLinks() }
        revalidation.round = Revalidation.Round(revalidation.pending, first: revalidation.covered + 1)
        revalidation.pending = Revalidation.Changes()
        revalidation.covered = revalidation.changes
    }

    private func endRound() {
        revalidation.round = nil
        revalidation.answers.removeAll()
        revalidation.settled = revalidation.covered
        translator.forgetCredits()
    }

    /// Looks at one megaflow, which changes may concern. Returns what that cost, in parts of `sweepBudget`'s unit.
    private func check(_ at: Int, _ round: Revalidation.Round, _ translator: Translator, _ dpif: any DPIF, now: Int64) -> Int {
        let tags = megaflows.tags[at]
        let isConcerned = round.isFull || tags.stations & round.stations != 0
        guard isConcerned || tags.tables & round.rules.tables != 0 else { return 1 }
        guard let flow = megaflows.slots[at], !flow.isDeleting else { return 1 }
        let entry = revalidation.entry
        enter(entry, flow)
        var concern = RuleConcerns.Concern.some
        if !isConcerned {
            concern = round.rules.concern(flow, tables: tags.tables, inPort: entry.inPort)
            if case .none = concern { return OFProtoLimits.passedOver }
        }
        if let stats = dpif.flowStats(flow.id) { push(flow, stats) }
        counters.revalidated &+= 1
        translator.flow.load(flow)
        let answers = revalidation.answers, isPlain = translator.isLookedUpAsItIs
        if case .finds(let newcomer) = concern, isPlain, round.rules.newcomers[newcomer].table === entry.table,
            settle(at, flow, answers.find(round.rules.newcomers[newcomer].rule, translator.flow), dpif) {
            return OFProtoLimits.answerCost * OFProtoLimits.passedOver
        }
        if let answer = answers.find(translator.flow) {
            if !settle(at, flow, answer, dpif) { invalidate(at, flow) }
            return OFProtoLimits.answerCost * OFProtoLimits.passedOver
        }
        if isPlain, let table = entry.table, let rule = translator.lookUpFirst(table.classifier, inPort: UInt32(truncatingIfNeeded: entry.inPort)),
            translator.aside.isCovered(by: flow.mask.lines), settle(at, flow, answers.find(rule, translator.flow), dpif) {
            return OFProtoLimits.lookupCost * OFProtoLimits.passedOver
        }
        revalidate(at, flow, translator, now: now)
        return limits.translationCost * OFProtoLimits.passedOver
    }

    /// Translates a megaflow that an operator has made or changed.
    func test(_ at: Int, _ flow: Megaflow, now: Int64) {
        flow.isUntested = false
        translator.flow.load(flow)
        revalidate(at, flow, translator, now: now)
    }

    /// Makes `entry` that of a megaflow.
    private func enter(_ entry: Revalidation.Entry, _ flow: Megaflow) {
        // Line 0 has the port in its first half word, and then whether the packets come back from the datapath: these are looked up by what their context tells.
        let first = flow.firstWord
        if entry.place == first { return }
        let number = first & UInt64(UInt32.max), port = first == number ? port(ODPPort(UInt32(number))) : nil
        entry.place = first
        entry.inPort = port.map { UInt64($0.number.number) } ?? number
        entry.table = port?.bridge.tables[0]
    }

    /// Translates a megaflow again, whose key is in the translator's `flow`, and changes or deletes what is installed.
    private func revalidate(_ at: Int, _ flow: Megaflow, _ translator: Translator, now: Int64) {
        let mask = flow.mask.lines, wildcards = translator.wildcards
        // What the key does not hold would be consulted as zero: then the mask is too narrow, and the packets must come up again.
        guard translator.translate(now: now, learns: false), !translator.waitsForPacket, wildcards.isCovered(by: mask) else { return invalidate(at, flow) }
        let actions = translator.megaflowActions == flow.actions ? flow.actions : translator.takeMegaflowActions()
        let found = translator.findings(mask)
        // Megaflows differ in a bit of their common mask: an answer that hangs on all of it holds for one only.
        if found.steady == nil, !wildcards.holds(mask) {
            revalidation.answers.add(wildcards.maskLines, flow, actions: actions, found: found)
        }
        settle(at, flow, actions, found, dpif)
        noteActions(flow, translator, actions, found, now: now)
    }

    /// What the actions of the only rule led to holds for others as well, if they agree in the bits that the actions looked at.
    private func noteActions(_ flow: Megaflow, _ translator: Translator, _ actions: [DPAction], _ found: MegaflowFindings, now: Int64) {
        guard found.steady == nil, !found.followsTables, translator.failure == nil, let rule = translator.onlyRule,
            revalidation.answers.isWorthKnowing(rule) else { return }
        translator.flow.load(flow)
        translator.setsLookupsAside = true
        defer { translator.setsLookupsAside = false }
        guard translator.translate(now: now, learns: false), translator.onlyRule === rule else { return }
        revalidation.answers.add(translator.wildcards.maskLines, of: rule, flow, actions: actions, found: found)
    }

    /// Does what is known of a megaflow's packets. False: nothing is, or it would take more bits than the mask has.
    private func settle(_ at: Int, _ flow: Megaflow, _ answer: RevalidationAnswers.Answer?, _ dpif: any DPIF) -> Bool {
        guard let answer, answer.isCovered(by: flow.mask) else { return false }
        settle(at, flow, answer.actions, answer.found, dpif)
        return true
    }

    /// These are a megaflow's actions, and what it hangs on.
    private func settle(_ at: Int, _ flow: Megaflow, _ actions: [DPAction], _ found: MegaflowFindings, _ dpif: any DPIF) {
        if actions != flow.actions {
            do throws(DPIFError) {
                revalidation.touched = true
                try dpif.flowModify(flow.id, actions: actions)
                counters.modified &+= 1
            } catch { return invalidate(at, flow) }
        }
        megaflows.update(at, flow, actions: actions, found: found)
    }

    private func invalidate(_ at: Int, _ flow: Megaflow) {
        counters.invalidated &+= 1
        delete(at, flow.id)
    }
}

extension FlowBuffer {
    /// The lines of a mask that hold bits.
    var maskLines: MaskLines {
        var lines = MaskLines()
        for index in 0..<FlowKey.lineCount {
            let line = self[line: index]
            if !linesEqual(line, .zero) { lines.append(index, line) }
        }
        return lines
    }

    /// True if all bits of `mask` are in this mask.
    func holds(_ mask: MaskLines) -> Bool {
        for at in 0..<mask.count where !linesEqual(mask.masks[at] & ~self[line: mask.indices[at]], .zero) { return false }
        return true
    }

    /// True if no bit of this mask is outside `mask`.
    func isCovered(by mask: MaskLines) -> Bool {
        var at = 0
        for index in 0..<FlowKey.lineCount {
            var bits = self[line: index]
            if at < mask.count, mask.indices[at] == index {
                bits = bits & ~mask.masks[at]
                at += 1
            }
            if !linesEqual(bits, .zero) { return false }
        }
        return true
    }
}
