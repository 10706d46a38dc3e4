import NIOPosix

/// The thread that does the I/O of the connections made on it. It runs on the processors that its maker may run on.
public final class IOThread: Sendable {
    let group: MultiThreadedEventLoopGroup

    public init() { group = MultiThreadedEventLoopGroup(numberOfThreads: 1) }

    /// Does some work on the thread, after what it was given before.
    public func perform(_ work: @escaping @Sendable () -> Void) { group.next().execute(work) }

    /// Closes all connections and listeners, tells their receivers, and ends the thread. Not to be called on the thread itself.
    public func end() { try? group.syncShutdownGracefully() }
}
