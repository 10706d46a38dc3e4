import CDPDK
import NetDev

/// The loop that sends probes and new flows and times what comes back.
///
/// Owner: the prober's only thread.
@safe struct Probe {
    private let hertz: Double
    private let probePeriod: UInt64
    private let newFlowsPerTick: Double
    private let pool: OpaquePointer
    private let entry: TxQueue
    private let exits: [RxQueue]

    /// Longer without a look at the queue, in ticks, and a time measured across it is censored.
    private let gapLimit: UInt64
    /// By the lower 16 bits of a probe's number: it left late because the prober did not run.
    private var sentLate = [Bool](repeating: false, count: 1 << 16)
    /// By exit: what came while the prober did not run has not all been taken yet.
    private var hasBacklog: [Bool]
    private var latencies: [UInt64] = []
    private var sent = 0, received = 0, censored = 0
    private var number: UInt32 = 0
    /// The numbers of the probes of the window.
    private var counted: Range<UInt32> = 0..<0
    private var newFlow: UInt32 = 0
    private var newSent = 0, newReceived = 0

    init(ports: MemifPorts, hertz: Double, probesPerSecond: Int, newFlowsPerSecond: Int) {
        self.hertz = hertz
        probePeriod = UInt64(hertz / Double(probesPerSecond))
        newFlowsPerTick = Double(newFlowsPerSecond) / hertz
        gapLimit = UInt64(hertz * 50e-6)
        unsafe pool = ports.pool
        entry = TxQueue(.dpdk(port: ports.into, queue: 0))
        exits = (0..<ports.receiveQueues).map { RxQueue(.dpdk(port: ports.out, queue: $0)) }
        hasBacklog = [Bool](repeating: false, count: exits.count)
    }

    /// Runs the load for `warmUp` and `seconds`, then half a second more without sending, for what is still under way.
    mutating func run(warmUp: Double, seconds: Double) {
        latencies.reserveCapacity(1 << 20)
        let start = nt_cycles()
        let window = start &+ UInt64(hertz * warmUp), stop = window &+ UInt64(hertz * seconds), end = stop &+ UInt64(hertz / 2)
        var nextProbe = start, lastPoll = start, lastNew = start
        var open = false
        while true {
            let now = nt_cycles()
            if now >= end { break }
            if now >= window, !open {
                open = true
                counted = number..<UInt32.max
                (newSent, newReceived) = (0, 0)
            }
            lastPoll = receive(lastPoll)
            guard now < stop else { continue }
            if now >= nextProbe {
                sendProbe()
                // Probes that were due while the prober did not run are left out, not made up for.
                nextProbe = max(nextProbe &+ probePeriod, now)
            }
            let due = Int(Double(now &- lastNew) * newFlowsPerTick)
            if due > 0 {
                sendNewFlows(min(due, 32))
                // At most 10 ms are made up for: a longer absence lowers the rate, which the report tells.
                let paid = UInt64(Double(min(due, 32)) / newFlowsPerTick)
                lastNew = max(lastNew &+ paid, now &- min(now, UInt64(hertz / 100)))
            }
        }
        sent = Int(min(number, counted.upperBound)) - Int(counted.lowerBound)
    }

    private mutating func sendProbe() {
        guard let packet = unsafe Frames.packet(pool) else { return }
        let stamp = nt_cycles()
        Frames.store(stamp, packet, Frames.stampOffset)
        Frames.store(number, packet, Frames.numberOffset)
        var burst = packet
        // A queue that is full loses the probe, as a NIC in front of a late switch would: it counts as sent.
        if unsafe entry.burst(&burst, 1) == 0 { packet.free() }
        sentLate[Int(number & 0xffff)] = nt_cycles() &- stamp > gapLimit
        number &+= 1
    }

    private mutating func sendNewFlows(_ count: Int) {
        for _ in 0..<count {
            guard let packet = unsafe Frames.packet(pool) else { return }
            Frames.store(UInt8(1), packet, Frames.kindOffset)
            Frames.store(newFlow, packet, Frames.kindOffset + 1)
            newFlow &+= 1
            newSent += 1
            var burst = packet
            if unsafe entry.burst(&burst, 1) == 0 { packet.free() }
        }
    }

    /// Takes what has arrived; returns the time of this look. After a gap everything measures the gap until a queue gave less than a
    /// full burst, and so held nothing older than this look.
    private mutating func receive(_ lastPoll: UInt64) -> UInt64 {
        for (place, exit) in exits.enumerated() {
            // The packets live in this array only until they are freed below.
            unsafe withUnsafeTemporaryAllocation(of: Mbuf.self, capacity: 32) { packets in
                guard let base = packets.baseAddress else { return }
                let count = unsafe exit.burst(base, 32)
                let now = nt_cycles()
                let isLate = hasBacklog[place] || now &- lastPoll > gapLimit
                for index in 0..<count {
                    let packet = unsafe base[index]
                    take(packet, now, isLate: isLate)
                    packet.free()
                }
                hasBacklog[place] = isLate && count == 32
            }
        }
        return nt_cycles()
    }

    private mutating func take(_ packet: Mbuf, _ now: UInt64, isLate: Bool) {
        guard let kind = Frames.load(packet, Frames.kindOffset, UInt8.self) else { return }
        if kind == 1 { return newReceived += 1 }
        guard kind == 0, let stamp = Frames.load(packet, Frames.stampOffset, UInt64.self),
              let number = Frames.load(packet, Frames.numberOffset, UInt32.self), counted.contains(number)
        else { return }
        received += 1
        if isLate || sentLate[Int(number & 0xffff)] { censored += 1 } else { latencies.append(now &- stamp) }
    }

    /// Times in microseconds; counts of probes sent in the window; shares 0–1. The harness reads it as `ProbeReport`.
    struct Report: Codable {
        var sent, received, censored: Int
        var p50, p99, p999: Double
        var newFlowsPerSecond, newFlowsLost: Double
    }

    func report(seconds: Double) -> Report {
        let sorted = latencies.sorted()
        func percentile(_ share: Double) -> Double {
            sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / hertz * 1e6
        }
        return Report(sent: sent, received: received, censored: censored, p50: percentile(0.5), p99: percentile(0.99),
            p999: percentile(0.999), newFlowsPerSecond: Double(newSent) / seconds,
            newFlowsLost: newSent > 0 ? max(0, 1 - Double(newReceived) / Double(newSent)) : 0)
    }
}
