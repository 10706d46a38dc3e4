import Flow
import Wire

// The buckets of a group: "bucket=bucket_id:0,weight:2,watch_port:1,actions=output:1,output:2".

extension GroupSyntax {
    /// `text` starts with "bucket=". Buckets without a number get the first ones that are free.
    func buckets(_ text: TextSlice, _ mod: GroupMod) throws(FlowSyntaxError) -> [GroupBucket] {
        var buckets: [GroupBucket] = []
        var rest: TextSlice? = text
        while let current = rest {
            guard buckets.count < Limits.bucketsInGroup else { throw FlowSyntaxError("too many buckets", current) }
            let content = current.suffix(from: current.start + "bucket=".utf8.count)
            let next = content.firstRange(of: "bucket=")
            buckets.append(try bucket(next.map { content.prefix(to: $0) } ?? content, mod))
            rest = next.map { content.suffix(from: $0) }
        }
        number(&buckets)
        return buckets
    }

    private func bucket(_ text: TextSlice, _ mod: GroupMod) throws(FlowSyntaxError) -> GroupBucket {
        var bucket = GroupBucket(id: GroupBucket.idAll, weight: mod.kind == .select ? 1 : 0)
        // Everything else is an action. The list is put together from the parts, which the grammar has cut already.
        var actions = ""
        var parts = KeyValues(text)
        while let part = parts.next() {
            let value = part.value
            switch part.key.lowercase {
            case "weight": bucket.weight = try small(value, "weight")
            case "watch_port":
                guard let port = OFPort(text: value, ports: ports), port < .maximum || port == .none else {
                    throw FlowSyntaxError("\(value.string): invalid watch_port", value)
                }
                bucket.watchPort = port
            case "watch_group":
                bucket.watchGroup = try OpenFlow.number(value)
                guard bucket.watchGroup <= GroupNumber.maximum else { throw FlowSyntaxError("invalid watch_group id \(bucket.watchGroup)", value) }
            case "bucket_id":
                bucket.id = try OpenFlow.number(value)
                guard bucket.id <= GroupBucket.idMaximum else { throw FlowSyntaxError("invalid bucket_id id \(bucket.id)", value) }
            case "action", "actions": actions += value.string + ","
            default: actions += part.key.string + "(" + value.string + "),"
            }
        }
        guard !actions.isEmpty else { throw FlowSyntaxError("bucket must specify actions", text) }
        guard mod.kind != .fastFailover || bucket.watchPort != .none || bucket.watchGroup != GroupNumber.any else {
            throw FlowSyntaxError("fast failover bucket requires watch_port or watch_group", text)
        }
        bucket.actions = try bucketActions(actions, text)
        guard mod.kind == .select || bucket.weight == 0 || mod.command == .insertBucket else {
            throw FlowSyntaxError("Only select groups can have bucket weights.", text)
        }
        return bucket
    }

    private func bucketActions(_ list: String, _ text: TextSlice) throws(FlowSyntaxError) -> [OFAction] {
        var parser = ActionParser(ports: ports)
        do throws(FlowSyntaxError) {
            return try parser.parse(TextSlice(list), in: .bucket)
        } catch {
            throw FlowSyntaxError(error.message, text)
        }
    }

    private func number(_ buckets: inout [GroupBucket]) {
        guard let first = buckets.firstIndex(where: { $0.id == GroupBucket.idAll }) else { return }
        // As ovs-ofctl has it, ids in front of the first bucket without one are not looked at.
        let taken = Set(buckets[first...].map(\.id))
        var free: UInt32 = 0
        for index in buckets.indices where buckets[index].id == GroupBucket.idAll {
            while taken.contains(free) { free += 1 }
            buckets[index].id = free
            free += 1
        }
    }
}
