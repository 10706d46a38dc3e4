import NIOCore

/// The end of a connection's pipeline: bytes to messages to the receiver. Owner: the I/O thread.
final class StreamHandler<Decoder: MessageDecoder>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder: Decoder
    private let receiver: StreamReceiver<Decoder.Message>
    private let pipeline: StreamPipeline<Decoder>
    /// nil before the connection is open, and for one too many.
    private var connection: StreamConnection?
    /// Why it is being closed.
    private var failure: (any Error)?

    init(_ pipeline: StreamPipeline<Decoder>) {
        self.pipeline = pipeline
        decoder = pipeline.decoder()
        receiver = pipeline.receiver
    }

    func channelActive(context: ChannelHandlerContext) {
        guard pipeline.enter() else { return context.close(promise: nil) }
        let connection = StreamConnection(context.channel, sendLimit: pipeline.sendLimit)
        self.connection = connection
        receiver(connection, .opened)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let connection, failure == nil else { return }
        let buffer = unwrapInboundIn(data)
        do {
            try decoder.decode(Array(buffer.readableBytesView)) { message in
                connection.delivered()
                receiver(connection, .message(message))
            }
        } catch {
            close(context, error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { connection?.pauseIfBehind() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context, StreamError(error, connection?.peer ?? ""))
    }

    private func close(_ context: ChannelHandlerContext, _ error: any Error) {
        if failure == nil { failure = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard let connection else { return }
        self.connection = nil
        pipeline.leave()
        receiver(connection, .closed(failure))
    }
}
