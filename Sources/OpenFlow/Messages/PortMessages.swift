import Wire

/// A port (ofp_phy_port, ofp_port).
public struct PortDescription: Hashable, Sendable {
    public var port: OFPort
    public var ethernetAddress: EthernetAddress
    /// At most 15 bytes.
    public var name: String
    public var config: PortConfigBits
    public var state: PortState
    public var current: PortFeatures
    public var advertised: PortFeatures
    public var supported: PortFeatures
    public var peer: PortFeatures
    /// kbit/s; OpenFlow 1.1 and later.
    public var currentSpeed: UInt32
    public var maximumSpeed: UInt32
    public init(
        port: OFPort, ethernetAddress: EthernetAddress, name: String, config: PortConfigBits = [], state: PortState = [],
        current: PortFeatures = [], advertised: PortFeatures = [], supported: PortFeatures = [], peer: PortFeatures = [],
        currentSpeed: UInt32 = 0, maximumSpeed: UInt32 = 0
    ) {
        (self.port, self.ethernetAddress, self.name, self.config, self.state) = (port, ethernetAddress, name, config, state)
        (self.current, self.advertised, self.supported, self.peer) = (current, advertised, supported, peer)
        (self.currentSpeed, self.maximumSpeed) = (currentSpeed, maximumSpeed)
    }
}

/// OFPPC_, in the numbering of OpenFlow 1.0, of which later versions keep a part.
public struct PortConfigBits: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let portDown = PortConfigBits(rawValue: 1 << 0)
    public static let noSTP = PortConfigBits(rawValue: 1 << 1)
    public static let noReceive = PortConfigBits(rawValue: 1 << 2)
    public static let noReceiveSTP = PortConfigBits(rawValue: 1 << 3)
    public static let noFlood = PortConfigBits(rawValue: 1 << 4)
    public static let noForward = PortConfigBits(rawValue: 1 << 5)
    public static let noPacketIn = PortConfigBits(rawValue: 1 << 6)
}

/// OFPPS_. Bits 0–2 as in OpenFlow 1.1 and later; in OpenFlow 1.0 the spanning tree's state takes bits 8 and 9.
public struct PortState: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let linkDown = PortState(rawValue: 1 << 0)
    public static let blocked = PortState(rawValue: 1 << 1)
    public static let live = PortState(rawValue: 1 << 2)
    public static let stpLearn = PortState(rawValue: 1 << 8)
    public static let stpForward = PortState(rawValue: 2 << 8)
    public static let stpMask = PortState(rawValue: 3 << 8)
}

/// OFPPF_, in the numbering of OpenFlow 1.1 and later; 1.0's lacks 40GB–other and has copper from bit 7 on.
public struct PortFeatures: OptionSet, Hashable, Sendable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let tenMbHalf = PortFeatures(rawValue: 1 << 0)
    public static let tenMbFull = PortFeatures(rawValue: 1 << 1)
    public static let hundredMbHalf = PortFeatures(rawValue: 1 << 2)
    public static let hundredMbFull = PortFeatures(rawValue: 1 << 3)
    public static let oneGbHalf = PortFeatures(rawValue: 1 << 4)
    public static let oneGbFull = PortFeatures(rawValue: 1 << 5)
    public static let tenGbFull = PortFeatures(rawValue: 1 << 6)
    public static let fortyGbFull = PortFeatures(rawValue: 1 << 7)
    public static let hundredGbFull = PortFeatures(rawValue: 1 << 8)
    public static let oneTbFull = PortFeatures(rawValue: 1 << 9)
    public static let other = PortFeatures(rawValue: 1 << 10)
    public static let copper = PortFeatures(rawValue: 1 << 11)
    public static let fiber = PortFeatures(rawValue: 1 << 12)
    public static let autonegotiation = PortFeatures(rawValue: 1 << 13)
    public static let pause = PortFeatures(rawValue: 1 << 14)
    public static let pauseAsymmetric = PortFeatures(rawValue: 1 << 15)
}

/// OFPT_PORT_STATUS.
public struct PortStatus: Hashable, Sendable {
    public enum Reason: UInt8, Hashable, Sendable { case add = 0, delete = 1, modify = 2 }
    public var reason: Reason
    public var port: PortDescription
    public init(_ reason: Reason, _ port: PortDescription) {
        self.reason = reason
        self.port = port
    }
}

/// OFPT_PORT_MOD.
public struct PortMod: Hashable, Sendable {
    public var port: OFPort
    public var ethernetAddress: EthernetAddress
    public var config: PortConfigBits
    /// The bits of `config` that are to change.
    public var mask: PortConfigBits
    /// Empty: no change.
    public var advertise: PortFeatures
    public init(port: OFPort, ethernetAddress: EthernetAddress, config: PortConfigBits, mask: PortConfigBits, advertise: PortFeatures) {
        (self.port, self.ethernetAddress, self.config, self.mask, self.advertise) = (port, ethernetAddress, config, mask, advertise)
    }
}

/// OFPMP_PORT_STATS. All ones: not known.
public struct PortStatistics: Hashable, Sendable {
    public var port: OFPort
    public var rxPackets: UInt64 = .max, txPackets: UInt64 = .max
    public var rxBytes: UInt64 = .max, txBytes: UInt64 = .max
    public var rxDropped: UInt64 = .max, txDropped: UInt64 = .max
    public var rxErrors: UInt64 = .max, txErrors: UInt64 = .max
    public var rxFrameErrors: UInt64 = .max, rxOverErrors: UInt64 = .max, rxCRCErrors: UInt64 = .max
    public var collisions: UInt64 = .max
    /// Nanoseconds since the port was added; all ones: not known. OpenFlow 1.3 and later.
    public var duration: UInt64 = .max
    public init(port: OFPort) { self.port = port }
}

/// A queue's configuration (ofp_packet_queue, ofp_queue_desc). Rates in 1/10 percent; all ones: none.
public struct QueueDescription: Hashable, Sendable {
    public var port: OFPort
    public var queue: UInt32
    public var minimumRate: UInt16 = .max
    public var maximumRate: UInt16 = .max
    public init(port: OFPort, queue: UInt32) {
        self.port = port
        self.queue = queue
    }
}

/// OFPMP_QUEUE_STATS. All ones: not known.
public struct QueueStatistics: Hashable, Sendable {
    public var port: OFPort
    public var queue: UInt32
    public var txBytes: UInt64 = .max
    public var txPackets: UInt64 = .max
    public var txErrors: UInt64 = .max
    /// Nanoseconds; all ones: not known. OpenFlow 1.3 and later.
    public var duration: UInt64 = .max
    public init(port: OFPort, queue: UInt32) {
        self.port = port
        self.queue = queue
    }
}
