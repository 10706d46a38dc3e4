import Synchronization
import Wire

/// The classes of ports, by the names of ovs-vswitchd.conf.db(5).
public enum NetdevClass: String, CaseIterable, Sendable {
    case dpdk
    case vhostUserClient = "dpdkvhostuserclient"
    case system
    case `internal`
    case tap
    case dummy
    /// A dummy that stands for an internal port.
    case dummyInternal = "dummy-internal"
    /// A dummy whose queues PMDs poll.
    case dummyPMD = "dummy-pmd"
}

/// What is common to all ports of a process.
public struct NetdevOptions: Sendable {
    /// Who holds packets: the sum behind the mempools.
    public var demand = MempoolDemand()
    /// Processors for the kernel I/O thread: those that no PMD has. Empty: all of the process's.
    public var kernelCPUs: [Int] = []
    /// Classes whose ports are opened as dummies: `ovs-vswitchd --enable-dummy`'s levels "override" and "system".
    public var dummyClasses: Set<NetdevClass> = []
    /// Kernel interfaces are the operator's: nobody sets them up but he, and those that `internal` and `tap` ports make are there until the ports are deleted, also when
    /// no process has them, as with ovs-vswitchd.
    public var interfacesLast = false
    public init() {}
}

/// Opens ports. One a process; EAL must be running.
public final class NetdevRuntime: Sendable {
    public let options: NetdevOptions

    /// The kernel I/O thread, from the first port that needs it on.
    private let kernel = Mutex<KernelIO?>(nil)
    private let kernelCPUs: Mutex<[Int]>
    private let dummies = Atomic<UInt32>(0)
    private let life: InterfaceLife

    public init(_ options: NetdevOptions = NetdevOptions()) {
        self.options = options
        kernelCPUs = Mutex(options.kernelCPUs)
        life = InterfaceLife(isLasting: options.interfacesLast)
    }

    /// Ports that are closed from now on leave lasting interfaces behind (or, again, do not).
    public func leaveInterfaces(_ leaves: Bool) { life.leaves.store(leaves, ordering: .relaxed) }

    /// Moves the kernel I/O thread to other processors; one that is not running yet will start there.
    public func moveKernelIO(to cpus: [Int]) {
        kernelCPUs.withLock { $0 = cpus }
        kernel.withLock { $0?.move(to: cpus) }
    }

    /// Ends the kernel I/O thread. All kernel ports are closed.
    public func shutdown() {
        kernel.withLock { kernel in
            kernel?.end()
            kernel = nil
        }
    }

    /// The address of the next dummy port, aa:55:aa:55:00:00 and so on as in OVS. None is given again.
    public func nextDummyAddress() -> EthernetAddress {
        let number = dummies.add(1, ordering: .relaxed).oldValue
        return EthernetAddress(0xaa55_0000_0000 | UInt64(0xaa55_0000 &+ number))
    }

    /// Opens a port, stopped. A failure leaves nothing behind and disturbs no other port.
    /// - Parameter demand: who holds packets besides the port; nil: as the options say.
    public func open(_ request: NetdevRequest, demand: MempoolDemand? = nil) throws(NetdevError) -> any Netdev {
        let demand = demand ?? options.demand
        guard let kind = NetdevClass(rawValue: request.type.isEmpty ? NetdevClass.system.rawValue : request.type) else {
            throw NetdevError(.unsupported, "\(request.name): '\(request.type)' is not a known type of interface")
        }
        let settings = try NetdevSettings(request)
        guard EAL.info != nil else { throw NetdevError(.device, "\(request.name): DPDK is not running") }
        if options.dummyClasses.contains(kind) { return try openDummy(request, settings, demand) }
        switch kind {
        case .dpdk:
            return try openDevice(request, request.options["dpdk-devargs"] ?? "", settings, demand)
        case .vhostUserClient:
            return try openDevice(request, VhostUser.devargs(request, settings), VhostUser.adjusted(settings), demand)
        case .system, .internal, .tap:
            return try KernelNetdev(
                request, kind: kind == .system ? .packetSocket : .tap, settings: settings, io: try kernelIO(),
                life: life, demand: demand)
        case .dummy, .dummyInternal, .dummyPMD:
            return try openDummy(request, settings, demand)
        }
    }

    private func openDummy(_ request: NetdevRequest, _ settings: NetdevSettings, _ demand: MempoolDemand) throws(NetdevError) -> DummyNetdev {
        var request = request
        request.ethernetAddress = request.ethernetAddress ?? nextDummyAddress()
        return try DummyNetdev(request, settings: settings, demand: demand)
    }

    private func openDevice(
        _ request: NetdevRequest, _ devargs: String, _ settings: NetdevSettings, _ demand: MempoolDemand
    ) throws(NetdevError) -> DPDKNetdev {
        let device = try DPDKDevice.take(devargs, for: request.name)
        do throws(NetdevError) {
            return try DPDKNetdev(request, device: device, settings: settings, demand: demand)
        } catch {
            device.giveBack()
            throw error
        }
    }

    private func kernelIO() throws(NetdevError) -> KernelIO {
        let result = kernel.withLock { kernel in
            Result { () throws(NetdevError) -> KernelIO in
                if let running = kernel { return running }
                let started = try KernelIO(cpus: kernelCPUs.withLock { $0 })
                kernel = started
                return started
            }
        }
        return try result.get()
    }
}
