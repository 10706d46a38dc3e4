import Flow
import Wire

extension [DPAction] {
    /// Reads actions in the syntax of `ovs-appctl dpctl/add-flow`; "drop" and an empty text are no actions. `ports` finds a port by
    /// its name.
    public static func parseODP(_ text: String, ports: @escaping (String) -> ODPPort? = { _ in nil }) throws(ODPTextError) -> [DPAction] {
        try DPActionParser(ports: ports).list(TextSlice(text), depth: 0)
    }
}

private struct DPActionParser {
    let ports: (String) -> ODPPort?
    /// Lists in lists of actions.
    private static var nesting: Int { 16 }

    init(ports: @escaping (String) -> ODPPort?) { self.ports = ports }

    func list(_ text: TextSlice, depth: Int) throws(ODPTextError) -> [DPAction] {
        guard depth < DPActionParser.nesting else { throw ODPTextError("actions are nested too deep", at: text.start) }
        var actions: [DPAction] = []
        var rest = text
        while true {
            _ = rest.take { $0 == 0x2c || $0 == 0x20 || (0x09...0x0d).contains($0) }
            guard !rest.isEmpty else { return actions }
            if actions.isEmpty, rest == "drop" { return [] }
            let begin = rest
            let name = rest.take { $0 != 0x28 && $0 != 0x2c && $0 != 0x20 && $0 != 0x29 }
            let arguments = rest.takeParentheses()
            guard rest.isEmpty || rest.first == 0x2c || rest.first == 0x20, let action = try action(name, arguments, depth)
            else { throw ODPTextError(at: begin) }
            actions.append(action)
        }
    }

    /// nil: not an action.
    private func action(_ name: TextSlice, _ arguments: TextSlice?, _ depth: Int) throws(ODPTextError) -> DPAction? {
        guard let arguments else { return plain(name) }
        switch name.string {
        case "userspace": return userspace(arguments)
        case "push_vlan": return pushVLAN(arguments)
        case "push_mpls": return label(arguments).map { .pushMPLS(lse: $0.lse, etherType: $0.type) }
        case "add_mpls": return label(arguments).map { .addMPLS(lse: $0.lse, etherType: $0.type) }
        case "push_nsh": return DPPushNSH(odp: arguments).map { .pushNSH($0) }
        case "pop_nsh": return arguments.isEmpty ? .popNSH : nil
        case "pop_mpls": return named(arguments, ["eth_type"]).flatMap { $0[0] <= 0xffff ? .popMPLS(etherType: BE16(UInt16($0[0]))) : nil }
        case "set":
            let (name, key, mask) = try FlowKey.parseODPAttribute(arguments)
            return DPSetField(odp: name, key: key.masked(by: mask), mask: mask).map { .set($0) }
        case "recirc": return arguments.number(UInt32.self).map { .recirc(RecircID($0)) }
        case "hash": return hash(arguments)
        case "trunc": return arguments.number(UInt32.self).map { .trunc(maxLength: $0) }
        case "clone": return .clone(try list(arguments, depth: depth + 1))
        case "sample": return try sample(arguments, depth)
        case "meter": return arguments.number(UInt32.self).map { .meter($0) }
        case "check_pkt_len": return try checkLength(arguments, depth)
        case "push_eth": return pushEthernet(arguments)
        default: return nil
        }
    }

    private func plain(_ name: TextSlice) -> DPAction? {
        switch name.string {
        case "pop_vlan": return .popVLAN
        case "pop_eth": return .popEthernet
        default: return (name.number(UInt32.self).map(ODPPort.init) ?? ports(name.string)).map { .output($0) }
        }
    }

    /// "name=number" for each of `names`, in this order; nil if the text is anything else.
    private func named(_ text: TextSlice, _ names: [String]) -> [UInt32]? {
        var rest = text
        var values: [UInt32] = []
        for (index, name) in names.enumerated() {
            guard index == 0 || rest.take(","), rest.take(name + "="), let value = rest.takeNumber(upTo: 0xffff_ffff) else { return nil }
            values.append(UInt32(truncatingIfNeeded: value))
        }
        return rest.isEmpty ? values : nil
    }

