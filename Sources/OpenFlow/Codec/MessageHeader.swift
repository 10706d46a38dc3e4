/// The headers of a message: OpenFlow's (version, type, length, transaction) and those that vendor and multipart messages have behind it.
enum MessageHeader {
    static let length = 8
    private static let vendorType: UInt8 = 4
    private static let vendorMultipart: UInt16 = 0xffff
    /// OFPMPF_REQ_MORE, OFPMPF_REPLY_MORE.
    static let more: UInt16 = 1
    /// Where a multipart message's flags are.
    static let flagsOffset = 10

    /// The type of multipart requests; replies have the next one.
    static func multipartType(_ version: OFVersion) -> UInt8 { version == .v10 ? 16 : 18 }

    /// Reads the headers.
    static func number(_ reader: inout ByteReader, _ type: UInt8, _ version: OFVersion, more: inout Bool) throws(OFError) -> MessageNumber {
        if type == vendorType {
            try reader.need(8)
            return .vendor(try vendor(&reader, allowsONF: true), try reader.u32())
        }
        let request = multipartType(version)
        guard type == request || type == request + 1 else { return .type(type) }
        try reader.need(version == .v10 ? 4 : 8)
        let multipart = try reader.u16()
        more = try reader.u16() & Self.more != 0
        if version != .v10 { try reader.skip(4) }
        guard multipart == vendorMultipart else { return .multipart(multipart, reply: type != request) }
        try reader.need(4)
        let vendor = try vendor(&reader, allowsONF: version != .v10)
        let subtype = try reader.u32()
        if version == .v10 { try reader.skip(4) }
        return .vendorMultipart(vendor, subtype, reply: type != request)
    }

    private static func vendor(_ reader: inout ByteReader, allowsONF: Bool) throws(OFError) -> UInt32 {
        let vendor = try reader.u32()
        guard vendor == Vendor.nicira || allowsONF && vendor == Vendor.onf else { throw .brcBadVendor }
        return vendor
    }

    /// What an unknown number is an error of.
    static func unknown(_ number: MessageNumber) -> OFError {
        switch number {
        case .type: .brcBadType
        case .multipart: .brcBadStat
        case .vendor, .vendorMultipart: .brcBadSubtype
        }
    }

    /// Writes the headers with a length of 0.
    static func write(_ writer: inout ByteWriter, _ number: MessageNumber, _ header: OFHeader) {
        writer.u8(header.version.rawValue)
        switch number {
        case .type(let type): writer.u8(type)
        case .vendor: writer.u8(vendorType)
        case .multipart(_, let reply), .vendorMultipart(_, _, let reply): writer.u8(multipartType(header.version) + (reply ? 1 : 0))
        }
        writer.u16(0)
        writer.u32(header.xid)
        switch number {
        case .type: break
        case .vendor(let vendor, let subtype):
            writer.u32(vendor)
            writer.u32(subtype)
        case .multipart(let type, _): writeMultipart(&writer, type, header)
        case .vendorMultipart(let vendor, let subtype, _):
            writeMultipart(&writer, vendorMultipart, header)
            writer.u32(vendor)
            writer.u32(subtype)
            if header.version == .v10 { writer.zeros(4) }
        }
    }

    private static func writeMultipart(_ writer: inout ByteWriter, _ type: UInt16, _ header: OFHeader) {
        writer.u16(type)
        writer.u16(header.more ? more : 0)
        if header.version != .v10 { writer.zeros(4) }
    }
}

extension OFHeader {
    /// The transaction that a whole message names.
    public static func xid(of bytes: [UInt8]) -> UInt32 { bytes[4..<8].reduce(0) { $0 << 8 | UInt32($1) } }
}
