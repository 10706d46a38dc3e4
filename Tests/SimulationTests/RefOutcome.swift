/// What the configuration does not say.
struct RefOracle {
    /// Where a station is; nil: unknown. The second argument is the port where this very packet was heard from it, if it was.
    let place: (RefStation, UInt16?) -> UInt16?
    /// Which of some buckets a select group takes.
    let choose: (RefChoice, [UInt32]) -> UInt32
    /// Whether a meter lets the packet pass behind what it has gone through so far.
    let admits: (RefMeterName, RefOutcome) -> Bool
}

struct RefOutput: Hashable {
    var port: String
    var bytes: [UInt8]
}

/// A select group that a packet comes to, by how many others it has been through.
struct RefChoice: Hashable {
    var bridge: String
    var group: UInt32
    var ordinal: Int
}

/// What a full evaluation says.
struct RefOutcome {
    var outputs: [RefOutput] = []
    /// What mirrors have cut.
    var cuts: [RefOutput] = []
    /// The meters that the packet came to, in that order.
    var meterings: [RefMetering] = []
    /// Stations that a NORMAL heard, and where.
    var heard: [RefStation: UInt16] = [:]
    /// How often each rule was run.
    var hits: [UInt64: UInt64] = [:]
    /// Lookups by bridge and table.
    var lookups: [String: [UInt8: UInt64]] = [:]
    var packetIns = 0
    /// Buckets of select groups.
    var choices: [RefChoice: UInt32] = [:]
    /// How often the datapath may have the packet again on its way.
    var passes = 0
    /// The packet came to something that this reference does not describe.
    var isUndefined = false

    /// How many drops are counted: one where nothing is to be done, and those by meters.
    var ends: ClosedRange<Int> {
        let metered = meterings.count { !$0.isAdmitted }
        let isIdle = outputs.isEmpty && cuts.isEmpty && packetIns == 0
        return metered + (isIdle && meterings.isEmpty ? 1 : 0)...metered + (isIdle ? 1 : 0)
    }
}
