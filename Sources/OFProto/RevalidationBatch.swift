import Datapath

/// Megaflows that are looked at together: what the datapath has counted for all of them is asked for at once, so that it comes at once from the caches of the core that counts, and
/// those that get the same actions get them together.
/// Owner: `OFProto`.
final class RevalidationBatch {
    /// The megaflows, and how changes concern them.
    private(set) var entries: ContiguousArray<Entry> = []
    private var ids: ContiguousArray<DPFlowID> = []
    /// What they have counted, in the same order.
    private(set) var stats: ContiguousArray<DPFlowStats?> = []
    /// What is still to be credited.
    var credits = CreditRun()
    /// Actions that megaflows are still to get, and where in the table those are.
    private var actions: [DPAction] = []
    private var changedPlaces: ContiguousArray<Int> = []
    private var changedIDs: ContiguousArray<DPFlowID> = []
    /// The numbers of the outcomes that were compared last, and whether their actions differ.
    private var compared: (former: Int32, new: Int32, differ: Bool) = (-1, -1, false)

    struct Entry {
        /// Where in the table it is.
        let place: Int
        let concern: RuleConcerns.Concern
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.count >= OFProtoLimits.batch }

    func add(_ place: Int, _ id: DPFlowID, _ concern: RuleConcerns.Concern = .some) {
        entries.append(Entry(place: place, concern: concern))
        ids.append(id)
    }

    /// Asks what all of them have counted.
    func readStats(_ dpif: any DPIF) { dpif.flowStats(ids, into: &stats) }

    func removeAll() {
        entries.removeAll(keepingCapacity: true)
        ids.removeAll(keepingCapacity: true)
        stats.removeAll(keepingCapacity: true)
        // Numbers may name others later.
        compared.former = -1
    }

    /// Megaflows that are to be changed.
    var changes: Int { changedPlaces.count }

    /// Takes note that a megaflow is to get the actions of another outcome, if these are not the ones that it has. False: those before it must get theirs first.
    func change(_ place: Int, _ megaflows: MegaflowTable, to outcome: MegaflowOutcome) -> Bool {
        let former = megaflows.flows[place].outcome
        if compared.former != former || compared.new != outcome.number || outcome.number < 0 {
            compared = (former, outcome.number, outcome.actions != megaflows.outcomes[former].actions)
            if compared.differ, changedPlaces.isEmpty { actions = outcome.actions }
            guard !compared.differ || actions == outcome.actions else {
                compared.former = -1
                return false
            }
        }
        if compared.differ {
            changedPlaces.append(place)
            changedIDs.append(megaflows.flows[place].id)
        }
        return true
    }

    /// Gives the megaflows their actions. `failed` is told the places of those that keep theirs.
    func change(_ dpif: any DPIF, failed: (Int) -> Void) {
        for at in dpif.flowModify(changedIDs, actions: actions) { failed(changedPlaces[at]) }
        changedPlaces.removeAll(keepingCapacity: true)
        changedIDs.removeAll(keepingCapacity: true)
        compared.former = -1
    }
}
