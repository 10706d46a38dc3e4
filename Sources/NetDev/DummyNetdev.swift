import CDPDK
import Wire

/// A port in memory, of the classes `dummy`, `dummy-internal` and `dummy-pmd`: a test puts frames in and takes out what the datapath has sent.
///
/// Options, by OVS's names: "pcap", "rxq_pcap", "tx_pcap" (capture files), "numa_id", "ifindex"; "stream" and "pstream" are for whoever connects `wire`.
/// Owner: the thread that opened it. It is the producer of the receive rings and the consumer of the transmit rings.
public final class DummyNetdev: Netdev {
    public let name: String
    public let type: String
    public private(set) var pool: Mempool
    public private(set) var mtu: Int
    public private(set) var ethernetAddress: EthernetAddress
    /// The carrier; a test sets it.
    public var link = NetdevLink(up: true, speed: 0)
    public private(set) var isEnabled = true
    public private(set) var statistics = NetdevStats()
    let captures: DummyCaptures
    public let numaNode: Int
    /// What the interface's ifindex is said to be; nil: nothing.
    public let ifIndex: Int?
    /// "stream" or "pstream", and its method of connection; nil: the port has no wire.
    public let connection: (option: String, method: String)?
    /// Takes what was sent, if there is a wire.
    public var wire: (([UInt8]) -> Void)?
    /// Of the host that is behind the port: it answers ARP requests for them.
    public var ipv4Addresses: Set<[UInt8]> = []
    private let demand: MempoolDemand
    private var rings: RingQueues
    /// What went through each queue.
    private(set) var received: [QueueCount], sent: [QueueCount]
    struct QueueCount {
        var packets: UInt64 = 0, bytes: UInt64 = 0

        mutating func add(_ frame: [UInt8]) {
            packets += 1
            bytes += UInt64(frame.count)
        }
    }

    init(_ request: NetdevRequest, settings: NetdevSettings, demand: MempoolDemand) throws(NetdevError) {
        name = request.name
        type = request.type
        mtu = settings.mtu
        self.demand = demand
        captures = try DummyCaptures(request.options)
        numaNode = request.options["numa_id"].flatMap { Int($0) } ?? 0
        ifIndex = request.options["ifindex"].flatMap { Int($0) }
        // As with OVS, who listens does not connect.
        connection = ["pstream", "stream"].lazy.compactMap { option in request.options[option].map { (option, $0) } }.first
        ethernetAddress = request.ethernetAddress ?? .zero
        pool = try Mempools.acquire(mtu: mtu, node: 0, demand: demand)
        rings = RingQueues(rx: settings.rxQueues, tx: settings.txQueues, capacity: Limits.dummyRing)
        received = Array(repeating: QueueCount(), count: settings.rxQueues)
        sent = Array(repeating: QueueCount(), count: settings.txQueues)
    }

    /// The port receives a frame on queue `queue`. False when the ring is full, the pool is empty, or the frame is longer than a packet's
    /// room: counted as a drop.
    public func inject(_ frame: [UInt8], queue: Int = 0) -> Bool {
        guard let packet = pool.allocate() else {
            statistics.rxDropped += 1
            return false
        }
        guard packet.append(frame), rings.rx[queue].push(packet) else {
            packet.free()
            statistics.rxDropped += 1
            return false
        }
        received[queue].add(frame)
        statistics.rxPackets += 1
        statistics.rxBytes += UInt64(frame.count)
        return true
    }

    /// What comes and goes is not stopped by it.
    public func setAdminState(isUp: Bool) { isEnabled = isUp }

    /// Takes the oldest frame that was sent by queue `queue`; nil when there is none.
    public func takeSent(queue: Int = 0) -> [UInt8]? {
        guard let packet = rings.tx[queue].pop() else { return nil }
        defer { packet.free() }
        let frame = packet.bytes
        sent[queue].add(frame)
        statistics.txPackets += 1
        statistics.txBytes += UInt64(frame.count)
        return frame
    }

    public var rxQueueCount: Int { rings.rx.count }
    public var txQueueCount: Int { rings.tx.count }
    public func rxQueue(_ index: Int) -> RxQueue { RxQueue(.ring(rings.rx[index])) }
    public func txQueue(_ index: Int, shared: Bool) -> TxQueue {
        TxQueue(.ring(rings.tx[index]), lock: shared ? rings.locks[index] : nil)
    }
    public func start() {}
    /// Frames that were sent can still be taken.
    public func stop() { rings.drain(rings.rx) }
    public func close() {
        rings.close()
        Mempools.release(pool)
    }
    public func reconfigure(_ shape: NetdevShape) throws(NetdevError) {
        let request = NetdevRequest(name: name, type: type, shape: NetdevShape(
            mtu: shape.mtu ?? mtu, rxQueues: shape.rxQueues ?? rxQueueCount, txQueues: shape.txQueues ?? txQueueCount))
        let new = try NetdevSettings(request)
        let newPool = try Mempools.acquire(mtu: new.mtu, node: 0, demand: demand)
        Mempools.release(pool)
        pool = newPool
        mtu = new.mtu
        // Without other queues what has been sent can still be taken.
        guard new.rxQueues != rxQueueCount || new.txQueues != txQueueCount else { return }
        rings.close()
        rings = RingQueues(rx: new.rxQueues, tx: new.txQueues, capacity: Limits.dummyRing)
        received = Array(repeating: QueueCount(), count: new.rxQueues)
        sent = Array(repeating: QueueCount(), count: new.txQueues)
    }
    public func setEthernetAddress(_ address: EthernetAddress) { ethernetAddress = address }
    public var driverStatistics: [(name: String, value: UInt64)] { [] }
    public var offloads: NetdevOffloads { [.multiSegment] }
}
