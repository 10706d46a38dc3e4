import Datapath
import OpenFlow

/// A meter of a bridge as it was configured. Owner: the ofproto thread; the datapath does the metering.
final class Meter {
    var config: MeterConfig
    /// The datapath's number.
    let datapathID: UInt32
    let created: Int64
    /// The rules that name it.
    var users = RuleSet()

    init(_ config: MeterConfig, datapathID: UInt32, now: Int64) {
        self.config = config
        self.datapathID = datapathID
        created = now
    }
}

/// The datapath's numbers for meters. A number that was given back is given again as late as possible: until the megaflows have been
/// checked some may still name it. Owner: `OFProto`.
struct MeterNumbers {
    private let capacity: Int
    private var used: Set<UInt32> = []
    private var next: UInt32 = 0

    init(capacity: Int) { self.capacity = capacity }

    /// nil when all are in use.
    mutating func take() -> UInt32? {
        guard used.count < capacity else { return nil }
        while !used.insert(next).inserted { step() }
        defer { step() }
        return next
    }

    mutating func giveBack(_ number: UInt32) { used.remove(number) }

    /// Numbers are given again late, but not so late that meters that come and go spread over the datapath's room for all of them.
    private mutating func step() { next = (next + 1) % UInt32(min(capacity, max(OFProtoLimits.leastMeterNumbers, 2 * used.count))) }
}
