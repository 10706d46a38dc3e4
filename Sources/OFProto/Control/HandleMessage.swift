import Flow
import OpenFlow
import Wire

extension ConnectionManager {
    /// Carries out one message. An error is answered by the caller.
    func handle(_ packet: OFPacket, bytes: [UInt8], from connection: OFConnection, now: Int64) throws(OFError) {
        let header = packet.header
        func reply(_ message: OFMessage) { connection.reply(message, to: header) }
        if packet.message.kind.isForbiddenToSecondaries, connection.role == .secondary { throw .brcIsSecondary }
        switch packet.message {
        case .echoRequest(let data): reply(.echoReply(data))
        case .echoReply: break
        case .featuresRequest: reply(.featuresReply(features(header.version)))
        case .getConfigRequest: reply(.getConfigReply(connection.settings))
        case .setConfig(let settings): connection.apply(settings)
        case .barrierRequest: connection.begin(BarrierJob(header, bridge: bridge))
        case .roleRequest(let role): reply(.roleReply(try connection.change(role)))
        case .getAsyncRequest: reply(.getAsyncReply(connection.async))
        case .setAsync(let config): connection.set(config)
        case .setFlowFormat(let format): connection.flowFormat = format
        case .flowModTableID(let names): connection.namesTables = names
        case .flowAge: break
        case .setPacketInFormat(let format): connection.packetInFormat = format
        case .setControllerID(let id): connection.controllerID = id
        case .flowMod(let request): try apply(request, now: now)
        case .groupMod(let mod):
            try bridge.apply(mod, now: now)
            forward(RequestForward(.groupMod(mod), xid: header.xid), from: connection)
        case .meterMod(let mod):
            try bridge.apply(mod, now: now)
            forward(RequestForward(.meterMod(mod), xid: header.xid), from: connection)
        case .portMod(let mod): try bridge.apply(mod)
        case .tableMod(let mod): try bridge.apply(mod)
        case .packetOut(let out): try packetOut(out, now: now)
        case .bundleControl(let control): try connection.control(control, header, now: now)
        case .bundleAdd(let add): try connection.add(add, bytes, now: now)
        case .flowMonitorCancel(let id): try connection.cancelMonitor(id)
        case .tlvTableMod(let mod): try bridge.apply(mod, now: now)
        case .tlvTableRequest: reply(.tlvTableReply(bridge.tlvTable))
        // The datapath tracks no connections, so there are none to forget.
        case .ctFlush, .ctFlushZone: break
        case .resume(let packet): try resume(packet, header.version, now: now)
        default: try answer(packet, connection, now: now)
        }
    }

    /// Multipart requests and their kin.
    private func answer(_ packet: OFPacket, _ connection: OFConnection, now: Int64) throws(OFError) {
        let header = packet.header
        func reply(_ message: OFMessage) { connection.reply(message, to: header) }
        switch packet.message {
        case .descRequest: reply(.descReply(bridge.description))
        case .flowStatsRequest(let request): connection.begin(try FlowDump(header, try request.wanted(bridge), bridge))
        case .aggregateStatsRequest(let request): connection.begin(FlowAggregate(header, try request.wanted(bridge), bridge))
        case .tableStatsRequest: reply(.tableStatsReply(bridge.tableStatistics(header.version)))
        case .tableFeaturesRequest(let features): try connection.tableFeatures(features, header)
        case .tableDescRequest: reply(.tableDescReply(bridge.tableDescriptions))
        case .portStatsRequest(let port): reply(.portStatsReply(try bridge.portStatistics(port, now: now)))
        case .portDescRequest(let port): reply(.portDescReply(try bridge.portDescriptions(port)))
        case .queueStatsRequest(let port, let queue): reply(.queueStatsReply(try bridge.queueStatistics(port, queue, header.version, now: now)))
        case .queueGetConfigRequest(let port, let queue):
            reply(.queueGetConfigReply(port: port, try bridge.queueDescriptions(port, queue)))
        case .groupStatsRequest(let group): reply(.groupStatsReply(bridge.groupStats(group, now: now)))
        case .groupDescRequest(let group): reply(.groupDescReply(bridge.groupDescriptions(group)))
        case .groupFeaturesRequest: reply(.groupFeaturesReply(bridge.groupFeatures(header.version)))
        case .meterStatsRequest(let meter): reply(.meterStatsReply(try bridge.meterStats(meter, now: now)))
        case .meterConfigRequest(let meter): reply(.meterConfigReply(try bridge.meterConfigs(meter)))
        case .meterFeaturesRequest: reply(.meterFeaturesReply(bridge.meterFeatures))
        case .flowMonitorRequest(let requests): try connection.monitor(requests, header)
        case .ipfixBridgeRequest, .ipfixFlowRequest: throw .nxstNotConfigured
        // Everything else is what only a switch says.
        default: throw .brcBadType
        }
    }

    /// One flow modification on its own.
    private func apply(_ request: FlowRequest, now: Int64) throws(OFError) {
        do throws(FlowModError) {
            if request.command != .delete, request.command != .deleteStrict { try bridge.checkHidden(request.tableMod) }
            do throws(OFError) { try request.checkBuffer() } catch { throw FlowModError(error, "there are no buffers") }
            try bridge.apply(request.tableMod, command: request.command, selection: request.selection, now: now)
        } catch {
            throw error.error
        }
    }
}

extension MessageKind {
    /// What a secondary controller must not do (OpenFlow 1.3.5, section 6.3.6).
    var isForbiddenToSecondaries: Bool {
        switch self {
        case .packetOut, .flowMod, .groupMod, .portMod, .tableMod, .meterMod, .bundleControl, .bundleAdd, .tlvTableMod: true
        default: false
        }
    }
}

extension FlowRequest {
    /// The modification as tables take it.
    var tableMod: FlowMod {
        var mod = mod
        if everyTable { mod.table = 0xff }
        return mod
    }

    /// There are no buffers. What deletes flows says nothing of them.
    func checkBuffer() throws(OFError) {
        if bufferID != nil, command != .delete, command != .deleteStrict { throw .brcBufferUnknown }
    }

    var selection: FlowModSelection {
        var selection = FlowModSelection()
        selection.cookieMask = cookieMask
        if !keepsCookies { selection.newCookie = cookieMask == 0 ? mod.cookie : newCookie }
        selection.modifyAdds = cookieMask == 0 && mod.cookie != .max
        selection.outPort = outPort == OFPort.none ? nil : outPort
        selection.outGroup = outGroup == GroupNumber.any ? nil : outGroup
        return selection
    }
}

extension FlowStatsRequest {
    /// `nxfmfcInvalidTLVField`: the match speaks of a tun_metadata field that is not mapped.
    func wanted(_ bridge: Bridge) throws(OFError) -> FlowModSelection.Wanted {
        var wanted = FlowModSelection.Wanted()
        wanted.table = table
        wanted.match = try bridge.tlvMappings.placed(match)
        wanted.cookie = cookie
        wanted.selection.cookieMask = cookieMask
        wanted.selection.outPort = outPort
        wanted.selection.outGroup = outGroup
        return wanted
    }
}

extension Bridge {
    /// What a switch of this kind says of itself: tools and controllers tell by it what they talk to.
    var description: SwitchDescription {
        SwitchDescription(
            manufacturer: "Nicira, Inc.", hardware: "Open vSwitch", software: "3.1.0", serialNumber: serialNumber ?? "None", datapath: datapathDescription ?? "None")
    }
}
