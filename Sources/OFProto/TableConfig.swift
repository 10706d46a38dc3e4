import Flow
import OpenFlow

/// What can be set of a table (Flow_Table of ovs-vswitchd.conf.db(5); OpenFlow 1.4, OFPT_TABLE_MOD).
public struct TableConfig: Hashable, Sendable {
    /// nil: it has none.
    public var name: String?
    /// Flows at most; nil: as many as the switch allows.
    public var maximum: Int?
    /// A full table makes room for a new flow: the configuration says so.
    public var evicts = false
    /// The controller says so.
    public var evictsByController = false
    /// Flows are shared out to groups by these fields; room is made in the largest one.
    public var evictionFields: [FieldRange] = []
    public var vacancy: TableVacancy?
    public var miss = TableMiss.standard
    public init() {}
}

extension OpenFlowTable {
    var evicts: Bool { config.evicts || config.evictsByController }

    /// The rule that goes first when room is needed: of the lowest importance, of these the one that ends soonest. Only flows with a timeout
    /// are candidates, as in OVS.
    func victim(version: UInt64) -> Rule? {
        var best: Rule?
        classifier.forEach { rule in
            guard rule.isSeen(in: version), !rule.isHidden, rule.expiry != nil else { return }
            guard let other = best else { return best = rule }
            if (rule.importance, rule.expiry?.deadline ?? .max) < (other.importance, other.expiry?.deadline ?? .max) { best = rule }
        }
        return best
    }
}
