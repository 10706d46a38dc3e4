import Datapath
import Flow
import OpenFlow
import Wire

/// NORMAL: the bridge as an ordinary learning switch with VLANs (IEEE 802.1Q; ovs-vswitchd.conf.db(5), Port, VLAN
/// configuration).
extension Translator {
    func normal(bridge: Bridge) {
        wildcards.key.l0.dlSrc = .broadcast
        wildcards.key.l0.dlDst = .broadcast
        wildcards.key.l0.vlanTCI.raw |= BE16(VLANTCI.present | VLANTCI.vidMask).raw
        let source = flow.key.l0.dlSrc, destination = flow.key.l0.dlDst
        let number = OFPort(UInt16(truncatingIfNeeded: flow.key.l0.inPort))
        let vid = flow.key.l0.vlanTCI.host & VLANTCI.vidMask
        guard let port = bridge.port(number) else {
            traceError("received packet on unknown port \(number.number)")
            return traceWarning("no input bundle, dropping")
        }
        guard let vlan = port.inputVLAN(vid) else { return traceRefusal(vid, at: port) }
        if destination.isReserved { return traceDetail("packet has reserved destination MAC, dropping") }
        if !source.isMulticast {
            let station = MACTable.id(vlan, source)
            if learns { bridge.learn(station, at: number, now: now) }
            credit(.station(station, port))
        }
        guard !destination.isMulticast else { return floodVLAN(vlan, from: port, bridge: bridge) }
        let station = MACTable.id(vlan, destination)
        stations |= bridge.tag(station)
        guard let place = bridge.macTable.lookup(station), let target = bridge.port(place) else {
            return floodVLAN(vlan, from: port, bridge: bridge)
        }
        guard target !== port else { return traceDetail("learned port is input port, dropping") }
        traceDetail("forwarding to learned port")
        emit(target, vlan: vlan)
    }

    private func traceRefusal(_ vid: UInt16, at port: BridgePort) {
        traceError(port.mode == .access ? "dropping VLAN \(vid) tagged packet received on port \(port.name) configured as VLAN \(port.tag) access port"
            : "dropping VLAN \(vid) packet received on port \(port.name) not configured for trunking VLAN \(vid)")
        traceWarning("disallowed VLAN VID for this input port, dropping")
    }

    private func floodVLAN(_ vlan: UInt16, from input: BridgePort, bridge: Bridge) {
        defer { netFlowOutput = NetFlowOutput.flood }
        traceDetail("no learned MAC for destination, flooding")
        for port in bridge.ports where port !== input && port.floods && port.outputIncludes(vlan) { emit(port, vlan: vlan) }
    }

    /// The packet leaves by a port with the tag that the port wants for the VLAN.
    private func emit(_ port: BridgePort, vlan: UInt16) {
        let (tpid, tci) = (flow.key.l0.vlanTPID, flow.key.l0.vlanTCI)
        let wanted = port.outputVID(vlan)
        if wanted == 0 {
            let inner = (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI)
            popVLAN()
            emit(port)
            (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI) = inner
        } else {
            if tci.host & VLANTCI.present == 0 {
                let inner = (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI)
                pushVLAN(tpid: XlateTypes.vlan, tci: wanted | VLANTCI.present)
                emit(port)
                (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI) = inner
            } else {
                flow.key.l0.vlanTCI = BE16((tci.host & ~VLANTCI.vidMask) | wanted)
                if flow.key.l0.vlanTCI != tci { wildcards.key.l0.vlanTCI = .ones }
                emit(port)
            }
        }
        (flow.key.l0.vlanTPID, flow.key.l0.vlanTCI) = (tpid, tci)
    }
}
