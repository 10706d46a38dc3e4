import Datapath
import Flow
import Wire

extension Switch {
    /// The megaflows that most packets took, in the form of `ovs-appctl dpctl/dump-flows --names`, the busiest first.
    public func busiestMegaflows() -> [String] {
        let names = Dictionary(uniqueKeysWithValues: datapath.dpif.portDump().map { ($0.port, $0.name) })
        let now = datapath.now
        return datapath.dpif.flowDump().sorted { $0.stats.packets > $1.stats.packets }.prefix(Limits.busiestFlows)
            .map { megaflowText($0, names: names, now: now) }
    }
}

/// One megaflow as `ovs-appctl dpctl/dump-flows --names` prints it.
/// - Parameter now: milliseconds of the datapath's clock.
func megaflowText(_ flow: DPFlowDump, names: [ODPPort: String], now: Int64) -> String {
    let used = flow.stats.used.map { LiveTable.fixed(Double(max(0, now - $0)) / 1000, 3) + "s" } ?? "never"
    return "packets:\(flow.stats.packets), bytes:\(flow.stats.bytes), used:\(used)"
}
