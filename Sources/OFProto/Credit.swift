import Wire

/// Who is credited with the packets of a megaflow, or of a single translation.
enum Credit: Equatable {
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
    /// Packets go on after they have been through the datapath again, or have gone on so; the context stays known as for the controller.
    case recirculation(RecircContext)
    /// Packets of a connection that collectors are told of, which leave by this interface.
    case netFlow(NetFlowRecord, output: UInt16)
    /// A flow that its learn action wants.
    case learn(LearnedFlow)
    /// A rule whose time is shortened when its connections end.
    case finTimeout(Rule, Bridge, FinTimeout)

    /// - Parameter tcpFlags: all that the packets had, in host order, as far as they are known.
    func push(packets: UInt64, bytes: UInt64, used: Int64, tcpFlags: UInt16 = 0) {
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
        case .recirculation(let context): context.used = max(context.used, used)
        case .netFlow(let record, let output): record.credit(packets: packets, bytes: bytes, used: used, tcpFlags: tcpFlags, output: output)
        case .learn(let flow): flow.refresh(used: used)
        case .finTimeout(let rule, let bridge, let timeout): bridge.shorten(rule, timeout, tcpFlags: tcpFlags)
        }
    }

    /// The megaflow is gone, and everything was pushed.
    func end(now: Int64) {
        if case .netFlow(let record, _) = self { record.end(now: now) }
    }
}

extension Credit {
    static func == (one: Credit, other: Credit) -> Bool {
        switch (one, other) {
        case (.rule(let rule, let table), .rule(let otherRule, let otherTable)): rule === otherRule && table === otherTable
        case (.miss(let table), .miss(let otherTable)): table === otherTable
        case (.station(let station, let bundle, let heard), .station(let otherStation, let otherBundle, let otherHeard)):
            station == otherStation && bundle === otherBundle && heard == otherHeard
        case (.mirror(let mirror), .mirror(let otherMirror)): mirror === otherMirror
        case (.bond(let bond, let hash), .bond(let otherBond, let otherHash)): bond === otherBond && hash == otherHash
        case (.patch(let from, let to), .patch(let otherFrom, let otherTo)): from === otherFrom && to === otherTo
        case (.group(let group, let bucket), .group(let otherGroup, let otherBucket)): group === otherGroup && bucket === otherBucket
        case (.controller(let context), .controller(let otherContext)): context === otherContext
        case (.recirculation(let context), .recirculation(let otherContext)): context === otherContext
        case (.netFlow(let record, let output), .netFlow(let otherRecord, let otherOutput)): record === otherRecord && output == otherOutput
        case (.learn(let flow), .learn(let otherFlow)): flow === otherFlow
        case (.finTimeout(let rule, let bridge, let timeout), .finTimeout(let otherRule, let otherBridge, let otherTimeout)):
            rule === otherRule && bridge === otherBridge && timeout == otherTimeout
        default: false
        }
    }

    /// One of those that are credited.
    var object: ObjectIdentifier {
        switch self {
        case .rule(let rule, _), .finTimeout(let rule, _, _): ObjectIdentifier(rule)
        case .miss(let table): ObjectIdentifier(table)
        case .station(_, let bundle, _): ObjectIdentifier(bundle)
        case .mirror(let mirror): ObjectIdentifier(mirror)
        case .bond(let bond, _): ObjectIdentifier(bond)
        case .patch(let from, _): ObjectIdentifier(from)
        case .group(let group, _): ObjectIdentifier(group)
        case .controller(let context): ObjectIdentifier(context)
        case .recirculation(let context): ObjectIdentifier(context)
        case .netFlow(let record, _): ObjectIdentifier(record)
        case .learn(let flow): ObjectIdentifier(flow)
        }
    }
}
