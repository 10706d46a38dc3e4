import Datapath
import OVSDB

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

    /// Those that happened, and how many never did.
    func report(_ events: [CoverageEvent]) -> CoverageReport {
        let rows = events.enumerated().filter { $1.count > 0 }.map { index, event in
            CoverageReport.Row(event: event, rates: [1, Self.minute, Self.hour].map { rate(index, $0) })
        }
        return CoverageReport(rows: rows, neverHit: events.count - rows.count)
    }
}

/// OVS's table of events.
struct CoverageReport: CommandValue {
    struct Row {
        let event: CoverageEvent
        /// Events in a second over the last five seconds, minute and hour.
        let rates: [Double]
    }
    let rows: [Row]
    let neverHit: Int

    /// It tells whether two tables have the same rows.
    private var hash: String {
        let hash = rows.reduce(UInt32(2_166_136_261)) { hash, row in row.event.name.utf8.reduce(hash) { ($0 ^ UInt32($1)) &* 16_777_619 } }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    var text: String {
        var text = "Event coverage, avg rate over last: 5 seconds, last minute, last hour,  hash=\(hash):\n"
        for row in rows {
            let rates = zip(row.rates, [(1, 5), (3, 5), (4, 6)]).map { rate, form in rightAligned(Self.decimal(rate, form.0), form.1) + "/sec" }
            text += "\(padded(row.event.name, 24)) \(rates[0]) \(rightAligned(rates[1], 13)) \(rightAligned(rates[2], 17))   total: \(row.event.count)\n"
        }
        return text + "\(neverHit) events never hit\n"
    }

    var json: JSON {
        let events = rows.map { row in
            let rates = JSON(named: zip(["5s", "1m", "1h"], row.rates.map { JSON($0) }).map { ($0, $1) })
            return (row.event.name, ["per-second": rates, "total": JSON(row.event.count)] as JSON)
        }
        return ["hash": JSON(hash), "events": JSON(named: events), "never-hit": JSON(neverHit)]
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
