import Flow
import OpenFlow
import Wire

/// multipath (ovs-actions(7)): the number of a link, chosen by a hash of the packet, is loaded into a field.
extension Translator {
    func multipath(_ spec: MultipathSpec) {
        FlowHash.consult(spec.fields, of: flow.key, in: &wildcards.key)
        let hash = FlowHash.fields(spec.fields, of: flow.key, basis: UInt32(spec.basis))
        load(UInt128(spec.link(of: hash)), to: spec.destination)
    }

    /// Writes a number into some bits of a field.
    func load(_ value: UInt128, to range: FieldRange) {
        consult(range)
        let tagged = flow.key.l0.vlanTCI.host & VLANTCI.present != 0
        range.set(value, in: &flow.key)
        fixTag(wasTagged: tagged)
        if trace != nil { traceValue(range) }
    }
}

extension MultipathSpec {
    /// Links up to which all are weighed against each other; more are chosen among by iterated hashes.
    private static let mostWeighed: UInt32 = 64

    /// The link for a packet with this hash.
    func link(of hash: UInt32) -> UInt32 {
        let links = UInt32(maximumLink) + 1
        switch algorithm {
        case .moduloN: return hash % links
        case .hashThreshold: return links == 1 ? 0 : hash / (.max / links + 1)
        case .highestRandomWeight where links <= Self.mostWeighed:
            let weights = (0..<links).map { FlowHash.pair(hash, $0) }
            return UInt32(weights.indices.reduce(0) { weights[$1] > weights[$0] ? $1 : $0 })
        case .highestRandomWeight, .iteratedHash: return iterated(hash, links)
        }
    }

    /// Hashes until one names a link; the modulus is less than twice the number of links, so that half of all hashes do.
    private func iterated(_ hash: UInt32, _ links: UInt32) -> UInt32 {
        var modulus = argument
        if modulus < links || modulus / 2 > links { modulus = 1 << UInt32(UInt32.bitWidth - (links - 1).leadingZeroBitCount) }
        for round in 0..<UInt32(OFProtoLimits.hashRounds) {
            let link = FlowHash.pair(hash, round) % modulus
            if link < links { return link }
        }
        return hash % links
    }
}
