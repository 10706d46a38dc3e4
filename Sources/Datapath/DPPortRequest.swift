import Wire

/// A port to be opened. Option names are those of ovs-vswitchd.conf.db(5)'s Interface table.
public struct DPPortRequest: Hashable, Sendable {
    public var name: String
    /// "dpdk", "dpdkvhostuserclient", "system", "internal", "tap", "dummy", "dummy-internal" or "dummy-pmd".
    public var type: String
    public var options: [String: String]
    /// The number of receive queues wanted; nil: one.
    public var rxQueues: Int?
    /// "0:1,1:2": receive queue → core, as in other_config:pmd-rxq-affinity.
    public var rxQueueAffinity: String?
    public var mtu: Int?
    public var ethernetAddress: EthernetAddress?
    public init(name: String, type: String, options: [String: String] = [:]) {
        self.name = name
        self.type = type
        self.options = options
    }
}
