import Flow
import Testing
@testable import Datapath

/// Buckets, markers and policers against accounts in exact arithmetic, and against sequences worked out by hand.
@Suite struct PolicerTests {
    private static let hertz: UInt64 = 1_000_000_000

    /// A bucket whose contents are counted in tokens × ticks per second.
    struct ExactBucket {
        var rate: UInt128, burst: UInt128, contents: UInt128
        let hertz: UInt128

        init(rate: UInt64, burst: UInt64, hertz: UInt64) {
            (self.rate, self.hertz, self.burst) = (UInt128(rate), UInt128(hertz), UInt128(burst) * UInt128(hertz))
            contents = self.burst
        }
        mutating func fill(_ elapsed: UInt64) { contents = min(burst, contents + UInt128(elapsed) * rate) }
        mutating func take(_ count: UInt64) -> Bool {
            guard contents >= UInt128(count) * hertz else { return false }
            contents -= UInt128(count) * hertz
            return true
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func aBucketLosesNothing(seed: UInt64) {
        var state = seed
        let hertz = [Self.hertz, 2_899_999_000, 1_000][Int(seed % 3)]
        let rate = 1_000 + splitMix64(&state) % 100_000, burst = 1_500 + splitMix64(&state) % 20_000
        var bucket = TokenBucket(rate: rate, burst: burst), exact = ExactBucket(rate: rate, burst: burst, hertz: hertz)
        var admitted = 0
        for _ in 0..<50_000 {
            let elapsed = splitMix64(&state) % (hertz / 500 + 2), cost = splitMix64(&state) % 1500
            bucket.fill(elapsed, hertz: hertz)
            exact.fill(elapsed)
            let wanted = exact.take(cost), taken = bucket.take(cost)
            #expect(taken == wanted)
            #expect(UInt128(bucket.tokens) == exact.contents / exact.hertz)
            admitted += wanted ? 1 : 0
        }
        #expect(admitted > 0 && admitted < 50_000)
    }

    @Test func aBucketHoldsNoMoreThanItsBurst() {
        var bucket = TokenBucket(rate: .max, burst: 100)
        let taken = [101, 100, 1, 0].map { bucket.take($0) }
        #expect(taken == [false, true, false, true])
        bucket.fill(.max, hertz: Self.hertz)
        #expect(bucket.tokens == 100)
        var slow = TokenBucket(rate: 1, burst: 100)
        slow.tokens = 0
        // A token a second, however the second is cut up.
        for _ in 0..<1_000 { slow.fill(1_000_000, hertz: Self.hertz) }
        #expect(slow.tokens == 1)
        slow.fill(0, hertz: Self.hertz)
        #expect(slow.tokens == 1)
    }

    /// RFC 4115, section 3: what each colour takes from which bucket.
    @Test func coloursByHand() {
        var marker = Marker(DPRates(cir: 100, cbs: 300, eir: 50, ebs: 200), now: 0)
        func mark(_ length: UInt64, _ colour: Marker.Colour = .green, at now: UInt64 = 0) -> Marker.Colour {
            marker.mark(length, colour, now: now, hertz: 1_000)
        }
        #expect(mark(250) == .green)
        #expect(mark(100) == .yellow)
        // 50 are left in one, 100 in the other.
        #expect(mark(120) == .red)
        #expect(mark(50, .yellow) == .yellow)
        #expect(mark(50, .red) == .red)
        #expect(mark(50) == .green)
        #expect(mark(51) == .red && mark(50) == .yellow && mark(1) == .red)
        // A second brings 100 and 50.
        #expect(mark(100, at: 1_000) == .green && mark(50, at: 1_000) == .yellow && mark(1, at: 1_000) == .red)
        // Time does not run backwards, and nothing is brought twice.
        #expect(mark(1, at: 500) == .red && mark(1, at: 1_000) == .red)
        // Both are full again, but not more than full.
        #expect(mark(301, at: 1_000_000) == .red && mark(300, at: 1_000_000) == .green)
        #expect(mark(201, at: 1_000_000) == .red && mark(200, at: 1_000_000) == .yellow)
    }

    /// RFC 2697 without an excess burst.
    @Test func aSingleRateHasNoYellow() {
        var marker = Marker(DPRates(cir: 1_000, cbs: 1_500), now: 0)
        let marks = [(1_500, .green, 0), (1, .green, 0), (500, .yellow, 500), (500, .green, 500)].map { (length: UInt64, colour: Marker.Colour, now: UInt64) in
            marker.mark(length, colour, now: now, hertz: 1_000)
        }
        #expect(marks == [.green, .red, .red, .green])
    }

    @Test func whatIsNoPolicerIsRefused() {
        #expect(DPEgressQoS.egressPolicer(cir: 1, cbs: 1).isValid)
        for (cir, cbs) in [(0, 1), (1, 0), (0, 0)] as [(UInt64, UInt64)] { #expect(!DPEgressQoS.egressPolicer(cir: cir, cbs: cbs).isValid) }
        #expect(DPEgressQoS.trtcmPolicer(DPRates(), queues: [:]).isValid)
        #expect(!DPEgressQoS.trtcmPolicer(DPRates(cir: 1), queues: [:]).isValid)
        #expect(!DPEgressQoS.trtcmPolicer(DPRates(eir: 1, ebs: 0), queues: [:]).isValid)
        #expect(!DPEgressQoS.trtcmPolicer(DPRates(), queues: [3: DPRates(cir: 1)]).isValid)
    }

    // Policers

    private func with(_ qos: DPEgressQoS, _ body: (UnsafeMutablePointer<EgressPolicer>) -> Void) {
        let policer = unsafe EgressPolicer.make(qos, keeping: nil, now: 0, time: 7, hertz: 1_000)
        unsafe body(policer)
        unsafe EgressPolicer.retire(policer, for: nil)
    }

    /// First the queue marks, blind to colours; then the port, which knows what the queue has said.
    @Test func queuesMarkBeforeThePort() {
        let queues: [UInt32: DPRates] = [0: DPRates(cir: 10, cbs: 100), 7: DPRates(eir: 10, ebs: 300), .max: DPRates()]
        with(.trtcmPolicer(DPRates(cir: 10, cbs: 150, eir: 10, ebs: 250), queues: queues)) { policer in
            func admits(_ length: UInt64, _ queue: UInt32, at now: UInt64 = 0) -> Bool { unsafe policer.pointee.admits(length, queue: queue, now: now) }
            // Green at the queue and at the port.
            #expect(admits(100, 0))
            // Red at the queue; another queue that there is not goes by the default one.
            #expect(!admits(1, 0) && !admits(1, 5))
            // Yellow at the queue: the port's excess only.
            #expect(admits(250, 7) && !admits(50, 7))
            // The queue's last 50 are gone as well, though the port let nothing pass.
            #expect(!admits(1, 7))
            #expect(!admits(1, .max) && admits(0, .max))
            #expect(unsafe policer.pointee.stats == [
                DPQueueStats(queue: 0, packets: 1, bytes: 100, errors: 2, created: 7), DPQueueStats(queue: 7, packets: 2, bytes: 300, errors: 1, created: 7),
                DPQueueStats(queue: .max, packets: 1, bytes: 0, errors: 1, created: 7),
            ])
        }
        // Without a default queue there is nothing for packets of queues that there are not.
        with(.trtcmPolicer(DPRates(cir: 10, cbs: 150), queues: [7: DPRates(cir: 1, cbs: 10)])) { policer in
            #expect(unsafe [0, 8, 7].map { unsafe policer.pointee.admits(5, queue: $0, now: 0) } == [false, false, true])
        }
    }

