/// What the configuration does not say.
struct RefOracle {
    /// Behind which port a station is; nil: unknown. The second argument is the one where this very packet was heard from it, if it was.
    let place: (RefStation, String?) -> String?
    /// Behind which port a station was when the packet came; nil: unknown.
    let former: (RefStation) -> String?
    /// Whether gratuitous ARP by bonds does not move the station, as it has come by another port before.
    let isLocked: (RefStation) -> Bool
    /// Which of some buckets a select group takes, which link a multipath, which of its live members a bundle or a bond.
    let choose: (RefChoice, [UInt32]) -> UInt32
    /// Whether a meter lets the packet pass behind what it has gone through so far.
    let admits: (RefMeterName, RefOutcome) -> Bool
}

struct RefOutput: Hashable {
    var port: String
    var bytes: [UInt8]
}

/// What a packet's hash decides, by how many other such things the packet has been through.
struct RefChoice: Hashable {
    enum Subject: Hashable {
        case group(UInt32), multipath(RefMultipath), bundle(RefBundle)
        /// balance-tcp, and balance-slb for a source address and the VLAN on the wire.
        case bond(String), station(String, UInt64, vlan: UInt16)

        var isOfStation: Bool { if case .station = self { true } else { false } }
    }
    var bridge: String
    var subject: Subject
    var ordinal: Int
}

/// What a full evaluation says.
struct RefOutcome {
    var outputs: [RefOutput] = []
    /// What mirrors have cut.
    var cuts: [RefOutput] = []
    /// The meters that the packet came to, in that order.
    var meterings: [RefMetering] = []
    /// Stations that a NORMAL heard, and behind which port.
    var heard: [RefStation: String] = [:]
    /// Stations whose gratuitous ARP a NORMAL heard by a port that is no bond.
    var locked: Set<RefStation> = []
    /// Gratuitous ARP that moved a station to a bond, or was not to.
    var claims = 0
    /// How often each rule was run.
    var hits: [UInt64: UInt64] = [:]
    /// Lookups by bridge and table.
    var lookups: [String: [UInt8: UInt64]] = [:]
    /// Rules whose fin_timeout the packet came to as it ended a connection.
    var fins: [UInt64: RefTimeouts] = [:]
    /// Flows that the packet taught, or tried to.
    var learnings: [RefLearning] = []
    /// How often mirrors have copied the packet.
    var copies: [RefMirrorName: UInt64] = [:]
    var packetIns = 0
    /// How often the packet left with a header that went again.
    var detours = 0
    /// Buckets of select groups.
    var choices: [RefChoice: UInt32] = [:]
    /// How often the datapath may have the packet again on its way.
    var passes = 0
    /// Copies that come back for a bond's hash of them.
    var returns = 0
    /// The packet came to something that this reference does not describe.
    var isUndefined = false

    /// How many drops are counted: one where nothing is to be done, and those by meters.
    var ends: ClosedRange<Int> {
        let metered = meterings.count { !$0.isAdmitted }
        let isIdle = outputs.isEmpty && cuts.isEmpty && packetIns == 0
        return metered + (isIdle && meterings.isEmpty ? 1 : 0)...metered + (isIdle ? 1 : 0)
    }
}

/// What a packet, or a copy of it, has met on its way.
struct RefWay {
    /// A meter dropped it.
    var isDropped = false
    /// Its labels came off, and the datapath has not looked at what was behind them yet.
    var isUnlabelled = false
    /// The datapath has hashed it.
    var isHashed = false
    /// It came to check_pkt_larger.
    var isMeasured = false
    /// How many lists of actions are under way, each within the one before.
    var nesting = 0
    /// How many were when the packet was last to go through the datapath again.
    var pausedAt: Int?
    /// It was dropped before it was to come back: nothing is looked up for it any more.
    var isOver = false
}

extension RefAction {
    /// Layers 3 and above are unknown behind labels that came off: only what does not look at them is done before the datapath has the packet again. Groups see for themselves.
    var waitsBehindLabels: Bool {
        switch self {
        case .output, .outputReg0, .inPort, .normal, .flood, .all, .group, .setVID, .setPCP: false
        case .set(let field, _, _): ![.dlSrc, .dlDst, .reg0, .reg1].contains(field)
        default: true
        }
    }
}
