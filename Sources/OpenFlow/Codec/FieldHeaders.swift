import Flow
import Wire

// Single fields in NXM and OXM form: a header, for class 0xffff with an experimenter's number behind it, a value, and perhaps a mask as long as the value.

/// What an NXM or OXM header says.
struct FieldEntryHeader {
    /// nil: unknown, or the cookie.
    var field: Field?
    /// The number is a known field's, but the length is not.
    var hasOtherLength = false
    /// NXM_NX_COOKIE or NXM_NX_COOKIE_W: not a field, but understood in some places.
    var isCookie = false
    /// The port number has OpenFlow 1.1's 32 bits.
    var isPort32 = false
    var hasMask: Bool
    /// Bytes behind the header.
    var payload: Int
    /// Bytes of the value.
    var bytes: Int { hasMask ? payload / 2 : payload }
}

/// A field's value with its mask as they were sent, checked against each other but not against the field.
struct FieldEntry {
    var header: FieldEntryHeader
    var value: UInt128
    /// All ones where none was sent.
    var mask: UInt128
}

extension ByteReader {
    /// Takes a header. `bmcBadLen` if it is cut off. A field tun_metadataN may have any length up to 127 bytes, as OVS has it.
    mutating func fieldHeader() throws(OFError) -> FieldEntryHeader {
        try need(4, .bmcBadLen)
        let word = try u32()
        let oxmClass = UInt16(word >> 16), number = UInt8(word >> 9 & 0x7f)
        var header = FieldEntryHeader(hasMask: word >> 8 & 1 != 0, payload: Int(word & 0xff))
        var experimenter: UInt32 = 0
        if oxmClass == 0xffff {
            try need(4, .bmcBadLen)
            experimenter = try u32()
            header.payload -= 4
            guard header.payload >= 0 else { throw .bmcBadLen }
        }
        let known = Field.withHeader(oxmClass: oxmClass, experimenter: experimenter, number: number)
        if let known, known.bytes == header.bytes || known.field.isTunMetadata && header.bytes < 128 {
            header.field = known.field
            header.isPort32 = known.field == .actsetOutput || known.field == .inPort && known.bytes == 4
        } else if oxmClass == 1 {
            header.isCookie = number == cookieNumber && header.payload == (header.hasMask ? 16 : 8)
        }
        // OVS looks known numbers up with the lengths' upper bit.
        header.hasOtherLength = known != nil && header.field == nil && (1..<128).contains(header.bytes + (oxmClass == 0xffff ? 4 : 0))
        return header
    }

    /// Takes a header without a mask, as actions name fields; nil for a field that is not known.
    mutating func fieldName() throws(OFError) -> FieldEntryHeader {
        let header = try fieldHeader()
        guard header.field != nil else { throw .bmcBadField }
        guard !header.hasMask else { throw .bmcBadMask }
        return header
    }

    /// Takes the header of a field that an action writes: `bacBadSetType` or `bacBadSetLen` for an unknown one.
    mutating func writtenField() throws(OFError) -> (field: Field, header: FieldEntryHeader) {
        let header = try fieldHeader()
        guard let field = header.field else { throw header.hasOtherLength ? .bacBadSetLen : .bacBadSetType }
        return (field, header)
    }

    /// Takes a field with its value. An unknown one is no error here: its bytes are taken. `masks` false: `bmcBadMask` for a mask.
    mutating func fieldEntry(masks: Bool = true) throws(OFError) -> FieldEntry { try fieldEntry(try fieldHeader(), masks: masks) }

