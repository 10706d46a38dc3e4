import Datapath

/// Something that is counted from the start on, by OVS's name for it.
struct CoverageEvent {
    var name: String
    var count: UInt64
}

/// How often events happened of late, for `coverage/show`. Owner: the ofproto thread, whose turns take samples.
struct Coverage {
    /// Milliseconds between two samples, and how many of them an hour has.
    private static let interval: Int64 = 5000
    private static let minute = 12, hour = 720
    /// Counts at the end of each interval, by event, the latest last.
    private var samples: [[UInt64]] = []
    private var next: Int64 = .min

    /// Takes a sample when it is time. `now` is in milliseconds.
    mutating func tick(now: Int64, _ events: () -> [CoverageEvent]) {
        guard now >= next else { return }
        next = now + Self.interval
        samples.append(events().map(\.count))
        if samples.count > Self.hour + 1 { samples.removeFirst() }
    }

    /// Events in a second on average over the last `intervals`.
    private func rate(_ event: Int, _ intervals: Int) -> Double {
        guard let last = samples.last else { return 0 }
        let first = samples.count > intervals ? samples[samples.count - 1 - intervals][event] : 0
        return Double(last[event] - min(first, last[event])) / (Double(intervals) * Double(Self.interval) / 1000)
    }

    /// OVS's table: those that happened, and how many never did.
    func text(_ events: [CoverageEvent]) -> String {
        // It tells whether two tables have the same rows.
        let hash = events.reduce(UInt32(2_166_136_261)) { hash, event in
            event.count == 0 ? hash : event.name.utf8.reduce(hash) { ($0 ^ UInt32($1)) &* 16_777_619 }
        }
        let digits = String(hash, radix: 16)
        var text = "Event coverage, avg rate over last: 5 seconds, last minute, last hour,  hash=\(String(repeating: "0", count: 8 - digits.count))\(digits):\n"
        for (index, event) in events.enumerated() where event.count > 0 {
            let rates = [(1, 1, 5), (Self.minute, 3, 5), (Self.hour, 4, 6)].map { intervals, decimals, width in
                rightAligned(Self.decimal(rate(index, intervals), decimals), width) + "/sec"
            }
            text += "\(padded(event.name, 24)) \(rates[0]) \(rightAligned(rates[1], 13)) \(rightAligned(rates[2], 17))   total: \(event.count)\n"
        }
        return text + "\(events.count { $0.count == 0 }) events never hit\n"
    }

    /// A number with so many decimals.
    private static func decimal(_ value: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(UInt64(1)) { product, _ in product * 10 }
        let units = UInt64((value * Double(scale)).rounded())
        let fraction = "\(units % scale)"
        return "\(units / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}

extension UnixctlContext {
    /// The drop reasons that OVS counts by these names.
    private static let dropEvents: [(name: String, reasons: [DropReason])] = [
        ("datapath_drop_upcall_error", [.upcallRingFull, .upcallFailed]), ("datapath_drop_recirc_error", [.recirculationLimit]),
        ("datapath_drop_meter", [.meter]), ("datapath_drop_invalid_port", [.noPort]), ("datapath_drop_rx_invalid_packet", [.tooShort]),
    ]

    /// What is counted of what OVS counts.
    func events() -> [CoverageEvent] {
        let dpif = hasSwitch ? vswitch.datapath.dpif : nil
        let drops = (dpif?.portDump() ?? []).flatMap { dpif?.portStats($0.port)?.drops ?? [] }
        let dropped = Self.dropEvents.map { name, reasons in
            let stray = hasSwitch && reasons.contains(.noPort) ? netdev.strayDrops : 0
            return CoverageEvent(name: name, count: drops.reduce(UInt64(stray)) { reasons.contains($1.reason) ? $0 + UInt64($1.packets) : $0 })
        }
        // A command that is carried out is answered.
        return dropped + ["unixctl_received", "unixctl_replied"].map { CoverageEvent(name: $0, count: commands) }
    }
}
