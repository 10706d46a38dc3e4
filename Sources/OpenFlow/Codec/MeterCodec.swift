extension MeterBand {
    /// All bands have the same length.
    private static let length = 16

    /// Bands that take all of `reader`.
    static func decode(_ reader: inout ByteReader) throws(OFError) -> [MeterBand] {
        var bands: [MeterBand] = []
        while reader.count >= length {
            let type = try reader.u16()
            guard try reader.u16() == length else { throw .brcBadLen }
            guard let kind = Kind(rawValue: type) else { throw .mmfcBadBand }
            let rate = try reader.u32(), burst = try reader.u32(), level = try reader.u8()
            try reader.skip(3)
            bands.append(MeterBand(kind, rate: rate, burst: burst, precedenceLevel: kind == .dscpRemark ? level : 0))
        }
        guard reader.isEmpty else { throw .brcBadLen }
        return bands
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u16(kind.rawValue)
        writer.u16(UInt16(Self.length))
        writer.u32(rate)
        writer.u32(burst)
        writer.u8(precedenceLevel)
        writer.zeros(3)
    }
}

extension MeterMod {
    init(_ reader: inout ByteReader) throws(OFError) {
        guard let command = Command(rawValue: try reader.u16()) else { throw .mmfcBadCommand }
        let flags = MeterConfig.Flags(rawValue: try reader.u16()), meter = try reader.u32()
        self.init(command, MeterConfig(meter: meter, flags: [], bands: []))
        guard command != .delete else { return }
        guard !flags.contains([.kbps, .pktps]) else { throw .mmfcBadFlags }
        config.flags = flags
        config.bands = try MeterBand.decode(&reader)
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u16(command.rawValue)
        writer.u16(command == .delete ? 0 : config.flags.rawValue)
        writer.u32(config.meter)
        for band in config.bands { band.encode(&writer) }
    }
}

extension MeterConfig {
    private static let fixedLength = 8

    /// One element of a reply.
    init(_ reader: inout ByteReader) throws(OFError) {
        try reader.need(Self.fixedLength)
        let length = Int(try reader.peek16())
        guard length >= Self.fixedLength else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(2)
        let flags = Flags(rawValue: try part.u16())
        self.init(meter: try part.u32(), flags: flags, bands: try MeterBand.decode(&part))
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let start = writer.count
        writer.zeros(2)
        writer.u16(flags.rawValue)
        writer.u32(meter)
        for band in bands { band.encode(&writer) }
        writer.set16(writer.count - start, at: start)
    }
}

extension MeterStatistics {
    private static let fixedLength = 40

    init(_ reader: inout ByteReader) throws(OFError) {
        try reader.need(Self.fixedLength)
        let length = Int(try reader.peek16(4))
        guard length >= Self.fixedLength, (length - Self.fixedLength) % GroupStatistics.Counter.length == 0 else { throw .brcBadLen }
        var part = try reader.part(length)
        let meter = try part.u32()
        try part.skip(8)
        self.init(meter: meter, flows: try part.u32(), packets: try part.u64(), bytes: try part.u64(), duration: try part.time(), bands: [])
        while !part.isEmpty { bands.append(try GroupStatistics.Counter(&part)) }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let start = writer.count
        writer.u32(meter)
        writer.zeros(8)
        writer.u32(flows)
        writer.u64(packets)
        writer.u64(bytes)
        writer.time(duration)
        for band in bands { band.encode(&writer) }
        writer.set16(writer.count - start, at: start + 4)
    }
}

extension MeterFeatures {
    init(_ reader: inout ByteReader) throws(OFError) {
        self.init(maximumMeters: try reader.u32(), bandKinds: try reader.u32(), capabilities: try reader.u32(),
            maximumBands: try reader.u8(), maximumColor: try reader.u8())
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u32(maximumMeters)
        writer.u32(bandKinds)
        writer.u32(capabilities)
        writer.u8(maximumBands)
        writer.u8(maximumColor)
        writer.zeros(2)
    }
}
