import Flow
import Wire
@testable import OpenFlow

extension MessageGenerator {
    /// A message of a kind, with its header.
    mutating func packet(_ kind: MessageKind) -> OFPacket {
        let header = header()
        return OFPacket(header, message(kind, xid: header.xid))
    }

    private mutating func message(_ kind: MessageKind, xid: UInt32) -> OFMessage {
        switch kind {
        case .hello: .hello(hello())
        case .error: .error(ErrorMessage(pick([.brcBadLen, .bmcBadField, .nxbrcMustBeZero, .bacBadOutPort]), data: bytes(64)))
        case .echoRequest: .echoRequest(bytes())
        case .echoReply: .echoReply(bytes())
        case .featuresRequest: .featuresRequest
        case .featuresReply: .featuresReply(features())
        case .getConfigRequest: .getConfigRequest
        case .getConfigReply: .getConfigReply(settings())
        case .setConfig: .setConfig(settings())
        case .packetIn: .packetIn(form == .extended2 ? packetIn2(hasUserdata: true) : packetIn())
        case .flowRemoved: .flowRemoved(flowRemoved())
        case .portStatus: .portStatus(PortStatus(pick([.add, .delete, .modify]), portDescription()))
        case .roleStatus: .roleStatus(RoleStatus(Role(pick([.equal, .primary, .secondary]), generation: coin() ? nil : u64()), reason: pick([.primaryRequest, .config, .experimenter])))
        case .tableStatus: .tableStatus(TableStatus(pick([.vacancyDown, .vacancyUp]), tableStatusDescription()))
        case .requestForward: .requestForward(requestForward())
        case .flowMonitorPaused: .flowMonitorPaused
        case .flowMonitorResumed: .flowMonitorResumed
        case .packetOut: .packetOut(packetOut())
        case .flowMod: .flowMod(flowRequest())
        case .groupMod: .groupMod(groupMod())
        case .portMod: .portMod(portMod())
        case .tableMod: .tableMod(tableMod())
        case .meterMod: .meterMod(meterMod())
        case .setAsync: .setAsync(asyncConfig())
        case .bundleAdd: .bundleAdd(bundleAdd(xid: xid))
        case .flowMonitorCancel: .flowMonitorCancel(u32())
        case .setFlowFormat: .setFlowFormat(pick([.openFlow10, .nxm]))
        case .flowModTableID: .flowModTableID(coin())
        case .setPacketInFormat: .setPacketInFormat(pick([.standard, .nxt, .nxt2]))
        case .setControllerID: .setControllerID(u16())
        case .resume: .resume(packetIn2(hasUserdata: false))
        case .tlvTableMod: .tlvTableMod(TLVTableMod(pick([.add, .delete, .clear]), mappings()))
        case .ctFlushZone: .ctFlushZone(u16())
        case .ctFlush: .ctFlush(ctFlush())
        case .flowAge: .flowAge
        case .barrierRequest: .barrierRequest
        case .barrierReply: .barrierReply
        case .roleRequest: .roleRequest(role(isRequest: true))
        case .roleReply: .roleReply(role(isRequest: false))
        case .getAsyncRequest: .getAsyncRequest
        case .getAsyncReply: .getAsyncReply(asyncConfig())
        case .bundleControl: .bundleControl(bundleControl())
        case .tlvTableRequest: .tlvTableRequest
        case .tlvTableReply: .tlvTableReply(TLVTable(space: u32(), fields: 64, mappings: mappings()))
        default: multipart(kind)
        }
    }

    private mutating func tableStatusDescription() -> TableDescription {
        TableDescription(table: u8(), eviction: coin(), evictionFlags: u32(), vacancy: TableVacancy(isEnabled: coin(), down: u8(), up: u8(), current: u8()))
    }

    private mutating func queueConfigReply() -> OFMessage {
        let port = OFPort(UInt16(number(100)))
        var queues = list { $0.queueDescription(port) }
        if version >= .v14, queues.isEmpty { queues = [queueDescription(port)] }
        return .queueGetConfigReply(port: port, queues)
    }

