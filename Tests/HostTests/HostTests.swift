import Foundation
import TestSupport
import Testing

/// The built `needletaild` between real hosts: network namespaces whose IP stacks talk through its ports.
///
/// Each test starts a daemon of its own from a YAML file that it writes, and runs alone: a daemon's PMD never sleeps.
/// Reading order: `Bed` (what a test makes and what is removed in the end), `Host`, `RunningSwitch`, then the tests.
@Suite(.serialized) struct HostTests {}

/// How a host is wired to the switch. The raw value is the port's type in the configuration.
enum Wiring: String, CaseIterable, Sendable {
    /// The switch makes the interface; the test moves it into the host's namespace.
    case tap, `internal`
    /// The switch takes one end of a veth pair, the host has the other one.
    case system
}

/// What went wrong in the surroundings of a test, not in what it tests.
struct BedFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits until `condition` holds, at most `seconds`. Throws `BedFailure` with what was waited for.
func until(_ what: String, seconds: Double = 60, _ condition: () async throws -> Bool) async throws {
    let end = Date().addingTimeInterval(seconds)
    while try await !condition() {
        guard Date() < end else { throw BedFailure("not within \(seconds) s: \(what)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// The text of a file; empty if there is none.
func contents(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

/// What a daemon has written to its standard error stream, without what the log puts in front: all of it, so that DPDK's would be seen.
func errorLines(_ file: String) -> [String] { messages(contents(file)) }

/// What a switch has complained of by ovs-appctl, whose own last line names the socket, and which tells when the machine has held it up.
func complaints(_ answer: CommandResult) -> String {
    lines(answer.errors).filter { !$0.contains("|timeval|WARN|") }.dropLast().joined(separator: "\n")
}

/// Runs ip(8). Throws `BedFailure` with what it complained of.
func ip(_ arguments: String...) async throws {
    let result = try await command("ip", arguments)
    guard result.status == 0 else { throw BedFailure("ip \(arguments.joined(separator: " ")): \(result.errors)") }
}
