import Foundation
import OVSDB
import Stream
import Synchronization
import TestSupport
import Testing
@testable import VSwitch

/// JSON-RPC with a real ovsdb-server, by a Unix socket and by TCP.
@Suite(.serialized) struct OVSDBServerTests {
    private final class Answers: Sendable {
        let messages = Mutex<[JSONRPCMessage]>([])
        let failures = Mutex<[String]>([])
        var count: Int { messages.withLock { $0.count } }
    }

    /// Sends the requests and returns as many messages.
    private func ask(_ method: ConnectionMethod, _ requests: [JSONRPCMessage]) async throws -> [JSONRPCMessage] {
        let thread = IOThread(), answers = Answers()
        defer { thread.end() }
        thread.connect(method, decoder: { JSONRPCDecoder() }, receiver: { connection, event in
            switch event {
            case .opened: #expect(connection.send(requests.flatMap(\.bytes)) == .accepted)
            case .message(let message):
                connection.handled()
                answers.messages.withLock { $0.append(message) }
            case .read: break
            case .closed(let error): if let error { answers.failures.withLock { $0.append("\(error)") } }
            }
        }, failed: { error in answers.failures.withLock { $0.append(error.description) } })
        for _ in 0..<6000 where answers.count < requests.count { try await Task.sleep(for: .milliseconds(10)) }
        #expect(answers.failures.withLock { $0 }.isEmpty)
        return answers.messages.withLock { $0 }
    }

    @Test func ovsdbServerUnderstandsAndIsUnderstood() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/ovsdb-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let schema = "/usr/share/openvswitch/vswitch.ovsschema", file = folder + "/conf.db", control = folder + "/ctl"
        #expect(try await command("ovsdb-tool", ["create", file, schema]).status == 0)
        let started = try await command("ovsdb-server", [file, "--remote=punix:\(folder)/s", "--remote=ptcp:0:127.0.0.1", "--unixctl=" + control, "--detach", "--no-chdir",
            "--pidfile=\(folder)/pid", "--log-file=\(folder)/log"])
        try #require(started.status == 0, "\(started.errors)")
        let log = try String(contentsOfFile: folder + "/log", encoding: .utf8)
        let port = try #require(log.firstMatch(of: /listening on port (\d+)/).flatMap { UInt16($0.1) })

        let text = JSON.string("\"é\u{1}🦅\\")
        let requests: [JSONRPCMessage] = [
            .request(method: "echo", params: [text, .integer(.min), .real(1.5e-7)], id: .array([text])), .request(method: "list_dbs", params: [], id: .integer(1)),
            .request(method: "no-such", params: [], id: .string("x")), .request(method: "get_schema", params: [.string("Open_vSwitch")], id: .integer(2)),
        ]
        for method in ["unix:\(folder)/s", "tcp:127.0.0.1:\(port)"] {
            let answers = try await ask(try ConnectionMethod(method, defaultPort: 6640), requests)
            try #require(answers.count == 4)
            #expect(answers[0] == .reply(result: .array([text, .integer(.min), .real(1.5e-7)]), id: .array([text])))
            guard case .reply(let names, .integer(1)) = answers[1], case .error(_, .string("x")) = answers[2],
                case .reply(.object(let found), .integer(2)) = answers[3] else {
                Issue.record("\(answers)")
                continue
            }
            #expect(names.array?.contains(.string("Open_vSwitch")) == true)
            // The schema is what OVS's own client gets, value for value.
            let client = try await command("ovsdb-client", ["get-schema", "unix:\(folder)/s", "Open_vSwitch"])
            var parser = JSONParser(), wanted: JSON?
            for byte in client.output.utf8 { wanted = try parser.take(byte) ?? wanted }
            #expect(wanted == .object(found))
            #expect(found["tables"]?.object?["Bridge"] != nil)
        }
        #expect(try await command("ovs-appctl", ["-t", control, "exit"]).status == 0)
    }
}
