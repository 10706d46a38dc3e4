import Wire

extension FlowKey {
    /// Reads a flow in the syntax of `ovs-appctl dpctl/add-flow` and dump-flows. What the text does not speak of is left out
    /// of the mask, but for the absence of a tag: a flow of Ethernet packets without vlan(…) is one of untagged packets. The key
    /// keeps the bits that the text gives outside the mask.
    /// `ports` finds a port by the name in in_port(…).
    public static func parseODP(_ text: String, ports: (String) -> ODPPort? = { _ in nil }) throws(ODPTextError) -> (key: FlowKey, mask: FlowMask) {
        var parser = ODPKeyParser()
        try parser.list(TextSlice(text), depth: 0, ports: ports)
        parser.finish()
        return (parser.key, parser.mask)
    }
}

struct ODPKeyParser {
    var key = FlowKey()
    var mask = FlowMask()
    private var hasEtherType = false

    /// The attributes of a list; `depth` tags have been opened around it.
    mutating func list(_ text: TextSlice, depth: Int, ports: (String) -> ODPPort?) throws(ODPTextError) {
        var rest = text
        while true {
            _ = rest.take { $0 == 0x2c || $0 == 0x20 || (0x09...0x0d).contains($0) }
            guard !rest.isEmpty else { return }
            let begin = rest
            let name = rest.take { $0 != 0x28 && $0 != 0x2c && $0 != 0x29 }
            guard let content = rest.takeParentheses() else { throw ODPTextError(at: begin) }
            do throws(ODPTextError) {
                try attribute(name.string, content, depth, ports)
            } catch {
                throw ODPTextError("syntax error at " + begin.string, at: error.offset)
            }
        }
    }

    mutating func finish() {
        if hasEtherType, mask.l0.dlType != .zero, mask.l0.vlanTCI == .zero, key.l3.packetType == .zero { mask.l0.vlanTCI = .ones }
    }

    private mutating func attribute(_ name: String, _ content: TextSlice, _ depth: Int, _ ports: (String) -> ODPPort?) throws(ODPTextError) {
        switch name {
        case "in_port": try inPort(content, ports)
        case "recirc_id": try recircID(content)
        case "packet_type": try packetType(content)
        case "tunnel": try tunnel(content)
        case "ct_state": try connectionState(content)
        case "tcp_flags": try tcpFlags(content)
        case "eth_type": try etherType(content)
        case "vlan": try vlan(content, depth)
        case "encap":
            guard depth < 2 else { throw ODPTextError(at: content) }
            encapsulate(depth)
            try list(content, depth: depth + 1, ports: ports)
        case "mpls": try mpls(content)
        default:
            guard let attribute = odpAttributesByName[name] else { throw ODPTextError(at: content) }
            try items(content, attribute.items)
        }
    }

    private mutating func inPort(_ text: TextSlice, _ ports: (String) -> ODPPort?) throws(ODPTextError) {
        guard let port = text.number(UInt32.self).map(ODPPort.init) ?? ports(text.string) else { throw ODPTextError(at: text) }
        key.l0.inPort = port.number
        mask.l0.inPort = .max
    }

    private mutating func recircID(_ text: TextSlice) throws(ODPTextError) {
        guard let id = text.number(UInt32.self) else { throw ODPTextError(at: text) }
        key.l0.recircID = id
        mask.l0.recircID = .max
    }

    private mutating func packetType(_ text: TextSlice) throws(ODPTextError) {
        var rest = text
        guard rest.take("ns="), let space = rest.takeNumber(upTo: 0xffff) else { throw ODPTextError(at: rest) }
        let isWild = rest.take("/0")
        guard rest.take(",id="), let type = rest.takeNumber(upTo: 0xffff), rest.take("/0") == isWild, rest.isEmpty else { throw ODPTextError(at: rest) }
        guard !isWild else { return }
        key.l3.packetType = BE32(UInt32(truncatingIfNeeded: space << 16 | type))
        mask.l3.packetType = .ones
    }

