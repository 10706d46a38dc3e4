import Datapath
import Flow
import OpenFlow
import Wire

/// Actions that change header fields: they change `flow`, and un-wildcard what their result depends on.
extension Translator {
    // MARK: Fields

    /// set_field and its kin. Does nothing to a packet without the field.
    func set(_ write: FieldWrite) {
        guard write.needs.contains(where: has) else { return traceUnmet(write.source) }
        let tagged = flow.key.l0.vlanTCI.host & VLANTCI.present != 0
        for at in 0..<write.indices.count {
            let index = write.indices[at], mask = write.masks[at]
            wildcards.add(mask, toLine: index)
            flow[line: index] = (flow[line: index] & ~mask) | write.values[at]
        }
        fixTag(wasTagged: tagged)
    }

    /// move:SRC->DST
    func move(_ from: FieldRange, _ to: FieldRange, bridge: Bridge) {
        guard has(from.field.prerequisite), has(to.field.prerequisite) else { return }
        if from.field.isTunMetadata || to.field.isTunMetadata { return moveTunMetadata(from, to, bridge: bridge) }
        consult(from)
        consult(to)
        let tagged = flow.key.l0.vlanTCI.host & VLANTCI.present != 0
        to.set(from.value(in: flow.key), in: &flow.key)
        fixTag(wasTagged: tagged)
        if trace != nil { traceValue(to) }
    }

    /// The range's bits were looked at.
    func consult(_ range: FieldRange) {
        wildcards.key.set(range.field, to: range.mask, mask: range.mask)
    }

    /// vlan_tci set as a whole adds or takes off a tag.
    func fixTag(wasTagged: Bool) {
        let tagged = flow.key.l0.vlanTCI.host & VLANTCI.present != 0
        if tagged && !wasTagged {
            consultOwnTags()
            flow.key.l0.vlanTPID = XlateTypes.vlan
        } else if !tagged && wasTagged {
            let tci = flow.key.l0.vlanTCI
            flow.key.l0.vlanTCI = BE16(tci.host | VLANTCI.present)
            popVLAN()
        } else if !tagged {
            flow.key.l0.vlanTCI = .zero
        }
    }

    func has(_ prerequisite: Prerequisite) -> Bool {
        let type = flow.key.l0.dlType
        switch prerequisite {
        case .none, .ethernet: return true
        case .vlan: return flow.key.l0.vlanTCI.host & VLANTCI.present != 0
        case .ipv4: return type == XlateTypes.ipv4
        case .ipv6: return type == XlateTypes.ipv6
        case .ip: return isIP
        case .arp: return type == XlateTypes.arp || type == XlateTypes.rarp
        case .mpls: return isMPLS(type)
        case .nsh: return type == BE16(EtherType.nsh)
        case .conntrack: return false
        case .tcp: return hasTransport([IPProtocol.tcp])
        case .udp: return hasTransport([IPProtocol.udp])
        case .sctp: return hasTransport([IPProtocol.sctp])
        case .icmpv4: return type == XlateTypes.ipv4 && hasTransport([IPProtocol.icmp])
        case .icmpv6: return type == XlateTypes.ipv6 && hasTransport([IPProtocol.icmpv6])
        case .nd: return hasND(135) || hasND(136)
        case .ndSolicit: return hasND(135)
        case .ndAdvert: return hasND(136)
        }
    }

    private func hasTransport(_ protocols: [UInt8]) -> Bool {
        guard isIP, flow.key.l0.nwFrag & FragmentBits.later == 0 else { return false }
        wildcards.key.l0.nwProto = .max
        return protocols.contains(flow.key.l0.nwProto)
    }

    private func hasND(_ type: UInt16) -> Bool {
        guard flow.key.l0.dlType == XlateTypes.ipv6, hasTransport([IPProtocol.icmpv6]) else { return false }
        // Neighbour discovery has code 0 (RFC 4861, section 4).
        wildcards.key.l0.tpDst = .ones
        guard flow.key.l0.tpDst == .zero else { return false }
        wildcards.key.l0.tpSrc = .ones
        return flow.key.l0.tpSrc == BE16(type)
    }

    func isMPLS(_ type: BE16) -> Bool { type == XlateTypes.mpls || type == XlateTypes.mplsMulticast }

