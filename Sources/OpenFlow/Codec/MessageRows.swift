/// Every message of every version, as OVS 3.1 has it: the OpenFlow specifications 1.0.1–1.5.1, the Nicira extension's NXT_ and NXST_, and
/// ONFT_ and ONFST_, which bring OpenFlow 1.4's to 1.3.
let messageTable: [MessageRow] = plainMessages + niciraMessages + onfMessages + multipartRequests + multipartReplies

private let plainMessages: [MessageRow] = [
    of(0, .hello, .v10 ... .v15, .atLeast(0)),
    of(1, .error, .v10 ... .v15, .atLeast(4)),
    of(2, .echoRequest, .v10 ... .v15, .atLeast(0)),
    of(3, .echoReply, .v10 ... .v15, .atLeast(0)),
    of(5, .featuresRequest, .v10 ... .v15, .none),
    of(6, .featuresReply, .v10 ... .v10, .units(of: 48, after: 24)),
    of(6, .featuresReply, .v11 ... .v12, .units(of: 64, after: 24)),
    of(6, .featuresReply, .v13 ... .v15, .exactly(24)),
    of(7, .getConfigRequest, .v10 ... .v15, .none),
    of(8, .getConfigReply, .v10 ... .v15, .exactly(4)),
    of(9, .setConfig, .v10 ... .v15, .exactly(4)),
    of(10, .packetIn, .v10 ... .v10, .atLeast(10)),
    of(10, .packetIn, .v11 ... .v11, .atLeast(16)),
    of(10, .packetIn, .v12 ... .v12, .atLeast(8)),
    of(10, .packetIn, .v13 ... .v15, .atLeast(16)),
    of(11, .flowRemoved, .v10 ... .v10, .exactly(80)),
    of(11, .flowRemoved, .v11 ... .v14, .units(of: 8, after: 40)),
    of(11, .flowRemoved, .v15 ... .v15, .units(of: 8, after: 16)),
    of(12, .portStatus, .v10 ... .v10, .exactly(56)),
    of(12, .portStatus, .v11 ... .v13, .exactly(72)),
    of(12, .portStatus, .v14 ... .v15, .units(of: 8, after: 48)),
    of(13, .packetOut, .v10 ... .v10, .atLeast(8)),
    of(13, .packetOut, .v11 ... .v14, .atLeast(16)),
    of(13, .packetOut, .v15 ... .v15, .atLeast(8)),
    of(14, .flowMod, .v10 ... .v10, .units(of: 8, after: 64)),
    of(14, .flowMod, .v11 ... .v15, .units(of: 8, after: 40)),
    of(15, .portMod, .v10 ... .v10, .exactly(24)),
    of(15, .groupMod, .v11 ... .v14, .units(of: 8, after: 8)),
    of(15, .groupMod, .v15 ... .v15, .units(of: 8, after: 16)),
    of(16, .portMod, .v11 ... .v13, .exactly(32)),
    of(16, .portMod, .v14 ... .v15, .units(of: 8, after: 24)),
    of(17, .tableMod, .v11 ... .v13, .exactly(8)),
    of(17, .tableMod, .v14 ... .v15, .units(of: 8, after: 8)),
    of(18, .barrierRequest, .v10 ... .v10, .none),
    of(19, .barrierReply, .v10 ... .v10, .none),
    of(20, .queueGetConfigRequest, .v10 ... .v10, .exactly(4)),
    of(20, .barrierRequest, .v11 ... .v15, .none),
    of(21, .queueGetConfigReply, .v10 ... .v10, .units(of: 8, after: 8)),
    of(21, .barrierReply, .v11 ... .v15, .none),
    of(22, .queueGetConfigRequest, .v11 ... .v13, .exactly(8)),
    of(23, .queueGetConfigReply, .v11 ... .v13, .units(of: 8, after: 8)),
    of(24, .roleRequest, .v12 ... .v15, .exactly(16)),
    of(25, .roleReply, .v12 ... .v15, .exactly(16)),
    of(26, .getAsyncRequest, .v13 ... .v15, .none),
    of(27, .getAsyncReply, .v13 ... .v13, .exactly(24)),
    of(27, .getAsyncReply, .v14 ... .v15, .units(of: 8)),
    of(28, .setAsync, .v13 ... .v13, .exactly(24)),
    of(28, .setAsync, .v14 ... .v15, .units(of: 8)),
    of(29, .meterMod, .v13 ... .v15, .units(of: 8, after: 8)),
    of(30, .roleStatus, .v14 ... .v15, .units(of: 8, after: 16)),
    of(31, .tableStatus, .v14 ... .v15, .units(of: 8, after: 8)),
    of(32, .requestForward, .v14 ... .v15, .units(of: 8, after: 8)),
    of(33, .bundleControl, .v14 ... .v15, .units(of: 8, after: 8)),
    of(34, .bundleAdd, .v14 ... .v15, .atLeast(8)),
]

