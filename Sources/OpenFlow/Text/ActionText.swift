import Flow
import Wire

/// The OpenFlow version whose actions a printed list uses. Both say the same.
public enum ActionStyle: Hashable, Sendable {
    /// mod_… and load, as ovs-ofctl prints by default.
    case openFlow10
    /// set_field and push_vlan, as `ovs-ofctl -O OpenFlow15` prints.
    case openFlow15
    /// Each action in the form in which it came, as `ovs-appctl ofproto/trace` prints it.
    case asGiven
}

extension [OFAction] {
    /// The actions as ovs-ofctl prints them; "drop" for none. `match` is that of their flow: it tells the fields of ARP from those
    /// of IP, and TCP's from UDP's.
    public func text(match: Match = Match(), style: ActionStyle = .openFlow10, names: @escaping PortNames = { _ in nil }) -> String {
        var printer = ActionPrinter(match: match, style: style, names: names)
        return printer.text(self)
    }
}

struct ActionPrinter {
    /// What is known of the packet at this point.
    var packet: Match
    let style: ActionStyle
    let names: PortNames

    init(match: Match, style: ActionStyle, names: @escaping PortNames) {
        packet = match
        self.style = style
        self.names = names
    }

    mutating func text(_ actions: [OFAction]) -> String {
        var parts: [String] = []
        for action in actions {
            if action == .drop { continue }
            parts.append(text(action))
        }
        return parts.isEmpty ? "drop" : parts.joined(separator: ",")
    }

    mutating func nested(_ actions: [OFAction]) -> String {
        let outside = packet
        defer { packet = outside }
        return text(actions)
    }

    private mutating func text(_ action: OFAction) -> String {
        switch action {
        case .output(let port, let maxLength): return output(port, maxLength)
        case .outputField(let range): return "output:" + range.text
        case .controller(let spec): return controller(spec)
        case .enqueue(let port, let queue):
            let port = portText(port, names)
            return style != .openFlow15 ? "enqueue:\(port):\(queue)" : "set_queue:\(queue),output:\(port),pop_queue"
        case .drop: return "drop"
        case .pushVLAN(let type):
            tag()
            return "push_vlan:" + hex(type, digits: 4)
        case .stripVLAN:
            packet.key.l0.vlanTCI = .zero
            return style == .openFlow10 ? "strip_vlan" : "pop_vlan"
        case .setVLANVID(let vid): return vlan("mod_vlan_vid:\(vid)", "set_field:\(vid | VLANTCI.present)->vlan_vid")
        case .setVLANPCP(let pcp): return vlan("mod_vlan_pcp:\(pcp)", "set_field:\(pcp)->vlan_pcp")
        case .pushMPLS(let type):
            packet.set(.ethType, to: UInt128(type))
            return "push_mpls:" + hex(type, digits: 4)
        case .popMPLS(let type):
            packet.set(.ethType, to: UInt128(type))
            return "pop_mpls:" + hex(type, digits: 4)
        case .setField(let field, let value): return setField(field, value)
        case .setTunMetadata(let written): return "set_field:" + written.actionText + "->" + written.field.name
        case .setTransportSource(let port): return setTransportPort(port, "mod_tp_src", (.tcpSrc, .udpSrc, .sctpSrc))
        case .setTransportDestination(let port): return setTransportPort(port, "mod_tp_dst", (.tcpDst, .udpDst, .sctpDst))
        case .move(let from, let to): return "move:" + from.text + "->" + to.text
        case .decTTL(let ids): return ids.isEmpty ? "dec_ttl" : "dec_ttl(" + ids.map { String($0) }.joined(separator: ",") + ")"
        case .decMPLSTTL, .decNSHTTL, .popQueue, .clearActions, .exit, .ctClear, .debugRecirculate, .debugSlow: return action.kind.name
        case .setQueue(let queue): return "set_queue:\(queue)"
        case .group(let group): return "group:\(group)"
        case .meter(let meter): return "meter:\(meter)"
        case .resubmit(let port, let table, let ct): return resubmit(port, table, ct)
        case .gotoTable(let table): return "goto_table:\(table)"
        case .writeMetadata(let value, let mask):
            return "write_metadata:" + hex(value) + (mask == .max ? "" : "/" + hex(mask))
        case .writeActions(let actions): return "write_actions(" + nested(actions) + ")"
        case .clone(let actions): return "clone(" + nested(actions) + ")"
        case .note(let bytes): return "note:" + dotted(bytes)
        case .push(let range): return "push:" + range.text
        case .pop(let range): return "pop:" + range.text
        case .ct(let spec): return conntrack(spec)
        case .nat(let spec): return spec.text
        case .learn(let spec): return spec.text(names: names)
        case .sample(let spec): return spec.text(names: names)
        case .bundle(let spec): return spec.text(names: names)
        case .multipath(let spec): return spec.text
        case .conjunction(let id, let clause, let clauses): return "conjunction(\(id),\(Int(clause) + 1)/\(clauses))"
        case .finTimeout(let idle, let hard): return finTimeoutText(idle, hard)
        case .checkPacketLarger(let length, let range): return "check_pkt_larger(\(length))->" + range.text
        case .encap(let type, let properties): return encapText(type, properties)
        case .decap(let type): return decapText(type)
        case .deleteField(let field): return "delete_field:" + field.name
        case .worded(let wording, let action): return worded(wording, action)
        case .unrollTranslation(let table, let cookie): return "unroll_xlate(table=\(table), cookie=\(cookie))"
        }
    }

