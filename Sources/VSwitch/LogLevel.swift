/// How much a line of the log matters; lower ones matter more.
public enum LogLevel: Int, CaseIterable, Comparable, Sendable {
    case off, emergency, error, warning, information, debug
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
    /// As it is printed.
    var name: String { ["OFF", "EMER", "ERR", "WARN", "INFO", "DBG"][rawValue] }
    init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
        self = level
    }
    /// syslog(3)'s severity.
    var severity: Int { [7, 1, 3, 4, 5, 7][rawValue] }
}
