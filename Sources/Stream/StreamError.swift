import NIOCore
import NIOPosix
import NIOSSL
import SystemPackage

/// Why a connection or a listener did not come about, or a connection ended: one line.
public struct StreamError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The method is for the other role, or TLS is wanted and there is no `TLSContext`.
        case unsupported
        /// Another process listens there.
        case inUse
        /// The system refused; the error's number is in `errno`.
        case system
        /// The peer did not answer in time.
        case timeout
        /// TLS's files or what the peer has shown are not as they should be, or the peer refused what it was shown.
        case tls
    }
    public let code: Code
    /// errno(3), when the system refused.
    public let errno: Int32?
    public let description: String

    init(_ code: Code, _ description: String, errno: Int32? = nil) {
        self.code = code
        self.errno = errno
        self.description = description
    }

    /// What NIO threw.
    /// - Parameter subject: what was to be done, for the line.
    init(_ error: any Error, _ subject: String) {
        switch error {
        case let error as StreamError: self = error
        case let error as IOError:
            self.init(.system, "\(subject): \(Errno(rawValue: error.errnoCode))", errno: error.errnoCode)
        case ChannelError.connectTimeout: self.init(.timeout, "\(subject): no answer")
        case NIOSSLError.handshakeFailed(let error): self.init(.tls, "\(subject): TLS's handshake failed: \(Self.reason(error))")
        case NIOSSLError.uncleanShutdown: self.init(.tls, "\(subject): closed by the peer without an end of TLS")
        case let error as BoringSSLError: self.init(.tls, "\(subject): TLS failed: \(Self.reason(error))")
        case let error as NIOConnectionError:
            // What each address answered; a method names one.
            guard let inner = error.connectionErrors.first?.error else { fallthrough }
            self.init(inner, subject)
        default: self.init(.system, "\(subject): \(error)")
        }
    }

    /// The library's reason without the places in its source: "error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …" is
    /// "certificate verify failed".
    private static func reason(_ error: BoringSSLError) -> String {
        guard case .sslError(let stack) = error, let first = stack.first else { return "\(error)" }
        if first == .eofDuringHandshake { return "closed by the peer" }
        guard let words = first.description.split(separator: ":").first(where: { $0.contains(" at ") })?.prefix(while: { $0 != " " }) else { return "\(first)" }
        return words.lowercased().replacing("_", with: " ")
    }
}
