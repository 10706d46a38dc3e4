import Wire

/// NXT_CT_ properties, and those of a tuple within them.
private enum FlushProperty: UInt64 { case original = 0, reply = 1, zone = 2 }
private enum TupleProperty: UInt64 { case src = 0, dst = 1, srcPort = 2, dstPort = 3, icmpID = 4, icmpType = 5, icmpCode = 6 }

/// Which IP version a flush's addresses have; zero addresses have none.
private enum AddressFamily { case none, ipv4, ipv6 }

extension CTFlush {
    init(_ reader: inout ByteReader) throws(OFError) {
        self.init()
        ipProto = try reader.u8()
        guard reader.isZero(7) else { throw .nxbrcMustBeZero }
        try reader.skip(7)
        var family = AddressFamily.none
        while !reader.isEmpty {
            var property = try Property(&reader)
            switch FlushProperty(rawValue: property.type) {
            case .original: try original.read(try property.nested(), &family)
            case .reply: try reply.read(try property.nested(), &family)
            case .zone: zone = try property.u16()
            case nil: break
            }
        }
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u8(ipProto)
        writer.zeros(7)
        for (kind, tuple) in [(FlushProperty.original, original), (.reply, reply)] where tuple != Tuple() {
            var nested = ByteWriter()
            tuple.encode(&nested)
            writer.property(kind.rawValue, nested: nested.bytes)
        }
        if let zone { writer.property(FlushProperty.zone.rawValue, u16: zone) }
    }
}

extension CTFlush.Tuple {
    fileprivate mutating func read(_ properties: ByteReader, _ family: inout AddressFamily) throws(OFError) {
        var properties = properties
        while !properties.isEmpty {
            var property = try Property(&properties)
            switch TupleProperty(rawValue: property.type) {
            case .src: src = try Self.address(&property, &family)
            case .dst: dst = try Self.address(&property, &family)
            case .srcPort: srcPort = try property.u16()
            case .dstPort: dstPort = try property.u16()
            case .icmpID: icmpID = try property.u16()
            case .icmpType: icmpType = try property.u8()
            case .icmpCode: icmpCode = try property.u8()
            case nil: break
            }
        }
    }

    /// An address that is zero is as good as none.
    private static func address(_ property: inout Property, _ family: inout AddressFamily) throws(OFError) -> BE128? {
        try property.contents.need(16, .bpcBadLen)
        let number = try property.contents.number(16)
        let own: AddressFamily = number == 0 ? .none : number >> 32 == 0xffff ? .ipv4 : .ipv6
        if family != .none, own != .none, family != own { throw .bpcBadValue }
        family = own
        return number == 0 ? nil : BE128(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number))
    }

    fileprivate func encode(_ writer: inout ByteWriter) {
        if let src { writer.property(TupleProperty.src.rawValue, bytes: Self.bytes(src)) }
        if let dst { writer.property(TupleProperty.dst.rawValue, bytes: Self.bytes(dst)) }
        if let srcPort { writer.property(TupleProperty.srcPort.rawValue, u16: srcPort) }
        if let dstPort { writer.property(TupleProperty.dstPort.rawValue, u16: dstPort) }
        if let icmpID { writer.property(TupleProperty.icmpID.rawValue, u16: icmpID) }
        if let icmpType { writer.property(TupleProperty.icmpType.rawValue, u8: icmpType) }
        if let icmpCode { writer.property(TupleProperty.icmpCode.rawValue, u8: icmpCode) }
    }

    private static func bytes(_ address: BE128) -> [UInt8] {
        var writer = ByteWriter()
        writer.u64(address.high)
        writer.u64(address.low)
        return writer.bytes
    }
}
