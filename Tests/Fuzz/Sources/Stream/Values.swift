// What the configuration's parser needs of Stream, without SwiftNIO.
import Foundation

enum Limits { static let pathBytes = 107 }

/// An IPv4 or IPv6 address as text; looked at for its characters alone.
public struct IPAddressText: Hashable, Sendable {
    public let text: String
    public let isIPv6: Bool
    init?(bracketed text: Substring) {
        isIPv6 = text.hasPrefix("[") && text.hasSuffix("]")
        self.text = String(isIPv6 ? text.dropFirst().dropLast() : text)
        let allowed = isIPv6 ? "0123456789abcdefABCDEF:." : "0123456789."
        guard !self.text.isEmpty, self.text.allSatisfy({ allowed.contains($0) }) else { return nil }
    }
    var bracketed: String { isIPv6 ? "[\(text)]" : text }
}

public struct TLSFiles: Hashable, Sendable {
    public var privateKey: String
    public var certificate: String
    public var caCertificate: String
    public var bootstrapCACertificate: Bool
    public var settings: TLSSettings
    public init(privateKey: String, certificate: String, caCertificate: String, bootstrapCACertificate: Bool = false, settings: TLSSettings = TLSSettings()) {
        (self.privateKey, self.certificate, self.settings) = (privateKey, certificate, settings)
        (self.caCertificate, self.bootstrapCACertificate) = (caCertificate, bootstrapCACertificate)
    }
}

public struct TLSSettings: Hashable, Sendable {
    public init() {}
}
