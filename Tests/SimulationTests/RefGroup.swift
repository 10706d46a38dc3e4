import OFProto
import OpenFlow
import Wire

/// A group as the reference knows it.
struct RefGroup: Hashable {
    var id: UInt32
    var kind: GroupKind
    var buckets: [RefBucket] = []
    /// Of a select group: by which fields it hashes is its own affair, but a connection's packets have them alike.
    var hashesFields = false

    /// The buckets that a packet gets (OpenFlow 1.5.1, section 5.10.1), of a select group those of which it gets one.
    func chosen(in bridge: RefBridge) -> [RefBucket] {
        if kind == .select { return buckets.filter { $0.isLive(in: bridge, depth: 0) } }
        guard kind == .fastFailover else { return buckets }
        return buckets.first { $0.isLive(in: bridge, depth: 0) }.map { [$0] } ?? []
    }

    var mod: GroupMod {
        var mod = GroupMod(.add, kind: kind, group: id, buckets: buckets.map(\.bucket))
        if hashesFields {
            mod.selection.method = "hash"
            mod.selection.add(.ipv4Dst, bits: 0xffff_ffff)
            mod.selection.add(.ethSrc, bits: 0xffff_ffff_ffff)
        }
        return mod
    }
}

struct RefBucket: Hashable {
    var id: UInt32
    /// Of a select group.
    var weight: UInt16 = 0
    var watchPort: UInt16?
    var watchGroup: UInt32?
    var actions: [RefAction] = []

    /// OpenFlow 1.5.1, section 6.7.2. Groups that watch each other lead nowhere, so what is deeper than there are groups says nothing new.
    func isLive(in bridge: RefBridge, depth: Int) -> Bool {
        if watchPort == nil && watchGroup == nil { return true }
        if let watchPort, let port = bridge.port(watchPort), port.isLive { return true }
        guard let watchGroup, depth <= bridge.groups.count, let group = bridge.groups.first(where: { $0.id == watchGroup }) else { return false }
        return group.buckets.contains { $0.isLive(in: bridge, depth: depth + 1) }
    }

    var bucket: GroupBucket {
        GroupBucket(
            id: id, weight: weight, watchPort: watchPort.map { OFPort($0) } ?? .none, watchGroup: watchGroup ?? GroupNumber.any, actions: actions.flatMap(\.list))
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
