import CDaemon
import Foundation

/// What a line of the log looks like: the escapes of ovs-appctl(8)'s `vlog/set PATTERN`.
struct LogPattern: Equatable, Sendable {
    var format: String

    static let console = LogPattern(format: "%D{%Y-%m-%dT%H:%M:%SZ}|%05N|%c%T|%p|%m")
    static let syslog = LogPattern(format: "ovs|%05N|%c%T|%p|%m")
    static let file = LogPattern(format: "%D{%Y-%m-%dT%H:%M:%S.###Z}|%05N|%c%T|%p|%m")
    /// In front of what goes to a syslog daemon without the C library.
    static let syslogPrefix = LogPattern(format: "<%B> %D{%h %e %T} %E %A: ")

    /// The line, without its end.
    func text(_ line: LogLine, facility: SyslogFacility) -> String {
        var result = "", rest = format[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                result.append(character)
                continue
            }
            let isLeft = Self.take(&rest, "-"), fill: Character = Self.take(&rest, "0") ? "0" : " "
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let escape = rest.popFirst() else { break }
            var template: String?
            if rest.first == "{", let end = rest.firstIndex(of: "}") {
                template = String(rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
            }
            let field = Self.field(escape, template, line, facility)
            let missing = String(repeating: fill, count: max(0, min(Int(digits) ?? 0, Limits.logField) - field.count))
            result += isLeft ? field + missing : missing + field
        }
        return result
    }

    private static func take(_ text: inout Substring, _ character: Character) -> Bool {
        guard text.first == character else { return false }
        text.removeFirst()
        return true
    }

    private static func field(_ escape: Character, _ template: String?, _ line: LogLine, _ facility: SyslogFacility) -> String {
        switch escape {
        case "A": Program.name
        case "B": "\(facility.rawValue + line.level.severity)"
        case "c": line.module
        case "d": time(template, line.time, utc: false)
        case "D": time(template, line.time, utc: true)
        case "E": hostName
        case "m": line.text
        case "N": "\(line.serial)"
        case "n": "\n"
        case "p": line.level.name
        case "P": "\(ProcessInfo.processInfo.processIdentifier)"
        case "r": "\(line.elapsed)"
        case "t": line.subprogram.isEmpty ? "main" : line.subprogram
        case "T": line.subprogram.isEmpty ? "" : "(\(line.subprogram))"
        default: String(escape)
        }
    }

    private static var hostName: String {
        let name = try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
        return name.map { $0.trimmingCharacters(in: .newlines) } ?? "unknown"
    }

    /// strftime(3)'s templates, with fractions of a second for "#".
    static func time(_ template: String?, _ seconds: Double, utc: Bool) -> String {
        let milliseconds = Int64((seconds * 1000).rounded(.down))
        var digits = Array("\(1000 + milliseconds % 1000)".dropFirst())[...]
        let format = String((template ?? "%Y-%m-%d %H:%M:%S.###").map { $0 == "#" ? digits.popFirst() ?? "0" : $0 })
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Limits.logTime) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            guard unsafe nt_strftime(start, Limits.logTime, format, milliseconds / 1000, utc) > 0 else { return "" }
            return unsafe String(cString: start)
        }
    }
}
