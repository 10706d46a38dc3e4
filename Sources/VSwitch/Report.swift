import Datapath
import Foundation

/// What a run has counted, as JSON: the form that `needletaild --report` writes and benchmarks read.
public struct Report: Codable, Equatable, Sendable {
    public struct PMD: Codable, Equatable, Sendable {
        public var core: Int
        public var rx_packets, busy_cycles, total_cycles, hint_hits, emc_hits, smc_hits, megaflow_hits, upcalls, upcalls_lost: UInt64
        public var turn_cycles: Turns
    }
    /// The turns of a PMD's loop, in cycles (`TurnTimes`): lengths that half, 99 % and 99.9 % of them do not exceed, and the longest; and how long
    /// a packet that comes at any moment waits in its receive queue, in 99 % and 99.9 % of all cases.
    public struct Turns: Codable, Equatable, Sendable {
        public var p50, p99, p999, longest, wait_p99, wait_p999: UInt64
        /// Pairs of the longest turn that a bin holds and the number of turns.
        public var bins: [[UInt64]]

        init(_ times: TurnTimes) {
            (p50, p99, p999, longest) = (times.turn(0.5), times.turn(0.99), times.turn(0.999), times.longest)
            (wait_p99, wait_p999) = (times.wait(0.99), times.wait(0.999))
            bins = times.bins.map { [$0.last, $0.turns] }
        }
    }
    public struct Port: Codable, Equatable, Sendable {
        public var name: String
        public var rx_packets, rx_bytes, tx_packets, tx_bytes: UInt64
        /// Packets by reason; reasons that did not occur are left out.
        public var drops: [String: UInt64]
    }
    /// The length of the window that the counters are of.
    public var seconds: Double
    /// Cycles in a second.
    public var tsc_hz: UInt64
    public var pmds: [PMD]
    public var ports: [Port]
    /// Megaflows at the end of the window.
    public var megaflows: Int
    /// Their different masks, for each input port and PMD.
    public var masks: Int
    /// Memory of the process in ordinary pages.
    public var rss_bytes: UInt64
    /// Memory of the process in hugepages.
    public var hugepage_bytes: UInt64

    /// - Parameter window: a difference of two moments.
    public init(window: SwitchCounters, hertz: UInt64) {
        seconds = window.seconds
        tsc_hz = hertz
        pmds = window.pmds.map {
            PMD(core: $0.core, rx_packets: $0.rxPackets, busy_cycles: $0.busyCycles, total_cycles: $0.totalCycles, hint_hits: $0.hintHits, emc_hits: $0.emcHits,
                smc_hits: $0.smcHits, megaflow_hits: $0.megaflowHits, upcalls: $0.upcalls, upcalls_lost: $0.upcallsLost,
                turn_cycles: Turns(TurnTimes($0.turns, cycles: $0.totalCycles)))
        }
        ports = window.ports.map {
            Port(name: $0.name, rx_packets: $0.rxPackets, rx_bytes: $0.rxBytes, tx_packets: $0.txPackets, tx_bytes: $0.txBytes, drops: $0.drops)
        }
        megaflows = window.megaflows
        masks = window.masks
        rss_bytes = ProcFS.residentBytes
        hugepage_bytes = ProcFS.hugepageBytes
    }

    /// Writes the report as one JSON object.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var data = try encoder.encode(self)
        data.append(UInt8(ascii: "\n"))
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
