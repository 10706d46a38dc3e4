import NIOCore

/// The bounds of connections, and what happens when one is reached.
public enum Limits {
    /// Bytes that wait to be sent on one connection. `send` refuses more: `SendResult.full`.
    public static let sendBacklog = 64 << 20
    /// Messages of one connection that were received and are not yet `handled`. Reading stops after the bytes that were read at once.
    public static let unhandledMessages = 64
    /// Bytes read at once.
    static let readBytes = 64 << 10
    /// Connections of one listener. A further one is closed as soon as it is accepted.
    public static let connections = 256
    /// Connections that the kernel keeps for a listener until they are accepted.
    static let backlog: Int32 = 64
    /// How long a connection may take to come about.
    static let connectTime = TimeAmount.seconds(10)
    /// Bytes of a Unix socket's path (unix(7): sun_path with its final zero has 108).
    static let pathBytes = 107
}
