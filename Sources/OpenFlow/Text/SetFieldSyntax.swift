import Flow
import Wire

// Actions that change fields: set_field, load, move and the mod_… and set_… forms.

extension OFAction {
    /// A `setField` of the bits of `field` that `value.mask` selects. Fields with an older and a newer name (nw_tos and ip_dscp, dl_vlan and
    /// vlan_vid) go by the newer one.
    public static func set(_ field: Field, to value: MaskedValue) -> OFAction {
        let mask = value.mask & field.place.ones
        let selected = MaskedValue(value: value.value & mask, mask: mask)
        switch field {
        case .nwTOS: return .setField(.ipDSCP, MaskedValue(value: selected.value >> 2, mask: mask >> 2))
        case .dlVLAN: return .setField(.vlanVID, selected)
        case .dlVLANPCP: return .setField(.vlanPCP, selected)
        default: return .setField(field, selected)
        }
    }

    /// A `setField` of a whole field.
    public static func set(_ field: Field, to value: UInt128) -> OFAction {
        set(field, to: MaskedValue(value: value, mask: field.widthMask))
    }
}

extension Match {
    /// The bits that `setField` writes, in their places.
    public init(setting field: Field, to value: MaskedValue) {
        self.init()
        key.set(field, to: value.value)
        mask.set(field, to: value.mask)
        // A tunnel's IPv4 address is its mapped form; a tag's presence, on the other hand, is not this action's matter.
        if field == .tunSrc || field == .tunDst {
            key.setFrame(of: field, asMask: false)
            mask.setFrame(of: field, asMask: true)
        }
    }
}

extension FieldRange {
    /// "field", "field[]", "field[bit]" or "field[first..last]"; nil for anything else.
    /// "NXM_OF_IN_PORT[]", "reg0[0..15]"; nil for anything else.
    public init?(text: String) { self.init(text: TextSlice(text)) }

    init?(text: TextSlice) {
        guard let range = try? FieldRange.parse(text) else { return nil }
        self = range
    }

    static func parse(_ text: TextSlice) throws(FlowSyntaxError) -> FieldRange {
        var rest = text
        let name = rest.take { $0 != 0x5b }
        guard let field = Field(named: name.string) else {
            throw FlowSyntaxError("\(text.string): unknown field `\(name.string)'", text)
        }
        if rest.isEmpty { return FieldRange(field) }
        let complaint = FlowSyntaxError("\(text.string): syntax error expecting [] or [<bit>] or [<start>..<end>]", text)
        guard rest.take("[") else { throw complaint }
        if rest.take("]"), rest.isEmpty { return FieldRange(field) }
        guard let start = rest.takeNumber(upTo: 0xffff_ffff) else { throw complaint }
        var end = start
        if rest.take("..") {
            guard let last = rest.takeNumber(upTo: 0xffff_ffff) else { throw complaint }
            end = last
        }
        guard rest.take("]"), rest.isEmpty else { throw complaint }
        guard start <= end else { throw FlowSyntaxError("\(text.string): starting bit \(start) is after ending bit \(end)", text) }
        guard end < field.bits else {
            let which = start < field.bits ? "ending bit \(end)" : "starting bit \(start)"
            throw FlowSyntaxError("\(text.string): \(which) is not valid because field is only \(field.bits) bits wide", text)
        }
        return FieldRange(field: field, start: Int(start), count: Int(end - start) + 1)
    }
}

extension TextSlice {
    /// The parts around the first "->".
    func arrow() -> (TextSlice, TextSlice)? {
        var position = start
        while position + 1 < end {
            if bytes[position] == 0x2d, bytes[position + 1] == 0x3e { return (prefix(to: position), suffix(from: position + 2)) }
            position += 1
        }
        return nil
    }
}

extension Match {
    /// Of three fields the one that a packet has which matches this; nil: it may be any of them, or none.
    func transportPort(_ fields: Field...) -> Field? { fields.first { key.satisfies($0.prerequisite, under: mask) } }
}

extension ActionParser {
    func move(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        guard let (source, destination) = value.arrow() else {
            throw FlowSyntaxError("\(value.string): missing `->' following source", value)
        }
        let from = try FieldRange.parse(source), to = try FieldRange.parse(destination)
        guard from.count == to.count else {
            throw FlowSyntaxError("\(value.string): source field is \(from.count) bits wide but destination is \(to.count) bits wide", value)
        }
        return .move(from: from, to: to)
    }

    mutating func load(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        guard let (source, destination) = value.arrow() else { throw FlowSyntaxError("\(value.string): missing `->'", value) }
        let complaint = FlowSyntaxError("\(value.string): cannot parse integer value", source)
        guard let bytes = source.wideNumber else { throw complaint }
        let range = try FieldRange.parse(destination)
        if range.field.isTunMetadata { return try loadTunMetadata(bytes, range, value) }
        guard let number = source.number(UInt128.self) else { throw complaint }
        try checkWritable(range.field, destination)
        guard range.count >= 128 || number >> UInt128(range.count) == 0 else {
            var text = TextWriter()
            text.hex(number)
            throw FlowSyntaxError("\(value.string): value \(text.text) does not fit into \(range.count) bits", value)
        }
        return written(range.field, .set(range.field, to: MaskedValue(value: number << UInt128(range.start), mask: range.mask)))
    }

