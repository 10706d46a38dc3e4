import CDaemon
import Foundation
import Logging
import VSwitch

/// The daemon: a switch that a database configures, or one YAML file. SIGHUP rereads the file and applies what differs, and reopens the log file; SIGUSR1 writes the report
/// so far; SIGTERM and SIGINT end it.
@main struct Daemon {
    static func main() {
        LoggingSystem.bootstrap(VLogHandler.init)
        do {
            var options = try DaemonOptions(Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
            if let text = options.text { return print(text) }
            if options.checks, let config = options.config { return print("\(config): \(try SwitchConfig.load(config).summary)") }
            options.makeAbsolute()
            try run(options)
        } catch let error as ConfigError {
            complain(error.description)
            exit(EXIT_FAILURE)
        } catch let error as StartError {
            for problem in error.problems {
                VLog.shared.log("vswitchd", .emergency, problem, except: .console)
                complain("\(Program.name): \(problem)")
            }
            exit(EXIT_FAILURE)
        } catch {
            complain("\(Program.name): \(error)")
            exit(EXIT_FAILURE)
        }
    }

    /// Becomes the process that runs the switch, and runs it to its end.
    private static func run(_ options: DaemonOptions) throws {
        try options.user?.apply(pidfile: options.pidfile)
        if let pidfile = options.pidfile, !options.overwritesPidfile { try PIDFile.check(pidfile) }
        var daemonizer = Daemonizer(options)
        try daemonizer.start()
        if options.locksMemory {
            let error = nt_lock_memory()
            if error != 0 { VLog.shared.log("vswitchd", .error, "mlockall failed: \(errorText(error))") }
        }
        try forward(options, ready: daemonizer.ready)
    }

    private static func forward(_ options: DaemonOptions, ready: () -> Void) throws {
        let socket = UnixctlSocket(option: options.unixctl)
        let session = if let file = options.config {
            try Session(SwitchConfig.load(file), file: file, socket: socket, runFolder: RunFolder.path)
        } else {
            try Session(database: options.databaseOptions, socket: socket, runFolder: OVSFolder.run)
        }
        defer { session.close() }
        let lock = try options.pidfile.map { try PIDFile($0, overwrites: options.overwritesPidfile) }
        defer { lock?.remove() }
        guard options.config != nil else {
            session.run(seconds: options.runFor, ready: ready)
            return tellEnd(session)
        }
        ready()
        if options.warmUp > 0 { session.run(seconds: options.warmUp) }
        var before = session.counters()
        func write() throws {
            guard let report = options.report else { return }
            let now = session.counters()
            try Report(window: now.since(before), hertz: session.hertz).write(to: report)
            before = now
        }
        session.onReportRequest = {
            do { try write() } catch { VLog.shared.log("vswitchd", .error, "\(error)") }
        }
        session.run(seconds: options.runFor)
        tellEnd(session)
        try write()
    }

    private static func tellEnd(_ session: Session) {
        if let signal = session.signals.end { VLog.shared.log("fatal_signal", .warning, "terminating with signal \(signal) (\(signalText(signal)))") }
    }
}
