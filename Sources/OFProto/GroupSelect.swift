import Flow
import OpenFlow
import Wire

/// What a select group hashes to choose a bucket (ovs-ofctl(8), "Group Syntax", selection_method).
enum GroupChoice {
    /// "dp_hash", and by default: the datapath hashes, and the packet comes back.
    case datapath(GroupHash)
    /// "hash" with fields: these bits.
    case fields(MaskLines, withPorts: Bool)
    /// "hash" without fields, and where the datapath's hash does not do: both directions of a connection get one bucket.
    case symmetric

    init(_ selection: GroupSelection, _ buckets: [Bucket]) {
        let lines = MaskLines(selection.fields.mask)
        if selection.method == "hash", lines.count > 0 {
            self = .fields(lines, withPorts: selection.fields.mask.l0.tpSrc != .zero || selection.fields.mask.l0.tpDst != .zero)
        } else {
            self = GroupHash(selection, buckets).map(Self.datapath) ?? .symmetric
        }
    }
}

extension Translator {
    /// A select group: the packet gets the live bucket that its hash picks.
    func runSelectGroup(_ group: Group, bridge: Bridge) {
        if wasMPLS { return recirculate(bridge: bridge) }
        guard case .datapath(let choice) = group.choice else { return run(selectBucket(of: group, bridge: bridge), of: group, bridge: bridge) }
        guard isHashed else {
            traceDetail("no live bucket")
            return recirculate(bridge: bridge, hash: choice.hash)
        }
        wildcards.key.l0.dpHash |= choice.mask
        run(choice.candidates(flow.key.l0.dpHash).first { bridge.isLive(group.buckets[$0]) }.map { group.buckets[$0] }, of: group, bridge: bridge)
    }

    /// The bucket that translation's own hash picks: of the live ones, in proportion to their weights. When a bucket is not
    /// live, only its own packets go elsewhere.
    private func selectBucket(of group: Group, bridge: Bridge) -> Bucket? {
        let hash = switch group.choice {
        case .fields(let lines, let withPorts): hashFields(lines, withPorts: withPorts, basis: group.selection.parameter)
        default: hashConnection(basis: group.selection.parameter)
        }
        guard let first = pick(group.buckets, hash) else { return nil }
        if bridge.isLive(first) { return first }
        return pick(group.buckets.filter(bridge.isLive), mixed(hash, 1))
    }

    /// Buckets of weight 0 are never picked.
    private func pick(_ buckets: [Bucket], _ hash: UInt64) -> Bucket? {
        let total = buckets.reduce(0) { $0 + UInt64($1.spec.weight) }
        guard total > 0 else { return nil }
        // The hash as a fraction, of the sum of weights.
        var place = hash.multipliedFullWidth(by: total).high
        for bucket in buckets {
            if place < UInt64(bucket.spec.weight) { return bucket }
            place -= UInt64(bucket.spec.weight)
        }
        return nil
    }

    private func hashFields(_ lines: MaskLines, withPorts: Bool, basis: UInt64) -> UInt64 {
        lines.fold(into: wildcards)
        // Ports mean something only together with the protocol.
        if isIP, withPorts { wildcards.key.l0.nwProto = .max }
        var hash = mixed(0, basis)
        for at in 0..<lines.count {
            let line = flow[line: lines.indices[at]] & lines.masks[at]
            for word in 0..<8 { hash = mixed(hash, line[word]) }
        }
        return hash
    }

    /// Without IP, the connection is one of Ethernet addresses.
    private func hashConnection(basis: UInt64) -> UInt64 {
        var near: UInt64, far: UInt64, proto: UInt64 = 0
        if isIP {
            (near, far) = hashAddresses()
            wildcards.key.l0.nwProto = .max
            wildcards.key.l0.nwFrag = FragmentBits.mask
            proto = UInt64(flow.key.l0.nwProto)
            if hasPorts {
                wildcards.key.l0.tpSrc = .ones
                wildcards.key.l0.tpDst = .ones
                near = mixed(near, UInt64(flow.key.l0.tpSrc.host))
                far = mixed(far, UInt64(flow.key.l0.tpDst.host))
            }
        } else {
            wildcards.key.l0.dlSrc = .broadcast
            wildcards.key.l0.dlDst = .broadcast
            (near, far) = (mixed(0, flow.key.l0.dlSrc.number), mixed(0, flow.key.l0.dlDst.number))
        }
        if near > far { swap(&near, &far) }
        return mixed(mixed(mixed(near, far), proto), basis)
    }

    private func hashAddresses() -> (UInt64, UInt64) {
        if flow.key.l0.dlType == XlateTypes.ipv4 {
            wildcards.key.l0.nwSrc = .ones
            wildcards.key.l0.nwDst = .ones
            return (mixed(0, UInt64(flow.key.l0.nwSrc.host)), mixed(0, UInt64(flow.key.l0.nwDst.host)))
        }
        wildcards.key.l1.ipv6Src = .ones
        wildcards.key.l1.ipv6Dst = .ones
        let (source, destination) = (flow.key.l1.ipv6Src, flow.key.l1.ipv6Dst)
        return (mixed(mixed(0, source.high), source.low), mixed(mixed(0, destination.high), destination.low))
    }

    private var hasPorts: Bool {
        let proto = flow.key.l0.nwProto
        guard flow.key.l0.nwFrag & FragmentBits.any == 0 else { return false }
        return proto == IPProtocol.tcp || proto == IPProtocol.udp || proto == IPProtocol.sctp
    }
}

/// A word is added to a hash.
private func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    var state = hash ^ word
    // Twice, so that hash and word do not cancel each other out where both are small.
    state = splitMix64(&state) ^ (hash &* 0x9E37_79B9_7F4A_7C15)
    return splitMix64(&state)
}
