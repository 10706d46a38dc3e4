import NIOCore
import NIOPosix
import Synchronization

/// Sends datagrams by UDP, from the I/O thread, as far as the kernel takes them; nobody waits for them.
public final class DatagramSender: Sendable {
    private let thread: IOThread
    private let channels = Mutex<[Bool: any Channel]>([:])

    public init(on thread: IOThread) { self.thread = thread }

    /// Sends a datagram. One that cannot be sent is lost, as any datagram may be.
    public func send(_ bytes: [UInt8], to target: DatagramTarget) {
        guard let target = try? SocketAddress(ipAddress: target.address.text, port: Int(target.port)) else { return }
        thread.perform { [self] in
            let isIPv6 = target.protocol == .inet6
            if let channel = channels.withLock({ $0[isIPv6] }) { return write(bytes, to: target, channel) }
            // The socket is made with the first datagram.
            DatagramBootstrap(group: thread.group).bind(host: isIPv6 ? "::" : "0.0.0.0", port: 0).whenSuccess { [self] channel in
                let kept = channels.withLock { known in
                    if known[isIPv6] == nil { known[isIPv6] = channel }
                    return known[isIPv6]!
                }
                if kept !== channel { channel.close(promise: nil) }
                write(bytes, to: target, kept)
            }
        }
    }

    private func write(_ bytes: [UInt8], to target: SocketAddress, _ channel: any Channel) {
        // What the kernel does not take at once is not kept without bound.
        guard channel.isWritable else { return }
        channel.writeAndFlush(AddressedEnvelope(remoteAddress: target, data: ByteBuffer(bytes: bytes)), promise: nil)
    }
}
