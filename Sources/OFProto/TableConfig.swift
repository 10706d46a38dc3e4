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

extension Bridge {
    /// What the configuration says of tables; what it does not speak of is as it was without it. What controllers switched stays.
    public func configureTables(_ wanted: [UInt8: TableConfig]) {
        for id in 0..<OpenFlowTable.internalTable {
            guard wanted[id] != nil || tables[Int(id)] != nil, let table = try? openTable(id) else { continue }
            let config = wanted[id] ?? TableConfig()
            (table.config.name, table.config.maximum) = (config.name, config.maximum)
            (table.config.evicts, table.config.evictionFields) = (config.evicts, config.evictionFields)
        }
    }
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
