/// The bounds of what a peer may send, and what happens when one is reached: a `JSONError` or a `DatabaseError`, after which the peer is not read any more.
public enum Limits {
    /// Bytes of one message. The first update of a database holds all of its rows that are monitored.
    public static let messageBytes = 256 << 20
    /// Objects and arrays within each other; ovsdb-server's own parser allows as many.
    public static let depth = 1000
    /// Bytes of a number's text: more than any double needs.
    public static let numberBytes = 1024

    // Databases

    /// Tables of a schema, and columns of a table.
    static let tables = 1024, columns = 1024
    /// Rows of a replica.
    static let rows = 1 << 20
    /// Transactions that wait for their outcome. A further one is told to be tried again.
    static let transactions = 64
    /// Bytes that an error quotes of what a server said.
    static let quotedBytes = 200
}
