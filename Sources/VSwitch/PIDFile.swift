import Foundation

/// A file with the process's number that is locked as long as the process lives: by the lock ovs-appctl tells a running daemon's from one
/// that was left behind.
public final class PIDFile {
    private let path: String
    /// Holds the lock; any other descriptor of this process for the file would give it up when it is closed (fcntl(2)).
    private let handle: FileHandle

    /// Makes the file, whole and locked from its first moment. Throws `StartError` if a running process has it, or it cannot be written.
    public init(_ path: String) throws(StartError) {
        self.path = path
        if let old = FileHandle(forReadingAtPath: path), lockf(old.fileDescriptor, F_TEST, 0) != 0 {
            throw StartError(problems: ["\(path): another process runs with this pidfile"])
        }
        let new = path + ".new"
        do {
            try Data("\(ProcessInfo.processInfo.processIdentifier)\n".utf8).write(to: URL(fileURLWithPath: new))
            handle = try FileHandle(forUpdating: URL(fileURLWithPath: new))
            guard lockf(handle.fileDescriptor, F_TLOCK, 0) == 0 else { throw CocoaError(.fileLocking) }
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: new, toPath: path)
        } catch {
            throw StartError(problems: ["\(path): \(error.localizedDescription)"])
        }
    }

    /// Removes the file and gives up the lock.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
        try? handle.close()
    }
}
