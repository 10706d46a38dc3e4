/// Where a bridge tells of its IPv4 connections by NetFlow version 5 (ovs-vswitchd.conf.db(5), table NetFlow).
public struct NetFlowConfig: Hashable, Sendable {
    /// Collectors, as "IP:PORT".
    public var targets: [String]
    public var engineType: UInt8
    public var engineID: UInt8
    /// The lower 7 bits of the engine's id stand in the upper ones of interface numbers, whose lower 9 bits stay.
    public var addsIDToInterface = false
    /// Seconds after which a connection that goes on is told of; 0: only when it ends.
    public var activeTimeout: Int64 = 600
    /// - Parameter engine: OVS's default is made of the datapath's number.
    public init(targets: [String], engineType: UInt8 = 0, engineID: UInt8 = 0) {
        (self.targets, self.engineType, self.engineID) = (targets, engineType, engineID)
    }
}
