import Stream

/// Where a switch's database is (ovs-vswitchd(8)).
public struct DatabaseOptions: Sendable {
    public var method: ConnectionMethod
    /// For `ssl:`, and for controllers if no row of table SSL says otherwise.
    public var tls: TLSFiles?
    /// How TLS is spoken with the files that a row names.
    public var tlsSettings: TLSSettings

    /// The port that IANA gives OVSDB.
    private static let defaultPort: UInt16 = 6640

    /// - Parameter method: `unix:`, `tcp:` or `ssl:`. Throws `StartError`.
    public init(_ method: String, tls: TLSFiles? = nil, tlsSettings: TLSSettings = TLSSettings()) throws(StartError) {
        do throws(ConnectionMethodError) {
            self.method = try ConnectionMethod(method, defaultPort: Self.defaultPort)
        } catch {
            throw StartError(problems: ["\(error)"])
        }
        self.tls = tls
        self.tlsSettings = tlsSettings
    }
}
