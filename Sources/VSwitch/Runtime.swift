/// The loop of the ofproto thread.
///
/// A turn: what OFProto has to do, then one command of the control socket, then what the caller wants now and then. When there is nothing to do at once the
/// thread sleeps in the datapath until an upcall comes, or until the next deadline.
public struct Runtime {
    /// Milliseconds after which the loop looks at signals and timers at the latest.
    public static let longestSleep: Int64 = 50

    let vswitch: Switch
    public init(_ vswitch: Switch) { self.vswitch = vswitch }

    /// Runs until `until` (milliseconds of the datapath's clock; nil: for ever) or until `wantsEnd` says so, which is asked
    /// at least every `longestSleep` milliseconds.
    /// - Parameter command: carries out the next command, if there is one; returns true if there may be more.
    public func run(until end: Int64?, command: () -> Bool = { false }, wantsEnd: () -> Bool) {
        let datapath = vswitch.datapath
        while !wantsEnd() {
            let now = datapath.now
            if let end, now >= end { return }
            let hasMore = vswitch.ofproto.run(now: now)
            if command() || hasMore { continue }
            var wake = min(now + Self.longestSleep, end ?? .max)
            if let deadline = vswitch.ofproto.nextDeadline(now: now) { wake = min(wake, deadline) }
            let sleep = wake - datapath.now
            if sleep > 0 { datapath.wait(milliseconds: Int32(clamping: sleep)) }
        }
    }
}
