import Datapath
import OpenFlow

/// Why the packets of a megaflow come up to be dealt with one by one, as ovs-vswitchd(8) names the reasons. Those of protocols that the switch does not
/// speak are not among them, nor is that of a datapath that cannot match what a rule matches.
struct SlowPathReasons: OptionSet, Hashable {
    var rawValue: UInt32
    /// Its actions are too many, or nest too deep, for a megaflow.
    static let action = SlowPathReasons(rawValue: 1 << 0)

    private static let all: [(reason: SlowPathReasons, name: String, explanation: String)] = [
        (.action, "action", "Uses action(s) not supported by datapath"),
    ]

    /// What `ovs-appctl dpctl/dump-flows` prints between the parentheses of `slow_path(…)`.
    var names: String { Self.all.filter { contains($0.reason) }.map(\.name).joined(separator: ",") }

    /// What ofproto/trace says of them behind the datapath actions.
    var explanations: [String] { Self.all.filter { contains($0.reason) }.map(\.explanation) }
}

extension Translator {
    /// Finds out how the datapath can carry out what was translated. What it cannot do even for a single packet is given up.
    func judgeActions() {
        guard failure == nil else { return }
        switch ofproto.dpif.use(of: actions) {
        case .megaflow: break
        case .once: slowPath = .action
        case nil: failure = .tooDeep
        }
    }

    /// What a megaflow of this translation has as actions. Those of the slow path pass through the bridge's meter for it, if there is one.
    var megaflowActions: [DPAction] {
        guard !slowPath.isEmpty else { return actions }
        let upcall = DPAction.userspace(userdata: Userdata.slowPath(slowPath), maxLength: 0)
        guard let meter = inputPort?.bridge.meters[MeterNumber.slowpath] else { return [upcall] }
        return [.sample(probability: .max, [.meter(meter.datapathID), upcall])]
    }

    /// Datapath actions so far, those in lists of their own counted.
    var actionCount: Int { actions.count + actionsAside }

    /// True if the packet may be looked up again. As with OVS, one for which so much is to be done that it takes the slow path gets no more than that.
    func mayResubmit() -> Bool {
        guard actionCount >= OFProtoLimits.actionsBeforeLookup else { return true }
        traceError("resubmits yielded over 64 kB of actions")
        exits = true
        return false
    }
}
