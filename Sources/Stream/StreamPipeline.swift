import NIOCore
import NIOSSL
import Synchronization

/// What every connection of a listener, or a client's one connection, is made of: TLS's handler, if it has one, and `StreamHandler`.
final class StreamPipeline<Decoder: MessageDecoder>: Sendable {
    let decoder: @Sendable () -> Decoder
    let receiver: StreamReceiver<Decoder.Message>
    /// Told of connections that came about, but whose handshake failed.
    let failed: @Sendable (StreamError) -> Void
    let sendLimit: Int
    private let method: ConnectionMethod
    private let tls: TLSContext?
    private let limit: Int
    private let open = Atomic<Int>(0)
    /// The number of the next client without a name.
    private let unnamed = Atomic<UInt64>(0)

    /// Throws `StreamError` if the method needs TLS and there is none; for other methods it is not used.
    /// - Parameters:
    ///   - method: that it connects or listens by.
    ///   - limit: connections at a time.
    init(
        _ method: ConnectionMethod, tls: TLSContext?, limit: Int, sendLimit: Int, decoder: @escaping @Sendable () -> Decoder,
        receiver: @escaping StreamReceiver<Decoder.Message>, failed: @escaping @Sendable (StreamError) -> Void
    ) throws(StreamError) {
        self.method = method
        self.limit = limit
        self.sendLimit = sendLimit
        self.decoder = decoder
        self.receiver = receiver
        self.failed = failed
        switch method {
        case .ssl, .pssl:
            guard let tls else { throw StreamError(.unsupported, "\(method): expected a private key, a certificate and a CA certificate for TLS") }
            self.tls = tls
        case .unix, .punix, .tcp, .ptcp: self.tls = nil
        }
    }

    /// Puts the handlers into a new connection's channel.
    func install(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let session = tls.map { TLSSession($0) }
            if let session { try channel.pipeline.syncOperations.addHandler(session.handler(isActive ? .client : .server)) }
            try channel.pipeline.syncOperations.addHandler(StreamHandler(self, session))
        }
    }

    private var isActive: Bool {
        switch method {
        case .unix, .tcp, .ssl: true
        case .punix, .ptcp, .pssl: false
        }
    }

    /// What OVS calls a connection: what it was made by, or who has come, such as "tcp:192.0.2.1:45678"; clients of a Unix socket mostly
    /// have no name and get a number, such as "unix#3".
    func name(_ channel: any Channel) -> String {
        if isActive { return method.description }
        let peer = channel.remoteAddress
        if case .punix = method {
            if let path = peer?.pathname, !path.isEmpty { return "unix:\(path)" }
            return "unix#\(unnamed.wrappingAdd(1, ordering: .relaxed).oldValue)"
        }
        let scheme = tls == nil ? "tcp" : "ssl"
        // Who has gone already has no address.
        guard let peer, let address = peer.ipAddress, let port = peer.port else { return "\(scheme):?" }
        return peer.protocol == .inet6 ? "\(scheme):[\(address)]:\(port)" : "\(scheme):\(address):\(port)"
    }

    /// One more connection; false: it is one too many.
    func enter() -> Bool {
        guard open.load(ordering: .relaxed) < limit else { return false }
        open.add(1, ordering: .relaxed)
        return true
    }

    func leave() { open.subtract(1, ordering: .relaxed) }
}
