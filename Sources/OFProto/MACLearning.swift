import Wire

/// A bridge's MAC table: which port a station was last heard at, per VLAN.
///
/// Dynamic entries form a list by age, so that the oldest is found at once. Owner: a bridge.
public struct MACTable {
    /// What is printed of an entry. `age` is in seconds; nil for a static one.
    public struct Entry: Hashable, Sendable {
        public var port: OFPort
        public var vlan: UInt16
        public var address: EthernetAddress
        public var age: Int?
    }
    /// What happened to dynamic entries (`ovs-appctl fdb/stats-show`).
    public struct Statistics: Hashable, Sendable {
        public var learned: UInt64 = 0
        public var expired: UInt64 = 0
        /// Made room for another one.
        public var evicted: UInt64 = 0
        public var moved: UInt64 = 0
    }
    private struct Slot {
        var id: UInt64
        var port: OFPort
        var isStatic: Bool
        var used: Int64
        var older: Int32 = -1
        var newer: Int32 = -1
    }
    private var slots: ContiguousArray<Slot> = []
    private var unused: ContiguousArray<Int32> = []
    private var index: [UInt64: Int32] = [:]
    private var oldest: Int32 = -1
    private var newest: Int32 = -1
    /// Entries at most; the oldest dynamic one makes room.
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
    func lookup(_ id: UInt64) -> OFPort? { index[id].map { slots[Int($0)].port } }

    /// A station was heard at the time `now`, which may be past. Returns the stations whose place is different now: itself if it is new or moved, and the one that
    /// made room.
    mutating func learn(_ id: UInt64, port: OFPort, now: Int64) -> (changed: UInt64?, evicted: UInt64?) {
        if let at = index[id] {
            // Counters tell of packets late: what was heard since then is newer.
            if slots[Int(at)].isStatic || now < slots[Int(at)].used { return (nil, nil) }
            let moved = slots[Int(at)].port != port
            if moved { statistics.moved &+= 1 }
            slots[Int(at)].port = port
            slots[Int(at)].used = now
            if newest != at {
                unlink(at)
                link(at)
            }
            return (moved ? id : nil, nil)
        }
        var evicted: UInt64?
        if index.count >= capacity {
            guard oldest >= 0 else { return (nil, nil) }
            evicted = slots[Int(oldest)].id
            remove(at: oldest)
            statistics.evicted &+= 1
        }
        statistics.learned &+= 1
        add(Slot(id: id, port: port, isStatic: false, used: now))
        return (id, evicted)
    }

    /// Fixes a station to a port; it neither ages nor moves.
    mutating func addStatic(_ id: UInt64, port: OFPort) {
        remove(id)
        add(Slot(id: id, port: port, isStatic: true, used: 0))
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
    mutating func flush(where matches: (OFPort) -> Bool = { _ in true }) {
        for (_, at) in index where !slots[Int(at)].isStatic && matches(slots[Int(at)].port) { remove(at: at) }
    }

    /// Forgets all entries, static ones too, at `port`.
    mutating func removeAll(at port: OFPort) {
        for (_, at) in index where slots[Int(at)].port == port { remove(at: at) }
    }

    /// All entries, the most recently heard first, static ones behind.
    func entries(now: Int64) -> [Entry] {
        var result: [Entry] = []
        var at = newest
        while at >= 0 {
            let slot = slots[Int(at)]
            result.append(entry(slot, age: Int(max(0, now - slot.used) / 1_000)))
            at = slot.older
        }
        return result + index.values.map { slots[Int($0)] }.filter(\.isStatic).sorted { $0.id < $1.id }.map { entry($0, age: nil) }
    }

    private func entry(_ slot: Slot, age: Int?) -> Entry {
        Entry(port: slot.port, vlan: UInt16(slot.id >> 48), address: EthernetAddress(slot.id & 0xffff_ffff_ffff), age: age)
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

    /// Makes `at` the newest entry.
    private mutating func link(_ at: Int32) {
        slots[Int(at)].older = newest
        slots[Int(at)].newer = -1
        if newest >= 0 { slots[Int(newest)].newer = at } else { oldest = at }
        newest = at
    }

    private mutating func unlink(_ at: Int32) {
        let slot = slots[Int(at)]
        if slot.older >= 0 { slots[Int(slot.older)].newer = slot.newer } else { oldest = slot.newer }
        if slot.newer >= 0 { slots[Int(slot.newer)].older = slot.older } else { newest = slot.older }
    }
}
