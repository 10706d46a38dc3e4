/// Everything here has a bound. What happens when it is reached stands beside it.
public struct OFProtoLimits: Hashable, Sendable {
    /// Megaflows in the datapath, or fewer if sweeps take too long (`FlowLimit`); beyond it packets are translated one by one and nothing is installed.
    public var flowLimit = 200_000
    /// Milliseconds without a packet after which a megaflow is removed.
    public var maxIdle: Int64 = 10_000
    /// The same, once there are more megaflows than the limit (it may be lowered while they are installed). With more than twice as many all are removed.
    public var crowdedIdle: Int64 = 100
    /// Milliseconds between two sweeps over the megaflows' statistics.
    public var sweepInterval: Int64 = 500
    /// Milliseconds until an unused bundle is discarded.
    public var bundleIdle: Int64 = 10_000
    /// Upcalls handled in one turn; the rest waits for the next one.
    public var upcallsPerTurn = 256
    /// What a turn spends on megaflows: reading statistics costs 1, translating again costs `translationCost`.
    public var sweepBudget = 2_048
    public var translationCost = 8
    /// Rules that may expire in one turn; the rest waits for the next one.
    public var expiriesPerTurn = 1_024
    /// Rules taken out of the tables in one turn after many were deleted at once; the rest waits for the next one.
    public var reapedPerTurn = 512
    /// Rules in one table; beyond it a flow modification fails with OFPFMFC_TABLE_FULL.
    public var rulesPerTable = 1_000_000
    /// Groups of one bridge, and buckets of all of them together; beyond it a group modification fails with `gmfcOutOfGroups`, `gmfcOutOfBuckets`.
    public var groupsPerBridge = 1_000_000
    public var bucketsPerBridge = 1_000_000
    /// Entries of a bridge's MAC table; of the port with the most of them the one that was not heard for longest makes room.
    public var macTableSize = 8_192
    /// Seconds until an unused MAC entry is forgotten.
    public var macAging: Int64 = 300
    /// Different packet-in contexts in use at a time; beyond it packets for the controller are dropped.
    public var controllerContexts = 65_536
    /// Different states in which packets go through the datapath once more; beyond it such packets are dropped.
    public var recirculationContexts = 65_536
    public init() {}

    /// Rules that came with which megaflows are compared; beyond it all megaflows that were looked up in a table with further ones are translated again.
    static let comparedRules = 64
    /// Megaflows that are passed over at the cost of 1 of `sweepBudget`.
    static let passedOver = 16
    /// Megaflows that are looked at together.
    static let batch = 32
    /// Using another megaflow's answer, after a lookup or without, costs so much of `sweepBudget`.
    static let answerCost = 1
    /// Answers of a round of revalidation that are tried for further megaflows; the oldest one goes.
    static let rememberedAnswers = 4
    /// Different outcomes that megaflows found next may share; one that would stand in the place of another takes it.
    static let rememberedOutcomes = 256
    /// Nested resubmits that go back to the same or an earlier table, and nested buckets; beyond it the packet is dropped.
    static let resubmitDepth = 64
    /// Table lookups of one translation; beyond it the packet is dropped.
    static let resubmitsTotal = 4_096
    /// Buckets of groups that one translation runs; beyond it the packet is dropped.
    static let bucketsTotal = 16_384
    /// Buckets that are looked at to tell whether one that watches a group is live; beyond it the bucket counts as not live.
    static let watchedBuckets = 4_096
    /// Nested table lookups of any kind, which bounds the stack.
    static let nesting = 512
    /// Datapath actions of one translation with which no table or group is looked up any more: what is translated so far is done. As many outputs are 64 kB to OVS.
    static let actionsBeforeLookup = 8_192
    /// Datapath actions of one translation; beyond it the packet is dropped.
    static let datapathActions = 16_384
    /// Values that push actions have put onto the stack; beyond it the packet is dropped.
    static let stackDepth = 1_024
    /// Actions of one rule, nested ones counted; beyond it the flow modification fails. A packet that has more before it when it is paused is dropped.
    static let actionsPerRule = 4_096
    /// Nested clone and write_actions.
    static let actionNesting = 16
    /// Learned flows that wait for the end of another change of the tables; beyond it a flow is learned with its next packets.
    static let postponedLearning = 4_096
    /// Hashes of a packet that multipath tries; beyond it the first one names the link.
    static let hashRounds = 256
    /// Meters' numbers that are given in turn, however few are in use.
    static let leastMeterNumbers = 4_096
    /// Mirrors of a bridge; more are refused.
    public static let mirrors = 32
    /// Milliseconds after a gratuitous ARP during which those that come by bonds move no station.
    static let gratuitousARPLock: Int64 = 5_000
    /// Milliseconds between two looks at which of these have ended.
    static let lockInterval: Int64 = 100
    /// Milliseconds between two looks at the links of bonds' interfaces.
    static let bondLinkInterval: Int64 = 100
    /// Frames that make stations known by a bond in one turn; the rest waits for the next one.
    static let announcementsPerTurn = 256
    /// Bytes an interval by which interfaces of a bond may differ without anything being done.
    static let bondLeastExcess: UInt64 = 100_000
    /// Milliseconds between two complaints about what comes in by a port.
    static let complaintInterval: Int64 = 10_000
    /// Lists of actions that a bridge remembers for the rules to come; beyond it an equal list is kept once more.
    static let rememberedActions = 1_024
    /// Lines of a trace; what comes behind is left out.
    static let traceNodes = 65_536
    /// Packets coming back that one trace follows.
    static let tracedRecirculations = 64
}
