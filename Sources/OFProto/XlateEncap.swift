import Datapath
import Flow
import OpenFlow
import Wire

/// encap and decap (ovs-actions(7)): headers in front of the packet come and go. What a packet is then, its packet_type says: a frame, or something
/// with an EtherType that has no Ethernet header.
extension Translator {
    /// A header that is still to be put in front of the packet, or taken off, when actions are committed.
    enum Encapsulation {
        case push
        /// With the options of a Network Service Header of MD type 2.
        case pushOptions([UInt8])
        case pop
    }

    func encap(_ type: UInt32, _ properties: [EncapProperty]) {
        commit()
        switch type {
        case PacketType.ethernet: encapEthernet()
        case PacketType.nsh: encapNSH(properties)
        case PacketType.mpls, PacketType.mplsMulticast: encapMPLS(type)
        default: refuseHeader("Dropping packet as encap to packet type \(PacketType.text(type)) is not supported")
        }
    }

    /// The packet is dropped, since the header cannot come or go.
    private func refuseHeader(_ reason: @autoclosure () -> String) {
        failure = .packetType
        trace?.add(.action, reason())
    }

    private func encapEthernet() {
        // Only what has no Ethernet header gets one.
        guard let type = PacketType.etherType(flow.key.l3.packetType.host) else {
            return refuseHeader("Dropping packet as encap(ethernet) is not supported for packet type ethernet.")
        }
        flow.key.l3.packetType = BE32(PacketType.ethernet)
        (flow.key.l0.dlSrc, flow.key.l0.dlDst, flow.key.l0.dlType) = (.zero, .zero, BE16(type))
        encapsulation = .push
    }

    private func encapNSH(_ properties: [EncapProperty]) {
        let next: UInt8
        switch flow.key.l3.packetType.host {
        case PacketType.ethernet: next = 3
        case PacketType.nsh: next = 4
        case PacketType.ipv4: next = 1
        case PacketType.ipv6: next = 2
        case let type: return refuseHeader("Dropping packet as encap(nsh) is not supported for packet type \(PacketType.text(type))")
        }
        let hasOptions = properties.contains(.nshMDType(2)), options = hasOptions ? properties.flatMap(\.bytes) : []
        guard options.count <= DPPushNSH.optionBytes else { return refuseHeader("Dropping packet as the options are longer than a Network Service Header") }
        flow.clearFrame()
        flow.key.l3.packetType = BE32(PacketType.nsh)
        flow.key.l0.dlType = BE16(EtherType.nsh)
        flow.key.l5.nshTTL = 63
        flow.key.l5.nshMDType = hasOptions ? 2 : 1
        flow.key.l5.nshNP = next
        // Path 0, service index 255.
        flow.key.l5.nshPathHeader = BE32(0xff)
        encapsulation = hasOptions ? .pushOptions(options) : .push
    }

    /// A label in front of all that the packet is: a copy of the outermost one of a packet that begins with labels, or a new one.
    private func encapMPLS(_ type: UInt32) {
        let kind = BE16(UInt16(truncatingIfNeeded: type))
        if isMPLS(flow.key.l0.dlType) {
            pushMPLS(kind)
        } else {
            flow.clearNetwork()
            // Explicit null for IPv4, whatever is behind it (RFC 3032, section 2.1).
            flow.key.l3.mplsLSE0 = BE32(MPLS.bottom | 64)
            flow.key.l0.dlType = kind
        }
        flow.key.l3.packetType = BE32(type)
        (flow.key.l0.dlSrc, flow.key.l0.dlDst, flow.key.l0.vlanTCI, flow.key.l0.vlanTPID) = (.zero, .zero, .zero, .zero)
        (flow.key.l3.innerVLANTCI, flow.key.l3.innerVLANTPID) = (.zero, .zero)
        encapsulation = .push
    }

    /// True: what the packet is now is unknown until it has come back from the datapath.
    /// - Parameter type: what stands behind a label; a Network Service Header says so itself.
    func decap(_ type: UInt32) -> Bool {
        commit()
        switch flow.key.l3.packetType.host {
        case PacketType.ethernet:
            // Tags would be lost without anybody having asked for that.
            guard flow.key.l0.vlanTCI == .zero else {
                refuseHeader("Dropping packet, cannot decap Ethernet if VLAN is present.")
                return false
            }
            flow.key.l3.packetType = BE32(PacketType.of(flow.key.l0.dlType.host))
            (flow.key.l0.dlSrc, flow.key.l0.dlDst) = (.zero, .zero)
            encapsulation = .pop
            return false
        case PacketType.nsh:
            wildcards.key.l5.nshNP = .max
            guard let next = PacketType.behind(flow.key.l5.nshNP) else { break }
            flow.key.l3.packetType = BE32(next)
            if let type = PacketType.etherType(next) { flow.key.l0.dlType = BE16(type) }
            encapsulation = .pop
            return true
        case PacketType.mpls, PacketType.mplsMulticast:
            guard type == PacketType.ethernet || PacketType.etherType(type) != nil else { break }
            consultMovingLabels(consultLabels())
            flow.popLabel(BE16(PacketType.etherType(type) ?? EtherType.transparentEthernetBridging))
            flow.key.l3.packetType = BE32(type)
            encapsulation = .pop
            return true
        default: break
        }
        refuseHeader("Dropping packet as the decap() does not support packet type \(PacketType.text(flow.key.l3.packetType.host))")
        return false
    }

