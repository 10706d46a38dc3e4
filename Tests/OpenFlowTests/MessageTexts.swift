import Flow
import Wire
@testable import OpenFlow

/// What ovs-ofctl must print of a message, made from the message's value alone.
struct MessageTexts {
    let packet: OFPacket
    let row: MessageRow

    /// "OFPT_FLOW_MOD (OF1.3) (xid=0x5)"
    var title: String {
        let version = packet.header.version == .v10 ? "" : " (OF1.\(packet.header.version.rawValue - 1))"
        return name + version + " (xid=0x\(String(packet.header.xid, radix: 16)))"
    }

    private var name: String {
        switch row.number {
        case .type: "OFPT_" + plainName
        case .vendor(Vendor.nicira, _): "NXT_" + extendedName
        case .vendor: "ONFT_" + extendedName
        case .multipart(_, let reply): "OFPST_" + multipartName + (reply ? " reply" : " request")
        case .vendorMultipart(Vendor.nicira, _, let reply): "NXST_" + multipartName + (reply ? " reply" : " request")
        case .vendorMultipart(_, _, let reply): "ONFST_" + multipartName + (reply ? " reply" : " request")
        }
    }

    /// "setAsync" is SET_ASYNC.
    private var plainName: String {
        if row.kind == .bundleAdd { return "BUNDLE_ADD_MESSAGE" }
        if row.kind == .requestForward { return "REQUESTFORWARD" }
        return upper(row.kind)
    }
    private var extendedName: String {
        switch row.kind {
        case .packetIn where row.form == .extended2: "PACKET_IN2"
        case .setAsync: row.form == .extended2 ? "SET_ASYNC_CONFIG2" : "SET_ASYNC_CONFIG"
        case .flowModTableID: "FLOW_MOD_TABLE_ID"
        case .setControllerID: "SET_CONTROLLER_ID"
        case .tlvTableMod, .tlvTableRequest, .tlvTableReply: "TLV_" + upper(row.kind).dropFirst(4)
        case .ctFlush: "CT_FLUSH"
        case .ctFlushZone: "CT_FLUSH_ZONE"
        default: plainName
        }
    }
    private var multipartName: String {
        if row.kind == .queueGetConfigRequest || row.kind == .queueGetConfigReply { return "QUEUE_DESC" }
        let words = upper(row.kind).split(separator: "_").dropLast().filter { $0 != "STATS" }
        return words.joined(separator: "_").replacing("IPFIXB", with: "IPFIX_B")
    }
    private func upper(_ kind: MessageKind) -> String {
        "\(kind)".reduce("") { $0 + ($1.isUppercase ? "_" : "") + $1.uppercased() }
    }

