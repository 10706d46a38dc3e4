import Dispatch
import Foundation
import Synchronization

/// Signals as flags that the loop looks at, at most `Turns.longestSleep` late.
public final class Signals {
    /// Writer: Dispatch's queue. Reader: the ofproto thread, which also clears `hungUp` and `asked`.
    private final class Flags: Sendable {
        /// The signal that ends the process; 0: none came.
        let ended = Atomic<Int32>(0)
        let hungUp = Atomic(false)
        let asked = Atomic(false)
    }
    private let flags: Flags
    private let sources: [any DispatchSourceSignal]

    /// From now on SIGTERM and SIGINT do not end the process, nor do SIGHUP and SIGUSR1.
    public init() {
        let queue = DispatchQueue(label: "signals")
        let flags = Flags()
        sources = [SIGTERM, SIGINT, SIGHUP, SIGUSR1].map { number in
            // The default action would end the process before Dispatch sees the signal.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                switch number {
                case SIGHUP: flags.hungUp.store(true, ordering: .relaxed)
                case SIGUSR1: flags.asked.store(true, ordering: .relaxed)
                default: flags.ended.store(number, ordering: .relaxed)
                }
            }
            source.resume()
            return source
        }
        self.flags = flags
    }

    /// SIGTERM or SIGINT came.
    public var wantsEnd: Bool { end != nil }

    /// The one that came.
    public var end: Int32? {
        let number = flags.ended.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    /// SIGHUP came since the last look.
    public func takeHangUp() -> Bool { flags.hungUp.exchange(false, ordering: .relaxed) }

    /// SIGUSR1 came since the last look.
    public func takeReportRequest() -> Bool { flags.asked.exchange(false, ordering: .relaxed) }

    deinit {
        for source in sources { source.cancel() }
    }
}
