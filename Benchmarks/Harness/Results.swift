import Foundation

/// All samples of a session, and what is written of them.
struct Results {
    var samples: [Sample] = []
    /// Case titles by name, in the order of the table.
    var cases: [(name: String, title: String)]
    /// Subject names, in the order of the columns.
    var subjects: [String]

    /// The median over the rounds; nil when the case was not run on the subject.
    func value(_ metric: Metric, _ bench: String, _ subject: String) -> Double? {
        median(samples.filter { $0.bench == bench && $0.subject == subject }.compactMap { $0.values[metric] })
    }

    /// The Markdown table: a row a case and metric, a column a subject, and what ours is in parts of the peer's.
    func table(peer: String, us: String) -> String {
        var lines = ["| case | | " + subjects.joined(separator: " | ") + " | \(us) / \(peer) |",
            "|---|---|" + String(repeating: "---:|", count: subjects.count + 1)]
        for (name, title) in cases {
            for metric in Metric.allCases {
                let values = subjects.map { value(metric, name, $0) }
                if values.allSatisfy({ $0 == nil }) { continue }
                var ratio = "–"
                if let ours = value(metric, name, us), let theirs = value(metric, name, peer), theirs != 0 {
                    ratio = String(format: "%.2f", ours / theirs)
                }
                let cells = values.map { $0.map { figure($0 / metric.unit) } ?? "–" }
                lines.append("| \(title) | \(metric.title) | " + (cells + [ratio]).joined(separator: " | ") + " |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the runs said beside their figures, a line a case and subject (of the last round).
    func notes() -> String {
        var lines: [String] = []
        for (name, title) in cases {
            for subject in subjects {
                guard let last = samples.last(where: { $0.bench == name && $0.subject == subject }), !last.notes.isEmpty else { continue }
                lines.append("- \(title), \(subject): \(last.notes.joined(separator: "; "))")
            }
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }

    /// Writes the table, the samples and the plot; returns the table's path.
    func write(to folder: URL, peer: String, us: String, about: String) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try encoder.encode(samples).write(to: folder.appending(path: "samples.json"))
        try Data(plot().utf8).write(to: folder.appending(path: "throughput.svg"))
        let file = folder.appending(path: "results.md")
        try Data("# Benchmark\n\n\(about)\n\n\(table(peer: peer, us: us))\n\(notes())".utf8).write(to: file)
        return file.path
    }

    /// The throughput cases as a bar chart.
    func plot() -> String {
        let groups = cases.compactMap { bench -> BarChart.Group? in
            let values = subjects.map { value(.packetsPerSecond, bench.name, $0).map { $0 / 1e6 } }
            return values.contains { $0 != nil } ? BarChart.Group(title: bench.title, values: values) : nil
        }
        return BarChart(title: "Packets per second, millions, one core", series: subjects, groups: groups).svg
    }
}

/// Three significant digits, or all of a whole number past that.
func figure(_ value: Double) -> String {
    let size = abs(value)
    return String(format: size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value)
}
