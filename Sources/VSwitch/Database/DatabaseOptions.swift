import Stream

/// Where a switch's database is (ovs-vswitchd(8)).
public struct DatabaseOptions: Sendable {
    public var method: ConnectionMethod
    /// For `ssl:`.
    public var tls: TLSFiles?

    /// The port that IANA gives OVSDB.
    private static let defaultPort: UInt16 = 6640

    /// - Parameter method: `unix:`, `tcp:` or `ssl:`. Throws `StartError`.
    public init(_ method: String, tls: TLSFiles? = nil) throws(StartError) {
        do throws(ConnectionMethodError) {
            self.method = try ConnectionMethod(method, defaultPort: Self.defaultPort)
        } catch {
            throw StartError(problems: ["\(error)"])
        }
        self.tls = tls
    }
}
