import Foundation
import TestSupport
import Testing

extension HostTests {
    @Suite(.serialized) struct DemoTests {
        private func namespaces() async throws -> [String] {
            lines(try await command("ip", ["netns", "list"]).output).map { String($0.prefix { $0 != " " }) }
        }

        /// `needletail demo --tap` wires two namespaces, which reach each other, and leaves nothing behind. Its names are its own:
        /// one demo at a time.
        @Test func theTapDemoRunsAndCleansUp() async throws {
            try await Bed.with { bed in
                let demo = try bed.spawn(executable("needletail"), ["demo", "--tap"])
                let (red, blue) = ("needletail-red", "needletail-blue")
                func state(_ space: String, _ tap: String) async throws -> String {
                    try await command("ip", ["-n", space, "-br", "address", "show", "dev", tap, "up"]).output
                }
                try await until("the demo is wired") {
                    guard demo.isRunning else { throw BedFailure("the demo has ended: \(contents(demo.errors))") }
                    guard try await state(red, "tap-red").contains("10.99.0.1") else { return false }
                    return try await state(blue, "tap-blue").contains("10.99.0.2")
                }
                for (from, to) in [(red, "10.99.0.2"), (blue, "10.99.0.1")] {
                    let result = try await command("ip", ["netns", "exec", from, "ping", "-n", "-c", "10", "-i", "0.02", "-w", "30", to])
                    #expect(try PingResult(result.output, count: 10).isWhole)
                }
                let output = try await demo.finish(after: SIGINT)
                #expect(demo.status == 0)
                #expect(errorLines(demo.errors).isEmpty)
                for text in ["ip netns exec needletail-red ping 10.99.0.2", "tap-red", "tap-blue"] { #expect(output.contains(text), "\(output)") }
                #expect(try await !namespaces().contains { [red, blue].contains($0) })
                for tap in ["tap-red", "tap-blue"] { #expect(try await command("ip", ["link", "show", tap]).status == 1) }
            }
        }
    }
}
