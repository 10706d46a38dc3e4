/// The rates (bytes per second) and burst sizes (bytes) of a marker with two rates and three colours (RFC 4115, section 2). What is counted of a frame is
/// what stands behind its Ethernet header.
public struct DPRates: Hashable, Sendable {
    /// Of what is marked green.
    public var cir: UInt64, cbs: UInt64
    /// Of what is marked yellow.
    public var eir: UInt64, ebs: UInt64

    public init(cir: UInt64 = 0, cbs: UInt64 = 0, eir: UInt64 = 0, ebs: UInt64 = 0) {
        (self.cir, self.cbs, self.eir, self.ebs) = (cir, cbs, eir, ebs)
    }

    /// A rate needs a burst.
    public var isMarker: Bool { (cir == 0 || cbs != 0) && (eir == 0 || ebs != 0) }
}

/// How what leaves by a port is policed (ovs-vswitchd.conf.db(5), table QoS).
public enum DPEgressQoS: Hashable, Sendable {
    /// One token bucket: what a single-rate marker (RFC 2697) without an excess burst makes green is sent. Rate and burst are not 0.
    case egressPolicer(cir: UInt64, cbs: UInt64)
    /// Each queue marks its packets, then the port those of all queues; what is red then is dropped. Packets of queues that there are not go by queue 0;
    /// without one they are dropped.
    case trtcmPolicer(DPRates, queues: [UInt32: DPRates])

    public var queues: [UInt32: DPRates] { if case .trtcmPolicer(_, let queues) = self { queues } else { [:] } }

    /// False: there is no such policer.
    public var isValid: Bool {
        switch self {
        case .egressPolicer(let cir, let cbs): cir != 0 && cbs != 0
        case .trtcmPolicer(let rates, let queues): rates.isMarker && queues.values.allSatisfy(\.isMarker) && queues.count <= Limits.queuesPerPort
        }
    }
}

/// How what comes in by a port is policed (ovs-vswitchd.conf.db(5), Interface, ingress_policing_*). Both limits hold.
public struct DPPolicing: Hashable, Sendable {
    /// kbit/s; 0: no limit.
    public var rate: UInt32
    /// kbit; 0: 8,000.
    public var burst: UInt32
    /// 1,000 packets/s; 0: no limit.
    public var packetRate: UInt32
    /// 1,000 packets; 0: 16.
    public var packetBurst: UInt32

    public init(rate: UInt32 = 0, burst: UInt32 = 0, packetRate: UInt32 = 0, packetBurst: UInt32 = 0) {
        (self.rate, self.burst, self.packetRate, self.packetBurst) = (rate, burst, packetRate, packetBurst)
    }
}

/// What has left by a queue of a port.
public struct DPQueueStats: Hashable, Sendable {
    public var queue: UInt32
    /// Packets that the queue's marker has let pass, and their bytes without Ethernet headers; and packets that it has not.
    public var packets: UInt64, bytes: UInt64, errors: UInt64
    /// When it was configured, in milliseconds of the datapath's clock.
    public var created: Int64

    public init(queue: UInt32, packets: UInt64 = 0, bytes: UInt64 = 0, errors: UInt64 = 0, created: Int64 = 0) {
        (self.queue, self.packets, self.bytes, self.errors, self.created) = (queue, packets, bytes, errors, created)
    }
}
