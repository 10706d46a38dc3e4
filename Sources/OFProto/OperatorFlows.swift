import Datapath
import Flow

/// Megaflows that an operator puts into the datapath, changes or takes out (`dpctl/add-flow` and its siblings, ovs-dpctl(8)).
///
/// They are no promise: as OVS's revalidators do with megaflows that they find and did not install, the next sweep translates them. What the tables would have
/// made of their packets is what they are changed to; one whose mask is too wide for that goes, and so does one that no packet takes.
extension OFProto {
    /// Installs a megaflow as it is. Throws `DPIFError` as `DPIF.flowPut` does.
    public func addOperatorFlow(_ flow: DPFlowPut, now: Int64) throws(DPIFError) {
        var put = flow
        put.mask.l0.inPort = .max
        put.mask.l0.recircID = .max
        put.key = put.key.masked(by: put.mask)
        let id = try dpif.flowPut(put, waiting: nil)
        // Nothing is known of what it hangs on: it is looked at whatever changes.
        let outcome = MegaflowOutcome(actions: put.actions, tags: MegaflowTags(stations: .max, tables: .max))
        let at = megaflows.insert(id, key: put.key, mask: MaskLines(put.mask), outcome, now: now)
        megaflows.flows[at].isUntested = true
    }

    /// Gives a megaflow other actions until it is next translated. Throws `DPIFError` as `DPIF.flowModify` does.
    public func changeOperatorFlow(_ id: DPFlowID, actions: [DPAction]) throws(DPIFError) {
        try dpif.flowModify(id, actions: actions)
        guard let at = megaflows.find(id) else { return }
        let found = megaflows.outcome(at)
        megaflows.update(at, MegaflowOutcome(actions: actions, credits: found.credits, tags: found.tags, steady: found.steady, followsTables: found.followsTables))
        megaflows.flows[at].isUntested = true
    }

    /// Begins a megaflow's removal, whoever installed it.
    public func deleteOperatorFlow(_ id: DPFlowID) {
        guard let at = megaflows.find(id) else { return dpif.flowDelete(id) }
        if let stats = dpif.flowStats(id) { push(at, stats) }
        delete(at)
    }

    /// Looks at all megaflows once, however long that takes: none is stale afterwards, on no datapath thread, and all counters are of now (`revalidator/wait`).
    public func finishRevalidation(now: Int64) {
        revalidateNow(now: now)
        wantSweep()
        var slices = 0
        // A slice looks at one place of the table at least.
        while runSweep(now: now), slices <= megaflows.flows.count { slices += 1 }
        dpif.barrier()
    }

    /// The number of megaflows that there may be, until sweeps find that it is too great or too small; at most what is configured.
    public func setFlowLimit(_ limit: Int) { flowLimit.set(limit) }
}
