import Wire

extension PortConfigBits {
    /// OFPPC_ of OpenFlow 1.0 and of later versions.
    private static let known10: Self = [.portDown, .noSTP, .noReceive, .noReceiveSTP, .noFlood, .noForward, .noPacketIn]
    private static let known11: Self = [.portDown, .noReceive, .noForward, .noPacketIn]
    static func known(_ version: OFVersion) -> Self { version == .v10 ? known10 : known11 }
    init(wire: UInt32, _ version: OFVersion) { self = Self(rawValue: wire).intersection(Self.known(version)) }
    func wire(_ version: OFVersion) -> UInt32 { intersection(Self.known(version)).rawValue }
}

extension PortState {
    private static let known10: Self = [.linkDown, .stpMask]
    private static let known11: Self = [.linkDown, .blocked, .live]
    init(wire: UInt32, _ version: OFVersion) { self = Self(rawValue: wire).intersection(version == .v10 ? Self.known10 : Self.known11) }
    func wire(_ version: OFVersion) -> UInt32 { intersection(version == .v10 ? Self.known10 : Self.known11).rawValue }
}

extension PortFeatures {
    /// The bits up to 10 Gbit/s are the same everywhere; OpenFlow 1.0 has the media and what follows four bits lower.
    private static let speeds10: UInt32 = 0x7f
    private static let media: UInt32 = 0xf800
    private static let known11: UInt32 = 0xffff
    private static let mediaShift: UInt32 = 4

    init(wire: UInt32, _ version: OFVersion) {
        self.init(rawValue: version == .v10
            ? wire & Self.speeds10 | wire & (Self.media >> Self.mediaShift) << Self.mediaShift : wire & Self.known11)
    }
    func wire(_ version: OFVersion) -> UInt32 {
        version == .v10 ? rawValue & Self.speeds10 | (rawValue & Self.media) >> Self.mediaShift : rawValue & Self.known11
    }

    /// The highest speed among the bits, in kbit/s; 0: none is named.
    var speed: UInt32 {
        let speeds: [(PortFeatures, UInt32)] = [
            (.oneTbFull, 1_000_000_000), (.hundredGbFull, 100_000_000), (.fortyGbFull, 40_000_000), (.tenGbFull, 10_000_000),
            ([.oneGbHalf, .oneGbFull], 1_000_000), ([.hundredMbHalf, .hundredMbFull], 100_000), ([.tenMbHalf, .tenMbFull], 10_000),
        ]
        return speeds.first { !isDisjoint(with: $0.0) }?.1 ?? 0
    }
}

extension PortDescription {
    private static let nameLength = 16
    /// OFPPDPT_ETHERNET, and the bytes of its contents.
    private static let ethernetProperty: UInt64 = 0
    private static let ethernetLength = 28
    /// A port of OpenFlow 1.4 without its properties.
    private static let fixedLength = 40

    init(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) {
        let port = try reader.port(version)
        var properties: ByteReader?
        if version == .v10 {
            self.init(port: port, ethernetAddress: try reader.ethernetAddress(), name: try reader.shortText(Self.nameLength))
        } else {
            let length = Int(try reader.u16())
            try reader.skip(2)
            self.init(port: port, ethernetAddress: try reader.ethernetAddress(), name: "")
            try reader.skip(2)
            name = try reader.shortText(Self.nameLength)
            if version >= .v14 { properties = try Self.properties(reader, length) }
        }
        config = PortConfigBits(wire: try reader.u32(), version)
        state = PortState(wire: try reader.u32(), version)
        if var properties {
            try reader.skip(properties.count)
            while !properties.isEmpty { try setProperty(try Property(&properties), version) }
        } else {
            try setFeatures(&reader, version)
        }
        if version == .v10 { (currentSpeed, maximumSpeed) = (current.speed, supported.speed) }
    }

    /// The properties of a port of `length` bytes; `reader` is at its config.
    private static func properties(_ reader: ByteReader, _ length: Int) throws(OFError) -> ByteReader {
        guard length >= fixedLength else { throw .brcBadLen }
        var ahead = reader
        try ahead.skip(8)
        return try ahead.part(length - fixedLength)
    }

    private mutating func setFeatures(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) {
        current = PortFeatures(wire: try reader.u32(), version)
        advertised = PortFeatures(wire: try reader.u32(), version)
        supported = PortFeatures(wire: try reader.u32(), version)
        peer = PortFeatures(wire: try reader.u32(), version)
        guard version > .v10 else { return }
        currentSpeed = try reader.u32()
        maximumSpeed = try reader.u32()
    }

    private mutating func setProperty(_ property: Property, _ version: OFVersion) throws(OFError) {
        guard property.type == Self.ethernetProperty else { return }
        var contents = property.contents
        guard contents.count == Self.ethernetLength else { throw .bpcBadLen }
        try contents.skip(4)
        try setFeatures(&contents, version)
    }

    func encode(_ writer: inout ByteWriter, _ version: OFVersion) {
        let start = writer.count
        writer.port(port, version)
        if version > .v10 { writer.zeros(4) }
        writer.ethernetAddress(ethernetAddress)
        if version > .v10 { writer.zeros(2) }
        writer.text(name, Self.nameLength)
        writer.u32(config.wire(version))
        writer.u32(state.wire(version))
        guard version >= .v14 else { return encodeFeatures(&writer, version) }
        let property = writer.startProperty(Self.ethernetProperty)
        writer.zeros(4)
        encodeFeatures(&writer, version)
        writer.endProperty(property)
        writer.set16(writer.count - start, at: start + 4)
    }

    private func encodeFeatures(_ writer: inout ByteWriter, _ version: OFVersion) {
        for features in [current, advertised, supported, peer] { writer.u32(features.wire(version)) }
        guard version > .v10 else { return }
        writer.u32(currentSpeed)
        writer.u32(maximumSpeed)
    }
}

extension PortStatus {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        guard let reason = Reason(rawValue: try reader.u8()) else { throw .nxbrcBadReason }
        try reader.skip(7)
        self.init(reason, try PortDescription(&reader, context.version))
    }
    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        writer.u8(reason.rawValue)
        writer.zeros(7)
        port.encode(&writer, context.version)
    }
}

extension PortMod {
    /// OFPPMPT_ETHERNET.
    private static let ethernetProperty: UInt64 = 0

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let version = context.version
        let port = try reader.port(version)
        if version > .v10 { try reader.skip(4) }
        let address = try reader.ethernetAddress()
        if version > .v10 { try reader.skip(2) }
        let config = PortConfigBits(wire: try reader.u32(), version), mask = PortConfigBits(wire: try reader.u32(), version)
        self.init(port: port, ethernetAddress: address, config: config.intersection(mask), mask: mask, advertise: [])
        if version < .v14 {
            advertise = PortFeatures(wire: try reader.u32(), version)
            return
        }
        while !reader.isEmpty {
            var property = try Property(&reader)
            guard property.type == Self.ethernetProperty else { throw property.unknown }
            advertise = PortFeatures(wire: try property.u32(), version)
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version
        writer.port(port, version)
        if version > .v10 { writer.zeros(4) }
        writer.ethernetAddress(ethernetAddress)
        if version > .v10 { writer.zeros(2) }
        writer.u32(config.wire(version))
        writer.u32(mask.wire(version))
        if version >= .v14 {
            if !advertise.isEmpty { writer.property(Self.ethernetProperty, u32: advertise.wire(version)) }
        } else {
            writer.u32(advertise.wire(version))
            writer.zeros(4)
        }
    }
}
