import Foundation
import TestSupport
import Testing
@testable import VSwitch

/// The executables as an operator uses them. They run one at a time: each has a PMD that never sleeps.
@Suite(.serialized) struct ExecutableTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    let daemon = root + "/.build/debug/needletaild"
    let tool = root + "/.build/debug/needletail"
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/needletail-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// A switch without hugepages, with memory enough for a whole mempool, lest it warn of that; `ports` are further lines of its ports, `datapath` further settings.
    func write(_ name: String, ports: String = "", datapath: String = "") throws -> String {
        let file = folder + "/" + name
        try """
            datapath: { hugepages: false, memory: 512MB\(datapath) }
            bridges:
              br0:
                fail-mode: standalone
                ports:
                  source: { type: dpdk, devargs: "net_null0,size=64" }
                  sink: { type: dpdk, devargs: "net_null1,no-rx=1" }
            \(ports)
            """.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    func report(_ file: String) throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    @Test func checkTellsWhatIsThere() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try write("a.yaml")
        for (program, arguments) in [(daemon, ["--config", file, "--check"]), (tool, ["check", file])] {
            let result = try await command(program, arguments)
            #expect(result.status == 0)
            #expect(result.output == file + ": 1 bridge, 2 ports, 1 flow\n")
        }
    }

    @Test func checkTellsTheMistake() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try write("a.yaml", ports: "      p2: { type: bogus }")
        let line = file + ":8:19: expected one of dpdk, dpdkvhostuserclient, system, internal, tap, patch, dummy, dummy-internal, dummy-pmd, bond, found 'bogus'\n"
        for (program, arguments) in [(daemon, ["--config", file, "--check"]), (daemon, ["--config", file]), (tool, ["check", file])] {
            let result = try await command(program, arguments)
            #expect(result.status == 1)
            #expect(result.errors == line)
            #expect(result.output.isEmpty)
        }
        let missing = try await command(daemon, ["--config", folder + "/none.yaml"])
        #expect(missing.errors == folder + "/none.yaml:1:1: expected a file, found no such file\n")
        #expect(missing.status == 1)
    }

    @Test func aDeviceThatIsNotThereIsNamedAndTheRestRuns() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try write("a.yaml", ports: "      p2: { type: dpdk, devargs: net_nothing7 }")
        let json = folder + "/report.json"
        let result = try await command(daemon, ["--config", file, "--run-for", "1", "--report", json])
        #expect(result.status == 0)
        #expect(messages(result.errors).count == 1 && messages(result.errors)[0].hasPrefix("bridge br0: port p2: "), "\(result.errors)")
        #expect(try report(json).ports.map(\.name) == ["source", "sink"])
    }

    /// What EAL and the drivers have to say about it is not told as well, unless it is asked for.
    @Test func aWrongDevargsIsToldInOneLine() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let wrong = ["net_nothing7", "0000:ff:1f.7", "nonsense here", "net_pcap9,rx_pcap=/nonexistent.pcap", "net_null9,colour=blue",
            "net_memif9,role=king", "net_af_packet9,iface=nt-none", "net_null0"]
        let ports = wrong.enumerated().map { "      w\($0): { type: dpdk, devargs: \"\($1)\" }" }.joined(separator: "\n")
        let file = try write("a.yaml", ports: ports)
        let result = try await command(daemon, ["--config", file, "--run-for", "0.1"])
        #expect(result.status == 0)
        let lines = messages(result.errors)
        #expect(lines.count == wrong.count, "\(result.errors)")
        for (number, line) in lines.enumerated() {
            #expect(line.hasPrefix("bridge br0: port w\(number): w\(number): '\(wrong[number])' "), "\(line)")
        }
        #expect(result.output.isEmpty)

        #expect(lines[3].contains("No such file or directory"), "\(lines[3])")

        _ = try write("a.yaml", ports: ports, datapath: ", eal: [\"--log-level=error\"]")
        let told = try await command(daemon, ["--config", file, "--run-for", "0.1"])
        #expect(told.errors.contains("EAL: "), "\(told.errors)")
    }

    @Test func runReportsWhatWasForwarded() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try write("a.yaml"), json = folder + "/report.json"
        let result = try await command(daemon, ["--config", file, "--warm-up", "0.5", "--run-for", "1", "--report", json])
        #expect(result.status == 0)
        let report = try report(json)
        #expect(report.seconds >= 1)
        #expect(report.tsc_hz > 100_000_000)
        #expect(report.rss_bytes > 1 << 20)
        let pmd = try #require(report.pmds.first)
        #expect(report.pmds.count == 1)
        #expect(pmd.rx_packets > 1000)
        #expect(pmd.total_cycles >= pmd.busy_cycles)
        // Read while packets flow: one burst may be under way at either end of the window.
        let found = pmd.hint_hits + pmd.emc_hits + pmd.smc_hits + pmd.megaflow_hits + pmd.upcalls + pmd.upcalls_lost
        #expect(found + 32 >= pmd.rx_packets && found <= pmd.rx_packets + 32)
        #expect(report.ports.map(\.name) == ["source", "sink"])
        let bytes = report.ports[0].rx_bytes, whole = report.ports[0].rx_packets * 64
        #expect(max(bytes, whole) - min(bytes, whole) <= 32 * 64)
        #expect(report.megaflows == 1)
        let turns = pmd.turn_cycles
        #expect(0 < turns.p50 && turns.p50 <= turns.p99 && turns.p99 <= turns.p999 && turns.p999 <= turns.longest)
        #expect(turns.wait_p99 <= turns.wait_p999 && turns.wait_p999 <= turns.longest)
        // Each of them in a bin, which is at most an eighth wide; one turn may be under way at either end.
        let least = turns.bins.reduce(0) { $0 + $1[0] * 8 / 9 * $1[1] }
        #expect(least <= pmd.total_cycles + 2 * turns.longest && turns.bins.reduce(0) { $0 + $1[1] } > 1000)
    }

    @Test func hangUpAppliesTheDifferenceAndTerminateEnds() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try write("a.yaml"), errors = folder + "/errors", pidfile = folder + "/pid", json = folder + "/report.json"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: daemon)
        process.arguments = ["--config", file, "--run-for", "60", "--pidfile=" + pidfile, "--report", json]
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        try await until { FileManager.default.fileExists(atPath: pidfile) }

        // A report when it is asked for, and another one that begins there: their windows do not overlap.
        let began = ContinuousClock.now
        var reported = 0.0, firstWindow = 0.0
        for _ in 0..<2 {
            try? FileManager.default.removeItem(atPath: json)
            kill(process.processIdentifier, SIGUSR1)
            try await until { FileManager.default.fileExists(atPath: json) }
            let window = try self.report(json)
            #expect(window.pmds.count == 1)
            if firstWindow == 0 { firstWindow = window.seconds }
            reported += window.seconds
        }

        // A mistake changes nothing and is told.
        _ = try write("a.yaml", ports: "      p2: { type: bogus }")
        kill(process.processIdentifier, SIGHUP)
        try await until { text(errors).contains(":8:19: expected one of") }
        // One more port, and one fewer.
        let lines = try String(contentsOfFile: write("a.yaml", ports: "      late: { type: dpdk, devargs: \"net_null2,no-rx=1\" }"), encoding: .utf8)
        try lines.split(separator: "\n").filter { !$0.contains("sink") }.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        kill(process.processIdentifier, SIGHUP)
        try await until { text(errors).contains("applied, with 0 problems: 1 bridge, 2 ports, 1 flow") }
        process.terminate()
        try await until { !process.isRunning }
        #expect(process.terminationStatus == 0)
        #expect(!FileManager.default.fileExists(atPath: pidfile))
        let last = try report(json)
        #expect(last.ports.map(\.name) == ["source", "late"])
        // The first window began before the clock; all are whole milliseconds.
        #expect(reported - firstWindow + last.seconds <= (ContinuousClock.now - began) / .seconds(1) + 0.01)
    }

    func text(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

    /// Waits at most 20 seconds for a condition.
    func until(_ condition: () -> Bool) async throws {
        for _ in 0..<1000 where !condition() { try await Task.sleep(for: .milliseconds(20)) }
        try #require(condition())
    }
}
