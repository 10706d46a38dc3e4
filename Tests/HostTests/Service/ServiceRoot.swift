import Foundation
import TestSupport
import Testing

/// A system with Debian's openvswitch-switch in which the package is installed: this one's root file system under a layer in memory, with a folder for sockets and
/// process numbers of its own. Network interfaces are those of the system.
///
/// Whatever runs in it ends with it, as do its mounts.
final class ServiceRoot {
    /// Seconds that it is there at most.
    private static let longest = 300
    private static let control = "/usr/share/openvswitch/scripts/ovs-ctl"
    /// $1: a folder for the layer. The kernel's modules, which are everybody's, are neither loaded nor removed.
    private static let script = """
        set -e
        echo $$ >"$1/inner"
        mount -t tmpfs needletail "$1/layer"
        cd "$1/layer"
        mkdir upper work root
        mount -t overlay needletail -o "lowerdir=/,upperdir=$1/layer/upper,workdir=$1/layer/work" root
        cd root
        mount -t proc proc proc
        mount --rbind /sys sys
        mount --rbind /dev dev
        mount --bind "$1" mnt
        mount -t tmpfs run run
        rm -rf var/lib/openvswitch/* var/log/openvswitch/* etc/openvswitch/conf.db etc/openvswitch/.conf.db.~lock~ etc/openvswitch/system-id.conf
        ln -sf /bin/true usr/sbin/modprobe
        ln -sf /bin/true usr/sbin/rmmod
        touch "$1/ready"
        trap 'exit 0' TERM
        sleep \(longest) &
        wait
        """

    private let folder: String
    private let task: BackgroundTask

    private init(_ bed: Bed) async throws {
        folder = bed.folder + "/service"
        try FileManager.default.createDirectory(atPath: folder + "/layer", withIntermediateDirectories: true)
        let holder = folder + "/holder"
        task = try bed.spawn("sh", ["-c", """
            echo $$ >'\(holder)'
            exec unshare --mount --propagation private --pid --fork --kill-child sh -c '\(Self.script.replacing("'", with: "'\\''"))' sh '\(folder)'
            """], longest: Self.longest)
        let task = task, folder = folder
        try await until("the service's root is there") {
            guard task.isRunning else { throw BedFailure("no root for the service: \(contents(task.errors))") }
            return FileManager.default.fileExists(atPath: folder + "/ready")
        }
    }

    /// Runs `body` with the package of the programs that are built installed, or with the one that the variable `NEEDLETAIL_PACKAGE` names.
    static func with(_ body: (ServiceRoot, Bed) async throws -> Void) async throws {
        try await Bed.with { bed in
            let root = try await ServiceRoot(bed)
            do {
                try await root.install()
                try await body(root, bed)
            } catch {
                try await root.end()
                throw error
            }
            try await root.end()
        }
    }

    private func install() async throws {
        if let given = ProcessInfo.processInfo.environment["NEEDLETAIL_PACKAGE"] {
            try FileManager.default.copyItem(atPath: given, toPath: folder + "/given.deb")
        } else {
            let package = try await Self.makePackage(["--any-runtime"], folder)
            guard package.status == 0 else { throw BedFailure("make-package: \(package.errors)") }
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".deb") }
        guard files.count == 1 else { throw BedFailure("packages: \(files)") }
        // What the programs depend on is here: they were built with it.
        try await succeed("dpkg", "-i", "/mnt/" + files[0])
    }

    /// Runs the program that makes a package of what is built.
    static func makePackage(_ options: [String], _ folder: String) async throws -> CommandResult {
        let programs = URL(fileURLWithPath: executable("needletaild")).deletingLastPathComponent()
        let script = programs.deletingLastPathComponent().deletingLastPathComponent().path + "/config/debian/make-package"
        return try await command(script, options + [programs.path, folder], seconds: 120)
    }

    private func end() async throws {
        _ = try await run("kill", ["-TERM", "1"])
        try await task.finish()
    }

    /// Runs a program in the root to its end.
    func run(_ program: String, _ arguments: [String]) async throws -> CommandResult {
        let holder = contents(folder + "/holder").trimmingCharacters(in: .whitespacesAndNewlines)
        let spaces = ["-t", holder, "--mount", "--pid=/proc/\(holder)/ns/pid_for_children", "chroot", folder + "/layer/root"]
        return try await command("nsenter", spaces + [program] + arguments, seconds: 60)
    }

    /// The same for a program that has to succeed. Returns its output.
    @discardableResult func succeed(_ program: String, _ arguments: String...) async throws -> String {
        let result = try await run(program, arguments)
        guard result.status == 0 else { throw BedFailure("\(program) \(arguments): \(result.output)\(result.errors)") }
        return result.output
    }

    /// Runs a command of ovs-ctl(8).
    func control(_ command: String) async throws -> CommandResult {
        try await run(Self.control, ["--system-id=random", "--no-record-hostname", command])
    }

    /// The program behind /usr/sbin/ovs-vswitchd.
    func daemon() async throws -> String { try await succeed("readlink", "-f", "/usr/sbin/ovs-vswitchd").trimmingCharacters(in: .newlines) }

    /// The number in ovs-vswitchd's file, among the root's processes.
    func pid() async throws -> String { try await run("cat", ["/run/openvswitch/ovs-vswitchd.pid"]).output.trimmingCharacters(in: .newlines) }

    /// Starts the service, makes a bridge that has these hosts and connects them. Returns the bridge's name.
    func serve(_ bed: Bed, _ hosts: [Host]) async throws -> String {
        let started = try await control("start"), bridge = bed.name("s")
        guard started.status == 0 else { throw BedFailure("ovs-ctl start: \(started.output)\(started.errors)") }
        // There are no hugepages to be had on every machine.
        try await succeed("ovs-vsctl", "--no-wait", "set", "Open_vSwitch", ".", "other_config:dpdk-extra=--no-huge -m 256")
        try await succeed("ovs-vsctl", "-t", "30", "add-br", bridge, "--", "set", "bridge", bridge, "datapath_type=netdev")
        for host in hosts { try await succeed("ovs-vsctl", "-t", "30", "add-port", bridge, host.port) }
        for host in hosts { try await host.connect() }
        return bridge
    }
}
