/// What `needletail demo` prints: a line a second, and tables at the end. Pure functions from counters to text.
public enum LiveTable {
    private static let columns = [("received/s", 10), ("sent/s", 10), ("dropped/s", 10), ("hint", 6), ("EMC", 6), ("SMC", 6), ("megaflow", 8),
        ("upcalls/s", 9), ("megaflows", 9), ("cycles/packet", 13)]

    /// The heading of the lines that `line` makes.
    public static var heading: String {
        "seconds " + columns.map { pad($0.0, $0.1) }.joined(separator: " ") + "  drops by reason"
    }

    /// One line for what was counted in `window`, `seconds` after the start.
    public static func line(_ window: SwitchCounters, seconds: Int) -> String {
        let received = window.sum(\SwitchCounters.PMD.rxPackets)
        let cells = [
            rate(received, window.seconds), rate(window.sum(\SwitchCounters.Port.txPackets), window.seconds),
            rate(window.drops.values.reduce(0, &+), window.seconds), percent(window.sum(\SwitchCounters.PMD.hintHits), received),
            percent(window.sum(\SwitchCounters.PMD.emcHits), received),
            percent(window.sum(\SwitchCounters.PMD.smcHits), received), percent(window.sum(\SwitchCounters.PMD.megaflowHits), received),
            rate(window.sum(\SwitchCounters.PMD.upcalls), window.seconds), String(window.megaflows),
            ratio(window.sum(\SwitchCounters.PMD.busyCycles), received),
        ]
        let reasons = window.drops.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(rate($0.value, window.seconds))" }.joined(separator: ", ")
        let row = pad(String(seconds), 7) + " " + zip(cells, columns).map { pad($0, $1.1) }.joined(separator: " ")
        return reasons.isEmpty ? row : row + "  " + reasons
    }

    /// One row a port: what went in and out, and what was dropped why.
    public static func ports(_ window: SwitchCounters) -> String {
        var rows = [["port", "received", "bytes", "sent", "bytes", "dropped", "reasons"]]
        for port in window.ports {
            let reasons = port.drops.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            rows.append([port.bridge + "/" + port.name, String(port.rxPackets), String(port.rxBytes), String(port.txPackets),
                String(port.txBytes), String(port.dropped), reasons.joined(separator: ", ")])
        }
        return table(rows)
    }

    /// One row a PMD.
    public static func pmds(_ window: SwitchCounters) -> String {
        var rows = [["PMD on core", "received", "hint hits", "EMC hits", "SMC hits", "megaflow hits", "upcalls", "lost", "busy", "cycles/packet"]]
        for pmd in window.pmds {
            rows.append([pmd.core < 0 ? "none" : String(pmd.core), String(pmd.rxPackets), String(pmd.hintHits), String(pmd.emcHits), String(pmd.smcHits),
                String(pmd.megaflowHits), String(pmd.upcalls), String(pmd.upcallsLost), percent(pmd.busyCycles, pmd.totalCycles),
                ratio(pmd.busyCycles, pmd.rxPackets)])
        }
        return table(rows)
    }

    // Cells

    /// Rows of equally many cells in columns: the first and the last one flush left, the others flush right.
    static func table(_ rows: [[String]]) -> String {
        guard let first = rows.first else { return "" }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let fill = String(repeating: " ", count: widths[column] - cell.count)
                let isText = column == 0 || row[column].first?.isLetter ?? false && column == row.count - 1
                line += (column == 0 ? "" : "  ") + (isText ? cell + fill : fill + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// Packets in a second: "950", "12.3k", "4.56M".
    static func rate(_ count: UInt64, _ seconds: Double) -> String {
        guard seconds > 0 else { return "-" }
        let rate = Double(count) / seconds
        if rate < 1_000 { return fixed(rate, rate < 10 && rate != rate.rounded() ? 1 : 0) }
        return rate < 1_000_000 ? fixed(rate / 1_000, 1) + "k" : fixed(rate / 1_000_000, 2) + "M"
    }

    static func percent(_ part: UInt64, _ whole: UInt64) -> String {
        whole == 0 ? "-" : fixed(100 * Double(part) / Double(whole), 1) + "%"
    }

    static func ratio(_ a: UInt64, _ b: UInt64) -> String { b == 0 ? "-" : fixed(Double(a) / Double(b), 1) }

    /// A number that is not negative, with `digits` (0–3) behind the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        let scale = [1, 10, 100, 1000][min(3, max(0, digits))]
        guard value.isFinite, value >= 0, value < 1e15 else { return "-" }
        let scaled = Int((value * Double(scale)).rounded())
        guard scale > 1 else { return String(scaled) }
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
