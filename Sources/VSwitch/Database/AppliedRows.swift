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
            if case .addPort(_, let port) = failure.step { interfaceErrors[port.name] = Self.sentence(port, failure.reason) }
        }
        guard let startFailure else { return }
        for port in rows.config.bridges.flatMap(\.ports) { interfaceErrors[port.name] = Self.sentence(port, startFailure) }
    }

    /// What scripts look for in column `error`: the reason behind the same words for all devices, and those of DPDK's own.
    private static func sentence(_ port: PortConfig, _ reason: String) -> String {
        if port.kind == .dpdk, let device = port.options["dpdk-devargs"] { return "Error attaching device '\(device)' to DPDK (\(reason))" }
        // A reason that names the device already ends with the kernel's words in brackets.
        let words = reason.hasSuffix(")") && reason.contains(port.name) ? reason.lastIndex(of: "(").map { reason[reason.index(after: $0)...].dropLast() } : nil
        return "could not open network device \(port.name) (\(words ?? reason[...]))"
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
