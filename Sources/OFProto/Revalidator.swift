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
    /// What the next round checks, and what the one under way does.
    var pending = Changes()
    fileprivate(set) var current = Changes()
    /// The next place to look at; nil: no round is under way.
    fileprivate(set) var cursor: Int?
    /// How many changes there were; how many of them the last round that began takes account of; and how many are settled.
    var changes: UInt64 = 0
    fileprivate var covered: UInt64 = 0
    var settled: UInt64 = 0
    fileprivate var answers = RevalidationAnswers()
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
}

extension OFProto {
    /// True while megaflows may be installed that changes made false.
    public var isRevalidating: Bool { revalidation.cursor != nil || !revalidation.pending.isEmpty }

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
        if revalidation.cursor == nil {
            guard !revalidation.pending.isEmpty else { return false }
            beginRound()
        }
        guard var at = revalidation.cursor else { return false }
        let changes = revalidation.current, end = megaflows.tags.count
        var budget = limits.sweepBudget * OFProtoLimits.passedOver
        while at < end, budget > 0 {
            budget -= check(at, changes, now: now)
            at += 1
        }
        revalidation.cursor = at
        if at >= megaflows.tags.count { endRound() }
        return isRevalidating
    }

    private func beginRound() {
        for bridge in bridges { bridge.refreshLinks() }
        revalidation.current = revalidation.pending
        revalidation.pending = Revalidation.Changes()
        revalidation.current.rules.begin(first: revalidation.covered + 1)
        revalidation.covered = revalidation.changes
        revalidation.cursor = 0
    }

    private func endRound() {
        revalidation.cursor = nil
        revalidation.current = Revalidation.Changes()
        revalidation.answers.removeAll()
        revalidation.settled = revalidation.covered
        translator.forgetCredits()
    }

    /// Looks at one megaflow, which changes may concern. Returns what that cost, in parts of `sweepBudget`'s unit.
    private func check(_ at: Int, _ changes: borrowing Revalidation.Changes, now: Int64) -> Int {
        let tags = megaflows.tags[at]
        let isConcerned = changes.isFull || tags.stations & changes.stations != 0
        guard isConcerned || tags.tables & changes.rules.tables != 0 else { return 1 }
        guard let flow = megaflows.slots[at], !flow.isDeleting else { return 1 }
        guard isConcerned || changes.rules.mayConcern(flow, tables: tags.tables, inPort: lookupPort(of: flow)) else { return OFProtoLimits.passedOver }
        if let stats = dpif.flowStats(flow.id) { push(flow, stats) }
        counters.revalidated &+= 1
        let translator = translator
        translator.flow.load(flow)
        if let answer = revalidation.answers.find(translator.flow) {
            if answer.isCovered(by: flow.mask) { settle(at, flow, answer.actions, answer.found) } else { invalidate(at, flow) }
            return OFProtoLimits.answerCost * OFProtoLimits.passedOver
        }
        if settleByLookup(at, flow, translator) { return OFProtoLimits.lookupCost * OFProtoLimits.passedOver }
        revalidate(at, flow, translator, now: now)
        return limits.translationCost * OFProtoLimits.passedOver
    }

    /// Translates a megaflow that an operator has made or changed.
    func test(_ at: Int, _ flow: Megaflow, now: Int64) {
        flow.isUntested = false
        translator.flow.load(flow)
        revalidate(at, flow, translator, now: now)
    }

    /// The port by which a megaflow's packets come in, as lookups see it, at the place of `in_port` in line 0.
    private func lookupPort(of flow: Megaflow) -> UInt64 {
        // Line 0 has the port in its first half word; what comes back from the datapath is looked up by the port that its context tells.
        let first = flow.line(0)[0]
        let inPort = first & UInt64(UInt32.max)
        guard first >> 32 == 0, let port = port(ODPPort(UInt32(inPort))) else { return inPort }
        return UInt64(port.number.number)
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
        settle(at, flow, actions, found)
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

    /// Looks a megaflow's packets up, and does what the actions of the rule that they find are known to lead to. False: that is not known, or would take more bits than the mask has.
    private func settleByLookup(_ at: Int, _ flow: Megaflow, _ translator: Translator) -> Bool {
        guard let rule = translator.lookUpFirst(), let answer = revalidation.answers.find(rule, translator.flow),
            translator.aside.isCovered(by: flow.mask.lines), answer.isCovered(by: flow.mask) else { return false }
        settle(at, flow, answer.actions, answer.found)
        return true
    }

    /// These are a megaflow's actions, and what it hangs on.
    private func settle(_ at: Int, _ flow: Megaflow, _ actions: [DPAction], _ found: MegaflowFindings) {
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
