/// The loop of the ofproto thread.
///
/// A turn: what OFProto has to do, then what came by sockets, then what the caller wants now and then. When there is nothing to do at once the
/// thread sleeps in the datapath until an upcall comes, or until the next deadline.
public struct Runtime {
    /// Milliseconds after which the loop looks at signals and timers at the latest.
    public static let longestSleep: Int64 = 50

    /// Those who take what came by sockets.
    public struct Servers {
        /// Takes some of it; returns true if there may be more.
        public var run: () -> Bool
        /// When `run` must be called at the latest if nothing comes.
        public var nextDeadline: () -> Int64?
        public static var none: Servers { Servers(run: { false }, nextDeadline: { nil }) }
    }

    let vswitch: Switch
    public init(_ vswitch: Switch) { self.vswitch = vswitch }

    /// Runs until `until` (milliseconds of the datapath's clock; nil: for ever) or until `wantsEnd` says so, which is asked
    /// at least every `longestSleep` milliseconds.
    public func run(until end: Int64?, servers: Servers = .none, wantsEnd: () -> Bool) {
        let datapath = vswitch.datapath
        while !wantsEnd() {
            let now = datapath.now
            if let end, now >= end { return }
            let hasMore = vswitch.ofproto.run(now: now)
            if servers.run() || hasMore { continue }
            var wake = min(now + Self.longestSleep, end ?? .max)
            if let deadline = vswitch.ofproto.nextDeadline(now: now) { wake = min(wake, deadline) }
            if let deadline = servers.nextDeadline() { wake = min(wake, deadline) }
            let sleep = wake - datapath.now
            if sleep > 0 { datapath.wait(milliseconds: Int32(clamping: sleep)) }
        }
    }
}
