/// What a sample tells, with the unit and the direction.
enum Metric: String, Codable, CaseIterable {
    case packetsPerSecond, cyclesPerPacket, newFlowsPerSecond, bytesPerMegaflow
    case latencyP50, latencyP99, latencyP999, lost

    /// As it stands in the table.
    var title: String {
        switch self {
        case .packetsPerSecond: "Mpps"
        case .cyclesPerPacket: "cycles/packet"
        case .newFlowsPerSecond: "1000 new flows/s"
        case .bytesPerMegaflow: "bytes/megaflow"
        case .latencyP50: "p50 µs"
        case .latencyP99: "p99 µs"
        case .latencyP999: "p99.9 µs"
        case .lost: "probes lost, %"
        }
    }
    /// What a value is divided by to be printed under `title`.
    var unit: Double {
        switch self {
        case .packetsPerSecond: 1e6
        case .newFlowsPerSecond: 1e3
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
