import Wire

/// A port of the datapath. One class a kind of port; all of them look like this.
///
/// Threads: everything here is called by the ofproto thread, but for the queues, each of which one PMD uses between `start`
/// and `stop`. Before `stop`, `reconfigure` and `close` no PMD may hold a queue of the port any more.
public protocol Netdev: AnyObject {
    /// The interface's name and class, as configured.
    var name: String { get }
    var type: String { get }
    /// The NUMA node of its memory; 0 when the device does not tell.
    var numaNode: Int { get }
    /// The mempool that its packets come from.
    var pool: Mempool { get }

    var rxQueueCount: Int { get }
    var txQueueCount: Int { get }
    /// - Parameter index: below `rxQueueCount`.
    func rxQueue(_ index: Int) -> RxQueue
    /// - Parameters:
    ///   - index: below `txQueueCount`.
    ///   - shared: more than one thread sends by this queue, so that a lock is taken around each burst.
    func txQueue(_ index: Int, shared: Bool) -> TxQueue

    /// Lets packets flow.
    func start() throws(NetdevError)
    /// Ends the flow of packets; packets that wait in the port's rings are freed.
    func stop()
    /// Frees everything, and takes the kernel interface away if this port made it, unless it is to be left (`NetdevRuntime.leaveInterfaces`).
    func close()
    /// Changes what is given; the others stay. Only while stopped. After an error the port is as it was before, or unusable
    /// until a reconfiguration succeeds.
    func reconfigure(_ shape: NetdevShape) throws(NetdevError)

    var mtu: Int { get }
    var ethernetAddress: EthernetAddress { get }
    func setEthernetAddress(_ address: EthernetAddress) throws(NetdevError)
    /// What can be changed while the port exists: `up` is the carrier.
    var link: NetdevLink { get }
    /// False: its administrator has turned it off.
    var isEnabled: Bool { get }
    /// Turns it on or off.
    func setAdminState(isUp: Bool) throws(NetdevError)
    /// False: nobody is to poll its receive queues for now. Nothing comes by them.
    var isPolled: Bool { get }
    var statistics: NetdevStats { get }
    /// What the driver counts, by its own names: for each queue, and what has gone wrong.
    var driverStatistics: [(name: String, value: UInt64)] { get }
    var offloads: NetdevOffloads { get }
    var details: NetdevDetails { get }
}

extension Netdev {
    public var isPolled: Bool { true }

    /// The transmit queue of user `user` out of `users`: one of its own if there are enough, otherwise a shared one.
    public func txQueue(user: Int, users: Int) -> TxQueue {
        txQueue(user % txQueueCount, shared: users > txQueueCount)
    }
}

/// What is wanted of a port. Nil: as it is (or, for a new port, the class's default).
public struct NetdevShape: Hashable, Sendable {
    public var mtu: Int?
    public var rxQueues: Int?
    /// A device with fewer queues gets all it has.
    public var txQueues: Int?
    public init(mtu: Int? = nil, rxQueues: Int? = nil, txQueues: Int? = nil) {
        self.mtu = mtu
        self.rxQueues = rxQueues
        self.txQueues = txQueues
    }
}

/// A port to be opened.
public struct NetdevRequest: Hashable, Sendable {
    /// The interface's name; for `system`, `internal` and `tap` also the kernel's.
    public var name: String
    /// "dpdk", "dpdkvhostuserclient", "system", "internal", "tap", "dummy", "dummy-internal" or "dummy-pmd"; "" is "system", as in OVS.
    public var type: String
    /// By the names of ovs-vswitchd.conf.db(5), Interface table: "dpdk-devargs", "n_rxq", "n_txq", "n_rxq_desc", "n_txq_desc",
    /// "vhost-server-path". `shape` has precedence over "n_rxq" and "n_txq".
    public var options: [String: String]
    public var shape: NetdevShape
    /// Nil: the device's own, or a random one for a port made here.
    public var ethernetAddress: EthernetAddress?

    public init(name: String, type: String, options: [String: String] = [:], shape: NetdevShape = NetdevShape(),
                ethernetAddress: EthernetAddress? = nil) {
        self.name = name
        self.type = type
        self.options = options
        self.shape = shape
        self.ethernetAddress = ethernetAddress
    }
}

public struct NetdevLink: Hashable, Sendable {
    public var up: Bool
    /// Mbit/s; 0 when unknown.
    public var speed: Int
    public init(up: Bool, speed: Int) {
        self.up = up
        self.speed = speed
    }
}

/// Counters since the port was opened. Dropped: there was no room; errors: the frame was bad, or sending failed.
public struct NetdevStats: Hashable, Sendable {
    public var rxPackets: UInt64 = 0, rxBytes: UInt64 = 0, rxErrors: UInt64 = 0, rxDropped: UInt64 = 0
    public var txPackets: UInt64 = 0, txBytes: UInt64 = 0, txErrors: UInt64 = 0, txDropped: UInt64 = 0
    public init() {}
}

/// Checksums that the device computes in frames which it sends.
public struct NetdevOffloads: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let ipv4Checksum = NetdevOffloads(rawValue: 1)
    public static let tcpChecksum = NetdevOffloads(rawValue: 2)
    public static let udpChecksum = NetdevOffloads(rawValue: 4)
    /// Sends packets of several segments.
    public static let multiSegment = NetdevOffloads(rawValue: 8)
}

/// Why a port was not opened or changed: one line that names the thing and the reason.
public struct NetdevError: Error, Hashable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// A malformed or impossible option.
        case invalid
        /// There is no such device.
        case notFound
        /// Another port has the device.
        case busy
        case noMemory
        /// The device or the kernel refused.
        case device
        /// There is no such class.
        case unsupported
    }
    public let code: Code
    public let message: String
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
    public var description: String { message }
}
