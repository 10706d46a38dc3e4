import NIOCore
import NIOPosix
import SystemPackage

/// Why a connection or a listener did not come about, or a connection ended: one line.
public struct StreamError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The method is for the other role, or not one that this module connects by.
        case unsupported
        /// Another process listens there.
        case inUse
        /// The system refused; the error's number is in `errno`.
        case system
        /// The peer did not answer in time.
        case timeout
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
        case let error as NIOConnectionError:
            // What each address answered; a method names one.
            guard let inner = error.connectionErrors.first?.error else { fallthrough }
            self.init(inner, subject)
        default: self.init(.system, "\(subject): \(error)")
        }
    }
}