    /// Parts of the text that stand for the message's values.
    var parts: [String] {
        switch packet.message {
        case .echoRequest(let data), .echoReply(let data): ["\(data.count) bytes of payload"]
        case .error(let error): [error.error?.name ?? "?"]
        case .hello(let hello): [hello.versions.versions.map { "0x0\($0.rawValue)" }.joined(separator: ", ")]
        case .featuresReply(let features):
            ["dpid:\(hex(features.datapathID, 16))", "n_tables:\(features.tables), n_buffers:\(features.buffers)"] + features.ports.map { port($0) }
        case .getConfigReply(let settings), .setConfig(let settings): ["miss_send_len=\(settings.missSendLength)"]
        case .packetIn(let packet), .resume(let packet): ["total_len=\(packet.totalLength)", "data_len=\(packet.frame.count)"]
            + (packet.bufferID.map { ["buffer=0x" + hex(UInt64($0), 8)] } ?? ["(unbuffered)"]) + (packet.cookie == .max ? [] : ["cookie=0x" + hex(packet.cookie)])
        case .flowRemoved(let removed): ["priority=\(removed.priority)", "cookie:0x" + hex(removed.cookie), "idle\(removed.idleTimeout)", "duration\(seconds(removed.duration))s",
            "pkts\(removed.packets) bytes\(removed.bytes)"] + (removed.table == 0xff ? [] : ["table_id=\(removed.table)"])
        case .portStatus(let status): [port(status.port)]
        case .packetOut(let out): ["in_port=", out.bufferID.map { "buffer=0x" + hex(UInt64($0), 8) } ?? "data_len=\(out.frame.count)"]
        case .flowMod(let request): flowMod(request)
        case .groupMod(let mod): ["group_id=\(mod.group)"] + mod.buckets.map { bucket($0, mod.kind) }
        case .portMod(let mod): ["addr:\(mod.ethernetAddress)"]
        case .tableMod(let mod): [mod.table == 0xff ? "table_id=ALL" : "table_id=\(mod.table)"]
        case .meterMod(let mod): ["meter=\(mod.config.meter)"] + mod.config.bands.map { "rate=\($0.rate)" }
        case .roleRequest(let role), .roleReply(let role): role.generation.map { ["generation_id=\($0)"] } ?? []
        case .bundleControl(let control): ["bundle_id=0x" + hex(UInt64(control.id))]
        case .bundleAdd(let add): ["bundle_id=0x" + hex(UInt64(add.id)), "flags=ordered"]
        case .flowMonitorCancel(let id): ["id=\(id)"]
        case .setControllerID(let id): ["id=\(id)"]
        case .ctFlushZone(let zone): ["zone_id=\(zone)"]
        case .ctFlush(let flush): ["zone=\(flush.zone ?? 0)", "ct_nw_proto=\(flush.ipProto)"]
        case .tlvTableMod(let mod): mod.command == .clear ? [] : mod.mappings.map { mapping($0) }
        case .tlvTableReply(let table): ["max option space=\(table.space) max fields=\(table.fields)"] + table.mappings.map { mapping($0) }
        case .requestForward(let forward): if case .groupMod(let mod) = forward.request { ["group_id=\(mod.group)"] } else { ["meter="] }
        default: multipart
        }
    }

    private var multipart: [String] {
        switch packet.message {
        case .descReply(let text): ["Manufacturer: \(text.manufacturer)\n", "DP Description: \(text.datapath)\n"]
        case .flowStatsRequest(let request), .aggregateStatsRequest(let request): request.table == 0xff ? [] : ["table=\(request.table)"]
        case .flowStatsReply(let list): list.flatMap { flow in
            ["cookie=0x\(hex(flow.flow.cookie)), duration=\(seconds(flow.duration))s, table=\(flow.flow.table)", "n_packets=\(count(flow.packets)), n_bytes=\(count(flow.bytes))",
                "priority=\(flow.flow.priority)"] + (flow.idleAge.map { ["idle_age=\($0)"] } ?? []) + (flow.hardAge.map { ["hard_age=\($0)"] } ?? [])
        }
        case .aggregateStatsReply(let stats): ["packet_count=\(stats.packets) byte_count=\(stats.bytes) flow_count=\(stats.flows)"]
        case .tableStatsReply(let list): list.map { "active=\($0.active), lookup=\($0.lookups), matched=\($0.matches)" }
        case .portStatsReply(let list): list.flatMap { ["rx pkts=\(count($0.rxPackets)), bytes=\(count($0.rxBytes)), drop=\(count($0.rxDropped)), errs=\(count($0.rxErrors))",
            "tx pkts=\(count($0.txPackets)), bytes=\(count($0.txBytes)), drop=\(count($0.txDropped)), errs=\(count($0.txErrors)), coll=\(count($0.collisions))",
            $0.duration == .max ? "" : "duration=\(seconds($0.duration))s"] }
        case .portDescReply(let list): list.map { port($0) }
        case .queueStatsReply(let list): list.map { "queue \($0.queue): bytes=\(count($0.txBytes)), pkts=\(count($0.txPackets)), errors=\(count($0.txErrors))" }
        case .queueGetConfigRequest(let port, _), .queueGetConfigReply(let port, _): ["port=\(port.number)"]
        case .groupStatsRequest(let id): ["group_id=\(id)"]
        case .groupStatsReply(let list): list.map { "ref_count=\($0.references),packet_count=\($0.packets),byte_count=\($0.bytes)" }
        case .groupDescReply(let list): list.flatMap { group in ["group_id=\(group.group),type="] + group.buckets.map { bucket($0, group.kind) } }
        case .meterStatsRequest(let id), .meterConfigRequest(let id): ["meter=\(id)"]
        case .meterStatsReply(let list): list.map { "meter:\($0.meter) flow_count:\($0.flows) packet_in_count:\($0.packets) byte_in_count:\($0.bytes)" }
        case .meterConfigReply(let list): list.map { "meter=\($0.meter) " }
        case .meterFeaturesReply(let features): ["max_meter:\(features.maximumMeters) max_bands:\(features.maximumBands) max_color:\(features.maximumColor)"]
        case .tableFeaturesRequest(let list), .tableFeaturesReply(let list): list.flatMap {
            ["table \($0.table)", "match=0x\(hex($0.metadataMatch, 1))", "max_entries=\($0.maximum)"] }
        case .tableDescReply(let list): list.map { "table \($0.table):\n   eviction=\($0.eviction ? "on" : "off")" }
        case .flowMonitorRequest(let list): list.map { "id=\($0.id) " + ($0.command == .delete ? "command=delete" : "flags=") }
        case .flowMonitorReply(let list): list.map { update in
            switch update {
            case .full(_, let flow, _): "table=\(flow.table)"
            case .abbreviated(let xid): "event=ABBREV xid=0x" + hex(UInt64(xid))
            case .paused: "event=PAUSED"
            case .resumed: "event=RESUMED"
            }
        }
        case .ipfixBridgeReply(let list), .ipfixFlowReply(let list): list.map { "flows=\($0.totalFlows), current flows=\($0.currentFlows), sampled pkts=\($0.packets)" }
        default: []
        }
    }

