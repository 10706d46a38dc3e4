import CLinux
import Glibc
import Synchronization

/// Wakes a thread that sleeps, at no cost while it does not: the one who rings makes a system call only when the
/// sleeper has said that it sleeps.
///
/// Owner: the sleeper, who alone calls `sleep`. Any thread may `ring`.
@frozen @safe public struct Doorbell: @unchecked Sendable {
    @usableFromInline let sleeping: UnsafeMutablePointer<Atomic<Bool>>
    /// An eventfd, to be polled together with other descriptors.
    public let descriptor: Int32

    /// Nil when the process has no descriptor left.
    public init?() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if descriptor < 0 { return nil }
        unsafe sleeping = .allocate(capacity: 1)
        unsafe sleeping.initialize(to: Atomic(false))
    }

    /// Wakes the sleeper if it sleeps, or is about to.
    @inlinable @inline(__always) public func ring() {
        // The fence orders what was pushed on a ring before the look at `sleeping`; its partner is SLEEP-FENCE.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if unsafe sleeping.pointee.load(ordering: .relaxed) { wake() }
    }

    /// Wakes the sleeper by the descriptor.
    @inlinable public func wake() {
        if unsafe sleeping.pointee.exchange(false, ordering: .relaxed) { _ = nl_eventfd_ring(descriptor) }
    }

    /// Sleeps until someone rings or `milliseconds` have gone by, unless `hasWork` says that there is something to do.
    public func sleep(milliseconds: Int32, unless hasWork: () -> Bool) {
        unsafe sleeping.pointee.store(true, ordering: .relaxed)
        // SLEEP-FENCE: `sleeping` is visible before the last look at the rings.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if !hasWork() {
            var descriptors = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&descriptors, 1, milliseconds)
        }
        unsafe sleeping.pointee.store(false, ordering: .relaxed)
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &count)
    }

    /// Closes the descriptor and frees the memory. Nobody may use it again.
    public func close() {
        _ = Glibc.close(descriptor)
        unsafe sleeping.deallocate()
    }
}
