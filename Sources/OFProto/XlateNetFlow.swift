import Flow
import OpenFlow
import Wire

extension Translator {
    /// Packets of the IPv4 connection that this one belongs to are told of, if the bridge that they come into does so.
    func noteNetFlow() {
        guard let exporter = ofproto.port(ODPPort(packetLine.inPort))?.bridge.netFlowExporter, isOfNetFlow else { return }
        consultNetFlow()
        let hasPorts = packetLine.nwFrag & FragmentBits.later == 0
        let key = NetFlowRecord.Key(
            inPort: UInt16(truncatingIfNeeded: base.key.l0.inPort), source: packetLine.nwSrc, destination: packetLine.nwDst, proto: packetLine.nwProto,
            tos: packetLine.nwTOS & TOS.dscp, sourcePort: hasPorts ? packetLine.tpSrc : .zero, destinationPort: hasPorts ? packetLine.tpDst : .zero)
        if let record = exporter.record(key, now: now) { credit(.netFlow(record, output: netFlowOutput)) }
    }

    /// A packet of a connection that may be told of.
    var isOfNetFlow: Bool { packetLine.recircID == 0 && packetLine.dlType == XlateTypes.ipv4 && failure == nil }

    /// What tells connections apart becomes part of the megaflow.
    func consultNetFlow() {
        wildcards.key.l0.nwProto = .max
        wildcards.key.l0.nwSrc = .ones
        wildcards.key.l0.nwDst = .ones
        wildcards.key.l0.nwTOS |= TOS.dscp
        guard packetLine.nwFrag & FragmentBits.later == 0 else { return }
        wildcards.key.l0.tpSrc = .ones
        wildcards.key.l0.tpDst = .ones
    }
}

enum TOS {
    /// The upper six bits (RFC 2474).
    static let dscp: UInt8 = 0xfc
}
