/// A marker with two rates and three colours (RFC 4115, section 3). It is aware of the colour that a packet has; one that is blind to it takes all packets
/// for green. With an excess burst of 0 it is one of a single rate (RFC 2697).
struct Marker {
    enum Colour { case green, yellow, red }

    let rates: DPRates
    private var committed: TokenBucket
    private var excess: TokenBucket
    /// When the buckets were last filled, in ticks.
    private var filled: UInt64

    init(_ rates: DPRates, now: UInt64) {
        self.rates = rates
        committed = TokenBucket(rate: rates.cir, burst: rates.cbs)
        excess = TokenBucket(rate: rates.eir, burst: rates.ebs)
        filled = now
    }

    /// Marks a packet of `length` bytes at the time `now` of a clock of `hertz`.
    @inline(__always) @_noLocks mutating func mark(_ length: UInt64, _ colour: Colour, now: UInt64, hertz: UInt64) -> Colour {
        // A PMD whose clock was read earlier may come later: time never runs backwards here.
        if now > filled {
            let elapsed = now &- filled
            filled = now
            committed.fill(elapsed, hertz: hertz)
            excess.fill(elapsed, hertz: hertz)
        }
        if colour == .green, committed.take(length) { return .green }
        if colour != .red, excess.take(length) { return .yellow }
        return .red
    }
}
