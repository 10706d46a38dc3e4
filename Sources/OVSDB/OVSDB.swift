/// # OVSDB
///
/// JSON-RPC 1.0 as OVSDB (RFC 7047, section 4.1) and OVS's control sockets speak it: JSON values, their text, and messages.
/// Messages follow each other on a stream without anything between them; `JSONRPCDecoder` finds where each one ends.
///
/// No I/O: bytes come in, values go out. Total for any bytes: whatever a peer sends becomes messages or a typed error.
/// Threads: everything is a value; whoever holds it owns it.
/// Memory: bounded by `Limits.swift`: what was received of one message, and its values.
///
/// Read in this order: `JSON.swift` (the values), `JSONParser.swift` (bytes to values), `JSONNumber.swift`, `JSONText.swift` (values to bytes),
/// `JSONRPCMessage.swift`, `JSONRPCDecoder.swift`.
