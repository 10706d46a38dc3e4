/// How many megaflows there may be: as many as sweeps can keep up with, and no more than are configured.
///
/// The rules are OVS's (flow-limit in ovs-vswitchd.conf.db(5)), so that a switch behaves under load as its operator expects.
struct FlowLimit {
    /// What the configuration allows.
    var configured: Int { didSet { current = configured } }
    private(set) var current: Int
    /// Megaflows at the ends of sweeps: the latest ones weigh most; and the most of them.
    private(set) var average = 0
    private(set) var maximum = 0
    /// Milliseconds that the last sweep took.
    private(set) var duration: Int64 = 0

    private static let least = 1_000
    private static let step = 1_000
    /// Milliseconds of a sweep: up to `short` there is room for more megaflows; beyond `long` a quarter has to go; beyond `tooLong` all but what would take a second.
    private static let (short, long, tooLong): (Int64, Int64, Int64) = (1_000, 1_300, 2_000)
    /// With fewer megaflows a sweep says nothing of how long one over more of them takes.
    private static let telling = 2_000

    init(_ configured: Int) { (self.configured, current) = (configured, configured) }

    /// A sweep over so many megaflows is over, which took so many milliseconds.
    mutating func noteSweep(of count: Int, milliseconds: Int64) {
        average = (average + count) / 2
        maximum = max(maximum, count)
        duration = max(milliseconds, 1)
        if duration > Self.tooLong {
            current /= Int(duration / 1_000)
        } else if duration > Self.long {
            current = current * 3 / 4
        } else if duration < Self.short, count > Self.telling, current < count * 1_000 / Int(duration) {
            current += Self.step
        }
        current = min(configured, max(current, Self.least))
    }

    /// Sets what sweeps work on from here.
    mutating func set(_ limit: Int) { current = max(0, limit) }

    /// How long a megaflow may be without packets, in milliseconds; nil: all are to go.
    func idle(_ count: Int, limits: OFProtoLimits) -> Int64? {
        if count > 2 * current { return nil }
        return count > current ? limits.crowdedIdle : limits.maxIdle
    }
}
