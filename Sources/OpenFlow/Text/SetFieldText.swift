import Flow
import Wire

// How a `setField` is written: by its own field, or by an older name that the style asks for.

extension ActionPrinter {
    func setField(_ field: Field, _ value: MaskedValue) -> String {
        let (field, value) = named(field, value)
        // What sets no bits at all has no load either.
        if style != .openFlow10 || hasNoLoad(field) || value.mask == 0 { return "set_field:" + field.actionText(value, names: names) + "->" + field.name }
        return legacy(field, value) ?? loads(field, value)
    }

    /// vlan_vid and vlan_pcp need a tag and are for whole values: parts of them, or of what may be untagged, are vlan_tci's bits. ip_dscp has no load.
    private func named(_ field: Field, _ value: MaskedValue) -> (Field, MaskedValue) {
        switch field {
        case .vlanVID, .vlanPCP:
            if value.mask == field.place.ones, packet.key.satisfies(.vlan, under: packet.mask) { return (field, value) }
            let bits = Match(setting: field, to: value)
            return (.vlanTCI, MaskedValue(value: bits.key.value(of: .vlanTCI), mask: bits.mask.value(of: .vlanTCI)))
        case .ipDSCP where style == .openFlow10: return (.nwTOS, MaskedValue(value: value.value << 2, mask: value.mask << 2))
        default: return (field, value)
        }
    }

    /// mod_tp_src and mod_tp_dst of any protocol. Where the protocol is known, later versions have a field for it.
    func setTransportPort(_ port: UInt16, _ legacy: String, _ fields: (tcp: Field, udp: Field, sctp: Field)) -> String {
        guard style == .openFlow15, let field = packet.transportPort(fields.tcp, fields.udp, fields.sctp) else { return "\(legacy):\(port)" }
        return "set_field:\(port)->" + field.name
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
        case .tcpSrc, .udpSrc, .sctpSrc: return "mod_tp_src:\(value.value)"
        case .tcpDst, .udpDst, .sctpDst: return "mod_tp_dst:\(value.value)"
        case .tunID: return value.value >> 32 == 0 ? "set_tunnel:" + hex(value.value) : "set_tunnel64:" + hex(value.value)
        default: return nil
        }
    }

    /// One load for each run of bits, at most 64 bits long.
    func loads(_ field: Field, _ value: MaskedValue) -> String {
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
