/// Which packets are copied, and where the copies go (ovs-vswitchd.conf.db(5), Mirror). Ports are named as ovs-vsctl names them.
public struct MirrorSettings: Hashable, Sendable {
    public enum Output: Hashable, Sendable {
        /// Leaves by this port, which does nothing else.
        case port(String)
        /// Leaves by all ports of this VLAN.
        case vlan(UInt16)
    }
    public var name: String
    /// What comes in by any port, or leaves by any.
    public var selectsAll = false
    /// Ports whose received packets are copied, and those whose sent ones are.
    public var sources: Set<String> = []
    public var destinations: Set<String> = []
    /// Only packets of these VLANs; empty: of all.
    public var vlans: Set<UInt16> = []
    /// nil: nothing is copied.
    public var output: Output?
    /// Bytes of a packet that are copied, at least 14; 0: all.
    public var snapLength: UInt16 = 0

    public init(_ name: String) { self.name = name }
}
