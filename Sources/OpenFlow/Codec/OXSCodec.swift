/// Statistics as OpenFlow 1.5 has them (section 7.2.4): a list of fields, of which those that are not known are left out.
struct OXSStats: Hashable, Sendable {
    /// Nanoseconds.
    var duration: UInt64?
    /// Seconds.
    var idleTime: UInt32?
    var flows: UInt32?
    var packets: UInt64?
    var bytes: UInt64?

    private static let basicClass: UInt16 = 0x8002
    private static let experimenterClass: UInt16 = 0xffff
    /// OFPXST_OFB_.
    private enum Kind: UInt8 { case duration = 0, idleTime = 1, flowCount = 3, packetCount = 4, byteCount = 5 }
    private static let headerLength = 4

    init() {}

    /// What is all ones is not known.
    init(duration: UInt64, packets: UInt64, bytes: UInt64) {
        if duration != .max { self.duration = duration }
        if packets != .max { self.packets = packets }
        if bytes != .max { self.bytes = bytes }
    }

    init(_ reader: inout ByteReader) throws(OFError) {
        try reader.need(Self.headerLength, .bmcBadLen)
        let length = Int(try reader.peek16(2))
        guard length >= Self.headerLength else { throw .bmcBadLen }
        var whole = try reader.part((length + 7) / 8 * 8, .bmcBadLen)
        var fields = try whole.part(length)
        try fields.skip(Self.headerLength)
        while !fields.isEmpty { try readField(&fields) }
    }

    private mutating func readField(_ reader: inout ByteReader) throws(OFError) {
        try reader.need(Self.headerLength, .bmcBadLen)
        let family = try reader.u16(), field = try reader.u8(), length = Int(try reader.u8())
        if family == Self.experimenterClass, length < 4 || reader.count < 4 { throw .bmcBadLen }
        var value = try reader.part(length, .bmcBadLen)
        guard family == Self.basicClass, field & 1 == 0, let kind = Kind(rawValue: field >> 1) else { return }
        switch (kind, length) {
        case (.duration, 8): duration = try value.time()
        case (.idleTime, 8): idleTime = try value.u32()
        case (.flowCount, 4): flows = try value.u32()
        case (.packetCount, 8): packets = try value.u64()
        case (.byteCount, 8): bytes = try value.u64()
        default: break
        }
    }

    func encode(_ writer: inout ByteWriter) {
        let start = writer.count
        writer.zeros(Self.headerLength)
        if let duration {
            header(&writer, .duration, 8)
            writer.time(duration)
        }
        if let idleTime {
            header(&writer, .idleTime, 8)
            writer.u32(idleTime)
            writer.u32(0)
        }
        if let packets {
            header(&writer, .packetCount, 8)
            writer.u64(packets)
        }
        if let bytes {
            header(&writer, .byteCount, 8)
            writer.u64(bytes)
        }
        if let flows {
            header(&writer, .flowCount, 4)
            writer.u32(flows)
        }
        writer.set16(writer.count - start, at: start + 2)
        writer.pad(from: start)
    }

    private func header(_ writer: inout ByteWriter, _ kind: Kind, _ length: UInt8) {
        writer.u16(Self.basicClass)
        writer.u8(kind.rawValue << 1)
        writer.u8(length)
    }
}
