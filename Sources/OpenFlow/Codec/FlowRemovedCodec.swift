import Flow
import Wire

extension FlowRemovedMessage.Reason {
    /// OFPRR_; a number that is not known is understood as a deletion.
    init(wire: UInt8) { self = Self(rawValue: wire) ?? .delete }
    func wire(_ version: OFVersion) -> UInt8 { self == .meterDelete && version < .v14 ? Self.delete.rawValue : rawValue }
}

extension FlowRemovedMessage {
    /// "Not said", where a table has a number.
    private static let noTable: UInt8 = 0xff

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        self.init(match: Match(), cookie: 0, priority: 0, reason: .delete, table: Self.noTable, duration: .max,
            idleTimeout: 0, hardTimeout: 0, packets: .max, bytes: .max)
        if context.form == .extended {
            try decodeNXT(&reader)
        } else {
            switch context.version {
            case .v10: try decode10(&reader)
            case .v11, .v12, .v13, .v14: try decode11(&reader, context)
            case .v15: try decode15(&reader, context)
            }
        }
    }

    private mutating func decodeStart(_ reader: inout ByteReader) throws(OFError) {
        cookie = try reader.u64()
        priority = try reader.u16()
        reason = Reason(wire: try reader.u8())
    }

    private mutating func decode10(_ reader: inout ByteReader) throws(OFError) {
        match = try Match.decode10(&reader)
        try decodeStart(&reader)
        try reader.skip(1)
        duration = try reader.time()
        idleTimeout = try reader.u16()
        try reader.skip(2)
        packets = try reader.u64()
        bytes = try reader.u64()
    }

    private mutating func decode11(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        try decodeStart(&reader)
        table = try reader.u8()
        duration = try reader.time()
        idleTimeout = try reader.u16()
        hardTimeout = try reader.u16()
        packets = try reader.u64()
        bytes = try reader.u64()
        match = try Match.decode(&reader, context)
    }

    private mutating func decode15(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        table = try reader.u8()
        reason = Reason(wire: try reader.u8())
        priority = try reader.u16()
        idleTimeout = try reader.u16()
        hardTimeout = try reader.u16()
        cookie = try reader.u64()
        match = try Match.decode(&reader, context)
        let stats = try OXSStats(&reader)
        (duration, packets, bytes) = (stats.duration ?? .max, stats.packets ?? .max, stats.bytes ?? .max)
    }

    private mutating func decodeNXT(_ reader: inout ByteReader) throws(OFError) {
        try decodeStart(&reader)
        let number = try reader.u8()
        table = number == 0 ? Self.noTable : number - 1
        duration = try reader.time()
        idleTimeout = try reader.u16()
        let length = Int(try reader.u16())
        packets = try reader.u64()
        bytes = try reader.u64()
        match = try Match.decodeNXM(&reader, padded: length).0
        guard reader.isEmpty else { throw .brcBadLen }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        if context.form == .extended { return encodeNXT(&writer, context.version) }
        switch context.version {
        case .v10: encode10(&writer)
        case .v11, .v12, .v13, .v14: encode11(&writer, context)
        case .v15: encode15(&writer)
        }
    }

    private func encodeStart(_ writer: inout ByteWriter, _ version: OFVersion) {
        writer.u64(cookie)
        writer.u16(priority)
        writer.u8(reason.wire(version))
    }

    private func encode10(_ writer: inout ByteWriter) {
        match.encode10(&writer)
        encodeStart(&writer, .v10)
        writer.zeros(1)
        writer.time(duration)
        writer.u16(idleTimeout)
        writer.zeros(2)
        writer.u64(packets.zeroIfUnknown)
        writer.u64(bytes.zeroIfUnknown)
    }

    private func encode11(_ writer: inout ByteWriter, _ context: CodecContext) {
        encodeStart(&writer, context.version)
        writer.u8(table)
        writer.time(duration)
        writer.u16(idleTimeout)
        writer.u16(hardTimeout)
        writer.u64(packets)
        writer.u64(bytes)
        match.encode(&writer, context)
    }

    private func encode15(_ writer: inout ByteWriter) {
        writer.u8(table)
        writer.u8(reason.wire(.v15))
        writer.u16(priority)
        writer.u16(idleTimeout)
        writer.u16(hardTimeout)
        writer.u64(cookie)
        match.encodeOXM(&writer, .v15)
        OXSStats(duration: duration, packets: packets, bytes: bytes).encode(&writer)
    }

    private func encodeNXT(_ writer: inout ByteWriter, _ version: OFVersion) {
        encodeStart(&writer, version)
        writer.u8(table &+ 1)
        writer.time(duration)
        writer.u16(idleTimeout)
        let length = writer.count
        writer.zeros(2)
        writer.u64(packets)
        writer.u64(bytes)
        writer.set16(match.encodeNXM(&writer), at: length)
    }
}
