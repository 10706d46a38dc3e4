extension SwitchFeatures {
    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let datapathID = try reader.u64(), buffers = try reader.u32(), tables = try reader.u8(), auxiliary = try reader.u8()
        try reader.skip(2)
        let capabilities = Capabilities(wire: try reader.u32(), context.version), actions = try reader.u32()
        self.init(datapathID: datapathID, buffers: buffers, tables: tables, auxiliaryID: context.version < .v13 ? 0 : auxiliary,
            capabilities: capabilities, actions: context.version == .v10 ? actions : 0, ports: [])
        while !reader.isEmpty { ports.append(try PortDescription(&reader, context.version)) }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        writer.u64(datapathID)
        writer.u32(buffers)
        writer.u8(tables)
        writer.u8(context.version < .v13 ? 0 : auxiliaryID)
        writer.zeros(2)
        writer.u32(capabilities.wire(context.version))
        writer.u32(context.version == .v10 ? actions : 0)
        if context.version < .v13 { for port in ports { port.encode(&writer, context.version) } }
    }
}

extension SwitchFeatures.Capabilities {
    /// Bits that have the same number in every version.
    private static let common: Self = [.flowStats, .tableStats, .portStats, .ipReassembly, .queueStats]
    /// OFPC_ARP_MATCH_IP and OFPC_STP on the wire.
    private static let wireARPMatchIP: UInt32 = 1 << 7
    private static let wireSTP: UInt32 = 1 << 3

    private static func known(_ version: OFVersion) -> Self {
        var known = common
        if version > .v10 { known.insert(.groupStats) }
        if version >= .v12 { known.insert(.portBlocked) }
        if version >= .v14 { known.formUnion([.bundles, .flowMonitoring]) }
        return known
    }

    init(wire: UInt32, _ version: OFVersion) {
        self = Self(rawValue: wire).intersection(Self.known(version))
        if version <= .v11, wire & Self.wireARPMatchIP != 0 { insert(.arpMatchIP) }
        if version == .v10, wire & Self.wireSTP != 0 { insert(.stp) }
    }

    func wire(_ version: OFVersion) -> UInt32 {
        intersection(Self.known(version)).rawValue
            | (version <= .v11 && contains(.arpMatchIP) ? Self.wireARPMatchIP : 0)
            | (version == .v10 && contains(.stp) ? Self.wireSTP : 0)
    }
}

extension SwitchSettings {
    private static let fragmentBits: UInt16 = 3
    /// OFPC_INVALID_TTL_TO_CONTROLLER.
    private static let invalidTTL: UInt16 = 1 << 2

    /// `isStrict`: bits without a meaning are an error.
    init(_ reader: inout ByteReader, _ context: CodecContext, isStrict: Bool) throws(OFError) {
        let flags = try reader.u16(), length = try reader.u16()
        let hasTTL = context.version < .v13
        guard !isStrict || flags & ~(Self.fragmentBits | (hasTTL ? Self.invalidTTL : 0)) == 0 else { throw .scfcBadFlags }
        self.init(fragments: Fragments(rawValue: UInt8(flags & Self.fragmentBits)) ?? .normal,
            invalidTTLToController: hasTTL ? flags & Self.invalidTTL != 0 : nil, missSendLength: length)
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let ttl = context.version < .v13 && invalidTTLToController == true
        writer.u16(UInt16(fragments.rawValue) | (ttl ? Self.invalidTTL : 0))
        writer.u16(missSendLength)
    }
}

extension SwitchDescription {
    /// Bytes of a description's strings, and of the serial number.
    private static let stringLength = 256
    private static let serialLength = 32

    init(_ reader: inout ByteReader) throws(OFError) {
        self.init(manufacturer: try reader.text(Self.stringLength), hardware: try reader.text(Self.stringLength),
            software: try reader.text(Self.stringLength), serialNumber: try reader.text(Self.serialLength), datapath: try reader.text(Self.stringLength))
    }

    func encode(_ writer: inout ByteWriter) {
        writer.text(manufacturer, Self.stringLength)
        writer.text(hardware, Self.stringLength)
        writer.text(software, Self.stringLength)
        writer.text(serialNumber, Self.serialLength)
        writer.text(datapath, Self.stringLength)
    }
}
