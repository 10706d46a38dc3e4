/// What a sample tells, with the unit and the direction.
enum Metric: String, Codable, CaseIterable {
    case packetsPerSecond, cyclesPerPacket, newFlowsPerSecond, bytesPerMegaflow
    /// How many megaflows and masks the packets lead to.
    case megaflows, masks
    /// Installed traffic under attack, and what it keeps of the rate that it has alone.
    case attackedPackets, kept
    /// A flow modification that concerns all megaflows, with the barrier behind it, in milliseconds; one that concerns a single megaflow; packets by the old actions after the barrier.
    case barrierP50, barrierBackP50, barrierP99, barrierLongest, barrierOneP50, barrierStale
    /// From SIGKILL until packets are sent again, in milliseconds; the same with --mlockall.
    case restart, lockedRestart
    /// A probe's way through the switch, in windows with new flows and in those without; the ratio of neighbours.
    case latencyP50, latencyP99, latencyP999, idleP50, idleP99, idleP999, slowdown, lost
    case newFlowsOffered, newFlowsLost
    /// Turns of the poll-mode thread, and what a packet waits for their end; the same of the bare core.
    /// What OpenFlow's tables do: ovs-ofctl's add-flows, its bundle, a bundle without ovs-ofctl, dump-flows; memory; an echo in milliseconds meanwhile.
    case loadedFlows, bundledFlows, replayedFlows, dumpedFlows, bytesPerRule, echoP99
    case turnP50, turnP99, turnP999, turnLongest, waitP999, idleTurnLongest, idleWaitP999, bareLongest, bareWaitP999

    /// As it stands in the table.
    var title: String {
        switch self {
        case .packetsPerSecond: "Mpps"
        case .cyclesPerPacket: "cycles/packet"
        case .newFlowsPerSecond: "1000 new flows/s"
        case .bytesPerMegaflow: "bytes/megaflow"
        case .megaflows: "megaflows"
        case .masks: "masks"
        case .attackedPackets: "Mpps under attack"
        case .kept: "rate kept, %"
        case .barrierP50: "one above all: p50 ms"
        case .barrierBackP50: "that deleted: p50 ms"
        case .barrierP99: "both: p99 ms"
        case .barrierLongest: "both: longest ms"
        case .barrierOneP50: "one that concerns one megaflow: p50 ms"
        case .barrierStale: "packets by what stood before, most"
        case .restart: "traffic back after SIGKILL, ms"
        case .lockedRestart: "the same with --mlockall, ms"
        case .latencyP50: "p50 µs"
        case .latencyP99: "p99 µs"
        case .latencyP999: "p99.9 µs"
        case .idleP50: "idle: p50 µs"
        case .idleP99: "idle: p99 µs"
        case .idleP999: "idle: p99.9 µs"
        case .slowdown: "p99.9 / idle p99.9"
        case .lost: "probes lost, %"
        case .newFlowsOffered: "1000 new flows/s offered"
        case .newFlowsLost: "their packets lost, %"
        case .turnP50: "turn p50 µs"
        case .turnP99: "turn p99 µs"
        case .turnP999: "turn p99.9 µs"
        case .turnLongest: "longest turn µs"
        case .waitP999: "rx wait p99.9 µs"
        case .idleTurnLongest: "idle: longest turn µs"
        case .idleWaitP999: "idle: rx wait p99.9 µs"
        case .loadedFlows: "1000 flows/s, add-flows"
        case .bundledFlows: "1000 flows/s, --bundle add-flows"
        case .replayedFlows: "1000 flows/s, a bundle's bytes"
        case .dumpedFlows: "1000 flows/s, dump-flows"
        case .bytesPerRule: "bytes/flow"
        case .echoP99: "echo p99 ms"
        case .bareLongest: "bare core: longest gap µs"
        case .bareWaitP999: "bare core: wait p99.9 µs"
        }
    }
    /// What a value is divided by to be printed under `title`.
    var unit: Double {
        switch self {
        case .packetsPerSecond, .attackedPackets: 1e6
        case .newFlowsPerSecond, .newFlowsOffered, .loadedFlows, .bundledFlows, .replayedFlows, .dumpedFlows: 1e3
        default: 1
        }
    }
}

/// What one run of a case on one subject gave.
struct Sample: Codable {
    var bench: String
    var subject: String
    var round: Int
    var values: [Metric: Double]
    /// What a reader of the figures should know about this run.
    var notes: [String] = []
}

/// The middle of the values, or the mean of the two in the middle; nil when there are none.
func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
