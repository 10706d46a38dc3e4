import CDaemon
import Foundation
import VSwitch

/// How a child has ended.
struct Ended {
    enum How { case exited(Int32), killed(Int32) }
    let pid: Int32
    let how: How
    let hasDumpedCore: Bool

    /// Waits for the child's end.
    init(waitingFor pid: Int32) {
        var status: Int32 = 0, number: Int32 = 0, dumped = false
        self.pid = pid
        // Nobody else waits for it, so it is there to be waited for.
        let error = unsafe nt_wait(pid, &status)
        precondition(error == 0, "a child is lost: \(errorText(error))")
        how = unsafe nt_was_killed(status, &number, &dumped) ? .killed(number) : .exited(number)
        hasDumpedCore = dumped
    }

    /// "killed (Segmentation fault), core dumped"
    var text: String {
        let reason = switch how {
        case .exited(let status): "exit status \(status)"
        case .killed(let number): "killed (\(signalText(number)))"
        }
        return reason + (hasDumpedCore ? ", core dumped" : "")
    }

    /// By a signal that a mistake in the program raises: those of ovs-vswitchd(8), and SIGTRAP, by which Swift's checks end a process on ARM. Or by
    /// SIGKILL, by which the kernel ends a process when memory is short.
    var isCrash: Bool {
        guard case .killed(let number) = how else { return false }
        return [SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGPIPE, SIGSEGV, SIGXCPU, SIGXFSZ, SIGTRAP, SIGKILL].contains(number)
    }
}

/// What signal(7) calls a signal: "Segmentation fault".
func signalText(_ number: Int32) -> String { unsafe strsignal(number).map { unsafe String(cString: $0) } ?? "signal \(number)" }

/// The crashes that a monitor has seen.
struct Crashes {
    /// Seconds between two restarts at least.
    private static let pause = 10
    private var count = 0
    private var lastRestart: ContinuousClock.Instant?

    /// Whether the child is to be started again, after a wait if it has been before. Logs OVS's lines.
    mutating func mayRestart(after ended: Ended) -> Bool {
        let log = VLog.shared
        guard ended.isCrash else {
            log.log("daemon_unix", .information, "pid \(ended.pid) died, \(ended.text), exiting")
            return false
        }
        count += 1
        let subject = "\(count) crashes: pid \(ended.pid) died, \(ended.text)"
        if ended.hasDumpedCore, nt_disable_core() != 0 { log.log("daemon_unix", .warning, "failed to disable core dumps") }
        if let lastRestart {
            let next = lastRestart + .seconds(Self.pause)
            if ContinuousClock.now < next {
                log.log("daemon_unix", .warning, "\(subject), waiting until \(Self.pause) seconds since last restart")
                Thread.sleep(forTimeInterval: (next - ContinuousClock.now) / .seconds(1))
            }
        }
        lastRestart = .now
        log.log("daemon_unix", .error, "\(subject), restarting")
        return true
    }
}