private let niciraMessages: [MessageRow] = [
    nx(10, .roleRequest, .v10 ... .v15, .exactly(4)),
    nx(11, .roleReply, .v10 ... .v15, .exactly(4)),
    nx(12, .setFlowFormat, .v10 ... .v10, .exactly(4)),
    nx(13, .flowMod, .v10 ... .v15, .units(of: 8, after: 32)),
    nx(14, .flowRemoved, .v10 ... .v15, .units(of: 8, after: 40)),
    nx(15, .flowModTableID, .v10 ... .v15, .exactly(8)),
    nx(16, .setPacketInFormat, .v10 ... .v15, .exactly(4)),
    nx(17, .packetIn, .v10 ... .v15, .atLeast(24)),
    nx(18, .flowAge, .v10 ... .v15, .none),
    nx(19, .setAsync, .v10 ... .v15, .exactly(24)),
    nx(20, .setControllerID, .v10 ... .v15, .exactly(8)),
    nx(21, .flowMonitorCancel, .v10 ... .v12, .exactly(4)),
    nx(22, .flowMonitorPaused, .v10 ... .v12, .none),
    nx(23, .flowMonitorResumed, .v10 ... .v12, .none),
    nx(24, .tlvTableMod, .v10 ... .v15, .units(of: 8, after: 8)),
    nx(25, .tlvTableRequest, .v10 ... .v15, .none),
    nx(26, .tlvTableReply, .v10 ... .v15, .units(of: 8, after: 16)),
    nx(27, .setAsync, .v10 ... .v13, .units(of: 8), .extended2),
    nx(28, .resume, .v10 ... .v15, .units(of: 8)),
    nx(29, .ctFlushZone, .v10 ... .v15, .exactly(8)),
    nx(30, .packetIn, .v10 ... .v15, .units(of: 8), .extended2),
    nx(31, .groupMod, .v10 ... .v10, .units(of: 8, after: 16)),
    nx(32, .ctFlush, .v10 ... .v15, .units(of: 8, after: 8)),
    nx(132, .requestForward, .v10 ... .v12, .units(of: 8, after: 8)),
]

private let onfMessages: [MessageRow] = [
    onf(1870, .flowMonitorCancel, .v13 ... .v13, .exactly(4)),
    onf(1871, .flowMonitorPaused, .v13 ... .v13, .none),
    onf(1872, .flowMonitorResumed, .v13 ... .v13, .none),
    onf(1911, .roleStatus, .v13 ... .v13, .units(of: 8, after: 16)),
    onf(2300, .bundleControl, .v13 ... .v13, .units(of: 8, after: 8)),
    onf(2301, .bundleAdd, .v13 ... .v13, .atLeast(8)),
    onf(2350, .requestForward, .v13 ... .v13, .units(of: 8, after: 8)),
]

