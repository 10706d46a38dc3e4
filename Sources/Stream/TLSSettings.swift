import NIOSSL

/// What TLS may be spoken, and what is shown besides a certificate's own chain: `--ssl-protocols`, `--ssl-ciphers` and `--peer-ca-cert` of ovs-vswitchd(8).
/// Each setter that throws leaves everything as it was.
public struct TLSSettings: Hashable, Sendable {
    /// RFC 2246, 4346, 5246, 8446.
    public enum Version: Int, Comparable, Sendable {
        case tls10, tls11, tls12, tls13
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

        var library: TLSVersion {
            switch self {
            case .tls10: .tlsv1
            case .tls11: .tlsv11
            case .tls12: .tlsv12
            case .tls13: .tlsv13
            }
        }

        /// As ovs-vswitchd names it, in any case of letters.
        fileprivate init?(_ name: Substring) {
            switch name.lowercased() {
            case "tlsv1": self = .tls10
            case "tlsv1.1": self = .tls11
            case "tlsv1.2": self = .tls12
            case "tlsv1.3": self = .tls13
            default: return nil
            }
        }
    }

    /// From the lowest to the highest.
    public private(set) var versions = Version.tls12...Version.tls13
    /// A list after ciphers(1); nil: the library's own choice.
    public private(set) var ciphers: String?
    /// Shown to peers besides the own chain.
    private(set) var peerAuthorities: [NIOSSLCertificate] = []

    public init() {}

    /// Speaks what lies between the lowest and the highest version in a list such as "TLSv1.2,TLSv1.3". Throws a `StreamError`.
    public mutating func setProtocols(_ list: String) throws(StreamError) {
        var named: [Version] = []
        for word in list.split(whereSeparator: { " ,\t".contains($0) }) {
            guard let version = Version(word) else { throw StreamError(.tls, "\(word): SSL protocol not recognized") }
            named.append(version)
        }
        guard let lowest = named.min(), let highest = named.max() else { throw StreamError(.tls, "SSL protocol settings invalid") }
        versions = lowest...highest
    }

    /// Throws a `StreamError` if nothing is chosen.
    public mutating func setCiphers(_ list: String) throws(StreamError) {
        guard !TLSCiphers.chosen(by: list).isEmpty else { throw StreamError(.tls, "SSL_CTX_set_cipher_list: no cipher match: \(list)") }
        ciphers = list
    }

    /// Reads a file of certificates. Throws a `StreamError` that names the file.
    public mutating func setPeerCACertificate(_ path: String) throws(StreamError) { peerAuthorities = try TLSFiles.readCertificates(path) }

    func apply(to configuration: inout TLSConfiguration) {
        configuration.minimumTLSVersion = versions.lowerBound.library
        configuration.maximumTLSVersion = versions.upperBound.library
        if let ciphers { configuration.cipherSuiteValues = TLSCiphers.chosen(by: ciphers) }
    }
}
