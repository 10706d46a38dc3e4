import Flow
import Wire

extension Match {
    static func decode10(_ reader: inout ByteReader) throws(OFError) -> Match {
        try reader.skip(40)
        return Match()
    }
    static func decode11(_ reader: inout ByteReader) throws(OFError) -> Match {
        let length = Int(try reader.peek16(2))
        try reader.need((length + 7) / 8 * 8, .bmcBadLen)
        try reader.skip((length + 7) / 8 * 8)
        return Match()
    }
    static func decodeOXM(_ reader: inout ByteReader, strict: Bool = true) throws(OFError) -> Match { try decode11(&reader) }
    static func decodeNXM(_ reader: inout ByteReader, length: Int, strict: Bool = true, cookie: inout (value: UInt64, mask: UInt64)?) throws(OFError) -> Match {
        try reader.skip(length)
        return Match()
    }
    func encode10(_ writer: inout ByteWriter) {
        writer.u32((1 << 22) - 1)
        writer.zeros(36)
    }
    func encode11(_ writer: inout ByteWriter) {
        writer.u16(0)
        writer.u16(88)
        writer.zeros(84)
    }
    func encodeOXM(_ writer: inout ByteWriter, _ version: OFVersion) {
        writer.u16(1)
        writer.u16(4)
        writer.zeros(4)
    }
    @discardableResult func encodeNXM(_ writer: inout ByteWriter, cookie: (value: UInt64, mask: UInt64)? = nil) -> Int { 0 }
}
extension [OFAction] {
    static func decodeActions(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) -> [OFAction] {
        try reader.skip(reader.count)
        return []
    }
    static func decodeInstructions(_ reader: inout ByteReader, _ version: OFVersion) throws(OFError) -> [OFAction] { try decodeActions(&reader, version) }
    func encodeActions(_ writer: inout ByteWriter, _ version: OFVersion) {}
    func encodeInstructions(_ writer: inout ByteWriter, _ version: OFVersion) {}
    mutating func check(match: inout Match, table: UInt8, version: OFVersion, maximumPort: OFPort) throws(OFError) {}
}
extension ByteReader {
    mutating func port32(_ error: OFError = .bacBadOutPort) throws(OFError) -> OFPort {
        let number = try u32()
        if number < 0xff00 { return OFPort(UInt16(number)) }
        guard number >= 0xffff_ff00 else { throw error }
        return OFPort(UInt16(truncatingIfNeeded: number))
    }
}
extension ByteWriter {
    mutating func port32(_ port: OFPort) { u32(port < .maximum ? UInt32(port.number) : 0xffff_0000 | UInt32(port.number)) }
}
