import Flow
import Wire

// What Open vSwitch's own actions need of a flow and do to its packets (ovs-actions(7), "Inconsistencies").

extension ActionCheck {
    /// Accounts for `action`. `inActionSet`: what OpenFlow 1.0 alone would allow is not looked at there.
    mutating func noteExtension(_ action: OFAction, _ text: TextSlice, inActionSet: Bool) throws(FlowSyntaxError) {
        switch action {
        case .push(let range): try requireSource(range, text)
        case .pop(let range): try requireDestination(range, text)
        case .bundle(let spec): if let range = spec.destination { try requireDestination(range, text) }
        case .multipath(let spec): try requireDestination(spec.destination, text)
        case .learn(let spec): try noteLearn(spec, text)
        case .finTimeout: if packet.key.l0.nwProto != IPProtocol.tcp { suit(.tcp) }
        case .resubmit(_, _, ct: true): if !hasConnection { throw mismatch(text) }
        case .ct(let spec): try noteConntrack(spec, text)
        case .decNSHTTL: if !inActionSet, !packet.key.satisfies(.nsh, under: packet.mask) { throw mismatch(text) }
        case .deleteField(let field):
            guard field.name.hasPrefix("tun_metadata") else {
                throw FlowSyntaxError("delete_field:\(field.name): not a tunnel option (OFPBAC_BAD_ARGUMENT)", text)
            }
        default: break
        }
    }

    /// What is wrong whatever the flow: ports that nothing can be output to, and destinations that cannot be written.
    static func verifyArguments(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        switch action {
        case .output(let port, _): try requireOutput(port, text, "\(text.string): not a port to output to")
        case .pop(let range), .checkPacketLarger(_, let range): try requireWritable(range.field, text)
        case .multipath(let spec): try requireWritable(spec.destination.field, text)
        case .bundle(let spec):
            if let range = spec.destination { try requireWritable(range.field, text) }
            for port in spec.members where port != .none {
                try requireOutput(port == .controller ? .unset : port, text, "invalid member \(port.text)")
            }
        default: break
        }
    }

    private static func requireOutput(_ port: OFPort, _ text: TextSlice, _ complaint: String) throws(FlowSyntaxError) {
        let isReserved = OFPort.reservedNames.contains { $0.port == port } && port != .none && port != .unset
        guard port < .maximum || isReserved else { throw FlowSyntaxError(complaint + " (OFPBAC_BAD_OUT_PORT)", text) }
    }

    /// OpenFlow's action set holds one action of a kind, and not every action has a place in it.
    func noteInActionSet(_ action: OFAction, _ text: TextSlice) throws(FlowSyntaxError) {
        switch action {
        case .output(let port, let maxLength) where port == .controller || maxLength == 0: return
        case .controller(let spec) where spec == ControllerSpec(maxLength: spec.maxLength): return
        case .group, .pushVLAN, .stripVLAN, .setVLANVID, .setVLANPCP, .pushMPLS, .popMPLS, .setField, .setTransportSource, .setTransportDestination,
            .move, .decTTL, .decMPLSTTL, .decNSHTTL, .setQueue, .resubmit, .ct, .ctClear, .encap, .decap, .drop: return
        default: throw FlowSyntaxError("disallowed action in action set (OFPBAC_BAD_TYPE)", text)
        }
    }

    private func mismatch(_ text: TextSlice) -> FlowSyntaxError {
        FlowSyntaxError("actions are invalid with specified match (OFPBAC_MATCH_INCONSISTENT)", text)
    }

    private func requireSource(_ range: FieldRange, _ text: TextSlice) throws(FlowSyntaxError) {
        guard packet.key.satisfies(range.field.row.prerequisite, under: packet.mask) else {
            throw FlowSyntaxError("source field \(range.field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
    }

    private func requireDestination(_ range: FieldRange, _ text: TextSlice) throws(FlowSyntaxError) {
        guard packet.key.satisfies(range.field.row.prerequisite, under: packet.mask) else {
            throw FlowSyntaxError("destination field \(range.field.name) lacks correct prerequisites (OFPBAC_MATCH_INCONSISTENT)", text)
        }
        try ActionCheck.requireWritable(range.field, text)
    }

    private static func requireWritable(_ field: Field, _ text: TextSlice) throws(FlowSyntaxError) {
        guard field.row.writable else {
            throw FlowSyntaxError("destination field \(field.name) is not writable (OFPBAC_BAD_SET_ARGUMENT)", text)
        }
    }

    /// Sources must suit the packet; destinations must suit what the parts in front of them match.
    private func noteLearn(_ spec: LearnSpec, _ text: TextSlice) throws(FlowSyntaxError) {
        var learned = ActionCheck(match: Match(), table: 0)
        for part in spec.parts {
            if case .field(let range) = part.source { try requireSource(range, text) }
            switch part.destination {
            case .match(let range):
                try learned.requireSource(range, text)
                if case .immediate = part.source {
                    learned.packet.mask.set(range.field, to: .max, mask: range.mask)
                    learned.packet.key.set(range.field, to: part.number << UInt128(range.start), mask: range.mask)
                    if range.mask == range.field.place.ones {
                        learned.packet.mask.setFrame(of: range.field, asMask: true)
                        learned.packet.key.setFrame(of: range.field, asMask: false)
                    }
                }
            case .load(let range): try learned.requireDestination(range, text)
            case .output: break
            }
        }
    }

    /// With a zone from a field, no more is looked at.
    private func noteConntrack(_ spec: ConntrackSpec, _ text: TextSlice) throws(FlowSyntaxError) {
        let type = packet.key.matchedEtherType(under: packet.mask)
        guard type == EtherType.ipv4 || type == EtherType.ipv6,
            !(spec.commit && packet.key.l0.ctState & CTState.invalid != 0),
            spec.helper != 21 || packet.key.l0.nwProto == IPProtocol.tcp,
            spec.helper != 69 || packet.key.l0.nwProto == IPProtocol.udp
        else { throw mismatch(text) }
        if case .field(let range) = spec.zone {
            try requireSource(range, text)
            return
        }
        for case .nat(let nat) in spec.actions {
            switch nat.addresses {
            case .ipv4 where type != EtherType.ipv4, .ipv6 where type != EtherType.ipv6: throw mismatch(text)
            default: break
            }
        }
    }

    /// True if ct_state says that there is a valid connection.
    private var hasConnection: Bool {
        let mask = packet.mask.l0.ctState, state = packet.key.l0.ctState & mask
        let implied = CTState.new | CTState.established | CTState.related | CTState.reply | CTState.sourceNAT | CTState.destinationNAT
        return state & implied != 0 || state & CTState.tracked != 0 && mask & CTState.invalid != 0 && state & CTState.invalid == 0
    }
}
