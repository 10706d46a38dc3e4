/// What happened in the ofproto thread since the start.
public struct OFProtoCounters: Hashable, Sendable {
    /// Packets without a megaflow.
    public var misses: UInt64 = 0
    /// Packets that came up while flows were being restored, and were dropped.
    public var tooEarly: UInt64 = 0
    /// Megaflows installed.
    public var installed: UInt64 = 0
    /// Packets translated for themselves alone because the datapath had no room for their megaflow.
    public var executed: UInt64 = 0
    /// Megaflows that the datapath refused.
    public var refused: UInt64 = 0
    /// Packets from ports that are in no bridge (any more).
    public var unknownPort: UInt64 = 0
    /// Packets that took the slow path.
    public var slowPath: UInt64 = 0
    /// Packets that came up for controllers.
    public var packetIns: UInt64 = 0
    /// Controllers' packets that were not sent because the mempool was empty.
    public var packetOutsDropped: UInt64 = 0
    /// Translations given up: nested too deep, too many lookups, buckets, actions, too much on the stack, an unknown recirculation id.
    public var tooDeep: UInt64 = 0
    public var tooManyResubmits: UInt64 = 0
    public var tooManyBuckets: UInt64 = 0
    public var tooManyActions: UInt64 = 0
    public var stackTooDeep: UInt64 = 0
    public var recirculated: UInt64 = 0
    /// Translations given up because a header cannot be put in front of what the packet is, or be taken off.
    public var packetType: UInt64 = 0
    /// Actions passed over because this switch does not carry them out.
    public var unsupportedActions: UInt64 = 0
    /// Flows not learned because of their action's limit, and because their table did not take them.
    public var learningLimited: UInt64 = 0
    public var learningRefused: UInt64 = 0
    /// Megaflows translated again, and of these changed and deleted ones.
    public var revalidated: UInt64 = 0
    public var modified: UInt64 = 0
    public var invalidated: UInt64 = 0
    /// Megaflows removed because no packet came.
    public var idled: UInt64 = 0
    /// Megaflows removed because there were more than twice as many as the limit.
    public var crowdedOut: UInt64 = 0
    /// Complete sweeps over the megaflows.
    public var sweeps: UInt64 = 0
    public init() {}

    mutating func count(_ failure: Translator.Failure) {
        switch failure {
        case .tooDeep: tooDeep &+= 1
        case .tooManyResubmits: tooManyResubmits &+= 1
        case .tooManyBuckets: tooManyBuckets &+= 1
        case .tooManyActions: tooManyActions &+= 1
        case .stackTooDeep: stackTooDeep &+= 1
        case .recirculated: recirculated &+= 1
        case .unknownPort: unknownPort &+= 1
        case .packetType: packetType &+= 1
        }
    }
}
