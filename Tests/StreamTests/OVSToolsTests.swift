import Foundation
import TestSupport
import Testing
@testable import Stream

/// What arrived, in pieces as they came.
private struct HexDecoder: MessageDecoder {
    mutating func decode(_ bytes: [UInt8], _ message: (String) -> Void) { message(bytes.map { String(format: "%02x", $0) }.joined()) }
}

/// Open vSwitch's own tools as the peers.
struct OVSToolsTests {
    private func withListener(_ body: (Certificates, StreamListener, Endpoint) async throws -> Void) async throws {
        try await withThread { thread, folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeAuthority("ca")
            try await certificates.make("server", from: "ca")
            try await certificates.make("client", from: "ca")
            let server = Endpoint()
            // The client is let go as soon as it has said something.
            let listener = try StreamListener(
                .anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, decoder: { HexDecoder() },
                receiver: server.receiver { connection, _ in connection.close() }, failed: { server.failed($0) })
            try await body(certificates, listener, server)
        }
    }

    /// OFPT_HELLO (OpenFlow 1.3, 7.5.1): version, type 0, length, xid.
    @Test func helloOfOVSOfctlArrives() async throws {
        try await withListener { certificates, listener, server in
            let tool = try await command("ovs-ofctl", [
                "--timeout=20", "--private-key=\(certificates.key("client"))", "--certificate=\(certificates.certificate("client"))",
                "--ca-cert=\(certificates.certificate("ca"))", "show", "\(listener.client)",
            ])
            #expect(tool.status == 1, "it is let go")
            try await server.wait("closed") { $0.closed >= 1 }
            let hello = bytes(try #require(server.now.messages.first))
            try #require(hello.count >= 8)
            #expect((1...6).contains(hello[0]) && hello[1] == 0)
            #expect(Int(hello[2]) << 8 | Int(hello[3]) == hello.count)
            #expect(server.now.failures.isEmpty, "\(server.now.failures)")
        }
    }

    @Test func ovsOfctlIsRefusedWithAStrangersCertificate() async throws {
        try await withListener { certificates, listener, server in
            try await certificates.makeAuthority("other")
            try await certificates.make("stranger", from: "other")
            let tool = try await command("ovs-ofctl", [
                "--timeout=20", "--private-key=\(certificates.key("stranger"))", "--certificate=\(certificates.certificate("stranger"))",
                "--ca-cert=\(certificates.certificate("ca"))", "show", "\(listener.client)",
            ])
            #expect(tool.status == 1)
            try await server.wait("failed") { $0.failures.count >= 1 }
            #expect(server.now.failures[0].hasSuffix(": TLS's handshake failed: certificate verify failed"), "\(server.now.failures)")
            #expect(server.now.opened == 0)
        }
    }

    /// The listener shows its CA's certificate with its own, so that a tool can begin with it.
    @Test func ovsVsctlTakesTheCACertificateFromHere() async throws {
        try await withListener { certificates, listener, server in
            let path = certificates.certificate("brought")
            // The first run is closed as soon as it has the certificate; the second one verifies by it.
            for _ in 0..<2 {
                let tool = try await command("ovs-vsctl", [
                    "--timeout=20", "--private-key=\(certificates.key("client"))", "--certificate=\(certificates.certificate("client"))",
                    "--bootstrap-ca-cert=\(path)", "--db=\(listener.client)", "--no-wait", "list-br",
                ], seconds: 30)
                #expect(tool.status == 1)
            }
            let brought = try await certificates.openssl(["x509", "-in", path])
            let original = try await certificates.openssl(["x509", "-in", certificates.certificate("ca")])
            #expect(brought.status == 0 && brought.output == original.output)
            // It says something by JSON-RPC: `{"…`.
            let first = try #require(server.now.messages.first)
            #expect(first.hasPrefix("7b22"))
        }
    }

    /// Open vSwitch's database server, by `ssl:` and with the CA certificate that it brings itself.
    @Test func theDatabaseServerAnswers() async throws {
        try await withThread { thread, folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeAuthority("ca")
            try await certificates.make("server", from: "ca")
            try await certificates.make("client", from: "ca")
            let made = try await command("ovsdb-tool", ["create", folder + "/db", "/usr/share/openvswitch/vswitch.ovsschema"])
            #expect(made.status == 0, "\(made.errors)")
            async let served = command("ovsdb-server", [
                "--no-chdir", "--unixctl=\(folder)/ctl", "--log-file=\(folder)/log", "--remote=pssl:0:127.0.0.1", folder + "/db",
                "--private-key=\(certificates.key("server"))", "--certificate=\(certificates.certificate("server"))", "--ca-cert=\(certificates.certificate("ca"))",
            ])
            let port = try await self.port(loggedIn: folder + "/log")
            let method = ConnectionMethod.ssl(IPAddressText(bracketed: "127.0.0.1")!, port)
            let client = Endpoint()
            let tls = try certificates.context("client", trusts: "brought", bootstrap: true)
            for attempt in 1...2 {
                thread.connect(method, tls: tls, decoder: { HexDecoder() }, receiver: client.receiver(), failed: { client.failed($0) })
                try await client.wait("opened or failed") { $0.failures.count + $0.opened == attempt }
            }
            #expect(client.now.failures.map { $0.hasSuffix("; the next connection is verified by it") } == [true], "\(client.now.failures)")
            #expect(client.now.open.first?.send(Array(#"{"method":"list_dbs","params":[],"id":1}"#.utf8)) == .accepted)
            try await client.wait("answered") { text($0.messages).contains(#""result":["Open_vSwitch","_Server"]"#) }
            let ended = try await command("ovs-appctl", ["-t", folder + "/ctl", "exit"])
            #expect(ended.status == 0, "\(ended.errors)")
            try await client.wait("closed") { $0.closed == 1 }
            #expect(try await served.status == 0)
        }
    }

    /// Where a server listens, once its log says so.
    private func port(loggedIn path: String) async throws -> UInt16 {
        for _ in 0..<3000 {
            let log = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if let said = log.firstMatch(of: /listening on port (\d+)\n/), let port = UInt16(said.1) { return port }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw POSIXError(.ETIMEDOUT)
    }

    private func text(_ pieces: [String]) -> String { String(decoding: pieces.flatMap(bytes), as: UTF8.self) }

    private func bytes(_ hex: String) -> [UInt8] { stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) } }
}
