import Datapath
import Foundation

/// needletaild with a YAML file, one poll-mode thread, and the report that it writes at its end.
struct Us: Subject {
    let name = "needletail"
    let isSwitch = true
    var transmitQueues: Int
    /// The path of needletaild.
    var program: String

    func run(_ setUp: SetUp, warmUp: Double, seconds: Double) throws -> Counters {
        let report = setUp.folder.appending(path: "report.json")
        let daemon = try start(setUp, ["--warm-up", text(warmUp), "--run-for", text(seconds), "--report", report.path])
        defer { daemon.stop() }
        // Its own clock decides when the window ends; its memory is looked at all along, the last look counts.
        var resident = 0
        try wait(atMost: warmUp + seconds + 60, every: 0.1) {
            guard daemon.isRunning else { return true }
            let now = try? daemon.residentBytes()
            if let now, now > 0 { resident = now }
            return false
        }
        let status = try daemon.finish(seconds: 1)
        guard status == 0, let data = try? Data(contentsOf: report) else {
            throw BenchError("needletaild ended with status \(status):\n\(daemon.text.suffix(2_000))")
        }
        var counters = try Self.counters(JSONDecoder().decode(Report.self, from: data))
        counters.residentBytes = resident
        return counters
    }

    func serve(_ setUp: SetUp, _ body: (any RunningSwitch) throws -> Void) throws {
        let report = setUp.folder.appending(path: "report.json")
        let daemon = try start(setUp, ["--report", report.path])
        defer { daemon.stop() }
        let target = RunningDaemon(daemon: daemon, folder: setUp.folder, report: report)
        guard try wait(atMost: 30, until: { !daemon.isRunning || FileManager.default.fileExists(atPath: target.socket) }), daemon.isRunning else {
            throw BenchError("needletaild does not listen:\n\(target.log)")
        }
        try body(target)
        if !daemon.isRunning { throw BenchError("needletaild ended while it was used:\n\(target.log)") }
    }

    func setUpRate(_ setUp: SetUp, flows: Int) throws -> (rate: Double, installed: Int) {
        // The difference between a shorter and a longer run, so that starting up costs nothing.
        var short = 0.4
        while true {
            let early = try run(setUp, warmUp: 0, seconds: short).megaflows
            let late = try run(setUp, warmUp: 0, seconds: short * 2).megaflows
            if (late < flows * 9 / 10 && late > early) || short < 0.04 { return (Double(late - early) / short, late) }
            short /= 2
        }
    }

    /// The configuration file of a run (the YAML form of needletaild).
    static func configuration(_ setUp: SetUp) -> String {
        """
        datapath: { pmd-cores: [\(Harness.pmdCore)], memory: \(setUp.memory)MB, emc-insert-inv-prob: \(setUp.emc ? 100 : 0), smc: \(setUp.smc), flow-limit: \(setUp.flowLimit), max-idle: \(setUp.maxIdle)ms }
        bridges:
          br0:
            ports:
              p0: { type: dpdk, devargs: "\(setUp.ports.p0)", of-port: 1 }
              p1: { type: dpdk, devargs: "\(setUp.ports.p1)", of-port: 2 }
            flows: |
        \(setUp.rules.split(separator: "\n").map { "      " + $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n"))

        """
    }

    /// What needletaild writes with `--report`: the counters of the window after the warm-up.
    struct Report: Codable {
        struct PMD: Codable {
            var core, rx_packets, busy_cycles, hint_hits, emc_hits, smc_hits, megaflow_hits, upcalls, upcalls_lost: Int
            var total_cycles: UInt64
            var turn_cycles: Turns
        }
        struct Turns: Codable {
            /// Pairs of a bin's greatest value and its turns.
            var bins: [[UInt64]]
        }
        struct Port: Codable {
            var name: String
            var rx_packets, rx_bytes, tx_packets, tx_bytes: Int
            var drops: [String: Int]
        }
        var seconds: Double
        var tsc_hz: Double
        var pmds: [PMD]
        var ports: [Port]
        var megaflows: Int
        var masks: Int
        var rss_bytes: Int
    }

