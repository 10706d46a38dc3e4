import Wire

/// OFPQ_ALL.
private let allQueues: UInt32 = .max

/// OFPT_QUEUE_GET_CONFIG, OFPMP_QUEUE_DESC.
enum QueueConfigCodec {
    static func request(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) -> OFMessage {
        let port = try reader.port(context.version)
        if context.version >= .v14 {
            return .queueGetConfigRequest(port: port, queue: try reader.optional32())
        }
        guard port < .maximum || context.version > .v10 && port == .none else { throw .qofcBadPort }
        return .queueGetConfigRequest(port: port, queue: nil)
    }

    static func encodeRequest(_ writer: inout ByteWriter, _ port: OFPort, _ queue: UInt32?, _ context: CodecContext) {
        writer.port(port, context.version)
        if context.version >= .v14 { writer.u32(queue ?? allQueues) } else { writer.zeros(context.version == .v10 ? 2 : 4) }
    }

    static func reply(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) -> OFMessage {
        var port = OFPort.none, queues: [QueueDescription] = []
        if context.version < .v14 {
            port = try reader.port(context.version)
            try reader.skip(context.version == .v10 ? 6 : 4)
        }
        while !reader.isEmpty { queues.append(try QueueDescription(&reader, port, context)) }
        return .queueGetConfigReply(port: context.version < .v14 ? port : queues.first?.port ?? .none, queues)
    }

    static func encodeReply(_ writer: inout ByteWriter, _ port: OFPort, _ queues: [QueueDescription], _ context: CodecContext) {
        if context.version < .v14 {
            writer.port(port, context.version)
            writer.zeros(context.version == .v10 ? 6 : 4)
        }
        for queue in queues { queue.encode(&writer, context) }
    }
}

extension QueueDescription {
    /// OFPQT_MIN_RATE and OFPQT_MAX_RATE; OFPQDPT_MIN_RATE and OFPQDPT_MAX_RATE.
    private static let minimumRate: UInt16 = 1
    private static let maximumRate: UInt16 = 2
    private static let rateLength = 16

    /// `port`: the one that the message's body names.
    init(_ reader: inout ByteReader, _ port: OFPort, _ context: CodecContext) throws(OFError) {
        self.init(port: port, queue: 0)
        let version = context.version
        // The length's place; of 1.0 and 1.1, of 1.2 and 1.3, of 1.4.
        let (place, fixed) = version < .v12 ? (4, 8) : version < .v14 ? (8, 16) : (8, 16)
        try reader.need(fixed)
        let length = Int(try reader.peek16(place))
        guard length >= fixed, length % 8 == 0 else { throw .brcBadLen }
        var part = try reader.part(length)
        if version >= .v14 { self.port = try part.port32() }
        queue = try part.u32()
        try part.skip(fixed - (version >= .v14 ? 8 : 4))
        while !part.isEmpty { if version < .v14 { try setRate10(&part) } else { try setRate(try Property(&part)) } }
    }

    private mutating func setRate10(_ reader: inout ByteReader) throws(OFError) {
        let type = try reader.peek16(), length = Int(try reader.peek16(2))
        guard length >= 8, length % 8 == 0 else { throw .brcBadLen }
        var part = try reader.part(length)
        guard type == Self.minimumRate || type == Self.maximumRate else { return }
        guard length == Self.rateLength else { throw .brcBadLen }
        try part.skip(8)
        if type == Self.minimumRate { minimumRate = try part.u16() } else { maximumRate = try part.u16() }
    }

    private mutating func setRate(_ property: Property) throws(OFError) {
        var property = property
        switch property.type {
        case UInt64(Self.minimumRate): minimumRate = try property.u16()
        case UInt64(Self.maximumRate): maximumRate = try property.u16()
        default: break
        }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version, start = writer.count
        if version >= .v14 { writer.port32(port) }
        writer.u32(queue)
        if version == .v12 || version == .v13 { writer.port32(port) }
        let length = writer.count
        writer.zeros(version < .v12 ? 4 : 8)
        for (type, rate) in [(Self.minimumRate, minimumRate), (Self.maximumRate, maximumRate)] where rate != .max {
            if version >= .v14 {
                writer.property(UInt64(type), u16: rate)
            } else {
                writer.u16(type)
                writer.u16(UInt16(Self.rateLength))
                writer.zeros(4)
                writer.u16(rate)
                writer.zeros(6)
            }
        }
        writer.set16(writer.count - start, at: length)
    }
}

extension QueueStatistics {
    /// Bytes of an element of OpenFlow 1.4.
    private static let fixedLength = 48

    init(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) {
        let version = context.version
        var part = reader
        if version >= .v14 {
            try reader.need(Self.fixedLength)
            let length = Int(try reader.peek16())
            guard length >= Self.fixedLength else { throw .brcBadLen }
            part = try reader.part(length)
            try part.skip(8)
        }
        self.init(port: try part.port(version), queue: 0)
        if version == .v10 { try part.skip(2) }
        queue = try part.u32()
        txBytes = try part.u64()
        txPackets = try part.u64()
        txErrors = try part.u64()
        if version >= .v13 { duration = try part.time() }
        if version < .v14 { reader = part }
    }

    func encode(_ writer: inout ByteWriter, _ context: CodecContext) {
        let version = context.version, start = writer.count
        if version >= .v14 { writer.zeros(8) }
        writer.port(port, version)
        if version == .v10 { writer.zeros(2) }
        writer.u32(queue)
        for counter in [txBytes, txPackets, txErrors] { writer.u64(counter) }
        if version >= .v13 { writer.time(duration) }
        if version >= .v14 { writer.set16(writer.count - start, at: start) }
    }

    /// Which port and queue a request asks for. OpenFlow 1.0 has OFPP_ALL where later versions have OFPP_ANY.
    static func request(_ reader: inout ByteReader, _ context: CodecContext) throws(OFError) -> OFMessage {
        var port = try reader.port(context.version)
        if context.version == .v10 {
            try reader.skip(2)
            if port == .all { port = .none }
        }
        return .queueStatsRequest(port: port, queue: try reader.u32())
    }

    static func encodeRequest(_ writer: inout ByteWriter, _ port: OFPort, _ queue: UInt32, _ context: CodecContext) {
        writer.port(context.version == .v10 && port == .none ? .all : port, context.version)
        if context.version == .v10 { writer.zeros(2) }
        writer.u32(queue)
    }
}
