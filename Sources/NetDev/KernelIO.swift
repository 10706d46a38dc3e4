import CDPDK
import Glibc
import Synchronization

/// The thread that serves all kernel ports: it sleeps in epoll until a frame comes from the kernel or a PMD has put
/// one on a transmit ring.
///
/// Owner of its ports and its epoll: the thread. Commands: `add`, `remove`, `move` and `end`, by any thread; each returns when it is done.
/// Fairness: every port gets a burst a turn, in each direction.
final class KernelIO: Sendable {
    private enum Command {
        case add(KernelPort)
        case remove(KernelPort)
        case move([Int])
        case end
    }
    let waker: Waker
    private let epoll: Int32
    /// The thread writes to it when a command is done.
    private let reply: Int32
    private let command = Mutex<Command?>(nil)
    /// Held from a command's beginning to its end.
    private let turn = Mutex<Void>(())
    private let cpus: [Int]

    /// Starts the thread on the given processors (none: those of the process). It is registered with EAL.
    init(cpus: [Int]) throws(NetdevError) {
        self.cpus = cpus
        guard let waker = Waker() else { throw Self.failure(EMFILE) }
        self.waker = waker
        epoll = nt_epoll()
        reply = nt_eventfd(true)
        guard epoll >= 0, reply >= 0, nt_epoll_add(epoll, waker.fileDescriptor, 0) == 0 else { throw Self.failure(EMFILE) }
        var thread = pthread_t()
        // The thread takes over the reference that is passed to it.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let status = unsafe pthread_create(&thread, nil, { context in
            if let context = unsafe context { unsafe Unmanaged<KernelIO>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }, context)
        guard status == 0 else {
            unsafe Unmanaged<KernelIO>.fromOpaque(context).release()
            throw Self.failure(status)
        }
        _ = pthread_detach(thread)
    }

    deinit {
        if epoll >= 0 { _ = close(epoll) }
        if reply >= 0 { _ = close(reply) }
        waker.deallocate()
    }

    private static func failure(_ code: Int32) -> NetdevError {
        NetdevError(.device, "the kernel I/O thread did not start: \(errorText(code))")
    }

    /// The thread serves the port from now on.
    func add(_ port: KernelPort) { perform(.add(port)) }
    /// The thread has nothing to do with the port any more when this returns.
    func remove(_ port: KernelPort) { perform(.remove(port)) }
    /// The thread runs on these processors from now on, if it may.
    func move(to cpus: [Int]) { perform(.move(cpus)) }
    /// Ends the thread; no port is left.
    func end() { perform(.end) }

    private func perform(_ new: Command) {
        turn.withLock { _ in
            command.withLock { $0 = new }
            waker.wake()
            var count: UInt64 = 0
            // An eventfd gives 8 bytes; the call blocks until the thread has answered.
            while unsafe read(reply, &count, 8) < 0, errno == EINTR {}
        }
    }
}

// The thread itself.
extension KernelIO {
    private func run() {
        unsafe nt_set_thread_name("nt-kernel-io")
        // Without these two the thread works all the same, on whatever processor and without a mempool cache.
        if !cpus.isEmpty { try? Affinity.set(cpus) }
        let registered = (try? EAL.registerThread(cpu: nil)) != nil
        var ports: [UInt32: KernelPort] = [:]
        var ready = [UInt32](repeating: 0, count: 64)
        while obey(&ports) {
            var worked = false
            for port in ports.values where port.transmit() { worked = true }
            if !worked {
                waker.announceSleep()
                worked = ports.values.contains { $0.hasWork }
            }
            wait(ports, &ready, timeout: worked ? 0 : -1)
        }
        if registered { EAL.unregisterThread() }
        nt_eventfd_kick(reply)
    }

    /// Waits for frames from the kernel and receives them.
    private func wait(_ ports: [UInt32: KernelPort], _ ready: inout [UInt32], timeout: Int32) {
        var broken: UInt64 = 0
        // Writes at most the count it is given.
        let count = unsafe nt_epoll_wait(epoll, &ready, Int32(ready.count), timeout, &broken)
        waker.awake()
        guard count > 0 else { return }
        for (index, number) in ready.prefix(Int(count)).enumerated() {
            guard let port = ports[number] else { continue }
            // A dead descriptor stays known, for what is still to be sent and freed, but is not watched any more.
            if !port.receive(broken: broken >> UInt64(index) & 1 != 0) { _ = nt_epoll_remove(epoll, port.fd) }
        }
    }

    /// Does what has been asked for; false when the thread shall end.
    private func obey(_ ports: inout [UInt32: KernelPort]) -> Bool {
        let asked = command.withLock { command in
            defer { command = nil }
            return command
        }
        // A port's number is its descriptor: unique while it is open; descriptor 0 would be the waker's number.
        switch asked {
        case nil: return true
        case .add(let port):
            ports[UInt32(port.fd) + 1] = port
            _ = nt_epoll_add(epoll, port.fd, UInt32(port.fd) + 1)
        case .remove(let port):
            ports[UInt32(port.fd) + 1] = nil
            _ = nt_epoll_remove(epoll, port.fd)
        case .move(let cpus): try? Affinity.set(cpus)
        case .end: return false
        }
        nt_eventfd_kick(reply)
        return true
    }
}
