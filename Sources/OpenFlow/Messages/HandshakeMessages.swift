import Wire

/// OFPT_HELLO.
public struct Hello: Hashable, Sendable {
    /// From the bitmap, or all versions up to the header's.
    public var versions: OFVersions
    public init(versions: OFVersions) { self.versions = versions }
}

/// OFPT_ERROR.
public struct ErrorMessage: Hashable, Sendable {
    /// nil: a type and code that are not known.
    public var error: OFError?
    /// The message that is complained about, its first 64 bytes or more; text for `hfcIncompatible` and its kin.
    public var data: [UInt8]
    public init(_ error: OFError?, data: [UInt8]) {
        self.error = error
        self.data = data
    }
}

/// OFPT_FEATURES_REPLY (OpenFlow 1.0, section 5.3.1; 1.3.5, section 7.3.1).
public struct SwitchFeatures: Hashable, Sendable {
    public var datapathID: UInt64
    public var buffers: UInt32
    public var tables: UInt8
    public var auxiliaryID: UInt8
    public var capabilities: Capabilities
    /// OpenFlow 1.0 only: bit n is OFPAT_ number n.
    public var actions: UInt32
    /// OpenFlow 1.0–1.2 only.
    public var ports: [PortDescription]
    public init(datapathID: UInt64, buffers: UInt32, tables: UInt8, auxiliaryID: UInt8, capabilities: Capabilities, actions: UInt32, ports: [PortDescription]) {
        self.datapathID = datapathID
        self.buffers = buffers
        self.tables = tables
        self.auxiliaryID = auxiliaryID
        self.capabilities = capabilities
        self.actions = actions
        self.ports = ports
    }

    /// OFPC_, in the numbering of OpenFlow 1.5; the codec maps to and from each version's.
    public struct Capabilities: OptionSet, Hashable, Sendable {
        public var rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let flowStats = Capabilities(rawValue: 1 << 0)
        public static let tableStats = Capabilities(rawValue: 1 << 1)
        public static let portStats = Capabilities(rawValue: 1 << 2)
        public static let groupStats = Capabilities(rawValue: 1 << 3)
        public static let ipReassembly = Capabilities(rawValue: 1 << 5)
        public static let queueStats = Capabilities(rawValue: 1 << 6)
        public static let portBlocked = Capabilities(rawValue: 1 << 8)
        public static let bundles = Capabilities(rawValue: 1 << 9)
        public static let flowMonitoring = Capabilities(rawValue: 1 << 10)
        /// OpenFlow 1.0: OFPC_STP.
        public static let stp = Capabilities(rawValue: 1 << 30)
        /// OpenFlow 1.0 and 1.1: OFPC_ARP_MATCH_IP.
        public static let arpMatchIP = Capabilities(rawValue: 1 << 31)
    }
}

/// OFPT_GET_CONFIG_REPLY and OFPT_SET_CONFIG.
public struct SwitchSettings: Hashable, Sendable {
    /// OFPC_FRAG_: what is done with IP fragments. nxMatch is the extension's.
    public enum Fragments: UInt8, Hashable, Sendable { case normal = 0, drop = 1, reassemble = 2, nxMatch = 3 }
    public var fragments: Fragments
    /// OpenFlow 1.1 and 1.2: packets with an invalid TTL go to the controller. nil: not said, or not known in this version.
    public var invalidTTLToController: Bool?
    /// Bytes of a packet that a table miss sends to the controller.
    public var missSendLength: UInt16
    public init(fragments: Fragments, invalidTTLToController: Bool?, missSendLength: UInt16) {
        self.fragments = fragments
        self.invalidTTLToController = invalidTTLToController
        self.missSendLength = missSendLength
    }
}

/// OFPMP_DESC. Strings are cut to what their field holds.
public struct SwitchDescription: Hashable, Sendable {
    public var manufacturer: String
    public var hardware: String
    public var software: String
    public var serialNumber: String
    public var datapath: String
    public init(manufacturer: String, hardware: String, software: String, serialNumber: String, datapath: String) {
        self.manufacturer = manufacturer
        self.hardware = hardware
        self.software = software
        self.serialNumber = serialNumber
        self.datapath = datapath
    }
}

/// What a controller is to the switch (OpenFlow 1.3.5, section 6.3.6).
public enum ControllerRole: UInt32, Hashable, Sendable {
    /// Only asks which role it has.
    case noChange = 0
    /// OVS's "other": full access, told of everything.
    case equal = 1
    case primary = 2
    case secondary = 3
}

/// OFPT_ROLE_REQUEST and its reply; NXT_ROLE_REQUEST is the extended form, without a generation.
public struct Role: Hashable, Sendable {
    public var role: ControllerRole
    /// nil: none is given (all ones on the wire in a reply that has none, 0 in a request).
    public var generation: UInt64?
    public init(_ role: ControllerRole, generation: UInt64?) {
        self.role = role
        self.generation = generation
    }
}

/// OFPT_ROLE_STATUS.
public struct RoleStatus: Hashable, Sendable {
    /// OFPCRR_: why the role changed.
    public enum Reason: UInt8, Hashable, Sendable { case primaryRequest = 0, config = 1, experimenter = 2 }
    public var role: Role
    public var reason: Reason
    public init(_ role: Role, reason: Reason) {
        self.role = role
        self.reason = reason
    }
}

/// Which asynchronous messages a controller wants, by its role (OpenFlow 1.3.5, section 7.3.10; 1.4: properties OFPACPT_).
public struct AsyncConfig: Hashable, Sendable {
    /// Kinds of messages, in the order of OFPACPT_ pairs.
    public enum Kind: UInt8, CaseIterable, Hashable, Sendable { case packetIn, portStatus, flowRemoved, roleStatus, tableStatus, requestForward }
    /// By `Kind`: bit n is reason n. For the primary and for equals.
    public var primary: [UInt32]
    public var secondary: [UInt32]
    /// Kinds whose masks a set message names; others stay as they are.
    public var namedPrimary: Set<Kind>
    public var namedSecondary: Set<Kind>

    public init(primary: [UInt32], secondary: [UInt32], namedPrimary: Set<Kind> = Set(Kind.allCases), namedSecondary: Set<Kind> = Set(Kind.allCases)) {
        (self.primary, self.secondary, self.namedPrimary, self.namedSecondary) = (primary, secondary, namedPrimary, namedSecondary)
    }
    public subscript(kind: Kind) -> (primary: UInt32, secondary: UInt32) {
        get { (primary[Int(kind.rawValue)], secondary[Int(kind.rawValue)]) }
        set {
            primary[Int(kind.rawValue)] = newValue.primary
            secondary[Int(kind.rawValue)] = newValue.secondary
        }
    }
    /// Nothing of anything, and no kind named.
    public static var none: AsyncConfig {
        AsyncConfig(primary: [0, 0, 0, 0, 0, 0], secondary: [0, 0, 0, 0, 0, 0], namedPrimary: [], namedSecondary: [])
    }
}

/// How flows are said in OpenFlow 1.0 (NXT_SET_FLOW_FORMAT).
public enum FlowFormat: UInt32, Hashable, Sendable { case openFlow10 = 0, nxm = 2 }

/// How packet-ins are said (NXT_SET_PACKET_IN_FORMAT).
public enum PacketInFormat: UInt32, Hashable, Sendable { case standard = 0, nxt = 1, nxt2 = 2 }
