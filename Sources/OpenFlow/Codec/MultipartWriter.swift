/// Writes the elements of a multipart message one by one, so that a dump of many flows can be made a slice at a time. A message that is full comes
/// out with OFPMPF_REPLY_MORE set; `finish` gives the last one, which may have no elements at all.
public struct MultipartWriter: Sendable {
    private let header: OFHeader
    private let row: MessageRow
    private let context: CodecContext
    private var writer: ByteWriter
    private var form = MatchForm()
    private var tables = TableFeaturesMemory()

    /// For a kind that consists of elements, in the form that the header asks for; nil if the version has no such message.
    public init?(header: OFHeader, kind: MessageKind) {
        guard let row = messageIndex.row(kind, header.form, header.version), row.isMultipart else { return nil }
        self.header = header
        self.row = row
        context = CodecContext(version: header.version, form: row.form, hasTableIDs: header.hasTableIDs)
        writer = MultipartWriter.start(row, header)
    }

    private static func start(_ row: MessageRow, _ header: OFHeader) -> ByteWriter {
        var writer = ByteWriter(capacity: capacity)
        MessageHeader.write(&writer, row.number, header)
        return writer
    }
    private static let capacity = 4096

    /// Adds what `write` writes. Returns the message that was full before, if it did not fit. An element that is too long for any message is left out.
    mutating func append(_ write: (inout ByteWriter, CodecContext) -> Void) -> [UInt8]? {
        let start = writer.count
        write(&writer, context)
        guard writer.count > Limits.message else { return nil }
        let element = Array(writer.bytes[start...])
        writer.bytes.removeSubrange(start...)
        let first = row.headerLength(header.version)
        guard first + element.count <= Limits.message, start > first else { return nil }
        let full = close(more: true)
        writer = MultipartWriter.start(row, header)
        writer.put(element)
        return full
    }

    /// The last message.
    public mutating func finish() -> [UInt8] { close(more: header.more) }

    private mutating func close(more: Bool) -> [UInt8] {
        writer.set16(writer.count, at: 2)
        writer.set16(more ? Int(MessageHeader.more) : 0, at: MessageHeader.flagsOffset)
        return writer.bytes
    }
}

extension MultipartWriter {
    // Each returns the message that was full before, if the element did not fit.
    public mutating func append(_ stats: FlowStats) -> [UInt8]? { append { stats.encode(&$0, $1) } }
    /// The same, with the instructions already written in the message's version; the flow's actions are not looked at.
    public mutating func append(_ stats: FlowStats, instructions: [UInt8]) -> [UInt8]? {
        var form = MatchForm()
        swap(&form, &self.form)
        defer { swap(&form, &self.form) }
        return append { stats.encode(&$0, $1, instructions: instructions, &form) }
    }
    public mutating func append(_ stats: TableStatistics) -> [UInt8]? { append { stats.encode(&$0, $1) } }
    public mutating func append(_ stats: PortStatistics) -> [UInt8]? { append { stats.encode(&$0, $1) } }
    public mutating func append(_ port: PortDescription) -> [UInt8]? { append { port.encode(&$0, $1.version) } }
    public mutating func append(_ stats: QueueStatistics) -> [UInt8]? { append { stats.encode(&$0, $1) } }
    public mutating func append(_ queue: QueueDescription) -> [UInt8]? { append { queue.encode(&$0, $1) } }
    public mutating func append(_ stats: GroupStatistics) -> [UInt8]? { append { stats.encode(&$0, $1) } }
    public mutating func append(_ group: GroupDescription) -> [UInt8]? { append { group.encode(&$0, $1) } }
    public mutating func append(_ stats: MeterStatistics) -> [UInt8]? { append { stats.encode(&$0, $1) } }
    public mutating func append(_ meter: MeterConfig) -> [UInt8]? { append { meter.encode(&$0, $1) } }
    public mutating func append(_ features: TableFeatures) -> [UInt8]? {
        var tables = TableFeaturesMemory()
        swap(&tables, &self.tables)
        defer { swap(&tables, &self.tables) }
        return append { features.encode(&$0, $1, &tables) }
    }
    public mutating func append(_ table: TableDescription) -> [UInt8]? { append { table.encode(&$0, $1) } }
    public mutating func append(_ update: FlowUpdate) -> [UInt8]? { append { update.encode(&$0, $1) } }
    public mutating func append(_ request: FlowMonitorRequest) -> [UInt8]? { append { request.encode(&$0, $1) } }
    public mutating func append(_ stats: IPFIXStatistics) -> [UInt8]? { append { stats.encode(&$0, $1) } }
}
