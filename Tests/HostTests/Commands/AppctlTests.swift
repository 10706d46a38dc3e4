import Foundation
import TestSupport
import Testing

extension HostTests {
    /// `needletail appctl` beside ovs-appctl: the same answers, words and statuses.
    @Suite(.serialized) struct AppctlTests {
        private func both(_ bed: Bed, _ arguments: [String]) async throws -> (ours: CommandResult, theirs: CommandResult) {
            let folder = "OVS_RUNDIR=" + bed.folder
            let ours = try await command("env", [folder, executable("needletail"), "appctl"] + arguments)
            return (ours, try await command("env", [folder, "ovs-appctl"] + arguments))
        }

        /// What ovs-appctl says, without its log, and in the other's name.
        private func words(_ result: CommandResult) -> [String] {
            lines(result.errors).filter { !$0.contains("|WARN|") }.map { $0.replacing(/^ovs-appctl:/, with: "needletail:") }
        }

        private func start(_ bed: Bed) async throws {
            let file = bed.folder + "/own.yaml", bridge = BridgeText("br0", [PortText("pa", "type: patch, peer: pb"), PortText("pb", "type: patch, peer: pa")])
            try configuration([bridge]).write(toFile: file, atomically: true, encoding: .utf8)
            let task = try bed.spawn("env", ["OVS_RUNDIR=" + bed.folder, executable("needletaild"), "--config", file, "--pidfile"])
            try await until("the switch forwards or has ended") { !task.isRunning || FileManager.default.fileExists(atPath: bed.folder + "/needletaild.pid") }
        }

        @Test func answersAreTheSame() async throws {
            try await Bed.with { bed in
                try await start(bed)
                for arguments in [
                    ["-t", "needletaild", "version"], ["--target=needletaild", "-T", "5", "list-commands"], ["-t", "needletaild", "ofproto/list"],
                    ["-t", "needletaild", "zz"], ["-t", "needletaild", "--timeout=5", "fdb/show"], ["-t", "needletaild", "dpctl/show", "-s"],
                    ["-t", "needletaild", "dpctl/show", "--zz"], ["-t", "needletaild", "vlog/set", "dpif:dbg"],
                ] {
                    let (ours, theirs) = try await both(bed, arguments)
                    #expect(ours.output == theirs.output && ours.status == theirs.status, "\(arguments): \(ours.errors)")
                    #expect(words(ours) == words(theirs), "\(arguments)")
                    #expect(ours.status == (arguments.last == "zz" || arguments.last == "fdb/show" || arguments.last == "--zz" ? 2 : 0))
                }
                // The daemon need not be named.
                let version = try await command("env", ["OVS_RUNDIR=" + bed.folder, executable("needletail"), "appctl", "version"])
                #expect(version.output.hasPrefix("needletaild (Needletail) ") && version.status == 0, "\(version.errors)")
                // Nor if it is in the place of Open vSwitch's, and its own name's file was left behind.
                for end in ["pid", "ctl"] {
                    let files = try FileManager.default.contentsOfDirectory(atPath: bed.folder)
                    let file = try #require(files.first { $0.hasPrefix("needletaild") && $0.hasSuffix(end) })
                    let other = file.replacing("needletaild", with: "ovs-vswitchd")
                    try FileManager.default.moveItem(atPath: "\(bed.folder)/\(file)", toPath: "\(bed.folder)/\(other)")
                }
                try "999999999\n".write(toFile: bed.folder + "/needletaild.pid", atomically: true, encoding: .utf8)
                let renamed = try await command("env", ["OVS_RUNDIR=" + bed.folder, executable("needletail"), "appctl", "version"])
                #expect(renamed.output == version.output && renamed.status == 0, "\(renamed.errors)")
            }
        }

        @Test func whoIsNotThereIsToldAlike() async throws {
            try await Bed.with { bed in
                try "999999999\n".write(toFile: bed.folder + "/stale.pid", atomically: true, encoding: .utf8)
                for target in ["/nowhere/ctl", bed.folder + "/ctl", "nobody", "stale"] {
                    let (ours, theirs) = try await both(bed, ["-t", target, "version"])
                    #expect(words(ours) == words(theirs) && words(ours).count == 1, "\(target)")
                    #expect(ours.status == 1 && theirs.status == 1 && ours.output.isEmpty)
                }
            }
        }

        /// A server that does not answer, and one that hangs up.
        @Test func silenceEndsIt() async throws {
            try await Bed.with { bed in
                let server = """
                    import socket, sys
                    s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(9); print("listens", flush=True)
                    kept = []
                    while True:
                        c = s.accept()[0]
                        if sys.argv[2] == "keep": kept.append(c)
                        else: c.recv(1); c.close()
                    """
                for (kind, expected) in [("keep", 142), ("close", 1)] {
                    let path = bed.folder + "/" + kind
                    let task = try bed.spawn("python3", ["-c", server, path, kind])
                    try await until("the server listens") { !contents(task.output).isEmpty }
                    let (ours, theirs) = try await both(bed, ["-t", path, "-T", kind == "keep" ? "1" : "20", "version"])
                    #expect(abs(ours.status) % 128 == expected % 128 && ours.status == theirs.status, "\(kind): \(ours.errors)")
                    #expect(words(ours) == words(theirs), "\(kind)")
                }
            }
        }

        @Test func jsonIsOneDocument() async throws {
            try await Bed.with { bed in
                try await start(bed)
                func ask(_ arguments: String...) async throws -> CommandResult {
                    try await command("env", ["OVS_RUNDIR=" + bed.folder, executable("needletail"), "appctl"] + arguments)
                }
                #expect(try await ask("--json", "ofproto/list").output == "[\"br0\"]\n")
                #expect(try await ask("--json", "--pretty", "fdb/stats-show", "br0").output == """
                    {
                      "br0": {
                        "entries": {
                          "current": 0,
                          "maximum": 8192,
                          "static": 0
                        },
                        "events": {
                          "evicted": 0,
                          "expired": 0,
                          "learned": 0,
                          "moved": 0
                        }
                      }
                    }

                    """)
                #expect(try await ask("--json", "fdb/flush").output == "{\"reply\":\"table successfully flushed\\n\",\"reply-format\":\"plain\"}\n")
                #expect(try await ask("--json", "vlog/set", "dpif:dbg").output == "{\"reply\":\"\",\"reply-format\":\"plain\"}\n")
                let mistake = try await ask("--json", "fdb/show", "zz")
                #expect(mistake.status == 2 && mistake.output.isEmpty && mistake.errors.hasPrefix("no such bridge\nneedletail: "))
                #expect(try await ask("--pretty", "version").status == 64)
                #expect(try await ask("--zz", "version").status == 64)
                let help = try await ask("--help")
                #expect(help.output.contains("USAGE: needletail appctl ") && help.status == 0)
                // The format is one connection's alone.
                #expect(try await ask("ofproto/list").output == "br0\n")
            }
        }
    }
}
