import Foundation
import TestSupport
import Testing

/// A port of a configuration: its name and what stands in its braces.
struct PortText {
    var name: String
    var settings: String

    init(_ name: String, _ settings: String) {
        self.name = name
        self.settings = settings
    }
    /// A host's port, with further settings such as ", tag: 10".
    init(_ host: Host, _ more: String = "") { self.init(host.port, "type: \(host.wiring.rawValue)" + more) }
}

/// A bridge of a configuration.
struct BridgeText {
    var name: String
    var ports: [PortText]
    /// One flow each, in the syntax of ovs-ofctl(8).
    var flows: [String]
    /// Further settings, a line each: "protocols: [OpenFlow13]".
    var settings: [String]

    init(_ name: String, _ ports: [PortText], flows: [String] = [], settings: [String] = ["fail-mode: standalone"]) {
        self.name = name
        self.ports = ports
        self.flows = flows
        self.settings = settings
    }
}

/// A configuration file: without hugepages, for tests run where there are none.
func configuration(_ bridges: [BridgeText]) -> String {
    var text = "datapath: { hugepages: false, memory: 512MB }\nbridges:\n"
    for bridge in bridges {
        text += "  \(bridge.name):\n" + bridge.settings.map { "    \($0)\n" }.joined() + "    ports:\n"
        for port in bridge.ports { text += "      \(port.name): { \(port.settings) }\n" }
        if !bridge.flows.isEmpty { text += "    flows: |\n" + bridge.flows.map { "      \($0)\n" }.joined() }
    }
    return text
}

/// The processors that a status file of proc(5) names as allowed: "0-2,5" is 0, 1, 2, 5.
func allowedProcessors(_ file: String) -> Set<Int> {
    let list = lines(contents(file)).first { $0.hasPrefix("Cpus_allowed_list:") }?.split(separator: "\t").last ?? ""
    return Set(list.split(separator: ",").flatMap { part -> [Int] in
        let ends = part.split(separator: "-").compactMap { Int($0) }
        return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
    })
}

/// A built executable of this package.
func executable(_ name: String) -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return root.path + "/.build/debug/" + name
}

/// A `needletaild` with its configuration file.
final class RunningSwitch {
    let file: String
    let errors: String
    /// For ovs-appctl.
    let controlSocket: String
    /// Where <bridge>.mgmt and <bridge>.snoop are.
    private let runFolder: String
    private let pidfile: String
    private let task: BackgroundTask
    private(set) var hasBeenEnded = false

    /// Starts the daemon.
    init(folder: String, _ text: String, _ more: [String] = []) throws {
        file = folder + "/switch.yaml"
        pidfile = folder + "/switch.pid"
        controlSocket = folder + "/switch.ctl"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        runFolder = folder
        let arguments = ["--config", file, "--pidfile=" + pidfile, "--unixctl", controlSocket] + more
        task = try BackgroundTask("env", ["OVS_RUNDIR=" + folder, executable("needletaild")] + arguments, output: folder + "/switch")
        errors = task.errors
    }

    func waitForStart() async throws {
        try await until("the switch forwards") {
            guard task.isRunning else { throw BedFailure("needletaild has ended: \(contents(errors))") }
            return FileManager.default.fileExists(atPath: pidfile)
        }
    }

    var isRunning: Bool { task.isRunning }

    /// The daemon's folder in proc(5).
    private var processFolder: String { "/proc/" + contents(pidfile).trimmingCharacters(in: .whitespacesAndNewlines) }

    /// MiB of memory that the daemon has in use (VmRSS of proc(5)).
    var residentMemory: Int {
        let line = lines(contents(processFolder + "/status")).first { $0.hasPrefix("VmRSS:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) / 1024
    }

    /// File descriptors that the daemon has open.
    var descriptors: Int { (try? FileManager.default.contentsOfDirectory(atPath: processFolder + "/fd").count) ?? 0 }

    /// Changes the file, sends SIGHUP and waits until the daemon has dealt with it. Returns the lines it has written about it.
    /// - Parameter settles: waits until megaflows have followed, too.
    func apply(_ bridges: [BridgeText], settles: Bool = true) async throws -> [String] {
        let told = try await apply(configuration(bridges))
        if settles { try await settle() }
        return told
    }

    /// Waits until no packet is forwarded any more by what stood before.
    func settle() async throws {
        let answer = try await ask("revalidator/wait")
        guard answer.status == 0 else { throw BedFailure("revalidator/wait: \(answer.errors)") }
    }

    func apply(_ text: String) async throws -> [String] {
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let before = errorLines(errors).count
        task.send(SIGHUP)
        // Its last word begins with the file's name: "applied, …", or the place of a mistake.
        try await until("the changed file is applied") { errorLines(errors).dropFirst(before).last?.hasPrefix(file + ":") ?? false }
        return Array(errorLines(errors).dropFirst(before))
    }

    /// The processors that each of the daemon's threads of this name may run on.
    func processors(ofThreads name: String) -> [Set<Int>] {
        let folder = processFolder + "/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.filter { contents("\(folder)/\($0)/comm") == name + "\n" }.map { allowedProcessors("\(folder)/\($0)/status") }
    }

    /// Runs ovs-appctl.
    func ask(_ arguments: [String]) async throws -> CommandResult {
        try await command("ovs-appctl", ["-T", "50", "-t", controlSocket] + arguments)
    }
    func ask(_ arguments: String...) async throws -> CommandResult { try await ask(arguments) }

    /// A bridge's management socket.
    func socket(_ bridge: String = "br0") -> String { "\(runFolder)/\(bridge).mgmt" }

    /// The target by which ovs-ofctl reaches a bridge.
    func target(_ bridge: String = "br0") -> String { "unix:" + socket(bridge) }

    /// Runs a command of ovs-ofctl on a bridge.
    func ofctl(_ options: [String] = [], _ command: String, _ arguments: [String] = [], bridge: String = "br0", input: String = "", seconds: Int = 60) async throws -> CommandResult {
        try await TestSupport.command("ovs-ofctl", options + [command, target(bridge)] + arguments, input: input, seconds: seconds)
    }

    /// Waits until it has ended by itself, and returns the exit status.
    func waitForEnd() async throws -> Int32 {
        try await until("the switch has ended") { !task.isRunning }
        hasBeenEnded = true
        return task.status
    }

    /// Sends SIGTERM and returns the exit status.
    func terminate() async throws -> Int32 {
        hasBeenEnded = true
        try await task.finish(after: SIGTERM)
        return task.status
    }

    /// Ends it in any case.
    func end() async {
        hasBeenEnded = true
        await task.end()
    }
}
