import Foundation
import TestSupport
import Testing

/// A switch and the database that configures it, ours or Debian's, in a folder of its own. It ends with the bed.
final class ManagedSwitch {
    enum Kind: String { case needletail, ovs }

    /// Where Debian has an ovs-vswitchd with DPDK.
    private static let daemonWithDPDK = "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk"

    let kind: Kind
    let folder: String
    private unowned let bed: Bed
    private let arguments: [String]
    private let program: String
    private var server: BackgroundTask?
    private var daemon: BackgroundTask?
    private var starts = 0

    var database: String { "unix:" + folder + "/db.sock" }
    var controlSocket: String { folder + "/ctl" }
    private var places: [String] { ["OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"].map { "\($0)=\(folder)" } + ["OVS_SYSLOG_METHOD=null"] }

    /// Makes an empty database and starts both.
    /// - Parameters:
    ///   - arguments: of the daemon, besides its places.
    ///   - name: of the folder; nil: the kind's.
    ///   - hasDPDK: Debian's ovs-vswitchd is the one with DPDK. Ours always has it.
    init(_ bed: Bed, _ kind: Kind, _ arguments: [String] = [], name: String? = nil, hasDPDK: Bool = false) async throws {
        self.bed = bed
        self.kind = kind
        self.arguments = arguments
        program = kind == .needletail ? executable("needletaild") : hasDPDK ? Self.daemonWithDPDK : "ovs-vswitchd"
        folder = bed.folder + "/" + (name ?? kind.rawValue)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await run("ovsdb-tool", ["create", folder + "/conf.db", DatabaseServer.schema])
        try await startServer()
        try await run("ovs-vsctl", ["--db=" + database, "--no-wait", "-t", "60", "init"])
        // There is nothing to be allocated by the page where there are no hugepages.
        if kind == .needletail || hasDPDK {
            let extra = kind == .needletail ? "--no-huge -m 256" : "--legacy-mem --no-huge -m 256 --no-pci --no-shconf"
            try await run("ovs-vsctl", ["--db=" + database, "--no-wait", "-t", "60", "set", "Open_vSwitch", ".", "other_config:dpdk-extra=" + extra])
        }
        try await startDaemon()
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        let result = try await command(program, arguments, seconds: 90)
        guard result.status == 0 else { throw BedFailure("\(program) \(arguments): \(result.errors)") }
    }

    func startServer() async throws {
        server = try bed.spawn("env", places + ["ovsdb-server", folder + "/conf.db", "--remote=p" + database, "--unixctl=\(folder)/db.ctl"])
        try await run("ovs-vsctl", ["--db=" + database, "--no-wait", "--retry", "-t", "60", "show"])
    }

    /// Ends ovsdb-server without a farewell.
    func killServer() async throws { try await server?.finish(after: SIGALRM) }

    /// Starts the daemon and waits until it serves its control socket.
    func startDaemon() async throws {
        starts += 1
        daemon = try bed.spawn("env", places + [program, database, "--unixctl=" + controlSocket, "--log-file=\(folder)/log\(starts)", "--no-chdir"] + arguments)
        try await until("\(kind) answers") { try await command("ovs-appctl", ["-T", "5", "-t", controlSocket, "version"], seconds: 10).status == 0 }
    }

    var isRunning: Bool { daemon?.isRunning ?? false }

    func killDaemon() async throws { try await daemon?.finish(after: SIGALRM) }

    /// Asks the daemon to end, and waits until it has.
    func endDaemon() async throws { try await daemon?.finish(after: SIGTERM) }

    /// The log's lines since the last start, without the time and the number: "bridge|INFO|…".
    var logged: [String] {
        lines(contents(folder + "/log\(starts)")).map { line in line.split(separator: "|", maxSplits: 2).last.map(String.init) ?? line }
    }

    /// Runs ovs-vsctl(8), which waits until the switch has done what it says.
    func tryVsctl(_ arguments: [String]) async throws -> CommandResult {
        try await command("env", places + ["ovs-vsctl", "--db=" + database, "-t", "60"] + arguments, seconds: 90)
    }

    /// Runs ovs-vsctl(8), which has to succeed.
    @discardableResult func vsctl(_ arguments: String...) async throws -> String {
        let result = try await tryVsctl(arguments)
        guard result.status == 0 else { throw BedFailure("\(kind): ovs-vsctl \(arguments): \(result.errors)") }
        return result.output
    }

    /// The same with words in one text, which have no blanks themselves.
    @discardableResult func vsctl(words: String) async throws -> String {
        let result = try await tryVsctl(words.split(separator: " ").map(String.init))
        guard result.status == 0 else { throw BedFailure("\(kind): ovs-vsctl \(words): \(result.errors)") }
        return result.output
    }

    /// A column of a row: "[]" if it is empty.
    func column(_ table: String, _ row: String, _ column: String) async throws -> String {
        try await vsctl("get", table, row, column).trimmingCharacters(in: .newlines)
    }

    func ask(_ arguments: String...) async throws -> CommandResult { try await ask(arguments) }
    func ask(_ arguments: [String]) async throws -> CommandResult {
        try await command("ovs-appctl", ["-T", "50", "-t", controlSocket] + arguments)
    }

    /// Runs ovs-ofctl(8) on a bridge, which has to succeed.
    @discardableResult func ofctl(_ name: String, _ bridge: String, _ arguments: String...) async throws -> String {
        let result = try await command("ovs-ofctl", ["-O", "OpenFlow15", name, "unix:\(folder)/\(bridge).mgmt"] + arguments, seconds: 90)
        guard result.status == 0 else { throw BedFailure("\(kind): ovs-ofctl \(name) \(arguments): \(result.errors)") }
        return result.output
    }
}
