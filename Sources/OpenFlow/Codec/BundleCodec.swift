extension BundleControl {
    init(_ reader: inout ByteReader) throws(OFError) {
        let id = try reader.u32(), kind = try reader.u16(), flags = Flags(rawValue: try reader.u16())
        guard let kind = Kind(rawValue: kind) else { throw .bfcBadType }
        self.init(id: id, kind: kind, flags: flags)
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u32(id)
        writer.u16(kind.rawValue)
        writer.u16(flags.rawValue)
    }
}

/// A message within a message.
private enum Inner {
    static let versionOffset = 0
    static let lengthOffset = 2
    static let xidOffset = 4

    /// A reader of the message that `reader` starts with.
    static func take(_ reader: inout ByteReader) throws(OFError) -> ByteReader {
        try reader.need(MessageHeader.length, .bfcMsgBadLen)
        let length = Int(try reader.peek16(lengthOffset))
        guard length >= MessageHeader.length, length <= reader.count else { throw .bfcMsgBadLen }
        return try reader.part(length)
    }
}

extension BundleAdd {
    /// What may be added (OpenFlow 1.4.1, section 6.8, and what OVS allows beyond it).
    static let kinds: Set<MessageKind> = [.portMod, .flowMod, .groupMod, .packetOut]

    /// `xid`: the message's own, which the added one must share.
    init(_ reader: inout ByteReader, xid: UInt32, _ context: CodecContext, _ forms: inout FlowModForms) throws(OFError) {
        let id = try reader.u32()
        try reader.skip(2)
        let flags = BundleControl.Flags(rawValue: try reader.u16())
        try reader.need(MessageHeader.length, .bfcMsgBadLen)
        var ahead = reader
        guard try ahead.u8() == context.version.rawValue else { throw .bfcBadVersion }
        let inner = try Inner.take(&reader)
        try ahead.skip(Inner.xidOffset - 1)
        guard try ahead.u32() == xid else { throw .bfcMsgBadXID }
        let content: Content = switch try OFPacket.decode(inner, kinds: Self.kinds, hasTableIDs: context.hasTableIDs, &forms) {
        case .success(let packet): .message(packet)
        case .failure(let error): .refused(error)
        }
        self.init(id: id, flags: flags, content: content, bytes: inner.left)
    }

    /// Understands again what was added by the message `bytes`, where `place` was that of `bytes` of the former understanding. Throws `bfcMsgUnsup` for bytes that were
    /// none of an addition.
    public static func content(_ bytes: [UInt8], at place: Range<Int>, _ forms: inout FlowModForms) throws(OFError) -> Result<OFPacket, OFError> {
        guard bytes.indices.contains(place.lowerBound), place.upperBound <= bytes.count else { throw .bfcMsgUnsup }
        return try OFPacket.decode(ByteReader(bytes, place.lowerBound, place.upperBound), kinds: kinds, hasTableIDs: false, &forms)
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u32(id)
        writer.zeros(2)
        writer.u16(flags.rawValue)
        if bytes.isEmpty, case .message(let packet) = content { writer.put(packet.encoded()) } else { writer.put(bytes) }
    }
}

extension RequestForward {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let bytes = Array(try Inner.take(&reader).left)
        guard bytes[Inner.versionOffset] == context.version.rawValue else { throw .brcBadVersion }
        switch OFPacket.decode(bytes) {
        case .failure(let failure): throw failure.error
        case .success(let packet):
            switch packet.message {
            case .groupMod(let mod): self.init(.groupMod(mod), xid: packet.header.xid)
            case .meterMod(let mod): self.init(.meterMod(mod), xid: packet.header.xid)
            default: throw .bfcMsgUnsup
            }
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let message: OFMessage = switch request {
        case .groupMod(let mod): .groupMod(mod)
        case .meterMod(let mod): .meterMod(mod)
        }
        writer.put(OFPacket(OFHeader(context.version, xid: xid), message).encoded())
    }
}
