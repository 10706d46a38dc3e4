import Flow
import Wire

/// A station as it is shown.
public struct Station: Hashable, Sendable {
    /// The OpenFlow port; of a bond the lowest.
    public var port: OFPort
    public var vlan: UInt16
    public var address: EthernetAddress
    /// Seconds; nil for a static one.
    public var age: Int?
}

/// Which station is behind which port.
extension Bridge {
    /// The bit that a megaflow bears if it depends on where the station is.
    func tag(_ station: UInt64) -> UInt64 {
        var state = station ^ tagSeed
        return 1 << (splitMix64(&state) & 63)
    }

    /// True if stations of this VLAN are remembered.
    func learns(vlan: UInt16) -> Bool { !floodVLANs.contains(vlan) }

    /// A packet of the station came in by a port. True: it is new there.
    @discardableResult func learn(_ station: UInt64, at bundle: PortBundle, now: Int64, by heard: MACTable.Heard = .ordinary) -> Bool {
        guard learns(vlan: UInt16(station >> 48)) else { return false }
        let wasLocked = heard == .gratuitousARP && macTable.isLocked(station, now: ofproto.clock)
        let (changed, evicted) = macTable.learn(station, place: bundle.id, now: now, by: heard)
        if heard == .gratuitousARP { noteLock(of: station, wasLocked: wasLocked) }
        if let changed { ofproto.noteStation(tag(changed)) }
        if let evicted { ofproto.noteStation(tag(evicted)) }
        return changed != nil
    }

    /// As long as a station is locked, megaflows by bonds say something else of its gratuitous ARP.
    private func noteLock(of station: UInt64, wasLocked: Bool) {
        guard let end = macTable.lockEnd(station), end > ofproto.clock else { return }
        if !wasLocked { noteLocks(tag(station)) }
        lockEnds.add(tag(station), end: end)
    }

    /// Locks of stations with these tags have begun or ended.
    private func noteLocks(_ tags: UInt64) {
        if bundles.contains(where: { $0.bond?.settings.mode == .balanceSLB }) { ofproto.noteStation(tags) }
    }

    /// The port that the station is behind; nil: unknown.
    func place(of station: UInt64) -> PortBundle? {
        guard learns(vlan: UInt16(station >> 48)) else { return nil }
        return macTable.lookup(station).flatMap { bundlesByID[$0] }
    }

    /// All stations as they are now, the most recently heard first, static ones behind.
    public func macEntries(now: Int64) -> [Station] {
        macTable.entries(now: now).compactMap { entry in
            guard let port = bundlesByID[entry.place]?.interfaces.first else { return nil }
            return Station(port: port.number, vlan: entry.vlan, address: entry.address, age: entry.age)
        }
    }

    /// Sets the MAC table's statistics to zero.
    public func clearMACStatistics() { macTable.statistics = MACTable.Statistics() }

    /// What became of it when a station was to be fixed to a port.
    public enum StaticMAC: Hashable { case added, unchanged, moved(from: OFPort), noPort }

    /// Fixes a station to a port.
    @discardableResult public func addStaticMAC(_ address: EthernetAddress, vlan: UInt16, port number: OFPort) -> StaticMAC {
        guard let bundle = port(number)?.bundle else { return .noPort }
        let station = MACTable.id(vlan, address)
        let former = macTable.isStatic(station) ? macTable.lookup(station).flatMap { bundlesByID[$0] } : nil
        guard former !== bundle else { return .unchanged }
        macTable.addStatic(station, place: bundle.id)
        ofproto.noteStation(tag(station))
        return former?.interfaces.first.map { .moved(from: $0.number) } ?? .added
    }

    /// Forgets one station that was fixed. False: there was none.
    @discardableResult public func removeStaticMAC(_ address: EthernetAddress, vlan: UInt16) -> Bool {
        let station = MACTable.id(vlan, address)
        guard macTable.isStatic(station), macTable.remove(station) else { return false }
        ofproto.noteStation(tag(station))
        return true
    }

    /// Forgets stations that were not heard for too long, or for which there is no more room, at most `limit`, and ends locks.
    func expireStations(now: Int64, limit: Int) {
        if let tags = lockEnds.take(now: now) { noteLocks(tags) }
        var left = limit
        while left > 0, let station = macTable.expire(now: now) ?? macTable.shrink() {
            ofproto.noteStation(tag(station))
            left -= 1
        }
    }

    /// Forgets all learned stations.
    public func flushFDB() {
        macTable.flush()
        ofproto.noteChange()
    }

    /// Sets how long a station is remembered (seconds) and how many are.
    public func configureMACTable(aging: Int64, capacity: Int) {
        macTable.aging = aging * 1_000
        macTable.capacity = capacity
    }

    /// Sets the VLANs in which nothing is learned, and whether frames to reserved addresses are forwarded (ovs-vswitchd.conf.db(5), Bridge, flood_vlans and
    /// other_config:forward-bpdu).
    public func configureNormal(floodVLANs vlans: Set<UInt16>, forwardsReserved: Bool) {
        let wanted = VLANSet(vlans)
        guard wanted != floodVLANs || forwardsReserved != self.forwardsReserved else { return }
        floodVLANs = wanted
        self.forwardsReserved = forwardsReserved
        macTable.flush(vlans: wanted.contains)
        ofproto.noteChange()
    }
}