    /// "name=value/mask" for each item; a single item without a name is its value.
    mutating func items(_ text: TextSlice, _ items: [ODPItem]) throws(ODPTextError) {
        var rest = text
        while !rest.isEmpty {
            var item = items.first { $0.name.isEmpty }
            if item == nil {
                let name = rest.take { $0 != 0x3d }
                item = items.first { name == $0.name }
                guard rest.take("=") else { throw ODPTextError(at: rest) }
            }
            guard let item else { throw ODPTextError(at: rest) }
            try value(&rest, item)
            guard rest.take(",") || rest.isEmpty else { throw ODPTextError(at: rest) }
        }
    }

    private mutating func value(_ rest: inout TextSlice, _ item: ODPItem) throws(ODPTextError) {
        let place = item.place
        guard let value = rest.takeODP(item.format), value & ~place.ones == 0 || value == 0 else { throw ODPTextError(at: rest) }
        var bits = place.ones
        if rest.take("/") {
            guard let given = rest.takeODP(item.format == .decimal || item.format == .fragment ? .hex : item.format) else { throw ODPTextError(at: rest) }
            bits = given & place.ones
        }
        key.set(at: place, to: value)
        mask.set(at: place, to: bits)
        guard bits != 0 else { return }
        key.setFrame(at: place, asMask: false)
        mask.setFrame(at: place, asMask: true)
    }

    private mutating func connectionState(_ text: TextSlice) throws(ODPTextError) {
        let (value, bits) = try flags(text, .conntrack)
        key.l0.ctState = UInt8(truncatingIfNeeded: value & bits)
        mask.l0.ctState = UInt8(truncatingIfNeeded: bits)
    }

    private mutating func tcpFlags(_ text: TextSlice) throws(ODPTextError) {
        let (value, bits) = try flags(text, .tcp)
        key.l0.tcpFlags = BE16(UInt16(truncatingIfNeeded: value & bits))
        mask.l0.tcpFlags = BE16(UInt16(truncatingIfNeeded: bits))
    }

    private func flags(_ text: TextSlice, _ names: FlagNames) throws(ODPTextError) -> (value: UInt32, mask: UInt32) {
        var rest = text
        let limit = UInt128(names.valid)
        if let value = rest.takeNumber(upTo: 0xffff_ffff) {
            let bits = rest.take("/") ? rest.takeNumber(upTo: 0xffff_ffff) : limit
            guard let bits, rest.isEmpty, value & bits & ~limit == 0 else { throw ODPTextError(at: rest) }
            return (UInt32(truncatingIfNeeded: value & limit), UInt32(truncatingIfNeeded: bits & limit))
        }
        do throws(FlagTextError) {
            return try names.parse(text)
        } catch {
            throw ODPTextError(at: text)
        }
    }

    private mutating func etherType(_ text: TextSlice) throws(ODPTextError) {
        let (value, bits) = text.split(at: "/")
        guard let type = value.number(UInt16.self), let given = bits.map({ $0.number(UInt16.self) }) ?? .some(UInt16.max) else { throw ODPTextError(at: text) }
        hasEtherType = true
        // Zero, exactly: no type at all.
        key.l0.dlType = BE16(type == 0 && bits != nil && given == .max ? EtherType.notEtherType : type & given)
        mask.l0.dlType = BE16(given)
    }

    /// What eth_type said so far was a tag's.
    private mutating func encapsulate(_ depth: Int) {
        if depth == 0 {
            key.l0.vlanTPID = key.l0.dlType
            mask.l0.vlanTPID = mask.l0.dlType
        } else {
            key.l3.innerVLANTPID = key.l0.dlType
            mask.l3.innerVLANTPID = mask.l0.dlType
        }
        key.l0.dlType = .zero
        mask.l0.dlType = .zero
    }

