import Foundation
import Synchronization
import SystemPackage

/// The log, as ovs-vswitchd(8) and ovs-appctl(8) describe it: lines of modules, each with a level, go to three destinations, each with a pattern.
///
/// Any thread writes; a line is whole in each destination. No packet's way leads here: poll-mode threads log nothing.
/// Memory: a bucket for each place in the source that limits its rate.
public final class VLog: Sendable {
    public static let shared = VLog()

    public typealias Level = LogLevel

    public enum Destination: Int, CaseIterable, Sendable {
        case console, syslog, file
        /// As it is printed; OVS has it in lower case in specifications, which do not look at the case.
        var name: String { ["CONSOLE", "SYSLOG", "FILE"][rawValue] }
        init?(name: String) {
            guard let destination = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
            self = destination
        }
    }

    /// How often a place in the source may log.
    public struct Rate: Sendable {
        /// Lines a minute, and at once.
        var perMinute: Int, burst: Int
    }

    struct State {
        /// By module, then by destination.
        var levels: [String: [Level]] = Dictionary(uniqueKeysWithValues: VLog.modules.map { ($0, Array(repeating: .information, count: 3)) })
        /// By destination.
        var patterns = [LogPattern.console, LogPattern.syslog, LogPattern.file]
        var facility: SyslogFacility?
        /// The modules whose rates are not limited.
        var unlimited: Set<String> = []
        var limits: [String: LogLimit] = [:]
        var fileName: String?
        /// Where `fileName` begins if it has no folder; the process may change its own.
        var fileFolder = ""
        var file: FileDescriptor?
        /// Nothing goes to syslog until a method is set.
        var syslog = SyslogSender.null
        var syslogTarget: SyslogSender?
        var serial = 0
    }
    let state = Mutex(State())
    private let started = ContinuousClock.now

    /// Milliseconds since the process began to log.
    private var elapsed: Int { Int((ContinuousClock.now - started) / .milliseconds(1)) }

    func isLogged(_ module: String, _ level: Level) -> Bool {
        state.withLock { state in (state.levels[module] ?? state.levels["vswitchd"])?.contains { level <= $0 } ?? false }
    }

    /// Logs a line.
    /// - Parameters:
    ///   - site: the place in the source, for its rate.
    ///   - rate: nil: as often as it comes.
    ///   - except: a destination that does not get it.
    public func log(_ module: String, _ level: Level, _ text: String, site: String = "", rate: Rate? = nil, except: Destination? = nil) {
        let now = elapsed, subprogram = Program.threadName
        state.withLock { state in
            var text = text
            if let rate, !state.unlimited.contains(module) {
                guard let dropped = state.limits[site, default: LogLimit(rate, now: now)].admit(now: now, rate) else { return }
                if let dropped { write(&state, line(&state, module, level, dropped, subprogram, now), except: except) }
            }
            if text.hasSuffix("\n") { text.removeLast() }
            write(&state, line(&state, module, level, text, subprogram, now), except: except)
        }
    }

    private func line(_ state: inout State, _ module: String, _ level: Level, _ text: String, _ subprogram: String, _ now: Int) -> LogLine {
        state.serial += 1
        return LogLine(module: module, level: level, text: text, serial: state.serial, time: Date().timeIntervalSince1970, elapsed: now, subprogram: subprogram)
    }

    private func write(_ state: inout State, _ line: LogLine, except: Destination?) {
        let levels = state.levels[line.module] ?? state.levels["vswitchd"] ?? []
        for destination in Destination.allCases where destination != except && line.level <= levels[destination.rawValue] {
            let pattern = state.patterns[destination.rawValue]
            switch destination {
            case .console: try? FileHandle.standardError.write(contentsOf: Data((pattern.text(line, facility: .daemon) + "\n").utf8))
            case .file: _ = try? state.file?.writeAll((pattern.text(line, facility: .local0) + "\n").utf8)
            case .syslog:
                // A line each; syslog's end lines by themselves.
                for part in line.lines {
                    state.syslog.send(pattern.text(part, facility: state.facility ?? .daemon), part, facility: state.facility ?? .daemon)
                    state.syslogTarget?.send(pattern.text(part, facility: state.facility ?? .local0), part, facility: state.facility ?? .local0)
                }
            }
        }
    }

    // MARK: the file

    /// Logs to a file from now on; nil: `PROGRAM.log` in OVS's folder for logs. Throws what hindered it, which has been logged.
    public func openFile(_ name: String?) throws(Errno) {
        let folder = FileManager.default.currentDirectoryPath
        state.withLock { state in
            state.fileName = name ?? "\(OVSFolder.log)/\(Program.name).log"
            state.fileFolder = folder
        }
        try reopenFile()
    }

    /// Closes the file and opens it again, so that one that was renamed is left alone.
    public func reopenFile() throws(Errno) {
        closeFile()
        guard let (name, folder) = state.withLock({ state in state.fileName.map { ($0, state.fileFolder) } }) else { return }
        do {
            let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
            let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: [.append, .create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead])
            state.withLock { $0.file = file }
            log("vlog", .information, "opened log file \(name)")
        } catch {
            let reason = error as? Errno ?? .ioError
            log("vlog", .warning, "failed to open \(name) for logging: \(reason)")
            throw reason
        }
    }

    /// Closes the file until it is opened again.
    public func closeFile() {
        guard state.withLock({ $0.file != nil }) else { return }
        log("vlog", .information, "closing log file")
        state.withLock { state in
            try? state.file?.close()
            state.file = nil
        }
    }

    var hasFileName: Bool { state.withLock { $0.fileName != nil } }
}

/// A line to be logged.
struct LogLine {
    var module: String
    var level: VLog.Level
    var text: String
    var serial: Int
    /// Seconds of Unix time.
    var time: Double
    /// Milliseconds since the process began.
    var elapsed: Int
    /// The thread's or the process's name; "" for the main one.
    var subprogram: String

    /// A line for each line of its text.
    var lines: [LogLine] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { part in
            var line = self
            line.text = String(part)
            return line
        }
    }
}