    private func pushVLAN(_ text: TextSlice) -> DPAction? {
        let type = text.hasPrefix("tpid=") ? ["tpid"] : []
        guard var values = named(text, type + ["vid", "pcp"]) ?? named(text, type + ["vid", "pcp", "cfi"]) else { return nil }
        let tpid = type.isEmpty ? UInt32(EtherType.vlan8021Q) : values.removeFirst()
        guard tpid <= 0xffff, values[0] <= 0xfff, values[1] <= 7, values.count < 3 || values[2] == 1 else { return nil }
        return .pushVLAN(tpid: BE16(UInt16(tpid)), tci: BE16(UInt16(values[1] << 13 | values[0])))
    }

    private func label(_ text: TextSlice) -> (lse: BE32, type: BE16)? {
        guard let values = named(text, ["label", "tc", "ttl", "bos", "eth_type"]), values[0] <= 0xfffff, values[1] <= 7, values[2] <= 0xff,
            values[3] <= 1, values[4] <= 0xffff
        else { return nil }
        return (BE32(values[0] << 12 | values[1] << 9 | values[3] << 8 | values[2]), BE16(UInt16(values[4])))
    }

    private func pushEthernet(_ text: TextSlice) -> DPAction? {
        var rest = text
        guard rest.take("src="), let src = rest.takeEthernet(), rest.take(",dst="), let dst = rest.takeEthernet(), rest.isEmpty else { return nil }
        return .pushEthernet(src: src, dst: dst)
    }

    private func hash(_ text: TextSlice) -> DPAction? {
        var rest = text
        let name = rest.take { $0 != 0x28 }
        guard let basis = rest.takeParentheses()?.number(UInt32.self), rest.isEmpty else { return nil }
        switch name.string {
        case "l4": return .hash(algorithm: 0, basis: basis)
        case "sym_l4": return .hash(algorithm: 1, basis: basis)
        default: return nil
        }
    }

    private func userspace(_ text: TextSlice) -> DPAction? {
        var rest = text
        guard rest.take("pid="), rest.takeNumber(upTo: 0xffff_ffff) != nil else { return nil }
        var userdata: UInt64 = 0, maxLength: UInt32 = 0
        if rest.take(",userdata") {
            guard let digits = rest.takeParentheses(), digits.count <= 16 else { return nil }
            for byte in digits.bytes[digits.start..<digits.end] {
                guard let digit = hexDigit(byte) else { return nil }
                userdata = userdata << 4 | UInt64(digit)
            }
        }
        if rest.take(",max_len=") {
            guard let length = rest.takeNumber(upTo: 0xffff_ffff) else { return nil }
            maxLength = UInt32(truncatingIfNeeded: length)
        }
        return rest.isEmpty ? .userspace(userdata: userdata, maxLength: maxLength) : nil
    }

    private func sample(_ text: TextSlice, _ depth: Int) throws(ODPTextError) -> DPAction? {
        var rest = text
        guard rest.take("sample="), let probability = rest.takePercent(), rest.take(",actions"), let inner = rest.takeParentheses(), rest.isEmpty
        else { return nil }
        return .sample(probability: probability, try list(inner, depth: depth + 1))
    }

    private func checkLength(_ text: TextSlice, _ depth: Int) throws(ODPTextError) -> DPAction? {
        var rest = text
        guard rest.take("size="), let size = rest.takeNumber(upTo: 0xffff_ffff), rest.take(",gt"), let greater = rest.takeParentheses(),
            rest.take(",le"), let lessOrEqual = rest.takeParentheses(), rest.isEmpty
        else { return nil }
        return .checkPacketLength(UInt32(truncatingIfNeeded: size), greater: try list(greater, depth: depth + 1),
            lessOrEqual: try list(lessOrEqual, depth: depth + 1))
    }
}

extension TextSlice {
    /// Takes "12.5%" as a probability in units of 2⁻³².
    fileprivate mutating func takePercent() -> UInt32? {
        var rest = self
        var scale: UInt64 = 1, value: UInt64 = 0
        let whole = rest.take { (0x30...0x39).contains($0) }
        guard (1...3).contains(whole.count) else { return nil }
        for byte in whole.bytes[whole.start..<whole.end] { value = value * 10 + UInt64(byte - 0x30) }
        if rest.take(".") {
            let digits = rest.take { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            for byte in digits.bytes[digits.start..<digits.end].prefix(6) {
                value = value * 10 + UInt64(byte - 0x30)
                scale *= 10
            }
        }
        guard rest.take("%"), value <= 100 * scale else { return nil }
        self = rest
        return UInt32(truncatingIfNeeded: (value * UInt64(UInt32.max) + 50 * scale) / (100 * scale))
    }
}