    /// As `fieldEntry`, behind its header.
    mutating func fieldEntry(_ header: FieldEntryHeader, masks: Bool = true) throws(OFError) -> FieldEntry {
        try need(header.payload, .bmcBadLen)
        let width = header.bytes
        if header.hasMask {
            for index in position..<position &+ width where bytes[index] & ~bytes[index &+ width] != 0 { throw .bmcBadWildcards }
        }
        var entry = FieldEntry(header: header, value: 0, mask: .max)
        if header.field != nil || header.isCookie {
            entry.value = try number(width)
            if header.hasMask { entry.mask = try number(width) }
            try skip(header.payload - (header.hasMask ? width * 2 : width))
        } else {
            try skip(header.payload)
        }
        guard masks || !header.hasMask else { throw .bmcBadMask }
        return entry
    }

    /// A port number of OpenFlow 1.1 and later in OpenFlow 1.0's space. `error`: it has none.
    public mutating func port32(_ error: OFError = .bacBadOutPort) throws(OFError) -> OFPort {
        guard let port = OFPort(number32: try u32()) else { throw error }
        return port
    }
}

extension ByteWriter {
    /// A header with the field's preferred form in `version` (0: NXM). `bytes` overrides the value's size. Nothing for a field without any.
    mutating func fieldHeader(_ header: FieldHeaderBits, masked: Bool) {
        let isExperimenter = header.oxmClass == 0xffff
        let length = Int(header.bytes) * (masked ? 2 : 1) + (isExperimenter ? 4 : 0)
        u16(header.oxmClass)
        u8(header.number << 1 | (masked ? 1 : 0))
        u8(UInt8(length))
        if isExperimenter { u32(header.experimenter) }
    }

    /// A field's name alone.
    mutating func fieldName(_ field: Field, version: UInt8) {
        guard let header = field.header(version: version) else { return }
        fieldHeader(header, masked: false)
    }

    /// A field with its value, and its mask unless that is nil.
    mutating func fieldEntry(_ field: Field, version: UInt8, value: UInt128, mask: UInt128?) {
        guard let header = field.header(version: version) else { return }
        fieldHeader(header, masked: mask != nil)
        if field.isPort32(bytes: Int(header.bytes)) {
            u32(OFPort(UInt16(truncatingIfNeeded: value)).number32)
        } else {
            number(value, Int(header.bytes))
        }
        if let mask { number(mask, Int(header.bytes)) }
    }

    /// A port number as OpenFlow 1.1 and later has it.
    public mutating func port32(_ port: OFPort) { u32(port.number32) }
}

extension OFPort {
    /// From OpenFlow 1.1's 32-bit space, where reserved ports stand at the end; nil for what is neither an ordinary port nor one of those.
    public init?(number32: UInt32) {
        guard number32 < 0xff00 || number32 >= 0xffff_ff00 else { return nil }
        self.init(UInt16(truncatingIfNeeded: number32))
    }

    public var number32: UInt32 { number < 0xff00 ? UInt32(number) : UInt32(number) | 0xffff_0000 }
}

/// NXM_NX_COOKIE's number in class 1.
let cookieNumber: UInt8 = 30

extension Field {
    /// True if `mask` may select bits of the field: OpenFlow masks some fields as a whole only. `bytes`: of the value as it was sent.
    func allows(mask: UInt128, bytes: Int) -> Bool {
        if isMaskable || mask == 0 { return true }
        let all: UInt128 = bytes >= 16 ? .max : 1 << UInt128(bytes * 8) - 1
        return mask & all == all
    }

    /// True if the value, `bytes` long, is a port number in OpenFlow 1.1's space.
    func isPort32(bytes: Int) -> Bool { bytes == 4 && (self == .inPort || self == .actsetOutput) }

    /// True if some packet's field could have this value.
    func allows(value: UInt128, isPort32: Bool) -> Bool {
        if isPort32 { return OFPort(number32: UInt32(truncatingIfNeeded: value)) != nil }
        switch self {
        case .nshTTL: return value <= 63
        case .nshMDType: return value == 1 || value == 2
        case .arpOp: return value <= 0xff
        case .tunERSPANIndex, .tunERSPANVersion, .tunERSPANDirection, .tunERSPANHardwareID: return true
        default: return value & ~place.ones == 0
        }
    }
}
