import Flow
import OpenFlow
import Wire

/// What a select group hashes to choose a bucket (ovs-ofctl(8), "Group Syntax", selection_method). The hashes are OVS's, so that the same buckets are chosen.
enum GroupChoice {
    /// "dp_hash", and by default: the datapath hashes, and the packet comes back.
    case datapath(GroupHash)
    /// "hash" with fields: bits of these, in the order of the fields.
    case fields([(field: Field, mask: UInt128)], basis: UInt32)
    /// "hash" without fields, and where the datapath's hash does not do: both directions of a connection get one bucket.
    case symmetric

    init(_ selection: GroupSelection, _ buckets: [Bucket]) {
        if selection.method == "hash", !selection.names.isEmpty {
            let fields = Set(selection.names).sorted { $0.rawValue < $1.rawValue }
            let parameter = selection.parameter
            self = .fields(
                fields.map { ($0, selection.fields.mask.value(of: $0)) },
                basis: FlowHash.words([UInt32(truncatingIfNeeded: parameter), UInt32(truncatingIfNeeded: parameter >> 32)], basis: 0, last: 8))
        } else {
            self = GroupHash(selection, buckets).map(Self.datapath) ?? .symmetric
        }
    }
}

extension Translator {
    /// A select group: the packet gets the live bucket that its hash picks.
    func runSelectGroup(_ group: Group, bridge: Bridge) {
        if wasMPLS { return recirculate(bridge: bridge) }
        switch group.choice {
        case .datapath(let choice):
            guard isHashed else {
                traceDetail("no live bucket")
                return recirculate(bridge: bridge, hash: choice.hash)
            }
            wildcards.key.l0.dpHash |= choice.mask
            run(choice.candidates(flow.key.l0.dpHash).first { bridge.isLive(group.buckets[$0]) }.map { group.buckets[$0] }, of: group, bridge: bridge)
        case .fields(let fields, let basis): run(bestBucket(of: group, hash(fields, basis: basis), bridge: bridge), of: group, bridge: bridge)
        case .symmetric:
            FlowHash.consult(.symmetricL4, of: flow.key, in: &wildcards.key)
            run(bestBucket(of: group, FlowHash.symmetricL4(flow.key, basis: 0), bridge: bridge), of: group, bridge: bridge)
        }
    }

    /// The live bucket with the highest score: a hash of its own, times its weight. When a bucket is not live, only its own packets go elsewhere.
    private func bestBucket(of group: Group, _ hash: UInt32, bridge: Bridge) -> Bucket? {
        var best: (bucket: Bucket, score: UInt32)?
        for bucket in group.buckets {
            guard bridge.isLive(bucket) else {
                traceDead(bucket)
                continue
            }
            let score = (FlowHash.pair(bucket.spec.id, hash) & 0xffff) &* UInt32(bucket.spec.weight)
            traceDetail("bucket \(bucket.spec.id): score \(score)")
            if score >= best?.score ?? 0 { best = (bucket, score) }
        }
        return best?.bucket
    }

    /// A field that the packet does not have is left out.
    private func hash(_ fields: [(field: Field, mask: UInt128)], basis: UInt32) -> UInt32 {
        var hash = basis
        for (field, mask) in fields where has(field.prerequisite) {
            wildcards.key.set(field, to: mask, mask: mask)
            let value = flow.key.value(of: field) & mask
            // OpenFlow's port numbers have 16 bits.
            let size = field == .inPort ? 2 : Int(field.place.size)
            hash = FlowHash.bytesAsWords((0..<size).map { UInt8(truncatingIfNeeded: value >> UInt128(8 * (size - 1 - $0))) }, basis: hash)
        }
        return hash
    }
}