    @Test func eachOfManyQueuesIsFound() {
        let numbers = (0..<1000).map { UInt32($0 * $0 * 3) }
        let queues = Dictionary(uniqueKeysWithValues: numbers.map { ($0, DPRates(cir: 1, cbs: 1 << 20)) })
        with(.trtcmPolicer(DPRates(eir: 1, ebs: 1 << 40), queues: queues)) { policer in
            for (index, number) in numbers.enumerated() { for _ in 0...(index % 3) { _ = unsafe policer.pointee.admits(10, queue: number, now: 0) } }
            _ = unsafe policer.pointee.admits(10, queue: 1, now: 0)
            let stats = unsafe policer.pointee.stats
            #expect(stats.map(\.queue) == numbers)
            #expect(stats.enumerated().allSatisfy { $1.packets == UInt64($0 % 3 + ($0 == 0 ? 2 : 1)) && $1.errors == 0 })
        }
    }

    /// Queues and rates that a change leaves alone keep what they have.
    @Test func aChangeKeepsWhatStays() {
        let rates = DPRates(cir: 10, cbs: 1_000, eir: 10, ebs: 1_000)
        let before: [UInt32: DPRates] = [0: rates, 1: rates, 2: rates]
        let first = unsafe EgressPolicer.make(.trtcmPolicer(rates, queues: before), keeping: nil, now: 0, time: 7, hertz: 1_000)
        for queue in 0..<3 as Range<UInt32> { #expect(unsafe first.pointee.admits(500, queue: queue, now: 0)) }
        let other = DPRates(cir: 10, cbs: 50)
        let after: [UInt32: DPRates] = [0: rates, 1: other, 3: rates]
        let second = unsafe EgressPolicer.make(.trtcmPolicer(rates, queues: after), keeping: first, now: 0, time: 9, hertz: 1_000)
        // Who has the former one still uses it for a moment.
        #expect(unsafe first.pointee.admits(1, queue: 0, now: 0))
        unsafe EgressPolicer.retire(first, for: second)
        #expect(unsafe second.pointee.stats == [
            DPQueueStats(queue: 0, packets: 2, bytes: 501, created: 7), DPQueueStats(queue: 1, created: 9), DPQueueStats(queue: 3, created: 9),
        ])
        // Of the port's 2,000 bytes 500 are left, all of them in the second bucket.
        #expect(unsafe !second.pointee.admits(501, queue: 3, now: 0))
        #expect(unsafe second.pointee.admits(499, queue: 3, now: 0))
        unsafe EgressPolicer.retire(second, for: nil)
    }

