/// The kinds of messages, without what they say. A request and its reply are two.
public enum MessageKind: UInt8, CaseIterable, Hashable, Sendable {
    case hello, error, echoRequest, echoReply, featuresRequest, featuresReply, getConfigRequest, getConfigReply, setConfig, packetIn
    case flowRemoved, portStatus, roleStatus, tableStatus, requestForward, flowMonitorPaused, flowMonitorResumed, packetOut, flowMod
    case groupMod, portMod, tableMod, meterMod, setAsync, bundleAdd, flowMonitorCancel, setFlowFormat, flowModTableID, setPacketInFormat
    case setControllerID, resume, tlvTableMod, ctFlushZone, ctFlush, flowAge, barrierRequest, barrierReply, roleRequest, roleReply
    case getAsyncRequest, getAsyncReply, bundleControl, queueGetConfigRequest, queueGetConfigReply, tlvTableRequest, tlvTableReply
    case descRequest, descReply, flowStatsRequest, flowStatsReply, aggregateStatsRequest, aggregateStatsReply, tableStatsRequest
    case tableStatsReply, portStatsRequest, portStatsReply, queueStatsRequest, queueStatsReply, groupStatsRequest, groupStatsReply
    case groupDescRequest, groupDescReply, groupFeaturesRequest, groupFeaturesReply, meterStatsRequest, meterStatsReply
    case meterConfigRequest, meterConfigReply, meterFeaturesRequest, meterFeaturesReply, tableFeaturesRequest, tableFeaturesReply
    case portDescRequest, portDescReply, tableDescRequest, tableDescReply, flowMonitorRequest, flowMonitorReply, ipfixBridgeRequest
    case ipfixBridgeReply, ipfixFlowRequest, ipfixFlowReply
}

extension MessageKind {
    /// True for what a switch alone says.
    var isOfSwitches: Bool {
        switch self {
        case .featuresReply, .getConfigReply, .packetIn, .flowRemoved, .portStatus, .roleStatus, .tableStatus, .requestForward, .flowMonitorPaused,
            .flowMonitorResumed, .barrierReply, .roleReply, .getAsyncReply, .queueGetConfigReply, .tlvTableReply, .descReply, .flowStatsReply,
            .aggregateStatsReply, .tableStatsReply, .portStatsReply, .queueStatsReply, .groupStatsReply, .groupDescReply, .groupFeaturesReply, .meterStatsReply,
            .meterConfigReply, .meterFeaturesReply, .tableFeaturesReply, .portDescReply, .tableDescReply, .flowMonitorReply, .ipfixBridgeReply, .ipfixFlowReply: true
        default: false
        }
    }
}

extension OFMessage {
    public var kind: MessageKind {
        switch self {
        case .hello: .hello
        case .error: .error
        case .echoRequest: .echoRequest
        case .echoReply: .echoReply
        case .featuresRequest: .featuresRequest
        case .featuresReply: .featuresReply
        case .getConfigRequest: .getConfigRequest
        case .getConfigReply: .getConfigReply
        case .setConfig: .setConfig
        case .packetIn: .packetIn
        case .flowRemoved: .flowRemoved
        case .portStatus: .portStatus
        case .roleStatus: .roleStatus
        case .tableStatus: .tableStatus
        case .requestForward: .requestForward
        case .flowMonitorPaused: .flowMonitorPaused
        case .flowMonitorResumed: .flowMonitorResumed
        case .packetOut: .packetOut
        case .flowMod: .flowMod
        case .groupMod: .groupMod
        case .portMod: .portMod
        case .tableMod: .tableMod
        case .meterMod: .meterMod
        case .setAsync: .setAsync
        case .bundleAdd: .bundleAdd
        case .flowMonitorCancel: .flowMonitorCancel
        case .setFlowFormat: .setFlowFormat
        case .flowModTableID: .flowModTableID
        case .setPacketInFormat: .setPacketInFormat
        case .setControllerID: .setControllerID
        case .resume: .resume
        case .tlvTableMod: .tlvTableMod
        case .ctFlushZone: .ctFlushZone
        case .ctFlush: .ctFlush
        case .flowAge: .flowAge
        case .barrierRequest: .barrierRequest
        case .barrierReply: .barrierReply
        case .roleRequest: .roleRequest
        case .roleReply: .roleReply
        case .getAsyncRequest: .getAsyncRequest
        case .getAsyncReply: .getAsyncReply
        case .bundleControl: .bundleControl
        case .queueGetConfigRequest: .queueGetConfigRequest
        case .queueGetConfigReply: .queueGetConfigReply
        case .tlvTableRequest: .tlvTableRequest
        case .tlvTableReply: .tlvTableReply
        case .descRequest: .descRequest
        case .descReply: .descReply
        case .flowStatsRequest: .flowStatsRequest
        case .flowStatsReply: .flowStatsReply
        case .aggregateStatsRequest: .aggregateStatsRequest
        case .aggregateStatsReply: .aggregateStatsReply
        case .tableStatsRequest: .tableStatsRequest
        case .tableStatsReply: .tableStatsReply
        case .portStatsRequest: .portStatsRequest
        case .portStatsReply: .portStatsReply
        case .queueStatsRequest: .queueStatsRequest
        case .queueStatsReply: .queueStatsReply
        case .groupStatsRequest: .groupStatsRequest
        case .groupStatsReply: .groupStatsReply
        case .groupDescRequest: .groupDescRequest
        case .groupDescReply: .groupDescReply
        case .groupFeaturesRequest: .groupFeaturesRequest
        case .groupFeaturesReply: .groupFeaturesReply
        case .meterStatsRequest: .meterStatsRequest
        case .meterStatsReply: .meterStatsReply
        case .meterConfigRequest: .meterConfigRequest
        case .meterConfigReply: .meterConfigReply
        case .meterFeaturesRequest: .meterFeaturesRequest
        case .meterFeaturesReply: .meterFeaturesReply
        case .tableFeaturesRequest: .tableFeaturesRequest
        case .tableFeaturesReply: .tableFeaturesReply
        case .portDescRequest: .portDescRequest
        case .portDescReply: .portDescReply
        case .tableDescRequest: .tableDescRequest
        case .tableDescReply: .tableDescReply
        case .flowMonitorRequest: .flowMonitorRequest
        case .flowMonitorReply: .flowMonitorReply
        case .ipfixBridgeRequest: .ipfixBridgeRequest
        case .ipfixBridgeReply: .ipfixBridgeReply
        case .ipfixFlowRequest: .ipfixFlowRequest
        case .ipfixFlowReply: .ipfixFlowReply
        }
    }
}
