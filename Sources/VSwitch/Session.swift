import Datapath
import Foundation

/// A switch from its configuration file to its end: what the executables share.
///
/// Owner: the ofproto thread.
public final class Session {
    public let vswitch: Switch
    public let signals = Signals()
    private let file: String?
    private let unixctl: UnixctlServer?
    private let controllers: ControllerServer
    private let context: UnixctlContext
    /// What SIGUSR1 asks for; nil: nothing.
    public var onReportRequest: (() -> Void)?
    private var runtime: Runtime { Runtime(vswitch) }

    /// Starts the datapath and applies the configuration. A step that fails is told in a line of its own, and the rest runs: a
    /// later SIGHUP tries it again. Without a file nothing could try it again: throws `StartError` with those lines, and nothing runs.
    /// - Parameters:
    ///   - file: what a SIGHUP rereads; nil: a SIGHUP is ignored.
    ///   - socket: the control socket. If it has to be there and cannot be, throws `StartError`, too.
    ///   - runFolder: where each bridge has its sockets for OpenFlow; nil: nowhere.
    public init(_ config: SwitchConfig, file: String?, socket: UnixctlSocket = .none, runFolder: String? = nil) throws {
        self.file = file
        let datapath = try NetdevDatapath(config.datapath, seed: .random(in: .min ... .max))
        vswitch = Switch(datapath: datapath, config: config.datapath, seed: .random(in: .min ... .max))
        context = UnixctlContext(vswitch: vswitch, netdev: datapath.netdev)
        let waker = datapath.netdev.waker
        controllers = ControllerServer(folder: runFolder, wake: { waker.wake() })
        do throws(StartError) {
            unixctl = try socket.open(context)
        } catch {
            controllers.close()
            vswitch.close()
            throw error
        }
        let problems = vswitch.apply(config) + controllers.apply(config, vswitch.ofproto)
        guard file == nil else {
            for problem in problems { complain(problem) }
            return
        }
        guard problems.isEmpty else {
            close()
            throw StartError(problems: problems)
        }
    }

    /// Runs for some seconds (nil: for ever), or until a signal asks for the end.
    public func run(seconds: Double?) {
        let end = seconds.map { vswitch.datapath.now + Int64(($0 * 1000).rounded()) }
        let servers = Runtime.Servers(
            run: { [unowned self] in
                let hasMessages = controllers.run(vswitch.ofproto, now: vswitch.datapath.now)
                return unixctl?.run() ?? false || hasMessages
            }, nextDeadline: { [unowned self] in controllers.nextDeadline })
        runtime.run(until: end, servers: servers) {
            if signals.takeHangUp() { reload() }
            if signals.takeReportRequest() { onReportRequest?() }
            return signals.wantsEnd || context.wantsEnd
        }
    }

    /// Reads the file again and applies the difference. A mistake in it is told, and everything stays as it is.
    private func reload() {
        guard let file else { return }
        do {
            let wanted = try SwitchConfig.load(file, keeping: vswitch.running)
            let problems = vswitch.apply(wanted) + controllers.apply(wanted, vswitch.ofproto)
            for problem in problems { complain(problem) }
            complain("\(file): applied, with \(problems.count) problem\(problems.count == 1 ? "" : "s"): \(vswitch.running.summary)")
        } catch {
            complain("\(error)")
        }
    }

    /// Ends all sockets, removes ports and flows and ends the datapath's threads.
    public func close() {
        unixctl?.close()
        controllers.close()
        vswitch.close()
    }
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