    @Test func ingressByBytesAndPackets() {
        func admitted(_ policing: DPPolicing, _ length: UInt64, _ count: Int, at now: UInt64 = 0) -> Int {
            var policer = IngressPolicer(policing, now: 0, hertz: 1_000)
            defer { policer.lock.deallocate() }
            policer.fill(now: now)
            return (0..<count).reduce(0) { sum, _ in sum + (policer.admits(length) ? 1 : 0) }
        }
        // 8 kbit are 1,000 bytes.
        #expect(admitted(DPPolicing(rate: 8, burst: 8), 100, 50) == 10)
        #expect(admitted(DPPolicing(rate: 8), 1_000, 5_000) == 1_000)
        #expect(admitted(DPPolicing(packetRate: 1, packetBurst: 2), 1_000, 5_000) == 2_000)
        #expect(admitted(DPPolicing(packetRate: 1), 1_000, 20_000) == 16_000)
        // The smaller one counts.
        #expect(admitted(DPPolicing(rate: 8, burst: 8, packetRate: 1, packetBurst: 1), 10, 5_000) == 100)
        #expect(admitted(DPPolicing(rate: 80_000, burst: 80_000, packetRate: 1, packetBurst: 1), 10, 5_000) == 1_000)
        #expect(admitted(DPPolicing(rate: .max, burst: .max, packetRate: .max, packetBurst: .max), 1_000, 5_000, at: .max) == 5_000)
        #expect(admitted(DPPolicing(), .max, 10) == 10)
    }
}
