import Datapath
import NetDev
@testable import OFProto

// Bonds: which interface is the active one is read from the switch, and must be one that may be.
extension Simulation {
    /// What happened to bonds since the last `settle`.
    struct BondHistory {
        /// Frames by which bonds make stations known.
        var announcements: [RefOutput] = []
        /// Interfaces that were enabled or disabled.
        var flapped: Set<String> = []
        /// Bonds that were changed, or whose active interface was.
        var changed: Set<String> = [], moved: Set<String> = []
        /// The active interfaces as they were at the last `settle`, by bond.
        var active: [String: String] = [:]
    }

    // MARK: Changes

    /// A port of two or three interfaces.
    func addBond(_ bridge: Int) {
        let (bond, ports) = random.bond(of: state.bridges[bridge])
        openBond(bond, ports, bridge)
    }

    func openBond(_ bond: RefBond, _ ports: [RefPort], _ bridge: Int) {
        guard let first = ports.first else { return }
        do throws(DPIFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.addBond(bond.name, first.settings, bond.settings)
        } catch { return fail("\(error)") }
        state.bridges[bridge].bonds.append(bond)
        bondHistory.changed.insert(bond.name)
        for port in ports { open(port, bridge) }
    }

    /// Another mode, another primary interface, or another part in VLANs.
    func changeBond(_ name: String, _ bridge: Int) {
        guard let at = state.bridges[bridge].bonds.firstIndex(where: { $0.name == name }), let old = state.bridges[bridge].members(of: name).first else { return }
        var shape = old
        if random.chance(50) { random.shape(&shape) } else { random.shape(&state.bridges[bridge].bonds[at], state.bridges[bridge].members(of: name)) }
        setBond(state.bridges[bridge].bonds[at], like: shape, bridge)
        if (old.mode, old.tag, old.trunks, old.customers) != (shape.mode, shape.tag, shape.trunks, shape.customers) {
            forgetStations(state.bridges[bridge].name, at: name)
        }
    }

    /// A bond gets these settings, and its interfaces the part in VLANs of a port.
    func setBond(_ bond: RefBond, like shape: RefPort, _ bridge: Int) {
        if let at = state.bridges[bridge].bonds.firstIndex(where: { $0.name == bond.name }) { state.bridges[bridge].bonds[at] = bond }
        for index in state.bridges[bridge].ports.indices where state.bridges[bridge].ports[index].bond == bond.name {
            state.bridges[bridge].ports[index].takePart(of: shape)
            let port = state.bridges[bridge].ports[index]
            links[port.name]?.change(delay: bond.delay(isUp: !port.isEnabled))
        }
        do throws(DPIFError) {
            try ofproto.bridge(named: state.bridges[bridge].name)?.changeBond(bond.name, shape.settings, bond.settings)
        } catch { fail("\(error)") }
        bondHistory.changed.insert(bond.name)
        noteState()
    }

    /// An interface joins a bond or leaves it: often the active one, at times the last one.
    func changeMembers(_ bridge: Int) {
        guard !state.bridges[bridge].bonds.isEmpty else { return addBond(bridge) }
        let bond = random.one(state.bridges[bridge].bonds), members = state.bridges[bridge].members(of: bond.name)
        tally.memberChanges += 1
        switch random.below(5) {
        case 0...1 where members.count < 4: join(bond, bridge)
        case _ where members.isEmpty: removeBond(bond, bridge)
        default: leave(members.first { $0.name == bond.active && random.chance(50) } ?? random.one(members), of: bond, bridge)
        }
    }

    /// The first interface of a bond brings its part in VLANs with it.
    private func join(_ bond: RefBond, _ bridge: Int) {
        let here = state.bridges[bridge], template = here.members(of: bond.name).first ?? random.port(of: here)
        if here.members(of: bond.name).isEmpty { setBond(bond, like: template, bridge) }
        open(random.member(of: bond, like: template, in: here), bridge)
    }

    func leave(_ port: RefPort, of bond: RefBond, _ bridge: Int) {
        removePort(bridge, named: port.name)
        if state.bridges[bridge].members(of: bond.name).isEmpty, random.chance(50) { removeBond(bond, bridge) }
    }

    private func removeBond(_ bond: RefBond, _ bridge: Int) {
        do throws(DPIFError) { try ofproto.bridge(named: state.bridges[bridge].name)?.removeBond(bond.name) } catch { fail("\(error)") }
        state.bridges[bridge].bonds.removeAll { $0.name == bond.name }
        noteState()
    }

    // MARK: What the switch has chosen

