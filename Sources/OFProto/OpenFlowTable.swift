import Flow
import OpenFlow
import Wire

/// One of a bridge's 255 tables: its rules and what it counts.
final class OpenFlowTable {
    let id: UInt8
    let classifier: Classifier
    private(set) var lookups: UInt64 = 0
    private(set) var matches: UInt64 = 0

    init(id: UInt8, seed: HashSeed) {
        self.id = id
        classifier = Classifier(seed: seed)
    }

    func credit(packets: UInt64, matched: Bool) {
        lookups &+= packets
        if matched { matches &+= packets }
    }
}

/// What a flow modification selects beside its match.
public struct FlowModSelection: Hashable, Sendable {
    /// Only flows whose cookie agrees with the modification's in these bits; 0: all.
    public var cookieMask: UInt64 = 0
    /// Only flows that have an output to this port.
    public var outPort: OFPort?
    /// A modify that finds no flow adds one, as OpenFlow 1.0 and 1.1 have it.
    public var modifyAdds = false
    public init() {}

    func includes(_ rule: Rule, cookie: UInt64) -> Bool {
        guard (rule.cookie ^ cookie) & cookieMask == 0 else { return false }
        guard let outPort else { return true }
        return rule.actions.contains { Self.outputs($0, to: outPort) }
    }

    private static func outputs(_ action: OFAction, to port: OFPort) -> Bool {
        switch action {
        case .output(let other, _): other == port
        case .enqueue(let other, _): other == port
        case .controller: port == .controller
        case .clone(let nested), .writeActions(let nested): nested.contains { outputs($0, to: port) }
        default: false
        }
    }
}

/// Why a flow went (OpenFlow 1.3.5, ofp_flow_removed_reason).
public enum FlowRemovedReason: UInt8, Hashable, Sendable { case idleTimeout, hardTimeout, delete, groupDelete, meterDelete, eviction }

/// A flow that went, for its flow-removed message.
public struct FlowRemoved {
    public var flow: FlowMod
    public var stats: RuleStats
    public var reason: FlowRemovedReason
    /// The time of the removal.
    public var now: Int64
}
