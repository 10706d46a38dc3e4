import Flow
import Wire

/// What a message's header says of the form of its body.
struct CodecContext: Sendable {
    let version: OFVersion
    let form: MessageForm
    /// OpenFlow 1.0: the upper half of a flow mod's command is a table (NXT_FLOW_MOD_TABLE_ID).
    let hasTableIDs: Bool
}

extension Match {
    /// A struct ofp_match with its padding, in the form of OpenFlow 1.1 or in that of 1.2 and later, whatever the version.
    static func decode(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) -> Match { try decode11(&reader) }

    /// A struct ofp_match with its padding; OpenFlow 1.1 and later.
    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        if context.version == .v11 { encode11(&writer) } else { encodeOXM(&writer, context.version) }
    }
}

/// Times in nanoseconds, on the wire as seconds and nanoseconds of 32 bits each; all ones: not known. A whole second's nanoseconds or more are taken for one less.
enum WireTime {
    static func nanoseconds(_ seconds: UInt32, _ rest: UInt32) -> UInt64 {
        seconds == .max && rest == .max ? .max : UInt64(seconds) * 1_000_000_000 + UInt64(min(rest, 999_999_999))
    }
    static func seconds(_ nanoseconds: UInt64) -> UInt32 { nanoseconds == .max ? .max : UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000) }
    static func rest(_ nanoseconds: UInt64) -> UInt32 { nanoseconds == .max ? .max : UInt32(nanoseconds % 1_000_000_000) }
}

extension ByteReader {
    mutating func time() throws(OFError) -> UInt64 {
        let seconds = try u32()
        return WireTime.nanoseconds(seconds, try u32())
    }
    /// A port number of the version's width.
    mutating func port(_ version: OFVersion, _ error: OFError = .bacBadOutPort) throws(OFError) -> OFPort {
        version == .v10 ? OFPort(try u16()) : try port32(error)
    }
    /// A number that is all ones when there is none.
    mutating func optional32() throws(OFError) -> UInt32? {
        let number = try u32()
        return number == .max ? nil : number
    }
    /// Text in `count` bytes, the last of which is not its own.
    mutating func shortText(_ count: Int) throws(OFError) -> String {
        let text = try text(count - 1)
        try skip(1)
        return text
    }
    /// A reader of what is left, which this one skips.
    mutating func remainder() throws(OFError) -> ByteReader { try part(count) }
}

extension ByteWriter {
    mutating func time(_ nanoseconds: UInt64) {
        u32(WireTime.seconds(nanoseconds))
        u32(WireTime.rest(nanoseconds))
    }
    mutating func port(_ port: OFPort, _ version: OFVersion) {
        if version == .v10 { u16(port.number) } else { port32(port) }
    }
}

extension UInt64 {
    /// OpenFlow's older counters have no way to say "not known".
    var zeroIfUnknown: UInt64 { self == .max ? 0 : self }
}