    /// Emits what brings about the change of headers. `base` is what the packet is then.
    func commitEncapsulation() {
        guard let change = encapsulation else { return }
        encapsulation = nil
        isIrreversible = true
        let before = base.key.l3.packetType.host, after = flow.key.l3.packetType.host
        // What is changed of the packet besides is for the rest of the commit.
        defer { base.key.l3.packetType = flow.key.l3.packetType }
        switch change {
        case .push where after == PacketType.ethernet:
            actions.append(.pushEthernet(src: flow.key.l0.dlSrc, dst: flow.key.l0.dlDst))
            (base.key.l0.dlSrc, base.key.l0.dlDst, base.key.l0.dlType) = (flow.key.l0.dlSrc, flow.key.l0.dlDst, flow.key.l0.dlType)
        case .push where after == PacketType.nsh: pushNSH(.contexts(DPSetNSH(flow.key).contexts))
        case .push:
            actions.append(.addMPLS(lse: flow.key.l3.mplsLSE0, etherType: flow.key.l0.dlType))
            base.clearFrame()
            base.key.l0.dlType = flow.key.l0.dlType
            (base.key.l3.mplsLSE0, base.key.l3.mplsLSE1, base.key.l3.mplsLSE2) = (flow.key.l3.mplsLSE0, flow.key.l3.mplsLSE1, flow.key.l3.mplsLSE2)
        case .pushOptions(let options): pushNSH(.options(options))
        case .pop:
            switch before {
            case PacketType.ethernet:
                actions.append(.popEthernet)
                (base.key.l0.dlSrc, base.key.l0.dlDst) = (.zero, .zero)
            case PacketType.nsh:
                actions.append(.popNSH)
                base.key.l0.dlType = flow.key.l0.dlType
            default:
                actions.append(.popMPLS(etherType: BE16(PacketType.etherType(after) ?? EtherType.transparentEthernetBridging)))
                base.popLabel(flow.key.l0.dlType)
            }
        }
    }

    private func pushNSH(_ metadata: DPPushNSH.Metadata) {
        var header = DPPushNSH(metadata: metadata)
        (header.flags, header.ttl) = (flow.key.l5.nshFlags & 3, flow.key.l5.nshTTL & 0x3f)
        (header.nextProtocol, header.path) = (flow.key.l5.nshNP, flow.key.l5.nshPathHeader)
        actions.append(.pushNSH(header))
        base.clearFrame()
        base.key.l0.dlType = flow.key.l0.dlType
        base.key.l5.copyServiceHeader(from: flow.key.l5)
    }

    /// dec_nsh_ttl. False: the TTL is used up, a controller was told, and no further action of this list is run.
    func decrementServiceTTL(bridge: Bridge) -> Bool {
        guard flow.key.l0.dlType == BE16(EtherType.nsh) else { return true }
        wildcards.key.l5.nshTTL = .max
        if flow.key.l5.nshTTL > 1 {
            flow.key.l5.nshTTL -= 1
            return true
        }
        traceWarning("NSH decrement TTL exception")
        sendToController(ControllerAction(reason: PacketInMessage.Reason.invalidTTL.rawValue, controllerID: 0, userdata: []), bridge: bridge)
        return false
    }
}

extension EncapProperty {
    /// A TLV as MD type 2 carries it: class, type, length, and the value padded to 4 bytes.
    fileprivate var bytes: [UInt8] {
        guard case .nshTLV(let kind, let type, let value) = self else { return [] }
        let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        return [UInt8(kind >> 8), UInt8(kind & 0xff), type, UInt8(truncatingIfNeeded: value.count)] + value + padding
    }
}

extension FlowBuffer {
    /// All fields of the frame become zero.
    func clearFrame() {
        let metadata = key.l0
        key.l0 = FlowLine0()
        key.l0.copyMetadata(from: metadata)
        self[line: 1] = .zero
        key.l3 = FlowLine3()
        key.l5.clearServiceHeader()
    }

    func clearServiceHeader() { key.l5.clearServiceHeader() }
}

extension FlowLine0 {
    fileprivate mutating func copyMetadata(from other: FlowLine0) {
        (inPort, recircID, dpHash, skbPriority, pktMark) = (other.inPort, other.recircID, other.dpHash, other.skbPriority, other.pktMark)
        (ctMark, ctZone, ctState, ctNWProto) = (other.ctMark, other.ctZone, other.ctState, other.ctNWProto)
    }
}

extension FlowLine5 {
    fileprivate mutating func clearServiceHeader() { copyServiceHeader(from: FlowLine5()) }

    fileprivate mutating func copyServiceHeader(from other: FlowLine5) {
        (nshFlags, nshTTL, nshMDType, nshNP, nshPathHeader) = (other.nshFlags, other.nshTTL, other.nshMDType, other.nshNP, other.nshPathHeader)
        (nshContext0, nshContext1, nshContext2, nshContext3) = (other.nshContext0, other.nshContext1, other.nshContext2, other.nshContext3)
    }
}
