/// Where to connect or to listen, in the words of ovsdb(7), "Connection Methods".
public enum ConnectionMethod: Hashable, Sendable, CustomStringConvertible {
    /// `unix:FILE`, `punix:FILE`
    case unix(String), punix(String)
    /// `tcp:IP[:PORT]`, `ssl:IP[:PORT]`
    case tcp(IPAddressText, UInt16), ssl(IPAddressText, UInt16)
    /// `ptcp:[PORT][:IP]`, `pssl:[PORT][:IP]`; nil: all of the host's IPv4 addresses. Port 0: the kernel chooses one.
    case ptcp(UInt16, IPAddressText?), pssl(UInt16, IPAddressText?)

    /// Reads a method; an IPv6 address stands in brackets. Throws `ConnectionMethodError`.
    /// - Parameter defaultPort: the port when the text names none.
    public init(_ text: String, defaultPort: UInt16) throws(ConnectionMethodError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw ConnectionMethodError(text, "expected one of unix:, punix:, tcp:, ptcp:, ssl: and pssl:")
        }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "unix": self = .unix(try Self.path(rest, text))
        case "punix": self = .punix(try Self.path(rest, text))
        case "tcp", "ssl":
            let (address, port) = try Self.remote(rest, defaultPort, text)
            self = text.hasPrefix("tcp") ? .tcp(address, port) : .ssl(address, port)
        case "ptcp", "pssl":
            let (port, address) = try Self.local(rest, defaultPort, text)
            self = text.hasPrefix("ptcp") ? .ptcp(port, address) : .pssl(port, address)
        default: throw ConnectionMethodError(text, "expected one of unix:, punix:, tcp:, ptcp:, ssl: and pssl:")
        }
    }

    /// As `init` reads it, with the port always named.
    public var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .punix(let path): "punix:\(path)"
        case .tcp(let address, let port): "tcp:\(address.bracketed):\(port)"
        case .ssl(let address, let port): "ssl:\(address.bracketed):\(port)"
        case .ptcp(let port, let address): "ptcp:\(port)" + (address.map { ":" + $0.bracketed } ?? "")
        case .pssl(let port, let address): "pssl:\(port)" + (address.map { ":" + $0.bracketed } ?? "")
        }
    }

    private static func path(_ path: Substring, _ text: String) throws(ConnectionMethodError) -> String {
        guard !path.isEmpty, path.utf8.count <= Limits.pathBytes, !path.utf8.contains(0) else {
            throw ConnectionMethodError(text, "expected a file's name of 1 to \(Limits.pathBytes) bytes")
        }
        return String(path)
    }

    /// `IP[:PORT]`
    private static func remote(_ rest: Substring, _ defaultPort: UInt16, _ text: String) throws(ConnectionMethodError) -> (IPAddressText, UInt16) {
        let (host, tail) = hostAndTail(rest)
        let address = try Self.address(host, text)
        guard !tail.isEmpty else { return (address, defaultPort) }
        guard tail.hasPrefix(":"), let port = number(tail.dropFirst()), port != 0 else {
            throw ConnectionMethodError(text, "expected a port from 1 to 65535 behind the address")
        }
        return (address, port)
    }

    /// `[PORT][:IP]`
    private static func local(_ rest: Substring, _ defaultPort: UInt16, _ text: String) throws(ConnectionMethodError) -> (UInt16, IPAddressText?) {
        let digits = rest.prefix { $0 != ":" }
        guard let port = digits.isEmpty ? defaultPort : number(digits) else {
            throw ConnectionMethodError(text, "expected a port from 0 to 65535")
        }
        let tail = rest.dropFirst(digits.count)
        guard !tail.isEmpty else { return (port, nil) }
        let (host, more) = hostAndTail(tail.dropFirst())
        guard more.isEmpty else { throw ConnectionMethodError(text, "expected nothing behind the address") }
        return (port, try address(host, text))
    }

    /// An address, in brackets or up to the next colon, and what stands behind it.
    private static func hostAndTail(_ rest: Substring) -> (host: Substring, tail: Substring) {
        guard rest.hasPrefix("["), let end = rest.firstIndex(of: "]") else {
            let host = rest.prefix { $0 != ":" }
            return (host, rest[host.endIndex...])
        }
        return (rest[...end], rest[rest.index(after: end)...])
    }

    private static func address(_ host: Substring, _ text: String) throws(ConnectionMethodError) -> IPAddressText {
        guard let address = IPAddressText(bracketed: host) else {
            throw ConnectionMethodError(text, "expected an IPv4 address, or an IPv6 address in brackets")
        }
        return address
    }

    private static func number(_ digits: Substring) -> UInt16? {
        digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt16(digits) : nil
    }
}

/// Why a text is no connection method.
public struct ConnectionMethodError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    init(_ text: String, _ problem: String) { description = "\(text): \(problem)" }
}