    private func flowMod(_ request: FlowRequest) -> [String] {
        let cookie = request.cookieMask == 0 ? request.mod.cookie == .max ? [] : ["cookie:0x" + hex(request.mod.cookie) + " "]
            : ["cookie:0x\(hex(request.mod.cookie))/0xffffffffffffffff"]
        return cookie + [request.mod.idleTimeout == 0 ? "" : "idle:\(request.mod.idleTimeout) ", request.mod.table == 0 ? "" : "table:\(request.mod.table) ",
            request.mod.importance == 0 ? "" : "importance:\(request.mod.importance) ",
            request.mod.priority == 0x8000 ? "" : "priority=\(request.mod.priority)"]
    }

    private func bucket(_ bucket: GroupBucket, _ kind: GroupKind) -> String {
        "bucket=" + (packet.header.version.hasNumberedBuckets ? "bucket_id:\(bucket.id)," : "")
            + (bucket.weight == (kind == .select ? 1 : 0) ? "" : "weight:\(bucket.weight),")
            + (bucket.watchPort == .none ? "" : "watch_port:\(bucket.watchPort.number),watch_group:\(bucket.watchGroup),")
    }

    private func mapping(_ mapping: TLVMapping) -> String { "0x" + hex(UInt64(mapping.optionClass)) }
    private func port(_ port: PortDescription) -> String {
        "(\(port.name)): addr:\(port.ethernetAddress)"
    }
    private func hex(_ number: UInt64, _ digits: Int = 1) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
    private func count(_ number: UInt64) -> String { number == .max ? "?" : String(number) }
    /// As printed: the fraction without the zeroes at its end.
    private func seconds(_ nanoseconds: UInt64) -> String {
        var fraction = String(String(nanoseconds % 1_000_000_000 + 1_000_000_000).dropFirst())
        while fraction.hasSuffix("0"), fraction.utf8.count > 3 { fraction.removeLast() }
        return "\(nanoseconds / 1_000_000_000).\(fraction)"
    }
}
