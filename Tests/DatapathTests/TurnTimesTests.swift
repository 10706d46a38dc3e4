import Testing
@testable import Datapath

@Suite struct TurnTimesTests {
    @Test func binsFollowEachOtherWithoutGapsAndAreAnEighthWide() {
        var last: UInt64?
        for bin in 0..<LogHistogram.count {
            let first = last.map { $0 + 1 } ?? 0
            let end = LogHistogram.last(of: bin)
            #expect(end >= first && (end - first) * 8 <= first)
            for value in [first, end] {
                var histogram = LogHistogram()
                histogram.add(value)
                #expect(histogram.bins[bin] == 1, "\(value)")
            }
            last = end
        }
        #expect(last == 1 << 32 - 1)
        var histogram = LogHistogram()
        histogram.add(.max)
        #expect(histogram.bins[LogHistogram.count - 1] == 1)
    }

    @Test func differencesAndOctaves() {
        var histogram = LogHistogram()
        for value: UInt64 in [0, 1, 5, 100] { histogram.add(value) }
        let before = histogram
        for value: UInt64 in [100, 127, 128, 1 << 20] { histogram.add(value) }
        let octaves = histogram.since(before).octaves
        #expect((0..<40).filter { octaves.bins[$0] != 0 } == [6, 7, 20])
        #expect(octaves.bins[6] == 2)
        #expect(before.octaves.bins[0] == 2)
    }

    @Test func quantilesOfTurns() {
        let times = TurnTimes(bins: [.init(last: 10, turns: 990), .init(last: 50, turns: 0), .init(last: 100, turns: 9), .init(last: 1000, turns: 1)], cycles: 20_000)
        #expect(times.bins.count == 3)
        #expect([0.5, 0.99, 0.999, 1].map(times.turn) == [10, 10, 100, 1000])
        #expect(times.longest == 1000)
        let none = TurnTimes(LogHistogram(), cycles: 0)
        #expect(none.longest == 0 && none.turn(0.5) == 0 && none.wait(0.5) == 0)
    }

    /// The same as a packet sees it that comes at each moment in turn.
    @Test func aPacketWaitsForTheEndOfTheTurn() {
        var state: UInt64 = 3
        var turns: [UInt64] = []
        for _ in 0..<400 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let short = state >> 60, isLong = state >> 40 & 0xff < 4
            turns.append(isLong ? 700 + short * 10 : 1 + short)
        }
        var waits: [UInt64] = []
        for turn in turns { waits += (1...turn).map { $0 } }
        waits.sort()
        let counts = Dictionary(turns.map { ($0, 1) }, uniquingKeysWith: +)
        let times = TurnTimes(bins: counts.sorted { $0.key < $1.key }.map { .init(last: $0.key, turns: UInt64($0.value)) }, cycles: UInt64(waits.count))
        for fraction in [0.1, 0.5, 0.9, 0.99] {
            let exact = waits[Int(Double(waits.count) * fraction)]
            let told = times.wait(fraction)
            // A wait of n whole cycles is one of n − 1 to n.
            #expect(told + 1 >= exact && told <= exact + 1, "\(fraction): \(told), not \(exact)")
        }
    }
}
