import Flow
import Wire

/// OFPG_: group numbers with a meaning.
public enum GroupNumber {
    /// The highest number that a group may have.
    public static let maximum: UInt32 = 0xffff_ff00
    public static let all: UInt32 = 0xffff_fffc
    public static let any: UInt32 = 0xffff_ffff
}

/// OFPGT_.
public enum GroupKind: UInt8, CaseIterable, Hashable, Sendable { case all = 0, select = 1, indirect = 2, fastFailover = 3 }

/// A bucket of a group.
public struct GroupBucket: Hashable, Sendable {
    /// OpenFlow 1.5 and the extension say it; otherwise buckets are numbered from 0.
    public var id: UInt32
    /// For a select group.
    public var weight: UInt16
    /// For a fast failover group; `OFPort.none` and `GroupNumber.any`: none.
    public var watchPort: OFPort
    public var watchGroup: UInt32
    public var actions: [OFAction]
    public init(id: UInt32, weight: UInt16 = 0, watchPort: OFPort = .none, watchGroup: UInt32 = GroupNumber.any, actions: [OFAction] = []) {
        (self.id, self.weight, self.watchPort, self.watchGroup, self.actions) = (id, weight, watchPort, watchGroup, actions)
    }
    public static let idMaximum: UInt32 = 0xffff_ff00
    public static let idFirst: UInt32 = 0xffff_fffd
    public static let idLast: UInt32 = 0xffff_fffe
    public static let idAll: UInt32 = 0xffff_ffff
}

/// How a select group chooses (NTR_SELECTION_METHOD).
public struct GroupSelection: Hashable, Sendable {
    /// "", "hash" or "dp_hash"; at most 15 bytes.
    public var method = ""
    public var parameter: UInt64 = 0
    /// For "hash": the bits that count.
    public var fields = Match()
    /// For "hash": the fields as they were named, which tells those apart that share bits of a key (tcp_src and udp_src).
    public var names: [Field] = []
    public init() {}

    /// Adds bits of a field, counted in the field's value.
    public mutating func add(_ field: Field, bits: UInt128) {
        names.append(field)
        fields.mask.set(field, to: .max, mask: bits)
        fields.key.set(field, to: .max, mask: bits)
    }
}

/// OFPT_GROUP_MOD, NXT_GROUP_MOD.
public struct GroupMod: Hashable, Sendable {
    /// OFPGC_; addOrModify is the extension's, the bucket commands are OpenFlow 1.5's and the extension's.
    public enum Command: UInt16, Hashable, Sendable { case add = 0, modify = 1, delete = 2, insertBucket = 3, removeBucket = 5, addOrModify = 0x8000 }
    public var command: Command
    public var kind: GroupKind
    public var group: UInt32
    /// Where the bucket commands apply.
    public var bucketID: UInt32 = GroupBucket.idAll
    public var buckets: [GroupBucket]
    public var selection = GroupSelection()
    public init(_ command: Command, kind: GroupKind, group: UInt32, buckets: [GroupBucket]) {
        (self.command, self.kind, self.group, self.buckets) = (command, kind, group, buckets)
    }
}

/// OFPMP_GROUP_DESC.
public struct GroupDescription: Hashable, Sendable {
    public var group: UInt32
    public var kind: GroupKind
    public var buckets: [GroupBucket]
    public var selection: GroupSelection
    public init(group: UInt32, kind: GroupKind, buckets: [GroupBucket], selection: GroupSelection) {
        (self.group, self.kind, self.buckets, self.selection) = (group, kind, buckets, selection)
    }
}

/// OFPMP_GROUP.
public struct GroupStatistics: Hashable, Sendable {
    public var group: UInt32
    /// Flows and groups that name it.
    public var references: UInt32
    public var packets: UInt64
    public var bytes: UInt64
    /// Nanoseconds; OpenFlow 1.3 and later.
    public var duration: UInt64
    public var buckets: [Counter]
    public struct Counter: Hashable, Sendable {
        public var packets: UInt64
        public var bytes: UInt64
        public init(packets: UInt64, bytes: UInt64) { (self.packets, self.bytes) = (packets, bytes) }
    }
    public init(group: UInt32, references: UInt32, packets: UInt64, bytes: UInt64, duration: UInt64, buckets: [Counter]) {
        (self.group, self.references, self.packets, self.bytes, self.duration, self.buckets) = (group, references, packets, bytes, duration, buckets)
    }
}

/// OFPMP_GROUP_FEATURES. Arrays are by `GroupKind`.
public struct GroupFeatures: Hashable, Sendable {
    /// Bit n: kind n.
    public var kinds: UInt32
    /// OFPGFC_.
    public var capabilities: UInt32
    public var maximums: [UInt32]
    /// Bit n: OFPAT_ number n.
    public var actions: [UInt32]
    public init(kinds: UInt32, capabilities: UInt32, maximums: [UInt32], actions: [UInt32]) {
        (self.kinds, self.capabilities, self.maximums, self.actions) = (kinds, capabilities, maximums, actions)
    }
}
