import NIOCore

/// The bounds of connections, and what happens when one is reached.
public enum Limits {
    /// Bytes that wait to be sent on one connection. `send` refuses more: `SendResult.full`.
    public static let sendBacklog = 64 << 20
    /// Bytes that are written on the sender's thread if nothing waits; more is left to the I/O thread.
    static let directBytes = 4096
    /// Bytes that wait to be sent: who was over it is told when they are fewer than half of it. So who waits for that must have more bytes waiting.
    public static let drainMark = 64 << 10
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
    /// How long TLS's handshake may take after the connection has come about. The connection is closed then.
    public static let handshakeTime = Duration.seconds(10)
    /// Bytes of a file of a key or of certificates. A longer one is an error.
    static let keyFileBytes = 1 << 20
    /// Milliseconds from the end of a connection that had stayed, or from a first failure, to the next attempt; the least that a maximum can be.
    public static let minBackoff: Int64 = 1000
    /// Milliseconds that the wait between attempts grows to, if nothing else is said.
    public static let maxBackoff: Int64 = 8000
    /// Milliseconds without anything received until a probe, if nothing else is said; the least that can be said, but for 0.
    public static let probeInterval: Int64 = 5000, minProbeInterval: Int64 = 1000
    /// Milliseconds that a wait between attempts or an inactivity interval can be at most; more is taken for this.
    public static let maxInterval = Int64(Int32.max)
    /// Bytes of a Unix socket's path (unix(7): sun_path with its final zero has 108).
    static let pathBytes = 107
}
