import Flow
import NetDev
import Wire

/// The boundary between OpenFlow and a datapath, named and shaped after OVS's dpif. OFProto sees nothing of a
/// datapath but this, so that another provider (the kernel's, over netlink) could stand behind it.
///
/// All calls are made by the ofproto thread; none of them blocks for longer than a turn of a PMD's loop.
public protocol DPIF: AnyObject {
    // Ports
    /// Opens a netdev of class `type` and gives it a number. Throws `DPIFError`.
    func portAdd(_ request: DPPortRequest) throws(DPIFError) -> ODPPort
    /// Removes a port once no packet can reach it any more.
    func portDelete(_ port: ODPPort) throws(DPIFError)
    /// Gives an open port another MTU or address; nil: it keeps its own. For another MTU it rests: what is to leave by it meanwhile is dropped.
    func portChange(_ port: ODPPort, mtu: Int?, ethernetAddress: EthernetAddress?) throws(DPIFError)
    /// Turns a port's device on or off, as its administrator does.
    func portSetEnabled(_ port: ODPPort, _ isEnabled: Bool) throws(DPIFError)
    func portQuery(_ name: String) -> DPPortInfo?
    func portDump() -> [DPPortInfo]
    func portStats(_ port: ODPPort) -> DPPortStats?
    /// Polices what leaves by a port; nil: no more. Queues whose rates stay keep their tokens and statistics.
    func setEgressQoS(_ port: ODPPort, _ qos: DPEgressQoS?) throws(DPIFError)
    /// Polices what comes in by a port; nil: no more.
    func setPolicing(_ port: ODPPort, _ policing: DPPolicing?) throws(DPIFError)
    /// The queues of a port's policer, in the order of their numbers.
    func queueStats(_ port: ODPPort) -> [DPQueueStats]

    // Flows
    /// Installs a megaflow on the datapath thread `pmd` and lets `waiting`, the packet whose miss caused it, follow it.
    func flowPut(_ flow: DPFlowPut, waiting: consuming DPPacket?) throws(DPIFError) -> DPFlowID
    /// Replaces a megaflow's actions.
    func flowModify(_ id: DPFlowID, actions: [DPAction]) throws(DPIFError)
    /// The same for many megaflows. Returns the places of those whose actions stay, since they are not installed or memory is short.
    func flowModify(_ ids: ContiguousArray<DPFlowID>, actions: [DPAction]) -> [Int]
    /// Starts the removal of a megaflow; its final statistics arrive by `receiveRetired`.
    func flowDelete(_ id: DPFlowID)
    /// nil: it is not installed.
    func flowStats(_ id: DPFlowID) -> DPFlowStats?
    /// Appends the statistics of many megaflows to `stats`, in the same order.
    func flowStats(_ ids: ContiguousArray<DPFlowID>, into stats: inout ContiguousArray<DPFlowStats?>)
    func flowFlush()
    /// All megaflows with their statistics.
    func flowDump() -> [DPFlowDump]
    /// The number of installed megaflows.
    var flowCount: Int { get }

    // Packets
    /// How the datapath can carry out actions: as a megaflow's, for one packet at a time (`execute`), or, nil, not at all.
    func use(of actions: [DPAction]) -> ProgramUse?
    /// Runs actions on a packet, once (packet-out, or a packet whose flow must not be cached). What cannot be carried out drops it.
    /// `pmd` is the thread that an upcall named; nil: any.
    func execute(_ packet: consuming DPPacket, key: FlowKey, actions: [DPAction], pmd: Int?)
    /// A new packet with the given bytes; nil when the mempool is empty.
    func makePacket(_ bytes: [UInt8]) -> DPPacket?
    /// Hands at most `limit` upcalls to `handle`. Returns how many there were.
    func receiveUpcalls(limit: Int, _ handle: (consuming DPUpcall) -> Void) -> Int
    /// Hands the megaflows whose removal is complete, with their last statistics, to `handle`, each once: those that `flowDelete` named,
    /// and all of a datapath thread that ends.
    func receiveRetired(_ handle: (DPFlowID, DPFlowStats) -> Void)

