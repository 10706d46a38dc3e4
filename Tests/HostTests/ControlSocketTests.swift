import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Where the control socket is, and when there is none.
    @Suite(.serialized) struct ControlSocketTests {
        private let bridge = [BridgeText("br0", [PortText("pa", "type: patch, peer: pb"), PortText("pb", "type: patch, peer: pa")])]

        /// Starts a daemon with these arguments and OVS_RUNDIR; waits for its pidfile.
        private func start(_ bed: Bed, runFolder: String, _ arguments: [String]) async throws -> BackgroundTask {
            let file = bed.folder + "/own.yaml", pidfile = bed.folder + "/needletaild.pid"
            try configuration(bridge).write(toFile: file, atomically: true, encoding: .utf8)
            let task = try bed.spawn("env", ["OVS_RUNDIR=" + runFolder, executable("needletaild"), "--config", file, "--pidfile=" + pidfile] + arguments)
            try await until("the switch forwards or has ended") { !task.isRunning || FileManager.default.fileExists(atPath: pidfile) }
            return task
        }

        /// ovs-appctl finds the daemon by its name, as it finds OVS's.
        @Test func ovsAppctlFindsItByName() async throws {
            try await Bed.with { bed in
                let task = try await start(bed, runFolder: bed.folder, [])
                let result = try await command("env", ["OVS_RUNDIR=" + bed.folder, "ovs-appctl", "-t", "needletaild", "version"])
                #expect(result.status == 0 && result.output.hasPrefix("needletaild (Needletail) "), "\(result.errors)")
                // And nobody else may run with its pidfile.
                let other = try await command(executable("needletaild"), ["--config", bed.folder + "/own.yaml", "--unixctl", "none", "--pidfile=" + bed.folder + "/needletaild.pid"])
                #expect(other.status == 1 && other.errors.contains(/^needletaild: .*\/needletaild.pid: already running as pid \d+, aborting\n$/), "\(other.errors)")
                let ended = try await command("env", ["OVS_RUNDIR=" + bed.folder, "ovs-appctl", "-t", "needletaild", "exit"])
                #expect(ended.status == 0)
                try await until("the switch has ended") { !task.isRunning }
                #expect(task.status == 0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: bed.folder).allSatisfy { !$0.hasSuffix(".ctl") && !$0.hasSuffix(".pid") })
            }
        }

        @Test func withoutOVSTheSwitchRunsAllTheSame() async throws {
            try await Bed.with { bed in
                let missing = bed.folder + "/none"
                let task = try await start(bed, runFolder: missing, [])
                #expect(task.isRunning)
                let errors = errorLines(task.errors)
                #expect(errors.dropFirst() == ["mgmt", "snoop"].map { "bridge br0: controller punix:\(missing)/br0.\($0): No such file or directory" }[...])
                #expect(errors.first?.hasPrefix("no control socket: punix:\(missing)/needletaild.") ?? false, "\(errors)")
                #expect(errors.first?.hasSuffix(".ctl: No such file or directory") ?? false, "\(errors)")
            }
        }

        @Test func aSocketThatIsAskedForMustBe() async throws {
            try await Bed.with { bed in
                let path = bed.folder + "/none/ctl"
                let task = try await start(bed, runFolder: bed.folder, ["--unixctl", path])
                try await until("the switch has ended") { !task.isRunning }
                #expect(task.status == 1)
                #expect(errorLines(task.errors) == ["needletaild: \(path): could not initialize control socket (No such file or directory)"])
            }
        }

        @Test func noneIsNone() async throws {
            try await Bed.with { bed in
                let task = try await start(bed, runFolder: bed.folder, ["--unixctl", "none"])
                #expect(task.isRunning && errorLines(task.errors).isEmpty)
                #expect(try FileManager.default.contentsOfDirectory(atPath: bed.folder).allSatisfy { !$0.hasSuffix(".ctl") })
            }
        }

        /// Bytes that are no requests end their connection and nothing else.
        @Test func strangersDoNoHarm() async throws {
            try await Bed.with { bed in
                let vswitch = try await bed.start(bridge)
                let strangers = """
                    import json, os, socket, sys
                    def send(data, count=1):
                        s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1])
                        got = b""
                        try:
                            s.sendall(data)
                            while got.count(b'"id"') < count:
                                more = s.recv(65536)
                                if not more: break
                                got += more
                        except (BrokenPipeError, ConnectionResetError): pass
                        s.close()
                        return got
                    for bad in [b"GET / HTTP/1.0\\r\\n\\r\\n", b"{" * 5000, b'{"v":' + b"[" * 5000, b'{"method":1}', b'{"id":1,"result":2}', os.urandom(5000), b'{"a":"' + b"x" * 3000000]:
                        assert send(bad) == b"", bad[:20]
                    ask = lambda method, params, id: json.dumps({"method": method, "params": params, "id": id}).encode()
                    # Many requests at once are answered in their order.
                    many = send(b"".join(ask("version", [], [n, "x"]) for n in range(3000)), 3000)
                    decoder, place, ids = json.JSONDecoder(), 0, []
                    text = many.decode()
                    while place < len(text):
                        answer, place = decoder.raw_decode(text, place)
                        assert answer["error"] is None and answer["result"].startswith("needletaild"), answer
                        ids.append(answer["id"][0])
                    assert ids == list(range(3000)), len(ids)
                    answer = json.loads(send(ask("version", [1], 0)))
                    assert answer == {"id": 0, "result": None, "error": '"version" command has non-string argument\\n'}, answer
                    # Who asks and goes away is not waited for.
                    for n in range(50):
                        s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(ask("list-commands", [], n) * 20); s.close()
                    print("done")
                    """
                let result = try await python(strangers, [vswitch.controlSocket])
                #expect(result.output == "done\n", "\(result.errors)")
                #expect(try await vswitch.ask("version").status == 0)
                #expect(try await vswitch.terminate() == 0)
                #expect(!FileManager.default.fileExists(atPath: vswitch.controlSocket))
            }
        }
    }
}
