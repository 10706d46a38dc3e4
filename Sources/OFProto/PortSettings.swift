import Wire

/// How a port takes part in VLANs (ovs-vswitchd.conf.db(5), Port, vlan_mode).
public enum VLANMode: Hashable, Sendable { case access, trunk, nativeTagged, nativeUntagged, dot1qTunnel }

/// Whether frames of VLAN 0 leave with a tag for their priority (ovs-vswitchd.conf.db(5), Port, other_config:priority-tags).
public enum PriorityTags: String, Hashable, Sendable, CaseIterable {
    case never
    case ifNonzero = "if-nonzero"
    case always
}

/// A port's part in its bridge, whatever its interfaces are (ovs-vswitchd.conf.db(5), Port).
public struct PortSettings: Hashable, Sendable {
    /// nil: access when there is a tag, else trunk.
    public var vlanMode: VLANMode?
    /// 0–4095: of an access port or a tunnel, or the native VLAN.
    public var tag: UInt16?
    /// VLANs that a trunk carries; empty: all.
    public var trunks: Set<UInt16> = []
    /// VLANs of a tunnel's customer that it takes in; empty: all.
    public var customerVLANs: Set<UInt16> = []
    /// What a tunnel puts before its tag: 0x88a8 or 0x8100.
    public var tunnelEtherType = EtherType.vlan8021AD
    public var priorityTags = PriorityTags.never
    /// Nothing passes from one protected port to another.
    public var isProtected = false

    public init() {}
    var effectiveMode: VLANMode { vlanMode ?? (tag == nil ? .trunk : .access) }
}
