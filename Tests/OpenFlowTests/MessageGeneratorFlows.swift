import Flow
import Wire
@testable import OpenFlow

// Flows, packets, monitors, bundles.
extension MessageGenerator {
    mutating func flowRequest() -> FlowRequest {
        let isOwn10 = version == .v10 || form == .extended
        var request = FlowRequest(command: pick(FlowMod.Command.allCases))
        let isModify = request.command == .modify || request.command == .modifyStrict, isAdd = request.command == .add
        request.mod.match = match()
        request.mod.actions = plainActions()
        request.mod.priority = u16()
        (request.mod.idleTimeout, request.mod.hardTimeout) = (u16(), u16())
        request.mod.flags = FlowMod.Flags(rawValue: u16()).intersection(FlowMod.Flags.known(version)).subtracting(version == .v10 ? .emergency : [])
        if version < .v12, isAdd { request.mod.flags.insert(.resetCounts) }
        request.bufferID = coin(4) ? u32() >> 1 : nil
        request.outPort = coin(4) ? port() : nil
        if isOwn10 {
            request.everyTable = true
            request.mod.cookie = u64()
            if form == .extended, !isAdd, coin() {
                (request.cookieMask, request.newCookie) = (.max, u64())
            }
            return request
        }
        request.keepsCookies = isModify
        request.mod.table = UInt8(number(255))
        if version > .v11, request.command.isDelete, coin() { (request.everyTable, request.mod.table) = (true, 0) }
        if version >= .v14, isAdd { request.mod.importance = u16() }
        if request.command.isDelete, coin() { request.outGroup = u32() >> 1 }
        request.cookieMask = !isAdd && coin() ? .max : 0
        let hasCookie = isAdd || request.cookieMask != 0 || version == .v11 && isModify
        request.mod.cookie = hasCookie ? u64() : .max
        return request
    }

    mutating func flowStatsRequest() -> FlowStatsRequest {
        var request = FlowStatsRequest()
        request.table = u8()
        request.match = match()
        request.outPort = coin() ? port() : nil
        if version > .v10 { request.outGroup = coin() ? u32() >> 1 : nil }
        if version > .v10 || form == .extended, coin() { (request.cookie, request.cookieMask) = (u64(), .max) }
        return request
    }

    mutating func flowStats() -> FlowStats {
        var flow = FlowMod()
        (flow.table, flow.priority, flow.cookie) = (u8(), u16(), u64())
        (flow.idleTimeout, flow.hardTimeout) = (u16(), u16())
        flow.match = match()
        flow.actions = actions()
        if version >= .v13 { flow.flags = FlowMod.Flags(rawValue: u16()).intersection(FlowMod.Flags.known(version)) }
        if version >= .v14 { flow.importance = u16() }
        let knowsAll = form == .extended || version == .v15
        var stats = FlowStats(flow: flow, duration: time(), idleAge: nil, hardAge: nil,
            packets: knowsAll ? counter() : u64(), bytes: knowsAll ? counter() : u64())
        if knowsAll, coin() { stats.idleAge = UInt16(number(60000)) }
        if form == .extended, coin() { stats.hardAge = UInt16(number(60000)) }
        return stats
    }

    mutating func aggregate() -> AggregateStats {
        let isOldest = version == .v10 && form == .standard
        return AggregateStats(packets: isOldest ? u64() : counter(), bytes: isOldest ? u64() : counter(), flows: u32())
    }

    mutating func flowRemoved() -> FlowRemovedMessage {
        let isOldest = version == .v10 && form == .standard
        var removed = FlowRemovedMessage(match: match(), cookie: u64(), priority: u16(),
            reason: pick([.idleTimeout, .hardTimeout, .delete, .groupDelete, .eviction]), table: UInt8(number(255)), duration: time(),
            idleTimeout: u16(), hardTimeout: u16(), packets: isOldest ? u64() : counter(), bytes: isOldest ? u64() : counter())
        if version >= .v14, coin() { removed.reason = .meterDelete }
        if isOldest { removed.table = 0xff }
        if isOldest || form == .extended { removed.hardTimeout = 0 }
        return removed
    }

