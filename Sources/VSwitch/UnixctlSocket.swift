import Foundation
import NetDev
import Stream

/// Whether a switch has a control socket, and where.
public enum UnixctlSocket: Sendable {
    case none
    /// Here if that is possible; else a line on the standard error stream says why not.
    case ifPossible(String)
    /// Here, or the switch does not start.
    case required(String)

    /// What `--unixctl` asks for: "none", a path, or nothing, which is `PROGRAM.PID.ctl` in the folder where OVS's tools look:
    /// `$OVS_RUNDIR`, or /var/run/openvswitch if there is such a folder; without OVS's tools nobody misses the socket.
    public init(option: String?) {
        switch option {
        case nil:
            let process = ProcessInfo.processInfo
            let file = "/\(Program.name).\(process.processIdentifier).ctl"
            self = RunFolder.path.map { .ifPossible($0 + file) } ?? .none
        case "none": self = .none
        case .some(let path): self = .required(OVSFolder.inRun(path))
        }
    }

    func open(_ context: UnixctlContext, _ waker: Waker) throws(StartError) -> UnixctlServer? {
        switch self {
        case .none: return nil
        case .ifPossible(let path):
            do {
                return try UnixctlServer(path: path, context: context, waker: waker)
            } catch {
                VLog.shared.log("unixctl", .warning, "no control socket: \(error)")
                return nil
            }
        case .required(let path):
            do {
                return try UnixctlServer(path: path, context: context, waker: waker)
            } catch {
                let reason = error.errno.map { errorText($0) } ?? error.description
                throw StartError(problems: ["\(path): could not initialize control socket (\(reason))"])
            }
        }
    }
}

/// The folder where OVS's tools look for sockets.
public enum RunFolder {
    /// `$OVS_RUNDIR`, or /var/run/openvswitch if there is such a folder; nil: without OVS's tools nobody misses the sockets.
    public static var path: String? {
        if let folder = ProcessInfo.processInfo.environment["OVS_RUNDIR"], !folder.isEmpty { return folder }
        return FileManager.default.fileExists(atPath: standard) ? standard : nil
    }
    private static let standard = "/var/run/openvswitch"
}
