/// A histogram with eight bins for each power of two, so that a bin's bounds are at most an eighth apart. The values 0 to 7 have a bin each; bin 8 and
/// those after it begin at (8 + bin mod 8)·2^(bin/8 − 1). What is 2³² or more is in the last bin.
public struct LogHistogram: Sendable {
    @inlinable public static var count: Int { 240 }
    public var bins = InlineArray<240, UInt64>(repeating: 0)
    public init() {}

    @_noLocks @inline(__always) public mutating func add(_ value: UInt64) {
        if value < 8 {
            bins[Int(truncatingIfNeeded: value)] &+= 1
            return
        }
        let octave = 63 - value.leadingZeroBitCount
        let bin = (octave - 2) * 8 + Int(truncatingIfNeeded: value >> UInt64(octave - 3)) & 7
        bins[bin < Self.count ? bin : Self.count - 1] &+= 1
    }

    mutating func add(_ other: LogHistogram) {
        for bin in bins.indices { bins[bin] &+= other.bins[bin] }
    }

    /// The greatest value that belongs to a bin.
    public static func last(of bin: Int) -> UInt64 {
        bin < 8 ? UInt64(bin) : UInt64(9 + bin % 8) << UInt64(bin / 8 - 1) - 1
    }

    /// What has been added since `former`.
    public func since(_ former: LogHistogram) -> LogHistogram {
        var result = self
        for bin in 0..<Self.count { result.bins[bin] &-= former.bins[bin] }
        return result
    }

    /// The same in bins of a power of two.
    public var octaves: Log2Histogram {
        var result = Log2Histogram()
        for bin in 0..<Self.count where bins[bin] != 0 {
            let last = Self.last(of: bin)
            result.bins[last == 0 ? 0 : 63 - last.leadingZeroBitCount] &+= bins[bin]
        }
        return result
    }
}

/// How long the turns of a PMD's loop were within some time, and what that means for a packet: it comes at any moment, and waits in its receive
/// queue until the turn that is under way ends. All in cycles, as upper bounds: a turn counts as the longest that its bin holds.
public struct TurnTimes: Equatable, Sendable {
    public struct Bin: Equatable, Sendable {
        /// The longest turn that belongs here.
        public var last: UInt64
        public var turns: UInt64
        public init(last: UInt64, turns: UInt64) {
            self.last = last
            self.turns = turns
        }
    }
    /// Those that hold something, ascending.
    public let bins: [Bin]
    /// The time in which all of them were made.
    public let cycles: UInt64

    public init(bins: [Bin], cycles: UInt64) {
        self.bins = bins.filter { $0.turns > 0 }
        self.cycles = cycles
    }

    public init(_ histogram: LogHistogram, cycles: UInt64) {
        self.init(bins: (0..<LogHistogram.count).map { Bin(last: LogHistogram.last(of: $0), turns: histogram.bins[$0]) }, cycles: cycles)
    }

    public var longest: UInt64 { bins.last?.last ?? 0 }

    /// The length that `fraction` (0–1) of the turns do not exceed.
    public func turn(_ fraction: Double) -> UInt64 {
        let wanted = Double(bins.reduce(0) { $0 + $1.turns }) * fraction
        var sum: UInt64 = 0
        for bin in bins {
            sum += bin.turns
            if Double(sum) >= wanted { return bin.last }
        }
        return 0
    }

    /// The time that `fraction` (0–1) of all moments are not further from the end of their turn.
    public func wait(_ fraction: Double) -> UInt64 {
        let allowed = Double(cycles) * (1 - fraction)
        // Moments more than x before their turn's end: the sum of (length − x) over the longer turns. It falls as x rises.
        func beyond(_ x: UInt64) -> Double { bins.reduce(0) { $1.last > x ? $0 + Double($1.turns) * Double($1.last - x) : $0 } }
        var (low, high) = (UInt64(0), longest)
        while low < high {
            let middle = low + (high - low) / 2
            if beyond(middle) <= allowed { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
