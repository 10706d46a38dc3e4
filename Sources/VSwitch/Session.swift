import Datapath
import Foundation

/// A switch from its configuration file to its end: what the executables share.
public final class Session {
    public let signals = Signals()
    private let turns: Turns
    /// What SIGUSR1 asks for; nil: nothing.
    public var onReportRequest: (() -> Void)?
    /// Cycles of the time stamp counter in a second.
    public let hertz: UInt64

    /// Starts the datapath and applies the configuration. A step that fails is told in a line of its own, and the rest runs: a
    /// later SIGHUP tries it again. Without a file nothing could try it again: throws `StartError` with those lines, and nothing runs.
    /// - Parameters:
    ///   - file: what a SIGHUP rereads; nil: a SIGHUP is ignored.
    ///   - socket: the control socket. If it has to be there and cannot be, throws `StartError`, too.
    ///   - runFolder: where each bridge has its sockets for OpenFlow; nil: nowhere.
    ///   - dummy: the datapath is the one for tests.
    public init(_ config: SwitchConfig, file: String?, socket: UnixctlSocket = .none, runFolder: String? = nil, dummy: DummyOptions? = nil) throws {
        turns = try Turns(.file(config, path: file), socket: socket, runFolder: runFolder, dummy: dummy)
        hertz = turns.with { $0.vswitch?.datapath.hertz ?? 0 } ?? 0
    }

    /// Begins to follow a database. The datapath starts when the database asks for a bridge or for DPDK.
    public init(database: DatabaseOptions, socket: UnixctlSocket, runFolder: String?, dummy: DummyOptions?) throws {
        turns = try Turns(.database(database), socket: socket, runFolder: runFolder, dummy: dummy)
        hertz = 0
    }

    /// Runs for some seconds (nil: for ever), or until a signal or a command asks for the end.
    /// - Parameter ready: called once, when the first configuration has been carried out.
    public func run(seconds: Double?, ready: () -> Void = {}) {
        let end = seconds.flatMap { seconds in turns.with { $0.now + Int64((seconds * 1000).rounded()) } }
        var isReady = false
        turns.run(until: end) {
            if !isReady, turns.with(\.isReady) ?? false {
                isReady = true
                ready()
            }
            if signals.takeHangUp() {
                // What hinders it is in the log.
                try? VLog.shared.reopenFile()
                _ = turns.with { $0.reload() }
            }
            if signals.takeReportRequest() { onReportRequest?() }
            return signals.wantsEnd
        }
    }

    /// Everything that the switch has counted.
    public func counters() -> SwitchCounters { (turns.with { $0.vswitch?.counters() } ?? nil) ?? SwitchCounters(time: 0, pmds: [], ports: [], megaflows: 0) }

    /// The megaflows with the most packets, as text.
    public func busiestMegaflows() -> [String] { (turns.with { $0.vswitch?.busiestMegaflows() } ?? nil) ?? [] }

    /// Ends all sockets, removes ports and flows and ends the datapath's threads.
    public func close() { turns.close() }
}

/// Why a switch did not start.
public struct StartError: Error, CustomStringConvertible {
    public var problems: [String]
    public init(problems: [String]) { self.problems = problems }
    public var description: String { problems.joined(separator: "\n") }
}

/// Writes a line to the standard error stream.
public func complain(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
}

extension SwitchConfig {
    /// Reads a configuration file. Throws `ConfigError`, also when there is no such file.
    public static func load(_ path: String, keeping former: SwitchConfig? = nil) throws(ConfigError) -> SwitchConfig {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            data = try handle.read(upToCount: Limits.fileBytes + 1) ?? Data()
        } catch {
            let reason = FileManager.default.fileExists(atPath: path) ? "one that cannot be read" : "no such file"
            throw ConfigError(file: path, line: 1, column: 1, expected: "a file", found: reason)
        }
        return try parse(Array(data), file: path, keeping: former)
    }

    /// "2 bridges, 5 ports, 12 flows"
    public var summary: String {
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        return [count(bridges.count, "bridge"), count(bridges.reduce(0) { $0 + $1.ports.count }, "port"),
            count(bridges.reduce(0) { $0 + $1.flows.count }, "flow")].joined(separator: ", ")
    }
}
