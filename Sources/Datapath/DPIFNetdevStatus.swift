import NetDev

// What is asked of the datapath while it runs: its threads, its queues, and its megaflows a part at a time.

/// A PMD as the commands of ovs-vswitchd(8), "DPIF-NETDEV COMMANDS", show it.
public struct PMDStatus: Sendable {
    /// That by which `DPFlowPut` names it.
    public var number: Int
    public var core: Int
    public var numa: Int
    public var stats: PMDStats
    /// A queue was pinned to it, so that it takes pinned queues only.
    public var isIsolated: Bool
    public var queues: [RxqStatus]
}

/// A receive queue and the cycles that its packets have taken since the port was opened.
public struct RxqStatus: Hashable, Sendable {
    public var port: String
    public var queue: Int
    public var cycles: UInt64
}

/// How far a dump has come.
public struct DPFlowCursor: Sendable {
    fileprivate(set) public var pmd = 0
    fileprivate var slot = 0
    public init() {}
}

extension DPIFNetdev {
    /// All PMDs at this moment, draining ones too.
    public func pmdStatus() -> [PMDStatus] {
        pmds.map { handle in
            let queues = ports.sorted { $0.key < $1.key }.flatMap { _, record in
                record.pollers.indices.filter { record.pollers[$0] == handle.number }.map { queue in
                    RxqStatus(port: record.request.name, queue: queue, cycles: unsafe relaxed(record.cycles + queue))
                }
            }
            let isIsolated = (settings.rxqIsolate || settings.rxqAssign != .group) && ports.values.contains { record in
                record.pinned.contains { $0.key < record.pollers.count && record.pollers[$0.key] == handle.number && $0.value == handle.core }
            }
            return unsafe PMDStatus(
                number: handle.number, core: handle.core, numa: handle.node, stats: handle.pmd.pointee.stats.pointee, isIsolated: isIsolated, queues: queues)
        }
    }

    /// Where the PMDs are that poll queues, by their cores.
    public var places: [PMDPlace] { activePMDs.map(\.place).filter { $0.core != DatapathSettings.mainThread }.sorted { $0.core < $1.core } }

    /// An installed megaflow; nil: there is none of this identity (any more).
    public func flowGet(_ id: DPFlowID) -> DPFlowDump? {
        guard let handle = pmd(id.pmd), Int(id.slot) < handle.actions.count else { return nil }
        return dump(handle, id.slot).flatMap { $0.id == id ? $0 : nil }
    }

    /// The core of the PMD with this number; nil: there is none (any more).
    public func pmdCore(_ number: Int) -> Int? { pmd(number)?.core }

    /// Receive and transmit queues of a port.
    public func queueCounts(of name: String) -> (rx: Int, tx: Int)? {
        portNumbers[name].flatMap { ports[$0] }.map { ($0.netdev.rxQueueCount, $0.netdev.txQueueCount) }
    }

    /// The ports that DPDK drives, by name.
    public var dpdkDevices: [any Netdev] { dpdkPorts.map(\.netdev) }

    /// The names of the ports that are a DPDK device: a PCI address, or the name of a virtual one.
    public func interfaces(ofDevice device: String) -> [String] {
        dpdkPorts.filter { $0.request.options["dpdk-devargs"].map { $0 == device || $0.hasPrefix(device + ",") } ?? false }.map(\.request.name)
    }

    private var dpdkPorts: [PortRecord] {
        let classes: [NetdevClass] = [.dpdk, .vhostUserClient]
        return ports.values.filter { port in classes.contains { $0.rawValue == port.netdev.type } }.sorted { $0.request.name < $1.request.name }
    }

    /// A port's own counters: those of the device or the kernel, not of the datapath.
    public func netdevStats(of name: String) -> NetdevStats? { portNumbers[name].flatMap { ports[$0] }?.netdev.statistics }

    /// The megaflows in the next `slots` places after the cursor, which goes on; nil: there are no more places. Megaflows that come and go
    /// meanwhile may be among them or not.
    public func flowDump(_ cursor: inout DPFlowCursor, slots: Int) -> [DPFlowDump]? {
        guard cursor.pmd < pmds.count else { return nil }
        let handle = pmds[cursor.pmd]
        let end = min(cursor.slot + slots, handle.actions.count)
        let flows = cursor.slot < end ? (cursor.slot..<end).compactMap { dump(handle, UInt32($0)) } : []
        cursor.slot = end
        if end == handle.actions.count {
            cursor.pmd += 1
            cursor.slot = 0
        }
        return flows
    }
}
