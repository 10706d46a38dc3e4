import CDaemon
import Foundation
import SystemPackage
import VSwitch

/// From the command's process to the daemon's: `--detach` and `--monitor`.
///
/// All forks come before the process has a second thread, and so before anything is started that makes threads: EAL, Dispatch, SwiftNIO; the shim
/// refuses otherwise. Each process that has forked waits for a byte by a pipe, which the last one writes when the switch is ready; one that ends
/// before has its exit status handed on.
struct Daemonizer {
    private let options: DaemonOptions
    /// Where readiness is told; nil: to nobody.
    private var readiness: FileDescriptor?

    init(_ options: DaemonOptions) { self.options = options }

    /// Forks as asked for and returns in the process that is to run the switch. Throws `StartError`.
    mutating func start() throws(StartError) {
        if options.detaches {
            if try fork() != nil { exit(EXIT_SUCCESS) }
            setsid()
        }
        guard options.monitors else { return }
        let outer = readiness
        guard var child = try fork() else {
            try? outer?.close()
            return
        }
        if options.detaches { leaveTerminal() }
        Program.part = "monitor"
        unsafe nt_name_thread("monitor")
        Self.tell(outer)
        var crashes = Crashes()
        while true {
            VLog.shared.closeFile()
            let ended = Ended(waitingFor: child)
            try? VLog.shared.reopenFile()
            guard crashes.mayRestart(after: ended) else { exit(EXIT_SUCCESS) }
            readiness = nil
            guard let next = try fork() else { break }
            child = next
        }
        Program.part = Program.name
        unsafe nt_name_thread(Program.name)
    }

    /// The switch is ready: leaves the command's terminal and folder, and lets it end.
    func ready() {
        if options.detaches { leaveCommand() }
        VLog.shared.log("bridge", .information, Program.versionLine)
        Self.tell(readiness)
    }

    private func leaveCommand() {
        leaveTerminal()
        // Swift's runtime would write a backtrace to where the terminal was, which takes seconds, and nobody would read it.
        for crash in [SIGABRT, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { _ = signal(crash, SIG_DFL) }
        if options.changesFolder { _ = FileManager.default.changeCurrentDirectoryPath("/") }
    }

    private func leaveTerminal() {
        _ = nt_close_standard()
        VLog.shared.set(.console, .off)
    }

    private static func tell(_ readiness: FileDescriptor?) {
        _ = try? readiness?.writeAll([0])
        try? readiness?.close()
    }

    /// Forks. Returns the child's number once it is ready, in the parent; nil in the child, which tells `readiness`. A child that ends
    /// before ends the parent. Throws `StartError`.
    private mutating func fork() throws(StartError) -> Int32? {
        var ends: (Int32, Int32) = (0, 0)
        let made = unsafe withUnsafeMutablePointer(to: &ends) { pointer in
            unsafe pointer.withMemoryRebound(to: Int32.self, capacity: 2) { unsafe nt_pipe($0) }
        }
        guard made == 0 else { throw StartError(problems: ["failed to create pipe (\(errorText(made)))"]) }
        let reading = FileDescriptor(rawValue: ends.0), writing = FileDescriptor(rawValue: ends.1)
        let child = nt_fork()
        guard child >= 0 else { throw StartError(problems: ["fork failed (\(errorText(child)))"]) }
        guard child > 0 else {
            try? reading.close()
            readiness = writing
            return nil
        }
        try? writing.close()
        if Self.isTold(reading) { return child }
        let ended = Ended(waitingFor: child)
        if case .exited(let status) = ended.how, status != 0 { exit(status) }
        throw StartError(problems: ["fork child died before signaling startup (\(ended.text))"])
    }

    private static func isTold(_ reading: FileDescriptor) -> Bool {
        defer { try? reading.close() }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { (try? unsafe reading.read(into: $0)) == 1 }
    }
}
