import Foundation
import Synchronization
import TestSupport
import Testing

/// What a test makes outside of its process: a folder, namespaces, interfaces, processes. All names are its own.
final class Bed {
    /// In every name: short, for interfaces' names have at most 15 bytes; unique among processes and tests.
    let tag: String
    let folder: String
    /// An IPv4 address of the loopback interface that nobody else listens at.
    let loopback: String
    private var hosts: [Host] = []
    private var switches: [RunningSwitch] = []
    private var tasks: [BackgroundTask] = []
    /// What may be an interface that outlasts its switch.
    private var names: Set<String> = []
    private static let serial = Mutex(0)

    private init() throws {
        let number = Self.serial.withLock { $0 += 1; return $0 }
        tag = "\(getpid() % 100_000)x" + String(number, radix: 36)
        loopback = "127.\(1 + getpid() / 250 % 250).\(getpid() % 250).\(1 + number % 250)"
        folder = FileManager.default.temporaryDirectory.path + "/needletail-hosts-" + tag
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Runs `body` and removes what was made, whatever happens. A switch that has died meanwhile is a failure.
    static func with<Result>(_ body: (Bed) async throws -> Result) async throws -> Result {
        let bed = try Bed()
        let result: Result
        do {
            result = try await body(bed)
        } catch {
            await bed.end()
            throw error
        }
        for vswitch in bed.switches where !vswitch.hasBeenEnded { #expect(vswitch.isRunning, "\(contents(vswitch.errors))") }
        await bed.end()
        return result
    }

    private func end() async {
        for task in tasks { await task.end() }
        for vswitch in switches { await vswitch.end() }
        for host in hosts { await host.remove() }
        for name in names where FileManager.default.fileExists(atPath: "/sys/class/net/" + name) { _ = try? await command("ip", ["link", "delete", name]) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A short name of this bed's own.
    func name(_ letter: String) -> String { owned(letter + tag) }

    /// An interface of this name ends with the bed.
    @discardableResult func owned(_ name: String) -> String {
        names.insert(name)
        return name
    }

    /// Makes a host: a namespace, and a veth pair if it is wired so. Host `number` has the addresses 10.77.0.`number` and
    /// fd77::`number`, once it is connected.
    func host(_ number: Int, _ wiring: Wiring) async throws -> Host {
        let host = Host(bed: self, number: number, wiring: wiring)
        hosts.append(host)
        try await host.make()
        return host
    }

    /// Makes hosts 1 to `count`.
    func hosts(_ count: Int, _ wiring: Wiring) async throws -> [Host] {
        var made: [Host] = []
        for number in 1...count { made.append(try await host(number, wiring)) }
        return made
    }

    /// Starts a switch with these bridges and waits until it forwards.
    /// - Parameter more: further lines of the configuration: "ssl: { … }".
    func start(_ bridges: [BridgeText], more: String = "") async throws -> RunningSwitch { try await start(text: configuration(bridges) + more) }

    /// Starts a switch with this configuration and waits until it forwards.
    /// - Parameter arguments: of the daemon, besides.
    func start(text: String, arguments: [String] = []) async throws -> RunningSwitch {
        let vswitch = try RunningSwitch(folder: folder, text, arguments)
        switches.append(vswitch)
        try await vswitch.waitForStart()
        return vswitch
    }

    /// Makes hosts 1 to `count`, a switch with one bridge that has them all, and connects them.
    func wire(_ count: Int, _ wiring: Wiring) async throws -> (hosts: [Host], vswitch: RunningSwitch) {
        let hosts = try await hosts(count, wiring)
        let vswitch = try await start([BridgeText("br0", hosts.map { PortText($0) })])
        for host in hosts { try await host.connect() }
        return (hosts, vswitch)
    }

    /// Starts a program that runs beside the test until it ends by itself or the test does, and for `longest` seconds at most.
    func spawn(_ program: String, _ arguments: [String], longest: Int = BackgroundTask.longest) throws -> BackgroundTask {
        let task = try BackgroundTask(program, arguments, output: folder + "/task\(tasks.count)", longest: longest)
        tasks.append(task)
        return task
    }
}

/// A program that runs beside the test, its output in files.
final class BackgroundTask {
    /// Seconds after which the program is killed, also when the tests have died.
    static let longest = 900
    let output: String
    let errors: String
    private let process = Process()

    init(_ program: String, _ arguments: [String], output: String, longest: Int = BackgroundTask.longest) throws {
        self.output = output
        errors = output + ".errors"
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // env(1): whatever thread this is may have signals blocked, which the program would inherit. timeout(1) bounds the run,
        // passes signals on, and keeps the socket open by which Foundation sees the end: some programs close it at their start.
        process.arguments = ["--default-signal", "timeout", "--foreground", "-s", "KILL", "\(longest)", program] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    /// The exit status; 128 and the signal's number if one has ended it. Only once it has ended.
    var status: Int32 { process.terminationStatus }
    func send(_ signal: Int32) { if process.isRunning { kill(process.processIdentifier, signal) } }

    /// Waits until the program has ended by itself, or after a signal. Returns its output.
    @discardableResult func finish(after signal: Int32? = nil, seconds: Double = 60) async throws -> String {
        if let signal { send(signal) }
        try await until("the end of \(process.arguments ?? [])", seconds: seconds) { !process.isRunning }
        return contents(output)
    }

    /// Ends the program, by force after five seconds.
    func end() async {
        guard process.isRunning else { return }
        process.terminate()
        do {
            try await until("end", seconds: 5) { !process.isRunning }
        } catch {
            // For timeout(1) this is the end of the time.
            send(SIGALRM)
            try? await until("end", seconds: 5) { !process.isRunning }
        }
    }
}

/// A TCP port of the loopback interface on which nobody listened a moment ago.
func freePort() async throws -> Int {
    let result = try await python("import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
    guard let port = Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw BedFailure("no port: \(result.errors)") }
    return port
}
