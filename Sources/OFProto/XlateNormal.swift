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
        let number = OFPort(UInt16(truncatingIfNeeded: flow.key.l0.inPort))
        let interface = bridge.port(number)
        // A packet of a controller's may pretend to come from nowhere.
        guard let input = interface?.bundle ?? (number == .none || number == .controller ? bridge.nowhere : nil) else {
            traceError("received packet on unknown port \(number.number)")
            return traceWarning("no input bundle, dropping")
        }
        let wire = VLANTags(flow.key)
        if flow.key.l0.dlType == XlateTypes.vlan, wire.outer.etherType == 0 { return refuse(.partialTag, at: input) }
        if input.isMirrorOutput { return refuse(.mirrorOutput, at: input) }
        guard input.admits(vid: wire.outer.vid) else {
            if trace != nil { traceRefusal(wire.outer.vid, at: input) }
            return refuse(.vlan, at: input)
        }
        let tags = input.bridgeTags(wire)
        let source = MACTable.id(tags.outer.vid, flow.key.l0.dlSrc)
        let heard: MACTable.Heard = isGratuitousARP() ? input.bond == nil ? .gratuitousARP : .gratuitousARPByBond : .ordinary
        if let reason = refusal(source, heard, by: interface, at: input) { return refuse(reason, at: input) }
        if !flow.key.l0.dlSrc.isMulticast, interface != nil, bridge.learns(vlan: tags.outer.vid) {
            if learns, bridge.learn(source, at: input, now: now, by: heard) {
                traceDetail("learned that \(flow.key.l0.dlSrc) is on port \(input.name) in VLAN \(tags.outer.vid)")
            }
            credit(.station(source, input, heard))
        }
        forward(tags, from: input, bridge: bridge)
    }

    /// Why the packet is not taken in; nil: it is.
    private func refusal(_ source: UInt64, _ heard: MACTable.Heard, by interface: BridgePort?, at input: PortBundle) -> NormalDrops.Reason? {
        let bridge = input.bridge
        if flow.key.l0.dlDst.isReserved, !bridge.forwardsReserved { return .reserved }
        guard let bond = input.bond, let interface else { return nil }
        switch bond.admission(of: flow.key.l0.dlDst, by: interface) {
        case .accept: return nil
        case .drop: return .bond
        case .dropIfMoved:
            stations |= bridge.tag(source)
            guard let place = bridge.place(of: source), place !== input else { return nil }
            return heard == .ordinary || bridge.macTable.isLocked(source, now: now) ? .looped : nil
        }
    }

    /// A packet came in by a port that is reserved for a mirror.
    func noteReserved(_ input: PortBundle) { refuse(.mirrorOutput, at: input) }

    private func traceRefusal(_ vid: UInt16, at port: PortBundle) {
        traceError(port.settings.effectiveMode == .access
            ? "dropping VLAN \(vid) tagged packet received on port \(port.name) configured as VLAN \(port.tag) access port"
            : "dropping VLAN \(vid) packet received on port \(port.name) not configured for trunking VLAN \(vid)")
        traceWarning("disallowed VLAN VID for this input port, dropping")
    }

    private func refuse(_ reason: NormalDrops.Reason, at input: PortBundle) {
        switch reason {
        case .reserved: traceDetail("packet has reserved destination MAC, dropping")
        case .partialTag: traceWarning("dropping packet with partial VLAN tag received on port \(input.name)")
        case .mirrorOutput: traceError("dropping packet received on port \(input.name), which is reserved exclusively for mirroring")
        case .vlan, .bond, .looped: break
        }
        guard learns, input.drops.note(reason, now: now) else { return }
        ofproto.xlateLogger.warning("\(input.bridge.name): port \(input.name): \(reason.text)")
    }

    private func forward(_ tags: VLANTags, from input: PortBundle, bridge: Bridge) {
        guard !flow.key.l0.dlDst.isMulticast else { return floodVLAN(tags, from: input, bridge: bridge) }
        let station = MACTable.id(tags.outer.vid, flow.key.l0.dlDst)
        stations |= bridge.tag(station)
        guard let target = bridge.place(of: station) else { return floodVLAN(tags, from: input, bridge: bridge) }
        // A station may have been learned before a mirror got its port.
        guard !target.isMirrorOutput else { return traceWarning("learned port is a mirror port, dropping") }
        guard target !== input else { return traceDetail("learned port is input port, dropping") }
        traceDetail("forwarding to learned port")
        send(tags, by: target)
    }

    private func floodVLAN(_ tags: VLANTags, from input: PortBundle, bridge: Bridge) {
        defer { netFlowOutput = NetFlowOutput.flood }
        traceDetail("no learned MAC for destination, flooding")
        for port in bridge.bundles where port !== input && port.floods && !port.isMirrorOutput {
            consultInner(port, tags)
            if port.includes(tags) { send(tags, by: port) }
        }
    }

    /// The inner tag may decide whether the packet belongs to the port.
    func consultInner(_ port: PortBundle, _ tags: VLANTags) {
        if port.looksInside(tags.outer.vid), packetLine.vlanTCI != .zero { consultInnerTagExactly() }
    }

    /// The packet leaves by a port with the tags that the port wants.
    func send(_ tags: VLANTags, by bundle: PortBundle) {
        var wire = bundle.wireTags(tags)
        if bundle.settings.priorityTags != .never { wire.outer.priority = flow.key.l0.vlanTCI.host & VLANTCI.pcpMask }
        let port = bundle.bond.map { outputInterface($0, vlan: wire.outer.vid) } ?? bundle.interfaces.first
        guard port != nil || bundle.bond?.hashesInDatapath == true else { return }
        let outer = (flow.key.l0.vlanTPID, flow.key.l0.vlanTCI), inner = (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI)
        // Without a VLAN the priority decides whether there is a tag; a tunnel's end brings out a tag that came in behind its own.
        let mayComeOff = tags.outer.vid == 0 || wire.outer.etherType != 0 || bundle.settings.priorityTags != .never
        if wire.outer.vid == 0, mayComeOff { consultOuterTag() }
        wire.write(to: &flow.key, keepsEmpty: bundle.settings.priorityTags == .always)
        // An inner tag may come off although the outer one stays as it is.
        if flow.key.l0.vlanTCI != .zero, packetLine.vlanTCI != .zero { consultInnerTagExactly() }
        let isAsBefore = (flow.key.l0.vlanTPID, flow.key.l0.vlanTCI) == outer && (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI) == inner
        if !isAsBefore, packetLine.vlanTCI != .zero {
            // What tags come off, and what those that stay say.
            consultInnerTagExactly()
            if flow.key.l0.vlanTCI != .zero { consultOuterTag() }
        }
        if let port { emit(port) } else if let bond = bundle.bond { emit(hashedBy: bond) }
        (flow.key.l0.vlanTPID, flow.key.l0.vlanTCI) = outer
        (flow.key.l3.innerVLANTPID, flow.key.l3.innerVLANTCI) = inner
    }

    /// All that the packet's first tag says, if it came in with one.
    private func consultOuterTag() {
        guard packetLine.vlanTCI != .zero else { return }
        wildcards.key.l0.vlanTPID = .ones
        wildcards.key.l0.vlanTCI = .ones
    }

    /// A station tells its address unasked (RFC 5227, section 3): a broadcast reply, or a request for its own address.
    private func isGratuitousARP() -> Bool {
        guard flow.key.l0.dlType == XlateTypes.arp, flow.key.l0.dlDst.isBroadcast else { return false }
        wildcards.key.l0.nwProto = .max
        switch flow.key.l0.nwProto {
        case ARPOperation.reply: return true
        case ARPOperation.request:
            wildcards.key.l0.nwSrc = .ones
            wildcards.key.l0.nwDst = .ones
            return flow.key.l0.nwSrc == flow.key.l0.nwDst
        default: return false
        }
    }
}

/// ARP's opcodes (RFC 826).
enum ARPOperation {
    static let request: UInt8 = 1
    static let reply: UInt8 = 2
}
