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
    var options = ODPTextOptions()
    options.alwaysPacketType = true
    options.portName = { names[$0] }
    let used = flow.stats.used.map { LiveTable.fixed(Double(max(0, now - $0)) / 1000, 3) + "s" } ?? "never"
    let flags = flow.stats.tcpFlags == 0 ? "" : ", flags:\(tcpFlagLetters(flow.stats.tcpFlags))"
    return "\(flow.key.odpText(mask: flow.mask, options)), packets:\(flow.stats.packets), bytes:\(flow.stats.bytes), used:\(used)\(flags), "
        + "actions:\(flow.actions.odpText(portName: { names[$0] }))"
}

/// TCP flags as dump-flows abbreviates them, "SFP." for SYN, FIN, PSH and ACK seen.
func tcpFlagLetters(_ flags: UInt16) -> String {
    let letters: [(bit: UInt16, letter: String)] = [
        (0x02, "S"), (0x01, "F"), (0x08, "P"), (0x04, "R"), (0x10, "."), (0x20, "U"), (0x40, "E"), (0x80, "C"),
    ]
    return letters.filter { flags & $0.bit != 0 }.map(\.letter).joined()
}