    private mutating func multipart(_ kind: MessageKind) -> OFMessage {
        switch kind {
        case .queueGetConfigRequest: .queueGetConfigRequest(port: OFPort(UInt16(number(100))), queue: version >= .v14 && coin() ? u32() >> 1 : nil)
        case .queueGetConfigReply: queueConfigReply()
        case .descRequest: .descRequest
        case .descReply: .descReply(description())
        case .flowStatsRequest: .flowStatsRequest(flowStatsRequest())
        case .flowStatsReply: .flowStatsReply(list { $0.flowStats() })
        case .aggregateStatsRequest: .aggregateStatsRequest(flowStatsRequest())
        case .aggregateStatsReply: .aggregateStatsReply(aggregate())
        case .tableStatsRequest: .tableStatsRequest
        case .tableStatsReply: .tableStatsReply(list { $0.tableStatistics() })
        case .portStatsRequest: .portStatsRequest(pick([.none, OFPort(5)]))
        case .portStatsReply: .portStatsReply(list { $0.portStatistics() })
        case .queueStatsRequest: .queueStatsRequest(port: pick([.none, OFPort(5)]), queue: u32())
        case .queueStatsReply: .queueStatsReply(list { $0.queueStatistics() })
        case .groupStatsRequest: .groupStatsRequest(u32())
        case .groupStatsReply: .groupStatsReply(list { $0.groupStatistics() })
        case .groupDescRequest: .groupDescRequest(version.hasNumberedBuckets ? u32() : GroupNumber.all)
        case .groupDescReply: .groupDescReply(list { $0.groupDescription() })
        case .groupFeaturesRequest: .groupFeaturesRequest
        case .groupFeaturesReply: .groupFeaturesReply(groupFeatures())
        case .meterStatsRequest: .meterStatsRequest(u32())
        case .meterStatsReply: .meterStatsReply(list { $0.meterStatistics() })
        case .meterConfigRequest: .meterConfigRequest(u32())
        case .meterConfigReply: .meterConfigReply(list { $0.meterConfig() })
        case .meterFeaturesRequest: .meterFeaturesRequest
        case .meterFeaturesReply: .meterFeaturesReply(MeterFeatures(maximumMeters: u32(), bandKinds: 6, capabilities: 15, maximumBands: u8(), maximumColor: u8()))
        case .tableFeaturesRequest: .tableFeaturesRequest(list { $0.tableFeatures(isRequest: true) })
        case .tableFeaturesReply: .tableFeaturesReply([tableFeatures(isRequest: false), tableFeatures(isRequest: false)])
        case .portDescRequest: .portDescRequest(version == .v15 && coin() ? OFPort(9) : nil)
        case .portDescReply: .portDescReply(list { $0.portDescription() })
        case .tableDescRequest: .tableDescRequest
        case .tableDescReply: .tableDescReply([tableDescription()] + list { $0.tableDescription() })
        case .flowMonitorRequest: .flowMonitorRequest(list { $0.monitorRequest() })
        case .flowMonitorReply: .flowMonitorReply(list { $0.flowUpdate() })
        case .ipfixBridgeRequest: .ipfixBridgeRequest
        case .ipfixBridgeReply: .ipfixBridgeReply([ipfix()])
        case .ipfixFlowRequest: .ipfixFlowRequest
        case .ipfixFlowReply: .ipfixFlowReply(list { $0.ipfix() })
        default: preconditionFailure("\(kind) has no generator")
        }
    }
}

/// Each row of the table in each of its versions.
let messageForms: [(row: MessageRow, version: OFVersion)] = messageTable.flatMap { row in
    OFVersion.allCases.filter { row.isIn($0) }.map { (row, $0) }
}

/// The message that a seed makes of a row.
func sample(_ row: MessageRow, _ version: OFVersion, seed: UInt64) -> OFPacket {
    var generator = MessageGenerator(seed: seed, version, row.form)
    return generator.packet(row.kind)
}
