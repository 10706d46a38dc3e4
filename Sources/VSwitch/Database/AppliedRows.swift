import OVSDB

/// What was asked for, and what of it is not there.
struct AppliedRows {
    let rows: RowsConfig
    /// Why there is no such interface, by its name.
    private(set) var interfaceErrors: [String: String]

    /// - Parameter startFailure: why there is no datapath; nil: it runs, or nobody needs one.
    init(_ rows: RowsConfig, _ failures: [StepFailure], startFailure: String?) {
        self.rows = rows
        interfaceErrors = rows.rows.errors
        for failure in failures {
            if case .addPort(_, let port) = failure.step { interfaceErrors[port.name] = "could not open network device \(port.name) (\(failure.reason))" }
        }
        guard let startFailure else { return }
        for port in rows.config.bridges.flatMap(\.ports) { interfaceErrors[port.name] = "could not open network device \(port.name) (\(startFailure))" }
    }
}

extension RowsConfig {
    /// Nothing runs without bridges but DPDK, which is asked for beforehand.
    func needsDatapath(_ replica: Replica) -> Bool {
        !config.bridges.isEmpty || rows.openVSwitch.flatMap { replica.row("Open_vSwitch", $0) }?.asksForDPDK ?? false
    }
}

/// The row of Open_vSwitch.
extension Row {
    /// other_config:dpdk-init
    var asksForDPDK: Bool { ["true", "try"].contains(map("other_config")["dpdk-init"]?.lowercased()) }

    /// Milliseconds; a shorter one is not obeyed.
    static let leastStatisticsInterval: Int64 = 5_000
    /// other_config:stats-update-interval
    var statisticsInterval: Int64 { max(map("other_config")["stats-update-interval"].flatMap { Int64($0) } ?? 0, Self.leastStatisticsInterval) }
}
