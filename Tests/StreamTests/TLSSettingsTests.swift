import Foundation
import TestSupport
import Testing
@testable import Stream

/// What TLS is spoken: openssl(1) as the peer, and as the referee of cipher lists.
struct TLSSettingsTests {
    /// Those that both know, in the order of preference.
    @Test(arguments: [
        "DEFAULT", "HIGH:!aNULL:!MD5", "AES128", "ECDHE+AESGCM:!ECDSA", "kRSA", "RSA", "SHA1", "TLSv1.2", "TLSv1", "SSLv3", "AES128:AES256:-SHA:+AES128:@STRENGTH",
        "NONSENSE:AES256-SHA", "aECDSA", "CHACHA20", "HIGH:-kRSA:!ECDHE:ALL", "EECDH", "AESGCM+aRSA", "+AES:ALL", "ALL:+AES256", "HIGH;AES", "DEFAULT@SECLEVEL=2",
        "ECDHE-RSA-AES128-SHA,AES128-SHA ECDHE-ECDSA-AES256-SHA", "AES128:@SECLEVEL=1", "AES256:!AES256-SHA",
    ])
    func listsMeanWhatTheyMeanToOpenSSL(list: String) async throws {
        let known = TLSCiphers.names(chosenBy: "ALL"), answer = try await command("openssl", ["ciphers", "-tls1_2", list])
        #expect(known.count == 14 && answer.status == 0, "\(answer.errors)")
        let expected = answer.output.split { $0 == ":" || $0 == "\n" }.map(String.init).filter(known.contains)
        #expect(!expected.isEmpty && TLSCiphers.names(chosenBy: list) == expected)
    }

    @Test func whatIsRefusedChangesNothing() throws {
        var settings = TLSSettings()
        try settings.setProtocols("tlsv1.2, TLSv1.1")
        try settings.setCiphers("AES128")
        let before = settings
        for list in ["", " , ", "TLSv1.2,SSLv3", "TLSv9"] { #expect(throws: StreamError.self) { try settings.setProtocols(list) } }
        for list in ["", "NONSENSE", "MEDIUM", "ALL:!HIGH", "AES128+", ":::"] { #expect(throws: StreamError.self) { try settings.setCiphers(list) } }
        #expect(throws: StreamError.self) { try settings.setPeerCACertificate("/nonexistent") }
        #expect(settings == before && settings.versions == .tls11 ... .tls12)
    }

    /// Lets s_client say what it gets from a listener with these settings; "" when it is refused.
    private func meet(_ settings: TLSSettings, _ arguments: [String], _ certificates: Certificates, _ thread: IOThread) async throws -> String {
        var files = certificates.files("server", trusts: "ca")
        files.settings = settings
        let endpoint = Endpoint()
        let listener = try StreamListener(
            .anySSL, tls: TLSContext(files), on: thread, decoder: { LineDecoder() }, receiver: endpoint.receiver(), failed: { endpoint.failed($0) })
        defer { listener.close() }
        let client = ["-cert", certificates.certificate("client"), "-key", certificates.key("client"), "-showcerts"]
        let answer = try await command("openssl", ["s_client", "-connect", "127.0.0.1:\(listener.client.port ?? 0)"] + client + arguments)
        return answer.output.contains("Cipher is (NONE)") ? "" : answer.output
    }

    @Test func versionsAndCiphersArePeersToChooseFrom() async throws {
        try await withThread { thread, folder in
            let certificates = Certificates(folder: folder)
            try await certificates.makeAuthority("ca")
            try await certificates.make("server", from: "ca")
            try await certificates.make("client", from: "ca")
            try await certificates.makeAuthority("other")
            var settings = TLSSettings()
            #expect(try await meet(settings, ["-tls1_2"], certificates, thread).contains("TLSv1.2, Cipher is ECDHE-ECDSA-"))
            #expect(try await meet(settings, ["-tls1_3"], certificates, thread).contains("TLSv1.3, Cipher is "))
            #expect(try await meet(settings, [], certificates, thread).components(separatedBy: "BEGIN CERTIFICATE").count == 3)
            try settings.setProtocols("TLSv1.2")
            try settings.setCiphers("AES128+SHA")
            #expect(try await meet(settings, ["-tls1_2"], certificates, thread).contains(", Cipher is ECDHE-ECDSA-AES128-SHA"))
            #expect(try await meet(settings, ["-tls1_3"], certificates, thread).isEmpty)
            #expect(try await meet(settings, ["-tls1_2", "-cipher", "AES256"], certificates, thread).isEmpty)
            try settings.setPeerCACertificate(certificates.certificate("other"))
            #expect(try await meet(settings, [], certificates, thread).contains("s:O = needletail, CN = other\n"))
        }
    }
}
