import Foundation
import TestSupport
import Testing

/// OpenFlow controllers as people run them, each with a bridge of ours and hosts behind it.
///
/// Python's are in the environment that `config/install-python` makes, and the programs that the tests give it in `python/` beside this file.

/// The folder of this package.
private let package = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()

/// A program of the Python environment.
func pythonTool(_ name: String) -> String { package + "/.build/python/bin/" + name }

/// A Python program of the tests.
func pythonProgram(_ name: String) -> String { package + "/Tests/HostTests/Controllers/python/" + name }

extension BridgeText {
    /// A bridge of hosts with one controller, of which it sees soon when it comes and goes.
    /// - Parameter probe: seconds of silence after which it asks whether the controller is there.
    init(_ hosts: [Host], controller: String, failMode: String = "secure", probe: Int = 10, more: [String] = []) {
        self.init("br0", hosts.map { PortText($0) }, settings: [
            "fail-mode: \(failMode)", "controllers: [{ target: \"\(controller)\", max-backoff: 1s, inactivity-probe: \(probe)s }]",
        ] + more)
    }
}

extension Bed {
    /// Starts ovs-testcontroller, which waits for switches by `method`.
    /// - Parameter versions: not OpenFlow 1.5, of which ovs-testcontroller 3.1 encodes packet-outs from memory that it has never written, and dies now and then.
    func testController(_ method: String, _ options: [String] = [], versions: String = "OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14") throws -> BackgroundTask {
        try spawn("ovs-testcontroller", ["--unixctl=none", "-vconsole:warn", "-O", versions, method] + options)
    }

    /// Waits until somebody listens at a TCP port of the bed's own address.
    func waitForListener(_ task: BackgroundTask, port: Int = 6653) async throws {
        try await until("a listener at \(loopback):\(port)") {
            guard task.isRunning else { throw BedFailure("the controller has ended: \(contents(task.errors))") }
            return try await !command("ss", ["-Hltn", "src = \(loopback) and sport = :\(port)"]).output.isEmpty
        }
    }
}

/// Waits until the first host reaches the second: the controller has been found.
func untilServed(_ hosts: [Host]) async throws {
    try await until("the controller serves the switch") { try await !hosts[0].cannotReach(hosts[1].address4) }
}

/// Every host pings every other one. Returns who could not, and what ping says.
private func unreached(_ hosts: [Host], count: Int = 2) async throws -> [String] {
    var failures: [String] = []
    for from in hosts {
        for to in hosts where to.number != from.number {
            // Slow enough that no packet overtakes one that goes by way of the controller.
            let result = try await from.ping(to.address4, count: count, interval: 0.2, options: [])
            if !result.isWhole { failures.append("\(from.number) to \(to.number): \(result)") }
        }
    }
    return failures
}

/// Every host reaches every other one, without a packet lost.
func expectReach(_ hosts: [Host]) async throws {
    let failures = try await unreached(hosts)
    #expect(failures == [])
}

extension RunningSwitch {
    /// The bridge has these flows and no others.
    func expectFlows(_ expected: [String]) async throws {
        let found = try await flows()
        #expect(found == expected)
    }

    /// The flows of a bridge, without counters; a failure of ovs-ofctl is one of the test.
    func flows(_ match: String = "", version: String = "OpenFlow13") async throws -> [String] {
        let result = try await ofctl(["-O", version, "--no-stats", "--sort"], "dump-flows", match.isEmpty ? [] : [match])
        guard result.status == 0 else { throw BedFailure("dump-flows: \(result.errors)") }
        return lines(result.output).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