    /// dec_ttl. False: the TTL is used up, the controllers were told, and no further action of this list is run.
    func decrementTTL(_ controllers: [UInt16], bridge: Bridge) -> Bool {
        guard isIP else { return true }
        wildcards.key.l0.nwTTL = .max
        if flow.key.l0.nwTTL > 1 {
            flow.key.l0.nwTTL -= 1
            return true
        }
        traceWarning("\(flow.key.l0.dlType == XlateTypes.ipv4 ? "IPv4" : "IPv6") decrement TTL exception")
        for id in controllers.isEmpty ? [0] : controllers {
            // Reason 2: OFPR_INVALID_TTL.
            sendToController(ControllerAction(reason: 2, controllerID: id, userdata: []), bridge: bridge)
        }
        return false
    }

    /// dec_mpls_ttl, of the outermost label. False as for `decrementTTL`.
    func decrementLabelTTL(bridge: Bridge) -> Bool {
        guard isMPLS(flow.key.l0.dlType) else { return true }
        wildcards.key.l3.mplsLSE0.raw |= BE32(0xff).raw
        let entry = flow.key.l3.mplsLSE0.host
        if entry & 0xff > 1 {
            flow.key.l3.mplsLSE0 = BE32(entry - 1)
            return true
        }
        traceWarning("MPLS decrement TTL exception")
        sendToController(ControllerAction(reason: 2, controllerID: 0, userdata: []), bridge: bridge)
        return false
    }

    // MARK: VLAN

    /// Puts a tag in front of those that are there; a third one falls off the key.
    func pushVLAN(tpid: BE16, tci: UInt16) {
        if flow.key.l0.vlanTCI.host & VLANTCI.present != 0 {
            // The old outer tag becomes the inner one and may have to be written again.
            wildcards.key.l0.vlanTPID = .ones
            wildcards.key.l0.vlanTCI = .ones
            consultInnerTag()
            flow.key.l3.innerVLANTPID = flow.key.l0.vlanTPID
            flow.key.l3.innerVLANTCI = flow.key.l0.vlanTCI
        } else {
            consultOwnTags()
        }
        flow.key.l0.vlanTPID = tpid
        flow.key.l0.vlanTCI = BE16(tci)
    }

    /// Takes the outer tag off, if there is one.
    func popVLAN() {
        guard flow.key.l0.vlanTCI.host & VLANTCI.present != 0 else { return }
        consultInnerTag()
        flow.key.l0.vlanTPID = flow.key.l3.innerVLANTPID
        flow.key.l0.vlanTCI = flow.key.l3.innerVLANTCI
        flow.key.l3.innerVLANTPID = .zero
        flow.key.l3.innerVLANTCI = .zero
    }

    /// mod_vlan_vid, mod_vlan_pcp: sets bits of the tag, after adding one if there is none.
    func setVLAN(_ bits: UInt16, mask: UInt16) {
        wildcards.key.l0.vlanTCI.raw |= BE16(mask | VLANTCI.present).raw
        if flow.key.l0.vlanTCI.host & VLANTCI.present == 0 {
            consultOwnTags()
            flow.key.l0.vlanTPID = XlateTypes.vlan
        }
        flow.key.l0.vlanTCI = BE16((flow.key.l0.vlanTCI.host & ~mask) | bits | VLANTCI.present)
    }

    private func consultInnerTag() {
        wildcards.key.l3.innerVLANTCI.raw |= BE16(VLANTCI.present).raw
        if flow.key.l3.innerVLANTCI != .zero { consultInnerTagExactly() }
    }

    /// An untagged packet gets a tag. If it was tagged when it came in, these tags decide whether the new one must be written at all.
    private func consultOwnTags() {
        guard packetLine.vlanTCI != .zero else { return }
        wildcards.key.l0.vlanTPID = .ones
        wildcards.key.l0.vlanTCI = .ones
        consultInnerTagExactly()
    }

    func consultInnerTagExactly() {
        wildcards.key.l3.innerVLANTPID = .ones
        wildcards.key.l3.innerVLANTCI = .ones
    }

    // MARK: MPLS

