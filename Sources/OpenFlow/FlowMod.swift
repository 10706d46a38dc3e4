import Flow

/// A flow as ovs-ofctl(8) describes it: where it goes, what it matches, what it does.
public struct FlowMod: Hashable, Sendable {
    public var table: UInt8 = 0
    public var priority: UInt16 = 0x8000
    public var cookie: UInt64 = 0
    /// Seconds; 0: never.
    public var idleTimeout: UInt16 = 0
    /// Seconds; 0: never.
    public var hardTimeout: UInt16 = 0
    public var importance: UInt16 = 0
    public var flags: Flags = []
    public var match = Match()
    public var actions: [OFAction] = []
    public init() {}

    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let sendFlowRemoved = Flags(rawValue: 1)
        public static let checkOverlap = Flags(rawValue: 2)
        public static let resetCounts = Flags(rawValue: 4)
        public static let noPacketCounts = Flags(rawValue: 8)
        public static let noByteCounts = Flags(rawValue: 16)
    }
}
