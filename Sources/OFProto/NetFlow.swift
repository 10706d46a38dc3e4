import Flow
import OpenFlow
import Wire

/// The interface that packets leave by, for NetFlow: a port's number or one of these.
enum NetFlowOutput {
    static let flood: UInt16 = 0xffff
    static let several: UInt16 = 0xfffe
    static let drop: UInt16 = 0xfffd

    /// What an output, and one before it, come to.
    static func combine(_ before: UInt16, _ now: UInt16) -> UInt16 {
        if before == flood || now == flood { return flood }
        if now == drop { return before }
        return before == drop ? now : several
    }
}

/// One connection's packets that no collector was told of yet. Megaflows hold it by a `Credit`.
final class NetFlowRecord {
    struct Key: Hashable {
        var inPort: UInt16
        var source: BE32
        var destination: BE32
        var proto: UInt8
        var tos: UInt8
        /// ICMP's type and code stand here as in a flow key.
        var sourcePort: BE16
        var destinationPort: BE16
    }
    let key: Key
    private(set) weak var exporter: NetFlowExporter?
    fileprivate(set) var output = NetFlowOutput.drop
    fileprivate(set) var packets: UInt64 = 0
    fileprivate(set) var bytes: UInt64 = 0
    fileprivate(set) var tcpFlags: UInt8 = 0
    fileprivate(set) var began: Int64
    fileprivate(set) var used: Int64
    /// When a collector was told last; at first, when the connection began.
    fileprivate(set) var told: Int64

    fileprivate init(_ key: Key, exporter: NetFlowExporter, now: Int64) {
        self.key = key
        self.exporter = exporter
        (began, used, told) = (now, now, now)
    }

    func credit(packets: UInt64, bytes: UInt64, used: Int64, tcpFlags: UInt16, output: UInt16) {
        exporter?.credit(self, packets: packets, bytes: bytes, used: used, tcpFlags: UInt8(truncatingIfNeeded: tcpFlags), output: output)
    }

    /// A megaflow that counted for it is gone.
    func end(now: Int64) { exporter?.end(self, now: now) }
}

/// A bridge's NetFlow exporter. Owner: its bridge.
///
/// A record is told of when its megaflow goes, and every `activeTimeout` while it stays. Records make datagrams of at most 30, sent at the end of a turn.
final class NetFlowExporter {
    let config: NetFlowConfig
    private let booted: Int64
    private var records: [NetFlowRecord.Key: NetFlowRecord] = [:]
    /// What the next datagrams will tell.
    private var pending: [Told] = []
    /// The number of records that were sent so far.
    private var sequence: UInt32 = 0
    private var nextCheck: Int64

    /// A record as it is told.
    private struct Told {
        var key: NetFlowRecord.Key
        var output: UInt16
        var packets: UInt32
        var bytes: UInt32
        var tcpFlags: UInt8
        /// Milliseconds since the exporter's start.
        var began: UInt32
        var used: UInt32
    }

    private static let recordsPerDatagram = 30
    /// Connections at a time; further ones are not told of.
    private static let limit = 65_536
    /// Milliseconds between two looks for connections that have not been told of for long.
    private static let checkInterval: Int64 = 1_000

    init(_ config: NetFlowConfig, now: Int64) {
        self.config = config
        booted = now
        nextCheck = now + Self.checkInterval
    }

    /// The record of an IPv4 packet's connection; nil when there are too many.
    func record(_ key: NetFlowRecord.Key, now: Int64) -> NetFlowRecord? {
        if let record = records[key] { return record }
        guard records.count < Self.limit else { return nil }
        let record = NetFlowRecord(key, exporter: self, now: now)
        records[key] = record
        return record
    }

    fileprivate func credit(_ record: NetFlowRecord, packets: UInt64, bytes: UInt64, used: Int64, tcpFlags: UInt8, output: UInt16) {
        // One that was forgotten for being idle comes again.
        if records[record.key] == nil, records.count < Self.limit { records[record.key] = record }
        if record.packets == 0 { record.began = used }
        // A connection that goes another way is told of as two.
        if record.packets > 0, record.output != output {
            tell(record, now: used)
            record.began = used
        }
        record.output = output
        record.packets &+= packets
        record.bytes &+= bytes
        record.tcpFlags |= tcpFlags
        record.used = max(record.used, used)
    }

