import Foundation
import NIOCore
import NIOPosix

/// Accepts connections by `punix:`, `ptcp:` or `pssl:`.
public final class StreamListener: Sendable {
    private let channel: any Channel
    /// Where it listens; with the port that the kernel chose, if it did.
    public let method: ConnectionMethod

    /// Listens. A socket file that nobody listens on any more is replaced; the new one has mode 0770, as OVS's have. Throws `StreamError`. Not to be
    /// called on the I/O thread: it waits for it.
    /// - Parameters:
    ///   - tls: for `pssl:`, which needs it; other methods make no use of it.
    ///   - connections: at a time, with those whose handshake goes on; further ones are closed.
    ///   - sendLimit: bytes that may wait to be sent on a connection.
    ///   - decoder: makes a new connection's decoder.
    ///   - receiver: is told of all connections, by TLS of those whose handshake is over.
    ///   - failed: is told on the I/O thread of each connection whose handshake failed.
    public init<Decoder: MessageDecoder>(
        _ method: ConnectionMethod, tls: TLSContext? = nil, on thread: IOThread, connections: Int = Limits.connections, sendLimit: Int = Limits.sendBacklog,
        decoder: @escaping @Sendable () -> Decoder, receiver: @escaping StreamReceiver<Decoder.Message>,
        failed: @escaping @Sendable (StreamError) -> Void = { _ in }
    ) throws(StreamError) {
        let pipeline = try StreamPipeline(
            method, tls: tls, limit: connections, sendLimit: sendLimit, decoder: decoder, receiver: receiver, failed: failed)
        let bootstrap = ServerBootstrap(group: thread.group)
            .serverChannelOption(.backlog, value: Limits.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: Limits.readBytes))
            .childChannelInitializer { pipeline.install($0) }
        do {
            switch method {
            case .punix(let path):
                try Self.checkUnused(path, method, thread)
                channel = try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
                // Until here the umask decides; a failure leaves it at that.
                try? FileManager.default.setAttributes([.posixPermissions: 0o770], ofItemAtPath: path)
                self.method = method
            case .ptcp(let port, let address):
                channel = try bootstrap.bind(host: address?.text ?? "0.0.0.0", port: Int(port)).wait()
                self.method = .ptcp(UInt16(channel.localAddress?.port ?? Int(port)), address)
            case .pssl(let port, let address):
                channel = try bootstrap.bind(host: address?.text ?? "0.0.0.0", port: Int(port)).wait()
                self.method = .pssl(UInt16(channel.localAddress?.port ?? Int(port)), address)
            case .unix, .tcp, .ssl:
                throw StreamError(.unsupported, "\(method): expected punix:, ptcp: or pssl: to listen by")
            }
        } catch is UnixDomainSocketPathWrongType {
            throw StreamError(.inUse, "\(method): there is a file that is no socket")
        } catch {
            throw StreamError(error, "\(method)")
        }
    }

    /// Throws if somebody answers at a socket file.
    private static func checkUnused(_ path: String, _ method: ConnectionMethod, _ thread: IOThread) throws(StreamError) {
        guard let other = try? ClientBootstrap(group: thread.group).connectTimeout(Limits.connectTime).connect(unixDomainSocketPath: path).wait() else { return }
        other.close(promise: nil)
        throw StreamError(.inUse, "\(method): another process listens there")
    }

    /// Accepts no more connections; those that are open stay. The socket file is removed. Waits for the I/O thread.
    public func close() {
        try? channel.close().wait()
        if case .punix(let path) = method { try? FileManager.default.removeItem(atPath: path) }
    }
}
