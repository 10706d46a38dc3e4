import Flow
import OpenFlow
import Wire

/// Who looked at which bits of a packet, found by comparing the wildcards before and after each step of its translation.
/// Owner: its trace.
final class TraceReasons {
    /// The first who looked at some bits, in the order of the translation.
    private(set) var found: [(who: String, bits: FlowMask)] = []
    private var seen = FlowMask()
    /// The actions under way, the innermost last.
    private var under = [TraceReasons.always]
    static let always = "always"

    /// What was looked at since the last step counts for the action around; from now on `who` is at it.
    func begin(_ who: String, _ wildcards: FlowMask) {
        settle(wildcards)
        under.append(who)
    }

    func end(_ wildcards: FlowMask) {
        settle(wildcards)
        under.removeLast()
    }

    /// What was looked at since the last step counts for `who`, or for who is at it.
    func settle(_ wildcards: FlowMask, _ who: String? = nil) {
        let new = wildcards.subtracting(seen)
        guard new != FlowMask() else { return }
        seen.formUnion(new)
        let who = who ?? under[under.count - 1]
        if let at = found.firstIndex(where: { $0.who == who }) {
            found[at].bits.formUnion(new)
        } else {
            found.append((who, new))
        }
    }

    /// Who looked at which bits that are in the megaflow's mask in the end; each bit is there once.
    func entries(mask: FlowMask) -> [(who: String, bits: FlowMask)] {
        found.map { ($0.who, $0.bits.masked(by: mask)) }.filter { $0.1 != FlowMask() }
    }

    /// Each with the bits as a match on `key` says them.
    func report(key: FlowKey, mask: FlowMask, names: @escaping PortNames) -> [TracePass.Reason] {
        entries(mask: mask).map { TracePass.Reason(bits: $1.reasonText(key: key, mask: mask, names: names), who: $0) }
    }
}

extension Translator {
    /// What `body` looks at counts for `who`.
    @inline(__always) func attribute<Result>(to who: @autoclosure () -> String, _ body: () -> Result) -> Result {
        guard let reasons = trace?.reasons else { return body() }
        reasons.begin(who(), wildcards.key)
        defer { reasons.end(wildcards.key) }
        return body()
    }
}

extension FlowMask {
    /// The bits as a match on `key`. Fields have the names that they have in the whole `mask`, where dl_type, nw_proto and that there is a tag are, too.
    fileprivate func reasonText(key: FlowKey, mask: FlowMask, names: @escaping PortNames) -> String {
        guard l0.dlType == .zero else { return Match(key: key, mask: self).text(names: names) }
        var around = FlowMask()
        around.l0.dlType = mask.l0.dlType
        if l0.nwProto == 0 { around.l0.nwProto = mask.l0.nwProto }
        if l0.vlanTCI != .zero { around.l0.vlanTCI = BE16(mask.l0.vlanTCI.host & VLANTCI.present & ~l0.vlanTCI.host) }
        let known = Set(Match(key: key, mask: around).text().split(separator: ","))
        return Match(key: key, mask: union(around)).text(names: names).split(separator: ",").filter { !known.contains($0) }.joined(separator: ",")
    }

    private func union(_ other: FlowMask) -> FlowMask {
        var all = self
        all.formUnion(other)
        return all
    }

    /// The bits that are not in `other`.
    fileprivate func subtracting(_ other: FlowMask) -> FlowMask {
        var rest = self
        for line in 0..<12 { rest[line: line] &= ~other[line: line] }
        return rest
    }
}

extension Subtable {
    /// Which of its rules a lookup is for: the one that was found, or one of the highest priority.
    func text(_ found: Rule?, names: @escaping PortNames) -> String {
        var asking = found
        if asking == nil { forEach { if Int($0.priority) == self.maxPriority { asking = $0 } } }
        guard let asking else { return "rules that are going" }
        let match = asking.match.text(names: names)
        return "priority \(asking.priority) " + (match.isEmpty ? "any packet" : match)
    }
}
