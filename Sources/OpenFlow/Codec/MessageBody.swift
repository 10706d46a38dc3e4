extension OFMessage {
    /// What stands behind a message's headers.
    init(_ reader: inout ByteReader, _ kind: MessageKind, _ context: CodecContext) throws(OFError) {
        switch kind {
        case .error: self = .error(try ErrorMessage(&reader, context))
        case .echoRequest: self = .echoRequest(reader.rest())
        case .echoReply: self = .echoReply(reader.rest())
        case .featuresRequest: self = .featuresRequest
        case .featuresReply: self = .featuresReply(try SwitchFeatures(&reader, context))
        case .getConfigRequest: self = .getConfigRequest
        case .getConfigReply: self = .getConfigReply(try SwitchSettings(&reader, context, isStrict: false))
        case .setConfig: self = .setConfig(try SwitchSettings(&reader, context, isStrict: true))
        case .packetIn: self = .packetIn(try PacketInMessage(&reader, context))
        case .packetOut: self = .packetOut(try PacketOut(&reader, context))
        case .portStatus: self = .portStatus(try PortStatus(&reader, context))
        case .portMod: self = .portMod(try PortMod(&reader, context))
        case .flowMod: self = .flowMod(try FlowRequest(&reader, context))
        case .barrierRequest: self = .barrierRequest
        case .barrierReply: self = .barrierReply
        case .descRequest: self = .descRequest
        case .descReply: self = .descReply(try SwitchDescription(&reader))
        case .flowStatsRequest: self = .flowStatsRequest(try FlowStatsRequest(&reader, context))
        case .aggregateStatsRequest: self = .aggregateStatsRequest(try FlowStatsRequest(&reader, context))
        case .aggregateStatsReply: self = .aggregateStatsReply(try AggregateStats(&reader, context))
        default: throw .brcBadType
        }
    }

    func encodeBody(_ writer: inout ByteWriter, _ context: CodecContext) {
        switch self {
        case .hello(let hello): hello.encode(&writer)
        case .error(let error): error.encode(&writer, context)
        case .echoRequest(let data), .echoReply(let data): writer.put(data)
        case .featuresReply(let features): features.encode(&writer, context)
        case .getConfigReply(let settings), .setConfig(let settings): settings.encode(&writer, context)
        case .packetIn(let packet): packet.encode(&writer, context)
        case .packetOut(let packet): packet.encode(&writer, context)
        case .portStatus(let status): status.encode(&writer, context)
        case .portMod(let mod): mod.encode(&writer, context)
        case .flowMod(let request): request.encode(&writer, context)
        case .descReply(let description): description.encode(&writer)
        case .flowStatsRequest(let request), .aggregateStatsRequest(let request): request.encode(&writer, context)
        case .aggregateStatsReply(let stats): stats.encode(&writer, context)
        default: break
        }
    }
    func encodedElements(_ header: OFHeader) -> [UInt8]? { nil }
}
