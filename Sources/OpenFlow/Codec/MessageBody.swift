extension OFMessage {
    /// What stands behind a message's headers.
    /// - Parameter forms: of the flow mods before.
    init(_ reader: inout ByteReader, _ kind: MessageKind, _ context: CodecContext, _ forms: inout FlowModForms) throws(OFError) {
        switch kind {
        case .hello: self = .hello(Hello(&reader, context.version.rawValue))
        case .error: self = .error(try ErrorMessage(&reader, context))
        case .echoRequest: self = .echoRequest(reader.rest())
        case .echoReply: self = .echoReply(reader.rest())
        case .featuresRequest: self = .featuresRequest
        case .featuresReply: self = .featuresReply(try SwitchFeatures(&reader, context))
        case .getConfigRequest: self = .getConfigRequest
        case .getConfigReply: self = .getConfigReply(try SwitchSettings(&reader, context, isStrict: false))
        case .setConfig: self = .setConfig(try SwitchSettings(&reader, context, isStrict: true))
        case .packetIn: self = .packetIn(try PacketInMessage(&reader, context))
        case .flowRemoved: self = .flowRemoved(try FlowRemovedMessage(&reader, context))
        case .portStatus: self = .portStatus(try PortStatus(&reader, context))
        case .roleStatus: self = .roleStatus(try RoleStatus(&reader))
        case .tableStatus: self = .tableStatus(try TableStatus(&reader))
        case .requestForward: self = .requestForward(try RequestForward(&reader, context))
        case .flowMonitorPaused: self = .flowMonitorPaused
        case .flowMonitorResumed: self = .flowMonitorResumed
        case .packetOut: self = .packetOut(try PacketOut(&reader, context))
        case .flowMod: self = .flowMod(try FlowRequest(&reader, context, &forms))
        case .groupMod: self = .groupMod(try GroupMod(&reader, context))
        case .portMod: self = .portMod(try PortMod(&reader, context))
        case .tableMod: self = .tableMod(try TableMod(&reader, context))
        case .meterMod: self = .meterMod(try MeterMod(&reader))
        case .setAsync: self = .setAsync(try AsyncConfig(&reader, context, isRequest: true))
        case .bundleAdd: self = .bundleAdd(try BundleAdd(&reader, xid: 0, context, &forms))
        case .flowMonitorCancel: self = .flowMonitorCancel(try reader.u32())
        case .setFlowFormat: self = try NumberCodec.setFlowFormat(&reader)
        case .flowModTableID: self = .flowModTableID(try reader.u8() != 0)
        case .setPacketInFormat: self = try NumberCodec.setPacketInFormat(&reader)
        case .setControllerID: self = .setControllerID(try NumberCodec.lowest16(&reader))
        case .resume: self = .resume(try PacketInMessage(properties: &reader, isStrict: true))
        case .tlvTableMod: self = .tlvTableMod(try TLVTableMod(&reader))
        case .ctFlushZone: self = .ctFlushZone(try NumberCodec.lowest16(&reader))
        case .ctFlush: self = .ctFlush(try CTFlush(&reader))
        case .flowAge: self = .flowAge
        case .barrierRequest: self = .barrierRequest
        case .barrierReply: self = .barrierReply
        case .roleRequest: self = .roleRequest(try Role(&reader, context, isRequest: true))
        case .roleReply: self = .roleReply(try Role(&reader, context, isRequest: false))
        case .getAsyncRequest: self = .getAsyncRequest
        case .getAsyncReply: self = .getAsyncReply(try AsyncConfig(&reader, context, isRequest: false))
        case .bundleControl: self = .bundleControl(try BundleControl(&reader))
        case .tlvTableRequest: self = .tlvTableRequest
        case .tlvTableReply: self = .tlvTableReply(try TLVTable(&reader))
        default: self = try Self.multipart(&reader, kind, context)
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
        case .flowRemoved(let removed): removed.encode(&writer, context)
        case .portStatus(let status): status.encode(&writer, context)
        case .roleStatus(let status): status.encode(&writer)
        case .tableStatus(let status): status.encode(&writer)
        case .requestForward(let forward): forward.encode(&writer, context)
        case .packetOut(let packet): packet.encode(&writer, context)
        case .flowMod(let request): request.encode(&writer, context)
        case .groupMod(let mod): mod.encode(&writer, context)
        case .portMod(let mod): mod.encode(&writer, context)
        case .tableMod(let mod): mod.encode(&writer, context)
        case .meterMod(let mod): mod.encode(&writer)
        case .setAsync(let config), .getAsyncReply(let config): config.encode(&writer, context)
        case .bundleAdd(let add): add.encode(&writer)
        case .flowMonitorCancel(let id): writer.u32(id)
        case .setFlowFormat(let format): writer.u32(format.rawValue)
        case .flowModTableID(let isOn): writer.put([isOn ? 1 : 0, 0, 0, 0, 0, 0, 0, 0])
        case .setPacketInFormat(let format): writer.u32(format.rawValue)
        case .setControllerID(let number), .ctFlushZone(let number):
            writer.zeros(6)
            writer.u16(number)
        case .resume(let packet): packet.encodeProperties(&writer, context.version)
        case .tlvTableMod(let mod): mod.encode(&writer)
        case .ctFlush(let flush): flush.encode(&writer)
        case .roleRequest(let role): role.encode(&writer, context, isRequest: true)
        case .roleReply(let role): role.encode(&writer, context, isRequest: false)
        case .bundleControl(let control): control.encode(&writer)
        case .tlvTableReply(let table): table.encode(&writer)
        default: encodeMultipart(&writer, context)
        }
    }
}
