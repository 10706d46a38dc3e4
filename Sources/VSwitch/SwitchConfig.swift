import Datapath
import OFProto
import OpenFlow
import Stream
import Wire

/// What a switch shall be: a passive value. `SwitchConfig.parse` makes it of a YAML file, `RowsConfig` of a database.
public struct SwitchConfig: Equatable, Sendable {
    public var datapath = DatapathConfig()
    /// In the file's order; names are unique.
    public var bridges: [BridgeConfig] = []
    /// What the switch shows and trusts by TLS; nil: it does not speak it.
    public var tls: TLSFiles?
    /// Flows are about to be restored (other_config:flow-restore-wait): packets without a megaflow are dropped until then.
    public var waitsForFlows = false
    public init() {}

    public func bridge(named name: String) -> BridgeConfig? { bridges.first { $0.name == name } }
}

/// The datapath as a whole. Names and meanings are those of other_config in ovs-vswitchd.conf.db(5), where they have one.
public struct DatapathConfig: Equatable, Sendable {
    /// pmd-rxq-assign: how receive queues are shared out to PMDs.
    public enum RxqAssign: String, CaseIterable, Sendable { case roundrobin, cycles, group }
    /// Whether receive queues are shared out anew by themselves, and when.
    public struct LoadBalance: Equatable, Sendable {
        /// pmd-auto-lb
        public var isOn = false
        /// pmd-auto-lb-rebal-interval: minutes between two attempts.
        public var interval = 1
        /// pmd-auto-lb-load-threshold: percent of a PMD's time that make it overloaded.
        public var loadThreshold = 95
        /// pmd-auto-lb-improvement-threshold: percent by which the variance of PMDs' loads is to become less.
        public var improvementThreshold = 25
        public init() {}
    }
    /// Cores with a PMD thread each. Empty: the last core that the process may run on.
    public var pmdCores: [Int] = []
    /// Cores that the machine does not have are left out, instead of being a mistake.
    public var skipsMissingCores = false
    /// Kernel interfaces outlast the switch, and only the operator sets them up. Read at the start.
    public var interfacesLast = false
    /// Megabytes for DPDK; nil: what the mempools need.
    public var memory: Int?
    /// The same for each NUMA node; empty: as `memory` says.
    public var socketMemory: [Int] = []
    /// Hugepages: true: they must be there; false: do without; nil: if there are enough.
    public var hugepages: Bool?
    /// Further arguments for EAL.
    public var ealArguments: [String] = []
    /// One in so many new flows enters the EMC; 0: none.
    public var emcInsertInverseProbability = 100
    /// Use the signature match cache.
    public var smc = true
    public var rxqAssign = RxqAssign.cycles
    /// pmd-rxq-isolate: a PMD with pinned queues polls no others; false: only by `group`.
    public var rxqIsolate = true
    public var autoLoadBalance = LoadBalance()
    /// pmd-maxsleep: microseconds that a PMD with few packets sleeps at most; 0: it polls on.
    public var maxSleep = 0
    /// tx-flush-interval: microseconds that a packet may wait to be sent with others.
    public var txFlushInterval = 0
    /// How many VLAN tags are looked into; 0: as many as there is room for, two.
    public var vlanLimit = 1
    /// The number of megaflows at most.
    public var flowLimit = 200_000
    /// Milliseconds without a packet after which a megaflow is removed.
    public var maxIdle: Int64 = 10_000
    /// Milliseconds between two looks at all megaflows at most.
    public var maxRevalidator: Int64 = 500
    /// bundle-idle-timeout: seconds until an unused OpenFlow bundle is discarded.
    public var bundleIdle: Int64 = 10
    public init() {}
}

