import Datapath
import Flow
import OpenFlow
import Wire

extension ConnectionManager {
    /// Sends a controller's packet (OFPT_PACKET_OUT).
    func packetOut(_ out: PacketOut, now: Int64) throws(OFError) {
        try check(out)
        // What has no Ethernet header goes nowhere.
        guard out.frame.count >= 14 else { return }
        guard let packet = bridge.ofproto.dpif.makePacket(out.frame) else { return bridge.ofproto.counters.packetOutsDropped &+= 1 }
        var key = FlowKey(frame: out.frame, vlanLimit: bridge.ofproto.dpif.vlanLimit)
        key.formUnion(bridge.tlvMappings.placedLeniently(out.metadata).key)
        do throws(FlowModError) {
            try bridge.ofproto.packetOut(packet, key: key, actions: out.actions, bridge: bridge, inPort: out.inPort, now: now)
        } catch {
            throw error.error
        }
    }

    /// What is wrong with a packet-out whatever comes before it.
    func check(_ out: PacketOut) throws(OFError) {
        guard out.bufferID == nil else { throw .brcBufferUnknown }
        let inPort = out.inPort
        guard inPort < .maximum || inPort == .local || inPort == .none || inPort == .controller else { throw .brcBadPort }
        try bridge.checkReferences(ActionReferences(out.actions))
    }
}

extension PacketOut {
    /// The port that the packet pretends to have come by.
    fileprivate var inPort: OFPort { metadata.packetPort }
}

extension Match {
    /// Of a packet's metadata: the port that it came by.
    var packetPort: OFPort { isWild(.inPort) ? .none : OFPort(UInt16(truncatingIfNeeded: key.l0.inPort)) }
}

extension PacketIn {
    /// The message. As there are no buffers, it has the whole frame, whatever max_len or miss_send_len is (OpenFlow 1.5.1, section 7.4.1; so does OVS).
    func message(_ version: OFVersion) -> PacketInMessage {
        PacketInMessage(
            frame: bytes, totalLength: bytes.count, reason: reason.wire(in: version),
            table: table, cookie: cookie, metadata: metadata, userdata: userdata,
            continuation: continuation?.encoded(version) ?? [])
    }
}
