import Flow
import Glibc
import NetDev
import Wire

extension DPIFNetdev {
    /// The open netdev of a port; for who feeds and drains `dummy` ports.
    public func netdev(_ port: ODPPort) -> (any Netdev)? { ports[port.number]?.netdev }

    /// All open netdevs, by their ports' numbers.
    public var openNetdevs: [any Netdev] { ports.sorted { $0.key < $1.key }.map(\.value.netdev) }

    /// A port of the datapath.
    @safe struct PortRecord {
        let request: DPPortRequest
        let netdev: any Netdev
        /// Core by receive queue, from pmd-rxq-affinity.
        var pinned: [Int: Int]
        /// The cycle counter of each receive queue; the PMD that polls it writes.
        let cycles: UnsafeMutablePointer<UInt64>
        /// By receive queue: the number of the PMD that polls it; nil: none yet.
        var pollers: [Int?]
        /// Packets that came in here and were dropped because their megaflow was refused.
        var upcallsFailed: UInt64 = 0
        /// How what leaves and what comes in is policed; nil: it is not.
        var qos: DPEgressQoS?
        var policing: DPPolicing?
        var egress: UnsafeMutablePointer<EgressPolicer>?
        var ingress: UnsafeMutablePointer<IngressPolicer>?
    }

    public func portAdd(_ request: DPPortRequest) throws(DPIFError) -> ODPPort {
        // Their names, numbers and devices are free then.
        closeLeavingPorts()
        guard portNumbers[request.name] == nil else { throw DPIFError(.exists, "\(request.name): there is a port of this name") }
        guard let number = freePortNumber(for: request.name) else { throw DPIFError(.full, "\(request.name): all \(Limits.ports - 1) port numbers are taken") }
        let pinned = try Self.affinity(request.rxQueueAffinity, request.name)
        let netdev = try open(request)
        lastPortNumber = number
        let queues = netdev.rxQueueCount
        let cycles: UnsafeMutablePointer<UInt64> = .allocate(capacity: max(queues, 1))
        unsafe cycles.initialize(repeating: 0, count: max(queues, 1))
        let record = unsafe PortRecord(request: request, netdev: netdev, pinned: pinned, cycles: cycles, pollers: Array(repeating: nil, count: queues))
        ports[number] = record
        portNumbers[request.name] = number
        formerCounters[Int(number)] = PortCounters()
        for handle in pmds { sendPort(handle, number, record, isNew: true) }
        if isCollectingPorts { hasUnpolledPorts = true } else { assignQueues() }
        return ODPPort(number)
    }

    /// Ports that are added until `assignCollectedPorts` are polled from then on, and those that are deleted are closed together, before a next one is added: the
    /// queues are shared out once for all of them.
    public func collectPorts() { isCollectingPorts = true }

    /// - Parameter pause: called after each port that was closed: the kernel takes its time over an interface that goes.
    public func assignCollectedPorts(pause: () -> Void = {}) {
        isCollectingPorts = false
        closeLeavingPorts(pause: pause)
        if hasUnpolledPorts { assignQueues() }
    }

    private func open(_ request: DPPortRequest) throws(DPIFError) -> any Netdev {
        let shape = NetdevShape(mtu: request.mtu, rxQueues: request.rxQueues, txQueues: request.options["n_txq"] == nil ? activePMDs.count : nil)
        do throws(NetdevError) {
            let netdev = try netdevs.open(NetdevRequest(name: request.name, type: request.type, options: request.options,
                shape: shape, ethernetAddress: request.ethernetAddress), demand: demand)
            do throws(NetdevError) {
                try netdev.start()
            } catch {
                netdev.close()
                throw error
            }
            return netdev
        } catch {
            throw DPIFError(.device, error.description)
        }
    }

    /// "0:1,1:2": receive queue to core.
    private static func affinity(_ text: String?, _ name: String) throws(DPIFError) -> [Int: Int] {
        var pinned: [Int: Int] = [:]
        for pair in text?.split(separator: ",") ?? [] {
            let parts = pair.split(separator: ":")
            guard parts.count == 2, let queue = Int(parts[0]), let core = Int(parts[1]), queue >= 0, core >= 0 else {
                throw DPIFError(.invalid, "\(name): pmd-rxq-affinity: expected QUEUE:CORE, found '\(pair)'")
            }
            pinned[queue] = core
        }
        return pinned
    }

    /// Pins a port's receive queues to other cores ("0:1,1:2"; nil: to none), while packets flow.
    public func setRxqAffinity(_ port: ODPPort, _ text: String?) throws(DPIFError) {
        guard let record = ports[port.number] else { throw DPIFError(.notFound, "no port \(port.number)") }
        ports[port.number]?.pinned = try Self.affinity(text, record.request.name)
        assignQueues()
    }

    func sendPort(_ handle: PMDHandle, _ number: UInt32, _ record: PortRecord, isNew: Bool = false) {
        sendPort(handle, number, record, record.netdev.txQueue(user: handle.txUser ?? 0, users: pmds.count), isNew: isNew)
    }

