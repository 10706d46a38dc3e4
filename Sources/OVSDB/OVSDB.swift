/// # OVSDB
///
/// The client's side of OVSDB (RFC 7047, ovsdb-server(7)): a replica of the tables that one wants, kept up to date, and transactions. Below it JSON-RPC 1.0
/// as OVSDB and OVS's control sockets speak it: JSON values, their text, and messages. Messages follow each other on a stream without anything between
/// them; `JSONRPCDecoder` finds where each one ends.
///
/// No I/O: bytes come in, values go out. Total for any bytes: whatever a peer sends becomes messages or a typed error. What columns hold is checked by the server's
/// schema when it comes and, with all constraints, before it is written.
/// Threads: everything is a value; whoever holds it owns it.
/// Memory: bounded by `Limits.swift`: what was received of one message, and its values; a replica's rows; transactions under way.
///
/// Read in this order: `JSON.swift` (the values), `JSONParser.swift` (bytes to values), `JSONNumber.swift`, `JSONText.swift` (values to bytes),
/// `JSONRPCMessage.swift`, `JSONRPCDecoder.swift`; then `RowUUID.swift`, `Atom.swift`, `ColumnType.swift`, `Datum.swift` (what columns hold), `DatabaseSchema.swift`,
/// `Row.swift`, `RowUpdate.swift`, `Replica.swift`, `Transaction.swift`, `TransactionText.swift`, `DatabaseSession.swift`, `DatabaseReceive.swift`.
