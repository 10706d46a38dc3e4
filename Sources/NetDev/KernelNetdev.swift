import CDPDK
import Glibc
import Synchronization
import Wire

/// How long the interfaces last that ports make.
final class InterfaceLife: Sendable {
    /// Longer than the process.
    let isLasting: Bool
    /// Ports that are closed leave them.
    let leaves = Atomic(false)
    init(isLasting: Bool) { self.isLasting = isLasting }
}

/// A port on a kernel interface: `internal` and `tap` make one (a TAP), `system` takes one that exists (by a packet socket).
///
/// Owner: the ofproto thread. While started, the kernel I/O thread moves the frames between the kernel and the rings.
/// Receive queues: one. Transmit queues: a ring each, as many as were asked for.
final class KernelNetdev: Netdev {
    let name: String
    let type: String
    private(set) var pool: Mempool
    private(set) var mtu: Int
    let kind: KernelPort.Kind
    private let fd: Int32
    private let io: KernelIO
    private let life: InterfaceLife
    private let demand: MempoolDemand
    private let counters = KernelCounters()
    private var rings: RingQueues
    private var served: KernelPort?
    /// The interface's count when it was opened.
    let firstCarrierChanges: UInt32

    init(_ request: NetdevRequest, kind: KernelPort.Kind, settings: NetdevSettings, io: KernelIO, life: InterfaceLife, demand: MempoolDemand
    ) throws(NetdevError) {
        guard !request.name.isEmpty, request.name.utf8.count < Int(IFNAMSIZ), !request.name.utf8.contains(0) else {
            throw NetdevError(.invalid, "'\(request.name)' is not a valid name of an interface")
        }
        name = request.name
        type = request.type
        self.kind = kind
        self.io = io
        self.life = life
        self.demand = demand
        // C copies the name; the descriptor belongs to this port.
        let opened = unsafe kind == .tap ? nt_tap_open(request.name, life.isLasting) : nt_packet_open(request.name)
        guard opened >= 0 else { throw Self.openFailure(request.name, kind, opened) }
        fd = opened
        do throws(NetdevError) {
            mtu = try Self.prepare(request, kind, settings, life)
            pool = try Mempools.acquire(mtu: mtu, node: 0, demand: demand)
        } catch {
            Self.close(opened, kind, life)
            throw error
        }
        rings = RingQueues(rx: 1, tx: settings.txQueues, capacity: Limits.kernelRing)
        firstCarrierChanges = KernelInterface(name: request.name).carrierChanges
    }

    private static func openFailure(_ name: String, _ kind: KernelPort.Kind, _ status: Int32) -> NetdevError {
        let code: NetdevError.Code = switch -status {
        case ENODEV, ENXIO: .notFound
        case EBUSY: .busy
        default: .device
        }
        let action = kind == .tap ? "create tap device" : "open network device"
        return NetdevError(code, "could not \(action) \(name) (\(errorText(status)))")
    }

    private static func close(_ fd: Int32, _ kind: KernelPort.Kind, _ life: InterfaceLife) {
        if kind == .tap, life.isLasting, !life.leaves.load(ordering: .relaxed) { _ = nt_tap_end(fd) }
        _ = Glibc.close(fd)
    }

    /// Address, MTU and flags of the interface. Returns its MTU.
    private static func prepare(
        _ request: NetdevRequest, _ kind: KernelPort.Kind, _ settings: NetdevSettings, _ life: InterfaceLife
    ) throws(NetdevError) -> Int {
        let interface = KernelInterface(name: request.name)
        if let address = request.ethernetAddress { try interface.setEthernetAddress(address) }
        // An interface that exists keeps its MTU unless another one is asked for.
        if request.shape.mtu != nil || kind == .tap { try interface.setMTU(settings.mtu) }
        if !life.isLasting { try interface.setAdminState(isUp: true) }
        // The loopback's MTU is larger than a packet: longer frames count as errors.
        return min(max(interface.mtu ?? settings.mtu, Limits.mtu.lowerBound), Limits.mtu.upperBound)
    }

    var numaNode: Int { 0 }
    var rxQueueCount: Int { 1 }
    var txQueueCount: Int { rings.tx.count }
    func rxQueue(_ index: Int) -> RxQueue { RxQueue(.ring(rings.rx[index])) }
    func txQueue(_ index: Int, shared: Bool) -> TxQueue {
        TxQueue(.ring(rings.tx[index]), lock: shared ? rings.locks[index] : nil, waker: io.waker)
    }

    func start() {
        guard served == nil else { return }
        let port = KernelPort(kind, fd: fd, pool: pool, rings: rings, counters: counters)
        served = port
        io.add(port)
    }

    func stop() {
        guard let port = served else { return }
        io.remove(port)
        served = nil
        rings.drain(rings.rx)
        rings.drain(rings.tx)
    }

    func close() {
        stop()
        Self.close(fd, kind, life)
        rings.close()
        Mempools.release(pool)
    }

    func reconfigure(_ shape: NetdevShape) throws(NetdevError) {
        precondition(served == nil, "a port is reconfigured while it is stopped")
        let request = NetdevRequest(name: name, type: type, shape: NetdevShape(
            mtu: shape.mtu ?? mtu, txQueues: shape.txQueues ?? txQueueCount))
        let new = try NetdevSettings(request)
        if new.mtu != mtu {
            let larger = try Mempools.acquire(mtu: new.mtu, node: 0, demand: demand)
            do throws(NetdevError) {
                try interface.setMTU(new.mtu)
            } catch {
                Mempools.release(larger)
                throw error
            }
            Mempools.release(pool)
            pool = larger
            mtu = new.mtu
        }
        if new.txQueues != txQueueCount {
            rings.close()
            rings = RingQueues(rx: 1, tx: new.txQueues, capacity: Limits.kernelRing)
        }
    }

    private var interface: KernelInterface { KernelInterface(name: name) }
    var ethernetAddress: EthernetAddress { interface.ethernetAddress }
    func setEthernetAddress(_ address: EthernetAddress) throws(NetdevError) { try interface.setEthernetAddress(address) }
    var link: NetdevLink { interface.link }
    var isEnabled: Bool { interface.isUp }
    func setAdminState(isUp: Bool) throws(NetdevError) { try interface.setAdminState(isUp: isUp) }
    var statistics: NetdevStats { counters.snapshot }
    var driverStatistics: [(name: String, value: UInt64)] { [] }
    /// Checksums are complete when a frame goes to the kernel; several segments are gathered.
    var offloads: NetdevOffloads { [.multiSegment] }
}
