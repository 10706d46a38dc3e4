import Datapath
import OpenFlow
import Wire

/// The queues of ports that have a policer with queues. Others have only the one that has no number: a request for all of them finds none.
extension Bridge {
    /// OFPMP_QUEUE_STATS.
    /// - Parameters:
    ///   - wanted: `OFPort.none`: all ports.
    ///   - queue: OFPQ_ALL, all ones: all of them.
    func queueStatistics(_ wanted: OFPort, _ queue: UInt32, _ version: OFVersion, now: Int64) throws(OFError) -> [QueueStatistics] {
        try queues(wanted == .all && version == .v10 ? .none : wanted, queue).map { port, stats in
            var result = QueueStatistics(port: port.number, queue: stats.queue)
            (result.txPackets, result.txBytes, result.txErrors) = (stats.packets, stats.bytes, stats.errors)
            result.duration = nanoseconds(from: stats.created, to: now)
            return result
        }
    }

    /// OFPT_QUEUE_GET_CONFIG, OFPMP_QUEUE_DESC. No queue has a rate of the kind that OpenFlow knows, in parts of the link's.
    /// - Parameter queue: nil, or OFPQ_ALL: all of them.
    func queueDescriptions(_ wanted: OFPort, _ queue: UInt32?) throws(OFError) -> [QueueDescription] {
        try queues(wanted, queue ?? .max).map { QueueDescription(port: $0.number, queue: $1.queue) }
    }

    private func queues(_ wanted: OFPort, _ queue: UInt32) throws(OFError) -> [(BridgePort, DPQueueStats)] {
        let ports: [BridgePort]
        if wanted == .none {
            ports = self.ports
        } else {
            guard let port = port(wanted) else { throw .qofcBadPort }
            ports = [port]
        }
        let all = ports.flatMap { port in (port.odpPort.map(ofproto.dpif.queueStats) ?? []).map { (port, $0) } }
        guard queue != .max else { return all }
        let found = all.filter { $1.queue == queue }
        guard !found.isEmpty else { throw .qofcBadQueue }
        return found
    }
}
