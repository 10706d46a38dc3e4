import Foundation
import TestSupport
import Testing

extension HostTests {
    /// `--detach`, `--monitor` and `--pidfile` with real processes.
    @Suite(.serialized) struct DaemonTests {
        @Test func aDetachedSwitchIsReadyWhenTheCommandEnds() async throws {
            try await DaemonBed.with { bed, _ in
                let started = try await bed.start([])
                #expect(started.status == 0 && started.errors.isEmpty && started.output.isEmpty, "\(started.errors)")
                let pid = try #require(bed.pid)
                #expect(try await bed.ask("ofproto/list").output == "br0\n")
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") == "/")
                for descriptor in 0..<3 { #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)") == "/dev/null") }
                #expect(bed.logged.first == "vlog|INFO|opened log file \(bed.log)" && bed.logged.last == "bridge|INFO|needletaild (Needletail) 0.1.0", "\(bed.logged)")
                #expect(bed.logged.contains("bridge|INFO|bridge br0: added interface p1 on port 1"))
                // Nobody else may have its pidfile.
                let other = try await bed.run(["--config=" + bed.file, "--pidfile"])
                #expect(other.status == 1 && other.errors == "needletaild: \(bed.pidfile): already running as pid \(pid), aborting\n")
                #expect(try await bed.ask("exit").status == 0)
                try await until("the daemon has ended") { !DaemonBed.isAlive(pid) }
                #expect(!FileManager.default.fileExists(atPath: bed.pidfile))
            }
        }

        @Test func aSwitchThatCannotStartFailsTheCommand() async throws {
            try await DaemonBed.with { bed, _ in
                for arguments in [["--detach"], ["--detach", "--monitor"]] {
                    let path = bed.folder + "/none/ctl"
                    let result = try await bed.run(["--config=" + bed.file, "--unixctl=" + path] + arguments)
                    #expect(result.status == 1)
                    #expect(messages(result.errors).last == "needletaild: \(path): could not initialize control socket (No such file or directory)")
                }
                #expect(bed.pid == nil)
            }
        }

        @Test func theFolderIsKeptIfAskedFor() async throws {
            try await DaemonBed.with { bed, _ in
                #expect(try await bed.start(["--no-chdir"]).status == 0)
                let pid = try #require(bed.pid)
                #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") == FileManager.default.currentDirectoryPath)
            }
        }

        /// A crash is followed by another start, as is the kernel's SIGKILL; the end by any other signal is the end.
        @Test func aMonitorStartsTheSwitchAgain() async throws {
            try await DaemonBed.with { bed, _ in
                #expect(try await bed.start(["--monitor"]).status == 0)
                let first = try #require(bed.pid), monitor = try #require(DaemonBed.parent(first))
                #expect(contents("/proc/\(monitor)/comm") == "monitor\n")
                kill(first, SIGSEGV)
                try await until("the switch is back") { bed.pid.map { $0 != first } ?? false }
                let second = try #require(bed.pid)
                #expect(DaemonBed.parent(second) == monitor)
                #expect(try await bed.ask("ofproto/list").output == "br0\n")
                kill(second, SIGUSR2)
                try await until("the monitor has ended") { !DaemonBed.isAlive(monitor) }
                // What OVS's monitor logs when the same is done to its child.
                let told = bed.logged.filter { $0.hasPrefix("daemon_unix(monitor)") }.map { $0.replacing(", core dumped", with: "") }
                #expect(told == [
                    "daemon_unix(monitor)|ERR|1 crashes: pid \(first) died, killed (Segmentation fault), restarting",
                    "daemon_unix(monitor)|INFO|pid \(second) died, killed (User defined signal 2), exiting",
                ])
                #expect(bed.logged.contains("bridge(needletaild)|INFO|needletaild (Needletail) 0.1.0"))
            }
        }

        @Test func aSecondCrashIsFollowedByAWait() async throws {
            try await DaemonBed.with { bed, _ in
                #expect(try await bed.start(["--monitor"]).status == 0)
                let first = try #require(bed.pid), monitor = try #require(DaemonBed.parent(first))
                kill(first, SIGKILL)
                var last = first, crashes = 1, hasWaited = false
                // On a machine so busy that a start takes ten seconds the next crash comes too late for a wait.
                while !hasWaited, crashes < 6 {
                    try await until("the switch is back") { bed.pid.map { $0 != last } ?? false }
                    // A monitor ends with a child that dies before it is ready, as OVS's does.
                    try await until("it is ready") { try await bed.ask("version").status == 0 }
                    last = try #require(bed.pid)
                    kill(last, SIGABRT)
                    crashes += 1
                    let subject = "\(crashes) crashes: pid \(last) died, killed (Aborted), "
                    try await until("the monitor has seen it") { bed.logged.contains { $0.replacing(", core dumped", with: "").contains(subject) } }
                    hasWaited = bed.logged.contains {
                        $0.replacing(", core dumped", with: "") == "daemon_unix(monitor)|WARN|\(subject)waiting until 10 seconds since last restart"
                    }
                }
                #expect(hasWaited)
                kill(monitor, SIGTERM)
                try await until("the monitor has ended") { !DaemonBed.isAlive(monitor) }
                #expect(bed.pid == nil)
            }
        }

        @Test func anotherUserRunsIt() async throws {
            try await DaemonBed.with { bed, _ in
                #expect(try await command("chmod", ["0777", bed.folder]).status == 0)
                #expect(try await bed.start(["--user=nobody"]).status == 0)
                let pid = try #require(bed.pid)
                let status = lines(contents("/proc/\(pid)/status"))
                let nobody = try await command("id", ["-u", "nobody"]).output.trimmingCharacters(in: .newlines)
                #expect(status.contains("Uid:" + String(repeating: "\t" + nobody, count: 4)), "\(status)")
                // CAP_NET_BIND_SERVICE, _BROADCAST, _ADMIN, _RAW and CAP_IPC_LOCK of capabilities(7).
                #expect(status.contains("CapEff:\t0000000000007c00"), "\(status)")
                #expect(try await bed.ask("ofproto/list").output == "br0\n")
            }
        }
    }
}
