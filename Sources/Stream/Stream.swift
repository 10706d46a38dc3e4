/// # Stream
///
/// Connections that carry messages: Unix sockets, TCP and TLS, named as OVS names them (ovsdb(7), "Connection Methods"). The user of a
/// connection brings a decoder, which finds the messages in the bytes, and a receiver, which is told of each one. Built on
/// SwiftNIO: a listener's or a client's channel gets its handlers in one place, `StreamPipeline`: TLS's, and behind it the one for plain bytes.
/// Whoever wants a connection to be made again and again asks a `Reconnect` when, which does no I/O.
///
/// TLS: both sides show certificates and verify the other's. A `TLSContext` is made once of a switch's files; a connection is told to its user when its
/// handshake is over and the peer is known. Its keys and certificates are parsed by BoringSSL, which is part of SwiftNIO's TLS.
///
/// Threads: an `IOThread` does all reading and writing; decoders and receivers run on it and must not wait. `send`, `handled` and
/// `close` are for any thread.
/// Memory: bounded both ways by `Limits.swift`. What waits to be sent is bounded in bytes, and `send` says when that is full; when a
/// receiver's user lags behind with what it has received, reading stops, and the peer has to wait. By TLS what waits to be sent is kept encrypted.
///
/// Read in this order: `ConnectionMethod.swift`, `IPAddressText.swift`, `StreamError.swift`, `MessageDecoder.swift`, `StreamConnection.swift`,
/// `StreamHandler.swift`, `StreamPipeline.swift`, `TLSFiles.swift`, `TLSSettings.swift`, `TLSCiphers.swift`, `TLSContext.swift`, `TLSSession.swift`, `StreamListener.swift`,
/// `StreamClient.swift`, `IOThread.swift`, `Reconnect.swift`.
