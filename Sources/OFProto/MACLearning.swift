import Wire

/// A bridge's MAC table: behind which port a station was last heard, per VLAN.
///
/// Dynamic entries form a list by age, so that the oldest is found at once, and one for each port: when the table is full, the port with the most stations
/// loses the one that it has not heard for longest, so that a port that floods the table harms its own stations (ovs-vswitchd.conf.db(5), Bridge,
/// other_config:mac-table-size). Owner: a bridge.
public struct MACTable {
    struct Entry: Hashable {
        var place: PortBundleID
        var vlan: UInt16
        var address: EthernetAddress
        /// Seconds; nil for a static one.
        var age: Int?
    }
    /// What happened to dynamic entries (`ovs-appctl fdb/stats-show`).
    public struct Statistics: Hashable, Sendable {
        public var learned: UInt64 = 0
        public var expired: UInt64 = 0
        /// Made room for another one.
        public var evicted: UInt64 = 0
        public var moved: UInt64 = 0
    }
    /// What kind of packet a station was heard by. A station's gratuitous ARP can come back by a bond, which then looks like a move: after one that came by another
    /// port, those that come by bonds are not believed for a while.
    enum Heard: Hashable { case ordinary, gratuitousARP, gratuitousARPByBond }

    private struct Links {
        var older: Int32 = -1
        var newer: Int32 = -1
    }
    private struct Slot {
        var id: UInt64
        var place: PortBundleID
        var isStatic: Bool
        var used: Int64
        /// Until then no gratuitous ARP by a bond moves it.
        var locked: Int64 = .min
        var inTable = Links()
        var inPort = Links()
    }
    private var slots: ContiguousArray<Slot> = []
    private var unused: ContiguousArray<Int32> = []
    private var index: [UInt64: Int32] = [:]
    private var oldest: Int32 = -1
    private var newest: Int32 = -1
    private var counts = StationCounts()
    /// Entries at most.
    public var capacity: Int
    /// Milliseconds after which an entry that was not refreshed is forgotten.
    public var aging: Int64
    public internal(set) var statistics = Statistics()

    init(capacity: Int, aging: Int64) {
        self.capacity = capacity
        self.aging = aging
    }

    public var count: Int { index.count }

    /// VLAN and address in one number.
    static func id(_ vlan: UInt16, _ address: EthernetAddress) -> UInt64 { UInt64(vlan) << 48 | address.number }

    /// The port where the station is; nil: unknown.
    func lookup(_ id: UInt64) -> PortBundleID? { index[id].map { slots[Int($0)].place } }

    func isStatic(_ id: UInt64) -> Bool { index[id].map { slots[Int($0)].isStatic } ?? false }

    /// True while a gratuitous ARP by a bond would not move the station.
    func isLocked(_ id: UInt64, now: Int64) -> Bool { lockEnd(id).map { $0 > now } ?? false }

    /// When that ends, or has; nil: the station is unknown.
    func lockEnd(_ id: UInt64) -> Int64? { index[id].map { slots[Int($0)].locked } }

    /// A station was heard at the time `now`, which may be past. Returns the stations whose place is different now: itself if it is new or moved, and the one that
    /// made room.
    mutating func learn(_ id: UInt64, place: PortBundleID, now: Int64, by heard: Heard = .ordinary) -> (changed: UInt64?, evicted: UInt64?) {
        let lock = heard == .gratuitousARP ? now + OFProtoLimits.gratuitousARPLock : .min
        if let at = index[id] {
            if slots[Int(at)].isStatic { return (nil, nil) }
            defer { slots[Int(at)].locked = max(slots[Int(at)].locked, lock) }
            // Counters tell of packets late: what was heard since then is newer.
            if now < slots[Int(at)].used { return (nil, nil) }
            var moved = slots[Int(at)].place != place
            if moved, heard == .gratuitousARPByBond, slots[Int(at)].locked > now { moved = false }
            let goesUp = moved || newest != at
            if goesUp { unlink(at) }
            if moved {
                statistics.moved &+= 1
                slots[Int(at)].place = place
            }
            slots[Int(at)].used = now
            if goesUp { link(at) }
            return (moved ? id : nil, nil)
        }
        var evicted: UInt64?
        if index.count >= capacity {
            evicted = evict()
            guard evicted != nil else { return (nil, nil) }
        }
        statistics.learned &+= 1
        add(Slot(id: id, place: place, isStatic: false, used: now, locked: lock))
        return (id, evicted)
    }

    /// Makes room; returns the station that it cost.
    private mutating func evict() -> UInt64? {
        guard let place = counts.fullest else { return nil }
        let at = counts.oldest(place)
        let id = slots[Int(at)].id
        remove(at: at)
        statistics.evicted &+= 1
        return id
    }

