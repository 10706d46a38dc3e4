import Foundation
import TestSupport
import Testing

/// The harness itself, in its quick mode: so that it does not rot. Needs root, two cores, and the peer's and testpmd's packages.
@Suite(.serialized) struct QuickRunTests {
    private static let bench = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "bench").path

    private func run(_ arguments: [String]) async throws -> CommandResult {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-results-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await command(Self.bench, arguments + ["--quick", "--memory", "512", "--results", folder.path], seconds: 600)
    }

    @Test func floorAndPeerForwardAndAddUp() async throws {
        // What the machine does besides only adds cycles.
        var floor = Double.infinity, peer = Double.infinity
        for attempt in 0..<3 where attempt == 0 || peer <= floor {
            let result = try await run(["--case", "masks-4", "--only", "floor", "--only", "peer"])
            try #require(result.status == 0, "\(result.errors)")
            let row = try #require(result.output.split(separator: "\n").first { $0.contains("cycles/packet") })
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            floor = min(floor, try #require(Double(cells[2])))
            peer = min(peer, try #require(Double(cells[3])))
        }
        #expect(floor > 5)
        #expect(peer > floor)
    }

    /// New flows every 200 µs, probes in between, the iterations of the peer's loop beside them.
    @Test func probesPassThroughThePeer() async throws {
        let result = try await run(["--case", "latency-50k", "--only", "peer"])
        try #require(result.status == 0, "\(result.errors)")
        func value(_ row: String) throws -> Double {
            let line = try #require(result.output.split(separator: "\n").first { $0.contains("| \(row) |") }, "\(result.output)")
            return try #require(Double(line.split(separator: "|")[2].trimmingCharacters(in: .whitespaces)))
        }
        // A busy machine may hold the switch up for longer than its queues last; most packets must arrive all the same.
        #expect(try value("probes lost, %") < 50)
        #expect(try value("their packets lost, %") < 50)
        #expect(try value("p50 µs") > 0 && value("p50 µs") <= value("p99.9 µs"))
        #expect(try value("1000 new flows/s offered") > 1)
        #expect(try value("longest turn µs") >= value("turn p50 µs"))
        #expect(try value("bare core: longest gap µs") > 0)
    }

    /// testpmd in a process of its own, over either kind of shared memory.
    @Test(arguments: [("memif", "flowgen"), ("vhost", "txonly")]) func aGeneratorFeedsThePeer(generator: String, mode: String) async throws {
        let result = try await run(["--case", "flows-64", "--only", "peer", "--generator", generator, "--generator-mode", mode])
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("| 64 flows, one megaflow | Mpps | "))
        #expect(!result.output.contains("cycles/packet"))
    }

    /// The switch forwards again when its monitor has started it again.
    @Test func aKilledSwitchComesBack() async throws {
        let result = try await run(["--case", "restart", "--only", "us"])
        try #require(result.status == 0, "\(result.errors)")
        for row in ["traffic back after SIGKILL, ms", "the same with --mlockall, ms"] {
            let line = try #require(result.output.split(separator: "\n").first { $0.contains("| \(row) |") }, "\(result.output)")
            #expect(try #require(Double(line.split(separator: "|")[2].trimmingCharacters(in: .whitespaces))) > 0, "\(line)")
        }
    }

    /// Both switches, a tenth of the flows.
    @Test func flowTablesAreFilledAndDumped() async throws {
        let result = try await run(["--case", "flow-table", "--only", "peer", "--only", "us"])
        try #require(result.status == 0, "\(result.errors)")
        for row in ["1000 flows/s, add-flows", "1000 flows/s, --bundle add-flows", "1000 flows/s, a bundle's bytes", "1000 flows/s, dump-flows", "bytes/flow", "echo p99 ms"] {
            let line = try #require(result.output.split(separator: "\n").first { $0.contains("| \(row) |") }, "\(result.output)")
            let figures = line.split(separator: "|").dropFirst(2).compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
            #expect(figures.count == 3 && figures.allSatisfy { $0 > 0 }, "\(line)")
        }
    }

    @Test func aNeedletaildThatLosesPacketsIsAnError() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "needletaild-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (sent, status) in [(1_000_000, 0), (500_000, 1)] as [(Int, Int32)] {
            // Stands in for needletaild: writes the report that it is asked for.
            let script = folder.appending(path: "needletaild-\(sent)")
            try Data("""
                #!/bin/sh
                while [ "$1" != --report ]; do shift; done
                cat > "$2" <<END
                {"seconds": 1, "tsc_hz": 1000000000, "pmds": [], "megaflows": 1, "masks": 1, "rss_bytes": 0, "ports": [
                {"name": "p0", "rx_packets": 1000000, "rx_bytes": 0, "tx_packets": 0, "tx_bytes": 0, "drops": {}},
                {"name": "p1", "rx_packets": 0, "rx_bytes": 0, "tx_packets": \(sent), "tx_bytes": 0, "drops": {}}]}
                END
                """.utf8).write(to: script)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
            let result = try await run(["--case", "flows-64", "--only", "us", "--needletaild", script.path])
            #expect(result.status == status, "\(result.errors)")
            if status == 0 { #expect(result.output.contains("| cycles/packet | 1000 | – |")) }
            if status != 0 { #expect(result.errors.contains("needletail does not add up")) }
        }
    }

    @Test func microBenchmarksRun() async throws {
        let result = try await command(Self.bench, ["--micro", "--quick"], seconds: 900)
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("| extraction, IPv4/UDP |"))
        #expect(result.output.contains("| hash of a line |"))
        let row = try #require(result.output.split(separator: "\n").first { $0.contains("| 102400 flows, 16 megaflows of as many masks |") })
        #expect(row.split(separator: "|").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }.filter { $0 > 0 }.count == 4)
    }
}
