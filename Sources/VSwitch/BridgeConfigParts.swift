import OFProto
import Wire

/// A port's VLANs and its part in NORMAL. Names and meanings are those of the table Port in ovs-vswitchd.conf.db(5).
public struct BundleConfig: Equatable, Sendable {
    /// vlan_mode
    public enum VLANMode: String, CaseIterable, Sendable {
        case access, trunk
        case nativeTagged = "native-tagged"
        case nativeUntagged = "native-untagged"
        case dot1qTunnel = "dot1q-tunnel"
    }
    /// other_config:qinq-ethtype
    public enum TunnelEtherType: String, CaseIterable, Sendable {
        case customer = "802.1q"
        case service = "802.1ad"
    }
    public var vlanMode = VLANMode.trunk
    /// The access, native or tunnel's VLAN, 0–4095.
    public var tag: UInt16?
    /// The VLANs that a trunk carries; empty: all.
    public var trunks: [UInt16] = []
    /// The customer's VLANs that a tunnel takes in; empty: all.
    public var customerVLANs: [UInt16] = []
    public var tunnelEtherType = TunnelEtherType.service
    public var priorityTags = PriorityTags.never
    public var isProtected = false
    /// What its bridge makes of it when it chooses an address of its own (column mac); nil: its first interface's.
    public var ethernetAddress: EthernetAddress?
    /// Its internal interface is a fake bridge, whose address is chosen in the same way.
    public var isFakeBridge = false
    public init() {}

    /// The same as OFProto wants it.
    var portSettings: PortSettings {
        var result = PortSettings()
        result.vlanMode = switch vlanMode {
        case .access: .access
        case .trunk: .trunk
        case .nativeTagged: .nativeTagged
        case .nativeUntagged: .nativeUntagged
        case .dot1qTunnel: .dot1qTunnel
        }
        result.tag = tag
        result.trunks = Set(trunks)
        result.customerVLANs = Set(customerVLANs)
        result.tunnelEtherType = tunnelEtherType == .service ? EtherType.vlan8021AD : EtherType.vlan8021Q
        result.priorityTags = priorityTags
        result.isProtected = isProtected
        return result
    }
}

/// A port of several interfaces.
public struct BondConfig: Equatable, Sendable {
    public var name: String
    public var settings = BundleConfig()
    public var bond = BondSettings()
    public init(name: String) { self.name = name }
}

/// A station that does not move (ovs-appctl fdb/add).
public struct StaticMACConfig: Equatable, Sendable {
    public var address: EthernetAddress
    public var vlan: UInt16
    /// A port or a bond.
    public var port: String
    public init(_ address: EthernetAddress, vlan: UInt16, port: String) { (self.address, self.vlan, self.port) = (address, vlan, port) }
}

/// The table Mirror of ovs-vswitchd.conf.db(5).
public typealias MirrorConfig = MirrorSettings
