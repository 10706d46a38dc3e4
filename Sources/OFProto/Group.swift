import OpenFlow
import Wire

/// A group of a bridge (OpenFlow 1.5.1, section 5.10): buckets of actions, some of which a packet gets.
///
/// A modification replaces kind, selection and buckets of the same object, so that the rules that name the group stay known.
/// As in OVS, it sets the group's own counters to zero and leaves its duration alone; buckets that stay keep their counters.
/// Owner: the ofproto thread. Megaflows keep the groups and buckets that they credit alive.
final class Group {
    let id: UInt32
    private(set) var kind: GroupKind
    private(set) var selection: GroupSelection
    private(set) var buckets: [Bucket]
    /// How a select group chooses.
    private(set) var choice: GroupChoice
    let created: Int64
    private(set) var packets: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    /// The rules that name it.
    var users = RuleSet()

    init(_ id: UInt32, _ content: GroupContent, now: Int64) {
        self.id = id
        kind = content.kind
        selection = content.selection
        buckets = content.buckets
        choice = GroupChoice(content.selection, content.buckets)
        created = now
    }

    var content: GroupContent { GroupContent(kind: kind, selection: selection, buckets: buckets) }

    func replace(_ content: GroupContent) {
        kind = content.kind
        selection = content.selection
        buckets = content.buckets
        choice = GroupChoice(content.selection, content.buckets)
        (packets, bytes) = (0, 0)
    }

    /// Packets that one bucket, or with nil all buckets, got.
    func credit(_ bucket: Bucket?, packets: UInt64, bytes: UInt64) {
        self.packets &+= packets
        self.bytes &+= bytes
        if let bucket { return bucket.credit(packets: packets, bytes: bytes) }
        for bucket in buckets { bucket.credit(packets: packets, bytes: bytes) }
    }

    var description: GroupDescription {
        GroupDescription(group: id, kind: kind, buckets: buckets.map(\.spec), selection: selection)
    }

    func statistics(now: Int64) -> GroupStatistics {
        GroupStatistics(
            group: id, references: UInt32(clamping: users.count), packets: packets, bytes: bytes, duration: nanoseconds(from: created, to: now),
            buckets: buckets.map { GroupStatistics.Counter(packets: $0.packets, bytes: $0.bytes) })
    }
}

/// What a modification may change of a group.
struct GroupContent {
    var kind: GroupKind
    var selection: GroupSelection
    var buckets: [Bucket]
}

/// A bucket: its actions, as an action set in the order of execution, and its counters. Owner: its group.
final class Bucket {
    let spec: GroupBucket
    let program: [XAction]
    private(set) var packets: UInt64 = 0
    private(set) var bytes: UInt64 = 0

    init(_ spec: GroupBucket, program: [XAction]) {
        self.spec = spec
        self.program = program
    }

    func credit(packets: UInt64, bytes: UInt64) {
        self.packets &+= packets
        self.bytes &+= bytes
    }
}

extension GroupBucket {
    var watchesPort: Bool { watchPort != .none }
    var watchesGroup: Bool { watchGroup != GroupNumber.any }
    /// True if whether the bucket is live depends on a port or a group.
    var hasLiveness: Bool { watchesPort || watchesGroup }
}

/// OpenFlow's durations are in nanoseconds, the ofproto thread's clock is in milliseconds.
func nanoseconds(from start: Int64, to end: Int64) -> UInt64 { UInt64(clamping: end - start) &* 1_000_000 }
