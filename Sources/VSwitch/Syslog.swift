import CDaemon
import SystemPackage

/// RFC 5424's facilities (section 6.2.1), by the names of ovs-vswitchd(8). The number is eight times the facility's, as a priority has it.
enum SyslogFacility: Int, CaseIterable, Sendable {
    case kern = 0, user = 8, mail = 16, daemon = 24, auth = 32, syslog = 40, lpr = 48, news = 56, uucp = 64, clock = 72, ftp = 88, ntp = 96, audit = 104
    case alert = 112, clock2 = 120, local0 = 128, local1 = 136, local2 = 144, local3 = 152, local4 = 160, local5 = 168, local6 = 176, local7 = 184

    init?(name: String) {
        guard let facility = Self.allCases.first(where: { "\($0)" == name.lowercased() }) else { return nil }
        self = facility
    }
}

/// How lines get to a syslog daemon.
enum SyslogSender: Sendable {
    case null
    /// syslog(3), which writes the line's beginning by itself.
    case libc
    case datagram(FileDescriptor)

    /// `--syslog-method`: "null", "libc", "unix:FILE" or "udp:ADDRESS:PORT". A socket that is not there loses what is sent. nil: no method.
    init?(method: String) {
        switch method {
        case "null": self = .null
        case "libc": self = .libc
        case _ where method.hasPrefix("unix:"):
            self = Self.sender(unsafe nt_datagram_unix(String(method.dropFirst(5))))
        case _ where method.hasPrefix("udp:"):
            self = Self(target: String(method.dropFirst(4))) ?? .null
        default: return nil
        }
    }

    /// "ADDRESS:PORT", an IPv6 address in brackets; nil: that is not what it is. The port may be left out.
    init?(target: String) {
        let colon = target.lastIndex(of: ":").flatMap { target[$0...].contains("]") ? nil : $0 }
        guard let port = colon.map({ UInt16(target[target.index(after: $0)...]) }) ?? Self.port else { return nil }
        let address = target[..<(colon ?? target.endIndex)].filter { $0 != "[" && $0 != "]" }
        let descriptor = unsafe nt_datagram_udp(address, port)
        guard descriptor >= 0 else { return nil }
        self = .datagram(FileDescriptor(rawValue: descriptor))
    }

    /// syslog's UDP port (RFC 5426, section 3.3).
    private static let port: UInt16? = 514

    private static func sender(_ descriptor: Int32) -> Self { descriptor < 0 ? .null : .datagram(FileDescriptor(rawValue: descriptor)) }

    func send(_ text: String, _ line: LogLine, facility: SyslogFacility) {
        switch self {
        case .null: break
        case .libc: unsafe nt_syslog(Int32(line.level.severity | facility.rawValue), text)
        case .datagram(let descriptor):
            let bytes = Array((LogPattern.syslogPrefix.text(line, facility: facility) + text).utf8)
            _ = unsafe bytes.withUnsafeBytes { unsafe nt_datagram_send(descriptor.rawValue, $0.baseAddress, $0.count) }
        }
    }
}
