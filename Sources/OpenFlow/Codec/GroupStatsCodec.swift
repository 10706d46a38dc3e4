extension GroupStatistics.Counter {
    static let length = 16
    init(_ reader: inout ByteReader) throws(OFError) { self.init(packets: try reader.u64(), bytes: try reader.u64()) }
    func encode(_ writer: inout ByteWriter) {
        writer.u64(packets)
        writer.u64(bytes)
    }
}

extension GroupStatistics {
    private static let fixed11 = 32
    private static let fixed13 = 40
    /// OpenFlow 1.3 and the extension in 1.0 say for how long the group has been there.
    private static func hasDuration(_ version: OFVersion) -> Bool { version == .v10 || version >= .v13 }

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let hasDuration = Self.hasDuration(context.version), fixed = hasDuration ? Self.fixed13 : Self.fixed11
        try reader.need(fixed)
        let length = Int(try reader.peek16())
        guard length >= fixed else { throw .brcBadLen }
        var part = try reader.part(length)
        try part.skip(4)
        let group = try part.u32(), references = try part.u32()
        try part.skip(4)
        self.init(group: group, references: references, packets: try part.u64(), bytes: try part.u64(), duration: .max, buckets: [])
        if hasDuration { duration = try part.time() }
        while part.count >= Counter.length { buckets.append(try Counter(&part)) }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let start = writer.count
        writer.zeros(4)
        writer.u32(group)
        writer.u32(references)
        writer.zeros(4)
        writer.u64(packets)
        writer.u64(bytes)
        if Self.hasDuration(context.version) { writer.time(duration) }
        for bucket in buckets { bucket.encode(&writer) }
        writer.set16(writer.count - start, at: start)
    }
}

extension GroupFeatures {
    init(_ reader: inout ByteReader) throws(OFError) {
        self.init(kinds: try reader.u32(), capabilities: try reader.u32(), maximums: [], actions: [])
        for _ in GroupKind.allCases { maximums.append(try reader.u32()) }
        for _ in GroupKind.allCases { actions.append(try reader.u32()) }
    }

    func encode(_ writer: inout ByteWriter) {
        writer.u32(kinds)
        writer.u32(capabilities)
        for list in [maximums, actions] {
            for index in GroupKind.allCases.indices { writer.u32(index < list.count ? list[index] : 0) }
        }
    }
}