    /// What a packet-in says of where its packet was.
    mutating func metadata(_ isPortAlone: Bool) -> Match {
        var metadata = Match(inPort: port())
        if !isPortAlone {
            if coin() { metadata.set(.metadata, to: UInt128(u64())) }
            if coin() { metadata.set(.tunID, to: UInt128(u64())) }
        }
        return metadata
    }

    mutating func packetIn() -> PacketInMessage {
        let isOldest = version == .v10 && form == .standard, isPortAlone = version <= .v11 && form == .standard
        let frame = bytes() + [1]
        var packet = PacketInMessage(frame: frame, totalLength: frame.count + Int(number(100)), bufferID: coin(4) ? u32() >> 1 : nil,
            reason: pick([.noMatch, .action, .invalidTTL]), table: isOldest ? 0 : u8(), cookie: .max, metadata: metadata(isPortAlone))
        if version >= .v14, coin() { packet.reason = pick([.actionSet, .group, .packetOut]) }
        if form != .standard || version >= .v13 { packet.cookie = u64() }
        return packet
    }

    mutating func packetIn2(hasUserdata: Bool) -> PacketInMessage {
        var packet = packetIn()
        if hasUserdata { packet.userdata = bytes() }
        // Opaque to a controller; to ovs-ofctl a list of properties, of which this one is the bridge's mirrors.
        if coin() { packet.continuation = [0x80, 2, 0, 8, 0, 0, 0, u8()] }
        return packet
    }

    mutating func packetOut() -> PacketOut {
        let buffer = coin(4) ? u32() >> 1 : nil
        return PacketOut(bufferID: buffer, metadata: metadata(version < .v15), frame: buffer == nil ? bytes() : [], actions: plainActions())
    }

    mutating func monitorRequest() -> FlowMonitorRequest {
        var flags: FlowMonitorRequest.Flags = [.add]
        for flag in [FlowMonitorRequest.Flags.initial, .removed, .modify, .instructions, .onlyOwn] where coin() { flags.insert(flag) }
        var request = FlowMonitorRequest(id: u32(), flags: flags, outPort: coin() ? port() : nil, outGroup: nil, table: u8(), match: match())
        if form == .standard {
            request.outGroup = coin() ? u32() >> 1 : nil
            request.command = pick([.add, .modify, .delete])
            if request.command == .delete { request.flags = [] }
        }
        return request
    }

    mutating func flowUpdate() -> FlowUpdate {
        if coin(4) { return .abbreviated(xid: u32()) }
        if form == .standard, coin(4) { return pick([.paused, .resumed]) }
        var flow = FlowMod()
        (flow.table, flow.priority, flow.cookie) = (u8(), u16(), u64())
        (flow.idleTimeout, flow.hardTimeout) = (u16(), u16())
        (flow.match, flow.actions) = (match(), actions())
        let events: [FlowUpdate.Event] = form == .standard ? [.initial, .added, .removed, .modified] : [.added, .removed, .modified]
        return .full(pick(events), flow, reason: pick([.idleTimeout, .hardTimeout, .delete, .eviction]))
    }

    mutating func bundleControl() -> BundleControl {
        BundleControl(id: u32(), kind: pick([.openRequest, .openReply, .closeRequest, .commitReply, .discardRequest]), flags: pick([[], .atomic, [.atomic, .ordered]]))
    }

    /// `xid`: of the message around it.
    mutating func bundleAdd(xid: UInt32) -> BundleAdd {
        var inner = MessageGenerator(seed: u64(), version, .standard)
        let message: OFMessage = switch number(3) {
        case 0: .flowMod(inner.flowRequest())
        case 1: .portMod(inner.portMod())
        default: .packetOut(inner.packetOut())
        }
        let packet = OFPacket(OFHeader(version, xid: xid), message)
        return BundleAdd(id: u32(), flags: .ordered, content: .message(packet), bytes: packet.encoded()[...])
    }

    mutating func requestForward() -> RequestForward {
        let canMeter = version >= .v13
        return RequestForward(canMeter && coin() ? .meterMod(meterMod()) : .groupMod(groupMod()), xid: u32())
    }
}