    /// How many VLAN tags a packet's key has at most: 1 or 2.
    var vlanLimit: Int { get }

    // Meters
    func meterSet(_ meter: UInt32, _ config: DPMeterConfig) throws(DPIFError)
    func meterStats(_ meter: UInt32) -> DPMeterStats?
    func meterDelete(_ meter: UInt32)
    /// How many meters there can be, with the numbers below that, and how many bands each.
    var meterLimits: (meters: Int, bands: Int) { get }

    /// Returns when every command given so far has taken effect on every datapath thread.
    func barrier()
}

/// What a datapath refuses, with a line that names the thing and the reason.
public struct DPIFError: Error, Hashable, CustomStringConvertible {
    public enum Code: Hashable, Sendable { case exists, notFound, invalid, full, device, noMemory, unsupported }
    public var code: Code
    public var message: String
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
    public var description: String { message }
}

public struct DPPortInfo: Hashable, Sendable {
    public var port: ODPPort
    public var name: String
    public var type: String
    public var ethernetAddress: EthernetAddress
    public var mtu: Int
    public var linkUp: Bool
    /// False: its administrator has turned it off.
    public var isEnabled: Bool
    /// Mbit/s; 0 when unknown.
    public var linkSpeed: Int
    public init(port: ODPPort, name: String, type: String, ethernetAddress: EthernetAddress, mtu: Int, linkUp: Bool, isEnabled: Bool = true, linkSpeed: Int) {
        self.port = port
        self.name = name
        self.type = type
        self.ethernetAddress = ethernetAddress
        self.mtu = mtu
        self.linkUp = linkUp
        self.isEnabled = isEnabled
        self.linkSpeed = linkSpeed
    }
}

/// Counters of a port. What came in is what went out by other ports plus `dropped`, by reason.
public struct DPPortStats: Hashable, Sendable {
    public var rxPackets: UInt64 = 0, rxBytes: UInt64 = 0, txPackets: UInt64 = 0, txBytes: UInt64 = 0
    /// Packets that came in by this port, or were to leave by it, and were dropped.
    public var drops: [(reason: DropReason, packets: UInt64)] = []
    /// What the driver reports, by its own names.
    public var driver: [(name: String, value: UInt64)] = []
    public init() {}
    public func drops(_ reason: DropReason) -> UInt64 { drops.first { $0.reason == reason }?.packets ?? 0 }
    public static func == (a: DPPortStats, b: DPPortStats) -> Bool {
        a.rxPackets == b.rxPackets && a.rxBytes == b.rxBytes && a.txPackets == b.txPackets && a.txBytes == b.txBytes
            && a.drops.elementsEqual(b.drops) { $0 == $1 } && a.driver.elementsEqual(b.driver) { $0 == $1 }
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(rxPackets); hasher.combine(txPackets) }
}

/// A megaflow: the number of the datapath thread that owns it, which no later thread is given, its slot there and the slot's generation.
public struct DPFlowID: Hashable, Sendable {
    public var pmd: Int
    public var slot: UInt32
    public var generation: UInt32
    public init(pmd: Int, slot: UInt32, generation: UInt32) {
        self.pmd = pmd
        self.slot = slot
        self.generation = generation
    }
}

public struct DPFlowPut {
    public var pmd: Int
    /// Bits outside the mask are ignored.
    public var key: FlowKey
    public var mask: FlowMask
    public var actions: [DPAction]
    public init(pmd: Int, key: FlowKey, mask: FlowMask, actions: [DPAction]) {
        self.pmd = pmd
        self.key = key
        self.mask = mask
        self.actions = actions
    }
}

