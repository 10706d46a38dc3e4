import Flow
import Wire

/// Which actions suit a flow: follows what a list does to the packets that the flow matches and asks of each action what OVS asks of it
/// (ovs-actions(7), "Inconsistencies"). Wire and text use it alike.
///
/// Some actions do nothing to packets that they do not suit, and OpenFlow 1.0 lets a flow have them; later versions do not.
struct ActionRules {
    /// What is known of the packet at this point.
    var packet: Match
    /// The flow's table; 255: none yet.
    let table: UInt8
    /// Ordinary ports' numbers are below this.
    let maximumPort: OFPort
    /// An action does not suit the packet, which OpenFlow 1.0 alone allows.
    var isInconsistent = false

    init(match: Match, table: UInt8, maximumPort: OFPort = .maximum) {
        packet = match
        self.table = table
        self.maximumPort = maximumPort
    }

    /// Accounts for one action.
    mutating func account(_ action: OFAction, _ version: OFVersion) throws(OFError) {
        switch action.meaning {
        case .output(let port, _): guard port.isOutput(maximum: maximumPort) else { throw .bacBadOutPort }
        case .enqueue(let port, _): guard port.isEnqueue(maximum: maximumPort) else { throw .bacBadOutPort }
        case .outputField(let range), .push(let range): try requireRead(range.field)
        case .pop(let range): try requireWrite(range.field)
        case .multipath(let spec): try requireWrite(spec.destination.field)
        case .move(let from, let to):
            try requireRead(from.field)
            try requireWrite(to.field)
        case .bundle(let spec): try account(spec)
        case .setField(let field, let value):
            if case .worded(.own, _) = action {
                suit(field.prerequisite)
                wrote(field, value)
            } else {
                try set(field, value, version)
            }
        case .setVLANVID, .setVLANPCP: tag()
        case .setTransportSource, .setTransportDestination: suit(.tcp, .udp, .sctp)
        case .pushVLAN: try pushVLAN()
        case .stripVLAN: stripVLAN()
        case .decTTL: suit(.ip)
        case .pushMPLS, .popMPLS, .decMPLSTTL: mpls(action)
        case .encap, .decap, .decNSHTTL: header(action)
        case .finTimeout: suit(.tcp)
        case .resubmit(_, _, true): guard satisfies(.conntrack) else { throw .bacMatchInconsistent }
        case .learn(let spec): try account(spec)
        case .clone(let actions): try nested(actions, version)
        case .writeActions(let actions):
            // Whether a set suits a packet shows only when it is executed.
            let before = isInconsistent
            try nested(actions, version)
            isInconsistent = before
        case .ct(let spec): try account(spec, version)
        case .nat(let spec): try account(spec)
        case .gotoTable(let next): guard table == .max || next > table else { throw .bicBadTableID }
        case .meter(let id): guard (1...0xffff_0000).contains(id) else { throw .mmfcInvalidMeter }
        case .unrollTranslation: throw .bacBadType
        case .deleteField(let field): guard field.isTunMetadata else { throw .bacBadArgument }
        default: break
        }
    }

    /// Accounts for a list within the list: what it does to the packet does not reach the actions behind it.
    mutating func nested(_ actions: [OFAction], _ version: OFVersion) throws(OFError) {
        let outside = packet
        for action in actions { try account(action, version) }
        packet = outside
    }

    // MARK: Fields

    func satisfies(_ prerequisite: Prerequisite) -> Bool { packet.key.satisfies(prerequisite, under: packet.mask) }

    /// The lenient rule: what does not suit the packet does nothing.
    mutating func suit(_ anyOf: Prerequisite...) {
        if !anyOf.contains(where: { satisfies($0) }) { isInconsistent = true }
    }

    func requireRead(_ field: Field) throws(OFError) {
        guard satisfies(field.prerequisite) else { throw .bacMatchInconsistent }
    }

    private func requireWrite(_ field: Field) throws(OFError) {
        try requireRead(field)
        guard field.isWritable else { throw .bacBadSetArgument }
    }

    /// The strict rule for set_field and load: the match must imply the field's prerequisites. vlan_vid wants a tag that is there.
    func requireSet(_ field: Field) throws(OFError) {
        guard satisfies(field == .vlanVID ? .vlan : field.prerequisite) else { throw .bacMatchInconsistent }
    }

    private mutating func set(_ field: Field, _ value: MaskedValue, _ version: OFVersion) throws(OFError) {
        if field.hasLenientAction(version) { suit(field.prerequisite) } else { try requireSet(field) }
        wrote(field, value)
    }

    /// A tag that set_field writes is one that later actions find.
    mutating func wrote(_ field: Field, _ value: MaskedValue) {
        guard field == .vlanTCI, value.mask & UInt128(VLANTCI.present) != 0 else { return }
        packet.key.l0.vlanTCI = BE16(UInt16(truncatingIfNeeded: value.value))
        packet.mask.l0.vlanTCI = .ones
    }

    // MARK: Headers

    private var isTagged: Bool { satisfies(.vlan) }

    private mutating func tag() {
        packet.key.l0.vlanTCI = BE16(packet.key.l0.vlanTCI.host | VLANTCI.present)
        packet.mask.l0.vlanTCI = .ones
    }

    private mutating func pushVLAN() throws(OFError) {
        guard packet.key.l3.innerVLANTCI.host & VLANTCI.present == 0 else { throw .bacBadTag }
        packet.key.l3.innerVLANTCI = isTagged ? packet.key.l0.vlanTCI : .zero
        tag()
    }

    private mutating func stripVLAN() {
        suit(.vlan)
        packet.key.l0.vlanTCI = packet.key.l3.innerVLANTCI
        packet.key.l3.innerVLANTCI = .zero
        packet.mask.l0.vlanTCI = .ones
    }

