import OFProto
import OpenFlow

/// What a rule matches: each field's bits under a mask.
struct RefMatch: Hashable {
    struct Condition: Hashable {
        var field: RefField
        var value: UInt64
        var mask: UInt64
    }
    var conditions: [Condition] = []

    mutating func add(_ field: RefField, _ value: UInt64, mask: UInt64 = .max) {
        conditions.removeAll { $0.field == field }
        conditions.append(Condition(field: field, value: value & mask, mask: mask))
    }

    func value(_ field: RefField) -> UInt64? { conditions.first { $0.field == field }?.value }

    func admits(_ packet: RefPacket) -> Bool {
        // OFPC_FRAG_NORMAL: fragments are looked up with ports of zero.
        let hidesPorts = packet.fragment != 0
        for condition in conditions {
            let hidden = hidesPorts && (condition.field == .tpSrc || condition.field == .tpDst)
            if (hidden ? 0 : packet.read(condition.field)) & condition.mask != condition.value { return false }
        }
        return true
    }
}

indirect enum RefAction: Hashable {
    case output(UInt16)
    case inPort, normal, flood, all
    /// output:reg0[0..15]
    case outputReg0
    case set(RefField, UInt64, mask: UInt64)
    case move(RefField, to: RefField)
    case decTTL, stripVLAN, pushVLAN
    case pushMPLS, popMPLS(UInt16), decMPLSTTL
    /// `clause` is counted from 0.
    case conjunction(UInt32, clause: UInt8, of: UInt8)
    /// Into the lowest bit of reg1.
    case checkLarger(UInt16)
    case setVID(UInt16), setPCP(UInt8)
    case resubmit(UInt8), goto(UInt8)
    case group(UInt32)
    case meter(UInt32)
    case multipath(RefMultipath), bundle(RefBundle)
    case learn(RefLearn)
    /// Seconds; 0: that timeout stays.
    case finTimeout(idle: UInt16, hard: UInt16)
    /// encap(nsh(…)), encap(ethernet), and an address to send that to. With options the header is of MD type 2, else of type 1.
    case encapService(UInt64, options: [RefServiceOption]? = nil)
    /// encap(mpls), encap(ethernet), and an address to send that to.
    case encapLabel(UInt64)
    /// The same, an output of that if there is one, and what takes both headers off again.
    case serviceDetour(UInt64, options: [RefServiceOption]? = nil, via: UInt16?), labelDetour(UInt64, via: UInt16?)
    /// decap(), encap(ethernet), and an address to send that to.
    case readdress(UInt64)
    case clone([RefAction])
    case writeActions([RefAction])
    case exit, drop
}

struct RefRule: Hashable {
    /// Also its cookie, unless it was learned.
    var id: UInt64
    var table: UInt8
    var priority: UInt16
    var match: RefMatch
    var actions: [RefAction]
    /// Seconds; 0: never.
    var idle: UInt16 = 0
    var hard: UInt16 = 0
    /// A packet has made it.
    var learned: Learned?

    struct Learned: Hashable {
        var cookie: UInt64
        /// send_flow_rem
        var tellsRemoval: Bool
    }
    /// Matches only together with others.
    var isClause: Bool { actions.contains { if case .conjunction = $0 { true } else { false } } }
}

struct RefPort: Hashable {
    /// Unique over the whole run, so that a port's successor is not mistaken for it.
    var name: String
    var number: UInt16
    var mode: VLANMode = .trunk
    var tag: UInt16 = 0
    var trunks: Set<UInt16> = []
    /// Of a tunnel; empty: all.
    var customers: Set<UInt16> = []
    var tunnelType: UInt16 = 0x88a8
    var priorityTags = PriorityTags.never
    var isProtected = false
    var flags: PortFlags = []
    /// The patch port at the other end: nil for a real port.
    var peer: String?
    /// The port that this is one interface of.
    var bond: String?
    var isLinkUp = true
    /// Of a bond's interface: the switch says that packets may leave by it.
    var isEnabled = true
    /// What mirrors call the port by.
    var bundle: String { bond ?? name }
    var isLive: Bool { isLinkUp && !flags.contains(.down) }

