/// The bounds of what a peer may send, and what happens when one is reached: a `JSONError`, after which the peer is not read any more.
public enum Limits {
    /// Bytes of one message. The first update of a database holds all of its rows that are monitored.
    public static let messageBytes = 256 << 20
    /// Objects and arrays within each other; ovsdb-server's own parser allows as many.
    public static let depth = 1000
    /// Bytes of a number's text: more than any double needs.
    public static let numberBytes = 1024
}