    /// Gives every PMD its transmit queues, after PMDs came or went. At no time do two PMDs send by one queue without its lock: all
    /// take the lock of the queue that they have, then they change queues, then those that are alone leave the lock away.
    func sendPorts() {
        for handle in pmds {
            if let user = handle.txUser { sendPorts(handle) { $0.txQueue(user % $0.txQueueCount, shared: true) } }
        }
        barrier()
        for (user, handle) in pmds.enumerated() {
            handle.txUser = user
            sendPorts(handle) { $0.txQueue(user % $0.txQueueCount, shared: true) }
        }
        barrier()
        for (user, handle) in pmds.enumerated() { sendPorts(handle) { $0.txQueue(user: user, users: pmds.count) } }
    }

    private func sendPorts(_ handle: PMDHandle, _ txQueue: (any Netdev) -> TxQueue) {
        for (number, record) in ports { sendPort(handle, number, record, txQueue(record.netdev)) }
    }

    private func sendPort(_ handle: PMDHandle, _ number: UInt32, _ record: PortRecord, _ txQueue: TxQueue, isNew: Bool = false) {
        var command = PMDCommand(.setPort)
        command.slot = number
        command.number = isNew ? 1 : 0
        // A frame of the MTU with its Ethernet header and one VLAN tag.
        unsafe command.pointer = allocate(PMDPortSettings(txQueue: txQueue, maxFrame: record.netdev.mtu + 18, egress: record.egress, ingress: record.ingress))
        handle.send(command)
    }

    public func portDelete(_ port: ODPPort) throws(DPIFError) {
        guard let record = ports.removeValue(forKey: port.number) else { throw DPIFError(.notFound, "no port \(port.number)") }
        portNumbers[record.request.name] = nil
        leavingPorts.append((port.number, record))
        hasUnpolledPorts = true
        if isCollectingPorts { return }
        closeLeavingPorts()
        assignQueues()
    }

    /// Closes the ports that were deleted. See `assignCollectedPorts`.
    public func closeLeavingPorts(pause: () -> Void = {}) {
        guard !leavingPorts.isEmpty else { return }
        for handle in pmds {
            sendQueues(handle)
            for (number, _) in leavingPorts { sendClearPort(handle, number) }
        }
        // Nobody polls them or sends by them after this.
        barrier()
        while let (_, record) = leavingPorts.popLast() {
            record.netdev.stop()
            record.netdev.close()
            freePolicers(record)
            unsafe record.cycles.deallocate()
            pause()
        }
    }

    func sendClearPort(_ handle: PMDHandle, _ number: UInt32) {
        var command = PMDCommand(.clearPort)
        command.slot = number
        handle.send(command)
    }

    /// Spreads all receive queues over the PMDs by the cycles they took since the last time. A queue that moves is
    /// polled by nobody between its two pollers; what waits in it stays there.
    /// - Parameter recent: the loads to go by; those of queues that are not among them count as they are.
    public func assignQueues(by recent: [RxqLoad] = []) {
        hasUnpolledPorts = false
        var loads = rxqLoads
        if !recent.isEmpty {
            let cycles = Dictionary(recent.map { (RxqPlace($0), $0.cycles) }, uniquingKeysWith: { $1 })
            for index in loads.indices { loads[index].cycles = cycles[RxqPlace(loads[index])] ?? loads[index].cycles }
        }
        let assignment = assignment(of: loads)
        let changes = zip(loads, assignment).filter { poller(of: RxqPlace($0)) != $1 }
        var moved = false
        for (load, pmd) in zip(loads, assignment) {
            let old = ports[load.port]?.pollers[Int(load.queue)]
            if old != nil && old != pmd {
                moved = true
                ports[load.port]?.pollers[Int(load.queue)] = nil
            }
        }
        if moved {
            for handle in self.pmds { sendQueues(handle) }
            barrier()
        }
        for (load, pmd) in zip(loads, assignment) { ports[load.port]?.pollers[Int(load.queue)] = pmd }
        for handle in self.pmds { sendQueues(handle) }
        guard let queuesMoved, !changes.isEmpty else { return }
        queuesMoved(changes.compactMap { load, number in
            guard let record = ports[load.port], let pmd = pmd(number) else { return nil }
            return MovedQueue(port: record.request.name, load: load, pmd: pmd.place)
        })
    }

    /// All receive queues with the cycles that they took since their ports were opened, by port and queue.
    public var rxqLoads: [RxqLoad] {
        ports.sorted(by: { $0.key < $1.key }).flatMap { number, record in
            record.pollers.indices.map { queue in
                RxqLoad(
                    port: number, queue: UInt16(queue), node: record.netdev.numaNode, cycles: unsafe relaxed(record.cycles + queue),
                    pinnedCore: record.pinned[queue])
            }
        }
    }

