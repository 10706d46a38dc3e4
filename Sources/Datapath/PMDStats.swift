import CDPDK

/// A histogram with a bin for each power of two: bin n counts values from 2ⁿ to 2ⁿ⁺¹−1, bin 0 also 0.
public struct Log2Histogram: Sendable {
    public var bins = InlineArray<40, UInt64>(repeating: 0)
    public init() {}
    @inline(__always) mutating func add(_ value: UInt64) {
        let bin = value == 0 ? 0 : 63 - value.leadingZeroBitCount
        bins[bin < 40 ? bin : 39] &+= 1
    }
    mutating func add(_ other: Log2Histogram) {
        for bin in bins.indices { bins[bin] &+= other.bins[bin] }
    }
    /// What has been added since `former`.
    func since(_ former: Log2Histogram) -> Log2Histogram {
        var result = self
        for bin in bins.indices { result.bins[bin] &-= former.bins[bin] }
        return result
    }
    /// The number of values.
    public var count: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<40 { sum &+= bins[index] }
        return sum
    }
    /// An upper bound of the value that `fraction` of all values do not exceed.
    public func quantile(_ fraction: Double) -> UInt64 {
        let wanted = UInt64((Double(count) * fraction).rounded(.up))
        var sum: UInt64 = 0
        for index in 0..<40 {
            sum &+= bins[index]
            if sum >= wanted && sum > 0 { return (2 << UInt64(index)) - 1 }
        }
        return 0
    }
}

/// Counters of one PMD, with the meanings of `dpif-netdev/pmd-stats-show` and `pmd-perf-show`.
public struct PMDStats: Sendable {
    public var rxPackets: UInt64 = 0
    public var rxBatches: UInt64 = 0
    /// Passes through the datapath after a recirculation.
    public var recirculations: UInt64 = 0
    /// Packets that took the same megaflow as the packet before them, found without any cache.
    public var hintHits: UInt64 = 0
    public var emcHits: UInt64 = 0
    public var smcHits: UInt64 = 0
    public var megaflowHits: UInt64 = 0
    /// Subtables searched for megaflow hits.
    public var subtableLookups: UInt64 = 0
    /// Packets that went to the ofproto thread because no megaflow matched.
    public var upcalls: UInt64 = 0
    /// Packets that waited behind a miss of their microflow; they are counted as hits, or upcalls, when they go on.
    public var held: UInt64 = 0
    /// Packets lost because the upcall ring was full, or because there was no room to wait behind a miss.
    public var upcallsLost: UInt64 = 0
    /// Packets that were looked up, and so counted, once more: they waited though they had a megaflow, or theirs had gone when their turn came.
    public var lookedUpAgain: UInt64 = 0
    public var txPackets: UInt64 = 0
    public var txBatches: UInt64 = 0
    public var iterations: UInt64 = 0
    /// Turns that had packets or commands.
    public var busyIterations: UInt64 = 0
    public var busyCycles: UInt64 = 0
    public var idleCycles: UInt64 = 0
    /// Sleeps after turns, and how long they were; they are neither busy nor idle.
    public var sleeps: UInt64 = 0
    public var sleepCycles: UInt64 = 0
    public var packetsPerBatch = Log2Histogram()
    /// Of all turns, those without packets and commands too.
    public var cyclesPerIteration = LogHistogram()
    /// Cycles from a miss to the execution of the packet's actions.
    public var upcallLatency = Log2Histogram()
    public init() {}

    /// The counters without the histograms.
    private static var counters: [WritableKeyPath<PMDStats, UInt64>] {
        [\.rxPackets, \.rxBatches, \.recirculations, \.hintHits, \.emcHits, \.smcHits, \.megaflowHits, \.subtableLookups, \.upcalls,
            \.held, \.upcallsLost, \.lookedUpAgain, \.txPackets, \.txBatches, \.iterations, \.busyIterations, \.busyCycles, \.idleCycles, \.sleeps, \.sleepCycles]
    }

    mutating func add(_ other: PMDStats) {
        for counter in Self.counters { self[keyPath: counter] &+= other[keyPath: counter] }
        packetsPerBatch.add(other.packetsPerBatch)
        cyclesPerIteration.add(other.cyclesPerIteration)
        upcallLatency.add(other.upcallLatency)
    }

    /// What was counted since `former`, an earlier moment of the same PMD. If it is another PMD's, which shows in counters that went back, nothing is taken off.
    public func since(_ former: PMDStats) -> PMDStats {
        guard Self.counters.allSatisfy({ self[keyPath: $0] >= former[keyPath: $0] }) else { return self }
        var result = self
        for counter in Self.counters { result[keyPath: counter] -= former[keyPath: counter] }
        result.packetsPerBatch = packetsPerBatch.since(former.packetsPerBatch)
        result.cyclesPerIteration = cyclesPerIteration.since(former.cyclesPerIteration)
        result.upcallLatency = upcallLatency.since(former.upcallLatency)
        return result
    }
}
