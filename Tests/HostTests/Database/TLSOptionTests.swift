import Foundation
import TestSupport
import Testing

extension HostTests {
    /// What ovs-vswitchd's command line says of TLS holds for controllers, too, as long as no row of table SSL says otherwise.
    @Suite struct TLSOptionTests {
        @Test func optionsSayWhatIsSpoken() async throws {
            try await Bed.with { bed in
                let both = bed.folder + "/both", port = try await freePort()
                let made = try await command("openssl", [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/O=needletail/CN=both",
                    "-keyout", both + ".key", "-out", both + ".crt",
                ])
                try #require(made.status == 0, "\(made.errors)")
                let identity = ["--private-key=\(both).key", "--certificate=\(both).crt", "--ca-cert=\(both).crt"]
                let options = ["--enable-dummy=override", "--ssl-protocols=TLSv1.2", "--ssl-ciphers=AES128+SHA", "--peer-ca-cert=\(both).crt"]
                // What is wrong is told and changes nothing.
                let wrong = ["--ssl-protocols=SSLv2", "--ssl-protocols=", "--ssl-ciphers=NONSENSE", "--peer-ca-cert=/nonexistent"]
                for kind in [ManagedSwitch.Kind.needletail, .ovs] {
                    let vswitch = try await ManagedSwitch(bed, kind, wrong + options + identity + (kind == .ovs ? ["--disable-system"] : []))
                    let told = vswitch.logged.filter { $0.hasPrefix("stream_ssl|ERR|") }
                    #expect(told.count == 4 && told.contains("stream_ssl|ERR|SSLv2: SSL protocol not recognized") && told.contains("stream_ssl|ERR|SSL protocol settings invalid"), "\(kind): \(told)")
                    try await vswitch.vsctl(words: "add-br br0 -- set bridge br0 datapath_type=dummy -- set-controller br0 pssl:\(port):127.0.0.1")
                    let target = "ssl:127.0.0.1:\(port)"
                    try await until("\(kind) listens") { try await command("ovs-ofctl", identity + ["-t", "60", "show", target]).status == 0 }
                    #expect(try await command("ovs-ofctl", identity + ["-t", "50", "--ssl-ciphers=AES256", "--ssl-protocols=TLSv1.2", "show", target]).status != 0)
                    func meet(_ version: String) async throws -> String {
                        let client = ["s_client", "-connect", "127.0.0.1:\(port)", "-cert", both + ".crt", "-key", both + ".key", version]
                        return try await command("openssl", client).output
                    }
                    #expect(try await meet("-tls1_2").contains("Cipher is ECDHE-ECDSA-AES128-SHA"), "\(kind)")
                    #expect(try await meet("-tls1_3").contains("Cipher is (NONE)"), "\(kind)")
                    try await vswitch.endDaemon()
                }
            }
        }
    }
}
