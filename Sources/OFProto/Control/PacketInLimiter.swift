/// How fast packet-ins go to a controller (controller_rate_limit and controller_burst_limit of ovs-vswitchd.conf.db(5)).
public struct PacketInLimits: Hashable, Sendable {
    /// Packets a second; nil: no limit.
    public var rate: Int?
    /// Packets that may come at once on top; nil: a quarter of the rate.
    public var burst: Int?
    public init(rate: Int? = nil, burst: Int? = nil) {
        self.rate = rate
        self.burst = burst
    }
}

/// A token bucket: a packet costs 1000 tokens, a millisecond brings `rate`.
struct PacketInLimiter {
    private let rate: Int
    private let capacity: Int
    private var tokens: Int
    private var filled: Int64?

    init(_ limits: PacketInLimits) {
        rate = limits.rate.map { max($0, 1) } ?? 0
        capacity = max(limits.burst ?? rate / 4, 1) * 1000
        tokens = capacity
    }

    /// True if one more packet may go now.
    mutating func admit(now: Int64) -> Bool {
        guard rate > 0 else { return true }
        if let filled, now > filled { tokens = min(capacity, tokens + Int(clamping: (now - filled).multipliedReportingOverflow(by: Int64(rate)).partialValue)) }
        filled = now
        guard tokens >= 1000 else { return false }
        tokens -= 1000
        return true
    }
}
