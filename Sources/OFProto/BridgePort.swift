import Datapath
import OpenFlow
import Wire

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

/// An OpenFlow port as it is wanted: the device (or the patch's other end), and its part in the bridge.
public struct BridgePortConfig: Hashable, Sendable {
    /// What is opened in the datapath. Type "patch" opens nothing and has an option "peer".
    public var device: DPPortRequest
    /// The OpenFlow number wanted; nil: the lowest free one, and `OFPort.local` for the bridge's own port.
    public var ofPort: OFPort?
    /// The port that the interface belongs to, one with a bond that is there already; nil: it is a port by itself.
    public var bond: String?
    /// Of a port by itself.
    public var settings = PortSettings()
    public var flags: PortFlags = []
    /// How what leaves and what comes in is policed; nil: it is not.
    public var qos: DPEgressQoS?
    public var policing: DPPolicing?
    /// What packets of a queue leave with, by queue: 0–63 (Queue.dscp of ovs-vswitchd.conf.db(5)).
    public var queueDSCP: [UInt32: UInt8] = [:]
    public var name: String { device.name }

    public init(_ device: DPPortRequest) { self.device = device }

    var isPatch: Bool { device.type == "patch" }
}

extension DPPortRequest {
    /// What differs can be changed while the device is open.
    func isSameDevice(as other: DPPortRequest) -> Bool {
        var changed = self
        (changed.mtu, changed.ethernetAddress, changed.rxQueueAffinity) = (other.mtu, other.ethernetAddress, other.rxQueueAffinity)
        return changed == other
    }
}

/// An OpenFlow port of a bridge, OVS's interface. Owner: the ofproto thread.
public final class BridgePort {
    public let number: OFPort
    /// The datapath's number; nil for a patch port.
    public internal(set) var odpPort: ODPPort?
    public internal(set) var config: BridgePortConfig
    /// The flags that the configuration asked for last. Those in `config` may have been switched since.
    var configuredFlags: PortFlags
    public unowned let bridge: Bridge
    /// What it is an interface of.
    let bundle: PortBundle
    /// When it was added, in milliseconds of the clock.
    let created: Int64
    /// Megaflows on their way out may still name the port; they must not reach its bridge then.
    var isRemoved = false
    /// What the datapath says of the link; it is asked as long as a group's bucket watches the port.
    var isLinkUp = true
    /// False: the device's administrator has turned it off, as the datapath says.
    var isEnabled = true
    /// A patch port's other end, when both name each other.
    var peer: BridgePort?
    /// What went through a patch port; other ports are counted by the datapath.
    private(set) var patchStats = DPPortStats()

    init(_ config: BridgePortConfig, number: OFPort, odpPort: ODPPort?, bundle: PortBundle, now: Int64) {
        created = now
        self.config = config
        configuredFlags = config.flags
        self.number = number
        self.odpPort = odpPort
        self.bundle = bundle
        bridge = bundle.bridge
    }

    public var name: String { config.name }
    /// Of a patch whose other end is not there, or names another one: the name it was given; otherwise nil.
    public var missingPeer: String? { config.isPatch && peer == nil ? config.device.options["peer"] : nil }
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
    /// The flags with OFPPC_PORT_DOWN as it is told: also for a device that somebody else has turned off.
    var shownFlags: PortFlags { isEnabled ? config.flags : config.flags.union(.down) }
    /// OFPPS_LIVE: buckets of groups that watch the port may be used.
    var isLive: Bool { !isRemoved && isLinkUp && !config.flags.contains(.down) }
    var floods: Bool { !config.flags.contains(.noFlood) }

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
