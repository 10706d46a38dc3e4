import CDPDK

/// The time-stamp counter, in which a cycle per packet is counted.
enum TSC {
    /// Ticks a second, measured once against the monotonic clock.
    static let hertz: Double = {
        let clock = ContinuousClock()
        let from = nt_cycles(), start = clock.now
        while clock.now - start < .milliseconds(50) {}
        let to = nt_cycles(), end = clock.now
        return Double(to &- from) / ((end - start) / .seconds(1))
    }()

    /// The microseconds of so many ticks.
    static func microseconds(_ ticks: UInt64) -> Double { Double(ticks) / hertz * 1e6 }
}
