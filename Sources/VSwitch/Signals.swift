import Dispatch
import Foundation
import Synchronization

/// Signals as flags that the loop looks at, at most `Runtime.longestSleep` late.
///
/// Writers: Dispatch's queue. Reader: the ofproto thread.
public final class Signals: Sendable {
    private let ended = Atomic(false)
    private let hungUp = Atomic(false)
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// From now on SIGTERM and SIGINT do not end the process, nor does SIGHUP. Call it before threads are started.
    public init() {
        let queue = DispatchQueue(label: "signals")
        for number in [SIGTERM, SIGINT, SIGHUP] {
            // The default action would end the process before Dispatch sees the signal.
            _ = unsafe signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [weak self] in
                if number == SIGHUP { self?.hungUp.store(true, ordering: .relaxed) } else { self?.ended.store(true, ordering: .relaxed) }
            }
            source.resume()
            sources.withLock { $0.append(source) }
        }
    }

    /// SIGTERM or SIGINT came.
    public var wantsEnd: Bool { ended.load(ordering: .relaxed) }

    /// SIGHUP came since the last look.
    public func takeHangUp() -> Bool { hungUp.exchange(false, ordering: .relaxed) }
}
