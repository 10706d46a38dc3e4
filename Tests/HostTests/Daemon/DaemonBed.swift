import Foundation
import TestSupport
import Testing

/// Daemons that leave the process which started them: `needletaild` by name, with a folder of its own. Each ends with the bed, by the number in its
/// pidfile.
final class DaemonBed {
    let folder: String
    /// A switch without poll-mode threads' traffic.
    let file: String
    private var started: Set<Int32> = []

    private init(_ bed: Bed) throws {
        folder = bed.folder
        file = folder + "/daemon.yaml"
        try configuration([BridgeText("br0", [PortText("p1", "type: dummy")])]).write(toFile: file, atomically: true, encoding: .utf8)
    }

    static func with(_ body: (DaemonBed, Bed) async throws -> Void) async throws {
        try await Bed.with { bed in
            let daemons = try DaemonBed(bed)
            do {
                try await body(daemons, bed)
            } catch {
                try await daemons.end()
                throw error
            }
            try await daemons.end()
        }
    }

    var environment: [String] { ["OVS_RUNDIR=" + folder, "OVS_LOGDIR=" + folder, "OVS_SYSLOG_METHOD=null"] }
    var pidfile: String { folder + "/needletaild.pid" }
    var log: String { folder + "/needletaild.log" }

    /// Runs the daemon's command to its end.
    func run(_ arguments: [String]) async throws -> CommandResult {
        let result = try await command("env", environment + [executable("needletaild")] + arguments, seconds: 60)
        _ = pid
        return result
    }

    func start(_ arguments: [String]) async throws -> CommandResult { try await run(["--config=" + file, "--detach", "--pidfile", "--log-file"] + arguments) }

    /// The number in the pidfile, if it is of a process.
    var pid: Int32? {
        guard let number = Int32(contents(pidfile).trimmingCharacters(in: .whitespacesAndNewlines)), Self.isAlive(number) else { return nil }
        started.insert(number)
        return number
    }

    /// A zombie is dead.
    static func isAlive(_ pid: Int32) -> Bool {
        let state = contents("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ").first
        return state != nil && state != "Z"
    }

    static func parent(_ pid: Int32) -> Int32? {
        contents("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { Int32($0) }
    }

    /// Runs ovs-appctl, which finds the daemon by its pidfile.
    func ask(_ arguments: String...) async throws -> CommandResult {
        try await command("env", environment + ["ovs-appctl", "-T", "50", "-t", "needletaild"] + arguments)
    }

    /// The log's lines without the time and the number: "bridge|INFO|…".
    var logged: [String] { lines(contents(log)).map { line in line.split(separator: "|", maxSplits: 2).last.map(String.init) ?? line } }

    /// Ends what is left, the monitors by their child's end.
    private func end() async throws {
        _ = pid
        for pid in started where Self.isAlive(pid) { kill(pid, SIGKILL) }
        let left = started
        try await until("the daemons have ended") { left.allSatisfy { !Self.isAlive($0) } }
    }
}
