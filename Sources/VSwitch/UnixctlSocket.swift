import Foundation
import Stream

/// Whether a switch has a control socket, and where.
public enum UnixctlSocket: Sendable {
    case none
    /// Here if that is possible; else a line on the standard error stream says why not.
    case ifPossible(String)
    /// Here, or the switch does not start.
    case required(String)

    /// What `--unixctl` asks for: "none", a path, or nothing, which is `needletaild.PID.ctl` in the folder where OVS's tools look:
    /// `$OVS_RUNDIR`, or /var/run/openvswitch.
    public init(option: String?) {
        switch option {
        case nil:
            let process = ProcessInfo.processInfo
            let folder = process.environment["OVS_RUNDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/run/openvswitch"
            self = .ifPossible("\(folder)/\(UnixctlContext.program).\(process.processIdentifier).ctl")
        case "none": self = .none
        case .some(let path): self = .required(path)
        }
    }

    func open(_ context: UnixctlContext) throws(StartError) -> UnixctlServer? {
        switch self {
        case .none: return nil
        case .ifPossible(let path):
            do {
                return try UnixctlServer(path: path, context: context)
            } catch {
                complain("\(UnixctlContext.program): no control socket: \(error)")
                return nil
            }
        case .required(let path):
            do {
                return try UnixctlServer(path: path, context: context)
            } catch {
                throw StartError(problems: ["control socket: \(error)"])
            }
        }
    }
}
