import Datapath
import Flow
import OpenFlow
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
    let batch = RevalidationBatch()
    /// Megaflows were changed or deleted, or packets given to be sent, since the datapath was last waited for.
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
        fileprivate let answers = RevalidationAnswers()
        fileprivate let entry = Entry()
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
        /// The mask that was compared last with those of a table's rules, and whether it has all their bits.
        private var mask: Int32 = -1
        private var classifier: Classifier?
        private var isCovered = false

        /// True if lookups in a table look at no bit that is outside a mask.
        func covers(_ classifier: Classifier, _ mask: Int32, _ megaflows: MegaflowTable) -> Bool {
            if self.mask != mask || self.classifier !== classifier {
                self.mask = mask
                self.classifier = classifier
                isCovered = !classifier.isConjunctive && classifier.subtables.allSatisfy { $0.mask.isSubset(of: megaflows.masks[mask]) }
            }
            return isCovered
        }

        /// A new turn: whatever was known of ports and tables may have changed.
        func forget() { (place, mask, classifier) = (nil, -1, nil) }
    }
}

extension OFProto {
    /// True while megaflows may be installed that changes made false.
    public var isRevalidating: Bool { revalidation.round != nil || !revalidation.pending.isEmpty }

    /// The number of the last change.
    var changeCount: UInt64 { revalidation.changes }

    /// True once no packet can be forwarded any more by what stood before the change with this number, and packet-outs have been carried out.
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
        let batch = revalidation.batch
        round.entry.forget()
        while at < end, budget > 0 {
            while at < end, budget > 0, !batch.isFull {
                budget -= passOver(at, round, batch)
                at += 1
            }
            batch.readStats(dpif)
            var index = 0
            while index < batch.count {
                let first = index
                settleAlike(&index, batch, round, dpif)
                settleFound(&index, batch, round, translator, dpif)
                budget -= (index - first) * OFProtoLimits.answerCost * OFProtoLimits.passedOver
                guard index == first else { continue }
                budget -= check(index, batch, round, translator, dpif, now: now)
                index += 1
            }
            changeActions(batch, dpif)
            batch.credits.push()
            batch.removeAll()
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
        revalidation.settled = revalidation.covered
        translator.forgetCredits()
        megaflows.recycle()
    }

    /// Puts a megaflow into the batch if a change may concern it. Returns what it cost, in parts of `sweepBudget`'s unit, to find that out.
    private func passOver(_ at: Int, _ round: Revalidation.Round, _ batch: RevalidationBatch) -> Int {
        let tags = megaflows.tags[at]
        if round.isFull || tags.stations & round.stations != 0 {
            if megaflows.flows[at].isLive { batch.add(at, megaflows.flows[at].id) }
            return 1
        }
        guard tags.tables & round.rules.tables != 0 else { return 1 }
        enter(round.entry, at)
        let concern = round.rules.concern(at, megaflows, inPort: round.entry.inPort)
        if concern == .none { return OFProtoLimits.passedOver }
        batch.add(at, megaflows.flows[at].id, concern)
        return 0
    }

    /// Settles the megaflows of the batch from `index` on, as far as one is like the other and all of them find the same new rule, of which is known what it leads to.
    private func settleAlike(_ index: inout Int, _ batch: RevalidationBatch, _ round: Revalidation.Round, _ dpif: any DPIF) {
        guard case .finds(let newcomer) = batch.entries[index].concern else { return }
        let first = batch.entries[index].place, former = megaflows.flows[first].outcome
        enter(round.entry, first)
        guard megaflows.flows[first].isPlain, round.rules.newcomers[newcomer].table === round.entry.table,
            let answer = round.answers.find(round.rules.newcomers[newcomer].rule, first, megaflows) else { return }
        while true {
            note(index, batch)
            settle(batch.entries[index].place, answer.outcome, batch, dpif)
            index += 1
            if index == batch.count || batch.entries[index].concern != .finds(newcomer) { return }
            let at = batch.entries[index].place
            guard megaflows.flows[at].outcome == former, megaflows.flows[at].mask == megaflows.flows[first].mask, megaflows.flows[at].isPlain,
                megaflows.flows[at].firstWord == megaflows.flows[first].firstWord, answer.holds(for: at, megaflows) else { return }
        }
    }

    /// Settles the megaflows of the batch from `index` on by the rules that their packets find in the first table, as far as it is known what these lead to.
    private func settleFound(_ index: inout Int, _ batch: RevalidationBatch, _ round: Revalidation.Round, _ translator: Translator, _ dpif: any DPIF) {
        var rule: Rule?
        var answer: RevalidationAnswers.Answer?
        while index < batch.count {
            let at = batch.entries[index].place
            enter(round.entry, at)
            guard megaflows.flows[at].isPlain, let table = round.entry.table, !round.answers.know(at, megaflows) else { return }
            megaflows.load(at, into: translator.flow)
            guard let found = lookUp(at, table, round, translator) else { return }
            if found !== rule || answer?.holds(for: at, megaflows) != true {
                rule = found
                answer = round.answers.find(found, at, megaflows)
            }
            guard let answer, answer.isCovered else { return }
            note(index, batch)
            settle(at, answer.outcome, batch, dpif)
            index += 1
        }
    }

    /// Takes note of what a megaflow of the batch has counted.
    private func note(_ index: Int, _ batch: RevalidationBatch) {
        if let stats = batch.stats[index] { note(batch.entries[index].place, stats, &batch.credits) }
        counters.revalidated &+= 1
    }

