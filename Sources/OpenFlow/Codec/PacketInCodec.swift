import Flow
import Wire

extension PacketInMessage.Reason {
    /// OFPR_; a number that is not known is understood as an action's.
    init(wire: UInt8) { self = wire < Self.explicitMiss.rawValue ? Self(rawValue: wire) ?? .action : .action }

    func wire(_ version: OFVersion) -> UInt8 {
        switch self {
        case .noMatch, .action, .invalidTTL: rawValue
        case .actionSet, .group, .packetOut: version < .v14 ? Self.action.rawValue : rawValue
        case .explicitMiss: version < .v13 ? Self.action.rawValue : Self.noMatch.rawValue
        case .implicitMiss: Self.noMatch.rawValue
        }
    }
}

extension Match {
    /// Only in_port.
    init(inPort: OFPort) {
        self.init()
        set(.inPort, to: UInt128(inPort.number))
    }
    var inPort: OFPort { OFPort(UInt16(truncatingIfNeeded: key.l0.inPort)) }
}

extension PacketInMessage {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        switch context.form {
        case .extended2: try self.init(properties: &reader, isStrict: false)
        case .extended: try self.init(nxt: &reader)
        case .standard: try self.init(standard: &reader, context.version)
        }
    }

    private init(_ buffer: UInt32?, _ length: Int, _ reason: UInt8, table: UInt8 = 0, cookie: UInt64 = .max, _ metadata: Match, _ frame: [UInt8]) {
        self.init(frame: frame, totalLength: length, bufferID: buffer, reason: Reason(wire: reason), table: table, cookie: cookie, metadata: metadata)
    }

    private init(standard reader: inout ByteReader, _ version: OFVersion) throws(OFError) {
        let buffer = try reader.optional32()
        if version == .v10 {
            let length = Int(try reader.u16()), port = OFPort(try reader.u16()), reason = try reader.u8()
            try reader.skip(1)
            self.init(buffer, length, reason, Match(inPort: port), reader.rest())
        } else if version == .v11 {
            let port = try reader.port32()
            try reader.skip(4)
            let length = Int(try reader.u16()), reason = try reader.u8(), table = try reader.u8()
            self.init(buffer, length, reason, table: table, Match(inPort: port), reader.rest())
        } else {
            let length = Int(try reader.u16()), reason = try reader.u8(), table = try reader.u8()
            let cookie = version >= .v13 ? try reader.u64() : .max
            let metadata = try Match.decodeOXM(&reader, strict: false)
            try reader.skip(2)
            self.init(buffer, length, reason, table: table, cookie: cookie, metadata, reader.rest())
        }
    }

    private init(nxt reader: inout ByteReader) throws(OFError) {
        let buffer = try reader.optional32(), length = Int(try reader.u16()), reason = try reader.u8(), table = try reader.u8()
        let cookie = try reader.u64(), matchLength = Int(try reader.u16())
        try reader.skip(6)
        let metadata = try Match.decodeNXM(&reader, padded: matchLength, strict: false).0
        try reader.skip(2)
        self.init(buffer, length, reason, table: table, cookie: cookie, metadata, reader.rest())
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        switch context.form {
        case .extended2:
            encodeProperties(&writer, context.version)
            if !userdata.isEmpty { writer.property(PacketInProperty.userdata.rawValue, bytes: userdata) }
        case .extended: encodeNXT(&writer, context.version)
        case .standard: encodeStandard(&writer, context.version)
        }
    }

    private func encodeStandard(_ writer: inout ByteWriter, _ version: OFVersion) {
        writer.u32(bufferID ?? FlowRequest.noBuffer)
        if version == .v11 {
            writer.port32(metadata.inPort)
            writer.port32(metadata.inPort)
        }
        writer.u16(UInt16(clamping: totalLength))
        if version == .v10 { writer.u16(metadata.inPort.number) }
        writer.u8(reason.wire(version))
        writer.u8(version == .v10 ? 0 : table)
        if version >= .v13 { writer.u64(cookie) }
        if version >= .v12 {
            metadata.encodeOXM(&writer, version)
            writer.zeros(2)
        }
        writer.put(frame)
    }

    private func encodeNXT(_ writer: inout ByteWriter, _ version: OFVersion) {
        writer.u32(bufferID ?? FlowRequest.noBuffer)
        writer.u16(UInt16(clamping: totalLength))
        writer.u8(reason.wire(version))
        writer.u8(table)
        writer.u64(cookie)
        let length = writer.count
        writer.zeros(8)
        writer.set16(metadata.encodeNXM(&writer), at: length)
        writer.zeros(2)
        writer.put(frame)
    }
}

/// NXPINT_: the properties of NXT_PACKET_IN2 and NXT_RESUME.
enum PacketInProperty: UInt64 {
    case packet = 0, fullLength = 1, bufferID = 2, tableID = 3, cookie = 4, reason = 5, metadata = 6, userdata = 7, continuation = 8
}

extension PacketInMessage {
    /// NXT_PACKET_IN2, and strictly NXT_RESUME.
    init(properties reader: inout ByteReader, isStrict: Bool) throws(OFError) {
        self.init(nil, 0, 0, Match(), [])
        while !reader.isEmpty { try setProperty(try Property(&reader), isStrict) }
        guard !frame.isEmpty else { throw .brcBadLen }
        if totalLength == 0 { totalLength = frame.count }
        guard totalLength >= frame.count else { throw .brcBadLen }
    }

    private mutating func setProperty(_ property: Property, _ isStrict: Bool) throws(OFError) {
        var property = property
        guard let kind = PacketInProperty(rawValue: property.type) else {
            if isStrict { throw property.unknown }
            return
        }
        switch kind {
        case .packet: frame = property.contents.rest()
        case .fullLength: totalLength = Int(try property.u32())
        case .bufferID:
            let number = try property.u32()
            bufferID = number == FlowRequest.noBuffer ? nil : number
        case .tableID: table = try property.u8()
        case .cookie: cookie = try property.u64()
        case .reason: reason = Reason(wire: try property.u8())
        case .metadata:
            metadata = try Match.decodeNXM(&property.contents, length: property.contents.count, strict: isStrict)
        case .userdata: userdata = property.contents.rest()
        case .continuation:
            var nested = try property.nested()
            continuation = nested.rest()
        }
    }

    /// All properties but the userdata, which a controller does not give back.
    func encodeProperties(_ writer: inout ByteWriter, _ version: OFVersion) {
        writer.property(PacketInProperty.packet.rawValue, bytes: frame)
        if totalLength != frame.count { writer.property(PacketInProperty.fullLength.rawValue, u32: UInt32(clamping: totalLength)) }
        if let bufferID { writer.property(PacketInProperty.bufferID.rawValue, u32: bufferID) }
        writer.property(PacketInProperty.tableID.rawValue, u8: table)
        if cookie != .max { writer.property(PacketInProperty.cookie.rawValue, u64: cookie) }
        writer.property(PacketInProperty.reason.rawValue, u8: reason.wire(version))
        let start = writer.startProperty(PacketInProperty.metadata.rawValue)
        metadata.encodeFields(&writer, version)
        writer.endProperty(start)
        if !continuation.isEmpty { writer.property(PacketInProperty.continuation.rawValue, nested: continuation) }
    }
}
