import Wire

extension PortStatistics {
    /// OFPPSPT_ETHERNET and the bytes of its contents.
    private static let ethernetProperty: UInt64 = 0
    private static let ethernetLength = 36
    /// An element of OpenFlow 1.4 without its properties.
    private static let fixedLength = 80

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        if context.version >= .v14 { try self.init(properties: &reader) } else { try self.init(fixed: &reader, context.version) }
    }

    private init(fixed reader: inout ByteReader, _ version: OFVersion) throws(OFError) {
        self.init(port: try reader.port(version))
        try reader.skip(version == .v10 ? 6 : 4)
        try readCounters(&reader)
        try readEthernet(&reader)
        if version == .v13 { duration = try reader.time() }
    }

    private init(properties reader: inout ByteReader) throws(OFError) {
        try reader.need(Self.fixedLength)
        let length = Int(try reader.peek16())
        guard length >= Self.fixedLength else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(4)
        self.init(port: try part.port32())
        duration = try part.time()
        try readCounters(&part)
        while !part.isEmpty {
            var property = try Property(&part)
            guard property.type == Self.ethernetProperty else { continue }
            guard property.contents.count == Self.ethernetLength else { throw .bpcBadLen }
            try property.contents.skip(4)
            try readEthernet(&property.contents)
        }
    }

    private mutating func readCounters(_ reader: inout ByteReader) throws(OFError) {
        rxPackets = try reader.u64()
        txPackets = try reader.u64()
        rxBytes = try reader.u64()
        txBytes = try reader.u64()
        rxDropped = try reader.u64()
        txDropped = try reader.u64()
        rxErrors = try reader.u64()
        txErrors = try reader.u64()
    }

    private mutating func readEthernet(_ reader: inout ByteReader) throws(OFError) {
        rxFrameErrors = try reader.u64()
        rxOverErrors = try reader.u64()
        rxCRCErrors = try reader.u64()
        collisions = try reader.u64()
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version, start = writer.count
        if version >= .v14 { writer.zeros(4) }
        writer.port(port, version)
        if version >= .v14 { writer.time(duration) } else { writer.zeros(version == .v10 ? 6 : 4) }
        for counter in [rxPackets, txPackets, rxBytes, txBytes, rxDropped, txDropped, rxErrors, txErrors] { writer.u64(counter) }
        guard version >= .v14 else {
            encodeEthernet(&writer)
            if version == .v13 { writer.time(duration) }
            return
        }
        let property = writer.startProperty(Self.ethernetProperty)
        writer.zeros(4)
        encodeEthernet(&writer)
        writer.endProperty(property)
        writer.set16(writer.count - start, at: start)
    }

    private func encodeEthernet(_ writer: inout ByteWriter) {
        for counter in [rxFrameErrors, rxOverErrors, rxCRCErrors, collisions] { writer.u64(counter) }
    }
}
