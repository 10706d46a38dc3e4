import Datapath
import Flow
import Wire

/// What bonds need besides packets: their links, time, and that the other end learns where stations are now.
extension Bridge {
    /// Asks for the links of bonds' interfaces, and lets bonds do what is due. Returns true if packets are left to be sent.
    func runBonds(now: Int64) -> Bool {
        var more = false
        for bundle in bundles {
            guard let bond = bundle.bond else { continue }
            let asks = now >= bondsAsked + OFProtoLimits.bondLinkInterval
            for member in bond.members {
                if asks { refreshLink(member.interface) }
                bond.setLink(member.interface, isUp: member.interface.isLive)
            }
            bond.run(now: now)
            bond.rebalance(now: now)
            if bond.hasChanged {
                bond.hasChanged = false
                ofproto.noteChange()
            }
            if announce(bond, now: now) { more = true }
        }
        if now >= bondsAsked + OFProtoLimits.bondLinkInterval { bondsAsked = now }
        return more
    }

    /// When `runBonds` is due.
    var nextBondDeadline: Int64? {
        let bonds = bundles.compactMap(\.bond)
        guard !bonds.isEmpty else { return nil }
        return bonds.reduce(bondsAsked + OFProtoLimits.bondLinkInterval) { min($0, $1.nextDeadline) }
    }

    /// Sends a frame for each station of a changed hash that is behind another port, so that the switches at the bond's other end see it where its packets will come
    /// from now on. The frames are reverse ARP requests (RFC 903), which nobody answers who is not asked to.
    private func announce(_ bond: Bond, now: Int64) -> Bool {
        guard !bond.announced.isEmpty else { return false }
        if bond.stationsToAnnounce.isEmpty {
            bond.stationsToAnnounce = macTable.entries(now: now).filter { $0.place != bond.bundle.id }
        }
        for _ in 0..<OFProtoLimits.announcementsPerTurn {
            guard let station = bond.stationsToAnnounce.popLast() else { break }
            announce(station, bond)
        }
        if bond.stationsToAnnounce.isEmpty { bond.announced = [] }
        return !bond.stationsToAnnounce.isEmpty
    }

    private func announce(_ station: MACTable.Entry, _ bond: Bond) {
        var tags = VLANTags()
        tags.outer.vid = station.vlan
        guard bond.bundle.includes(tags) else { return }
        let wire = bond.bundle.wireTags(tags)
        let hash = Bond.hash(station.address, vlan: wire.outer.vid, basis: bond.settings.hashBasis)
        guard bond.announced.contains(hash), let port = bond.outputInterface(hash)?.odpPort else { return }
        let frame = reverseARP(station.address, vlan: wire.outer.vid)
        guard let packet = ofproto.dpif.makePacket(frame) else { return ofproto.counters.packetOutsDropped &+= 1 }
        var key = FlowKey(frame: frame)
        key.l0.inPort = ODPPort.none.number
        ofproto.dpif.execute(packet, key: key, actions: [.output(port)], pmd: nil)
    }
}

/// A reverse ARP request of a station for its own address, broadcast.
func reverseARP(_ station: EthernetAddress, vlan: UInt16) -> [UInt8] {
    func bytes(_ number: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) } }
    var frame = bytes(EthernetAddress.broadcast.number, 6) + bytes(station.number, 6)
    if vlan != 0 { frame += bytes(UInt64(EtherType.vlan8021Q), 2) + bytes(UInt64(vlan), 2) }
    // Ethernet and IPv4; operation 3, "request reverse".
    frame += bytes(UInt64(EtherType.rarp), 2) + [0, 1] + bytes(UInt64(EtherType.ipv4), 2) + [6, 4, 0, 3]
    frame += bytes(station.number, 6) + [0, 0, 0, 0] + bytes(station.number, 6) + [0, 0, 0, 0]
    return frame
}
