import CDPDK
import Glibc
import NetDev

/// The prober's schedule and what it counts.
///
/// Probes are due at random moments, some new flows every `tick`; both leave when they are due, whether or not earlier ones are back, so that a switch that
/// stands still is met by as many probes as one that does not. While a probe is on its way the prober polls for it; otherwise it sleeps
/// (clock_nanosleep(2)). So it takes a few per cent of its core, and the switch's other threads have the rest.
///
/// Owner: the prober's only thread.
@safe struct Probe {
    /// Nanoseconds between two batches of new flows.
    private static let tick: UInt64 = 200_000
    /// New flows sent at once at the most: more than this late, and the rate is lowered, which the report tells.
    private static let greatestBatch = 512
    /// A probe that takes longer counts as lost.
    private static let patience: UInt64 = 100_000_000
    /// Nanoseconds for which it polls. A probe that takes longer is looked for every `tick`, for the switch may need this core to send it on; its latency is
    /// that much too long at the most.
    private static let spin: UInt64 = 300_000
    /// Two looks at the queues this far apart while it polls, and the prober was not running: what is on its way then is late by its own fault.
    private static let gap: UInt64 = 20_000

    /// A probe that has been sent.
    private struct Flight {
        /// In ticks of the time-stamp counter; 0: it is back, or lost.
        var sent: UInt64 = 0
        var isCounted = false
        var isLate = false
    }

    private let hertz: Double
    private let meanInterval: Double
    private let pool: OpaquePointer
    private let entry: TxQueue
    private let exits: [RxQueue]
    private var random = SystemRandomNumberGenerator()

    /// By the lower bits of a probe's number: longer than `patience` at any rate of probes that is allowed.
    private var flights = [Flight](repeating: Flight(), count: 1 << 14)
    /// The numbers of the last probe and of the last new flow.
    private var number: UInt32 = 0, newFlow: UInt32 = 0
    /// The highest number that has come back. Packets keep their order, so an earlier one that is not back is lost, or has taken another way.
    private var lastBack: UInt32 = 0
    private var report = WindowReport()
    private var latencies: [UInt64] = []
    /// The numbers of the new flows of the window.
    private var counted: Range<UInt32> = 0..<0

    init(ports: MemifPorts, hertz: Double, probesPerSecond: Int) {
        self.hertz = hertz
        meanInterval = 1e9 / Double(probesPerSecond)
        unsafe pool = ports.pool
        entry = TxQueue(.dpdk(port: ports.into, queue: 0))
        exits = (0..<ports.receiveQueues).map { RxQueue(.dpdk(port: ports.out, queue: $0)) }
        latencies.reserveCapacity(1 << 20)
    }

    /// Makes a load, of which the middle part counts; then takes what is still under way.
    mutating func run(_ window: Window) -> WindowReport {
        report = WindowReport()
        latencies.removeAll(keepingCapacity: true)
        counted = newFlow + 1..<newFlow + 1
        let start = nanoseconds(), from = start + UInt64(window.leadIn * 1e9), to = from + UInt64(window.seconds * 1e9)
        let end = to + UInt64(window.leadOut * 1e9)
        var nextProbe = start + interval(), nextTick = start, lastFlow = start, spinUntil: UInt64 = 0
        var now = start
        while now < end {
            let isCounted = now >= from && now < to
            if now >= nextTick {
                lastFlow = sendNewFlows(window.newFlows, since: lastFlow, now, isCounted)
                nextTick = now + Self.tick
            }
            if now >= nextProbe {
                if number == lastBack { spinUntil = now + Self.spin }
                sendProbe(isCounted)
                // Those that were due while the prober did not run are left out.
                nextProbe = max(nextProbe, now - min(now, Self.gap)) + interval()
            }
            drain()
            if number == lastBack || now >= spinUntil { sleep(until: min(nextProbe, nextTick)) } else { noticeGap(since: now) }
            now = nanoseconds()
        }
        // What the switch still has is back within this time, or lost.
        for _ in 0..<300 {
            sleep(until: nanoseconds() + 1_000_000)
            drain()
        }
        for index in flights.indices { flights[index].sent = 0 }
        lastBack = number
        report.finish(latencies, hertz: hertz, window)
        return report
    }

