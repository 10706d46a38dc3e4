/// Finds the messages in a stream of bytes that may be cut anywhere.
public struct JSONRPCDecoder: Sendable {
    private var parser: JSONParser

    /// - Parameter messageLimit: bytes of one message.
    public init(messageLimit: Int = Limits.messageBytes) { parser = JSONParser(messageLimit: messageLimit) }

    /// Hands on each message that `bytes` complete. Throws `JSONError` or `JSONRPCError`: the stream is of no use afterwards.
    public mutating func decode(_ bytes: [UInt8], _ message: (JSONRPCMessage) -> Void) throws {
        for byte in bytes {
            if let json = try parser.take(byte) { message(try JSONRPCMessage(json)) }
        }
    }
}
