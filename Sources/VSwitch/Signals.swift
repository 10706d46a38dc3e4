import Dispatch
import Foundation
import Synchronization

/// Signals as flags that the loop looks at, at most `Runtime.longestSleep` late.
public final class Signals {
    /// Writer: Dispatch's queue. Reader: the ofproto thread, which also clears `hungUp`.
    private final class Flags: Sendable {
        let ended = Atomic(false)
        let hungUp = Atomic(false)
    }
    private let flags: Flags
    private let sources: [any DispatchSourceSignal]

    /// From now on SIGTERM and SIGINT do not end the process, nor does SIGHUP.
    public init() {
        let queue = DispatchQueue(label: "signals")
        let flags = Flags()
        sources = [SIGTERM, SIGINT, SIGHUP].map { number in
            // The default action would end the process before Dispatch sees the signal.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if number == SIGHUP {
                    flags.hungUp.store(true, ordering: .relaxed)
                } else {
                    flags.ended.store(true, ordering: .relaxed)
                }
            }
            source.resume()
            return source
        }
        self.flags = flags
    }

    /// SIGTERM or SIGINT came.
    public var wantsEnd: Bool { flags.ended.load(ordering: .relaxed) }

    /// SIGHUP came since the last look.
    public func takeHangUp() -> Bool { flags.hungUp.exchange(false, ordering: .relaxed) }

    deinit {
        for source in sources { source.cancel() }
    }
}
