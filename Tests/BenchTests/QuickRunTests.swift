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
        return try await command(Self.bench, arguments + ["--quick", "--memory", "512", "--results", folder.path], seconds: 120)
    }

    @Test func floorAndPeerForwardAndAddUp() async throws {
        let result = try await run(["--case", "masks-4", "--only", "floor", "--only", "peer"])
        try #require(result.status == 0, "\(result.errors)")
        let row = try #require(result.output.split(separator: "\n").first { $0.contains("cycles/packet") })
        let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        let floor = try #require(Double(cells[2])), peer = try #require(Double(cells[3]))
        #expect(floor > 5)
        #expect(peer > floor)
    }

    @Test func probesPassThroughThePeer() async throws {
        let result = try await run(["--case", "latency-idle", "--only", "peer"])
        try #require(result.status == 0, "\(result.errors)")
        let row = try #require(result.output.split(separator: "\n").first { $0.contains("probes lost") })
        // A busy machine may hold the switch up for longer than its queues last; most probes must arrive all the same.
        let lost = try #require(Double(row.split(separator: "|")[2].trimmingCharacters(in: .whitespaces)))
        #expect(lost < 5, "\(result.output)")
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
                {"seconds": 1, "tsc_hz": 1000000000, "pmds": [], "megaflows": 1, "rss_bytes": 0, "ports": [
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
        let result = try await command(Self.bench, ["--micro", "--quick"], seconds: 120)
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("| extraction, IPv4/UDP |"))
        #expect(result.output.contains("| hash of a line |"))
    }
}
