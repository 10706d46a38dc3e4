import LockFree

/// The ring between two threads, both ends on this one: its instructions, not the traffic between two caches.
func ringBenchmarks() -> [MicroBenchmark] {
    let ring = SPSCRing<UInt64>(capacity: 1_024)
    let burst = 32
    return [
        MicroBenchmark(name: "SPSC ring, push and pop in bursts of 32", batch: burst) {
            var sum: UInt64 = 0
            for value in 0..<UInt64(burst) where !ring.push(value) { sum &+= 1 << 32 }
            while let value = ring.pop() { sum &+= value }
            return sum
        },
        MicroBenchmark(name: "SPSC ring, pop of an empty ring", batch: burst) {
            var sum: UInt64 = 0
            for _ in 0..<burst { sum &+= ring.pop() ?? 1 }
            return sum
        },
    ]
}
