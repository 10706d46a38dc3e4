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
    /// connection has enabled NXT_FLOW_MOD_TABLE_ID, so that OpenFlow 1.0's flow mods name tables. `isFromController`: what only switches say is `brcBadType`,
    /// whatever is in it.
    public static func decode(_ bytes: [UInt8], hasTableIDs: Bool = false, isFromController: Bool = false) -> Result<OFPacket, OFDecodeError> {
        var forms = FlowModForms()
        return decode(bytes, hasTableIDs: hasTableIDs, isFromController: isFromController, &forms)
    }

    /// As `decode` without `forms`: they are of the flow mods before, in the same stream of messages.
    public static func decode(
        _ bytes: [UInt8], hasTableIDs: Bool, isFromController: Bool, _ forms: inout FlowModForms
    ) -> Result<OFPacket, OFDecodeError> {
        var start = MessageStart(), reader = ByteReader(bytes)
        do throws(OFError) {
            let row = try recognize(&reader, &start)
            guard !isFromController || !row.kind.isOfSwitches else { throw .brcBadType }
            return .success(try decode(&reader, row, start, hasTableIDs, &forms))
        } catch {
            return .failure(OFDecodeError(error, version: start.version, xid: start.xid))
        }
    }

    /// Understands a message that lies within another one. Throws `bfcMsgUnsup` if it is not of one of `kinds`; what else may be wrong with it is in the result.
    static func decode(
        _ reader: ByteReader, kinds: Set<MessageKind>, hasTableIDs: Bool, _ forms: inout FlowModForms
    ) throws(OFError) -> Result<OFPacket, OFError> {
        var start = MessageStart(), reader = reader
        // Before anything is read behind the headers: no message is within one that is within another.
        guard let row = try? recognize(&reader, &start), kinds.contains(row.kind) else { throw .bfcMsgUnsup }
        do throws(OFError) {
            return .success(try decode(&reader, row, start, hasTableIDs, &forms))
        } catch {
            return .failure(error)
        }
    }

    /// What kind of message it is, if its headers and its length are those of one.
    public static func kind(of bytes: [UInt8]) -> MessageKind? {
        var start = MessageStart(), reader = ByteReader(bytes)
        return try? recognize(&reader, &start).kind
    }

    /// What the headers say besides what kind of message it is.
    fileprivate struct MessageStart {
        var version = OFVersion.v10
        var xid: UInt32 = 0
        var more = false
    }

    /// Reads the headers.
    fileprivate static func recognize(_ reader: inout ByteReader, _ start: inout MessageStart) throws(OFError) -> MessageRow {
        let count = reader.count
        try reader.need(MessageHeader.length)
        let number = try reader.u8(), type = try reader.u8(), length = Int(try reader.u16())
        start.xid = try reader.u32()
        guard let known = knownVersion(number, isHello: type == 0) else { throw .brcBadVersion }
        start.version = known
        guard length == count else { throw .brcBadLen }
        let name = try MessageHeader.number(&reader, type, known, more: &start.more)
        guard let row = messageIndex.row(name, known) else { throw MessageHeader.unknown(name) }
        guard row.allows(length, known) else { throw .brcBadLen }
        return row
    }

    /// Reads what stands behind the headers.
    private static func decode(
        _ reader: inout ByteReader, _ row: MessageRow, _ start: MessageStart, _ hasTableIDs: Bool, _ forms: inout FlowModForms
    ) throws(OFError) -> OFPacket {
        let context = CodecContext(version: start.version, form: row.form, hasTableIDs: hasTableIDs)
        let message: OFMessage = switch row.kind {
        case .hello: .hello(Hello(&reader, reader.bytes[0]))
        case .bundleAdd: .bundleAdd(try BundleAdd(&reader, xid: start.xid, context, &forms))
        default: try OFMessage(&reader, row.kind, context, &forms)
        }
        var header = OFHeader(start.version, xid: start.xid, form: row.form, more: start.more)
        header.hasTableIDs = hasTableIDs
        return OFPacket(header, message)
    }

    /// A hello may come from whoever speaks later versions as well.
    private static func knownVersion(_ number: UInt8, isHello: Bool) -> OFVersion? {
        OFVersion(rawValue: number) ?? (isHello && number > OFVersion.v15.rawValue ? .v15 : nil)
    }
}

/// What the headers of a multipart request say: OpenFlow 1.1 and later let one come in several pieces.
public struct OFRequestPiece: Hashable, Sendable {
    public var version: OFVersion
    public var xid: UInt32
    public var kind: MessageKind
    public var form: MessageForm
    /// Another piece follows.
    public var more: Bool
    /// Nothing stands behind the headers.
    public var isEmpty: Bool

    /// nil for other messages, and for what is not even a request by its headers and its length.
    public init?(of bytes: [UInt8]) {
        guard bytes.count > MessageHeader.length, bytes[0] != OFVersion.v10.rawValue, bytes[1] == MessageHeader.multipartType(.v11) else { return nil }
        var start = OFPacket.MessageStart(), reader = ByteReader(bytes)
        guard let row = try? OFPacket.recognize(&reader, &start) else { return nil }
        (version, xid, kind, form, more, isEmpty) = (start.version, start.xid, row.kind, row.form, start.more, reader.isEmpty)
    }
}
