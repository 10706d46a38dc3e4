import NIOCore
import Synchronization

/// What became of bytes that were to be sent.
public enum SendResult: Hashable, Sendable {
    /// They will be sent, if the connection lives long enough.
    case accepted
    /// None of them: too much waits already for a peer that does not read.
    case full
    /// None of them: the connection is closed.
    case closed
}

/// One connection. Everything here is for any thread.
public final class StreamConnection: Sendable {
    private let channel: any Channel
    /// As OVS names connections: by the method that it was made by, or if it was accepted, by its peer: "ssl:127.0.0.1:45678", "unix#3".
    public let name: String
    private let sendLimit: Int
    /// nil by TLS.
    private let direct: DirectSocket?
    /// Bytes accepted and not yet with the kernel. Writers: senders add, the I/O thread takes off.
    private let waiting = Atomic<Int>(0)
    /// Of these, what the I/O thread has not taken over.
    private let outgoing = Mutex<[UInt8]>([])
    /// Messages delivered and not yet handled. Writers: the I/O thread adds, the user takes off.
    private let unhandled = Atomic<Int>(0)
    /// The I/O thread has stopped reading.
    private let isPaused = Atomic<Bool>(false)
    /// Much waits to be sent: the user is told when it does not any more.
    private let isCongested = Atomic<Bool>(false)
    private let drained = Mutex<(@Sendable () -> Void)?>(nil)
    /// The user has closed it.
    private let closing = Atomic<Bool>(false)

    init(_ channel: any Channel, name: String, sendLimit: Int, direct: DirectSocket?) {
        self.channel = channel
        self.direct = direct
        self.name = name
        self.sendLimit = sendLimit
    }

    /// Sends bytes in the order of the calls.
    public func send(_ bytes: [UInt8]) -> SendResult {
        guard channel.isActive, !isClosing else { return .closed }
        let count = bytes.count
        let (_, total) = waiting.add(count, ordering: .relaxed)
        guard total <= sendLimit else {
            waiting.subtract(count, ordering: .relaxed)
            return .full
        }
        if total > Limits.drainMark { isCongested.store(true, ordering: .sequentiallyConsistent) }
        let isFirst = outgoing.withLock { outgoing in
            let isFirst = outgoing.isEmpty
            // Behind what waits nothing may go first.
            let done = isFirst && total == count && count <= Limits.directBytes ? direct?.write(bytes) ?? 0 : 0
            if done > 0 { waiting.subtract(done, ordering: .sequentiallyConsistent) }
            guard done < count else { return false }
            outgoing += bytes[done...]
            return isFirst
        }
        // What is sent before the thread gets to it goes along.
        guard isFirst else { return .accepted }
        if channel.eventLoop.inEventLoop { write() } else { channel.eventLoop.execute { [self] in write() } }
        return .accepted
    }

    private func write() {
        let bytes = outgoing.withLock { outgoing in
            defer { outgoing = [] }
            return outgoing
        }
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenComplete { [self] _ in sent(bytes.count) }
    }

    /// Calls `handler` on the I/O thread each time that less than half of `Limits.drainMark` bytes wait again after it was more.
    public func whenDrained(_ handler: @escaping @Sendable () -> Void) { drained.withLock { $0 = handler } }

    private func sent(_ count: Int) {
        let (_, left) = waiting.subtract(count, ordering: .sequentiallyConsistent)
        guard left <= Limits.drainMark / 2, isCongested.exchange(false, ordering: .sequentiallyConsistent) else { return }
        drained.withLock { $0 }?()
    }

    /// Bytes that wait to be sent. By TLS too they are counted as they were given, until the kernel has all of what became of them.
    public var backlog: Int { waiting.load(ordering: .relaxed) }

    /// The user is done with one message.
    public func handled() {
        let (_, left) = unhandled.subtract(1, ordering: .sequentiallyConsistent)
        // pair STREAM-PAUSE: the count is down before the flag is read.
        if left <= Limits.unhandledMessages / 2, isPaused.load(ordering: .sequentiallyConsistent) {
            channel.eventLoop.execute { [self] in resume() }
        }
    }

    /// Closes it at once; what waits to be sent is lost. The receiver is told that, and gets no more messages.
    public func close() {
        closing.store(true, ordering: .relaxed)
        channel.close(promise: nil)
    }

    // The I/O thread's part

    /// The channel is closed.
    func ended() { direct?.close() }

    var isClosing: Bool { closing.load(ordering: .relaxed) }

    func delivered() { unhandled.add(1, ordering: .sequentiallyConsistent) }

    /// Stops reading if the user lags behind.
    func pauseIfBehind() {
        guard unhandled.load(ordering: .sequentiallyConsistent) > Limits.unhandledMessages else { return }
        isPaused.store(true, ordering: .sequentiallyConsistent)
        setReading(false)
        // pair STREAM-PAUSE: the flag is up before the count is read again.
        resume()
    }

    private func resume() {
        guard unhandled.load(ordering: .sequentiallyConsistent) <= Limits.unhandledMessages / 2,
            isPaused.exchange(false, ordering: .sequentiallyConsistent) else { return }
        setReading(true)
    }

    /// On a channel that is closed meanwhile it has no effect.
    private func setReading(_ reads: Bool) { _ = channel.setOption(.autoRead, value: reads) }
}
