import Wire

// The extension's small messages.

extension TLVMapping {
    /// Bytes of the longest option (Geneve: 5 bits of words).
    private static let maximumLength: UInt8 = 124

    /// `fields`: how many fields there are.
    init(_ reader: inout ByteReader, fields: UInt16) throws(OFError) {
        let optionClass = try reader.u16(), type = try reader.u8(), length = try reader.u8()
        guard length % 4 == 0, length <= Self.maximumLength else { throw .nxttmfcBadOptLen }
        let index = try reader.u16()
        guard index < fields else { throw .nxttmfcBadFieldIdx }
        try reader.skip(2)
        self.init(optionClass: optionClass, type: type, length: length, index: index)
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u16(optionClass)
        writer.u8(type)
        writer.u8(length)
        writer.u16(index)
        writer.zeros(2)
    }
}

extension TLVTableMod {
    /// tun_metadata0–63.
    private static let fields: UInt16 = 64

    init(_ reader: inout ByteReader) throws(OFError) {
        guard let command = Command(rawValue: try reader.u16()) else { throw .nxttmfcBadCommand }
        try reader.skip(6)
        self.init(command, [])
        while !reader.isEmpty { mappings.append(try TLVMapping(&reader, fields: Self.fields)) }
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u16(command.rawValue)
        writer.zeros(6)
        for mapping in mappings { mapping.encode(&writer) }
    }
}

extension TLVTable {
    init(_ reader: inout ByteReader) throws(OFError) {
        let space = try reader.u32(), fields = try reader.u16()
        try reader.skip(10)
        self.init(space: space, fields: fields, mappings: [])
        while !reader.isEmpty { mappings.append(try TLVMapping(&reader, fields: fields)) }
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u32(space)
        writer.u16(fields)
        writer.zeros(10)
        for mapping in mappings { mapping.encode(&writer) }
    }
}

extension IPFIXStatistics {
    init(_ reader: inout ByteReader) throws(OFError) {
        self.init()
        totalFlows = try reader.u64()
        currentFlows = try reader.u64()
        packets = try reader.u64()
        ipv4Packets = try reader.u64()
        ipv6Packets = try reader.u64()
        errorPackets = try reader.u64()
        ipv4ErrorPackets = try reader.u64()
        ipv6ErrorPackets = try reader.u64()
        transmittedPackets = try reader.u64()
        transmitErrors = try reader.u64()
        collectorSet = try reader.u32()
        try reader.skip(4)
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        for counter in [totalFlows, currentFlows, packets, ipv4Packets, ipv6Packets, errorPackets, ipv4ErrorPackets, ipv6ErrorPackets,
            transmittedPackets, transmitErrors] { writer.u64(counter) }
        writer.u32(collectorSet)
        writer.zeros(4)
    }
}

/// Messages that consist of one number.
enum NumberCodec {
    static func setFlowFormat(_ reader: inout ByteReader) throws(OFError) -> OFMessage {
        guard let format = FlowFormat(rawValue: try reader.u32()) else { throw .brcEperm }
        return .setFlowFormat(format)
    }
    static func setPacketInFormat(_ reader: inout ByteReader) throws(OFError) -> OFMessage {
        guard let format = PacketInFormat(rawValue: try reader.u32()) else { throw .brcEperm }
        return .setPacketInFormat(format)
    }
    /// Six zeroes and a number.
    static func lowest16(_ reader: inout ByteReader) throws(OFError) -> UInt16 {
        guard reader.isZero(6) else { throw .nxbrcMustBeZero }
        try reader.skip(6)
        return try reader.u16()
    }
}
