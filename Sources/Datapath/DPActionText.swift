import Flow
import Wire

extension [DPAction] {
    /// The actions as `ovs-appctl dpctl/dump-flows` prints them; "drop" for none. `portName` (`--names`) may name ports, and `userdata` tells what stands for
    /// userdata, "controller(…)", to those who know its meaning.
    public func odpText(portName: (ODPPort) -> String? = { _ in nil }, userdata: (UInt64) -> String? = { _ in nil }) -> String {
        let parts = map { $0.odpText(portName, userdata) }
        return parts.isEmpty ? "drop" : parts.joined(separator: ",")
    }
}

extension DPAction {
    func odpText(_ portName: (ODPPort) -> String?, _ meaning: (UInt64) -> String?) -> String {
        func text(_ nested: [DPAction]) -> String { nested.odpText(portName: portName, userdata: meaning) }
        switch self {
        case .output(let port): return portName(port) ?? String(port.number)
        case .userspace(let userdata, let maxLength): return userspaceText(userdata, meaning(userdata), maxLength)
        case .pushVLAN(let tpid, let tci):
            let type = tpid.host == EtherType.vlan8021Q ? "" : "tpid=" + hex(tpid.host, digits: 4) + ","
            return "push_vlan(\(type)vid=\(tci.host & VLANTCI.vidMask),pcp=\(tci.host >> 13))"
        case .popVLAN: return "pop_vlan"
        case .pushMPLS(let lse, let etherType):
            return "push_mpls(" + labelText(lse, etherType) + ")"
        case .popMPLS(let etherType): return "pop_mpls(eth_type=" + hex(etherType.host) + ")"
        case .set(let field): return "set(" + field.odpText + ")"
        case .recirc(let id): return "recirc(" + hex(id.number) + ")"
        case .hash(let algorithm, let basis): return "hash(\(algorithm == 0 ? "l4" : "sym_l4")(\(basis)))"
        case .trunc(let maxLength): return "trunc(\(maxLength))"
        case .clone(let actions): return "clone(" + text(actions) + ")"
        case .sample(let probability, let actions):
            return "sample(sample=" + percentText(probability) + "%,actions(" + text(actions) + "))"
        case .meter(let meter): return "meter(\(meter))"
        case .checkPacketLength(let size, let greater, let lessOrEqual):
            return "check_pkt_len(size=\(size),gt(" + text(greater) + "),le(" + text(lessOrEqual) + "))"
        case .pushEthernet(let src, let dst): return "push_eth(src=\(src),dst=\(dst))"
        case .popEthernet: return "pop_eth"
        case .addMPLS(let lse, let etherType): return "add_mpls(" + labelText(lse, etherType) + ")"
        case .pushNSH(let header): return header.odpText
        case .popNSH: return "pop_nsh()"
        case .drop: return "drop"
        }
    }

    private func labelText(_ lse: BE32, _ etherType: BE16) -> String {
        let entry = lse.host
        return "label=\(entry >> 12),tc=\(entry >> 9 & 7),ttl=\(entry & 0xff),bos=\(entry >> 8 & 1),eth_type=" + hex(etherType.host)
    }

    private func userspaceText(_ userdata: UInt64, _ meaning: String?, _ maxLength: UInt32) -> String {
        var out = TextWriter()
        out.put("userspace(pid=0,")
        if let meaning {
            out.put(meaning)
        } else {
            out.put("userdata(")
            out.bareHex(userdata, digits: 16)
            out.put(")")
        }
        if maxLength != 0 { out.put(",max_len=\(maxLength)") }
        out.put(")")
        return out.text
    }
}

/// A probability in units of 2⁻³² as percent with one decimal.
func percentText(_ probability: UInt32) -> String {
    let tenths = (UInt64(probability) * 1000 + UInt64(UInt32.max) / 2) / UInt64(UInt32.max)
    return "\(tenths / 10).\(tenths % 10)"
}

private func hex(_ value: some UnsignedInteger, digits: Int? = nil) -> String {
    var out = TextWriter()
    if let digits { out.hex(value, digits: digits) } else { out.hex(value) }
    return out.text
}
