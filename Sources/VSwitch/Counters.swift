import Datapath
import OFProto

/// All counters of a switch at one moment, or their growth between two.
public struct SwitchCounters: Sendable {
    public struct PMD: Sendable {
        /// -1 for one without a thread of its own.
        public var core: Int
        /// False: it has gone, and this is what it has counted.
        public var isRunning: Bool
        public var rxPackets: UInt64
        public var busyCycles: UInt64
        /// Busy and idle cycles.
        public var totalCycles: UInt64
        /// Packets that took the megaflow of the packet before them.
        public var hintHits: UInt64
        public var emcHits: UInt64
        public var smcHits: UInt64
        public var megaflowHits: UInt64
        public var upcalls: UInt64
        public var upcallsLost: UInt64
        /// Cycles of each turn of its loop.
        public var turns = LogHistogram()
    }
    public struct Port: Sendable {
        public var bridge: String
        public var name: String
        public var rxPackets: UInt64, rxBytes: UInt64, txPackets: UInt64, txBytes: UInt64
        /// By reason.
        public var drops: [String: UInt64]
        public var dropped: UInt64 { drops.values.reduce(0, &+) }
    }
    /// Milliseconds of the datapath's clock; in a difference: how long it took.
    public var time: Int64
    public var pmds: [PMD]
    /// By bridge and OpenFlow number.
    public var ports: [Port]
    /// Megaflows at that moment.
    public var megaflows: Int
    /// Different masks of them, for each input port and PMD.
    public var masks = 0

    /// What was counted since `former`. Ports and PMDs that were not there then begin at 0; cores whose PMD had gone before are left out.
    public func since(_ former: SwitchCounters) -> SwitchCounters {
        var result = self
        result.time = time - former.time
        for index in pmds.indices {
            guard let old = former.pmds.first(where: { $0.core == pmds[index].core }) else { continue }
            for path in PMD.counters { result.pmds[index][keyPath: path] &-= old[keyPath: path] }
            result.pmds[index].turns = pmds[index].turns.since(old.turns)
        }
        result.pmds.removeAll { !$0.isRunning && $0.totalCycles == 0 }
        for index in ports.indices {
            let port = ports[index]
            guard let old = former.ports.first(where: { $0.name == port.name && $0.bridge == port.bridge }) else { continue }
            for path in Port.counters where port[keyPath: path] >= old[keyPath: path] {
                result.ports[index][keyPath: path] &-= old[keyPath: path]
            }
            for (reason, count) in port.drops {
                result.ports[index].drops[reason] = count >= old.drops[reason, default: 0] ? count - old.drops[reason, default: 0] : count
            }
            result.ports[index].drops = result.ports[index].drops.filter { $0.value != 0 }
        }
        return result
    }

    /// Seconds between the two moments of a difference.
    public var seconds: Double { Double(time) / 1000 }
    /// A counter's sum over all PMDs.
    public func sum(_ path: KeyPath<PMD, UInt64>) -> UInt64 { pmds.reduce(0) { $0 &+ $1[keyPath: path] } }
    /// A counter's sum over all ports.
    public func sum(_ path: KeyPath<Port, UInt64>) -> UInt64 { ports.reduce(0) { $0 &+ $1[keyPath: path] } }
    /// Drops of all ports, by reason.
    public var drops: [String: UInt64] {
        ports.reduce(into: [:]) { sum, port in sum.merge(port.drops) { $0 &+ $1 } }
    }
}

extension SwitchCounters.PMD {
    // Key paths to Sendable values; written once here.
    static var counters: [WritableKeyPath<SwitchCounters.PMD, UInt64>] {
        [\.rxPackets, \.busyCycles, \.totalCycles, \.hintHits, \.emcHits, \.smcHits, \.megaflowHits, \.upcalls, \.upcallsLost]
    }
}

extension SwitchCounters.Port {
    static var counters: [WritableKeyPath<SwitchCounters.Port, UInt64>] { [\.rxPackets, \.rxBytes, \.txPackets, \.txBytes] }
}

extension Switch {
    /// All counters now.
    public func counters() -> SwitchCounters {
        let pmds = datapath.pmdStats().map { core, isRunning, stats in
            SwitchCounters.PMD(core: core ?? -1, isRunning: isRunning, rxPackets: stats.rxPackets, busyCycles: stats.busyCycles,
                totalCycles: stats.busyCycles &+ stats.idleCycles, hintHits: stats.hintHits, emcHits: stats.emcHits, smcHits: stats.smcHits,
                megaflowHits: stats.megaflowHits, upcalls: stats.upcalls, upcallsLost: stats.upcallsLost,
                turns: stats.cyclesPerIteration)
        }
        let ports = portStats().map { bridge, port, stats in
            SwitchCounters.Port(bridge: bridge.name, name: port.name, rxPackets: stats.rxPackets, rxBytes: stats.rxBytes,
                txPackets: stats.txPackets, txBytes: stats.txBytes,
                drops: Dictionary(stats.drops.filter { $0.packets != 0 }.map { ($0.reason.name, $0.packets) }, uniquingKeysWith: &+))
        }
        return SwitchCounters(time: datapath.now, pmds: pmds, ports: ports, megaflows: datapath.dpif.flowCount, masks: datapath.subtableCount)
    }

    /// The statistics of all ports, as of as nearly one moment as can be: of up to three readings the quickest, since packets go on while a reading is interrupted.
    private func portStats() -> [(Bridge, BridgePort, DPPortStats)] {
        var best: (stats: [(Bridge, BridgePort, DPPortStats)], time: Duration)?
        for _ in 0..<3 {
            let began = ContinuousClock.now
            let stats = ofproto.bridges.flatMap { bridge in bridge.ports.map { (bridge, $0, bridge.portStats($0)) } }
            let time = ContinuousClock.now - began
            if time < best?.time ?? .seconds(3600) { best = (stats, time) }
            if time < .microseconds(100) { break }
        }
        return best?.stats ?? []
    }
}
