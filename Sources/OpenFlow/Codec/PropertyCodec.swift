/// A property of OpenFlow 1.4 and later: type, length, contents, zeroes up to a multiple of 8.
struct Property {
    /// OpenFlow's own types are below 65536; an experimenter's is its number << 32 | its type.
    let type: UInt64
    /// The type in the first two bytes, which is an experimenter's 65535 or, for some, 65534.
    let outerType: UInt16
    /// Behind the property's header.
    var contents: ByteReader
    private let headerLength: Int

    static func experimenter(_ vendor: UInt32, _ type: UInt32) -> UInt64 { UInt64(vendor) << 32 | UInt64(type) }
    private static let plainHeader = 4
    private static let experimenterHeader = 12

    /// The next property. Types from `experimenters` on are experimenters'; properties are aligned to `unit` bytes.
    init(_ reader: inout ByteReader, experimenters: UInt32 = 0xffff, unit: Int = 8) throws(OFError) {
        try reader.need(Self.plainHeader, .bpcBadLen)
        let length = Int(try reader.peek16(2))
        guard length >= Self.plainHeader else { throw .bpcBadLen }
        var whole = try reader.part((length + unit - 1) / unit * unit, .bpcBadLen)
        whole = try whole.part(length)
        outerType = try whole.u16()
        try whole.skip(2)
        if outerType < experimenters {
            type = UInt64(outerType)
            headerLength = Self.plainHeader
        } else {
            try whole.need(8, .bpcBadLen)
            let vendor = try whole.u32()
            guard vendor != 0 else { throw .bpcBadExperimenter }
            type = Self.experimenter(vendor, try whole.u32())
            headerLength = Self.experimenterHeader
        }
        contents = whole
    }

    /// What an unknown property is an error of.
    var unknown: OFError { type > UInt64(UInt16.max) ? .bpcBadExpType : .bpcBadType }

    private func require(_ count: Int) throws(OFError) { guard contents.count == count else { throw .bpcBadLen } }
    mutating func u8() throws(OFError) -> UInt8 {
        try require(1)
        return try contents.u8()
    }
    /// Padded by some to eight bytes within the property's length, by others behind it.
    mutating func u16() throws(OFError) -> UInt16 {
        try contents.need(2, .bpcBadLen)
        return try contents.u16()
    }
    mutating func u32() throws(OFError) -> UInt32 {
        try require(4)
        return try contents.u32()
    }
    /// Bytes that bring what follows the header to a multiple of 8.
    private var alignment: Int { (8 - headerLength % 8) % 8 }
    mutating func u64() throws(OFError) -> UInt64 {
        try require(8 + alignment)
        try contents.skip(alignment)
        return try contents.u64()
    }
    /// Properties or actions within the property.
    mutating func nested() throws(OFError) -> ByteReader {
        try contents.need(alignment, .bpcBadLen)
        try contents.skip(alignment)
        return try contents.remainder()
    }
}

extension ByteWriter {
    /// Writes a property's header; the answer is for `endProperty`.
    mutating func startProperty(_ type: UInt64, outerType: UInt16 = 0xffff) -> Int {
        let start = count
        if type <= UInt64(UInt16.max) {
            u16(UInt16(type))
            u16(0)
        } else {
            u16(outerType)
            u16(0)
            u64(type)
        }
        return start
    }
    /// Writes the property's length and the zeroes behind it.
    mutating func endProperty(_ start: Int) {
        set16(count - start, at: start + 2)
        pad(from: start)
    }
    mutating func property(_ type: UInt64, u8 value: UInt8) {
        let start = startProperty(type)
        u8(value)
        endProperty(start)
    }
    mutating func property(_ type: UInt64, u16 value: UInt16) {
        let start = startProperty(type)
        u16(value)
        zeros(2)
        endProperty(start)
    }
    mutating func property(_ type: UInt64, u32 value: UInt32, outerType: UInt16 = 0xffff) {
        let start = startProperty(type, outerType: outerType)
        u32(value)
        endProperty(start)
    }
    mutating func property(_ type: UInt64, u64 value: UInt64) {
        let start = startProperty(type)
        pad(from: start)
        u64(value)
        endProperty(start)
    }
    mutating func property(_ type: UInt64, bytes: [UInt8]) {
        let start = startProperty(type)
        put(bytes)
        endProperty(start)
    }
    /// A property whose contents start at a multiple of 8.
    mutating func property(_ type: UInt64, nested bytes: [UInt8]) {
        let start = startProperty(type)
        pad(from: start)
        put(bytes)
        endProperty(start)
    }
}
