import Testing
@testable import VSwitch

@Suite struct LogLimitTests {
    /// Five lines at once, then one a minute, which tells of those in between.
    @Test func whatComesTooOftenIsDropped() {
        let rate = VLog.Rate(perMinute: 1, burst: 5)
        var limit = LogLimit(rate, now: 1000)
        for _ in 0..<5 { #expect(limit.admit(now: 1000, rate) == .some(nil)) }
        for now in [1000, 3000, 20_000] { #expect(limit.admit(now: now, rate) == nil) }
        #expect(limit.admit(now: 61_000, rate) == "Dropped 3 log messages in last 60 seconds (most recently, 41 seconds ago) due to excessive rate")
        #expect(limit.admit(now: 61_001, rate) == nil)
        #expect(limit.admit(now: 121_000, rate) == "Dropped 1 log messages in last 59 seconds (most recently, 59 seconds ago) due to excessive rate")
        #expect(limit.admit(now: 181_000, rate) == .some(nil))
    }

    @Test func aRateIsReadFromItsText() throws {
        let rate = try #require(VLog.Rate("60/5"))
        #expect(rate.perMinute == 60 && rate.burst == 5)
        for wrong in ["", "5", "0/5", "5/0", "a/b", "1/2/3", "1/60001"] { #expect(VLog.Rate(wrong) == nil, "\(wrong)") }
    }

    /// A place in the source has its own bucket, unless its module's rates are not limited.
    @Test func placesAreLimitedEachForItself() {
        let log = VLog(), rate = VLog.Rate(perMinute: 1, burst: 2)
        for destination in VLog.Destination.allCases { log.set(destination, .off) }
        func logged(_ module: String, _ site: String) -> Int {
            let before = log.state.withLock { $0.serial }
            for _ in 0..<10 { log.log(module, .warning, "x", site: site, rate: rate) }
            return log.state.withLock { $0.serial } - before
        }
        #expect(logged("bridge", "a:1") == 2 && logged("bridge", "a:1") == 0 && logged("bridge", "a:2") == 2)
        log.limitRates(of: ["bridge"], false)
        #expect(logged("bridge", "a:1") == 10)
        log.limitRates(of: ["bridge"], true)
        #expect(logged("bridge", "a:1") == 0)
    }
}