    mutating func setField(_ value: TextSlice) throws(FlowSyntaxError) -> OFAction {
        guard let (source, destination) = value.arrow() else { throw FlowSyntaxError("\(value.string): missing `->'", value) }
        guard let field = Field(named: destination.string) else {
            throw FlowSyntaxError("\(destination.string) is not a valid OXM field name", destination)
        }
        try checkWritable(field, destination)
        if field.isTunMetadata {
            guard !source.isEmpty else { throw FlowSyntaxError(": bad syntax for \(field.name) value", source) }
            return .setTunMetadata(try located(source) { () throws(FieldTextError) in try TunMetadata(field, text: source) })
        }
        let parsed = try located(source) { () throws(FieldTextError) in try field.parse(source, ports: ports) }
        guard !source.isEmpty, parsed.value & ~field.place.ones == 0 || field == .arpOp && parsed.value <= 0xff else {
            throw FlowSyntaxError("\(source.string) is not a valid value for field \(field.name)", source)
        }
        return written(field, .set(field, to: parsed))
    }

    private func checkWritable(_ field: Field, _ text: TextSlice) throws(FlowSyntaxError) {
        guard field.isWritable else { throw FlowSyntaxError("\(field.name) is read-only", text) }
        try requireWritten(field, text)
    }

    private mutating func written(_ field: Field, _ action: OFAction) -> OFAction {
        if case .setField(let field, let value) = action { check.wrote(field, Match(setting: field, to: value)) }
        return action
    }

    /// The actions of OpenFlow 1.0 and 1.1 that set one field; nil if `part` is none of them.
    mutating func legacySet(_ name: String, _ part: KeyValues.Part) throws(FlowSyntaxError) -> OFAction? {
        let text = part.value
        switch name {
        case "mod_vlan_vid", "set_vlan_vid": return .setVLANVID(try limited(text, 0xfff, "VLAN VID"))
        case "mod_vlan_pcp", "set_vlan_pcp": return .setVLANPCP(UInt8(try limited(text, 7, "VLAN PCP")))
        case "mod_dl_src": return .set(.ethSrc, to: try ethernet(text))
        case "mod_dl_dst": return .set(.ethDst, to: try ethernet(text))
        case "mod_nw_src":
            check.suit(.ipv4)
            return .set(.ipv4Src, to: try ipv4(text))
        case "mod_nw_dst":
            check.suit(.ipv4)
            return .set(.ipv4Dst, to: try ipv4(text))
        case "mod_nw_tos":
            let tos: UInt8 = try small(text, "TOS")
            guard tos & 3 == 0 else { throw FlowSyntaxError("\(text.string): not a valid TOS", text) }
            check.suit(.ip)
            return .set(.nwTOS, to: UInt128(tos))
        case "mod_nw_ecn":
            let value = try limited(text, 3, "ECN")
            try requireWritten(.nwECN, part.key)
            return .set(.nwECN, to: UInt128(value))
        case "mod_nw_ttl", "set_nw_ttl":
            let value: UInt8 = try small(text, "TTL")
            try requireWritten(.nwTTL, part.key)
            return .set(.nwTTL, to: UInt128(value))
        case "mod_tp_src":
            check.suit(.tcp, .udp, .sctp)
            let port: UInt16 = try small(text, "source port")
            return check.packet.transportPort(.tcpSrc, .udpSrc, .sctpSrc).map { .set($0, to: UInt128(port)) } ?? .setTransportSource(port)
        case "mod_tp_dst":
            check.suit(.tcp, .udp, .sctp)
            let port: UInt16 = try small(text, "destination port")
            return check.packet.transportPort(.tcpDst, .udpDst, .sctpDst).map { .set($0, to: UInt128(port)) } ?? .setTransportDestination(port)
        case "set_mpls_label":
            if text.isEmpty { throw FlowSyntaxError("set_mpls_label: expected label.", part.key) }
            let label: UInt32 = try small(text, "MPLS label")
            guard label <= 0xfffff else { throw FlowSyntaxError("\(text.string): not a valid MPLS label", text) }
            check.suit(.mpls)
            return .set(.mplsLabel, to: UInt128(label))
        case "set_mpls_tc":
            if text.isEmpty { throw FlowSyntaxError("set_mpls_tc: expected tc.", part.key) }
            check.suit(.mpls)
            return .set(.mplsTC, to: UInt128(try limited(text, 7, "MPLS TC")))
        case "set_mpls_ttl":
            if text.isEmpty { throw FlowSyntaxError("set_mpls_ttl: expected ttl.", part.key) }
            check.suit(.mpls)
            return .set(.mplsTTL, to: UInt128(try small(text, "MPLS TTL") as UInt8))
        case "set_tunnel", "set_tunnel64": return .set(.tunID, to: UInt128(try number(text) as UInt64))
        default: return nil
        }
    }

    private func limited(_ text: TextSlice, _ limit: UInt16, _ what: String) throws(FlowSyntaxError) -> UInt16 {
        let value: UInt16 = try small(text, what)
        guard value <= limit else { throw FlowSyntaxError("\(text.string): not a valid \(what)", text) }
        return value
    }

    private func ethernet(_ text: TextSlice) throws(FlowSyntaxError) -> UInt128 {
        var rest = text
        guard let address = rest.takeEthernet(), rest.isEmpty else { throw FlowSyntaxError("invalid mac address \(text.string)", text) }
        return UInt128(address.number)
    }

    private func ipv4(_ text: TextSlice) throws(FlowSyntaxError) -> UInt128 {
        var rest = text
        guard let address = rest.takeIPv4(), rest.isEmpty else {
            throw FlowSyntaxError("\(text.string): could not convert to IP address", text)
        }
        return UInt128(address.host)
    }
}
