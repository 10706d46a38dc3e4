import Foundation

/// needletaild is killed under load: how long is it until the one that its monitor starts forwards again?
extension Us {
    /// Milliseconds from SIGKILL until the new process has sent packets. How often that is looked at, some 15 ms, is in it.
    func restartTime(_ setUp: SetUp, locksMemory: Bool) throws -> Double {
        let pidfile = setUp.folder.appending(path: "needletaild.pid")
        let monitor = try start(setUp, ["--monitor", "--pidfile=\(pidfile.path)"] + (locksMemory ? ["--mlockall"] : []))
        func process() -> Int32? {
            (try? String(contentsOf: pidfile, encoding: .utf8)).flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        defer {
            // The monitor ends when what it watches was asked to.
            if let pid = process() { kill(pid, SIGTERM) }
            _ = try? wait(atMost: 5) { !monitor.isRunning }
            monitor.stop()
        }
        /// Packets that have left by the second port; nil: there is nobody who knows.
        func sent() -> Int? {
            (try? runProgram("ovs-ofctl", ["dump-ports", "unix:\(setUp.folder.path)/br0.mgmt", "2"])).flatMap { number(after: "tx pkts=", in: $0) }
        }
        guard try wait(atMost: 30, until: { (sent() ?? 0) > 0 }), let first = process() else {
            throw BenchError("needletaild does not forward:\n\(monitor.text.suffix(2_000))")
        }
        try wait(atMost: 1)
        let start = ContinuousClock.now
        kill(first, SIGKILL)
        guard try wait(atMost: 30, every: 0.002, until: { process() != first && (sent() ?? 0) > 0 }) else {
            throw BenchError("needletaild does not forward again:\n\(monitor.text.suffix(2_000))")
        }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }
}
