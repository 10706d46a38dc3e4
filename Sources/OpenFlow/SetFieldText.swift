import Flow
import Wire

// How a `setField` is written: the smallest field that covers what it sets.

extension ActionPrinter {
    func setField(_ match: Match) -> String {
        guard let field = field(of: match) else { return several(match) }
        let value = MaskedValue(value: match.key.value(of: field), mask: match.mask.value(of: field))
        if style == .openFlow15 || hasNoLoad(field) { return "set_field:" + field.actionText(value, names: names) + "->" + field.name }
        return legacy(field, value) ?? loads(field, value)
    }

    /// The field that holds all the bits that `match` sets, and means something for the packet; of several, the one that has fewest
    /// other bits.
    private func field(of match: Match) -> Field? {
        var best: Field?
        var bestScore = Int.max
        for field in Field.allCases where isCandidate(field, match) {
            var rest = match.mask
            rest.set(field, to: 0)
            if field == .tunSrc || field == .tunDst, match.key.hasFrame(of: field, asMask: false) { rest.clearFrame(of: field) }
            guard rest.usedLines.isEmpty, match.mask.value(of: field) != 0 else { continue }
            let suits = packet.key.satisfies(field.row.prerequisite, under: packet.mask)
            let score = field.place.ones.nonzeroBitCount + (suits ? 0 : 1000)
            if score < bestScore {
                best = field
                bestScore = score
            }
        }
        return best
    }

    /// dl_vlan and dl_vlan_pcp have no header of their own; vlan_vid and vlan_pcp need a tag and are for whole values, and so is
    /// ip_dscp, which is nw_tos's newer name.
    private func isCandidate(_ field: Field, _ match: Match) -> Bool {
        switch field {
        case .dlVLAN, .dlVLANPCP: false
        case .vlanVID, .vlanPCP:
            match.mask.value(of: field) == field.place.ones && packet.key.satisfies(.vlan, under: packet.mask)
        case .nwTOS: style == .openFlow10 || match.mask.l0.nwTOS & 3 != 0
        default: field.row.writable
        }
    }

    /// What sets more than one field is written as one set_field a field.
    private func several(_ match: Match) -> String {
        var rest = match.mask
        var parts: [String] = []
        for field in Field.allCases where isCandidate(field, match) && rest.value(of: field) != 0 {
            var part = Match()
            part.mask.set(field, to: rest.value(of: field))
            part.key.set(field, to: match.key.value(of: field) & rest.value(of: field))
            guard packet.key.satisfies(field.row.prerequisite, under: packet.mask) else { continue }
            parts.append(setField(part))
            rest.set(field, to: 0)
        }
        return parts.joined(separator: ",")
    }

    /// Fields with 64-bit headers do not fit OpenFlow 1.0's load.
    private func hasNoLoad(_ field: Field) -> Bool { field.row.nxm?.hasPrefix("NXOXM") ?? true }

    /// The action of OpenFlow 1.0 that sets a whole field; nil if it has none.
    private func legacy(_ field: Field, _ value: MaskedValue) -> String? {
        guard value.mask == field.place.ones else { return nil }
        switch field {
        case .vlanVID: return "mod_vlan_vid:\(value.value & 0xfff)"
        case .vlanPCP: return "mod_vlan_pcp:\(value.value)"
        case .ethSrc, .ethDst: return "mod_dl_\(field == .ethSrc ? "src" : "dst"):" + field.actionText(value, names: names)
        case .ipv4Src, .ipv4Dst: return "mod_nw_\(field == .ipv4Src ? "src" : "dst"):" + field.actionText(value, names: names)
        case .nwTOS: return "mod_nw_tos:\(value.value)"
        case .ipDSCP: return "mod_nw_tos:\(value.value << 2)"
        case .tcpSrc, .udpSrc: return "mod_tp_src:\(value.value)"
        case .tcpDst, .udpDst: return "mod_tp_dst:\(value.value)"
        case .tunID: return value.value >> 32 == 0 ? "set_tunnel:" + hex(value.value) : "set_tunnel64:" + hex(value.value)
        default: return nil
        }
    }

    /// One load for each run of bits, at most 64 bits long.
    private func loads(_ field: Field, _ value: MaskedValue) -> String {
        if value.mask == field.place.ones, field.bits <= 64 { return "load:" + hex(value.value) + "->" + FieldRange(field).text }
        var parts: [String] = []
        var position = 0
        let width = 128 - value.mask.leadingZeroBitCount
        while position < width {
            guard value.mask >> UInt128(position) & 1 != 0 else { position += 1; continue }
            var count = 0
            while count < 64, position + count < width, value.mask >> UInt128(position + count) & 1 != 0 { count += 1 }
            let range = FieldRange(field: field, start: position, count: count)
            let bits = (value.value & range.mask) >> UInt128(position)
            parts.append("load:" + hex(bits) + "->" + range.text)
            position += count
        }
        return parts.joined(separator: ",")
    }
}