    /// Looks at one megaflow of the batch. Returns what that cost, in parts of `sweepBudget`'s unit.
    private func check(_ index: Int, _ batch: RevalidationBatch, _ round: Revalidation.Round, _ translator: Translator, _ dpif: any DPIF, now: Int64) -> Int {
        let at = batch.entries[index].place
        enter(round.entry, at)
        note(index, batch)
        switch round.answers.find(at, megaflows) {
        case .nothing: break
        case .outcome(let outcome):
            settle(at, outcome, batch, dpif)
            return OFProtoLimits.answerCost * OFProtoLimits.passedOver
        case .narrower:
            invalidate(at)
            return OFProtoLimits.answerCost * OFProtoLimits.passedOver
        }
        megaflows.load(at, into: translator.flow)
        // Translation may look at what packets were counted for.
        batch.credits.push()
        revalidate(at, round.answers, batch, translator, now: now)
        return limits.translationCost * OFProtoLimits.passedOver
    }

    /// What the packets of a megaflow, whose key is in the translator's `flow`, find in the first table; nil: nothing, or the mask does not say.
    private func lookUp(_ at: Int, _ table: OpenFlowTable, _ round: Revalidation.Round, _ translator: Translator) -> Rule? {
        let port = UInt32(truncatingIfNeeded: round.entry.inPort)
        if round.entry.covers(table.classifier, megaflows.flows[at].mask, megaflows) { return translator.lookUpFirst(port) { table.classifier.lookup($0) } }
        let rule = translator.lookUpFirst(port) { table.classifier.lookup($0, translator.aside) }
        return translator.aside.isCovered(by: megaflows.mask(at)) ? rule : nil
    }

    /// Translates a megaflow that an operator has made or changed.
    func test(_ at: Int, now: Int64) {
        megaflows.flows[at].isUntested = false
        megaflows.load(at, into: translator.flow)
        revalidate(at, nil, revalidation.batch, translator, now: now)
        changeActions(revalidation.batch, dpif)
        revalidation.batch.removeAll()
    }

    /// Makes `entry` that of a megaflow.
    private func enter(_ entry: Revalidation.Entry, _ at: Int) {
        // Line 0 has the port in its first half word, and then whether the packets come back from the datapath: these are looked up by what their context tells.
        let first = megaflows.flows[at].firstWord
        if entry.place == first { return }
        let number = first & UInt64(UInt32.max), port = first == number ? port(ODPPort(UInt32(number))) : nil
        entry.place = first
        entry.inPort = port.map { UInt64($0.number.number) } ?? number
        entry.table = port?.bridge.tables[0]
    }

    /// Translates a megaflow again, whose key is in the translator's `flow`, and changes or deletes what is installed.
    /// - Parameter answers: take note of what is found.
    private func revalidate(_ at: Int, _ answers: RevalidationAnswers?, _ batch: RevalidationBatch, _ translator: Translator, now: Int64) {
        let mask = megaflows.mask(at), former = megaflows.outcome(at), wildcards = translator.wildcards
        // What the key does not hold would be consulted as zero: then the mask is too narrow, and the packets must come up again.
        guard translator.translate(now: now, learns: false), !translator.waitsForPacket, wildcards.isCovered(by: mask) else { return invalidate(at) }
        let actions = translator.megaflowActions == former.actions ? former.actions : translator.takeMegaflowActions()
        let found = translator.outcome(mask, actions: actions)
        settle(at, found == former ? former : found, batch, dpif)
        guard let answers else { return }
        let outcome = megaflows.outcome(at)
        // Megaflows differ in a bit of their common mask: an answer that hangs on all of it holds for one only.
        if outcome.steady == nil, !wildcards.holds(mask) { answers.add(wildcards.maskLines, at, megaflows, outcome) }
        noteActions(at, answers, translator, outcome, now: now)
    }

    /// What the actions of the only rule led to holds for others as well, if they agree in the bits that the actions looked at.
    private func noteActions(_ at: Int, _ answers: RevalidationAnswers, _ translator: Translator, _ outcome: MegaflowOutcome, now: Int64) {
        guard outcome.steady == nil, !outcome.followsTables, translator.failure == nil, let rule = translator.onlyRule, answers.isWorthKnowing(rule) else { return }
        megaflows.load(at, into: translator.flow)
        translator.setsLookupsAside = true
        defer { translator.setsLookupsAside = false }
        guard translator.translate(now: now, learns: false), translator.onlyRule === rule else { return }
        answers.add(translator.wildcards.maskLines, of: rule, at, megaflows, outcome)
    }

    /// This is a megaflow's outcome.
    private func settle(_ at: Int, _ outcome: MegaflowOutcome, _ batch: RevalidationBatch, _ dpif: any DPIF) {
        if outcome.number == megaflows.flows[at].outcome { return }
        if !batch.change(at, megaflows, to: outcome) {
            changeActions(batch, dpif)
            _ = batch.change(at, megaflows, to: outcome)
        }
        megaflows.update(at, outcome)
    }

    /// Gives megaflows of the batch their new actions.
    private func changeActions(_ batch: RevalidationBatch, _ dpif: any DPIF) {
        if batch.changes == 0 { return }
        revalidation.touched = true
        counters.modified &+= UInt64(batch.changes)
        batch.change(dpif) { at in
            counters.modified &-= 1
            invalidate(at)
        }
    }

    private func invalidate(_ at: Int) {
        counters.invalidated &+= 1
        delete(at)
    }
}

extension FlowBuffer {
    /// The packet is no fragment, of which lookups see something else than it has, and not without an Ethernet header, which not all rules are for.
    var isLookedUpAsItIs: Bool { key.l0.nwFrag & FragmentBits.any == 0 && key.l3.packetType.host == PacketType.ethernet }

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
