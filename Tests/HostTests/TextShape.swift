import Foundation

/// What a text looks like: its lines with everything replaced that differs between two switches, or between two moments of one.
struct TextShape: Equatable, CustomStringConvertible {
    var lines: [String]

    private static let replacements: [(pattern: String, by: String)] = [
        (#"ufid:[0-9a-f-]{36}"#, "UFID"), (#"([0-9a-f]{2}:){5}[0-9a-f]{2}"#, "MAC"),
        // A device's class and settings.
        (#"\((dummy-pmd|dummy-internal|tap|system|dpdk)(: [^)]*)?\)"#, "(DEVICE)"), (#", dp-extra-info:\S*"#, ""),
        // Quantities, such as "4096 (4.0 KiB)"; a question mark is what nobody counts.
        (#" \([0-9.]+ [KMGT]iB\)"#, ""), (#":\?"#, ":#"), (#"0x[0-9a-f]+"#, "#"), (#"\d\d:\d\d:\d\d\.\d\d\d"#, "TIME"),
        (#"used:[0-9.]+s"#, "used:TIME"), (#"used:never"#, "used:TIME"), (#"[0-9]+(\.[0-9]+)?"#, "#"),
        // In its first seconds OVS does not know how busy a PMD is.
        (#" +# %$"#, " USAGE"), (#" NOT AVAIL$"#, " USAGE"),
        // Blanks that only fill a column.
        (#" +#"#, " #"), (#"\( #"#, "(#"), (#"actions:.*$"#, "actions:ACTIONS"),
    ]

    /// - Parameter ports: names of ports, which become PORT.
    init(_ text: String, ports: [String]) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = String(line)
            for port in ports { line = line.replacingOccurrences(of: #"\b\#(port)\b *"#, with: "PORT ", options: .regularExpression) }
            for (pattern, by) in Self.replacements { line = line.replacingOccurrences(of: pattern, with: by, options: .regularExpression) }
            return line
        }
    }

    /// Each kind of line once.
    var kinds: Set<String> { Set(lines) }
    var description: String { lines.joined(separator: "\n") }

    /// The lines before the first that begins so.
    func before(_ start: String) -> TextShape {
        var shape = self
        shape.lines = Array(lines.prefix { !$0.hasPrefix(start) })
        return shape
    }
}
