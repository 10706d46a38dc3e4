import NIOCore
import NIOPosix

extension IOThread {
    /// Begins to connect by `unix:`, `tcp:` or `ssl:`. The receiver is told `opened` when it has come about, by TLS when the handshake is over;
    /// if it does not, `failed` gets a `StreamError` instead, on the I/O thread. By TLS 1.3 a peer that does not like the certificate it
    /// was shown says so only then: the connection is opened and closed again.
    /// - Parameter tls: for `ssl:`, which needs it; other methods make no use of it.
    public func connect<Decoder: MessageDecoder>(
        _ method: ConnectionMethod, tls: TLSContext? = nil, sendLimit: Int = Limits.sendBacklog, decoder: @escaping @Sendable () -> Decoder,
        receiver: @escaping StreamReceiver<Decoder.Message>, failed: @escaping @Sendable (StreamError) -> Void
    ) {
        let pipeline: StreamPipeline<Decoder>
        do throws(StreamError) {
            pipeline = try StreamPipeline(method, tls: tls, limit: 1, sendLimit: sendLimit, decoder: decoder, receiver: receiver, failed: failed)
        } catch {
            return failed(error)
        }
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(Limits.connectTime)
            .channelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: Limits.readBytes))
            .channelInitializer { pipeline.install($0) }
        let attempt: EventLoopFuture<any Channel>
        switch method {
        case .unix(let path): attempt = bootstrap.connect(unixDomainSocketPath: path)
        case .tcp(let address, let port), .ssl(let address, let port): attempt = bootstrap.connect(host: address.text, port: Int(port))
        case .punix, .ptcp, .pssl:
            return failed(StreamError(.unsupported, "\(method): expected unix:, tcp: or ssl: to connect by"))
        }
        attempt.whenFailure { failed(StreamError($0, "\(method)")) }
    }
}
