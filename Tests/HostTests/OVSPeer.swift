import Foundation
import TestSupport

/// A real ovs-vswitchd with dummy devices, whose answers are the measure. Its files are in a folder of its own; it ends with the bed.
struct OVSPeer {
    private let folder: String
    private var vswitchd: BackgroundTask?
    /// What it has logged.
    var log: String { vswitchd.map { contents($0.errors) } ?? "" }
    var controlSocket: String { folder + "/ctl" }
    private var database: String { "unix:" + folder + "/db.sock" }
    /// The target by which ovs-ofctl reaches br0.
    var target: String { "unix:" + folder + "/br0.mgmt" }

    /// br0 with the ports p1, p2 (VLAN 10) and pa, a patch to pb of br1.
    /// - Parameter device: the ports' type: `dummy` needs no poll-mode thread.
    static func patched(_ device: String) -> [String] {
        ["add-br br0", "set bridge br0 datapath_type=netdev", "add-br br1", "set bridge br1 datapath_type=netdev",
         "add-port br0 p1", "set interface p1 type=\(device)", "add-port br0 p2 tag=10", "set interface p2 type=\(device)",
         "add-port br0 pa", "set interface pa type=patch options:peer=pb", "add-port br1 pb", "set interface pb type=patch options:peer=pa"]
    }

    /// - Parameter commands: of ovs-vsctl(8): the bridges to begin with.
    init(_ bed: Bed, _ commands: [String] = patched("dummy-pmd")) async throws {
        folder = bed.folder + "/ovs"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/conf.db"
        try await run("ovsdb-tool", ["create", file, "/usr/share/openvswitch/vswitch.ovsschema"])
        let places = ["OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR"].map { "\($0)=\(folder)" }
        _ = try bed.spawn("env", places + ["ovsdb-server", file, "--remote=punix:\(folder)/db.sock", "--unixctl=\(folder)/db.ctl"])
        try await run("ovs-vsctl", ["--db=" + database, "--no-wait", "--retry", "-t", "60", "init"])
        vswitchd = try bed.spawn("env", places + ["ovs-vswitchd", database, "--enable-dummy=override", "--disable-system", "--unixctl=" + controlSocket])
        try await run("ovs-vsctl", ["--db=" + database, "-t", "60"] + commands.flatMap { ["--"] + $0.split(separator: " ").map(String.init) })
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        let result = try await command(program, arguments, seconds: 90)
        guard result.status == 0 else { throw BedFailure("\(program) \(arguments): \(result.errors)") }
    }

    func ask(_ arguments: [String]) async throws -> CommandResult {
        try await command("ovs-appctl", ["-T", "50", "-t", controlSocket] + arguments)
    }

    /// A bridge's management socket.
    func socket(_ bridge: String = "br0") -> String { "\(folder)/\(bridge).mgmt" }

    /// Lets `count` echo requests come in by a port.
    func receive(_ port: String, count: Int) async throws {
        let frame = "eth(src=50:54:00:00:00:0\(port.last ?? "0"),dst=50:54:00:00:00:07),eth_type(0x0800),ipv4(src=192.168.0.1,dst=192.168.0.2,proto=1,tos=0,ttl=64,frag=no),icmp(type=8,code=0)"
        for _ in 0..<count { _ = try await ask(["netdev-dummy/receive", port, "in_port(1)," + frame, "--len", "1100"]) }
    }
}
