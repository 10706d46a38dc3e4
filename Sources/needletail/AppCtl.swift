import ArgumentParser
import Foundation
import OVSDB
import VSwitch

/// `needletail appctl`: what ovs-appctl(8) does, and with `--json` what its `--format json` does. Errors have ovs-appctl's words and statuses: 1 if the switch
/// was not reached, 2 if it answered by an error, SIGALRM if it did not in time.
struct AppCtl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "appctl", abstract: "Ask a running switch, or any daemon of Open vSwitch, by its control socket.",
        discussion: "list-commands lists the commands. docs/unixctl.schema.json describes what they answer with --json.")

    @Option(name: [.short, .long], help: "A socket's path, or the name of a daemon with a pid file in $OVS_RUNDIR (needletaild, or else ovs-vswitchd).")
    var target: String?
    @Option(name: [.customShort("T"), .long], help: "Wait at most so many seconds for an answer (0: for ever).") var timeout: UInt32 = 0
    @Flag(help: "Print a JSON document.") var json = false
    @Flag(help: "Print it in lines with indentation.") var pretty = false
    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The command and its arguments.", valueName: "command")) var words: [String]

    func validate() throws {
        if pretty, !json { throw ValidationError("--pretty is for --json") }
        // Behind the command everything is the command's, so these come here.
        if ["-h", "--help"].contains(words.first) { throw CleanExit.helpRequest(self) }
        if let first = words.first, first.hasPrefix("-") { throw ValidationError("unrecognized option '\(first)'") }
    }

    func run() throws {
        if timeout > 0 { alarm(timeout) }
        let name = target ?? Self.standardTarget
        let path = try socket(name)
        let client = UnixctlConnection(path)
        func ask(_ method: String, _ arguments: [String]) throws -> JSON {
            switch client.ask(method, arguments) {
            case .success(.result(let result)): return result
            case .success(.error(let text)):
                complain(text.hasSuffix("\n") ? String(text.dropLast()) : text)
                throw fail(2, "\(name): server returned an error")
            case .failure(.notConnected(let reason)): throw fail(1, "cannot connect to \"\(path)\" (\(reason))")
            case .failure(.lost(let reason)): throw fail(1, "\(name): transaction error (\(reason))")
            }
        }
        if json { _ = try ask("set-options", ["--format", "json"]) }
        switch try ask(words[0], Array(words.dropFirst())) {
        case .string(let text) where !json: write(text)
        case let result: write((pretty ? result.prettyText : String(decoding: result.bytes, as: UTF8.self)) + "\n")
        }
    }

    /// Where the target listens.
    private func socket(_ name: String) throws -> String {
        guard !name.hasPrefix("/") else { return name }
        let pidfile = Self.pidfile(name)
        do {
            return "\(OVSFolder.run)/\(name).\(try PIDFile.process(pidfile)).ctl"
        } catch {
            throw fail(1, "cannot read pidfile \"\(pidfile)\" (\(error))")
        }
    }

    /// The daemon by its own name, or where none of that name runs, in the place of ovs-vswitchd.
    private static var standardTarget: String {
        let names = ["needletaild", "ovs-vswitchd"]
        return names.first { (try? PIDFile.process(pidfile($0))) != nil } ?? names[0]
    }

    private static func pidfile(_ name: String) -> String { "\(OVSFolder.run)/\(name).pid" }

    private func fail(_ status: Int32, _ line: String) -> ExitCode {
        complain("needletail: \(line)")
        return ExitCode(status)
    }

    private func write(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }
}
