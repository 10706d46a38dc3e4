import NIOCore
import NIOPosix

extension IOThread {
    /// Begins to connect by `unix:` or `tcp:`. The receiver is told `opened` when it has come about; if it does not, `failed` gets a
    /// `StreamError` instead, on the I/O thread.
    public func connect<Decoder: MessageDecoder>(
        _ method: ConnectionMethod, sendLimit: Int = Limits.sendBacklog, decoder: @escaping @Sendable () -> Decoder,
        receiver: @escaping StreamReceiver<Decoder.Message>, failed: @escaping @Sendable (StreamError) -> Void
    ) {
        let pipeline = StreamPipeline(limit: 1, sendLimit: sendLimit, decoder: decoder, receiver: receiver)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(Limits.connectTime)
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: Limits.readBytes))
            .channelInitializer { pipeline.install($0) }
        let attempt: EventLoopFuture<any Channel>
        switch method {
        case .unix(let path): attempt = bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let address, let port): attempt = bootstrap.connect(host: address.text, port: Int(port))
        case .punix, .ptcp, .ssl, .pssl:
            return failed(StreamError(.unsupported, "\(method): expected unix: or tcp: to connect by"))
        }
        attempt.whenFailure { failed(StreamError($0, "\(method)")) }
    }
}
