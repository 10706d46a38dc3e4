/// Why a message could not be understood, and what an answer needs.
public struct OFDecodeError: Error, Hashable, Sendable {
    public var error: OFError
    /// The message's version; the highest known one for a hello of a later version.
    public var version: OFVersion
    public var xid: UInt32
    public init(_ error: OFError, version: OFVersion, xid: UInt32) { (self.error, self.version, self.xid) = (error, version, xid) }

    /// The error message that answers `bytes`.
    public func reply(to bytes: [UInt8]) -> OFPacket {
        OFPacket(OFHeader(version, xid: xid), .error(ErrorMessage(error, data: bytes)))
    }
}

extension OFPacket {
    /// Understands one whole message. Total: whatever `bytes` are, the answer is a message or OVS's error for it. `hasTableIDs`: the
    /// connection has enabled NXT_FLOW_MOD_TABLE_ID, so that OpenFlow 1.0's flow mods name tables.
    public static func decode(_ bytes: [UInt8], hasTableIDs: Bool = false) -> Result<OFPacket, OFDecodeError> {
        var version = OFVersion.v10, xid: UInt32 = 0
        do throws(OFError) {
            return .success(try decode(bytes, hasTableIDs, &version, &xid))
        } catch {
            return .failure(OFDecodeError(error, version: version, xid: xid))
        }
    }

    /// What kind of message it is, if its headers and its length are those of one.
    static func kind(of bytes: [UInt8]) -> MessageKind? {
        var version = OFVersion.v10, xid: UInt32 = 0, more = false, reader = ByteReader(bytes)
        return try? recognize(&reader, &version, &xid, &more).kind
    }

    /// Reads the headers.
    private static func recognize(
        _ reader: inout ByteReader, _ version: inout OFVersion, _ xid: inout UInt32, _ more: inout Bool
    ) throws(OFError) -> MessageRow {
        let count = reader.count
        try reader.need(MessageHeader.length)
        let number = try reader.u8(), type = try reader.u8(), length = Int(try reader.u16())
        xid = try reader.u32()
        guard let known = knownVersion(number, isHello: type == 0) else { throw .brcBadVersion }
        version = known
        guard length == count else { throw .brcBadLen }
        let name = try MessageHeader.number(&reader, type, version, more: &more)
        guard let row = messageIndex.row(name, version) else { throw MessageHeader.unknown(name) }
        guard row.allows(length, version) else { throw .brcBadLen }
        return row
    }

    private static func decode(
        _ bytes: [UInt8], _ hasTableIDs: Bool, _ version: inout OFVersion, _ xid: inout UInt32
    ) throws(OFError) -> OFPacket {
        var reader = ByteReader(bytes), more = false
        let row = try recognize(&reader, &version, &xid, &more)
        let context = CodecContext(version: version, form: row.form, hasTableIDs: hasTableIDs)
        let message: OFMessage = switch row.kind {
        case .hello: .hello(Hello(&reader, bytes[0]))
        case .bundleAdd: .bundleAdd(try BundleAdd(&reader, xid: xid, context))
        default: try OFMessage(&reader, row.kind, context)
        }
        var header = OFHeader(version, xid: xid, form: row.form, more: more)
        header.hasTableIDs = hasTableIDs
        return OFPacket(header, message)
    }

    /// A hello may come from whoever speaks later versions as well.
    private static func knownVersion(_ number: UInt8, isHello: Bool) -> OFVersion? {
        OFVersion(rawValue: number) ?? (isHello && number > OFVersion.v15.rawValue ? .v15 : nil)
    }
}
