import Datapath
import Flow
import OpenFlow
import Wire

extension ConnectionManager {
    /// NXT_RESUME: a packet that `controller(pause)` stopped goes on. What the controller may have changed is the frame and the metadata. Throws
    /// `nxrStale` if the packet's bridge is there no more, and what is wrong with the continuation.
    func resume(_ packet: PacketInMessage, _ version: OFVersion, now: Int64) throws(OFError) {
        let continuation = try Continuation(packet.continuation, version)
        let ofproto = bridge.ofproto
        guard let home = ofproto.bridges.first(where: { $0.uuid == continuation.bridge }) else { throw .nxrStale }
        // What has no Ethernet header goes nowhere.
        guard packet.frame.count >= 14 else { return }
        guard let frame = ofproto.dpif.makePacket(packet.frame) else { return ofproto.counters.packetOutsDropped &+= 1 }
        var key = FlowKey(frame: packet.frame, vlanLimit: bridge.ofproto.dpif.vlanLimit)
        for field in PacketIn.metadataFields { key.set(field, to: packet.metadata.key.value(of: field), mask: field.place.ones) }
        do throws(FlowModError) {
            try ofproto.resume(frame, key: key, continuation, bridge: home, inPort: packet.metadata.packetPort, now: now)
        } catch {
            throw error.error
        }
    }
}

extension OFProto {
    fileprivate func resume(
        _ packet: consuming DPPacket, key: FlowKey, _ continuation: Continuation, bridge: Bridge, inPort: OFPort, now: Int64
    ) throws(FlowModError) {
        let actions = try compile(continuation.actions), set = try compile(continuation.actionSet)
        translator.flow.key = key
        translator.resume(continuation, actions: actions, set: set, bridge: bridge, inPort: inPort, now: now)
        carryOut(packet, key: key, bridge: bridge, inPort: inPort, now: now)
    }
}
