import OpenFlow

/// The group action (OpenFlow 1.5.1, section 5.10.1).
extension Translator {
    /// all: every bucket, each on a copy of the packet. indirect: the same with its one bucket. select: the bucket that the packet's hash
    /// picks. fast failover: the first live bucket. A group that there is not does nothing.
    func runGroup(_ id: UInt32, bridge: Bridge) {
        guard mayResubmit() else { return }
        guard let group = bridge.groups[id] else { return traceWarning("nonexistent group") }
        switch group.kind {
        case .all, .indirect:
            for bucket in group.buckets { run(bucket, bridge: bridge) }
            credit(.group(group, nil))
        case .fastFailover:
            let bucket = bridge.firstLiveBucket(of: group)
            if trace != nil { traceDead(before: bucket, of: group) }
            run(bucket, of: group, bridge: bridge)
        case .select: runSelectGroup(group, bridge: bridge)
        }
    }

    func run(_ bucket: Bucket?, of group: Group, bridge: Bridge) {
        guard let bucket else { return traceDetail("no live bucket") }
        traceDetail("using bucket \(bucket.spec.id)")
        run(bucket, bridge: bridge)
        credit(.group(group, bucket))
    }

    /// The buckets of a fast failover group that are passed over.
    private func traceDead(before chosen: Bucket?, of group: Group) {
        for bucket in group.buckets.prefix(while: { $0 !== chosen }) { traceDead(bucket) }
    }

    func traceDead(_ bucket: Bucket) {
        let spec = bucket.spec
        let cause = spec.watchesPort ? " due to port \(spec.watchPort.number)" : spec.watchesGroup ? " due to group \(spec.watchGroup)" : ""
        traceDetail("bucket \(spec.id): not live\(cause)")
    }

    /// The bucket's actions are an action set of their own. What a table that they lead to writes goes into the packet's action set.
    private func run(_ bucket: Bucket, bridge: Bridge) {
        guard failure == nil, !bucket.program.isEmpty else { return }
        guard depth < OFProtoLimits.resubmitDepth else { return failure = .tooDeep }
        buckets += 1
        guard buckets <= OFProtoLimits.bucketsTotal else { return failure = .tooManyBuckets }
        depth += 1
        let line = trace?.place
        defer { if let line { trace?.leave(to: line) } }
        trace?.enter(.bucket, "bucket \(bucket.spec.id)")
        var written = actionSet
        isolated(keepsStack: true) {
            actionSet = written
            // An action set holds no goto_table.
            _ = run(bucket.program, bridge: bridge)
            written = actionSet
        }
        actionSet = written
        depth -= 1
    }
}
