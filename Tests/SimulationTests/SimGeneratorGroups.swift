import OFProto
import OpenFlow

// Groups.
extension SimGenerator {
    /// A group with this number that names groups of higher numbers only.
    mutating func group(_ id: UInt32, for bridge: RefBridge) -> RefGroup {
        let kind = one([GroupKind.all, .all, .indirect, .fastFailover, .select, .select])
        var group = RefGroup(id: id, kind: kind)
        group.hashesFields = kind == .select && chance(40)
        for _ in 0..<(kind == .indirect ? 1 : below(4)) { group.buckets.append(bucket(of: group, for: bridge)) }
        return group
    }

    /// A further bucket.
    mutating func bucket(of group: RefGroup, for bridge: RefBridge) -> RefBucket {
        lastBucket += 1
        var bucket = RefBucket(id: lastBucket)
        if group.kind == .select { bucket.weight = UInt16(1 + below(3)) }
        if group.kind == .fastFailover || group.kind == .select && chance(30) {
            let watchesGroup = chance(25)
            if !watchesGroup || chance(20) { bucket.watchPort = bridge.ports.isEmpty || chance(10) ? UInt16(below(8)) : one(bridge.ports).number }
            if watchesGroup { bucket.watchGroup = UInt32(1 + below(8)) }
        }
        var later = bridge
        later.groups.removeAll { $0.id <= group.id }
        // In the order of an action set.
        if chance(20) { bucket.actions.append(.decTTL) }
        if chance(40) { bucket.actions.append(.set(.dlSrc, mac(), mask: 0xffff_ffff_ffff)) }
        if chance(40) { bucket.actions.append(.set(.nwDst, address(), mask: 0xffff_ffff)) }
        // Without an output an action set does nothing.
        bucket.actions = chance(90) ? bucket.actions + [chance(20) ? .resubmit(3) : end(later)] : []
        return bucket
    }
}
