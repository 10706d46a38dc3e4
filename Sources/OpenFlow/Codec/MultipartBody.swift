extension OFMessage {
    /// The body of a multipart message, and of OpenFlow 1.3's and earlier OFPT_QUEUE_GET_CONFIG.
    static func multipart(_ reader: inout ByteReader, _ kind: MessageKind, _ context: CodecContext) throws(OFError) -> OFMessage {
        switch kind {
        case .queueGetConfigRequest: return try QueueConfigCodec.request(&reader, context)
        case .queueGetConfigReply: return try QueueConfigCodec.reply(&reader, context)
        case .descRequest: return .descRequest
        case .descReply: return .descReply(try SwitchDescription(&reader))
        case .flowStatsRequest: return .flowStatsRequest(try FlowStatsRequest(&reader, context))
        case .aggregateStatsRequest: return .aggregateStatsRequest(try FlowStatsRequest(&reader, context))
        case .aggregateStatsReply: return .aggregateStatsReply(try AggregateStats(&reader, context))
        case .tableStatsRequest: return .tableStatsRequest
        case .portStatsRequest: return .portStatsRequest(try reader.port(context.version))
        case .queueStatsRequest: return try QueueStatistics.request(&reader, context)
        case .groupStatsRequest: return .groupStatsRequest(try reader.u32())
        case .groupDescRequest: return .groupDescRequest(reader.isEmpty ? GroupNumber.all : try reader.u32())
        case .groupFeaturesRequest: return .groupFeaturesRequest
        case .groupFeaturesReply: return .groupFeaturesReply(try GroupFeatures(&reader))
        case .meterStatsRequest: return .meterStatsRequest(try reader.u32())
        case .meterConfigRequest: return .meterConfigRequest(try reader.u32())
        case .meterFeaturesRequest: return .meterFeaturesRequest
        case .meterFeaturesReply: return .meterFeaturesReply(try MeterFeatures(&reader))
        case .portDescRequest: return .portDescRequest(reader.isEmpty ? nil : try reader.port32().named)
        case .tableDescRequest: return .tableDescRequest
        case .ipfixBridgeRequest: return .ipfixBridgeRequest
        case .ipfixFlowRequest: return .ipfixFlowRequest
        default: return try elements(&reader, kind, context)
        }
    }

    /// A body that is a list.
    private static func elements(_ reader: inout ByteReader, _ kind: MessageKind, _ context: CodecContext) throws(OFError) -> OFMessage {
        switch kind {
        case .flowStatsReply: return .flowStatsReply(try list(&reader) { r throws(OFError) in try FlowStats(&r, context) })
        case .tableStatsReply: return .tableStatsReply(try list(&reader) { r throws(OFError) in try TableStatistics(&r, context) })
        case .portStatsReply: return .portStatsReply(try list(&reader) { r throws(OFError) in try PortStatistics(&r, context) })
        case .queueStatsReply: return .queueStatsReply(try list(&reader) { r throws(OFError) in try QueueStatistics(&r, context) })
        case .groupStatsReply: return .groupStatsReply(try list(&reader) { r throws(OFError) in try GroupStatistics(&r, context) })
        case .groupDescReply: return .groupDescReply(try list(&reader) { r throws(OFError) in try GroupDescription(&r, context) })
        case .meterStatsReply: return .meterStatsReply(try list(&reader) { r throws(OFError) in try MeterStatistics(&r) })
        case .meterConfigReply: return .meterConfigReply(try list(&reader) { r throws(OFError) in try MeterConfig(&r) })
        case .tableFeaturesRequest:
            return .tableFeaturesRequest(try list(&reader) { r throws(OFError) in try TableFeatures(&r, context, isStrict: true) })
        case .tableFeaturesReply:
            return .tableFeaturesReply(try list(&reader) { r throws(OFError) in try TableFeatures(&r, context, isStrict: false) })
        case .portDescReply: return .portDescReply(try list(&reader) { r throws(OFError) in try PortDescription(&r, context.version) })
        case .tableDescReply: return .tableDescReply(try list(&reader) { r throws(OFError) in try TableDescription(&r) })
        case .flowMonitorRequest: return .flowMonitorRequest(try list(&reader) { r throws(OFError) in try FlowMonitorRequest(&r, context) })
        case .flowMonitorReply: return .flowMonitorReply(try list(&reader) { r throws(OFError) in try FlowUpdate(&r, context) })
        case .ipfixBridgeReply: return .ipfixBridgeReply(try list(&reader) { r throws(OFError) in try IPFIXStatistics(&r) })
        case .ipfixFlowReply: return .ipfixFlowReply(try list(&reader) { r throws(OFError) in try IPFIXStatistics(&r) })
        default: throw .brcBadType
        }
    }

    private static func list<Element>(
        _ reader: inout ByteReader, _ element: (inout ByteReader) throws(OFError) -> Element
    ) throws(OFError) -> [Element] {
        var list: [Element] = []
        while !reader.isEmpty { list.append(try element(&reader)) }
        return list
    }

    /// A body that is not a list of elements.
    func encodeMultipart(_ writer: inout ByteWriter, _ context: CodecContext) {
        switch self {
        case .queueGetConfigRequest(let port, let queue): QueueConfigCodec.encodeRequest(&writer, port, queue, context)
        case .queueGetConfigReply(let port, let queues): QueueConfigCodec.encodeReply(&writer, port, queues, context)
        case .descReply(let description): description.encode(&writer)
        case .flowStatsRequest(let request), .aggregateStatsRequest(let request): request.encode(&writer, context)
        case .aggregateStatsReply(let stats): stats.encode(&writer, context)
        case .portStatsRequest(let port):
            writer.port(port, context.version)
            writer.zeros(context.version == .v10 ? 6 : 4)
        case .queueStatsRequest(let port, let queue): QueueStatistics.encodeRequest(&writer, port, queue, context)
        case .groupDescRequest(let group):
            // Only OpenFlow 1.5's form, which the extension brings to 1.0, can name a group.
            if context.version.hasNumberedBuckets { writer.padded(group) }
        case .groupStatsRequest(let number), .meterStatsRequest(let number), .meterConfigRequest(let number): writer.padded(number)
        case .groupFeaturesReply(let features): features.encode(&writer)
        case .meterFeaturesReply(let features): features.encode(&writer)
        case .portDescRequest(let port):
            if context.version == .v15 { writer.padded((port ?? .none).number32) }
        default: break
        }
    }

    /// The messages of one that is a list of elements; nil if it is not.
    func encodedElements(_ header: OFHeader) -> [UInt8]? {
        guard var writer = MultipartWriter(header: header, kind: kind) else { return nil }
        var bytes: [UInt8] = []
        func keep(_ full: [UInt8]?) { if let full { bytes += full } }
        switch self {
        case .flowStatsReply(let list): for item in list { keep(writer.append(item)) }
        case .tableStatsReply(let list): for item in list { keep(writer.append(item)) }
        case .portStatsReply(let list): for item in list { keep(writer.append(item)) }
        case .queueStatsReply(let list): for item in list { keep(writer.append(item)) }
        case .queueGetConfigReply(_, let list): for item in list { keep(writer.append(item)) }
        case .groupStatsReply(let list): for item in list { keep(writer.append(item)) }
        case .groupDescReply(let list): for item in list { keep(writer.append(item)) }
        case .meterStatsReply(let list): for item in list { keep(writer.append(item)) }
        case .meterConfigReply(let list): for item in list { keep(writer.append(item)) }
        case .tableFeaturesRequest(let list), .tableFeaturesReply(let list): for item in list { keep(writer.append(item)) }
        case .portDescReply(let list): for item in list { keep(writer.append(item)) }
        case .tableDescReply(let list): for item in list { keep(writer.append(item)) }
        case .flowMonitorRequest(let list): for item in list { keep(writer.append(item)) }
        case .flowMonitorReply(let list): for item in list { keep(writer.append(item)) }
        case .ipfixBridgeReply(let list), .ipfixFlowReply(let list): for item in list { keep(writer.append(item)) }
        default: return nil
        }
        return bytes + writer.finish()
    }
}

extension ByteWriter {
    /// A number of 32 bits and as many zeroes.
    fileprivate mutating func padded(_ number: UInt32) {
        u32(number)
        zeros(4)
    }
}
