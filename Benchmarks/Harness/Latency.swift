import CDPDK
import Datapath
import Foundation

// Latency, seen from outside (the prober) and from inside (the turns of the poll-mode thread), in windows with and without new flows that take turns, so
// that what the machine does to one kind it does to the other. Beside them, the core without any switch.

extension Measurement {
    /// Pairs of an idle and a busy window in a run.
    private static let pairs = 3
    /// Seconds of the load before and after a window, in which the switch's counters are read.
    private static let edge = 0.5

    func latency(_ bench: Case, _ subject: any Subject, _ newFlows: Int, _ folder: URL, _ sample: inout Sample) throws {
        let into = folder.appending(path: "p0.sock").path, out = folder.appending(path: "p1.sock").path
        func server(_ id: Int, _ socket: String) -> String { "net_memif\(id),role=server,id=\(id),socket=\(socket),socket-abstract=no" }
        let length = seconds / 2
        let limit = max(400_000, Int(Double(newFlows * Self.pairs) * (length + 2 * Self.edge)) * 5 / 4)
        var setUp = setUp(bench.rules, PortArguments(p0: server(0, into), p1: server(1, out)), folder, subject, flowLimit: limit)
        setUp.measuresTurns = true
        let bare = Spinner.turns(core: Harness.pmdCore, seconds: length)
        var idle: [WindowSample] = [], busy: [WindowSample] = []
        try subject.serve(setUp) { meter in
            guard try wait(atMost: 30, until: { [into, out].allSatisfy(FileManager.default.fileExists) }) else {
                throw BenchError("\(subject.name) opened no memif sockets in \(folder.path):\n\(meter.log)")
            }
            let probe = try Child("prober", prober, ["--into", into, "--out", out, "--queues", String(subject.transmitQueues)], folder: folder)
            defer { probe.stop() }
            _ = try probe.expect("ready")
            // The first one installs the probes' flow and warms the caches.
            _ = try window(0, length, probe, meter)
            for _ in 0..<Self.pairs {
                idle.append(try window(0, length, probe, meter))
                busy.append(try window(newFlows, length, probe, meter))
            }
        }
        sample.values = Self.values(idle: idle, busy: busy, bare: bare)
        let probes = (idle + busy).map(\.probes)
        let received = probes.reduce(0) { $0 + $1.received }, censored = probes.reduce(0) { $0 + $1.censored }
        sample.notes.append(String(format: "%.2f %% of the probes censored", 100 * Double(censored) / Double(max(received, 1))))
    }

    /// Has the prober make a load, and looks at the switch's turns meanwhile; again if the machine stood still for all of it.
    private func window(_ newFlows: Int, _ length: Double, _ probe: Child, _ meter: any RunningSwitch) throws -> WindowSample {
        for _ in 0..<2 {
            if let sample = try attempt(newFlows, length, probe, meter) { return sample }
            warn("no probe came back in a window, which is done again")
        }
        guard let sample = try attempt(newFlows, length, probe, meter) else { throw BenchError("no probe came back in three windows") }
        return sample
    }

    /// Nil: no probe came back.
    private func attempt(_ newFlows: Int, _ length: Double, _ probe: Child, _ meter: any RunningSwitch) throws -> WindowSample? {
        let mark = probe.text.count
        try probe.send("\(newFlows) \(Self.edge) \(length) \(Self.edge)")
        try wait(atMost: Self.edge / 2)
        try meter.beginTurns()
        try wait(atMost: length + Self.edge / 2)
        let turns = try meter.turns()
        let line = try probe.expect("}", from: mark, seconds: length + 30)
        let report = try JSONDecoder().decode(ProbeReport.self, from: Data(line.utf8))
        guard report.sent > 0, report.received > report.censored else { return nil }
        return WindowSample(probes: report, turns: turns)
    }

    /// Medians over the windows.
    static func values(idle: [WindowSample], busy: [WindowSample], bare: TurnTimes) -> [Metric: Double] {
        var values: [Metric: Double] = [:]
        func set(_ metric: Metric, _ windows: [WindowSample], _ value: (WindowSample) -> Double) { values[metric] = median(windows.map(value)) }
        set(.latencyP50, busy) { $0.probes.p50 }
        set(.latencyP99, busy) { $0.probes.p99 }
        set(.latencyP999, busy) { $0.probes.p999 }
        set(.idleP50, idle) { $0.probes.p50 }
        set(.idleP99, idle) { $0.probes.p99 }
        set(.idleP999, idle) { $0.probes.p999 }
        values[.slowdown] = median(zip(busy, idle).filter { $1.probes.p999 > 0 }.map { $0.probes.p999 / $1.probes.p999 })
        set(.turnP50, busy) { TSC.microseconds($0.turns.turn(0.5)) }
        set(.turnP99, busy) { TSC.microseconds($0.turns.turn(0.99)) }
        set(.turnP999, busy) { TSC.microseconds($0.turns.turn(0.999)) }
        set(.turnLongest, busy) { TSC.microseconds($0.turns.longest) }
        set(.waitP999, busy) { TSC.microseconds($0.turns.wait(0.999)) }
        set(.idleTurnLongest, idle) { TSC.microseconds($0.turns.longest) }
        set(.idleWaitP999, idle) { TSC.microseconds($0.turns.wait(0.999)) }
        values[.bareLongest] = TSC.microseconds(bare.longest)
        values[.bareWaitP999] = TSC.microseconds(bare.wait(0.999))
        // Losses are added up: a median would hide the window in which they happened.
        func sum(_ count: (ProbeReport) -> Int) -> Int { busy.reduce(0) { $0 + count($1.probes) } }
        func lost(_ received: Int, of sent: Int) -> Double { 100 * Double(sent - received) / Double(max(sent, 1)) }
        values[.lost] = lost(sum(\.received), of: sum(\.sent))
        if sum(\.newFlows) > 0 {
            set(.newFlowsOffered, busy) { $0.probes.newFlowsPerSecond }
            values[.newFlowsLost] = lost(sum(\.newFlowsReceived), of: sum(\.newFlows))
        }
        return values
    }
}

/// What a window gave.
struct WindowSample {
    var probes: ProbeReport
    var turns: TurnTimes
}

/// What the prober prints of a window: times in microseconds, counts of probes and of new flows' packets.
struct ProbeReport: Codable {
    var sent, received, censored: Int
    var p50, p99, p999: Double
    var newFlows, newFlowsReceived: Int
    var newFlowsPerSecond: Double
}

/// A loop that does nothing but look at the time: what the machine itself does to a poll-mode thread.
enum Spinner {
    /// The loop's turns on `core` within `seconds`.
    static func turns(core: Int, seconds: Double) -> TurnTimes {
        let length = UInt64(seconds * TSC.hertz)
        let done = DispatchSemaphore(value: 0)
        let box = Box()
        Thread.detachNewThread {
            // Where it cannot be bound it still shows what the machine does.
            _ = unsafe nt_set_affinity([Int32(core)], 1)
            let start = nt_cycles()
            var last = start
            while last - start < length {
                let now = nt_cycles()
                box.histogram.add(now - last)
                last = now
            }
            done.signal()
        }
        done.wait()
        return TurnTimes(box.histogram, cycles: length)
    }

    /// Writer: the spinning thread, until it signals. Reader: who waits for it, afterwards.
    private final class Box: @unchecked Sendable {
        var histogram = LogHistogram()
    }
}
