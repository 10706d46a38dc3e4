extension Hello {
    private static let bitmapElement: UInt16 = 1

    /// A hello's elements (OpenFlow 1.3.1, section 7.5.1). What is not understood is passed over, as the specification asks for.
    init(_ reader: inout ByteReader, _ version: UInt8) {
        versions = OFVersions(rawValue: version < 31 ? (1 << UInt32(version + 1)) - 2 : .max - 1)
        while let (type, part) = try? Self.element(&reader) {
            var part = part
            guard type == Self.bitmapElement, let bitmap = try? part.u32(), bitmap & ~1 != 0 else { continue }
            versions = OFVersions(rawValue: bitmap & ~1)
        }
    }

    private static func element(_ reader: inout ByteReader) throws(OFError) -> (UInt16, ByteReader) {
        let type = try reader.u16(), length = Int(try reader.u16())
        guard length >= 4 else { throw .brcBadLen }
        var whole = try reader.part((length + 7) / 8 * 8 - 4)
        return (type, try whole.part(length - 4))
    }

    /// The bitmap is said only when it is not simply all versions up to the header's.
    func encode(_ writer: inout ByteWriter) {
        let highest = versions.highest?.rawValue ?? 0
        guard versions.rawValue != (1 << UInt32(highest + 1)) - 2 else { return }
        writer.u16(Self.bitmapElement)
        writer.u16(8)
        writer.u32(versions.rawValue)
    }
}
