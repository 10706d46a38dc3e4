/// Finds messages in a stream of bytes.
public struct OFMessageFramer: Sendable {
    private var pending: [UInt8] = []

    public init() {}

    /// Takes what has arrived and gives each message that is whole. Throws for a header whose length is shorter than a header: the stream
    /// has no further messages that could be found, and the connection is to be closed.
    public mutating func decode(_ bytes: [UInt8], _ message: ([UInt8]) -> Void) throws(OFError) {
        let stream = pending.isEmpty ? bytes : pending + bytes
        var start = 0
        defer { pending = start == stream.count ? [] : Array(stream[start...]) }
        while stream.count - start >= MessageHeader.length {
            let length = Int(stream[start + 2]) << 8 | Int(stream[start + 3])
            guard length >= MessageHeader.length else { throw .brcBadLen }
            guard stream.count - start >= length else { return }
            message(Array(stream[start..<start + length]))
            start += length
        }
    }
}
