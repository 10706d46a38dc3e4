import Flow
import Wire

extension Match {
    /// Makes the match demand of `field` what `value` says; a mask of 0 takes back what it demanded.
    public mutating func set(_ field: Field, to value: MaskedValue) {
        let selected = value.mask & field.place.ones
        key.set(field, to: value.value & selected)
        mask.set(field, to: selected)
        guard selected != 0 else { return }
        mask.setFrame(of: field, asMask: true)
        key.setFrame(of: field, asMask: false)
    }

    /// Makes the match demand that `field` is `value`.
    public mutating func set(_ field: Field, to value: UInt128) {
        set(field, to: MaskedValue(value: value, mask: field.widthMask))
    }

    /// True if nothing is demanded of any of `field`'s bits.
    public func isWild(_ field: Field) -> Bool { field.isTunMetadata ? tunMetadata(field) == nil : mask.value(of: field) == 0 }
}

/// "tcp" and the like: an EtherType and, for some, an IP protocol.
struct ProtocolShorthand {
    var name: String
    /// nil: any Ethernet packet.
    var etherType: UInt16?
    var nwProto: UInt8?

    static let all: [String: ProtocolShorthand] = {
        let rows = [
            ProtocolShorthand(name: "eth"),
            ProtocolShorthand(name: "ip", etherType: EtherType.ipv4),
            ProtocolShorthand(name: "ipv4", etherType: EtherType.ipv4),
            ProtocolShorthand(name: "ip4", etherType: EtherType.ipv4),
            ProtocolShorthand(name: "icmp", etherType: EtherType.ipv4, nwProto: IPProtocol.icmp),
            ProtocolShorthand(name: "tcp", etherType: EtherType.ipv4, nwProto: IPProtocol.tcp),
            ProtocolShorthand(name: "udp", etherType: EtherType.ipv4, nwProto: IPProtocol.udp),
            ProtocolShorthand(name: "sctp", etherType: EtherType.ipv4, nwProto: IPProtocol.sctp),
            ProtocolShorthand(name: "ipv6", etherType: EtherType.ipv6),
            ProtocolShorthand(name: "ip6", etherType: EtherType.ipv6),
            ProtocolShorthand(name: "icmp6", etherType: EtherType.ipv6, nwProto: IPProtocol.icmpv6),
            ProtocolShorthand(name: "tcp6", etherType: EtherType.ipv6, nwProto: IPProtocol.tcp),
            ProtocolShorthand(name: "udp6", etherType: EtherType.ipv6, nwProto: IPProtocol.udp),
            ProtocolShorthand(name: "sctp6", etherType: EtherType.ipv6, nwProto: IPProtocol.sctp),
            ProtocolShorthand(name: "arp", etherType: EtherType.arp),
            ProtocolShorthand(name: "rarp", etherType: EtherType.rarp),
            ProtocolShorthand(name: "mpls", etherType: EtherType.mpls),
            ProtocolShorthand(name: "mplsm", etherType: EtherType.mplsMulticast),
        ]
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0) })
    }()
}

extension Match {
    /// Adds what one part of a flow's text says, if it speaks of the match. False: `part` is something else.
    mutating func parse(_ part: KeyValues.Part, ports: PortLookup) throws(FlowSyntaxError) -> Bool {
        let name = part.key.string
        if let shorthand = ProtocolShorthand.all[name] {
            if let type = shorthand.etherType { set(.ethType, to: UInt128(type)) }
            if let proto = shorthand.nwProto { set(.nwProto, to: UInt128(proto)) }
            return true
        }
        guard let field = Field(named: name) else { return false }
        if field.isTunMetadata {
            let wanted = try located(part.value) { () throws(FieldTextError) in try TunMetadata(field, text: part.value) }
            guard add(wanted) else { throw FlowSyntaxError("field \(name) set multiple times", part.key) }
            return true
        }
        let value = try located(part.value) { () throws(FieldTextError) in try field.parse(part.value, ports: ports) }
        try add(field, value, part.value)
        return true
    }

    private mutating func add(_ field: Field, _ value: MaskedValue, _ text: TextSlice) throws(FlowSyntaxError) {
        switch field {
        case .dlVLAN where value.mask != 0 && value.value == 0xffff:
            set(.vlanTCI, to: 0)
        case .packetType where value.value == 0:
            // Ethernet is what every packet is that does not say otherwise.
            mask.l3.packetType = .zero
            key.l3.packetType = .zero
        case .ipv6Label where value.value > 0xfffff, .nshTTL where value.value > 63:
            throw FlowSyntaxError("\(text.string) is not a valid value for field \(field.name)", text)
        default:
            set(field, to: value)
        }
    }
}
