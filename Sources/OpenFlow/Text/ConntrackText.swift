import Flow
import Wire

extension ActionPrinter {
    /// A nat in front of the actions stands outside exec(…).
    mutating func conntrack(_ spec: ConntrackSpec) -> String {
        var items: [String] = []
        if spec.commit { items.append("commit") }
        if spec.force { items.append("force") }
        if let table = spec.table { items.append("table=\(table)") }
        switch spec.zone {
        case .immediate(0): break
        case .immediate(let zone): items.append("zone=\(zone)")
        case .field(let range): items.append("zone=" + range.text)
        }
        var actions = spec.actions
        if case .nat(let nat) = actions.first {
            items.append(nat.text)
            actions.removeFirst()
        }
        if !actions.isEmpty { items.append("exec(" + nested(actions) + ")") }
        switch spec.helper {
        case 0: break
        case 21: items.append("alg=ftp")
        case 69: items.append("alg=tftp")
        default: items.append("alg=\(spec.helper)")
        }
        return "ct(" + items.joined(separator: ",") + ")"
    }
}

extension NATSpec {
    /// "nat(src=10.0.0.1-10.0.0.9:80-90,random)"
    var text: String {
        guard !flags.isDisjoint(with: [.source, .destination]) else { return "nat" }
        var items = [flags.contains(.source) ? "src" : "dst"]
        if addresses != .none {
            items[0] += "=" + range
            if flags.contains(.persistent) { items.append("persistent") }
            if flags.contains(.hash) { items.append("hash") }
            if flags.contains(.random) { items.append("random") }
        }
        return "nat(" + items.joined(separator: ",") + ")"
    }

    private var range: String {
        var out = TextWriter()
        switch addresses {
        case .none: break
        case .ipv4(let first, let last):
            out.ipv4(first)
            if let last, last != first {
                out.put("-")
                out.ipv4(last)
            }
        case .ipv6(let first, let last):
            bracketed(first, &out)
            if let last, last != first {
                out.put("-")
                bracketed(last, &out)
            }
        }
        if let firstPort, firstPort != 0 {
            out.put(":\(firstPort)")
            if let lastPort, lastPort != 0, lastPort != firstPort { out.put("-\(lastPort)") }
        }
        return out.text
    }

    /// An IPv6 address stands in brackets where a port follows.
    private func bracketed(_ address: BE128, _ out: inout TextWriter) {
        let hasPort = (firstPort ?? 0) != 0
        if hasPort { out.put("[") }
        out.ipv6(address)
        if hasPort { out.put("]") }
    }
}