    /// The wordings that are told: an action of the protocol's own.
    private mutating func worded(_ wording: ActionWording, _ action: OFAction) -> String {
        if style == .asGiven, case (.load, .setField(let field, let value)) = (wording, action) { return loads(field, value) }
        guard case (.own, .setField(let field, let value)) = (wording, action) else { return text(action) }
        switch field {
        case .mplsTTL: return "set_mpls_ttl(\(value.value))"
        case .nwTTL where style != .openFlow10: return "mod_nw_ttl:\(value.value)"
        case .mplsLabel where style == .openFlow10: return "set_mpls_label(\(value.value))"
        case .mplsTC where style == .openFlow10: return "set_mpls_tc(\(value.value))"
        default: return text(action)
        }
    }

    private func output(_ port: OFPort, _ maxLength: UInt16) -> String {
        if port == .controller { return "CONTROLLER:\(maxLength)" }
        let name = portText(port, names)
        if maxLength != 0 { return "output(port=\(name),max_len=\(maxLength))" }
        return port < .maximum ? "output:" + name : name
    }

    private func controller(_ spec: ControllerSpec) -> String {
        if spec == ControllerSpec(maxLength: spec.maxLength) { return "CONTROLLER:\(spec.maxLength)" }
        var arguments: [String] = []
        if spec.reason != 1 {
            arguments.append("reason=" + (packetInReasons.indices.contains(Int(spec.reason)) ? packetInReasons[Int(spec.reason)] : String(spec.reason)))
        }
        if spec.maxLength != .max { arguments.append("max_len=\(spec.maxLength)") }
        if spec.id != 0 { arguments.append("id=\(spec.id)") }
        if !spec.userdata.isEmpty { arguments.append("userdata=" + dotted(spec.userdata)) }
        if spec.pause { arguments.append("pause") }
        if let meter = spec.meter { arguments.append("meter_id=\(meter)") }
        return "controller(" + arguments.joined(separator: ",") + ")"
    }

    /// Without a table, "ct" has no place in the text.
    private func resubmit(_ port: OFPort?, _ table: UInt8?, _ ct: Bool) -> String {
        let port = port.map { portText($0, names) }
        if let port, table == nil { return "resubmit:" + port }
        return "resubmit(" + (port ?? "") + "," + (table.map { String($0) } ?? "") + (ct ? ",ct)" : ")")
    }

    /// A tag's part is set on a tag that is there or is pushed first.
    private mutating func vlan(_ legacy: String, _ setField: String) -> String {
        let isTagged = packet.key.satisfies(.vlan, under: packet.mask)
        tag()
        if style != .openFlow15 { return legacy }
        return isTagged ? setField : "push_vlan:0x8100," + setField
    }

    private mutating func tag() {
        packet.key.l0.vlanTCI = BE16(VLANTCI.present)
        packet.mask.l0.vlanTCI = .ones
    }

    private func dotted(_ bytes: [UInt8]) -> String {
        var out = TextWriter()
        for (index, byte) in bytes.enumerated() {
            if index > 0 { out.put(".") }
            out.bareHex(byte, digits: 2)
        }
        return out.text
    }
}

func hex(_ value: some UnsignedInteger, digits: Int? = nil) -> String {
    var out = TextWriter()
    if let digits { out.hex(value, digits: digits) } else { out.hex(value) }
    return out.text
}

extension FieldRange {
    /// "NXM_NX_REG0[]", "NXM_NX_REG0[3]" or "NXM_NX_REG0[0..15]".
    public var text: String {
        let name = field == .actsetOutput ? "ONFOXM_ET_ACTSET_OUTPUT" : field.row.nxm ?? field.name
        if start == 0, count >= field.bits { return name + "[]" }
        return count == 1 ? "\(name)[\(start)]" : "\(name)[\(start)..\(start + count - 1)]"
    }
}
