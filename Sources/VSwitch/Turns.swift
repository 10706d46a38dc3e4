import Datapath
import Foundation
import NetDev
import Stream
import Synchronization

/// A running switch, and the thread that works on it: one at a time, a turn each.
///
/// The ofproto thread takes its turns in `run`. While it sleeps or waits, the I/O thread takes one by itself after it has read OpenFlow messages, so that a
/// message is handled and answered by the thread that read it; what it leaves undone it wakes the ofproto thread for. Whoever works has the lock for the
/// length of a turn, which is bounded, and nobody waits for it on a packet's way.
/// Frees: `close`.
final class Turns: Sendable {
    /// Milliseconds after which the ofproto thread looks at signals and timers at the latest.
    static let longestSleep: Int64 = 50

    private let owned = Mutex<RunningSwitch?>(nil)
    /// The I/O thread has the turn, or tries to get it. Writer: the I/O thread.
    private let isTaken = Atomic(false)

    /// Starts the switch. Throws what `RunningSwitch.init` does.
    init(_ source: RunningSwitch.Source, socket: UnixctlSocket, runFolder: String?, dummy: DummyOptions?) throws {
        try owned.withLock { owned in
            owned = try RunningSwitch(source, socket: socket, runFolder: runFolder, dummy: dummy, turn: { [self] waker in takeTurn(waker) })
        }
    }

    /// The ofproto thread's turns until `end` (milliseconds of the datapath's clock; nil: for ever), until a command asks for the end, or until `wantsEnd` says so, which
    /// is asked at least every `longestSleep` milliseconds.
    func run(until end: Int64?, wantsEnd: () -> Bool) {
        while !wantsEnd() {
            let next = owned.withLock { owned in owned?.turn(until: end) ?? .end }
            switch next {
            case .again: break
            case .sleep(let milliseconds, let waker): waker.sleep(milliseconds: milliseconds)
            case .end: return
            }
        }
    }

    /// The I/O thread's turn.
    private func takeTurn(_ waker: Waker) {
        // What it sends or closes in its turn may bring it here again.
        guard !isTaken.load(ordering: .relaxed) else { return waker.wake() }
        isTaken.store(true, ordering: .relaxed)
        let isDone = owned.withLockIfAvailable { owned in owned?.controlTurn() ?? true } ?? false
        isTaken.store(false, ordering: .relaxed)
        if !isDone { waker.wake() }
    }

    /// Looks at the switch, or changes it, between turns.
    func with<Result: Sendable>(_ body: @Sendable (RunningSwitch) -> Result) -> Result? {
        owned.withLock { owned in owned.map { body($0) } }
    }

    /// Ends all sockets, removes ports and flows and ends the datapath's threads.
    func close() {
        owned.withLock { owned in
            owned?.close()
            owned = nil
        }
    }
}