    private mutating func vlan(_ text: TextSlice, _ depth: Int) throws(ODPTextError) {
        var tci = VLANTCI.present, bits = VLANTCI.present
        var rest = text
        while !rest.isEmpty {
            let name = rest.take { $0 != 0x3d }
            guard rest.take("="), let value = rest.takeNumber(upTo: 0xfff) else { throw ODPTextError(at: rest) }
            let given = rest.take("/") ? rest.takeNumber(upTo: 0xfff) : 0xfff
            guard let given else { throw ODPTextError(at: rest) }
            let part = UInt16(truncatingIfNeeded: value), partBits = UInt16(truncatingIfNeeded: given)
            switch name.string {
            case "vid":
                tci |= part
                bits |= partBits
            case "pcp" where value < 8:
                tci |= part << 13
                bits |= (partBits & 7) << 13
            case "cfi" where value == 1: break
            default: throw ODPTextError(at: rest)
            }
            guard rest.take(",") || rest.isEmpty else { throw ODPTextError(at: rest) }
        }
        if depth == 0 {
            key.l0.vlanTCI = BE16(tci)
            mask.l0.vlanTCI = BE16(bits)
        } else {
            key.l3.innerVLANTCI = BE16(tci)
            mask.l3.innerVLANTCI = BE16(bits)
        }
    }

    private mutating func mpls(_ text: TextSlice) throws(ODPTextError) {
        guard text.hasPrefix("lse") else { return try items(text, odpLabelStackEntry(0)) }
        let entries = (0..<3).map { index in
            let place = FieldPlace(offset: UInt16(3 * FlowKey.lineSize + 4 + 4 * index), size: 4, shift: 0, order: .network,
                ones: 0xffff_ffff, frameMask: 0, frameValue: 0)
            return ODPItem("lse\(index)", place, .hex)
        }
        try items(text, entries)
    }

    private mutating func tunnel(_ text: TextSlice) throws(ODPTextError) {
        var rest = text
        while !rest.isEmpty {
            let begin = rest.start
            let name = rest.take { $0 != 0x3d && $0 != 0x28 }
            if rest.first == 0x28 {
                guard let content = rest.takeParentheses() else { throw ODPTextError(at: rest) }
                try tunnelOption(name.string, content)
            } else {
                let valueEnd = rest.suffix(from: rest.start).firstIndex(of: ",") ?? rest.end
                try items(TextSlice(text.bytes, from: begin, to: valueEnd), odpTunnel + odpTunnelPorts)
                rest.start = valueEnd
            }
            guard rest.take(",") || rest.isEmpty else { throw ODPTextError(at: rest) }
        }
        // An identifier implies the flag that there is one.
        guard mask.l2.tunID != .zero else { return }
        key.l2.tunFlags |= TunnelFlags.key
        mask.l2.tunFlags |= TunnelFlags.key
    }

    private mutating func tunnelOption(_ name: String, _ content: TextSlice) throws(ODPTextError) {
        switch name {
        case "flags":
            let (value, bits) = content.isEmpty ? (0, FlagNames.tunnelAttribute.valid) : try flags(content, .tunnelAttribute)
            key.l2.tunFlags = UInt16(truncatingIfNeeded: value & bits)
            mask.l2.tunFlags = UInt16(truncatingIfNeeded: bits)
        case "vxlan":
            var rest = content
            guard rest.take("gbp"), let inner = rest.takeParentheses(), rest.isEmpty else { throw ODPTextError(at: content) }
            try items(inner, odpGBP)
        case "erspan": try items(content, odpERSPAN)
        case "gtpu": try items(content, odpGTPU)
        default: throw ODPTextError(at: content)
        }
    }
}

let odpAttributesByName: [String: ODPAttribute] = {
    let all = [odpPriority, odpDPHash, odpEthernet, odpTuple4, odpTuple6] + odpMetadata + odpPacket
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}()

extension TextSlice {
    /// Takes one value in an item's format.
    mutating func takeODP(_ format: ODPFormat) -> UInt128? {
        switch format {
        case .decimal, .hex, .connectionState: return takeNumber()
        case .ethernet: return takeEthernet().map { UInt128($0.number) }
        case .ipv4: return takeIPv4().map { UInt128($0.host) }
        case .ipv6: return takeIPv6().map(\.number)
        case .fragment:
            for (name, value) in [("no", UInt128(0)), ("first", 1), ("later", 3)] where take(name) { return value }
            return nil
        }
    }
}
