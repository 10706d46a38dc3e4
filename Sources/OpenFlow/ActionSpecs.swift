import Flow
import Wire

// What the larger actions ask for (ovs-actions(7)).

/// controller(…)
public struct ControllerSpec: Hashable, Sendable {
    /// Bytes of the packet that are sent; 65535: all.
    public var maxLength: UInt16 = .max
    /// OFPR_
    public var reason: UInt8 = 1
    /// The controller's id (NXT_SET_CONTROLLER_ID).
    public var id: UInt16 = 0
    public var userdata: [UInt8] = []
    /// The packet waits for the controller's NXT_RESUME.
    public var pause = false
    /// A meter that bounds the rate; nil: none.
    public var meter: UInt32?
    public init(maxLength: UInt16 = .max, reason: UInt8 = 1, id: UInt16 = 0, userdata: [UInt8] = [], pause: Bool = false, meter: UInt32? = nil) {
        (self.maxLength, self.reason, self.id, self.userdata, self.pause, self.meter) = (maxLength, reason, id, userdata, pause, meter)
    }
    /// True for what NXAST_CONTROLLER has no room for.
    var hasProperties: Bool { !userdata.isEmpty || pause || meter != nil }
}

/// sample(…)
public struct SampleSpec: Hashable, Sendable {
    public enum Direction: UInt8, Hashable, Sendable { case standard = 0, ingress = 1, egress = 2 }
    /// In 1/65535.
    public var probability: UInt16
    public var collectorSet: UInt32
    public var observationDomain: UInt32
    public var observationPoint: UInt32
    /// `OFPort.none`: none.
    public var samplingPort: OFPort
    public var direction: Direction
    public init(probability: UInt16, collectorSet: UInt32 = 0, observationDomain: UInt32 = 0, observationPoint: UInt32 = 0,
                samplingPort: OFPort = .none, direction: Direction = .standard) {
        (self.probability, self.collectorSet, self.observationDomain) = (probability, collectorSet, observationDomain)
        (self.observationPoint, self.samplingPort, self.direction) = (observationPoint, samplingPort, direction)
    }
}

/// Which fields of a packet are hashed (NX_HASH_FIELDS_).
public enum HashFields: UInt16, CaseIterable, Hashable, Sendable {
    case ethSrc = 0, symmetricL4, symmetricL3L4, symmetricL3L4UDP, nwSrc, nwDst, symmetricL3
}

/// bundle(…) and bundle_load(…)
public struct BundleSpec: Hashable, Sendable {
    public enum Algorithm: UInt16, Hashable, Sendable { case activeBackup = 0, highestRandomWeight = 1 }
    public var fields: HashFields
    public var basis: UInt16
    public var algorithm: Algorithm
    public var members: [OFPort]
    /// nil: the packet is output; otherwise the port's number is loaded here.
    public var destination: FieldRange?
    public init(fields: HashFields, basis: UInt16, algorithm: Algorithm, members: [OFPort], destination: FieldRange? = nil) {
        (self.fields, self.basis, self.algorithm, self.members, self.destination) = (fields, basis, algorithm, members, destination)
    }
}

/// multipath(…)
public struct MultipathSpec: Hashable, Sendable {
    public enum Algorithm: UInt16, Hashable, Sendable { case moduloN = 0, hashThreshold, highestRandomWeight, iteratedHash }
    public var fields: HashFields
    public var basis: UInt16
    public var algorithm: Algorithm
    /// The highest link's number: one less than the number of links.
    public var maximumLink: UInt16
    public var argument: UInt32
    public var destination: FieldRange
    public init(fields: HashFields, basis: UInt16, algorithm: Algorithm, maximumLink: UInt16, argument: UInt32, destination: FieldRange) {
        (self.fields, self.basis, self.algorithm) = (fields, basis, algorithm)
        (self.maximumLink, self.argument, self.destination) = (maximumLink, argument, destination)
    }
}

/// learn(…)
public struct LearnSpec: Hashable, Sendable {
    /// NX_LEARN_F_
    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let sendFlowRemoved = Flags(rawValue: 1)
        public static let deleteLearned = Flags(rawValue: 2)
        public static let writeResult = Flags(rawValue: 4)
    }
    /// Where a part of the learned flow comes from.
    public enum Source: Hashable, Sendable {
        case field(FieldRange)
        /// Big-endian bits, right-aligned in whole 16-bit words as on the wire.
        case immediate([UInt8])
    }
    /// What it becomes in the learned flow.
    public enum Destination: Hashable, Sendable {
        case match(FieldRange)
        case load(FieldRange)
        case output
    }
    public struct Part: Hashable, Sendable {
        /// Bits.
        public var count: Int
        public var source: Source
        public var destination: Destination
        public init(count: Int, source: Source, destination: Destination) {
            (self.count, self.source, self.destination) = (count, source, destination)
        }
    }
    public var idleTimeout: UInt16 = 0
    public var hardTimeout: UInt16 = 0
    public var priority: UInt16 = 0x8000
    public var cookie: UInt64 = 0
    public var flags: Flags = []
    public var table: UInt8 = 1
    public var finIdleTimeout: UInt16 = 0
    public var finHardTimeout: UInt16 = 0
    /// Flows with the same table and cookie at most; 0: no limit.
    public var limit: UInt32 = 0
    /// With `writeResult`: the bit that says whether a flow was learned.
    public var result: FieldRange?
    public var parts: [Part] = []
    public init() {}
    /// True for what only NXAST_LEARN2 says.
    var isSecondForm: Bool { limit != 0 || flags.contains(.writeResult) }
}

/// ct(…)
public struct ConntrackSpec: Hashable, Sendable {
    public enum Zone: Hashable, Sendable {
        case immediate(UInt16)
        case field(FieldRange)
    }
    public var commit = false
    public var force = false
    public var zone = Zone.immediate(0)
    /// Where the packet goes on with its connection's state; nil: nowhere.
    public var table: UInt8?
    /// The port of the helper: 0 none, 21 ftp, 69 tftp.
    public var helper: UInt16 = 0
    /// set_field and move of ct_mark and ct_label, and at most one `nat`.
    public var actions: [OFAction] = []
    public init() {}
}

/// nat(…) in ct(…)
public struct NATSpec: Hashable, Sendable {
    /// NX_NAT_F_
    public struct Flags: OptionSet, Hashable, Sendable {
        public var rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let source = Flags(rawValue: 1)
        public static let destination = Flags(rawValue: 2)
        public static let persistent = Flags(rawValue: 4)
        public static let hash = Flags(rawValue: 8)
        public static let random = Flags(rawValue: 16)
    }
    public enum Addresses: Hashable, Sendable {
        case none
        /// `last` is nil for a single address.
        case ipv4(BE32, last: BE32?)
        case ipv6(BE128, last: BE128?)
    }
    public var flags: Flags = []
    public var addresses = Addresses.none
    /// nil: any.
    public var firstPort: UInt16?
    public var lastPort: UInt16?
    public init() {}
}

/// A property of encap(nsh(…)) (ovs-actions(7), encap).
public enum EncapProperty: Hashable, Sendable {
    /// 1 or 2
    case nshMDType(UInt8)
    case nshTLV(class: UInt16, type: UInt8, [UInt8])
}
