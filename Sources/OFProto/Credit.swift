import Wire

/// Who is credited with the packets of a megaflow, or of a single translation.
enum Credit {
    /// A rule that was run, and the table where it was found.
    case rule(Rule, OpenFlowTable)
    /// A table without a rule for the packet.
    case miss(OpenFlowTable)
    /// The packet's source is a station at the port: its entry is kept fresh.
    case station(UInt64, PortBundle, MACTable.Heard)
    /// The packet is mirrored.
    case mirror(Mirror)
    /// The packet leaves by the bond's interface that has this hash.
    case bond(Bond, UInt8)
    /// The packet crossed from one end of a patch to the other.
    case patch(from: BridgePort, to: BridgePort)
    /// A group that was run, and the bucket that got the packet; nil: all buckets.
    case group(Group, Bucket?)
    /// Packets go to the controller; the context stays known as long as somebody may name it.
    case controller(ControllerContext)

    func push(packets: UInt64, bytes: UInt64, used: Int64) {
        switch self {
        case .rule(let rule, let table):
            rule.credit(packets: packets, bytes: bytes, used: used)
            table.credit(packets: packets, matched: true)
        case .miss(let table): table.credit(packets: packets, matched: false)
        case .station(let station, let bundle, let heard):
            if !bundle.isRemoved { bundle.bridge.learn(station, at: bundle, now: used, by: heard) }
        case .mirror(let mirror): mirror.credit(packets: packets, bytes: bytes)
        case .bond(let bond, let hash): bond.account(hash, bytes: bytes)
        case .patch(let from, let to):
            from.creditPatch(transmitted: true, packets: packets, bytes: bytes)
            to.creditPatch(transmitted: false, packets: packets, bytes: bytes)
        case .group(let group, let bucket): group.credit(bucket, packets: packets, bytes: bytes)
        case .controller(let context): context.used = max(context.used, used)
        }
    }
}
