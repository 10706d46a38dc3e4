import NIOCore
import NIOTLS

/// The end of a connection's pipeline: bytes to messages to the receiver. Owner: the I/O thread.
final class StreamHandler<Decoder: MessageDecoder>: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var decoder: Decoder
    private let receiver: StreamReceiver<Decoder.Message>
    private let pipeline: StreamPipeline<Decoder>
    private let tls: TLSSession?
    /// nil before the channel is active, and for one too many.
    private var name: String?
    /// nil before the connection is open.
    private var connection: StreamConnection?
    /// Closes the connection if the handshake is not over by then.
    private var deadline: Scheduled<Void>?
    /// Why it is being closed.
    private var failure: (any Error)?

    init(_ pipeline: StreamPipeline<Decoder>, _ tls: TLSSession?) {
        self.pipeline = pipeline
        self.tls = tls
        decoder = pipeline.decoder()
        receiver = pipeline.receiver
    }

    func channelActive(context: ChannelHandlerContext) {
        guard pipeline.enter() else { return context.close(promise: nil) }
        let name = pipeline.name(context.channel)
        self.name = name
        guard let tls else { return open(context, name) }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: tls.handshakeTime) {
            self.close(context, StreamError(.timeout, "\(name): TLS's handshake takes too long"))
        }
    }

    /// TLS's handler tells by this that its handshake is over.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event else { return context.fireUserInboundEventTriggered(event) }
        guard let tls, let name, failure == nil else { return }
        deadline?.cancel()
        do throws(StreamError) {
            try tls.completed()
            open(context, name)
        } catch {
            close(context, StreamError(error.code, "\(name): \(error)", errno: error.errno))
        }
    }

    private func open(_ context: ChannelHandlerContext, _ name: String) {
        let direct = tls == nil ? DirectSocket(context.channel) : nil
        let connection = StreamConnection(context.channel, name: name, sendLimit: pipeline.sendLimit, direct: direct)
        self.connection = connection
        receiver(connection, .opened)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let connection, failure == nil else { return }
        let buffer = unwrapInboundIn(data)
        do {
            try decoder.decode(Array(buffer.readableBytesView)) { message in
                guard !connection.isClosing else { return }
                connection.delivered()
                receiver(connection, .message(message))
            }
        } catch {
            close(context, error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard let connection else { return }
        receiver(connection, .read)
        connection.pauseIfBehind()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(context, StreamError(error, name ?? ""))
    }

    private func close(_ context: ChannelHandlerContext, _ error: any Error) {
        // What comes of the user's own closing is no failure.
        if failure == nil, connection?.isClosing != true { failure = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        guard let name else { return }
        self.name = nil
        pipeline.leave()
        guard let connection else {
            return pipeline.failed(failure as? StreamError ?? StreamError(.tls, "\(name): closed during TLS's handshake"))
        }
        self.connection = nil
        connection.ended()
        receiver(connection, .closed(failure))
    }
}
