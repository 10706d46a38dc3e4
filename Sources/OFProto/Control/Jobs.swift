import OpenFlow

/// The answer to a barrier request: it leaves when no packet can any more be forwarded by what stood before it, and those of packet-outs have left.
final class BarrierJob: ControllerJob {
    private let header: OFHeader
    private let bridge: Bridge
    private let change: UInt64

    init(_ header: OFHeader, bridge: Bridge) {
        self.header = header
        self.bridge = bridge
        change = bridge.ofproto.changeCount
    }

    var isWaiting: Bool { bridge.isReaping || !bridge.ofproto.isSettled(change) }

    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool {
        guard !isWaiting else { return false }
        budget -= 1
        connection.reply(.barrierReply, to: header)
        return true
    }
}

/// The answer to a request for flows. Those that go while it is made are left out.
final class FlowDump: ControllerJob {
    private var writer: MultipartWriter
    private var cursor: RuleCursor
    private let version: OFVersion
    /// The flow that was written last, and whose match has the form of all in its subtable.
    private var stats = FlowStats(flow: FlowMod(), duration: 0, idleAge: nil, hardAge: nil, packets: 0, bytes: 0)
    private var subtable: Subtable?

    /// Throws `brcBadStat` if the version has no such answer.
    init(_ header: OFHeader, _ wanted: FlowModSelection.Wanted, _ bridge: Bridge) throws(OFError) {
        var header = header
        header.more = false
        guard let writer = MultipartWriter(header: header, kind: .flowStatsReply) else { throw .brcBadStat }
        self.writer = writer
        version = header.version
        cursor = RuleCursor(wanted, bridge)
    }

    var isWaiting: Bool { false }

    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool {
        budget -= 1
        let isOver = cursor.next(limit: ControlLimits.elementsPerPart) { rule in
            rule.write(to: &stats, isFirst: subtable !== rule.subtable, now: now)
            subtable = rule.subtable
            if let full = writer.append(stats, instructions: rule.content.instructions(version)) { connection.send(bytes: full) }
        }
        if isOver { connection.send(bytes: writer.finish()) }
        return isOver
    }
}

/// The answer to a request for the sums of flows.
final class FlowAggregate: ControllerJob {
    private let header: OFHeader
    private var cursor: RuleCursor
    private var sum = AggregateStats(packets: 0, bytes: 0, flows: 0)

    init(_ header: OFHeader, _ wanted: FlowModSelection.Wanted, _ bridge: Bridge) {
        self.header = header
        cursor = RuleCursor(wanted, bridge)
    }

    var isWaiting: Bool { false }

    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool {
        budget -= 1
        let isOver = cursor.next(limit: ControlLimits.summedPerPart) { rule in
            sum.packets &+= rule.stats.packets
            sum.bytes &+= rule.stats.bytes
            sum.flows += 1
        }
        if isOver { connection.reply(.aggregateStatsReply(sum), to: header) }
        return isOver
    }
}

/// A multipart answer, made a part a turn.
final class MultipartDump: ControllerJob {
    /// Encodes element `index`; answers a message that was full before.
    typealias Element = (_ index: Int, _ now: Int64, inout MultipartWriter) -> [UInt8]?
    private var writer: MultipartWriter
    private let count: Int
    private let element: Element
    private var next = 0

    /// Throws `brcBadStat` if the version has no such answer.
    init(_ header: OFHeader, _ kind: MessageKind, count: Int, element: @escaping Element) throws(OFError) {
        var header = header
        header.more = false
        guard let writer = MultipartWriter(header: header, kind: kind) else { throw .brcBadStat }
        self.writer = writer
        self.count = count
        self.element = element
    }

    var isWaiting: Bool { false }

    func run(_ connection: OFConnection, budget: inout Int, now: Int64) -> Bool {
        budget -= 1
        let end = min(next + ControlLimits.elementsPerPart, count)
        while next < end {
            if let message = element(next, now, &writer) { connection.send(bytes: message) }
            next += 1
        }
        guard next == count else { return false }
        connection.send(bytes: writer.finish())
        return true
    }
}

extension Rule {
    /// Writes what statistics say of the flow, but for its actions. `isFirst` false: `result` was written for a flow of the same subtable.
    func write(to result: inout FlowStats, isFirst: Bool, now: Int64) {
        subtable?.load(slot, into: &result.flow.match, isFirst: isFirst)
        result.flow.match.tunMetadata = tunMetadata
        describe(&result.flow)
        result.duration = nanoseconds(from: stats.created, to: now)
        result.idleAge = seconds(now - stats.used)
        result.hardAge = seconds(now - modified)
        result.packets = stats.packets
        result.bytes = stats.bytes
    }

    private func seconds(_ milliseconds: Int64) -> UInt16 { UInt16(clamping: milliseconds / 1000) }
}

extension FlowRemoved {
    var message: FlowRemovedMessage {
        FlowRemovedMessage(match: flow.match, cookie: flow.cookie, priority: flow.priority, reason: reason, table: flow.table,
            duration: nanoseconds(from: stats.created, to: now), idleTimeout: flow.idleTimeout, hardTimeout: flow.hardTimeout,
            packets: stats.packets, bytes: stats.bytes)
    }
}
