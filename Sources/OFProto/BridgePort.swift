import Datapath
import OpenFlow
import Wire

/// How a port takes part in VLANs (ovs-vswitchd.conf.db(5), Port, vlan_mode).
public enum VLANMode: Hashable, Sendable { case access, trunk, nativeTagged, nativeUntagged }

/// What an operator or a controller may switch at a port (OpenFlow 1.0, ofp_port_config).
public struct PortFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let down = PortFlags(rawValue: 1)
    public static let noReceive = PortFlags(rawValue: 2)
    public static let noFlood = PortFlags(rawValue: 4)
    public static let noForward = PortFlags(rawValue: 8)
    public static let noPacketIn = PortFlags(rawValue: 16)
    /// No spanning tree, which there is not here.
    public static let noSTP = PortFlags(rawValue: 32)
    /// `noReceive` for the spanning tree's frames, which that one does not speak of.
    public static let noReceiveSTP = PortFlags(rawValue: 64)
}

/// A port as it is wanted: the device (or the patch's other end), and its part in the bridge.
public struct BridgePortConfig: Hashable, Sendable {
    /// What is opened in the datapath. Type "patch" opens nothing and has an option "peer".
    public var device: DPPortRequest
    /// The OpenFlow number wanted; nil: the lowest free one, and `OFPort.local` for the bridge's own port.
    public var ofPort: OFPort?
    /// nil: access when there is a tag, else trunk.
    public var vlanMode: VLANMode?
    /// 0–4095.
    public var tag: UInt16?
    /// VLANs that a trunk carries; empty: all.
    public var trunks: Set<UInt16> = []
    public var flags: PortFlags = []
    public var name: String { device.name }

    public init(_ device: DPPortRequest) { self.device = device }

    var isPatch: Bool { device.type == "patch" }
    var effectiveMode: VLANMode { vlanMode ?? (tag == nil ? .trunk : .access) }
}

/// A port of a bridge. Owner: the ofproto thread.
public final class BridgePort {
    public let number: OFPort
    /// The datapath's number; nil for a patch port.
    public let odpPort: ODPPort?
    public internal(set) var config: BridgePortConfig { didSet { update() } }
    public unowned let bridge: Bridge
    /// When it was added, in milliseconds of the clock.
    let created: Int64
    /// Megaflows on their way out may still name the port; they must not reach its bridge then.
    var isRemoved = false
    /// What the datapath says of the link; it is asked as long as a group's bucket watches the port.
    var isLinkUp = true
    /// A patch port's other end, when both name each other.
    var peer: BridgePort?
    /// What went through a patch port; other ports are counted by the datapath.
    private(set) var patchStats = DPPortStats()
    private(set) var mode = VLANMode.trunk
    private(set) var tag: UInt16 = 0
    /// 4096 bits; empty: all VLANs.
    private var trunks: [UInt64] = []

    init(_ config: BridgePortConfig, number: OFPort, odpPort: ODPPort?, bridge: Bridge, now: Int64) {
        created = now
        self.config = config
        self.number = number
        self.odpPort = odpPort
        self.bridge = bridge
        update()
    }

    public var name: String { config.name }
    /// A patch port has no device; its address is made of its name's bytes (locally administered).
    var patchAddress: EthernetAddress {
        let hash = name.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return EthernetAddress(hash & 0xfcff_ffff_ffff | 0x0200_0000_0000)
    }
    /// False: a frame to this Ethernet address is dropped when it comes in.
    func receives(_ address: EthernetAddress) -> Bool {
        config.flags.isDisjoint(with: address == Self.spanningTree ? [.down, .noReceiveSTP] : [.down, .noReceive])
    }
    /// True if `receives` looks at the address.
    var choosesByAddress: Bool { config.flags.contains(.noReceive) != config.flags.contains(.noReceiveSTP) }
    /// The bridge group address (IEEE 802.1D-2004, table 7-9).
    private static let spanningTree = EthernetAddress(0x0180_c200_0000)
    var forwards: Bool { config.flags.isDisjoint(with: [.down, .noForward]) }
    /// OFPPS_LIVE: buckets of groups that watch the port may be used.
    var isLive: Bool { !isRemoved && isLinkUp && !config.flags.contains(.down) }
    var floods: Bool { !config.flags.contains(.noFlood) }

    private func update() {
        mode = config.effectiveMode
        tag = config.tag ?? 0
        trunks = []
        guard !config.trunks.isEmpty else { return }
        trunks = [UInt64](repeating: 0, count: 64)
        for vlan in config.trunks where vlan < 4096 { trunks[Int(vlan) >> 6] |= 1 << UInt64(vlan & 63) }
    }

    /// True if a trunk carries the VLAN. A native VLAN is always carried.
    func trunkCarries(_ vlan: UInt16) -> Bool {
        if mode != .trunk && vlan == tag { return true }
        return trunks.isEmpty || trunks[Int(vlan & 0xfff) >> 6] >> UInt64(vlan & 63) & 1 != 0
    }

    /// The VLAN of a frame that came in with `vid` (0: untagged); nil: not admitted.
    func inputVLAN(_ vid: UInt16) -> UInt16? {
        switch mode {
        case .access: return vid == 0 ? tag : nil
        case .trunk: return trunkCarries(vid) ? vid : nil
        case .nativeTagged, .nativeUntagged:
            let vlan = vid == 0 ? tag : vid
            return trunkCarries(vlan) ? vlan : nil
        }
    }

    /// True if frames of the VLAN leave by this port.
    func outputIncludes(_ vlan: UInt16) -> Bool { mode == .access ? vlan == tag : trunkCarries(vlan) }

    /// The tag that a frame of the VLAN bears when it leaves; 0: none.
    func outputVID(_ vlan: UInt16) -> UInt16 {
        switch mode {
        case .access: 0
        case .trunk, .nativeTagged: vlan
        case .nativeUntagged: vlan == tag ? 0 : vlan
        }
    }

    func creditPatch(transmitted: Bool, packets: UInt64, bytes: UInt64) {
        if transmitted {
            patchStats.txPackets &+= packets
            patchStats.txBytes &+= bytes
        } else {
            patchStats.rxPackets &+= packets
            patchStats.rxBytes &+= bytes
        }
    }
}
