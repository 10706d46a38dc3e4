import OpenFlow

/// A meter with one band that drops (OpenFlow 1.5.1, section 5.7): so many packets a second, and as many at once as its burst.
struct RefMeter: Hashable {
    var id: UInt32
    var rate: UInt32
    var burst: UInt32

    var config: MeterConfig {
        MeterConfig(meter: id, flags: [.pktps, .burst, .stats], bands: [MeterBand(.drop, rate: rate, burst: burst)])
    }
}

/// A meter of a bridge, by their names.
struct RefMeterName: Hashable {
    var bridge: String
    var meter: UInt32
}

/// A packet has come to a meter.
struct RefMetering: Hashable {
    var name: RefMeterName
    var isAdmitted: Bool
}

/// What is in a meter's bucket: thousandths of packets, so that each millisecond brings `rate` of them.
struct RefTokens {
    let meter: RefMeter
    /// nil: some packet came by, and nobody knows whether it was metered.
    private(set) var level: Int64?
    private var filled: Int64

    init(_ meter: RefMeter, now: Int64) { (self.meter, level, filled) = (meter, Int64(meter.burst) * 1_000, now) }

    private mutating func fill(_ now: Int64) {
        let capacity = Int64(meter.burst) * 1_000, gain = (now - filled) * Int64(meter.rate)
        // Whatever was left, it is full by then.
        if gain >= capacity { level = capacity }
        guard let before = level else { return }
        level = min(capacity, before + gain)
        filled = now
    }

    /// Whether a packet passes behind some others of the same moment; nil: unknown.
    func admits(behind others: [RefMetering], now: Int64) -> Bool? {
        var bucket = self
        for other in others { bucket.take(other.isAdmitted, now: now) }
        bucket.fill(now)
        return bucket.level.map { $0 >= 1_000 }
    }

    mutating func take(_ isAdmitted: Bool, now: Int64) {
        fill(now)
        guard isAdmitted else { return }
        // From what is not known something is missing now.
        if let before = level { level = before - 1_000 } else { filled = now }
    }

    mutating func forget(now: Int64) { (level, filled) = (nil, now) }
}

extension RefInterpreter {
    /// What a meter drops goes no further: the rest of a copy's way is still translated and credited, but nothing leaves.
    mutating func meter(_ id: UInt32, _ bridge: Int) {
        guard !way.isDropped, let found = state.bridges[bridge].meters.first(where: { $0.id == id }) else { return }
        let name = RefMeterName(bridge: state.bridges[bridge].name, meter: found.id)
        let metering = RefMetering(name: name, isAdmitted: oracle.admits(name, outcome))
        outcome.meterings.append(metering)
        way.isDropped = !metering.isAdmitted
    }
}
