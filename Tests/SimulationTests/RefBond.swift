import OFProto

/// A port of several interfaces (ovs-vswitchd.conf.db(5), Port, Bonding Configuration).
struct RefBond: Hashable {
    var name: String
    var mode: BondMode
    /// With active-backup, the interface that is the active one whenever its link is up.
    var primary: String?
    /// The interface that the switch says is the active one; nil: none has a link.
    var active: String?

    var settings: BondSettings {
        var settings = BondSettings()
        (settings.mode, settings.primary) = (mode, primary)
        return settings
    }
}

extension RefBridge {
    func bond(of port: RefPort) -> RefBond? { bonds.first { $0.name == port.bond } }
    /// The number by which the switch names the place of stations behind a port.
    func place(of port: RefPort) -> UInt16 { members(of: port.bundle).map(\.number).min() ?? port.number }
    /// One interface that is not to be flooded keeps the whole port out of it.
    func floods(_ port: RefPort) -> Bool { members(of: port.bundle).allSatisfy { !$0.flags.contains(.noFlood) } }
}

extension RefPacket {
    /// A station tells its address unasked (RFC 5227, section 3).
    var isGratuitousARP: Bool {
        isARP && dst == 0xffff_ffff_ffff && (read(.nwProto) == 2 || read(.nwProto) == 1 && read(.nwSrc) == read(.nwDst))
    }
}

extension RefInterpreter {
    /// ovs-actions(7), "Non-LACP bond admissibility", and OVS's documentation of bonding: whether a packet is taken in by this interface of a bond.
    mutating func admits(_ packet: RefPacket, by input: RefPort, _ vlan: UInt16, _ bridge: Int) -> Bool {
        let here = state.bridges[bridge]
        guard let bond = here.bond(of: input) else { return true }
        // What moves stations by such packets hangs on what came by other ports before.
        if packet.isGratuitousARP { outcome.isUndefined = true }
        switch bond.mode {
        case .activeBackup: return input.name == bond.active
        // The other end knows of the bond.
        case .balanceTCP: return input.isLive
        case .balanceSLB:
            if packet.dst >> 40 & 1 == 1, input.name != bond.active { return false }
            // It comes back from the other end, if its station is elsewhere.
            let station = RefStation(bridge: here.name, vlan: vlan, address: packet.src)
            guard let place = oracle.place(station, outcome.heard[station]) else { return true }
            return here.port(place)?.bundle == input.bundle
        }
    }

    /// The packet, with the tags that it has on the wire, leaves by a bond.
    mutating func emit(_ packet: RefPacket, by bond: RefBond, _ bridge: Int) {
        let here = state.bridges[bridge]
        let live = here.members(of: bond.name).filter(\.isLive)
        var member: RefPort?
        switch bond.mode {
        case .activeBackup: member = live.first { $0.name == bond.active }
        case .balanceSLB where !live.isEmpty:
            let subject = RefChoice.Subject.station(bond.name, packet.src, vlan: packet.tags.first.map { $0.tci & 0xfff } ?? 0)
            member = here.port(UInt16(truncatingIfNeeded: choose(subject, live.map { UInt32($0.number) }, bridge)))
        case .balanceTCP where !live.isEmpty:
            outcome.returns += 1
            member = here.port(UInt16(truncatingIfNeeded: choose(.bond(bond.name), live.map { UInt32($0.number) }, bridge)))
        default: break
        }
        if let member { emit(packet, member) }
    }
}
