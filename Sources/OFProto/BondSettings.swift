/// How a bond uses its interfaces (ovs-vswitchd.conf.db(5), Port, bond_mode).
public enum BondMode: String, Hashable, Sendable, CaseIterable {
    case activeBackup = "active-backup"
    case balanceSLB = "balance-slb"
    case balanceTCP = "balance-tcp"
}

/// A bond as it is wanted (ovs-vswitchd.conf.db(5), Port, Bonding Configuration).
public struct BondSettings: Hashable, Sendable {
    public var mode = BondMode.activeBackup
    /// With active-backup: the interface that is the active one whenever it can be.
    public var primary: String?
    /// Milliseconds that a link must be up, or down, before its interface is enabled or disabled.
    public var upDelay: Int64 = 0
    public var downDelay: Int64 = 0
    /// Milliseconds between two looks at the loads of interfaces; 0: hashes stay where they are.
    public var rebalanceInterval: Int64 = 10_000
    public var hashBasis: UInt32 = 0
    public init() {}
}