    /// The number of the PMD that would poll each queue if these were their loads.
    public func assignment(of loads: [RxqLoad]) -> [Int] {
        let pmds = activePMDs
        return assignment(of: loads, to: pmds).map { pmds[$0].number }
    }

    /// The number of the PMD that polls a queue; nil: none does.
    public func poller(of queue: RxqPlace) -> Int? {
        ports[queue.port].flatMap { Int(queue.queue) < $0.pollers.count ? $0.pollers[Int(queue.queue)] : nil }
    }

    func sendQueues(_ handle: PMDHandle) {
        var queues: [PolledQueue] = []
        for (number, record) in ports.sorted(by: { $0.key < $1.key }) where record.netdev.isPolled {
            for queue in record.pollers.indices where record.pollers[queue] == handle.number {
                queues.append(unsafe PolledQueue(rxQueue: record.netdev.rxQueue(queue), port: number, queue: UInt16(queue), cycles: record.cycles + queue))
            }
        }
        var command = PMDCommand(.setQueues)
        command.number = UInt64(queues.count)
        if !queues.isEmpty {
            guard let memory = unsafe malloc(queues.count * MemoryLayout<PolledQueue>.stride) else { preconditionFailure("out of memory") }
            let target = unsafe memory.bindMemory(to: PolledQueue.self, capacity: queues.count)
            for index in queues.indices { unsafe (target + index).initialize(to: queues[index]) }
            unsafe command.pointer = memory
        }
        handle.send(command)
    }

    /// The core of the PMD that polls each queue (nil: none), and the cycles that the queue took: pmd-rxq-show.
    public func rxqShow() -> [(core: Int?, port: String, queue: Int, cycles: UInt64)] {
        ports.sorted { $0.key < $1.key }.flatMap { _, record in
            record.pollers.indices.map { queue in
                (record.pollers[queue].flatMap { pmd($0)?.core }, record.request.name, queue, unsafe relaxed(record.cycles + queue))
            }
        }
    }

    public func portQuery(_ name: String) -> DPPortInfo? {
        portNumbers[name].flatMap { info($0) }
    }

    public func portDump() -> [DPPortInfo] {
        ports.keys.sorted().compactMap { info($0) }
    }

    private func info(_ number: UInt32) -> DPPortInfo? {
        guard let record = ports[number] else { return nil }
        let netdev = record.netdev
        return DPPortInfo(port: ODPPort(number), name: record.request.name, type: record.request.type, ethernetAddress: netdev.ethernetAddress,
            mtu: netdev.mtu, linkUp: netdev.link.up, isEnabled: netdev.isEnabled, linkSpeed: netdev.link.speed)
    }

    public func portStats(_ port: ODPPort) -> DPPortStats? {
        guard let record = ports[port.number] else { return nil }
        var stats = counters(port.number)
        stats.driver = record.netdev.driverStatistics
        return stats
    }

    /// A port's counters over all PMDs, those included that are no more.
    private func counters(_ number: UInt32) -> DPPortStats {
        var sum = pmdCounters(Int(number))
        sum.drops[Int(DropReason.upcallFailed.rawValue)] += ports[number]?.upcallsFailed ?? 0
        var stats = DPPortStats()
        stats.rxPackets = sum.rxPackets
        stats.rxBytes = sum.rxBytes
        stats.txPackets = sum.txPackets
        stats.txBytes = sum.txBytes
        stats.drops = DropReason.allCases.compactMap { sum.drops[Int($0.rawValue)] == 0 ? nil : ($0, sum.drops[Int($0.rawValue)]) }
        return stats
    }

    /// What PMDs have counted at a place: a port's number, or `Limits.ports` for packets of no port.
    func pmdCounters(_ place: Int) -> PortCounters {
        pmds.reduce(into: formerCounters[place]) { unsafe $0.add($1.pmd.pointee.ports[place].counters.pointee) }
    }

    /// Packets that were to leave by a port that is not there (any more): `DropReason.noPort`.
    public var strayDrops: UInt64 { pmdCounters(Limits.ports).drops[Int(DropReason.noPort.rawValue)] }

    /// What the PMDs of each core have counted up to this moment; a core that had a PMD keeps its place. Without threads the core is nil.
    public func pmdStats() -> [(core: Int?, isRunning: Bool, stats: PMDStats)] {
        var former = formerStats
        var all = pmds.map { handle in
            var stats = former.removeValue(forKey: handle.core) ?? PMDStats()
            unsafe stats.add(handle.pmd.pointee.stats.pointee)
            return (core: handle.core, isRunning: true, stats: stats)
        }
        all += former.sorted { $0.key < $1.key }.map { (core: $0.key, isRunning: false, stats: $0.value) }
        return all.map { (settings.cores.isEmpty ? nil : $0.core, $0.isRunning, $0.stats) }
    }

    /// Cycles in a second.
    public var hertz: UInt64 { clock.hertz }
}