private let multipartRequests: [MessageRow] = [
    ask(0, .descRequest, .v10 ... .v15, .none),
    ask(1, .flowStatsRequest, .v10 ... .v10, .exactly(44)),
    ask(1, .flowStatsRequest, .v11 ... .v15, .units(of: 8, after: 32)),
    ask(2, .aggregateStatsRequest, .v10 ... .v10, .exactly(44)),
    ask(2, .aggregateStatsRequest, .v11 ... .v15, .units(of: 8, after: 32)),
    ask(3, .tableStatsRequest, .v10 ... .v15, .none),
    ask(4, .portStatsRequest, .v10 ... .v15, .exactly(8)),
    ask(5, .queueStatsRequest, .v10 ... .v15, .exactly(8)),
    ask(6, .groupStatsRequest, .v11 ... .v15, .exactly(8)),
    ask(7, .groupDescRequest, .v11 ... .v14, .none),
    ask(7, .groupDescRequest, .v15 ... .v15, .exactly(8)),
    ask(8, .groupFeaturesRequest, .v12 ... .v15, .none),
    ask(9, .meterStatsRequest, .v13 ... .v15, .exactly(8)),
    ask(10, .meterConfigRequest, .v13 ... .v15, .exactly(8)),
    ask(11, .meterFeaturesRequest, .v13 ... .v15, .none),
    ask(12, .tableFeaturesRequest, .v13 ... .v15, .units(of: 8)),
    ask(13, .portDescRequest, .v10 ... .v14, .none),
    ask(13, .portDescRequest, .v15 ... .v15, .exactly(8)),
    ask(14, .tableDescRequest, .v14 ... .v15, .none),
    ask(15, .queueGetConfigRequest, .v14 ... .v15, .exactly(8)),
    ask(16, .flowMonitorRequest, .v14 ... .v15, .units(of: 8)),
    nxAsk(0, .flowStatsRequest, .v10 ... .v10, .units(of: 8, after: 8)),
    nxAsk(1, .aggregateStatsRequest, .v10 ... .v10, .units(of: 8, after: 8)),
    nxAsk(2, .flowMonitorRequest, .v10 ... .v12, .units(of: 8)),
    nxAsk(3, .ipfixBridgeRequest, .v10 ... .v15, .none),
    nxAsk(4, .ipfixFlowRequest, .v10 ... .v15, .none),
    nxAsk(7, .groupStatsRequest, .v10 ... .v10, .exactly(8)),
    nxAsk(8, .groupDescRequest, .v10 ... .v10, .exactly(8)),
    nxAsk(9, .groupFeaturesRequest, .v10 ... .v11, .none),
    onfAsk(1870, .flowMonitorRequest, .v13 ... .v13, .units(of: 8)),
]

