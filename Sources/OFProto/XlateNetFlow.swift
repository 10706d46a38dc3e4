import Flow
import OpenFlow
import Wire

extension Translator {
    /// Packets of the IPv4 connection that this one belongs to are told of, if the bridge that they come into does so.
    func noteNetFlow() {
        guard packetLine.recircID == 0, packetLine.dlType == XlateTypes.ipv4, failure == nil,
            let exporter = ofproto.port(ODPPort(packetLine.inPort))?.bridge.netFlowExporter
        else { return }
        wildcards.key.l0.nwProto = .max
        wildcards.key.l0.nwSrc = .ones
        wildcards.key.l0.nwDst = .ones
        wildcards.key.l0.nwTOS |= TOS.dscp
        let hasPorts = packetLine.nwFrag & FragmentBits.later == 0
        if hasPorts {
            wildcards.key.l0.tpSrc = .ones
            wildcards.key.l0.tpDst = .ones
        }
        let key = NetFlowRecord.Key(
            inPort: UInt16(truncatingIfNeeded: base.key.l0.inPort), source: packetLine.nwSrc, destination: packetLine.nwDst, proto: packetLine.nwProto,
            tos: packetLine.nwTOS & TOS.dscp, sourcePort: hasPorts ? packetLine.tpSrc : .zero, destinationPort: hasPorts ? packetLine.tpDst : .zero)
        if let record = exporter.record(key, now: now) { credit(.netFlow(record, output: netFlowOutput)) }
    }
}

enum TOS {
    /// The upper six bits (RFC 2474).
    static let dscp: UInt8 = 0xfc
}
