import OpenFlow
@testable import OFProto

// What a controller does to groups.
extension Simulation {
    /// A new group under one of eight numbers, if one is free.
    func addGroup(_ bridge: Int) {
        let free = (1...8 as ClosedRange<UInt32>).filter { id in !state.bridges[bridge].groups.contains { $0.id == id } }
        guard !free.isEmpty else { return }
        add(random.group(random.one(free), for: state.bridges[bridge]), bridge)
    }

    func add(_ group: RefGroup, _ bridge: Int) {
        apply(group.mod, bridge)
        state.bridges[bridge].groups.append(group)
        noteState()
    }

    /// A group gets other content, a bucket more or less, or goes.
    func changeGroup(_ bridge: Int) {
        guard !state.bridges[bridge].groups.isEmpty else { return }
        let index = random.below(state.bridges[bridge].groups.count)
        var group = state.bridges[bridge].groups[index]
        switch random.below(5) {
        case 0: return deleteGroup(group, bridge)
        case 1 where group.kind != .indirect:
            let bucket = random.bucket(of: group, for: state.bridges[bridge])
            group.buckets.insert(bucket, at: 0)
            change(group, .insertBucket, [bucket], at: GroupBucket.idFirst, bridge)
        case 2 where group.kind != .indirect && !group.buckets.isEmpty:
            group.buckets.removeLast()
            change(group, .removeBucket, [], at: GroupBucket.idLast, bridge)
        default:
            group = random.group(group.id, for: state.bridges[bridge])
            var mod = group.mod
            mod.command = .modify
            apply(mod, bridge)
        }
        state.bridges[bridge].groups[index] = group
        noteState()
    }

    private func change(_ group: RefGroup, _ command: GroupMod.Command, _ buckets: [RefBucket], at place: UInt32, _ bridge: Int) {
        var mod = GroupMod(command, kind: group.kind, group: group.id, buckets: buckets.map(\.bucket))
        mod.bucketID = place
        apply(mod, bridge)
    }

    /// The rules that name the group go with it.
    private func deleteGroup(_ group: RefGroup, _ bridge: Int) {
        apply(GroupMod(.delete, kind: group.kind, group: group.id, buckets: []), bridge)
        state.bridges[bridge].groups.removeAll { $0.id == group.id }
        for rule in state.bridges[bridge].rules where rule.actions.contains(where: { $0.names(group: group.id) }) { lives[rule.id] = nil }
        state.bridges[bridge].rules.removeAll { $0.actions.contains { $0.names(group: group.id) } }
        noteState()
    }

    private func apply(_ mod: GroupMod, _ bridge: Int) {
        do throws(OFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.apply(mod, now: now)
        } catch { fail("\(error) for \(mod)") }
    }
}