private let multipartReplies: [MessageRow] = [
    answer(0, .descReply, .v10 ... .v15, .exactly(1056)),
    answer(1, .flowStatsReply, .v10 ... .v15, .atLeast(0)),
    answer(2, .aggregateStatsReply, .v10 ... .v14, .exactly(24)),
    answer(2, .aggregateStatsReply, .v15 ... .v15, .atLeast(0)),
    answer(3, .tableStatsReply, .v10 ... .v10, .units(of: 64)),
    answer(3, .tableStatsReply, .v11 ... .v11, .units(of: 88)),
    answer(3, .tableStatsReply, .v12 ... .v12, .units(of: 128)),
    answer(3, .tableStatsReply, .v13 ... .v15, .units(of: 24)),
    answer(4, .portStatsReply, .v10 ... .v12, .units(of: 104)),
    answer(4, .portStatsReply, .v13 ... .v13, .units(of: 112)),
    answer(4, .portStatsReply, .v14 ... .v15, .units(of: 8)),
    answer(5, .queueStatsReply, .v10 ... .v12, .units(of: 32)),
    answer(5, .queueStatsReply, .v13 ... .v13, .units(of: 40)),
    answer(5, .queueStatsReply, .v14 ... .v15, .units(of: 8)),
    answer(6, .groupStatsReply, .v11 ... .v15, .units(of: 8)),
    answer(7, .groupDescReply, .v11 ... .v15, .units(of: 8)),
    answer(8, .groupFeaturesReply, .v12 ... .v15, .exactly(40)),
    answer(9, .meterStatsReply, .v13 ... .v15, .units(of: 8)),
    answer(10, .meterConfigReply, .v13 ... .v15, .units(of: 8)),
    answer(11, .meterFeaturesReply, .v13 ... .v15, .exactly(16)),
    answer(12, .tableFeaturesReply, .v13 ... .v15, .units(of: 8, after: 64)),
    answer(13, .portDescReply, .v10 ... .v10, .units(of: 48)),
    answer(13, .portDescReply, .v11 ... .v13, .units(of: 64)),
    answer(13, .portDescReply, .v14 ... .v15, .units(of: 8)),
    answer(14, .tableDescReply, .v14 ... .v15, .units(of: 8, after: 8)),
    answer(15, .queueGetConfigReply, .v14 ... .v15, .units(of: 8)),
    answer(16, .flowMonitorReply, .v14 ... .v15, .units(of: 8)),
    nxAnswer(0, .flowStatsReply, .v10 ... .v10, .atLeast(0)),
    nxAnswer(1, .aggregateStatsReply, .v10 ... .v10, .exactly(24)),
    nxAnswer(2, .flowMonitorReply, .v10 ... .v12, .units(of: 8)),
    nxAnswer(3, .ipfixBridgeReply, .v10 ... .v15, .exactly(88)),
    nxAnswer(4, .ipfixFlowReply, .v10 ... .v15, .units(of: 88)),
    nxAnswer(7, .groupStatsReply, .v10 ... .v10, .units(of: 8)),
    nxAnswer(8, .groupDescReply, .v10 ... .v10, .units(of: 8)),
    nxAnswer(9, .groupFeaturesReply, .v10 ... .v11, .exactly(40)),
    onfAnswer(1870, .flowMonitorReply, .v13 ... .v13, .units(of: 8)),
]

/// The length of a message behind its headers.
private enum BodySize {
    case none, exactly(Int), atLeast(Int), units(of: Int, after: Int = 0)
}

private func row(
    _ kind: MessageKind, _ form: MessageForm, _ versions: ClosedRange<OFVersion>, _ number: MessageNumber, _ size: BodySize
) -> MessageRow {
    let (minimum, unit) = switch size {
    case .none: (0, 0)
    case .exactly(let count): (count, 0)
    case .atLeast(let count): (count, 1)
    case .units(let unit, let count): (count, unit)
    }
    return MessageRow(kind: kind, form: form, first: versions.lowerBound, last: versions.upperBound, number: number, minimum: minimum, unit: unit)
}

/// OFPT_ messages, by their type.
private func of(_ type: UInt8, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .standard, versions, .type(type), size)
}
/// NXT_ messages.
private func nx(
    _ type: UInt32, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize, _ form: MessageForm = .extended
) -> MessageRow { row(kind, form, versions, .vendor(Vendor.nicira, type), size) }
/// ONFT_ messages.
private func onf(_ type: UInt32, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .extended, versions, .vendor(Vendor.onf, type), size)
}
/// OFPST_ (OFPMP_) requests and replies.
private func ask(_ type: UInt16, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .standard, versions, .multipart(type, reply: false), size)
}
private func answer(_ type: UInt16, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .standard, versions, .multipart(type, reply: true), size)
}
/// NXST_ requests and replies.
private func nxAsk(_ type: UInt32, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .extended, versions, .vendorMultipart(Vendor.nicira, type, reply: false), size)
}
private func nxAnswer(_ type: UInt32, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .extended, versions, .vendorMultipart(Vendor.nicira, type, reply: true), size)
}
/// ONFST_ requests and replies.
private func onfAsk(_ type: UInt32, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .extended, versions, .vendorMultipart(Vendor.onf, type, reply: false), size)
}
private func onfAnswer(_ type: UInt32, _ kind: MessageKind, _ versions: ClosedRange<OFVersion>, _ size: BodySize) -> MessageRow {
    row(kind, .extended, versions, .vendorMultipart(Vendor.onf, type, reply: true), size)
}
