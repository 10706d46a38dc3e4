import Wire

/// OFPMP_FLOW, OFPMP_AGGREGATE, NXST_FLOW, NXST_AGGREGATE: which flows.
public struct FlowStatsRequest: Hashable, Sendable {
    /// 255: all tables.
    public var table: UInt8 = 0xff
    public var match = Match()
    public var cookie: UInt64 = 0
    public var cookieMask: UInt64 = 0
    /// nil: whatever they output to.
    public var outPort: OFPort?
    public var outGroup: UInt32?
    public init() {}
}

/// One flow with its counters.
public struct FlowStats: Hashable, Sendable {
    /// Its flags are said from OpenFlow 1.3 on, its importance from 1.4 on.
    public var flow: FlowMod
    /// Nanoseconds since the flow was added; all ones: not known.
    public var duration: UInt64
    /// Seconds since a packet came, and since the flow was added or changed; nil: not said. The extended form says both, OpenFlow 1.5 the first.
    public var idleAge: UInt16?
    public var hardAge: UInt16?
    /// All ones: not known.
    public var packets: UInt64
    public var bytes: UInt64
    public init(flow: FlowMod, duration: UInt64, idleAge: UInt16?, hardAge: UInt16?, packets: UInt64, bytes: UInt64) {
        (self.flow, self.duration, self.idleAge, self.hardAge, self.packets, self.bytes) = (flow, duration, idleAge, hardAge, packets, bytes)
    }
}

/// The sum over some flows. All ones: not known.
public struct AggregateStats: Hashable, Sendable {
    public var packets: UInt64
    public var bytes: UInt64
    public var flows: UInt32
    public init(packets: UInt64, bytes: UInt64, flows: UInt32) { (self.packets, self.bytes, self.flows) = (packets, bytes, flows) }
}

/// NXST_FLOW_MONITOR request, OFPMP_FLOW_MONITOR of OpenFlow 1.4.
public struct FlowMonitorRequest: Hashable, Sendable {
    /// OFPFMC_; the extended form can only add.
    public enum Command: UInt8, Hashable, Sendable { case add = 0, modify = 1, delete = 2 }
    /// OFPFMF_ in OpenFlow 1.4's numbering.
    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let initial = Flags(rawValue: 1 << 0)
        public static let add = Flags(rawValue: 1 << 1)
        public static let removed = Flags(rawValue: 1 << 2)
        public static let modify = Flags(rawValue: 1 << 3)
        /// Updates say the actions.
        public static let instructions = Flags(rawValue: 1 << 4)
        public static let noAbbreviation = Flags(rawValue: 1 << 5)
        /// Only the controller's own changes; the extended form has it as bit 5 and does not have `noAbbreviation`, which OVS refuses.
        public static let onlyOwn = Flags(rawValue: 1 << 6)
    }
    public var id: UInt32
    public var command: Command = .add
    public var flags: Flags
    /// nil: whatever the flow outputs to.
    public var outPort: OFPort?
    public var outGroup: UInt32?
    /// 255: all tables.
    public var table: UInt8
    public var match: Match
    public init(id: UInt32, command: Command = .add, flags: Flags, outPort: OFPort?, outGroup: UInt32?, table: UInt8, match: Match) {
        (self.id, self.command, self.flags, self.outPort, self.outGroup, self.table, self.match) = (id, command, flags, outPort, outGroup, table, match)
    }
}

/// One update in a flow monitor's reply.
public enum FlowUpdate: Hashable, Sendable {
    /// OFPFME_ (and NXFME_).
    public enum Event: UInt16, Hashable, Sendable { case initial = 0, added = 1, removed = 2, modified = 3 }
    /// `flow.actions` is empty when the monitor did not ask for them. `reason` is a removal's.
    case full(Event, FlowMod, reason: FlowRemovedMessage.Reason)
    /// A change that the controller made itself, by its message with this xid.
    case abbreviated(xid: UInt32)
    case paused
    case resumed
}

/// OFPT_BUNDLE_CONTROL, ONFT_BUNDLE_CONTROL.
public struct BundleControl: Hashable, Sendable {
    /// OFPBCT_.
    public enum Kind: UInt16, Hashable, Sendable {
        case openRequest = 0, openReply, closeRequest, closeReply, commitRequest, commitReply, discardRequest, discardReply
    }
    /// OFPBF_.
    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let atomic = Flags(rawValue: 1)
        public static let ordered = Flags(rawValue: 2)
    }
    public var id: UInt32
    public var kind: Kind
    public var flags: Flags
    public init(id: UInt32, kind: Kind, flags: Flags) { (self.id, self.kind, self.flags) = (id, kind, flags) }
}

/// OFPT_BUNDLE_ADD_MESSAGE, ONFT_BUNDLE_ADD_MESSAGE.
public struct BundleAdd: Hashable, Sendable {
    public var id: UInt32
    public var flags: BundleControl.Flags
    /// What is added: a flow mod, group mod, port mod or packet-out, or why it cannot be understood.
    public indirect enum Content: Hashable, Sendable {
        case message(OFPacket)
        case refused(OFError)
    }
    public var content: Content
    /// The message as it came, to be written again just so. Empty: as `content` has it.
    public var bytes: ArraySlice<UInt8>
    public init(id: UInt32, flags: BundleControl.Flags, content: Content, bytes: ArraySlice<UInt8> = []) {
        (self.id, self.flags, self.content, self.bytes) = (id, flags, content, bytes)
    }
}
