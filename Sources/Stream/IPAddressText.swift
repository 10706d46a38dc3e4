import NIOCore

/// An IPv4 or IPv6 address as text.
public struct IPAddressText: Hashable, Sendable {
    /// Without brackets.
    public let text: String
    public let isIPv6: Bool

    /// - Parameter text: "192.0.2.1", or "[2001:db8::1]" with its brackets; nil for anything else.
    init?(bracketed text: Substring) {
        isIPv6 = text.hasPrefix("[") && text.hasSuffix("]")
        self.text = String(isIPv6 ? text.dropFirst().dropLast() : text)
        guard let address = try? SocketAddress(ipAddress: self.text, port: 0), address.protocol == (isIPv6 ? .inet6 : .inet) else { return nil }
    }

    /// As it stands before a port.
    var bracketed: String { isIPv6 ? "[\(text)]" : text }
}