    static func counters(_ report: Report) throws -> Counters {
        guard let p0 = report.ports.first(where: { $0.name == "p0" }), let p1 = report.ports.first(where: { $0.name == "p1" }),
              report.seconds > 0, p0.rx_packets > 0
        else { throw BenchError("needletaild's report has no p0, no p1, or nothing was received") }
        func sum(_ counter: KeyPath<Report.PMD, Int>) -> Int { report.pmds.reduce(0) { $0 + $1[keyPath: counter] } }
        let counters = Counters(seconds: report.seconds, received: p0.rx_packets, sent: p1.tx_packets,
            dropped: [p0, p1].flatMap(\.drops.values).reduce(0, +),
            cyclesPerPacket: report.tsc_hz * report.seconds / Double(p0.rx_packets), megaflows: report.megaflows, masks: report.masks, upcalls: sum(\.upcalls),
            hits: [("hint", sum(\.hint_hits)), ("EMC", sum(\.emc_hits)), ("SMC", sum(\.smc_hits)), ("dpcls", sum(\.megaflow_hits))], residentBytes: report.rss_bytes)
        // At the window's edges packets may be inside: on the upcall ring, behind a miss, on the command ring; where there are misses.
        try counters.check("needletail", slack: max(4_096, min(3 * 4_096, counters.upcalls), p0.rx_packets / 10_000))
        return counters
    }

    func start(_ setUp: SetUp, _ arguments: [String]) throws -> Child {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchError("\(program) is not there: build it (swift build -c release), or name it with --needletaild")
        }
        let file = setUp.folder.appending(path: "needletail.yaml")
        try Data(Self.configuration(setUp).utf8).write(to: file)
        return try Child("needletaild", program, ["--config", file.path] + arguments, folder: setUp.folder,
            environment: ["OVS_RUNDIR": setUp.folder.path])
    }

    private func text(_ seconds: Double) -> String { seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds) }
}

/// needletaild while it serves: SIGUSR1 makes it write what it has counted since the last time.
private struct RunningDaemon: RunningSwitch {
    let daemon: Child
    let folder: URL
    let report: URL

    var socket: String { folder.path + "/br0.mgmt" }
    var bridge: String { "unix:" + socket }
    var log: String { String(daemon.text.suffix(2_000)) }
    func residentBytes() throws -> Int { try daemon.residentBytes() }

    @discardableResult func control(_ command: String...) throws -> String {
        guard let name = try FileManager.default.contentsOfDirectory(atPath: folder.path).first(where: { $0.hasSuffix(".ctl") }) else {
            throw BenchError("needletaild has no control socket:\n\(log)")
        }
        return try runProgram("ovs-appctl", ["-t", folder.path + "/" + name] + command)
    }

    func window(seconds: Double) throws -> Counters {
        _ = try ask()
        try wait(atMost: seconds)
        return try Us.counters(ask())
    }

    func beginTurns() throws { _ = try ask() }

    func turns() throws -> TurnTimes {
        guard let pmd = try ask().pmds.first else { throw BenchError("needletaild's report has no PMD") }
        let bins = pmd.turn_cycles.bins.compactMap { $0.count == 2 ? TurnTimes.Bin(last: $0[0], turns: $0[1]) : nil }
        guard !bins.isEmpty else { throw BenchError("needletaild's report has no turns") }
        return TurnTimes(bins: bins, cycles: pmd.total_cycles)
    }

    private func ask() throws -> Us.Report {
        try? FileManager.default.removeItem(at: report)
        kill(daemon.pid, SIGUSR1)
        guard try wait(atMost: 60, until: { FileManager.default.fileExists(atPath: report.path) }) else {
            throw BenchError("needletaild wrote no report when it was asked:\n\(daemon.text.suffix(2_000))")
        }
        return try JSONDecoder().decode(Us.Report.self, from: Data(contentsOf: report))
    }
}