public struct BridgeConfig: Equatable, Sendable {
    /// What happens without a controller.
    public enum FailMode: String, CaseIterable, Sendable {
        /// There is a flow `priority=0 actions=NORMAL`: the bridge learns and forwards like any other. With controllers, this is so
        /// only while none of them has been connected for a while.
        case standalone
        /// There are only the flows of the file and of controllers.
        case secure
    }
    public var name: String
    /// The datapath that its ports are in: "netdev", "dummy" or "system" (datapath_type).
    public var datapathType = "netdev"
    public var failMode = FailMode.standalone
    /// Seconds that a learnt address is kept: other_config:mac-aging-time.
    public var macAging = 300
    /// Learnt addresses at most: other_config:mac-table-size.
    public var macTableSize = 8192
    /// VLANs in which no address is learnt: flood_vlans.
    public var floodVLANs: [UInt16] = []
    /// NORMAL forwards frames to reserved addresses: other_config:forward-bpdu.
    public var forwardBPDU = false
    /// Addresses that are fixed to a port.
    public var staticMACs: [StaticMACConfig] = []
    /// Ports with several interfaces, which are in `ports`.
    public var bonds: [BondConfig] = []
    public var mirrors: [MirrorConfig] = []
    /// Who is told of the bridge's connections; nil: nobody.
    public var netFlow: NetFlowConfig?
    /// The versions of OpenFlow that may be spoken.
    public var protocols = OFVersions.all
    public var controllers: [ControllerConfig] = []
    /// nil: it is made of an address.
    public var datapathID: UInt64?
    /// What the switch says of itself: other_config:dp-desc and dp-sn; nil: "None".
    public var datapathDescription: String?
    public var serialNumber: String?
    /// Flows come by OpenFlow. They go, with groups and meters, when the bridge gets its first controller or loses its last one, and when fail mode changes without a controller.
    public var flushesFlows = false
    /// By number.
    public var tables: [UInt8: TableConfig] = [:]
    /// In the file's order; names are unique over all bridges.
    public var ports: [PortConfig] = []
    /// The flows that shall be there, including fail mode's; no two have the same table, priority and match.
    public var flows: [FlowMod] = []
    public init(name: String) { self.name = name }
}

public struct PortConfig: Equatable, Sendable {
    /// The classes of ports. The raw value is the configuration's word and OVS's.
    public enum Kind: String, CaseIterable, Sendable {
        case dpdk, dpdkvhostuserclient, system, `internal`, tap, patch, dummy
        case dummyInternal = "dummy-internal", dummyPMD = "dummy-pmd"
        /// It is an interface of the kernel, whose names are short.
        var isKernel: Bool { self == .system || self == .internal || self == .tap }
        /// It may be a bridge's own port.
        var isInternal: Bool { self == .internal || self == .dummy || self == .dummyInternal }
    }
    public var name: String
    public var kind: Kind
    /// Given by the file, or the lowest free number; LOCAL for an internal port with the bridge's name.
    public var ofPort: OFPort
    /// Device options by their names in ovs-vswitchd.conf.db(5): dpdk-devargs, n_rxq, n_rxq_desc, vhost-server-path, …
    public var options: [String: String] = [:]
    public var rxQueues: Int?
    /// "0:1,1:2": receive queue 0 to core 1, queue 1 to core 2.
    public var rxQueueAffinity: String?
    /// nil: the device's own, and an internal port's is the least of its bridge's others.
    public var mtu: Int?
    /// nil: the device's own, and a local port's is chosen as `Switch.settleAddresses` says.
    public var ethernetAddress: EthernetAddress?
    /// Of a port by itself.
    public var settings = BundleConfig()
    /// The bond that it is an interface of.
    public var bond: String?
    /// A patch port's other end.
    public var peer: String?
    /// NORMAL and FLOOD do not send here: ovs-ofctl mod-port no-flood.
    public var noFlood = false
    /// How what leaves is policed (Port.qos); nil: it is not.
    public var qos: DPEgressQoS?
    /// The DSCP that packets of a queue leave with, by queue (Queue.dscp).
    public var queueDSCP: [UInt32: UInt8] = [:]
    /// How what comes in is policed (Interface.ingress_policing_*); nil: it is not.
    public var policing: DPPolicing?

    public init(name: String, kind: Kind, ofPort: OFPort) {
        self.name = name
        self.kind = kind
        self.ofPort = ofPort
    }

    /// True if `other` needs another device, or this one opened anew.
    func needsReopening(for other: PortConfig) -> Bool {
        kind != other.kind || ofPort != other.ofPort || options != other.options || rxQueues != other.rxQueues
            || peer != other.peer || bond != other.bond
    }

    /// What the datapath is asked to open; nil for a patch port, which the datapath never sees.
    public var deviceRequest: DPPortRequest? {
        guard kind != .patch else { return nil }
        var request = DPPortRequest(name: name, type: kind.rawValue, options: options)
        request.rxQueues = rxQueues
        request.rxQueueAffinity = rxQueueAffinity
        request.mtu = mtu
        request.ethernetAddress = ethernetAddress
        return request
    }
}
