import OpenFlow
import Wire

/// A bridge's groups by their numbers. Owner: the bridge.
struct GroupTable {
    private var groups: [UInt32: Group] = [:]
    /// Buckets of all groups.
    private(set) var bucketCount = 0
    /// How many buckets watch each port.
    private var watchers: [OFPort: Int] = [:]

    subscript(id: UInt32) -> Group? { groups[id] }
    var count: Int { groups.count }
    /// By rising number.
    var all: [Group] { groups.values.sorted { $0.id < $1.id } }
    /// The ports whose liveness matters.
    var watchedPorts: [OFPort] { watchers.keys.sorted { $0.number < $1.number } }

    mutating func insert(_ group: Group) {
        groups[group.id] = group
        enter(group.buckets)
    }

    mutating func remove(_ group: Group) {
        groups[group.id] = nil
        leave(group.buckets)
    }

    mutating func replace(_ group: Group, _ content: GroupContent) {
        leave(group.buckets)
        group.replace(content)
        enter(content.buckets)
    }

    private mutating func enter(_ buckets: [Bucket]) {
        bucketCount += buckets.count
        for bucket in buckets where bucket.spec.watchesPort { watchers[bucket.spec.watchPort, default: 0] += 1 }
    }

    private mutating func leave(_ buckets: [Bucket]) {
        bucketCount -= buckets.count
        for bucket in buckets where bucket.spec.watchesPort {
            let left = watchers[bucket.spec.watchPort, default: 0] - 1
            watchers[bucket.spec.watchPort] = left > 0 ? left : nil
        }
    }
}

/// What the groups were at some time.
struct GroupSnapshot {
    private let table: GroupTable
    private let contents: [(Group, GroupContent)]

    init(_ table: GroupTable) {
        self.table = table
        contents = table.all.map { ($0, $0.content) }
    }

    /// The groups as they were.
    func restored() -> GroupTable {
        for (group, content) in contents { group.replace(content) }
        return table
    }
}
