import Flow
import OpenFlow

/// What can be set of a table (Flow_Table of ovs-vswitchd.conf.db(5); OpenFlow 1.4, OFPT_TABLE_MOD).
public struct TableConfig: Hashable, Sendable {
    /// nil: it has none.
    public var name: String?
    /// The name that a controller gave it, for want of one in the configuration.
    var nameByController: String?
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
