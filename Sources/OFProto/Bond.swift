import Wire

/// The interfaces of a port with several: which of them are enabled, which one is active, and which hash leaves by which.
///
/// Links are told by `setLink`, time is an argument of `run`. What packets do is asked of `outputInterface` and `admission`.
/// Owner: a port.
public final class Bond {
    public struct Member {
        public let interface: BridgePort
        /// Packets may leave by it.
        public fileprivate(set) var isEnabled = false
        public fileprivate(set) var isUp = false
        /// When the link will have been as it is for long enough; nil: nothing is to change.
        public fileprivate(set) var changes: Int64?
    }
    /// What is done with a packet that came in.
    public enum Admission: Hashable { case accept, drop, dropIfMoved }

    public private(set) var settings: BondSettings
    unowned let bundle: PortBundle
    /// By OpenFlow number.
    public private(set) var members: [Member] = []
    public private(set) var active: BridgePort?
    /// What leaves by hash. Empty with active-backup.
    public internal(set) var buckets: [BondBucket] = []
    public internal(set) var nextRebalance: Int64 = .max
    /// The next interface that a hash without one gets.
    var turn = 0
    /// Hashes whose stations are to be made known on other interfaces than before; with active-backup all of them count as one.
    var announced: Set<UInt8> = []
    var stationsToAnnounce: [MACTable.Entry] = []
    /// Something changed that translation depends on.
    var hasChanged = false

    init(_ settings: BondSettings, bundle: PortBundle) {
        self.settings = settings
        self.bundle = bundle
        reset(now: bundle.bridge.ofproto.clock)
    }

    /// Takes other settings over.
    func change(_ settings: BondSettings, now: Int64) {
        guard settings != self.settings else { return }
        let old = self.settings
        self.settings = settings
        if (old.mode, old.hashBasis, old.rebalanceInterval) != (settings.mode, settings.hashBasis, settings.rebalanceInterval) { reset(now: now) }
        hasChanged = true
        run(now: now)
    }

    private func reset(now: Int64) {
        buckets = settings.mode == .activeBackup ? [] : [BondBucket](repeating: BondBucket(), count: BondBucket.count)
        nextRebalance = balances ? now + settings.rebalanceInterval : .max
    }

    var balances: Bool { settings.mode != .activeBackup && settings.rebalanceInterval > 0 }

    // MARK: Interfaces

    /// A new interface is enabled at once if its link is up.
    func add(_ interface: BridgePort, now: Int64) {
        var member = Member(interface: interface)
        member.isUp = interface.isLive
        member.isEnabled = member.isUp
        members.append(member)
        members.sort { $0.interface.number < $1.interface.number }
        hasChanged = true
        run(now: now)
    }

    func remove(_ interface: BridgePort, now: Int64) {
        members.removeAll { $0.interface === interface }
        for at in buckets.indices where buckets[at].interface === interface { buckets[at].interface = nil }
        if active === interface { active = nil }
        hasChanged = true
        run(now: now)
    }

    /// What is known of an interface's link.
    func setLink(_ interface: BridgePort, isUp: Bool) {
        if let at = index(of: interface) { members[at].isUp = isUp }
    }

    func index(of interface: BridgePort) -> Int? { members.firstIndex { $0.interface === interface } }

    public func member(named name: String) -> Member? { members.first { $0.interface.name == name } }

    func isEnabled(_ interface: BridgePort) -> Bool { members.contains { $0.interface === interface && $0.isEnabled } }

    /// Carries out what time or links have brought.
    func run(now: Int64) {
        for at in members.indices { follow(at, now: now) }
        let primary = settings.mode == .activeBackup ? settings.primary.flatMap { member(named: $0) } : nil
        if let primary, primary.isEnabled, active !== primary.interface { return activate(primary.interface) }
        if let active, isEnabled(active) { return }
        chooseActive()
    }

    /// Enables or disables an interface whose link has changed, after the delay.
    private func follow(_ at: Int, now: Int64) {
        let member = members[at]
        if member.isUp == member.isEnabled {
            members[at].changes = nil
        } else if member.changes == nil {
            members[at].changes = now + (member.isUp ? settings.upDelay : settings.downDelay)
        }
        if let changes = members[at].changes, changes <= now { enable(at, member.isUp) }
    }

    private func enable(_ at: Int, _ isEnabled: Bool) {
        members[at].changes = nil
        guard members[at].isEnabled != isEnabled else { return }
        members[at].isEnabled = isEnabled
        hasChanged = true
        let interface = members[at].interface
        bundle.bridge.ofproto.bondLogger.info("\(bundle.name): interface \(interface.name) \(isEnabled ? "enabled" : "disabled")")
        guard !isEnabled else { return }
        for bucket in buckets.indices where buckets[bucket].interface === interface { buckets[bucket].interface = nil }
    }

    /// The first enabled interface; without one, the one that would be enabled next need not wait.
    private func chooseActive() {
        if let member = members.first(where: \.isEnabled) { return activate(member.interface) }
        let waiting = members.indices.filter { members[$0].isUp }.min { (members[$0].changes ?? .max, $0) < (members[$1].changes ?? .max, $1) }
        guard let waiting else {
            if active != nil { hasChanged = true }
            active = nil
            return
        }
        enable(waiting, true)
        activate(members[waiting].interface)
    }

    private func activate(_ interface: BridgePort) {
        guard active !== interface else { return }
        active = interface
        hasChanged = true
        bundle.bridge.ofproto.bondLogger.info("\(bundle.name): active interface is now \(interface.name)")
        // With balance-tcp the other end knows of the bond.
        if settings.mode != .balanceTCP { announced = Set(0...UInt8.max) }
    }

    /// Switches an interface by hand, until its link says otherwise.
    public func setEnabled(_ interface: BridgePort, _ isEnabled: Bool, now: Int64) {
        if let at = index(of: interface) { enable(at, isEnabled) }
        run(now: now)
    }

    /// Makes an enabled interface the active one. False: it was.
    public func setActive(_ interface: BridgePort) -> Bool {
        guard active !== interface else { return false }
        activate(interface)
        return true
    }

    /// When `run` has something to do at the latest.
    var nextDeadline: Int64 { members.reduce(nextRebalance) { min($0, $1.changes ?? .max) } }

    // MARK: Packets

    /// Whether a packet to this address may come in by an interface: the other end does not know of the bond, so it floods to all interfaces what the switch has sent by
    /// one, and what it floods itself comes once by each (OVS's "Bonding" documentation, "SLB Bonding" and "Active-Backup").
    func admission(of destination: EthernetAddress, by interface: BridgePort) -> Admission {
        guard index(of: interface) != nil else { return .drop }
        switch settings.mode {
        case .activeBackup: return interface === active ? .accept : .drop
        case .balanceSLB: return destination.isMulticast && interface !== active ? .drop : .dropIfMoved
        case .balanceTCP: return isEnabled(interface) ? .accept : .drop
        }
    }

    /// balance-tcp: the datapath hashes packets.
    var hashesInDatapath: Bool { settings.mode == .balanceTCP }

    /// The interface by which a packet with this hash leaves; nil: none is enabled.
    func outputInterface(_ hash: UInt8) -> BridgePort? {
        if settings.mode == .activeBackup { return active }
        if let interface = buckets[Int(hash)].interface { return interface }
        let enabled = members.filter(\.isEnabled)
        guard !enabled.isEmpty else { return nil }
        turn = (turn + 1) % enabled.count
        buckets[Int(hash)].interface = enabled[turn].interface
        return enabled[turn].interface
    }
}
