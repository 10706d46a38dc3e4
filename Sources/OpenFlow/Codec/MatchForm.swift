import Flow
import Wire

/// How a match was written last: matches that ask for the same fields differ in the values alone, which are then written over the same bytes.
struct MatchForm {
    /// What decides on the fields that are written and on their order, beside the mask.
    private struct Shape: Equatable {
        let packetType: BE32
        let etherType: BE16
        let hasTag: Bool
        let nwProto: UInt8
        /// The type of ICMPv6.
        let icmpType: BE16
        let ctNWProto: UInt8

        init(_ key: FlowKey) {
            packetType = key.l3.packetType
            etherType = key.l0.dlType
            hasTag = key.l0.vlanTCI.host & (VLANTCI.vidMask | VLANTCI.present) != 0
            nwProto = key.l0.nwProto
            icmpType = nwProto == IPProtocol.icmpv6 ? key.l0.tpSrc : .zero
            ctNWProto = key.l0.ctNWProto
        }
    }
    private var mask = FlowMask()
    private var shape = Shape(FlowKey())
    private var bytes: [UInt8] = []
    private var version = OFVersion.v10
    private var places: [FieldEntryPlace] = []

    /// Writes the match as `Match.encodeOXM` does.
    mutating func encodeOXM(_ match: Match, _ writer: inout ByteWriter, _ version: OFVersion) {
        let start = writer.count
        if !bytes.isEmpty, match.tunMetadata.isEmpty, version == self.version, shape == Shape(match.key), mask == match.mask {
            writer.put(bytes)
            for place in places { writer.write(match.key, at: start, place) }
            return
        }
        let written = match.placeOXM(&writer, version)
        // The addresses of tunnels are written as what they are, IPv4's or IPv6's; tun_metadata fields are not among the places.
        guard linesEqual(match.mask[line: 2], .zero), match.tunMetadata.isEmpty else { return }
        (mask, shape, self.version, places) = (match.mask, Shape(match.key), version, written)
        bytes = Array(writer.bytes[start...])
    }
}

/// Where a field's value is in a match that was written.
struct FieldEntryPlace {
    let field: Field
    /// From the first byte of the fields.
    var offset: Int
    let bytes: Int
}

extension ByteWriter {
    fileprivate mutating func write(_ key: FlowKey, at start: Int, _ place: FieldEntryPlace) {
        let value = key.value(of: place.field)
        set(place.field.isPort32(bytes: place.bytes) ? UInt128(OFPort(UInt16(truncatingIfNeeded: value)).number32) : value, place.bytes, at: start + place.offset)
    }
}
