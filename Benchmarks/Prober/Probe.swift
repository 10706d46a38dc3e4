import CDPDK
import Glibc
import NetDev

/// The prober's schedule and what it counts.
///
/// It sleeps (clock_nanosleep(2)) until something is due: a probe, at random moments, or a few new flows, every `tick`. After a probe it polls until the
/// probe is back, but not for ever, and then sleeps again. So it takes a few per cent of its core, and the switch's other threads have the rest.
///
/// Owner: the prober's only thread.
@safe struct Probe {
    /// Nanoseconds between two batches of new flows.
    private static let tick: UInt64 = 200_000
    /// New flows sent at once at the most: more than this late, and the rate is lowered, which the report tells.
    private static let greatestBatch = 512
    /// A probe that takes longer counts as lost.
    private static let patience: UInt64 = 20_000_000
    /// A probe that is not back within this is looked for every `tick` only, for the switch may need this core to send it on. What comes back then has a
    /// latency that much too long at the most.
    private static let spin: UInt64 = 300_000
    /// Between two looks at the queues more than this, and the prober was not running: what it sees then is late by its own fault.
    private static let gap: UInt64 = 20_000

    private let hertz: Double
    private let meanInterval: Double
    private let pool: OpaquePointer
    private let entry: TxQueue
    private let exits: [RxQueue]
    private var random = SystemRandomNumberGenerator()

    /// The number of the next probe and of the next new flow.
    private var number: UInt32 = 0, newFlow: UInt32 = 0
    /// When the probe on its way came back, in ticks; nil: it is still on its way.
    private var returned: UInt64?
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
        counted = 0..<0
        let start = nanoseconds(), from = start + UInt64(window.leadIn * 1e9), to = from + UInt64(window.seconds * 1e9)
        let end = to + UInt64(window.leadOut * 1e9)
        var nextProbe = start + interval(), nextTick = start, lastTick = start
        while true {
            let due = window.newFlows > 0 ? min(nextProbe, nextTick) : nextProbe
            if due >= end { break }
            sleep(until: due)
            drain()
            let now = nanoseconds(), isCounted = now >= from && now < to
            if isCounted && counted.lowerBound == 0 { counted = newFlow + 1..<UInt32.max }
            if !isCounted && now >= to && counted.upperBound == UInt32.max { counted = counted.lowerBound..<newFlow + 1 }
            if now >= nextTick, window.newFlows > 0 {
                let due = Int(Double(now - lastTick) * Double(window.newFlows) / 1e9)
                sendNewFlows(min(due, Self.greatestBatch), isCounted)
                // What is left of a flow is due next time; what was too much is not made up for.
                lastTick = due > Self.greatestBatch ? now : lastTick + UInt64(Double(due) * 1e9 / Double(window.newFlows))
                nextTick = now + Self.tick
            }
            if now >= nextProbe {
                probe(isCounted)
                nextProbe = nanoseconds() + interval()
            }
        }
        // What the switch still has is back, or lost, within this time.
        for _ in 0..<300 {
            sleep(until: nanoseconds() + 1_000_000)
            drain()
        }
        report.finish(latencies, hertz: hertz, window)
        return report
    }

    /// Sends a probe and polls until it is back.
    private mutating func probe(_ isCounted: Bool) {
        guard let packet = unsafe Frames.packet(pool) else { return }
        number &+= 1
        Frames.store(number, packet, Frames.numberOffset)
        returned = nil
        var burst = packet
        let sent = nt_cycles()
        // A queue that is full loses the probe, as a NIC in front of a late switch would: it counts as sent.
        if unsafe entry.burst(&burst, 1) == 0 { packet.free() }
        let spinning = sent + ticks(Self.spin), limit = sent + ticks(Self.patience), gap = ticks(Self.gap)
        var last = nt_cycles(), isLate = last - sent > gap
        while returned == nil && last < spinning {
            drain()
            let now = nt_cycles()
            if now - last > gap { isLate = true }
            last = now
        }
        while returned == nil && nt_cycles() < limit {
            sleep(until: nanoseconds() + Self.tick)
            drain()
        }
        guard isCounted else { return }
        report.sent += 1
        guard let returned else { return }
        report.received += 1
        if isLate { report.censored += 1 } else { latencies.append(returned - sent) }
    }

    private mutating func sendNewFlows(_ count: Int, _ isCounted: Bool) {
        for _ in 0..<count {
            guard let packet = unsafe Frames.packet(pool) else { return }
            newFlow &+= 1
            Frames.store(UInt8(1), packet, Frames.kindOffset)
            Frames.store(newFlow, packet, Frames.kindOffset + 1)
            var burst = packet
            if unsafe entry.burst(&burst, 1) == 0 { packet.free() }
            if isCounted { report.newFlows += 1 }
        }
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
        } else if Frames.load(packet, Frames.numberOffset, UInt32.self) == number {
            returned = now
        }
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
