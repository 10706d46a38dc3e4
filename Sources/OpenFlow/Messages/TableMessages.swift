import Flow
import Wire

/// OFPT_TABLE_MOD.
public struct TableMod: Hashable, Sendable {
    /// 255: all tables.
    public var table: UInt8
    /// nil: no change.
    public var miss: TableMiss?
    public var eviction: Bool?
    /// OFPTMPEF_: what eviction looks at; nil: not said.
    public var evictionFlags: UInt32?
    public var vacancy: TableVacancy?
    public init(table: UInt8, miss: TableMiss? = nil, eviction: Bool? = nil, evictionFlags: UInt32? = nil, vacancy: TableVacancy? = nil) {
        (self.table, self.miss, self.eviction, self.evictionFlags, self.vacancy) = (table, miss, eviction, evictionFlags, vacancy)
    }
}

/// What a packet does that a table has no flow for (OFPTC_TABLE_MISS_ of OpenFlow 1.1 and 1.2).
public enum TableMiss: UInt8, Hashable, Sendable { case controller = 0, `continue` = 1, drop = 2
    /// As the version has it: to the controller before OpenFlow 1.3, dropped from there on.
    case standard = 3
}

/// OFPTMPT_VACANCY. Thresholds are percentages of free room.
public struct TableVacancy: Hashable, Sendable {
    public var isEnabled: Bool
    public var down: UInt8
    public var up: UInt8
    /// Free room now; 0 in a request.
    public var current: UInt8
    public init(isEnabled: Bool, down: UInt8, up: UInt8, current: UInt8) {
        (self.isEnabled, self.down, self.up, self.current) = (isEnabled, down, up, current)
    }
}

/// OFPMP_TABLE_DESC.
public struct TableDescription: Hashable, Sendable {
    public var table: UInt8
    public var eviction: Bool
    /// OFPTMPEF_; all ones: not said.
    public var evictionFlags: UInt32
    public var vacancy: TableVacancy
    public init(table: UInt8, eviction: Bool, evictionFlags: UInt32, vacancy: TableVacancy) {
        (self.table, self.eviction, self.evictionFlags, self.vacancy) = (table, eviction, evictionFlags, vacancy)
    }
}

/// OFPT_TABLE_STATUS.
public struct TableStatus: Hashable, Sendable {
    /// OFPTR_.
    public enum Reason: UInt8, Hashable, Sendable { case vacancyDown = 3, vacancyUp = 4 }
    public var reason: Reason
    public var description: TableDescription
    public init(_ reason: Reason, _ description: TableDescription) {
        self.reason = reason
        self.description = description
    }
}

/// OFPMP_TABLE. What the table can do is said in OpenFlow 1.0–1.2 along with its counters.
public struct TableStatistics: Hashable, Sendable {
    public var features: TableFeatures
    public var active: UInt32
    public var lookups: UInt64
    public var matches: UInt64
    public init(features: TableFeatures, active: UInt32, lookups: UInt64, matches: UInt64) {
        (self.features, self.active, self.lookups, self.matches) = (features, active, lookups, matches)
    }
}

/// OFPMP_TABLE_FEATURES.
public struct TableFeatures: Hashable, Sendable {
    /// OFPTFC_ of OpenFlow 1.5.
    public enum Command: UInt8, Hashable, Sendable { case replace = 0, modify = 1, enable = 2, disable = 3 }
    /// OFPIT_.
    public enum Instruction: UInt8, CaseIterable, Hashable, Sendable {
        case gotoTable = 1, writeMetadata, writeActions, applyActions, clearActions, meter
    }
    /// What flows of one kind, those of a table miss or all others, may do.
    public struct Flows: Hashable, Sendable {
        /// Tables that goto_table may name.
        public var nextTables: Set<UInt8> = []
        public var instructions: Set<Instruction> = []
        /// Those of OpenFlow itself; `ActionKind.setField` stands for all actions that set fields.
        public var writeActions: Set<ActionKind> = []
        public var applyActions: Set<ActionKind> = []
        public var writeSetFields: Set<Field> = []
        public var applySetFields: Set<Field> = []
        public init() {}
    }
    public var table: UInt8
    public var command = Command.replace
    public var name: String
    public var metadataMatch: UInt64 = .max
    public var metadataWrite: UInt64 = .max
    public var miss = TableMiss.standard
    public var supportsEviction = false
    public var supportsVacancy = false
    /// Flows that it holds at most.
    public var maximum: UInt32
    public var nonmiss = Flows()
    public var missFlows = Flows()
    /// Fields that may be matched on; those that may be masked; those that may be left out.
    public var matches: Set<Field> = []
    public var masks: Set<Field> = []
    public var wildcards: Set<Field> = []
    /// False: a request that says nothing of what flows may do.
    public var hasProperties = true
    public init(table: UInt8, name: String, maximum: UInt32) { (self.table, self.name, self.maximum) = (table, name, maximum) }
}

/// NXT_TLV_TABLE_MOD.
public struct TLVTableMod: Hashable, Sendable {
    public enum Command: UInt16, Hashable, Sendable { case add = 0, delete = 1, clear = 2 }
    public var command: Command
    public var mappings: [TLVMapping]
    public init(_ command: Command, _ mappings: [TLVMapping]) {
        self.command = command
        self.mappings = mappings
    }
}

/// A tunnel option (Geneve: class, type, bytes of its value) and the number of its field tun_metadataN.
public struct TLVMapping: Hashable, Sendable {
    public var optionClass: UInt16
    public var type: UInt8
    /// 4–124, a multiple of 4.
    public var length: UInt8
    /// 0–63.
    public var index: UInt16
    public init(optionClass: UInt16, type: UInt8, length: UInt8, index: UInt16) {
        (self.optionClass, self.type, self.length, self.index) = (optionClass, type, length, index)
    }
}

/// NXT_TLV_TABLE_REPLY.
public struct TLVTable: Hashable, Sendable {
    /// Bytes that all options may have, and how many fields there are.
    public var space: UInt32
    public var fields: UInt16
    public var mappings: [TLVMapping]
    public init(space: UInt32, fields: UInt16, mappings: [TLVMapping]) { (self.space, self.fields, self.mappings) = (space, fields, mappings) }
}

/// NXST_IPFIX_BRIDGE and NXST_IPFIX_FLOW.
public struct IPFIXStatistics: Hashable, Sendable {
    public var collectorSet: UInt32 = 0
    public var totalFlows: UInt64 = 0, currentFlows: UInt64 = 0, packets: UInt64 = 0
    public var ipv4Packets: UInt64 = 0, ipv6Packets: UInt64 = 0, errorPackets: UInt64 = 0, ipv4ErrorPackets: UInt64 = 0, ipv6ErrorPackets: UInt64 = 0
    public var transmittedPackets: UInt64 = 0, transmitErrors: UInt64 = 0
    public init() {}
}

/// NXT_CT_FLUSH: which connections are to be forgotten. What is nil is not looked at.
public struct CTFlush: Hashable, Sendable {
    /// One direction of a connection. Addresses are IPv6, or IPv4 mapped into it.
    public struct Tuple: Hashable, Sendable {
        public var src: BE128?
        public var dst: BE128?
        public var srcPort: UInt16?
        public var dstPort: UInt16?
        public var icmpID: UInt16?
        public var icmpType: UInt8?
        public var icmpCode: UInt8?
        public init() {}
    }
    /// 0: any.
    public var ipProto: UInt8 = 0
    public var zone: UInt16?
    public var original = Tuple()
    public var reply = Tuple()
    public init() {}
}
