/// When the locks of a bridge's stations end (`MACTable.isLocked`), by the tags that megaflows bear which depend on the stations.
///
/// There are as many entries as the longest lock has intervals, however many stations there are. A station whose lock was made longer meanwhile is in several of them.
/// Owner: a bridge.
struct LockEnds {
    /// Tags by the time when their locks have ended, a multiple of the interval.
    private var tags: [Int64: UInt64] = [:]
    private var next: Int64 = .max

    mutating func add(_ tag: UInt64, end: Int64) {
        let interval = OFProtoLimits.lockInterval
        let time = (end + interval - 1) / interval * interval
        tags[time, default: 0] |= tag
        next = min(next, time)
    }

    /// Those whose time has come; nil: none.
    mutating func take(now: Int64) -> UInt64? {
        guard next <= now else { return nil }
        let ended = tags.filter { $0.key <= now }.reduce(0) { $0 | $1.value }
        tags = tags.filter { $0.key > now }
        next = tags.keys.min() ?? .max
        return ended
    }
}
