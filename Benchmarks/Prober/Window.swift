/// A load for some time: what the prober is asked for in a line of its standard input.
struct Window {
    /// New flows a second.
    var newFlows: Int
    /// Seconds of the load that do not count, that count, and that do not count again.
    var leadIn: Double, seconds: Double, leadOut: Double

    /// Reads "NEW-FLOWS LEAD-IN SECONDS LEAD-OUT"; nil: that is not what the line says.
    init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count == 4, let newFlows = Int(words[0]), (0...1_000_000).contains(newFlows) else { return nil }
        let times = words.dropFirst().compactMap { Double($0) }.filter { $0 >= 0 && $0 <= 3600 }
        guard times.count == 3 else { return nil }
        self.newFlows = newFlows
        (leadIn, seconds, leadOut) = (times[0], times[1], times[2])
    }
}

/// What came of it. Times in microseconds; counts of probes and of new flows' packets sent in the window. The harness reads it as `ProbeReport`.
struct WindowReport: Codable {
    var sent = 0, received = 0
    /// Back, but the prober did not run all the while: not in the percentiles.
    var censored = 0
    var p50 = 0.0, p99 = 0.0, p999 = 0.0
    var newFlows = 0, newFlowsReceived = 0
    var newFlowsPerSecond = 0.0

    /// - Parameter latencies: in ticks of the time-stamp counter.
    mutating func finish(_ latencies: [UInt64], hertz: Double, _ window: Window) {
        let sorted = latencies.sorted()
        func percentile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / hertz * 1e6
        }
        (p50, p99, p999) = (percentile(0.5), percentile(0.99), percentile(0.999))
        newFlowsPerSecond = window.seconds > 0 ? Double(newFlows) / window.seconds : 0
    }
}
