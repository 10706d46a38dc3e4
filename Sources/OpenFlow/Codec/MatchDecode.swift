import Flow
import Wire

// Matches in NXM and OXM form: fields one behind the other.

extension Match {
    /// A match of OpenFlow 1.2 and later with its type and length, and the padding to 8 bytes. Not `strict`: unknown fields are passed over
    /// and prerequisites are not asked for. `pipelineOnly`: fields of packet headers are refused (`brcPipelineFieldsOnly`). Without these two, OpenFlow 1.1's
    /// OFPMT_STANDARD is taken as well, as OVS does.
    public static func decodeOXM(_ reader: inout ByteReader, strict: Bool = true, pipelineOnly: Bool = false) throws(OFError) -> Match {
        if strict, !pipelineOnly { return try decode11(&reader) }
        return try decodeFields(&reader, strict: strict, pipelineOnly: pipelineOnly)
    }

    static func decodeFields(_ reader: inout ByteReader, strict: Bool, pipelineOnly: Bool) throws(OFError) -> Match {
        try reader.need(4, .bmcBadLen)
        let type = try reader.u16(), length = Int(try reader.u16())
        guard length >= 4 else { throw .bmcBadLen }
        guard type == 1 else { throw .bmcBadType }
        var fields = try reader.part(length - 4, .bmcBadLen)
        try reader.need(padding(length), .bmcBadLen)
        try reader.skip(padding(length))
        var builder = MatchBuilder(strict: strict, pipelineOnly: pipelineOnly, allowsCookie: false)
        try builder.take(&fields)
        return builder.match
    }

    /// `length` bytes of fields without a header; the padding behind them is the caller's. Not `strict`: unknown fields are passed over and prerequisites
    /// are not asked for. `cookie`: nil unless NXM_NX_COOKIE or NXM_NX_COOKIE_W is among the fields.
    public static func decodeNXM(
        _ reader: inout ByteReader, length: Int, strict: Bool = true, cookie: inout (value: UInt64, mask: UInt64)?
    ) throws(OFError) -> Match {
        var fields = try reader.part(length, .bmcBadLen)
        var builder = MatchBuilder(strict: strict, pipelineOnly: false, allowsCookie: true)
        try builder.take(&fields)
        cookie = builder.cookie
        return builder.match
    }

    /// As `decodeNXM`, where the cookie is not allowed.
    public static func decodeNXM(_ reader: inout ByteReader, length: Int, strict: Bool = true) throws(OFError) -> Match {
        var fields = try reader.part(length, .bmcBadLen)
        var builder = MatchBuilder(strict: strict, pipelineOnly: false, allowsCookie: false)
        try builder.take(&fields)
        return builder.match
    }

    static func padding(_ length: Int) -> Int { (8 - length % 8) % 8 }
}

/// Collects a match field by field.
private struct MatchBuilder {
    let strict: Bool
    let pipelineOnly: Bool
    let allowsCookie: Bool
    var match = Match()
    var cookie: (value: UInt64, mask: UInt64)?
    /// A field has said that packets are Ethernet frames.
    private var impliesEthernet = false

    init(strict: Bool, pipelineOnly: Bool, allowsCookie: Bool) {
        self.strict = strict
        self.pipelineOnly = pipelineOnly
        self.allowsCookie = allowsCookie
    }

    mutating func take(_ reader: inout ByteReader) throws(OFError) {
        while !reader.isEmpty {
            let header = try reader.fieldHeader()
            if let field = header.field, field.isTunMetadata {
                guard match.add(try reader.tunMetadata(field, header)) else { throw .bmcDupField }
                continue
            }
            let entry = try reader.fieldEntry(header)
            if let field = entry.header.field {
                try add(field, entry)
            } else if entry.header.isCookie, allowsCookie {
                try addCookie(entry)
            } else if strict {
                throw .bmcBadField
            }
        }
    }

    private mutating func addCookie(_ entry: FieldEntry) throws(OFError) {
        guard cookie.map({ $0.mask == 0 }) ?? true else { throw .bmcDupField }
        cookie = (UInt64(truncatingIfNeeded: entry.value), UInt64(truncatingIfNeeded: entry.mask))
    }

    private mutating func add(_ field: Field, _ entry: FieldEntry) throws(OFError) {
        guard field.allows(mask: entry.mask, bytes: entry.header.bytes) else { throw .bmcBadMask }
        guard field.allows(value: entry.value, isPort32: entry.header.isPort32) else { throw .bmcBadValue }
        let prerequisite = field.prerequisite
        if strict, prerequisite != .none, !match.key.satisfies(prerequisite, under: match.mask) { throw .bmcBadPrereq }
        guard match.isWild(field), field != .packetType || !impliesEthernet else { throw .bmcDupField }
        guard !pipelineOnly || field.isPipeline else { throw .brcPipelineFieldsOnly }
        if prerequisite != .none { impliesEthernet = true }
        switch field {
        case .packetType where entry.value == 0 && entry.mask != 0:
            // Every packet is an Ethernet frame that does not say otherwise: `Match` has no other form of it.
            impliesEthernet = true
        case .inPort, .actsetOutput:
            match.set(field, to: MaskedValue(value: entry.value & 0xffff, mask: entry.mask == 0 ? 0 : field.widthMask))
        default:
            match.set(field, to: MaskedValue(value: entry.value, mask: entry.mask))
        }
    }
}

extension Field {
    /// True for fields that packet-outs of OpenFlow 1.5 may give: those that are not in the packet's headers.
    var isPipeline: Bool {
        switch self {
        case .tunID, .tunSrc, .tunDst, .tunIPv6Src, .tunIPv6Dst, .tunFlags, .tunGBPID, .tunGBPFlags, .metadata, .inPort,
            .tunERSPANIndex, .tunERSPANVersion, .tunERSPANDirection, .tunERSPANHardwareID, .tunGTPUFlags, .tunGTPUMessageType, .packetType: true
        default: isTunMetadata || (Field.reg0.rawValue...Field.xxreg3.rawValue).contains(rawValue)
        }
    }
}
