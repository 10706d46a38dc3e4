import Foundation
import TestSupport
import Testing
@testable import Stream

/// Keys and certificates as files: what is refused, and the CA certificate that comes from the first peer.
struct TLSFilesTests {
    private func withCertificates(_ body: (IOThread, Certificates) async throws -> Void) async throws {
        try await withThread { thread, folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeAuthority("ca")
            try await certificates.make("server", from: "ca")
            try await certificates.make("client", from: "ca")
            try await body(thread, certificates)
        }
    }

    @Test func whatIsWrongWithAFileIsTold() async throws {
        try await withCertificates { _, certificates in
            let folder = certificates.folder
            try "text".write(toFile: folder + "/text", atomically: true, encoding: .utf8)
            try Data(count: Limits.keyFileBytes + 1).write(to: URL(filePath: folder + "/long"))
            let encrypted = try await certificates.openssl(["ec", "-in", certificates.key("server"), "-aes128", "-passout", "pass:secret", "-out", folder + "/encrypted"])
            #expect(encrypted.status == 0)
            let good = certificates.files("server", trusts: "ca")
            #expect(throws: Never.self) { try TLSContext(good) }
            let cases: [(WritableKeyPath<TLSFiles, String>, String, String)] = [
                (\.privateKey, "none", "FILE: No such file or directory"), (\.certificate, "none", "FILE: No such file or directory"),
                (\.caCertificate, "none", "FILE: No such file or directory"), (\.privateKey, "", "FILE: cannot be read"),
                (\.privateKey, "text", "FILE: expected a private key in PEM form, not encrypted"),
                (\.privateKey, "encrypted", "FILE: expected a private key in PEM form, not encrypted"),
                (\.privateKey, "server.crt", "FILE: expected a private key in PEM form, not encrypted"),
                (\.certificate, "text", "FILE: expected certificates in PEM form"), (\.caCertificate, "server.key", "FILE: expected certificates in PEM form"),
                (\.caCertificate, "long", "FILE: expected a file of at most 1048576 bytes"),
                (\.privateKey, "client.key", "FILE: is not the key of the certificate in \(good.certificate)"),
            ]
            for (path, name, line) in cases {
                var files = good
                files[keyPath: path] = "\(folder)/\(name)"
                #expect { try TLSContext(files) } throws: { "\($0)" == line.replacing("FILE", with: files[keyPath: path]) }
            }
        }
    }

    @Test func theFirstPeerBringsTheCACertificate() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let tls = try certificates.context("client", trusts: "brought", bootstrap: true)
            thread.connect(listener.client, tls: tls, client)
            try await client.wait("failed") { $0.failures.count == 1 }
            let path = certificates.certificate("brought")
            let line = "closed, since \(path) has been made of the peer's CA certificate; the next connection is verified by it"
            #expect(client.now.failures == ["\(listener.client): \(line)"])
            #expect(client.now.opened == 0)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o444)
            let brought = try await certificates.openssl(["x509", "-in", path, "-outform", "PEM"])
            let original = try await certificates.openssl(["x509", "-in", certificates.certificate("ca"), "-outform", "PEM"])
            #expect(brought.status == 0 && brought.output == original.output)
            thread.connect(listener.client, tls: tls, client)
            try await client.wait("opened") { $0.opened == 1 }

            // From now on others are refused.
            try await certificates.makeAuthority("other")
            try await certificates.make("stranger", from: "other")
            let stranger = try StreamListener(.anySSL, tls: certificates.context("stranger", trusts: "other"), on: thread, server)
            thread.connect(stranger.client, tls: tls, client)
            try await client.wait("failed") { $0.failures.count == 2 }
            #expect(client.now.failures[1] == "\(stranger.client): TLS's handshake failed: certificate verify failed")
        }
    }

    @Test func aClientMayBringTheCACertificateToo() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "brought", bootstrap: true), on: thread, server)
            let tls = try certificates.context("client", trusts: "ca")
            thread.connect(listener.client, tls: tls, client)
            try await server.wait("failed") { $0.failures.count == 1 }
            #expect(server.now.failures[0].hasSuffix("; the next connection is verified by it"), "\(server.now.failures)")
            thread.connect(listener.client, tls: tls, client)
            try await server.wait("opened") { $0.opened == 1 }
            #expect(server.now.failures.count == 1)
        }
    }

    @Test func aChainWithoutItsCAIsNotTaken() async throws {
        try await withCertificates { thread, certificates in
            try await certificates.makeAuthority("other")
            let server = Endpoint(), client = Endpoint()
            // Its own CA is not among those that it knows.
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "other"), on: thread, server)
            thread.connect(listener.client, tls: try certificates.context("client", trusts: "brought", bootstrap: true), client)
            try await client.wait("failed") { $0.failures.count == 1 }
            let path = certificates.certificate("brought")
            #expect(client.now.failures == ["\(listener.client): the peer shows no self-signed certificate of its CA to make \(path) of"])
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func aCACertificateThatCannotBeSavedIsTold() async throws {
        try await withCertificates { thread, certificates in
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            thread.connect(listener.client, tls: try certificates.context("client", trusts: "none/brought", bootstrap: true), client)
            try await client.wait("failed") { $0.failures.count == 1 }
            #expect(client.now.failures == ["\(listener.client): \(certificates.certificate("none/brought")): No such file or directory"])
        }
    }

    /// A file that somebody else has made meanwhile stays, and is what counts.
    @Test func aFileThatIsThereMeanwhileStays() async throws {
        try await withCertificates { thread, certificates in
            try await certificates.makeAuthority("other")
            let server = Endpoint(), client = Endpoint()
            let listener = try StreamListener(.anySSL, tls: certificates.context("server", trusts: "ca"), on: thread, server)
            let tls = try certificates.context("client", trusts: "brought", bootstrap: true)
            try FileManager.default.copyItem(atPath: certificates.certificate("other"), toPath: certificates.certificate("brought"))
            for attempt in 1...2 {
                thread.connect(listener.client, tls: tls, client)
                try await client.wait("failed") { $0.failures.count == attempt }
            }
            #expect(client.now.failures[1] == "\(listener.client): TLS's handshake failed: certificate verify failed")
            #expect(FileManager.default.contentsEqual(atPath: certificates.certificate("other"), andPath: certificates.certificate("brought")))
        }
    }
}
