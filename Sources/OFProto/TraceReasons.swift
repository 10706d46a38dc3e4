import Flow
import OpenFlow

/// Who looked at which bits of a packet, found by comparing the wildcards before and after each step of its translation.
/// Owner: its trace.
final class TraceReasons {
    /// The first who looked at some bits, in the order of the translation.
    private(set) var found: [(who: String, bits: FlowMask)] = []
    private var seen = FlowMask()
    /// The actions under way, the innermost last.
    private var under = ["always"]

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

    /// A line for each: who, and the bits as a match on `key` says them. Bits that are not in the megaflow's mask in the end are left out.
    func text(key: FlowKey, mask: FlowMask) -> String {
        found.map { who, bits in (who, Match(key: key, mask: bits.masked(by: mask))) }.filter { $0.1.mask != FlowMask() }
            .map { "  \($1.text()): \($0)\n" }.joined()
    }
}

extension FlowMask {
    /// The bits that are not in `other`.
    fileprivate func subtracting(_ other: FlowMask) -> FlowMask {
        var rest = self
        for line in 0..<12 { rest[line: line] &= ~other[line: line] }
        return rest
    }
}

extension Subtable {
    /// Which of its rules a lookup is for: the one that was found, or one of the highest priority.
    func text(_ found: Rule?) -> String {
        var asking = found
        if asking == nil { forEach { if Int($0.priority) == self.maxPriority { asking = $0 } } }
        guard let asking else { return "rules that are going" }
        let match = asking.match.text()
        return "priority \(asking.priority) " + (match.isEmpty ? "any packet" : match)
    }
}
