import Flow
import Testing
@testable import Datapath

/// Token buckets against a straightforward account in floating point and against the clock's whole range.
@Suite struct MeterTests {
    /// A bucket as a textbook has it.
    struct Oracle {
        var perPacket: Bool
        var hertz: Double
        var bands: [(rate: Double, burst: Double, bucket: Double, packets: UInt64)]
        var last = 0.0

        init(_ config: DPMeterConfig, hertz: UInt64) {
            perPacket = config.packetsPerSecond
            self.hertz = Double(hertz)
            let unit = perPacket ? 1.0 : 1000.0
            bands = config.bands.map { band in
                let burst = Double(band.burst == 0 ? band.rate : band.burst) * unit
                return (Double(band.rate) * unit, burst, burst, 0)
            }
        }
        /// Whether the packet is admitted, and whether the answer hangs on less than a rounding error.
        mutating func admits(_ length: Int, now: UInt64) -> (admitted: Bool, close: Bool) {
            let cost = perPacket ? 1.0 : Double(length * 8)
            var exceeded: Int?, close = false
            for index in bands.indices {
                bands[index].bucket = min(bands[index].burst, bands[index].bucket + (Double(now) - last) / hertz * bands[index].rate)
                // The meter counts whole units.
                if abs(bands[index].bucket.rounded(.down) - bands[index].bucket) < 1e-6 || bands[index].bucket.rounded(.up) - bands[index].bucket < 1e-6 { close = true }
                if bands[index].bucket.rounded(.down) >= cost {
                    bands[index].bucket -= cost
                } else if exceeded == nil || bands[index].rate > bands[exceeded!].rate {
                    exceeded = index
                }
            }
            last = Double(now)
            if let exceeded { bands[exceeded].packets += 1 }
            return (exceeded == nil, close)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8]) func agreesWithTheOracle(seed: UInt64) throws {
        var state = seed
        let hertz: UInt64 = seed % 2 == 0 ? 1_000_000_000 : 2_899_999_000
        let table = try #require(MeterTable(capacity: 4, hertz: hertz))
        defer { table.deallocate() }
        let bands = (0..<(1 + Int(splitMix64(&state) % 3))).map { _ in
            DPMeterConfig.Band(rate: 100 + UInt32(splitMix64(&state) % 2000), burst: UInt32(splitMix64(&state) % 3) * 40)
        }
        let config = DPMeterConfig(packetsPerSecond: splitMix64(&state) % 2 == 0, bands: bands)
        try table.set(2, config, now: 0)
        var oracle = Oracle(config, hertz: hertz), now: UInt64 = 0, packets: UInt64 = 0, bytes: UInt64 = 0, dropped: UInt64 = 0
        for _ in 0..<20_000 {
            now += splitMix64(&state) % (hertz / 2000)
            let length = 60 + Int(splitMix64(&state) % 1440)
            let expected = oracle.admits(length, now: now)
            let admitted = table.admits(2, length: length, now: now)
            if admitted != expected.admitted {
                // Floating point may be a hair off a whole unit; then the accounts part for good.
                #expect(expected.close, "packet \(packets)")
                return
            }
            packets += 1
            bytes += UInt64(length)
            if !admitted { dropped += 1 }
        }
        let stats = try #require(table.stats(2))
        #expect(stats.packets == packets && stats.bytes == bytes)
        #expect(stats.bandPackets == oracle.bands.map(\.packets))
        #expect(stats.bandPackets.reduce(0, +) == dropped && dropped > 0)
    }

