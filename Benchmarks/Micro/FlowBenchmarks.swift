import Flow
import Wire

/// Arithmetic on lines, and extraction: what every packet pays before the first cache.
func flowBenchmarks() -> [MicroBenchmark] {
    let seed = HashSeed(seed: 1)
    let count = 32
    let keys = randomLines(count, seed: 2), mask = randomLines(1, seed: 3)[0]
    let equal = keys.map { $0 & mask }
    let frames = [("IPv4/UDP", udp()), ("IPv4/TCP", tcp()), ("802.1Q/IPv4/UDP", tagged(udp())), ("IPv6/UDP", udp6())]
    return [
        MicroBenchmark(name: "hash of a line", batch: count) {
            var sum: UInt64 = 0
            for key in keys { sum &+= UInt64(finishHash(lineSum(key, seed[0]))) }
            return sum
        },
        MicroBenchmark(name: "hash of a masked line", batch: count) {
            var sum: UInt64 = 0
            for key in keys { sum &+= UInt64(finishHash(lineSum(key & mask, seed[0]))) }
            return sum
        },
        MicroBenchmark(name: "compare of two lines", batch: count) {
            var sum: UInt64 = 0
            for index in 0..<count where linesEqual(keys[index], keys[index ^ Int(sum & 1)]) { sum &+= 2 }
            return sum
        },
        MicroBenchmark(name: "compare of a line under a mask", batch: count) {
            var sum: UInt64 = 0
            for index in 0..<count where lineMatches(keys[index], mask, equal[index]) { sum &+= 1 }
            return sum
        },
    ] + frames.map { name, frame in extraction(name, frame, count) }
}

/// Extraction of `count` copies of a frame into as many keys, as a batch is.
private func extraction(_ name: String, _ frame: [UInt8], _ count: Int) -> MicroBenchmark {
    let stride = 192
    var memory: [UInt8] = []
    for _ in 0..<count { memory += frame + [UInt8](repeating: 0, count: stride - frame.count) }
    let frames = memory, length = frame.count
    let keys = UnsafeMutablePointer<FlowKey>.allocate(capacity: count)
    // The keys live as long as the process, as do the benchmarks.
    unsafe keys.initialize(repeating: FlowKey(), count: count)
    return MicroBenchmark(name: "extraction, \(name)", batch: count) {
        var sum: UInt64 = 0
        // Each frame's `length` bytes lie within its `stride`.
        unsafe frames.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for index in 0..<count {
                let lines = unsafe extractFlow(base + index * stride, length, inPort: 1, into: keys + index)
                sum &+= UInt64(lines.rawValue)
            }
        }
        return sum
    }
}

private func randomLines(_ count: Int, seed: UInt64) -> [Line] {
    var state = seed
    return (0..<count).map { _ in
        var line = Line.zero
        for word in 0..<8 { line[word] = splitMix64(&state) }
        return line
    }
}

private let ethernet: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]

private func ipv4(_ proto: UInt8, _ payload: [UInt8]) -> [UInt8] {
    ethernet + [8, 0, 0x45, 0, 0, UInt8(20 + payload.count), 0, 0, 0, 0, 64, proto, 0, 0, 10, 0, 0, 1, 20, 0, 0, 1] + payload
}

private func udp() -> [UInt8] { ipv4(17, [4, 0, 0, 53, 0, 26, 0, 0] + [UInt8](repeating: 0, count: 18)) }

private func tcp() -> [UInt8] { ipv4(6, [4, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x10, 255, 255, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 6)) }

private func tagged(_ frame: [UInt8]) -> [UInt8] { Array(frame[..<12]) + [0x81, 0, 0, 100] + frame[12...] }

private func udp6() -> [UInt8] {
    let address: [UInt8] = [0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11)
    return ethernet + [0x86, 0xdd, 0x60, 0, 0, 0, 0, 26, 17, 64] + address + [1] + address + [2]
        + [4, 0, 0, 53, 0, 26, 0, 0] + [UInt8](repeating: 0, count: 18)
}
