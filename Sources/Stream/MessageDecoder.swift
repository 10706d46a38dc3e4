/// Finds messages in a stream of bytes. One decoder serves one connection; it runs on the I/O thread.
public protocol MessageDecoder: Sendable {
    associatedtype Message: Sendable
    /// Takes the next bytes of the stream and hands on each message that they complete. What is incomplete stays with the decoder, which
    /// bounds it. An error closes the connection.
    mutating func decode(_ bytes: [UInt8], _ message: (Message) -> Void) throws
}

/// What a receiver is told of a connection, in this order.
public enum StreamEvent<Message: Sendable>: Sendable {
    case opened
    /// The user says `StreamConnection.handled` when it is done with it.
    case message(Message)
    /// All that has been read was delivered.
    case read
    /// The last event. nil: either side closed the connection in good order.
    case closed((any Error)?)
}

/// Runs on the I/O thread and must not wait.
public typealias StreamReceiver<Message: Sendable> = @Sendable (StreamConnection, StreamEvent<Message>) -> Void
