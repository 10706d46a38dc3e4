/// How often a place in the source may log: a bucket that is filled at a steady pace, and takes one token a line.
struct LogLimit {
    /// Tokens of a line: a bucket gets as many tokens a millisecond as lines a minute are allowed.
    private static let line = 60_000
    private var tokens: Int
    /// When the bucket was filled last, in milliseconds.
    private var filled: Int
    /// Lines since the last one that passed.
    private var dropped = 0
    private var firstDropped = 0
    private var lastDropped = 0

    init(_ rate: VLog.Rate, now: Int) {
        tokens = rate.burst * Self.line
        filled = now
    }

    /// Whether a line may be logged now (milliseconds); nil: not. Else a sentence about those that were not, if there were any.
    mutating func admit(now: Int, _ rate: VLog.Rate) -> String?? {
        tokens = min(rate.burst * Self.line, tokens + (now - filled) * rate.perMinute)
        filled = now
        guard tokens >= Self.line else {
            if dropped == 0 { firstDropped = now }
            lastDropped = now
            dropped += 1
            return nil
        }
        tokens -= Self.line
        guard dropped > 0 else { return .some(nil) }
        defer { dropped = 0 }
        return "Dropped \(dropped) log messages in last \((now - firstDropped) / 1000) seconds (most recently, \((now - lastDropped) / 1000) seconds ago) due to excessive rate"
    }
}
