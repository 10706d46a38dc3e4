import NIOCore
import Synchronization

/// What every connection of a listener, or a client's one connection, is made of. TLS's handler goes before `StreamHandler`.
final class StreamPipeline<Decoder: MessageDecoder>: Sendable {
    let decoder: @Sendable () -> Decoder
    let receiver: StreamReceiver<Decoder.Message>
    let sendLimit: Int
    private let limit: Int
    private let open = Atomic<Int>(0)

    /// - Parameter limit: connections at a time.
    init(limit: Int, sendLimit: Int, decoder: @escaping @Sendable () -> Decoder, receiver: @escaping StreamReceiver<Decoder.Message>) {
        self.limit = limit
        self.sendLimit = sendLimit
        self.decoder = decoder
        self.receiver = receiver
    }

    /// Puts the handlers into a new connection's channel.
    func install(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(StreamHandler(self)) }
    }

    /// One more connection; false: it is one too many.
    func enter() -> Bool {
        guard open.load(ordering: .relaxed) < limit else { return false }
        open.add(1, ordering: .relaxed)
        return true
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}
