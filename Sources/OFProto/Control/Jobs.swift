import OpenFlow

/// The answer to a barrier request: it leaves when no packet can any more be forwarded by what stood before it.
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
    /// What statistics say of the flow.
    func flowStats(now: Int64) -> FlowStats {
        FlowStats(flow: flowMod, duration: nanoseconds(from: stats.created, to: now), idleAge: seconds(now - stats.used), hardAge: seconds(now - modified),
            packets: stats.packets, bytes: stats.bytes)
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