    /// Takes away entries beyond the capacity; returns one station, or nil when none is left to take.
    mutating func shrink() -> UInt64? { index.count > capacity ? evict() : nil }

    /// Fixes a station to a port; it neither ages nor moves.
    mutating func addStatic(_ id: UInt64, place: PortBundleID) {
        remove(id)
        add(Slot(id: id, place: place, isStatic: true, used: 0))
    }

    /// Forgets a station. False: it was not known.
    @discardableResult mutating func remove(_ id: UInt64) -> Bool {
        guard let at = index[id] else { return false }
        remove(at: at)
        return true
    }

    /// Forgets the oldest entry if its time is up; returns which. Call until nil.
    mutating func expire(now: Int64) -> UInt64? {
        guard oldest >= 0, slots[Int(oldest)].used + aging <= now else { return nil }
        let id = slots[Int(oldest)].id
        remove(at: oldest)
        statistics.expired &+= 1
        return id
    }

    /// When the oldest entry's time is up.
    var nextExpiry: Int64? { oldest >= 0 ? slots[Int(oldest)].used + aging : nil }

    /// Forgets all dynamic entries that `matches` accepts.
    mutating func flush(where matches: (PortBundleID) -> Bool = { _ in true }) {
        for (_, at) in index where !slots[Int(at)].isStatic && matches(slots[Int(at)].place) { remove(at: at) }
    }

    /// Forgets the dynamic entries of the VLANs that `matches` accepts.
    mutating func flush(vlans matches: (UInt16) -> Bool) {
        for (id, at) in index where !slots[Int(at)].isStatic && matches(UInt16(id >> 48)) { remove(at: at) }
    }

    /// Forgets all entries, static ones too, at `place`.
    mutating func removeAll(at place: PortBundleID) {
        for (_, at) in index where slots[Int(at)].place == place { remove(at: at) }
    }

    /// All entries, the most recently heard first, static ones behind.
    func entries(now: Int64) -> [Entry] {
        var result: [Entry] = []
        var at = newest
        while at >= 0 {
            let slot = slots[Int(at)]
            result.append(entry(slot, age: Int(max(0, now - slot.used) / 1_000)))
            at = slot.inTable.older
        }
        return result + index.values.map { slots[Int($0)] }.filter(\.isStatic).sorted { $0.id < $1.id }.map { entry($0, age: nil) }
    }

    private func entry(_ slot: Slot, age: Int?) -> Entry {
        Entry(place: slot.place, vlan: UInt16(slot.id >> 48), address: EthernetAddress(slot.id & 0xffff_ffff_ffff), age: age)
    }

    private mutating func add(_ slot: Slot) {
        let at: Int32
        if let free = unused.popLast() {
            slots[Int(free)] = slot
            at = free
        } else {
            slots.append(slot)
            at = Int32(slots.count - 1)
        }
        index[slot.id] = at
        if !slot.isStatic { link(at) }
    }

    private mutating func remove(at: Int32) {
        if !slots[Int(at)].isStatic { unlink(at) }
        index[slots[Int(at)].id] = nil
        unused.append(at)
    }

    /// Makes `at` the newest entry, of the table and of its port.
    private mutating func link(_ at: Int32) {
        slots[Int(at)].inTable = Links(older: newest)
        if newest >= 0 { slots[Int(newest)].inTable.newer = at } else { oldest = at }
        newest = at
        let place = slots[Int(at)].place
        counts.increment(place)
        let last = counts.newest(place)
        slots[Int(at)].inPort = Links(older: last)
        if last >= 0 { slots[Int(last)].inPort.newer = at } else { counts.setOldest(place, at) }
        counts.setNewest(place, at)
    }

    private mutating func unlink(_ at: Int32) {
        let slot = slots[Int(at)]
        if slot.inTable.older >= 0 { slots[Int(slot.inTable.older)].inTable.newer = slot.inTable.newer } else { oldest = slot.inTable.newer }
        if slot.inTable.newer >= 0 { slots[Int(slot.inTable.newer)].inTable.older = slot.inTable.older } else { newest = slot.inTable.older }
        if slot.inPort.older >= 0 { slots[Int(slot.inPort.older)].inPort.newer = slot.inPort.newer } else { counts.setOldest(slot.place, slot.inPort.newer) }
        if slot.inPort.newer >= 0 { slots[Int(slot.inPort.newer)].inPort.older = slot.inPort.older } else { counts.setNewest(slot.place, slot.inPort.older) }
        counts.decrement(slot.place)
    }
}
