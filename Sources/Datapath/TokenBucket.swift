/// A bucket that gains tokens with time and holds at most its burst; it starts full.
///
/// Integers only: the time since the last filling times the rate is divided by the clock's frequency, and the remainder is
/// kept for the next time, so that nothing is lost to rounding however often that is.
struct TokenBucket {
    /// Tokens per second.
    var rate: UInt64
    /// Tokens at most.
    var burst: UInt64
    /// At most `burst`.
    var tokens: UInt64
    /// What is on the way to the next token: below the clock's frequency.
    var remainder: UInt64 = 0

    @inline(__always) @_noLocks init(rate: UInt64, burst: UInt64) {
        self.rate = rate
        self.burst = burst
        tokens = burst
    }

    /// Adds what `elapsed` ticks of a clock of `hertz` bring.
    @inline(__always) @_noLocks mutating func fill(_ elapsed: UInt64, hertz: UInt64) {
        let product = elapsed.multipliedFullWidth(by: rate)
        let (low, carry) = product.low.addingReportingOverflow(remainder)
        let high = product.high &+ (carry ? 1 : 0)
        // More than 2⁶⁴ tokens fill any bucket.
        guard high < hertz else { return fillUp() }
        let (gain, rest) = hertz.dividingFullWidth((high, low))
        guard gain < burst &- tokens else { return fillUp() }
        tokens &+= gain
        remainder = rest
    }

    @inline(__always) @_noLocks private mutating func fillUp() {
        tokens = burst
        remainder = 0
    }

    /// Takes so many tokens, or none if there are fewer.
    @inline(__always) @_noLocks mutating func take(_ count: UInt64) -> Bool {
        guard tokens >= count else { return false }
        tokens &-= count
        return true
    }
}