    private func takesCustomer(_ vid: UInt16) -> Bool { customers.isEmpty || customers.contains(vid) }
    func carries(_ vlan: UInt16) -> Bool { trunks.isEmpty || trunks.contains(vlan) || (mode != .trunk && vlan == tag) }
    /// ovs-vswitchd.conf.db(5), Port, vlan_mode: the VLAN of a frame that comes in; nil: dropped.
    func inputVLAN(_ vid: UInt16) -> UInt16? {
        switch mode {
        case .access: vid == 0 ? tag : nil
        case .trunk: carries(vid) ? vid : nil
        case .nativeTagged, .nativeUntagged: carries(vid == 0 ? tag : vid) ? (vid == 0 ? tag : vid) : nil
        case .dot1qTunnel: takesCustomer(vid) ? tag : nil
        }
    }
    /// The tags of a frame within the bridge, where the first says its VLAN, unless that is 0.
    func bridgeTags(_ wire: [RefPacket.Tag], _ vlan: UInt16) -> [RefPacket.Tag] {
        let vid = wire.first.map { $0.tci & 0xfff } ?? 0
        if mode == .dot1qTunnel { return [RefPacket.Tag(tpid: tunnelType, tci: vlan)] + wire }
        guard mode == .access || mode != .trunk && vid == 0 else { return wire }
        let own = RefPacket.Tag(tpid: wire.first?.tpid ?? 0x8100, tci: (wire.first?.tci ?? 0) & 0xe000 | vlan)
        return mode == .access ? [own] : [own] + wire.dropFirst()
    }
    /// VLAN 0 is not sent where there is a native one, and nothing with another customer's tag to an access port.
    func emits(_ inside: [RefPacket.Tag]) -> Bool {
        let vlan = inside.first.map { $0.tci & 0xfff } ?? 0
        if mode == .access { return vlan == tag && (inside.count < 2 || inside[1].tci & 0xfff == 0) }
        if mode == .dot1qTunnel { return vlan == tag && takesCustomer(inside.count < 2 ? 0 : inside[1].tci & 0xfff) }
        return carries(vlan) && (mode == .trunk || vlan != 0 || tag == 0)
    }
    /// A tag that says neither VLAN nor priority is sent only where it always is (Port, other_config:priority-tags), and none that is behind it.
    /// - Parameter priority: the packet's own, in its place in a TCI: where such tags are sent, it leaves with that.
    func wireTags(_ inside: [RefPacket.Tag], priority: UInt16) -> [RefPacket.Tag] {
        var tags = mode == .access ? [] : inside
        if mode == .nativeUntagged, inside.first.map({ $0.tci & 0xfff }) == tag { tags.removeFirst() }
        if mode == .dot1qTunnel { tags = Array(tags.dropFirst()) }
        if priorityTags != .never {
            if tags.isEmpty, priority != 0 { tags = [RefPacket.Tag(tpid: 0x8100, tci: 0)] }
            if !tags.isEmpty { tags[0].tci = tags[0].tci & 0x1fff | priority }
        }
        return Array(tags.prefix { $0.tci & 0xefff != 0 || priorityTags == .always })
    }
}

struct RefBridge: Hashable {
    var name: String
    var ports: [RefPort] = []
    var rules: [RefRule] = []
    var groups: [RefGroup] = []
    var meters: [RefMeter] = []
    var mirrors: [RefMirror] = []
    var bonds: [RefBond] = []
    /// VLANs in which nothing is learned.
    var floodVLANs: Set<UInt16> = []
    /// Frames to reserved addresses are forwarded.
    var forwardsReserved = false
    func port(_ number: UInt16) -> RefPort? { ports.first { $0.number == number } }
    func members(of bundle: String) -> [RefPort] { ports.filter { $0.bundle == bundle } }
    /// One port of each bundle.
    var bundles: [RefPort] { ports.filter { port in members(of: port.bundle).first == port } }
}

/// All that decides what becomes of a packet, but for the places of stations.
struct RefState: Hashable {
    var bridges: [RefBridge] = []
    /// The bridge and port of this name.
    func find(_ port: String) -> (bridge: Int, port: RefPort)? {
        for (index, bridge) in bridges.enumerated() {
            if let found = bridge.ports.first(where: { $0.name == port }) { return (index, found) }
        }
        return nil
    }
}

struct RefStation: Hashable {
    var bridge: String
    var vlan: UInt16
    var address: UInt64
}
