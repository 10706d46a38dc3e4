import NIOCore
import NIOPosix
import Synchronization
import SystemPackage

/// A connection's socket, written to on the thread that has something to send: a short answer is with the kernel at once, and the I/O thread need not wake.
///
/// It has a descriptor of its own (dup(2)), which lives until the channel is closed, so it never names another file.
/// Any thread. Frees: `close`, or by reference count.
final class DirectSocket: Sendable {
    private let descriptor: Mutex<SystemPackage.FileDescriptor?>

    /// nil if the channel is no plain socket, or there is no descriptor left. To be called on the channel's event loop.
    init?(_ channel: any Channel) {
        // The handle is not kept beyond the call.
        let copy = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { handle in
            try? SystemPackage.FileDescriptor(rawValue: handle).duplicate()
        }
        guard case let copy?? = copy else { return nil }
        descriptor = Mutex(copy)
    }

    deinit { close() }

    /// Writes as much as the kernel takes without waiting. Returns the number of bytes: 0 also when the peer is gone, which the channel will tell.
    func write(_ bytes: [UInt8]) -> Int {
        descriptor.withLock { descriptor in
            guard let descriptor else { return 0 }
            // NIO has made the socket non-blocking, and the process ignore SIGPIPE.
            return (try? unsafe bytes.withUnsafeBytes { buffer in try unsafe descriptor.write(buffer, retryOnInterrupt: true) }) ?? 0
        }
    }

    func close() {
        descriptor.withLock { descriptor in
            try? descriptor?.close()
            descriptor = nil
        }
    }
}
