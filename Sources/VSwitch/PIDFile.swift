import CDaemon
import Foundation
import SystemPackage

/// A file with the process's number that is locked as long as the process lives: by the lock ovs-appctl tells a running daemon's from one
/// that was left behind.
public final class PIDFile {
    private let path: String
    /// Holds the lock; any other descriptor of this process for the file would give it up when it is closed (fcntl(2)).
    private let descriptor: FileDescriptor

    /// Throws `StartError` with OVS's sentence if a running process has the file.
    public static func check(_ path: String) throws(StartError) {
        do {
            let holder = try Self.holder(path)
            guard holder >= 0 else { throw Errno(rawValue: -holder) }
            if holder > 0 { throw StartError(problems: ["\(path): already running as pid \(holder), aborting"]) }
        } catch Errno.noSuchFileOrDirectory {
            return
        } catch let error as StartError {
            throw error
        } catch {
            VLog.shared.log("daemon_unix", .warning, "\(path): open: \(error)")
            throw StartError(problems: ["\(path): pidfile check failed (\(error)), aborting"])
        }
    }

    /// Makes the file, whole and locked from its first moment. Throws `StartError` if a running process has it, or it cannot be written.
    /// - Parameter overwrites: whether that of a running process is replaced.
    public init(_ path: String, overwrites: Bool = false) throws(StartError) {
        if !overwrites { try Self.check(path) }
        self.path = path
        let new = path + ".tmp"
        let permissions: FilePermissions = [.ownerReadWrite, .groupRead, .otherRead]
        do throws(Errno) {
            descriptor = try Self.opened(new, permissions)
        } catch {
            throw StartError(problems: ["\(new): create failed (\(error))"])
        }
        do {
            let error = nt_lock(descriptor.rawValue)
            guard error == 0 else { throw Errno(rawValue: -error) }
            try descriptor.writeAll("\(ProcessInfo.processInfo.processIdentifier)\n".utf8)
            guard unsafe rename(new, path) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            throw StartError(problems: ["failed to rename \"\(new)\" to \"\(path)\" (\(error))"])
        }
    }

    /// The process that has the file. Throws `Errno`: `noSuchProcess` if it was left behind.
    public static func process(_ path: String) throws -> Int32 {
        let holder = try Self.holder(path)
        guard holder > 0 else { throw holder < 0 ? Errno(rawValue: -holder) : .noSuchProcess }
        return holder
    }

    /// The process that has the file; 0: none.
    private static func holder(_ path: String) throws -> Int32 {
        let file = try FileDescriptor.open(FilePath(path), .readWrite)
        return try file.closeAfter { nt_lock_holder(file.rawValue) }
    }

    private static func opened(_ path: String, _ permissions: FilePermissions) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(FilePath(path), .readWrite, options: [.create, .truncate, .closeOnExec], permissions: permissions)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Removes the file and gives up the lock.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
        try? descriptor.close()
    }
}