extension DPIF {
    public func flowModify(_ ids: ContiguousArray<DPFlowID>, actions: [DPAction]) -> [Int] {
        var failed: [Int] = []
        for at in ids.indices {
            do throws(DPIFError) { try flowModify(ids[at], actions: actions) } catch { failed.append(at) }
        }
        return failed
    }

    public func flowStats(_ ids: ContiguousArray<DPFlowID>, into stats: inout ContiguousArray<DPFlowStats?>) {
        for id in ids { stats.append(flowStats(id)) }
    }
}

public struct DPFlowStats: Hashable, Sendable {
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0
    /// When the last packet came, in milliseconds of the datapath's clock; nil: never.
    public var used: Int64?
    /// All TCP flags seen, in host order.
    public var tcpFlags: UInt16 = 0
    public init() {}
}

public struct DPFlowDump {
    public var id: DPFlowID
    public var key: FlowKey
    public var mask: FlowMask
    public var actions: [DPAction]
    public var stats: DPFlowStats
    public init(id: DPFlowID, key: FlowKey, mask: FlowMask, actions: [DPAction], stats: DPFlowStats) {
        self.id = id
        self.key = key
        self.mask = mask
        self.actions = actions
        self.stats = stats
    }
}

/// A packet with one owner. Whoever holds it passes it on or lets it be freed.
@safe public struct DPPacket: ~Copyable {
    public let mbuf: Mbuf
    /// The cycle counter when the packet missed; 0: it did not.
    public let missedAt: UInt64
    /// How often it was recirculated, which is bounded however often it is handed over.
    public let depth: UInt8
    public init(_ mbuf: Mbuf, missedAt: UInt64 = 0, depth: UInt8 = 0) {
        self.mbuf = mbuf
        self.missedAt = missedAt
        self.depth = depth
    }
    /// Gives the mbuf to somebody else without freeing it.
    public consuming func take() -> Mbuf {
        let mbuf = self.mbuf
        discard self
        return mbuf
    }
    deinit { mbuf.free() }
    /// The frame's length in bytes.
    public var length: Int { mbuf.length }
    /// A copy of the frame's first segment.
    public var bytes: [UInt8] {
        // The array of bytes is copied out, so nothing unsafe leaves this property.
        unsafe Array(UnsafeRawBufferPointer(start: mbuf.data, count: mbuf.dataLength))
    }
}

/// A packet that the datapath hands over: no megaflow matched, or a `userspace` action asked for it.
public struct DPUpcall: ~Copyable {
    public enum Reason: Hashable, Sendable {
        case miss
        case action(userdata: UInt64)
    }
    public let pmd: Int
    public let reason: Reason
    /// The key as extracted; fields of lines that are not in `lines` are zero.
    public let key: FlowKey
    public let lines: FlowLines
    public let packet: DPPacket
    public init(pmd: Int, reason: Reason, key: FlowKey, lines: FlowLines, packet: consuming DPPacket) {
        self.pmd = pmd
        self.reason = reason
        self.key = key
        self.lines = lines
        self.packet = packet
    }
    /// Gives the packet to somebody else.
    public consuming func takePacket() -> DPPacket { packet }
}

/// A meter with drop bands (OpenFlow 1.5.1, section 5.7). Rates are kbit/s, or packets/s.
public struct DPMeterConfig: Hashable, Sendable {
    public struct Band: Hashable, Sendable {
        public var rate: UInt32
        /// In kbit, or packets; 0: one second's worth.
        public var burst: UInt32
        public init(rate: UInt32, burst: UInt32) {
            self.rate = rate
            self.burst = burst
        }
    }
    public var packetsPerSecond: Bool
    public var bands: [Band]
    public init(packetsPerSecond: Bool, bands: [Band]) {
        self.packetsPerSecond = packetsPerSecond
        self.bands = bands
    }
}

public struct DPMeterStats: Hashable, Sendable {
    public var packets: UInt64 = 0, bytes: UInt64 = 0
    /// What each band dropped.
    public var bandPackets: [UInt64] = [], bandBytes: [UInt64] = []
    public init() {}
}
