import OFProto

/// A port of several interfaces (ovs-vswitchd.conf.db(5), Port, Bonding Configuration).
struct RefBond: Hashable {
    var name: String
    var mode: BondMode
    /// With active-backup, the interface that is the active one whenever its link is up.
    var primary: String?
    /// How long a link must be up, or down, before its interface is enabled or disabled (milliseconds).
    var upDelay: Int64 = 0, downDelay: Int64 = 0
    /// The interface that the switch says is the active one; nil: none is enabled.
    var active: String?

    func delay(isUp: Bool) -> Int64 { isUp ? upDelay : downDelay }

    var settings: BondSettings {
        var settings = BondSettings()
        (settings.mode, settings.primary, settings.upDelay, settings.downDelay) = (mode, primary, upDelay, downDelay)
        return settings
    }
}

extension RefBridge {
    func bond(of port: RefPort) -> RefBond? { bonds.first { $0.name == port.bond } }
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
    mutating func admits(_ packet: RefPacket, by input: RefPort, _ station: RefStation, _ bridge: Int) -> Bool {
        let here = state.bridges[bridge]
        guard let bond = here.bond(of: input) else { return true }
        switch bond.mode {
        case .activeBackup: return input.name == bond.active
        // The other end knows of the bond.
        case .balanceTCP: return input.isEnabled
        case .balanceSLB:
            if packet.dst >> 40 & 1 == 1, input.name != bond.active { return false }
            // It comes back from the other end, if its station is elsewhere.
            guard let place = oracle.place(station, outcome.heard[station]), place != input.bundle else { return true }
            return packet.isGratuitousARP && !isLocked(station)
        }
    }

    /// A station was heard. Its gratuitous ARP goes everywhere and so comes back by bonds, which for a while is no reason to look for it there.
    mutating func hear(_ packet: RefPacket, of station: RefStation, at input: RefPort, _ bridge: Int) {
        let isBond = state.bridges[bridge].bond(of: input) != nil
        if packet.isGratuitousARP, isBond, let place = outcome.heard[station] ?? oracle.former(station), place != input.bundle {
            outcome.claims += 1
            if isLocked(station) { return outcome.heard[station] = place }
        }
        if packet.isGratuitousARP, !isBond { outcome.locked.insert(station) }
        outcome.heard[station] = input.bundle
    }

    /// One packet finds a station locked or not.
    private mutating func isLocked(_ station: RefStation) -> Bool {
        let isLocked = locks[station] ?? oracle.isLocked(station)
        locks[station] = isLocked
        return isLocked
    }

    /// The packet, with the tags that it has on the wire, leaves by a bond.
    mutating func emit(_ packet: RefPacket, by bond: RefBond, _ bridge: Int) {
        let here = state.bridges[bridge]
        let enabled = here.members(of: bond.name).filter(\.isEnabled)
        var member: RefPort?
        switch bond.mode {
        case .activeBackup: member = enabled.first { $0.name == bond.active }
        case .balanceSLB where !enabled.isEmpty:
            let subject = RefChoice.Subject.station(bond.name, packet.src, vlan: packet.tags.first.map { $0.tci & 0xfff } ?? 0)
            member = here.port(UInt16(truncatingIfNeeded: choose(subject, enabled.map { UInt32($0.number) }, bridge)))
        case .balanceTCP where !enabled.isEmpty:
            outcome.returns += 1
            member = here.port(UInt16(truncatingIfNeeded: choose(.bond(bond.name), enabled.map { UInt32($0.number) }, bridge)))
        default: break
        }
        if let member { emit(packet, member) }
    }
}
