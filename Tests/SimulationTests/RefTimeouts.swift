/// Seconds; 0: none.
struct RefTimeouts: Hashable {
    var idle: UInt16 = 0
    var hard: UInt16 = 0

    /// fin_timeout of ovs-actions(7): what is longer becomes as short.
    mutating func shorten(_ other: RefTimeouts) {
        idle = Self.shorter(idle, other.idle)
        hard = Self.shorter(hard, other.hard)
    }

    private static func shorter(_ a: UInt16, _ b: UInt16) -> UInt16 { a == 0 || b == 0 ? max(a, b) : min(a, b) }
}

extension Simulation.RuleLife {
    /// It is possible that the rule's time is up.
    func mayExpire(_ rule: RefRule, at now: Int64) -> Bool { expires(rule, mayHave, modified: modified, used: usedFrom, at: now) }
    /// The rule's time is up.
    func mustExpire(_ rule: RefRule, at now: Int64) -> Bool { expires(rule, has, modified: modifiedTo, used: usedTo, at: now) }

    private func expires(_ rule: RefRule, _ timeouts: RefTimeouts, modified: Int64, used: Int64, at now: Int64) -> Bool {
        var all = RefTimeouts(idle: rule.idle, hard: rule.hard)
        all.shorten(timeouts)
        return all.hard > 0 && modified + Int64(all.hard) * 1_000 <= now || all.idle > 0 && used + Int64(all.idle) * 1_000 <= now
    }
}
