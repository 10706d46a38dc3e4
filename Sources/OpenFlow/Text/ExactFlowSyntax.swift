import Flow
import Wire

extension FlowSyntax {
    /// A packet as `ovs-appctl ofproto/trace` takes it: "in_port=1,tcp,nw_src=10.0.0.1,tcp_dst=80". Every field is given whole and at most once, those
    /// that it needs before it; what is not given is zero.
    public func packet(_ text: String) throws(FlowSyntaxError) -> FlowKey {
        var flow = Match()
        var parts = KeyValues(TextSlice(text))
        while let part = parts.next() {
            if let shorthand = ProtocolShorthand.all[part.key.string], part.value.isEmpty || shorthand.etherType != nil {
                try flow.add(shorthand, part)
            } else {
                try flow.addWhole(part, ports: ports)
            }
        }
        var key = flow.key
        if key.l0.inPort == 0 { key.l0.inPort = UInt32(OFPort.none.number) }
        if key.l0.vlanTCI != .zero, key.l0.vlanTPID == .zero { key.l0.vlanTPID = BE16(EtherType.vlan8021Q) }
        return key
    }
}

extension Match {
    fileprivate mutating func add(_ shorthand: ProtocolShorthand, _ part: KeyValues.Part) throws(FlowSyntaxError) {
        if let type = shorthand.etherType {
            guard key.l0.dlType == .zero else { throw FlowSyntaxError("Ethernet type set multiple times", part.key) }
            set(.ethType, to: UInt128(type))
        }
        if let proto = shorthand.nwProto {
            guard key.l0.nwProto == 0 else { throw FlowSyntaxError("network protocol set multiple times", part.key) }
            set(.nwProto, to: UInt128(proto))
        }
    }

    fileprivate mutating func addWhole(_ part: KeyValues.Part, ports: PortLookup) throws(FlowSyntaxError) {
        let name = part.key.string
        guard let field = Field(named: name) else { throw FlowSyntaxError("unknown field \(name)", part.key) }
        guard key.value(of: field) == 0 else { throw FlowSyntaxError("field \(name) set multiple times", part.key) }
        guard key.satisfies(field.prerequisite, under: .everyBit) else { throw FlowSyntaxError("prerequisites not met for setting \(name)", part.key) }
        let value: MaskedValue
        do throws(FieldTextError) {
            value = try field.parseGiven(part.value, ports: ports)
        } catch {
            throw FlowSyntaxError("bad value for \(name) (\(error.message))", part.value)
        }
        let whole = field.widthMask & field.place.ones
        guard value.mask & whole == whole else {
            throw FlowSyntaxError("bad value for \(name) (\(part.value.string): wildcards not allowed here)", part.value)
        }
        set(field, to: value)
    }
}
