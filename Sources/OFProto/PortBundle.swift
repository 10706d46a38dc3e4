import OpenFlow
import Wire

/// Names a port within its bridge; a later one of the same name has another number.
struct PortBundleID: Hashable, Sendable { var number: UInt32 }

/// A port as NORMAL sees it, OVS's "bundle": one interface, or several that are bonded. VLANs, stations and mirrors are of it.
///
/// Owner: the ofproto thread.
public final class PortBundle {
    public let name: String
    let id: PortBundleID
    unowned let bridge: Bridge
    public internal(set) var settings: PortSettings { didSet { update() } }
    /// In the order of their OpenFlow numbers.
    public internal(set) var interfaces: [BridgePort] = []
    /// Present if there may be several interfaces.
    public internal(set) var bond: Bond?
    /// Bits of the bridge's mirrors: those that select what comes in here, what leaves here, and those whose packets leave here.
    var mirrorsIn: UInt32 = 0
    var mirrorsOut: UInt32 = 0
    var mirrorOutputs: UInt32 = 0
    var drops = NormalDrops()
    /// Megaflows on their way out may still name it.
    var isRemoved = false

    private(set) var mode = VLANMode.trunk
    private(set) var tag: UInt16 = 0
    private var trunks = VLANSet([])
    private var customers = VLANSet([])

    init(_ name: String, id: PortBundleID, _ settings: PortSettings, bridge: Bridge) {
        (self.name, self.id, self.settings, self.bridge) = (name, id, settings, bridge)
        update()
    }

    /// Reserved for what mirrors send.
    var isMirrorOutput: Bool { mirrorOutputs != 0 }
    /// An interface that is not to be flooded keeps the whole port out of it.
    var floods: Bool { interfaces.allSatisfy(\.floods) }

    private func update() {
        mode = settings.effectiveMode
        tag = settings.tag ?? 0
        trunks = VLANSet(settings.trunks)
        customers = VLANSet(settings.customerVLANs)
    }

    /// A native VLAN is always carried, and with one VLAN 0 never: its frames would come back as the native VLAN's.
    private func carries(_ vlan: UInt16) -> Bool {
        if mode == .nativeTagged || mode == .nativeUntagged, vlan == tag || vlan == 0 { return vlan == tag }
        return trunks.isEmpty || trunks.contains(vlan)
    }
    private func carriesCustomer(_ vlan: UInt16) -> Bool { customers.isEmpty || customers.contains(vlan) }

    /// True if frames with this VLAN ID (0: untagged, or a tag for its priority only) are taken in.
    func admits(vid: UInt16) -> Bool {
        switch mode {
        case .access: vid == 0
        case .trunk: carries(vid)
        case .nativeTagged, .nativeUntagged: vid == 0 || carries(vid)
        case .dot1qTunnel: carriesCustomer(vid)
        }
    }

    /// The tags that an admitted frame has within the bridge; the outer one says its VLAN.
    func bridgeTags(_ wire: VLANTags) -> VLANTags {
        var tags = wire
        let own = VLANTag(etherType: wire.outer.etherType == 0 ? EtherType.vlan8021Q : wire.outer.etherType, vid: tag, priority: wire.outer.priority)
        switch mode {
        case .access:
            tags = VLANTags()
            tags.outer = own
        case .trunk: break
        case .nativeTagged, .nativeUntagged: if wire.outer.vid == 0 { tags.outer = own }
        case .dot1qTunnel: tags.push(VLANTag(etherType: settings.tunnelEtherType, vid: tag))
        }
        return tags
    }

    /// True if frames with these tags within the bridge belong here.
    func includes(_ tags: VLANTags) -> Bool {
        switch mode {
        case .access: tags.outer.vid == tag && tags.inner.vid == 0
        case .trunk, .nativeTagged, .nativeUntagged: carries(tags.outer.vid)
        case .dot1qTunnel: tags.outer.vid == tag && carriesCustomer(tags.inner.vid)
        }
    }

    /// True if `includes` looks at the inner tag of frames of this VLAN.
    func looksInside(_ vlan: UInt16) -> Bool {
        (mode == .access || mode == .dot1qTunnel && !customers.isEmpty) && vlan == tag
    }

    /// The tags with which a frame leaves. Which of those that say nothing stay is up to `priorityTags`.
    func wireTags(_ tags: VLANTags) -> VLANTags {
        var wire = tags
        switch mode {
        case .access: wire = VLANTags()
        case .trunk, .nativeTagged: break
        case .nativeUntagged: if tags.outer.vid == tag { wire.pop() }
        case .dot1qTunnel: wire.pop()
        }
        return wire
    }
}

/// Why NORMAL has taken no notice of frames that came in by a port.
struct NormalDrops: Hashable {
    enum Reason: Int, CaseIterable {
        /// The type says that a tag follows, and there is none.
        case partialTag
        /// Of a VLAN that the port does not carry.
        case vlan
        /// To an address that bridges do not forward.
        case reserved
        /// The bond does not take it in by this interface.
        case bond
        /// It comes back to a bond that has sent it.
        case looped
        /// The port is reserved for a mirror.
        case mirrorOutput

        var text: String {
            switch self {
            case .partialTag: "frame with half a VLAN tag"
            case .vlan: "frame of a VLAN that the port does not carry"
            case .reserved: "frame to a reserved address"
            case .bond: "frame that the bond refuses"
            case .looped: "frame that came back to its bond"
            case .mirrorOutput: "frame received on a port that is reserved for a mirror"
            }
        }

        /// OVS complains of these.
        var isComplained: Bool { self == .partialTag || self == .vlan || self == .mirrorOutput }
    }
    private(set) var counts = [UInt64](repeating: 0, count: Reason.allCases.count)
    private var complained: Int64?

    /// Counts one. True: it is to be told.
    mutating func note(_ reason: Reason, now: Int64) -> Bool {
        counts[reason.rawValue] &+= 1
        guard reason.isComplained, complained.map({ $0 + OFProtoLimits.complaintInterval <= now }) ?? true else { return false }
        complained = now
        return true
    }

    subscript(reason: Reason) -> UInt64 { counts[reason.rawValue] }
}