    private mutating func mpls(_ action: OFAction) {
        switch action {
        case .pushMPLS(let type):
            suit(.ethernet)
            packet.set(.ethType, to: UInt128(type))
            // What the label hides is not known any more.
            packet.key.l0.nwProto = 0
        case .popMPLS(let type):
            suit(.ethernet)
            suit(.mpls)
            packet.set(.ethType, to: UInt128(type))
        default: suit(.mpls)
        }
    }

    private mutating func header(_ action: OFAction) {
        switch action {
        case .encap(let type, _):
            packet.set(.packetType, to: UInt128(type))
            if type >> 16 == 1 { packet.set(.ethType, to: UInt128(type & 0xffff)) }
            if !satisfies(.ip) { packet.key.l0.nwProto = 0 }
        case .decap where satisfies(.ethernet):
            packet.set(.packetType, to: UInt128(PacketType.of(packet.key.l0.dlType.host)))
        case .decap:
            packet.set(.packetType, to: UInt128(PacketType.unknown))
            packet.set(.ethType, to: 0xffff)
        default: suit(.nsh)
        }
    }

    // MARK: Larger actions

    private func account(_ spec: BundleSpec) throws(OFError) {
        if let range = spec.destination { try requireWrite(range.field) }
        for member in spec.members {
            guard member == .none || member.isOutput(maximum: maximumPort) && member != .controller else { throw .bacBadOutPort }
        }
    }

    /// The sources are fields of the packet; the destinations are fields of the learned flow, as far as its own match tells what it is of.
    private func account(_ spec: LearnSpec) throws(OFError) {
        var learned = ActionRules(match: Match(), table: 0xff)
        for part in spec.parts {
            if case .field(let range) = part.source { try requireRead(range.field) }
            switch part.destination {
            case .match(let range):
                try learned.requireRead(range.field)
                if case .immediate(let bytes) = part.source {
                    let value = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
                    if range.count == range.field.bits {
                        learned.packet.mask.setFrame(of: range.field, asMask: true)
                        learned.packet.key.setFrame(of: range.field, asMask: false)
                    }
                    learned.packet.key.set(range.field, to: value << UInt128(range.start), mask: range.mask)
                    learned.packet.mask.set(range.field, to: .max, mask: range.mask)
                }
            case .load(let range): try learned.requireWrite(range.field)
            case .output: break
            }
        }
    }

    private mutating func account(_ spec: ConntrackSpec, _ version: OFVersion) throws(OFError) {
        let isInvalid = packet.key.l0.ctState & CTState.invalid != 0
        guard satisfies(.ip), !(isInvalid && spec.commit), spec.helper != ConntrackHelper.ftp || packet.key.l0.nwProto == IPProtocol.tcp,
            spec.helper != ConntrackHelper.tftp || packet.key.l0.nwProto == IPProtocol.udp
        else { throw .bacMatchInconsistent }
        if case .field(let range) = spec.zone { return try requireRead(range.field) }
        try nested(spec.actions, version)
    }

    private func account(_ spec: NATSpec) throws(OFError) {
        let suits = switch spec.addresses {
        case .none: satisfies(.ip)
        case .ipv4: satisfies(.ipv4)
        case .ipv6: satisfies(.ipv6)
        }
        guard suits else { throw .bacMatchInconsistent }
    }
}

/// The ports that name connection tracking's helpers.
enum ConntrackHelper {
    static let ftp: UInt16 = 21
    static let tftp: UInt16 = 69
}

extension Field {
    /// True if a version has an action of its own that sets the field: those are lenient, and set_field is not told from them.
    fileprivate func hasLenientAction(_ version: OFVersion) -> Bool {
        switch self {
        case .nwECN: version == .v11
        case .ipv4Src, .ipv4Dst, .ipDSCP, .nwTOS: version <= .v11
        default: false
        }
    }
}

extension [OFAction] {
    /// What OVS refuses although the bytes are well formed: prerequisites, ports, tables, inconsistency with the match. `match`: the flow's; `table`: its
    /// table, 255 for none. In OpenFlow 1.0 an action that does nothing to the flow's packets is no error.
    ///
    /// Actions whose meaning hangs on the match become those that say it: mod_vlan_vid where there is a tag, mod_tp_src where the protocol is known.
    public mutating func check(match: Match, table: UInt8, version: OFVersion, maximumPort: OFPort) throws(OFError) {
        var rules = ActionRules(match: match, table: table, maximumPort: maximumPort)
        try check(&rules, version)
        if version > .v10, rules.isInconsistent { throw .bacMatchInconsistent }
    }

    private mutating func check(_ rules: inout ActionRules, _ version: OFVersion) throws(OFError) {
        for index in indices {
            if let plain = self[index].plain(for: rules.packet) { self[index] = plain }
            try rules.account(self[index], version)
        }
    }
}

extension OFAction {
    /// The action that says what this one means for `packet`; nil: it says so itself.
    private func plainSet(_ field: Field?, _ value: UInt128) -> OFAction? { field.map { .set($0, to: value) } }

    fileprivate func plain(for packet: Match) -> OFAction? {
        let isTagged = packet.key.satisfies(.vlan, under: packet.mask)
        return switch self {
        case .setVLANVID(let vid) where isTagged: .set(.vlanVID, to: UInt128(vid | VLANTCI.present))
        case .setVLANPCP(let pcp) where isTagged: .set(.vlanPCP, to: UInt128(pcp))
        case .setTransportSource(let port): plainSet(packet.transportPort(.tcpSrc, .udpSrc, .sctpSrc), UInt128(port))
        case .setTransportDestination(let port): plainSet(packet.transportPort(.tcpDst, .udpDst, .sctpDst), UInt128(port))
        default: nil
        }
    }
}