    fileprivate func end(_ record: NetFlowRecord, now: Int64) {
        tell(record, now: now)
        records[record.key] = nil
    }

    /// When `run` is to be called at the latest.
    var nextDeadline: Int64? { !pending.isEmpty ? 0 : records.isEmpty || config.activeTimeout == 0 ? nil : nextCheck }

    /// Tells of what is due. Returns the datagrams to be sent.
    /// - Parameter epoch: the Unix time, in milliseconds, at which the clock of `now` was 0.
    func run(now: Int64, epoch: Int64) -> [[UInt8]] {
        if now >= nextCheck, config.activeTimeout > 0 {
            nextCheck = now + Self.checkInterval
            for record in records.values where record.told + config.activeTimeout * 1_000 < now {
                let isIdle = record.used < record.told
                tell(record, now: now)
                if isIdle { records[record.key] = nil }
            }
        }
        var datagrams: [[UInt8]] = []
        for start in stride(from: 0, to: pending.count, by: Self.recordsPerDatagram) {
            datagrams.append(datagram(pending[start..<min(start + Self.recordsPerDatagram, pending.count)], now: now, epoch: epoch))
        }
        pending.removeAll(keepingCapacity: true)
        return datagrams
    }

    private func tell(_ record: NetFlowRecord, now: Int64) {
        record.told = now
        while record.packets > 0 {
            // The counters have 32 bits: more is told in several records.
            let packets = min(record.packets, UInt64(UInt32.max)), bytes = min(record.bytes, UInt64(UInt32.max))
            pending.append(Told(
                key: record.key, output: record.output, packets: UInt32(packets), bytes: UInt32(bytes), tcpFlags: record.tcpFlags,
                began: UInt32(truncatingIfNeeded: record.began - booted), used: UInt32(truncatingIfNeeded: record.used - booted)))
            record.packets -= packets
            record.bytes -= bytes
            if record.packets == 0, record.bytes > 0 { record.packets = 1 }
        }
        (record.bytes, record.tcpFlags) = (0, 0)
    }

    // MARK: Format (Cisco, "NetFlow Export Datagram Format", version 5)

    /// The sequence number counts the records before it.
    private func datagram(_ records: ArraySlice<Told>, now: Int64, epoch: Int64) -> [UInt8] {
        var writer = ByteWriter()
        let time = epoch + now
        writer.u16(5)
        writer.u16(UInt16(records.count))
        writer.u32(UInt32(truncatingIfNeeded: now - booted))
        writer.u32(UInt32(truncatingIfNeeded: time / 1_000))
        writer.u32(UInt32(truncatingIfNeeded: time % 1_000 * 1_000_000))
        writer.u32(sequence)
        writer.put([config.engineType, config.engineID, 0, 0])
        for record in records { put(record, &writer) }
        sequence &+= UInt32(records.count)
        return writer.bytes
    }

    private func put(_ record: Told, _ writer: inout ByteWriter) {
        let key = record.key
        var ports = (key.sourcePort.host, key.destinationPort.host)
        if key.proto == IPProtocol.icmp { ports = (0, ports.0 << 8 | ports.1 & 0xff) }
        writer.u32(key.source.host)
        writer.u32(key.destination.host)
        // No next hop.
        writer.zeros(4)
        writer.u16(interface(key.inPort))
        writer.u16(interface(record.output))
        writer.u32(record.packets)
        writer.u32(record.bytes)
        writer.u32(record.began)
        writer.u32(record.used)
        writer.u16(ports.0)
        writer.u16(ports.1)
        writer.put([0, record.tcpFlags, key.proto, key.tos])
        // Autonomous systems and prefix lengths are not known.
        writer.zeros(8)
    }

    private func interface(_ number: UInt16) -> UInt16 {
        config.addsIDToInterface ? UInt16(config.engineID & 0x7f) << 9 | number & 0x1ff : number
    }
}