    /// More tries than tokens: the rate's packets and one burst pass, not one more or less.
    @Test(arguments: [1, 3, 1000, 100_000]) func theRateIsExactHoweverOftenItIsFilled(stepNanoseconds: UInt64) throws {
        let table = try #require(MeterTable(capacity: 1, hertz: 1_000_000_000))
        defer { table.deallocate() }
        try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 3_000_000, burst: 7)]), now: 0)
        // As many tries as there are tokens, and more.
        var passed = (0..<9).count { _ in table.admits(0, length: 64, now: 0) }, now: UInt64 = 0
        #expect(passed == 7)
        let steps = 100_000
        for _ in 0..<steps {
            now += stepNanoseconds
            for _ in 0..<9 where table.admits(0, length: 64, now: now) { passed += 1 }
        }
        // With long steps the bucket overflows: it holds 7.
        #expect(passed == 7 + min(Int(now) * 3_000_000 / 1_000_000_000, steps * 7))
    }

    @Test func theHighestExceededBandCounts() throws {
        let table = try #require(MeterTable(capacity: 1, hertz: 1000))
        defer { table.deallocate() }
        try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 10, burst: 2), .init(rate: 20, burst: 4)]), now: 0)
        let admitted = (0..<6).map { _ in table.admits(0, length: 100, now: 0) }
        #expect(admitted == [true, true, false, false, false, false])
        // Packets 3 and 4 exceed the first band alone; 5 and 6 both, and the second has the higher rate.
        #expect(table.stats(0)?.bandPackets == [2, 2])
    }

    @Test func bitsAndDefaultBurst() throws {
        let table = try #require(MeterTable(capacity: 1, hertz: 1_000_000))
        defer { table.deallocate() }
        // 8 kbit/s, so a burst of 8000 bits: 1000 bytes.
        try table.set(0, DPMeterConfig(packetsPerSecond: false, bands: [.init(rate: 8, burst: 0)]), now: 5)
        #expect(table.admits(0, length: 600, now: 5))
        #expect(!table.admits(0, length: 401, now: 5))
        #expect(table.admits(0, length: 400, now: 5))
        #expect(!table.admits(0, length: 1, now: 5))
        // A millisecond brings eight bits.
        #expect(table.admits(0, length: 1, now: 1005))
        // A clock that comes late does no harm.
        #expect(!table.admits(0, length: 1, now: 5))
        // A year does not overflow.
        #expect(table.admits(0, length: 1000, now: 365 * 86400 * 1_000_000))
        #expect(table.admits(0, length: 1000, now: .max))
    }

    @Test func theFastestRates() throws {
        let table = try #require(MeterTable(capacity: 1, hertz: 4_000_000_000))
        defer { table.deallocate() }
        try table.set(0, DPMeterConfig(packetsPerSecond: false, bands: [.init(rate: .max, burst: .max)]), now: 0)
        for step: UInt64 in 0..<1000 { #expect(table.admits(0, length: 65535, now: step)) }
        #expect(table.admits(0, length: 65535, now: .max))
    }

    @Test func theLastOfAllMeters() throws {
        let table = try #require(MeterTable(capacity: Limits.meters, hertz: 1000))
        defer { table.deallocate() }
        #expect(Limits.meters == 262_144)
        let last = UInt32(Limits.meters - 1)
        #expect(table.stats(last) == nil)
        #expect(table.admits(last, length: 100, now: 0))
        try table.set(last, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 1, burst: 1)]), now: 0)
        #expect(table.admits(last, length: 100, now: 0) && !table.admits(last, length: 100, now: 1))
        #expect(table.stats(last)?.packets == 2 && table.stats(last - 1) == nil)
        table.delete(last)
        #expect(table.stats(last) == nil)
    }

    @Test func refusals() throws {
        let table = try #require(MeterTable(capacity: 2, hertz: 1000))
        defer { table.deallocate() }
        #expect(throws: DPIFError.self) { try table.set(2, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 1, burst: 1)]), now: 0) }
        #expect(throws: DPIFError.self) { try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: []), now: 0) }
        #expect(throws: DPIFError.self) { try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 0, burst: 1)]), now: 0) }
        let many = [DPMeterConfig.Band](repeating: .init(rate: 1, burst: 1), count: 9)
        #expect(throws: DPIFError.self) { try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: many), now: 0) }
        #expect(table.stats(0) == nil && table.stats(9) == nil)
        #expect(table.admits(0, length: 1, now: 0) && table.admits(77, length: 1, now: 0))
        try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 1, burst: 1)]), now: 0)
        #expect(table.admits(0, length: 1, now: 0) && !table.admits(0, length: 1, now: 0))
        table.delete(0)
        #expect(table.stats(0) == nil && table.admits(0, length: 1, now: 0))
    }

    /// Two threads charge one meter: nothing is counted twice or lost, and no more passes than there are tokens.
    @Test func sharedByThreads() async throws {
        let table = try #require(MeterTable(capacity: 1, hertz: 1000))
        defer { table.deallocate() }
        try table.set(0, DPMeterConfig(packetsPerSecond: true, bands: [.init(rate: 1, burst: 10_000)]), now: 0)
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<2 { group.addTask { (0..<20_000).count { _ in table.admits(0, length: 64, now: 0) } } }
            return await group.reduce(0, +)
        }
        #expect(passed == 10_000)
        #expect(table.stats(0)?.packets == 40_000 && table.stats(0)?.bandPackets == [30_000])
    }
}