    /// push_mpls: a copy of the outermost entry, or one made from the IP header, with the bottom-of-stack bit where it belongs.
    func pushMPLS(_ type: BE16) {
        commitEncapsulation()
        if isMPLS(flow.key.l0.dlType) {
            wildcards.key.l3.mplsLSE0 = .ones
            consultLowerLabels()
            flow.key.l3.mplsLSE2 = flow.key.l3.mplsLSE1
            flow.key.l3.mplsLSE1 = flow.key.l3.mplsLSE0
            flow.key.l3.mplsLSE0 = BE32(flow.key.l3.mplsLSE0.host & ~MPLS.bottom)
        } else {
            // What was written behind the Ethernet header is out of reach then.
            commit()
            var ttl: UInt32 = 64, trafficClass: UInt32 = 0
            if isIP {
                wildcards.key.l0.nwTOS |= 0xfc
                wildcards.key.l0.nwTTL = .max
                trafficClass = UInt32(flow.key.l0.nwTOS & 0xfc) >> 2 & 7
                if flow.key.l0.nwTTL != 0 { ttl = UInt32(flow.key.l0.nwTTL) }
            }
            // Explicit null: 0 for IPv4, 2 for IPv6 (RFC 3032, section 2.1).
            let label: UInt32 = flow.key.l0.dlType == XlateTypes.ipv6 ? 2 : 0
            flow.key.l3.mplsLSE0 = BE32(label << 12 | trafficClass << 9 | MPLS.bottom | ttl)
            flow.clearNetwork()
        }
        flow.key.l0.dlType = type
    }

    /// What stands below the outermost label counts. Below the bottom of the stack is nothing.
    private func consultLowerLabels() {
        guard packetLine.dlType != flow.key.l0.dlType || flow.key.l3.mplsLSE0.host & MPLS.bottom == 0 else { return }
        wildcards.key.l3.mplsLSE1 = .ones
        wildcards.key.l3.mplsLSE2 = .ones
    }

    /// pop_mpls. What stands behind the last label is unknown until the packet has come back from the datapath.
    func popMPLS(_ type: BE16) {
        guard isMPLS(flow.key.l0.dlType) else { return }
        commit()
        let labels = consultLabels()
        if labels == 3, flow.key.l3.mplsLSE2.host & MPLS.bottom == 0 { return }
        consultMovingLabels(labels)
        isIrreversible = true
        flow.popLabel(type)
        if !isMPLS(type) { wasMPLS = true }
    }

    /// Counts the label stack entries: their bottom-of-stack bits are looked at one by one.
    func consultLabels() -> Int {
        let bottom = BE32(MPLS.bottom).raw
        wildcards.key.l3.mplsLSE0.raw |= bottom
        if flow.key.l3.mplsLSE0.raw & bottom != 0 { return 1 }
        wildcards.key.l3.mplsLSE1.raw |= bottom
        if flow.key.l3.mplsLSE1.raw & bottom != 0 { return 2 }
        wildcards.key.l3.mplsLSE2.raw |= bottom
        return MPLS.count(flow.key.l3)
    }

    /// The entries below the outermost one move up when it goes.
    func consultMovingLabels(_ count: Int) {
        if count > 1 { wildcards.key.l3.mplsLSE1 = .ones }
        if count > 2 { wildcards.key.l3.mplsLSE2 = .ones }
    }
}

/// Label stack entries (RFC 3032, section 2.1).
enum MPLS {
    static let bottom: UInt32 = 0x100

    /// The number of entries that the key holds of the stack.
    static func count(_ line: FlowLine3) -> Int {
        if line.mplsLSE0.host & bottom != 0 { return 1 }
        if line.mplsLSE1.host & bottom != 0 { return 2 }
        return line.mplsLSE2 != .zero ? 3 : line.mplsLSE1 != .zero ? 2 : 1
    }
}

extension FlowBuffer {
    /// All fields of layers 3 and 4 become zero.
    func clearNetwork() {
        self[line: 1] = .zero
        key.l0.nwProto = 0
        key.l0.nwTOS = 0
        key.l0.nwSrc = .zero
        key.l0.nwDst = .zero
        key.l0.nwTTL = 0
        key.l0.nwFrag = 0
        key.l0.tpSrc = .zero
        key.l0.tpDst = .zero
        key.l0.tcpFlags = .zero
    }

    /// The outermost label goes; the frame holds `type` then.
    func popLabel(_ type: BE16) {
        key.l3.mplsLSE0 = key.l3.mplsLSE1
        key.l3.mplsLSE1 = key.l3.mplsLSE2
        key.l3.mplsLSE2 = .zero
        key.l0.dlType = type
    }
}
