import Foundation
import LockFree
import Testing

@Suite struct SPSCRingTests {
    @Test func refusesWhenFullAndKeepsOrder() {
        let ring = SPSCRing<UInt64>(capacity: 5)
        defer { ring.deallocate() }
        #expect(ring.capacity == 8)
        for number in 0..<UInt64(8) { #expect(ring.push(number)) }
        #expect(!ring.push(8))
        #expect(ring.count == 8)
        for number in 0..<UInt64(8) { #expect(ring.pop() == number) }
        #expect(ring.pop() == nil)
        #expect(ring.isEmpty)
    }

    /// Two threads: everything arrives once, in order, whole.
    @Test func carriesEverythingBetweenTwoThreads() {
        struct Pair: BitwiseCopyable { var a: UInt64, b: UInt64 }
        let ring = SPSCRing<Pair>(capacity: 64)
        let total: UInt64 = 300_000
        let producer = Thread {
            var number: UInt64 = 0
            while number < total {
                if ring.push(Pair(a: number, b: ~number)) { number += 1 } else { sched_yield() }
            }
        }
        producer.start()
        var expected: UInt64 = 0
        var wrong = 0
        let deadline = Date().addingTimeInterval(60)
        while expected < total && Date() < deadline {
            guard let pair = ring.pop() else {
                sched_yield()
                continue
            }
            if pair.a != expected || pair.b != ~expected { wrong += 1 }
            expected += 1
        }
        #expect(expected == total)
        #expect(wrong == 0)
    }
}