    private mutating func sendProbe(_ isCounted: Bool) {
        guard let packet = unsafe Frames.packet(pool) else { return }
        number += 1
        Frames.store(number, packet, Frames.numberOffset)
        if isCounted { report.sent += 1 }
        var burst = packet
        let sent = nt_cycles()
        // A queue that is full loses the probe, as a NIC in front of a late switch would: it counts as sent.
        guard unsafe entry.burst(&burst, 1) == 1 else { return packet.free() }
        let place = Int(number) & (flights.count - 1)
        flights[place] = Flight(sent: sent, isCounted: isCounted, isLate: nt_cycles() - sent > ticks(Self.gap))
    }

    /// Sends the new flows that are due; returns the time up to which they have been sent.
    private mutating func sendNewFlows(_ rate: Int, since last: UInt64, _ now: UInt64, _ isCounted: Bool) -> UInt64 {
        guard rate > 0 else { return now }
        let due = Int(Double(now - last) * Double(rate) / 1e9)
        let first = newFlow + 1
        for _ in 0..<min(due, Self.greatestBatch) {
            guard let packet = unsafe Frames.packet(pool) else { break }
            newFlow += 1
            Frames.store(UInt8(1), packet, Frames.kindOffset)
            Frames.store(newFlow, packet, Frames.kindOffset + 1)
            var burst = packet
            if unsafe entry.burst(&burst, 1) == 0 { packet.free() }
        }
        if isCounted {
            counted = (counted.isEmpty ? first : counted.lowerBound)..<newFlow + 1
            report.newFlows = counted.count
        }
        // What is left of a flow is due next time; what was too much is not made up for.
        return due > Self.greatestBatch ? now : last + UInt64(Double(due) * 1e9 / Double(rate))
    }

    /// Takes what has arrived.
    private mutating func drain() {
        for exit in exits {
            // The packets live in this array only until they are freed below.
            unsafe withUnsafeTemporaryAllocation(of: Mbuf.self, capacity: 32) { packets in
                guard let base = packets.baseAddress else { return }
                var count: Int
                repeat {
                    count = unsafe exit.burst(base, 32)
                    let now = nt_cycles()
                    for index in 0..<count {
                        let packet = unsafe base[index]
                        take(packet, now)
                        packet.free()
                    }
                } while count == 32
            }
        }
    }

    private mutating func take(_ packet: Mbuf, _ now: UInt64) {
        if Frames.load(packet, Frames.kindOffset, UInt8.self) == 1 {
            if let flow = Frames.load(packet, Frames.kindOffset + 1, UInt32.self), counted.contains(flow) { report.newFlowsReceived += 1 }
            return
        }
        guard let number = Frames.load(packet, Frames.numberOffset, UInt32.self) else { return }
        let place = Int(number) & (flights.count - 1), flight = flights[place]
        // Frames of others (a kernel's) and probes of an earlier window have no flight.
        guard flight.sent != 0, self.number &- number < UInt32(flights.count) else { return }
        flights[place].sent = 0
        lastBack = max(lastBack, number)
        guard flight.isCounted, now - flight.sent <= ticks(Self.patience) else { return }
        report.received += 1
        if flight.isLate { report.censored += 1 } else { latencies.append(now - flight.sent) }
    }

    /// Marks what is on its way when the prober, though it polls, has not been running since `look`.
    private mutating func noticeGap(since look: UInt64) {
        guard nanoseconds() - look > Self.gap else { return }
        for back in 0..<min(number - lastBack, UInt32(flights.count)) { flights[Int(number - back) & (flights.count - 1)].isLate = true }
    }

    /// To the next probe, in nanoseconds: exponentially distributed, so that probes come at any moment of what the switch does.
    private mutating func interval() -> UInt64 { UInt64(-meanInterval * log(Double.random(in: 1e-9..<1, using: &random))) }

    private func ticks(_ nanoseconds: UInt64) -> UInt64 { UInt64(Double(nanoseconds) * hertz / 1e9) }

    private func nanoseconds() -> UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    private func sleep(until time: UInt64) {
        var wanted = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
        unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wanted, nil)
    }
}
