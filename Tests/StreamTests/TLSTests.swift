import Foundation
import TestSupport
import Testing
@testable import Stream

/// Who gets in by TLS and who does not. What is common to all connections is in `StreamTests`.
struct TLSTests {
    /// A thread, and a folder with the CAs "ca" and "other", and "server" and "client" that come from "ca".
    private func withCertificates(_ body: (IOThread, Certificates) async throws -> Void) async throws {
        try await withThread { thread, folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeAuthority("ca")
            try await certificates.makeAuthority("other")
            try await certificates.make("server", from: "ca")
            try await certificates.make("client", from: "ca")
            try await body(thread, certificates)
        }
    }

    @Test func theClientRefusesAServerOfAnotherCA() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            thread.connect(listener.client, tls: try certificates.context("client", trusts: "other"), client)
            try await client.wait("failed") { $0.failures.count == 1 }
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(client.now.failures == ["\(listener.client): TLS's handshake failed: certificate verify failed"])
            #expect(server.now.failures[0].hasSuffix(": TLS's handshake failed: tlsv1 alert unknown ca"), "\(server.now.failures)")
            #expect(client.now.opened + server.now.opened == 0)
        }
    }

    /// By TLS 1.3 the client's handshake is over before the server has looked at its certificate.
    @Test func theServerRefusesAClientOfAnotherCA() async throws {
        try await withCertificates { thread, certificates in
            try await certificates.make("stranger", from: "other")
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            thread.connect(listener.client, tls: try certificates.context("stranger", trusts: "ca"), client)
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(server.now.failures[0].hasPrefix("ssl:127.0.0.1:"))
            #expect(server.now.failures[0].hasSuffix(": TLS's handshake failed: certificate verify failed"), "\(server.now.failures)")
            try await client.wait("closed") { $0.closed == 1 }
            #expect(client.now.failures == ["\(listener.client): TLS failed: tlsv1 alert unknown ca"])
            #expect(client.now.opened == 1 && server.now.opened == 0)
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"]) func aClientWithoutACertificateIsRefused(_ version: String) async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let port = try #require(listener.method.port)
            _ = try await certificates.openssl(
                ["s_client", "-connect", "127.0.0.1:\(port)", version, "-quiet", "-CAfile", certificates.certificate("ca")], input: "hello\n")
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(server.now.failures[0].hasSuffix(": peer did not return a certificate"), "\(server.now.failures)")
            #expect(server.now.opened == 0 && server.now.messages.isEmpty)
        }
    }

    /// An independent client, which verifies the server as well.
    @Test(arguments: ["-tls1_2", "-tls1_3"]) func opensslGetsIn(_ version: String) async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint()
            let listener = try StreamListener(
                .anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, decoder: { LineDecoder() },
                receiver: server.receiver { connection, line in
                    if line == "bye" { connection.close() } else { _ = connection.send(Array("echo \(line)\n".utf8)) }
                    connection.handled()
                })
            let port = try #require(listener.method.port)
            let client = try await certificates.openssl(
                ["s_client", "-connect", "127.0.0.1:\(port)", version, "-quiet", "-verify_return_error", "-CAfile", certificates.certificate("ca"),
                 "-cert", certificates.certificate("client"), "-key", certificates.key("client")], input: "hello\nbye\n")
            #expect(client.status == 0 && client.output == "echo hello\n", "\(client.errors)")
            try await server.wait("closed") { $0.closed == 1 }
            #expect(server.now.messages == ["hello", "bye"] && server.now.failures.isEmpty)
        }
    }

    /// A session that is taken up again is one of a client that was verified.
    @Test func opensslComesBack() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let port = try #require(listener.method.port)
            let client = try await certificates.openssl(
                ["s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2", "-reconnect", "-CAfile", certificates.certificate("ca"),
                 "-cert", certificates.certificate("client"), "-key", certificates.key("client")], input: "Q\n")
            #expect(client.status == 0, "\(client.errors)")
            #expect(client.output.components(separatedBy: "\nReused, TLSv1.2").count == 6, "\(client.output)")
            try await server.wait("closed") { $0.closed == 6 }
            #expect(server.now.opened == 6)
        }
    }

    @Test func oldVersionsAreRefused() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let port = try #require(listener.method.port)
            let client = try await certificates.openssl(
                ["s_client", "-connect", "127.0.0.1:\(port)", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-CAfile", certificates.certificate("ca"),
                 "-cert", certificates.certificate("client"), "-key", certificates.key("client")])
            #expect(client.status != 0)
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(server.now.failures[0].hasSuffix(": unsupported protocol"), "\(server.now.failures)")
        }
    }

    @Test func aSilentPeerIsGivenUp() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            // The silent one speaks no TLS.
            let listener = try StreamListener(
                .anySSL, tls: certificates.context("server", trusts: "ca", handshakeTime: .milliseconds(50)), on: thread, server)
            thread.connect(.tcp(IPAddressText(bracketed: "127.0.0.1")!, try #require(listener.method.port)), client)
            try await client.wait("closed") { $0.closed == 1 }
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(server.now.failures[0].hasSuffix(": TLS's handshake takes too long"), "\(server.now.failures)")
            #expect(server.now.opened == 0)

            let silent = Endpoint(), waiting = Endpoint()
            let plain = try StreamListener(.anyTCP, tls: nil, on: thread, silent)
            let method = ConnectionMethod.ssl(IPAddressText(bracketed: "127.0.0.1")!, try #require(plain.method.port))
            thread.connect(
                method, tls: try certificates.context("client", trusts: "ca", handshakeTime: .milliseconds(50)), decoder: { LineDecoder() },
                receiver: waiting.receiver(), failed: { error in
                    #expect(error.code == .timeout)
                    waiting.failed(error)
                })
            try await waiting.wait("failed") { $0.failures.count == 1 }
            #expect(waiting.now.failures == ["\(method): TLS's handshake takes too long"] && waiting.now.opened == 0)
            try await silent.wait("closed") { $0.closed == 1 }
        }
    }

    /// The thread's end is told to those whose handshake goes on.
    @Test func theEndEndsHandshakes() async throws {
        let server = Endpoint(), client = Endpoint()
        try await withCertificates { thread, certificates in
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let silent = try StreamListener(.anyTCP, tls: nil, on: thread, server)
            let address = IPAddressText(bracketed: "127.0.0.1")!
            thread.connect(.tcp(address, try #require(listener.method.port)), client)
            try await client.wait("opened") { $0.opened == 1 }
            thread.connect(.ssl(address, try #require(silent.method.port)), tls: try certificates.context("client", trusts: "ca"), client)
            try await server.wait("opened") { $0.opened == 1 }
        }
        #expect(server.now.opened == 1 && server.now.closed == 1 && server.now.failures.count == 1)
        #expect(client.now.opened == 1 && client.now.closed == 1 && client.now.failures.count == 1)
    }

    @Test func plainBytesAreRefused() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            thread.connect(.tcp(IPAddressText(bracketed: "127.0.0.1")!, try #require(listener.method.port)), client)
            try await client.wait("opened") { $0.opened == 1 }
            #expect(client.now.open.first?.send(Array("hello, who is there?\n".utf8)) == .accepted)
            try await client.wait("closed") { $0.closed == 1 }
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(server.now.failures[0].hasSuffix(": TLS's handshake failed: wrong version number"), "\(server.now.failures)")
            #expect(server.now.opened == 0 && server.now.messages.isEmpty)
        }
    }

    /// Handshakes that do not come to an end take room, and give it back.
    @Test func aHandshakeCountsAsAConnection() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), silent = Endpoint(), client = Endpoint()
            let listener = try StreamListener(
                .anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, connections: 2, decoder: { LineDecoder() },
                receiver: server.receiver(), failed: { server.failed($0) })
            let tls = try certificates.context("client", trusts: "ca")
            let plain = ConnectionMethod.tcp(IPAddressText(bracketed: "127.0.0.1")!, try #require(listener.method.port))
            for _ in 0..<2 { thread.connect(plain, silent) }
            try await silent.wait("opened") { $0.opened == 2 }
            thread.connect(listener.client, tls: tls, client)
            try await client.wait("failed") { $0.failures.count == 1 }
            for connection in silent.now.open { connection.close() }
            try await server.wait("failed") { $0.failures.count == 2 }
            #expect(server.now.failures.allSatisfy { $0.hasSuffix(": TLS's handshake failed: closed by the peer") }, "\(server.now.failures)")
            thread.connect(listener.client, tls: tls, client)
            try await server.wait("opened") { $0.opened == 1 }
        }
    }

    /// Python's `close` does not end TLS: what was received may not be all that was sent.
    @Test func anEndWithoutAnEndOfTLSIsTold() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let program = """
                import socket, ssl, sys
                port, ca, certificate, key = sys.argv[1:]
                context = ssl.create_default_context(cafile=ca)
                context.check_hostname = False
                context.load_cert_chain(certificate, key)
                connection = context.wrap_socket(socket.create_connection(("127.0.0.1", int(port))))
                connection.sendall(b"hello\\n")
                print("ssl:%s:%d" % connection.getsockname())
                connection.close()
                """
            let client = try await python(program, [
                "\(try #require(listener.method.port))", certificates.certificate("ca"), certificates.certificate("client"), certificates.key("client"),
            ])
            #expect(client.status == 0, "\(client.errors)")
            try await server.wait("closed") { $0.closed == 1 }
            let name = client.output.trimmingCharacters(in: .newlines)
            #expect(server.now.messages == ["hello"] && server.now.failures == ["\(name): closed by the peer without an end of TLS"])
        }
    }

    @Test func withoutFilesThereIsNoTLS() async throws {
        try await withThread { thread, _ in
            let client = Endpoint()
            let method = ConnectionMethod.ssl(IPAddressText(bracketed: "127.0.0.1")!, 6653)
            thread.connect(method, client)
            #expect(client.now.failures == ["\(method): expected a private key, a certificate and a CA certificate for TLS"])
            #expect { try StreamListener(.anySSL, tls: nil, on: thread, client) } throws: { ($0 as? StreamError)?.code == .unsupported }
        }
    }

    /// Much at once and both ways, by senders that keep to what `send` says and a reader that takes its time.
    @Test func muchGoesBothWays() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            let limit = 1 << 20, count = 400
            let line = [UInt8](repeating: UInt8(ascii: "m"), count: 60_000)
            let listener = try StreamListener(
                .anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, sendLimit: limit, decoder: { LineDecoder() }, receiver: server.receiver())
            thread.connect(listener.client, tls: try certificates.context("client", trusts: "ca"), client, sendLimit: limit)
            try await server.wait("opened") { $0.opened == 1 }
            try await client.wait("opened") { $0.opened == 1 }
            let ends = [try #require(server.now.open.first), try #require(client.now.open.first)]
            var sent = [0, 0], refused = 0
            for _ in 0..<300_000 where sent != [count, count] {
                let before = refused
                for (index, end) in ends.enumerated() where sent[index] < count {
                    switch end.send(line + Array("\(sent[index])\n".utf8)) {
                    case .accepted: sent[index] += 1
                    case .full: refused += 1
                    case .closed: Issue.record("closed")
                    }
                    #expect(end.backlog <= limit)
                }
                if refused > before { try await Task.sleep(for: .milliseconds(1)) }
            }
            #expect(sent == [count, count] && refused > 0)
            let expected = (0..<count).map { String(decoding: line, as: UTF8.self) + "\($0)" }
            for endpoint in [server, client] {
                try await endpoint.wait("received") { $0.messages.count == count }
                #expect(endpoint.now.messages == expected)
            }
            for end in ends { #expect(end.backlog == 0) }
        }
    }
}
