import Flow
import Wire

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
