/// # Stream
///
/// Connections that carry messages: Unix sockets and TCP, named as OVS names them (ovsdb(7), "Connection Methods"). The user of a
/// connection brings a decoder, which finds the messages in the bytes, and a receiver, which is told of each one. Built on
/// SwiftNIO: a listener's or a client's channel gets its handlers in one place, `StreamPipeline`, where TLS is to be put before them.
///
/// Threads: an `IOThread` does all reading and writing; decoders and receivers run on it and must not wait. `send`, `handled` and
/// `close` are for any thread.
/// Memory: bounded both ways by `Limits.swift`. What waits to be sent is bounded in bytes, and `send` says when that is full; when a
/// receiver's user lags behind with what it has received, reading stops, and the peer has to wait.
///
/// Read in this order: `ConnectionMethod.swift`, `IPAddressText.swift`, `StreamError.swift`, `MessageDecoder.swift`, `StreamConnection.swift`,
/// `StreamHandler.swift`, `StreamPipeline.swift`, `StreamListener.swift`, `StreamClient.swift`, `IOThread.swift`.
