import NIOCore
import NIOSSL

/// The TLS of one connection. Owner: the I/O thread.
final class TLSSession {
    enum Side {
        case client, server
    }

    /// How long the handshake may take.
    var handshakeTime: TimeAmount { TimeAmount(context.handshakeTime) }
    private let context: TLSContext
    private let settings: (context: NIOSSLContext, verifies: Bool)
    /// What the peer has shown, if it was not verified.
    private var shown: [NIOSSLCertificate] = []

    init(_ context: TLSContext) {
        self.context = context
        settings = context.forConnection
    }

    /// The handler that goes before the one for plain bytes.
    func handler(_ side: Side) throws -> NIOSSLHandler {
        guard settings.verifies else {
            // The certificate is only kept: when the handshake is over, the peer has proved that it has the key.
            let keep: NIOSSLCustomVerificationCallback = { [self] chain, verdict in
                shown = chain
                verdict.succeed(.certificateVerified)
            }
            return switch side {
            case .client: try NIOSSLClientHandler(context: settings.context, serverHostname: nil, customVerificationCallback: keep)
            case .server: NIOSSLServerHandler(context: settings.context, customVerificationCallback: keep)
            }
        }
        return switch side {
        case .client: try NIOSSLClientHandler(context: settings.context, serverHostname: nil)
        case .server: NIOSSLServerHandler(context: settings.context)
        }
    }

    /// The handshake is over. Throws `StreamError` if the connection is not to be used, since its peer was not verified.
    func completed() throws(StreamError) {
        if !settings.verifies { throw context.bootstrap(shown) }
    }
}
