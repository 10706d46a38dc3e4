import OpenFlow
import Wire

extension Bridge {
    /// Carries out a group modification (OpenFlow 1.5.1, section 7.3.4.3; ovs-ofctl(8), "Group Syntax"). As in OVS, buckets may name groups that
    /// there are not, or that lead back: a packet passes over the former, and one that goes round too often is dropped.
    /// Throws `OFError`, one of the gmfc… or bacTooMany; nothing is changed then.
    public func apply(_ mod: GroupMod, now: Int64) throws(OFError) {
        try check(mod)
        switch mod.command {
        case .add: try addGroup(mod, now: now)
        case .modify: try modifyGroup(mod)
        case .addOrModify: if groups[mod.group] == nil { try addGroup(mod, now: now) } else { try modifyGroup(mod) }
        case .delete: deleteGroups(mod.group, now: now)
        case .insertBucket: try insertBuckets(mod)
        case .removeBucket: try removeBuckets(mod)
        }
    }

    // MARK: Checks

    /// What is wrong with a modification whatever groups there are.
    private func check(_ mod: GroupMod) throws(OFError) {
        if mod.kind == .indirect, [.add, .modify, .addOrModify].contains(mod.command), mod.buckets.count != 1 { throw .gmfcInvalidGroup }
        if mod.command == .removeBucket, !mod.buckets.isEmpty { throw .gmfcBadBucket }
        if [.insertBucket, .removeBucket].contains(mod.command) { try checkCommandBucket(mod) }
        var ids: Set<UInt32> = []
        for bucket in mod.buckets {
            guard bucket.id <= GroupBucket.idMaximum, ids.insert(bucket.id).inserted else { throw .gmfcBadBucket }
            // Buckets to be inserted come without the group's kind.
            if mod.command != .insertBucket { try check(bucket, kind: mod.kind) }
        }
    }

    private func checkCommandBucket(_ mod: GroupMod) throws(OFError) {
        let reserved = [GroupBucket.idFirst, GroupBucket.idLast, GroupBucket.idAll]
        guard mod.bucketID <= GroupBucket.idMaximum || reserved.contains(mod.bucketID) else { throw .gmfcBadBucket }
    }

    private func check(_ bucket: GroupBucket, kind: GroupKind) throws(OFError) {
        if bucket.weight != 0, kind != .select { throw .gmfcInvalidGroup }
        switch kind {
        case .all, .indirect: if bucket.hasLiveness { throw .gmfcWatchUnsupported }
        case .fastFailover: if !bucket.hasLiveness { throw .gmfcInvalidGroup }
        case .select: break
        }
    }

    // MARK: Groups

    private func addGroup(_ mod: GroupMod, now: Int64) throws(OFError) {
        guard mod.group <= GroupNumber.maximum else { throw .gmfcInvalidGroup }
        guard groups[mod.group] == nil else { throw .gmfcGroupExists }
        guard groups.count < ofproto.limits.groupsPerBridge else { throw .gmfcOutOfGroups }
        let buckets = try compiled(mod.buckets, replacing: 0)
        groups.insert(Group(mod.group, GroupContent(kind: mod.kind, selection: mod.selection, buckets: buckets), now: now))
        groupsChanged()
    }

    private func modifyGroup(_ mod: GroupMod) throws(OFError) {
        guard let group = groups[mod.group] else { throw .gmfcUnknownGroup }
        let buckets = try compiled(mod.buckets, replacing: group.buckets.count)
        groups.replace(group, GroupContent(kind: mod.kind, selection: mod.selection, buckets: buckets))
        groupsChanged()
    }

    /// Deletes a group, or all, with the flows that name it. None to delete is no error.
    private func deleteGroups(_ id: UInt32, now: Int64) {
        let doomed = id == GroupNumber.all ? groups.all : [groups[id]].compactMap { $0 }
        guard !doomed.isEmpty else { return }
        for group in doomed {
            for rule in group.users.all { remove(rule, reason: .groupDelete, now: now) }
            groups.remove(group)
        }
        groupsChanged()
    }

    // MARK: Buckets

    private func insertBuckets(_ mod: GroupMod) throws(OFError) {
        guard let group = groups[mod.group] else { throw .gmfcUnknownGroup }
        let known = Set(group.buckets.map(\.spec.id))
        guard mod.buckets.allSatisfy({ !known.contains($0.id) }) else { throw .gmfcBucketExists }
        let place: Int
        switch mod.bucketID {
        case GroupBucket.idFirst: place = 0
        case GroupBucket.idLast: place = group.buckets.count
        default: place = try index(of: mod.bucketID, in: group) + 1
        }
        var content = group.content
        content.buckets.insert(contentsOf: try compiled(mod.buckets, replacing: 0), at: place)
        groups.replace(group, content)
        groupsChanged()
    }

    /// The first or the last bucket of a group without any is removed without error.
    private func removeBuckets(_ mod: GroupMod) throws(OFError) {
        guard let group = groups[mod.group] else { throw .gmfcUnknownGroup }
        var content = group.content
        switch mod.bucketID {
        case GroupBucket.idAll: content.buckets = []
        case GroupBucket.idFirst: content.buckets = Array(content.buckets.dropFirst())
        case GroupBucket.idLast: content.buckets = content.buckets.dropLast()
        default: content.buckets.remove(at: try index(of: mod.bucketID, in: group))
        }
        groups.replace(group, content)
        groupsChanged()
    }

    private func index(of bucket: UInt32, in group: Group) throws(OFError) -> Int {
        guard let index = group.buckets.firstIndex(where: { $0.spec.id == bucket }) else { throw .gmfcUnknownBucket }
        return index
    }

    /// Buckets that can be run. `replacing`: how many buckets they take the place of.
    private func compiled(_ specs: [GroupBucket], replacing: Int) throws(OFError) -> [Bucket] {
        guard groups.bucketCount - replacing + specs.count <= ofproto.limits.bucketsPerBridge else { throw .gmfcOutOfBuckets }
        var buckets: [Bucket] = []
        buckets.reserveCapacity(specs.count)
        for spec in specs {
            do throws(FlowModError) {
                buckets.append(Bucket(spec, program: orderActionSet(try compile(spec.actions))))
            } catch {
                throw .bacTooMany
            }
        }
        return buckets
    }

    private func groupsChanged() {
        refreshLinks()
        ofproto.noteChange()
    }
}
