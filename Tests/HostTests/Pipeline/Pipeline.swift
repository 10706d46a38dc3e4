/// A pipeline and packets whose way through it Needletail and ovs-vswitchd are to see alike: `PipelineTwins` puts it into both, has both trace the packets
/// (`ofproto/trace`), and compares.
///
/// To add one: write a `static let` in one of the `…Pipelines.swift` files, a line for each flow, group, meter and packet, and name it in `Pipeline.all`. Both
/// switches have a bridge br0 with the ports p1, p2, p3 (OpenFlow numbers 1, 2, 3), LOCAL, and pa (10), a patch to pb (10) of the bridge br1, which has q1 (1).
/// Flows are for br0, or behind "br1 " for br1, and are sent by `version`; flows of one table that a packet could both match need different priorities.
/// What is compared are the way (tables, rules, actions, remarks), the final flow, the megaflow and the datapath's actions; a megaflow may match fewer bits than ovs-vswitchd's, never more. Where Needletail differs for a
/// reason, the packet's line ends with " # " and the name of an `ExplainedDifference`; when it does not differ any longer the test says so.
struct Pipeline {
    var name: String
    var version = "OpenFlow13"
    /// How br0 handles IP fragments: normal, drop or nx-match (ovs-ofctl(8), set-frags).
    var fragments = "normal"
    /// br0's tun_metadata fields, in the syntax of ovs-ofctl(8), add-tlv-map.
    var tunnelOptions = ""
    /// In the syntax of ovs-ofctl(8), a line each.
    var meters = ""
    var groups = ""
    var flows: String
    /// Packets in the syntax of ofproto/trace, a line each, or "packet-out ACTIONS FLOW".
    var packets: String

    static let all: [Pipeline] = outputs + headers + structure + recirculation + choices + fields + carried
}

/// Where what Needletail does differs from ovs-vswitchd 3.1, and why.
enum ExplainedDifference: String {
    /// A copy that ends the packet's way, too, is a copy all the same.
    case copy
    /// The datapath sets a label stack entry as a whole, so all of it is matched; with OVS packets with another TTL get the first one's.
    case label
    /// The fields of a new header are matched in the packet, too, when they are set; OVS matches some of them.
    case newHeader
    /// A controller is told that a packet-out sent it the packet, where OVS's trace speaks of an action.
    case packetOut
    /// A paused packet goes to the controller by the datapath's userspace action, where OVS, without a controller, drops it.
    case pause
    /// Nested lookups have a bound of their own, so that they do not use up the stack: who goes round through many tables meets it first.
    case nested
    /// A packet that a port does not take in is not looked up.
    case refused
    /// sample(…) goes up as a whole; OVS, without a collector, leaves it out.
    case sample

    /// OVS sets a service header as a whole, contexts included where there are none, and does not tell which contexts are matched.
    case serviceHeader
    /// Actions of OpenFlow 1.0, and those on parts of the type of service, are told as set_field or load.
    case words

    /// The parts of a trace that may differ.
    var parts: Set<TraceParts.Part> {
        switch self {
        case .label, .newHeader: [.megaflow]
        case .copy, .packetOut, .pause, .sample: [.actions]
        case .nested: [.way, .end]
        case .refused: [.way, .megaflow]
        case .serviceHeader: [.way, .megaflow, .actions]
        case .words: [.way]
        }
    }
}