    /// Reads which interfaces are the active ones. Returns false if nothing has changed.
    func observeBonds(_ index: Int) -> Bool {
        guard let real = ofproto.bridge(named: state.bridges[index].name) else { return false }
        var hasChanged = false
        for at in state.bridges[index].bonds.indices {
            let bond = state.bridges[index].bonds[at], found = real.bundle(named: bond.name)?.bond, active = found?.active?.name
            if let found, observeMembers(of: bond, found, index) { hasChanged = true }
            if active == bond.active { continue }
            state.bridges[index].bonds[at].active = active
            bondHistory.moved.insert(bond.name)
            hasChanged = true
        }
        return hasChanged
    }

    /// The active interface is the primary one, or the one that was it already, as long as it is enabled; else any that is.
    func checkBonds() {
        for bridge in state.bridges {
            for bond in bridge.bonds {
                let live = bridge.members(of: bond.name).filter(\.isEnabled).map(\.name), before = bondHistory.active[bond.name]
                tally.bondChanges += before == bond.active ? 0 : 1
                if live.isEmpty != (bond.active == nil) || !live.contains(bond.active ?? live.first ?? "") && !live.isEmpty {
                    fail("\(bond) is not active by one of \(live)")
                }
                if live.isEmpty, bridge.members(of: bond.name).contains(where: \.isLinkUp) { fail("\(bond) has a link, and no interface is enabled") }
                if bond.mode == .activeBackup, let primary = bond.primary, live.contains(primary) {
                    if bond.active != primary { fail("\(bond) is not active by its primary interface") }
                } else if let before, live.contains(before), !bondHistory.flapped.contains(before), !bondHistory.changed.contains(bond.name), bond.active != before {
                    fail("\(bond) was active by \(before), which is as good as ever")
                }
                checkAnnouncements(of: bond, bridge)
            }
        }
        checkAnnouncements()
        bondHistory = BondHistory()
        for bond in state.bridges.flatMap(\.bonds) { bondHistory.active[bond.name] = bond.active }
    }

    // MARK: Announcements

    /// A reverse ARP request (RFC 903).
    func isAnnouncement(_ frame: [UInt8]) -> Bool { RefPacket(frame, inPort: 0)?.type == 0x8035 }

    private func announcement(_ station: RefStation, by port: RefPort) -> [UInt8]? {
        let inside = station.vlan == 0 ? [] : [RefPacket.Tag(tpid: 0x8100, tci: station.vlan)]
        guard port.emits(inside) else { return nil }
        var vid = station.vlan
        if port.mode == .access || port.mode == .dot1qTunnel || port.mode == .nativeUntagged && vid == port.tag { vid = 0 }
        return octets(0xffff_ffff_ffff, 6) + octets(station.address, 6) + (vid == 0 ? [] : octets(0x8100, 2) + octets(UInt64(vid), 2))
            + octets(0x8035, 2) + octets(0x0001_0800_0604_0003, 8) + octets(station.address, 6) + octets(0, 4) + octets(station.address, 6) + octets(0, 4)
    }

    /// What was sent is what makes a station known that is, or was, at another port.
    private func checkAnnouncements() {
        for sent in bondHistory.announcements {
            tally.announced += 1
            guard let (index, port) = state.find(sent.port), let address = RefPacket(sent.bytes, inPort: 0)?.src else { continue }
            let bridge = state.bridges[index]
            let stations = Set(places.keys).union(moves.map(\.station)).union(stations.keys).filter { $0.bridge == bridge.name && $0.address == address }
            if port.bond == nil || !stations.contains(where: { announcement($0, by: port) == sent.bytes }) {
                if !bondHistory.changed.contains(port.bond ?? "") { fail("\(sent.port) makes known what is no station: \(sent.bytes)") }
            }
        }
    }

    /// When another interface is the active one, all stations behind other ports are made known, unless the other end knows of the bond.
    private func checkAnnouncements(of bond: RefBond, _ bridge: RefBridge) {
        guard isStrict, bondHistory.moved.contains(bond.name), !bondHistory.changed.contains(bond.name), bond.active != nil, bond.mode != .balanceTCP else { return }
        let members = bridge.members(of: bond.name)
        guard let first = members.first else { return }
        for (station, place) in places where station.bridge == bridge.name && place != bond.name && !moves.contains(where: { $0.station == station }) {
            guard let frame = announcement(station, by: first) else { continue }
            let sent = bondHistory.announcements.filter { $0.bytes == frame }.map(\.port)
            // An interface may have left since.
            let areMembers = sent.allSatisfy { port in members.contains { $0.name == port } || state.find(port) == nil }
            if sent.isEmpty || !areMembers { fail("\(bond) does not make \(station) known, but by \(sent)") }
        }
    }
}

extension RefPort {
    /// The part in VLANs of another port.
    mutating func takePart(of other: RefPort) {
        (mode, tag, trunks, customers) = (other.mode, other.tag, other.trunks, other.customers)
        (tunnelType, priorityTags, isProtected) = (other.tunnelType, other.priorityTags, other.isProtected)
    }
}
