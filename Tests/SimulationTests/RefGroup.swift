import OFProto
import OpenFlow
import Wire

/// A group as the reference knows it: all, indirect or fast failover.
struct RefGroup: Hashable {
    var id: UInt32
    var kind: GroupKind
    var buckets: [RefBucket] = []

    /// The buckets that a packet gets (OpenFlow 1.5.1, section 5.10.1).
    func chosen(in bridge: RefBridge) -> [RefBucket] {
        guard kind == .fastFailover else { return buckets }
        return buckets.first { $0.isLive(in: bridge, depth: 0) }.map { [$0] } ?? []
    }

    var mod: GroupMod { GroupMod(.add, kind: kind, group: id, buckets: buckets.map(\.bucket)) }
}

struct RefBucket: Hashable {
    var id: UInt32
    var watchPort: UInt16?
    var watchGroup: UInt32?
    var actions: [RefAction] = []

    /// OpenFlow 1.5.1, section 6.7.2. Groups that watch each other lead nowhere, so what is deeper than there are groups says nothing new.
    func isLive(in bridge: RefBridge, depth: Int) -> Bool {
        if watchPort == nil && watchGroup == nil { return true }
        if let watchPort, let port = bridge.port(watchPort), !port.flags.contains(.down) { return true }
        guard let watchGroup, depth <= bridge.groups.count, let group = bridge.groups.first(where: { $0.id == watchGroup }) else { return false }
        return group.buckets.contains { $0.isLive(in: bridge, depth: depth + 1) }
    }

    var bucket: GroupBucket {
        GroupBucket(
            id: id, watchPort: watchPort.map { OFPort($0) } ?? .none, watchGroup: watchGroup ?? GroupNumber.any, actions: actions.map(\.action))
    }
}

extension RefAction {
    /// True if the action, or one within it, is this group.
    func names(group id: UInt32) -> Bool {
        switch self {
        case .group(let other): other == id
        case .clone(let list), .writeActions(let list): list.contains { $0.names(group: id) }
        default: false
        }
    }
}
