import Flow
import OpenFlow

// Flows that name tun_metadata fields: they may name those alone that an option is mapped to, which stays mapped as long as they do.

extension TLVMappings {
    /// The match with what it says of tun_metadata fields where this table has them in keys. `nxfmfcInvalidTLVField`: a field is not mapped.
    func placed(_ match: Match) throws(OFError) -> Match {
        guard !match.tunMetadata.isEmpty else { return match }
        var key = match.key, mask = match.mask
        var wanted: [TunMetadata] = []
        for one in match.tunMetadata {
            let place = try place(of: one.field), fitted = one.fitted(to: place.bytes)
            key.setTunMetadata(at: place, to: fitted.value)
            mask.setTunMetadata(at: place, to: fitted.mask ?? [UInt8](repeating: .max, count: place.bytes))
            key.l5.tunMetadataPresent |= place.presence
            mask.l5.tunMetadataPresent |= place.presence
            wanted.append(fitted)
        }
        return Match(key: key, mask: mask, tunMetadata: wanted)
    }

    /// As `placed`, of a match that may speak of fields that are not mapped: what it says of them does not count.
    func placedLeniently(_ match: Match) -> Match {
        let known = match.tunMetadata.filter { (try? place(of: $0.field)) != nil }
        let match = Match(key: match.key, mask: match.mask, tunMetadata: known)
        return (try? placed(match)) ?? match
    }

    /// What a packet's key says of tun_metadata fields.
    func present(in key: FlowKey) -> [TunMetadata] {
        guard key.l5.tunMetadataPresent != 0 else { return [] }
        return places.compactMap { $0 }.filter { key.l5.tunMetadataPresent & $0.presence != 0 }.compactMap { place in
            Field(rawValue: Field.tunMetadata0.rawValue + UInt8(place.index)).map { TunMetadata($0, value: key.tunMetadata(at: place)) }
        }
    }

    /// The actions with what they write to tun_metadata fields as it is in fields of that length, in as few bytes as it needs. `nxfmfcInvalidTLVField`: a field is not mapped; `bacBadSetLen`: it
    /// does not have the bits that an action names.
    func fitted(_ actions: [OFAction]) throws(OFError) -> [OFAction] {
        var result: [OFAction] = []
        for action in actions {
            for range in action.ranges where range.field.isTunMetadata {
                guard range.start + range.count <= (try place(of: range.field)).bytes * 8 else { throw .bacBadSetLen }
            }
            switch action {
            case .setTunMetadata(let written): result.append(.setTunMetadata(written.fitted(to: (try place(of: written.field)).bytes).shortest))
            case .deleteField(let field):
                if field.isTunMetadata { _ = try place(of: field) }
                result.append(action)
            case .clone(let nested): result.append(.clone(try fitted(nested)))
            case .writeActions(let nested): result.append(.writeActions(try fitted(nested)))
            default: result.append(action)
            }
        }
        return result
    }
}

extension Bridge {
    /// Counts the tun_metadata fields that a rule names; `change` is 1 when it enters a table and -1 when it leaves.
    func countTunMetadata(of rule: Rule, _ change: Int) {
        var named = rule.content.references.tunMetadata
        for wanted in rule.tunMetadata { named |= wanted.field.tunMetadataBit }
        while named != 0 {
            tunMetadataUsers[named.trailingZeroBitCount] += change
            named &= named - 1
        }
    }

    /// Bit N: a flow names tun_metadataN.
    private var usedTunMetadata: UInt64 {
        tunMetadataUsers.indices.reduce(0) { tunMetadataUsers[$1] > 0 ? $0 | 1 << UInt64($1) : $0 }
    }

    /// NXT_TLV_TABLE_MOD.
    func apply(_ mod: TLVTableMod, now: Int64) throws(OFError) {
        // Flows that are gone name nothing any more.
        reap(limit: .max, now: now)
        try tlvMappings.apply(mod, used: usedTunMetadata)
        // A field that came or went changes what the actions of groups do.
        ofproto.noteChange()
    }
}

extension Field {
    /// Bit N for tun_metadataN; 0 for other fields.
    var tunMetadataBit: UInt64 { tunMetadataIndex.map { 1 << UInt64($0) } ?? 0 }
}

extension OFAction {
    /// The tun_metadata fields that it names, lists within it not included: bit N for tun_metadataN.
    var tunMetadata: UInt64 {
        switch self {
        case .setTunMetadata(let written): written.field.tunMetadataBit
        case .deleteField(let field): field.tunMetadataBit
        default: ranges.reduce(0) { $0 | $1.field.tunMetadataBit }
        }
    }

    /// The ranges of fields that it names; lists of flows' actions within it not included.
    fileprivate var ranges: [FieldRange] {
        switch self {
        case .outputField(let range), .push(let range), .pop(let range), .checkPacketLarger(_, let range): [range]
        case .move(let from, let to): [from, to]
        case .multipath(let spec): [spec.destination]
        case .bundle(let spec): spec.destination.map { [$0] } ?? []
        case .learn(let spec): spec.parts.flatMap(\.ranges) + (spec.result.map { [$0] } ?? [])
        case .ct(let spec): spec.zone.ranges + spec.actions.flatMap(\.ranges)
        default: []
        }
    }
}

extension ConntrackSpec.Zone {
    fileprivate var ranges: [FieldRange] { if case .field(let range) = self { [range] } else { [] } }
}

extension LearnSpec.Part {
    fileprivate var ranges: [FieldRange] {
        var ranges: [FieldRange] = []
        if case .field(let range) = source { ranges.append(range) }
        switch destination {
        case .match(let range), .load(let range): ranges.append(range)
        case .output: break
        }
        return ranges
    }
}
