import CDPDK
import Glibc
import Synchronization

/// What a sleeping thread and those who give it work share.
@usableFromInline struct WakerState: ~Copyable {
    /// 1 while the thread sleeps or is about to.
    @usableFromInline let asleep = Atomic<UInt32>(0)
    /// The eventfd that the thread's epoll watches.
    @usableFromInline let fd: Int32
    @usableFromInline init(fd: Int32) { self.fd = fd }
}

/// Wakes a thread that sleeps in epoll, at the price of a system call only if it does sleep.
///
/// The thread announces that it will sleep and then looks at its rings once more; a producer fills a ring and then looks whether
/// the thread sleeps. A full fence on both sides, between the two steps, means that at least one of them sees the other.
/// Frees: whoever made it, when no producer has it any more.
@frozen @safe public struct Waker: BitwiseCopyable, @unchecked Sendable {
    @usableFromInline let state: UnsafeMutablePointer<WakerState>

    /// - Returns: nil when the process has no file descriptor left.
    public init?() {
        let fd = nt_eventfd(false)
        guard fd >= 0 else { return nil }
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: WakerState(fd: fd))
    }

    /// Producer: call it after the ring has been filled.
    @inlinable @inline(__always) @_noLocks public func kick() {
        // fence WAKER-SLEEP: the ring's new tail is visible before the flag is read.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if unsafe state.pointee.asleep.load(ordering: .relaxed) == 0 { return }
        // The first producer that takes the flag down makes the system call.
        if unsafe state.pointee.asleep.exchange(0, ordering: .relaxed) != 0 { unsafe nt_eventfd_kick(state.pointee.fd) }
    }

    /// Sleeper: announces that it will sleep. It must look for work once more before it does.
    @inlinable @_noLocks public func announceSleep() {
        unsafe state.pointee.asleep.store(1, ordering: .relaxed)
        // fence WAKER-SLEEP: the flag is visible before the rings are read.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    /// Sleeper: having announced it, sleeps until it is woken or `milliseconds` have gone by, and is awake again.
    public func sleep(milliseconds: Int32) {
        var descriptor = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&descriptor, 1, milliseconds)
        awake()
    }

    /// Sleeper: the same as a PMD may do it: for microseconds, unless `hasWork`.
    @inlinable @_noLocks public func sleep(microseconds: UInt32, hasWork: Bool) {
        if !hasWork { unsafe nt_eventfd_wait(state.pointee.fd, UInt64(microseconds) &* 1_000) }
        unsafe state.pointee.asleep.store(0, ordering: .relaxed)
    }

    /// Sleeper: is awake again, and takes back the wakes that it got.
    public func awake() {
        unsafe state.pointee.asleep.store(0, ordering: .relaxed)
        var count: UInt64 = 0
        // An eventfd gives 8 bytes, or nothing: it does not block.
        _ = unsafe read(fileDescriptor, &count, 8)
    }

    /// Wakes the thread whether it has announced its sleep or not.
    public func wake() { nt_eventfd_kick(fileDescriptor) }

    /// To be watched for reading.
    public var fileDescriptor: Int32 { unsafe state.pointee.fd }

    /// Nobody may use it again.
    public func deallocate() {
        _ = close(fileDescriptor)
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }
}
