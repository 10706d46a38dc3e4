import ArgumentParser
import Foundation
import VSwitch

/// The daemon: a switch from one YAML file. SIGHUP rereads the file and applies what differs; SIGUSR1 writes the report so far; SIGTERM and
/// SIGINT end it.
@main struct Daemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needletaild", abstract: "A virtual switch, described by one YAML file.",
        discussion: "SIGHUP rereads the file and applies what differs. SIGUSR1 writes the report so far and begins another one. SIGTERM and SIGINT end the switch.", version: softwareVersion)

    @Option(help: "The configuration file.") var config: String
    @Flag(help: "Check the configuration file and do nothing else.") var check = false
    @Option(help: "End after so many seconds, not counting the warm-up.") var runFor: Double?
    @Option(help: "Run for so many seconds before the counters of the report begin.") var warmUp = 0.0
    @Option(help: "Write what was counted after the warm-up, or since SIGUSR1, to this file, as JSON.") var report: String?
    @Option(help: "Write the process number to this file once the switch forwards packets, and hold a lock on it.") var pidfile: String?
    @Option(help: "The control socket for ovs-appctl; \"none\" for none. By default, if possible, needletaild.PID.ctl in $OVS_RUNDIR or /var/run/openvswitch.")
    var unixctl: String?

    func validate() throws {
        for seconds in [runFor ?? 0, warmUp] where !(seconds >= 0 && seconds <= 1e6) {
            throw ValidationError("a time in seconds is from 0 to 1000000")
        }
    }

    func run() throws {
        do {
            let wanted = try SwitchConfig.load(config)
            if check { return print("\(config): \(wanted.summary)") }
            try forward(wanted)
        } catch let error as ConfigError {
            complain(error.description)
            throw ExitCode.failure
        } catch let error as StartError {
            for problem in error.problems { complain("needletaild: \(problem)") }
            throw ExitCode.failure
        }
    }

    private func forward(_ wanted: SwitchConfig) throws {
        let session = try Session(wanted, file: config, socket: UnixctlSocket(option: unixctl), runFolder: RunFolder.path)
        defer { session.close() }
        let lock = try pidfile.map { try PIDFile($0) }
        defer { lock?.remove() }
        if warmUp > 0 { session.run(seconds: warmUp) }
        var before = session.counters()
        func write() throws {
            guard let report else { return }
            let now = session.counters()
            try Report(window: now.since(before), hertz: session.hertz).write(to: report)
            before = now
        }
        session.onReportRequest = {
            do { try write() } catch { complain("needletaild: \(error)") }
        }
        session.run(seconds: runFor)
        try write()
    }
}
