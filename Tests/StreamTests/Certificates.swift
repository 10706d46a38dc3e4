import Foundation
import TestSupport
import Testing
@testable import Stream

/// CAs and certificates in a folder, made by openssl(1): `NAME.key` and `NAME.crt`.
struct Certificates {
    let folder: String

    func key(_ name: String) -> String { "\(folder)/\(name).key" }
    func certificate(_ name: String) -> String { "\(folder)/\(name).crt" }

    /// A self-signed CA.
    func makeAuthority(_ name: String) async throws { try await make(name, ["-addext", "keyUsage=keyCertSign"]) }

    /// A certificate that comes from a CA.
    func make(_ name: String, from authority: String) async throws {
        try await make(name, ["-CA", certificate(authority), "-CAkey", key(authority), "-addext", "basicConstraints=CA:FALSE"])
    }

    private func make(_ name: String, _ more: [String]) async throws {
        let made = try await openssl(
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/O=needletail/CN=\(name)",
             "-keyout", key(name), "-out", certificate(name)] + more)
        try #require(made.status == 0, "\(made.errors)")
    }

    func openssl(_ arguments: [String], input: String = "") async throws -> CommandResult { try await command("openssl", arguments, input: input) }

    /// What `name` shows, trusting what comes from `authority`.
    func files(_ name: String, trusts authority: String, bootstrap: Bool = false) -> TLSFiles {
        TLSFiles(privateKey: key(name), certificate: certificate(name), caCertificate: certificate(authority), bootstrapCACertificate: bootstrap)
    }

    func context(_ name: String, trusts authority: String, bootstrap: Bool = false, handshakeTime: Duration = Limits.handshakeTime) throws(StreamError) -> TLSContext {
        try TLSContext(files(name, trusts: authority, bootstrap: bootstrap), handshakeTime: handshakeTime)
    }
}

extension ConnectionMethod {
    /// A listener's method in a test, and the TLS of both sides if it needs that.
    static func forTest(_ text: String, _ folder: String) async throws -> (method: ConnectionMethod, tls: TLSContext?) {
        let method = try ConnectionMethod(text.replacing("FOLDER", with: folder), defaultPort: 1)
        guard case .pssl = method else { return (method, nil) }
        let certificates = Certificates(folder: folder)
        try await certificates.makeAuthority("ca")
        try await certificates.make("both", from: "ca")
        return (method, try certificates.context("both", trusts: "ca"))
    }

    static let anySSL = ConnectionMethod.pssl(0, IPAddressText(bracketed: "127.0.0.1"))
    static let anyTCP = ConnectionMethod.ptcp(0, IPAddressText(bracketed: "127.0.0.1"))

    /// The port, of those that have one.
    var port: UInt16? {
        switch self {
        case .unix, .punix: nil
        case .tcp(_, let port), .ssl(_, let port), .ptcp(let port, _), .pssl(let port, _): port
        }
    }
}
