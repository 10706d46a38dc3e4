/// What a compiled program is for, which bounds it.
public enum ProgramUse: Sendable {
    /// A megaflow has it for its life and runs it on whole batches.
    case megaflow
    /// It is run on one packet (`DPIF.execute`): a packet-out's, or one's that takes the slow path.
    case once

    /// At most so many words.
    var words: Int { self == .megaflow ? ActionLimits.programWords : ActionLimits.onceWords }
    /// Lists in lists of actions.
    var nesting: Int { self == .megaflow ? ActionLimits.nesting : ActionLimits.onceNesting }
}

/// How the userspace datapath can carry out a list of actions: as a megaflow's, for one packet at a time, or, nil, not at all. With up to
/// some two hundred actions this is a pass over them; then they are compiled.
public func programUse(of actions: [DPAction]) -> ProgramUse? {
    let extent = ActionExtent(actions)
    // An operation has no more words than that, so the product is a bound.
    let words = extent.count * ActionLimits.operationWords + 1
    if extent.depth <= ActionLimits.nesting, words <= ActionLimits.programWords || (try? compileActions(actions)) != nil { return .megaflow }
    return extent.depth <= ActionLimits.onceNesting && words <= ActionLimits.onceWords ? .once : nil
}

/// How many actions a list has, those in its lists counted, and how deep these nest; beyond `ActionLimits.onceNesting` it is not looked further.
private struct ActionExtent {
    var count = 0
    var depth = 0

    init(_ actions: [DPAction]) { add(actions, depth: 0) }

    private mutating func add(_ actions: [DPAction], depth: Int) {
        count += actions.count
        self.depth = max(self.depth, depth)
        guard depth <= ActionLimits.onceNesting else { return }
        for action in actions { for list in action.nestedLists { add(list, depth: depth + 1) } }
    }
}
