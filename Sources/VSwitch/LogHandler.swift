import Logging

/// What the modules log by swift-log, as lines of the log. A logger's label is OVS's name of the module.
///
/// Metadata `rate` ("LINES-A-MINUTE/BURST") limits how often the place in the source logs: for lines that strangers can cause.
public struct VLogHandler: LogHandler {
    private let module: String
    public var metadata: Logger.Metadata = [:]

    public init(label: String) { module = VLog.module(label) ?? "vswitchd" }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// The log's own levels decide; they change while it runs.
    public var logLevel: Logger.Level {
        get {
            let levels: [(VLog.Level, Logger.Level)] = [(.debug, .trace), (.information, .info), (.warning, .warning), (.error, .error)]
            return levels.first { VLog.shared.isLogged(module, $0.0) }?.1 ?? .critical
        }
        set { VLog.shared.apply(.levels(module: module, destination: nil, level: VLog.Level(newValue))) }
    }

    public func log(event: LogEvent) {
        let rate = (event.metadata?["rate"] ?? metadata["rate"]).flatMap { VLog.Rate("\($0)") }
        VLog.shared.log(module, VLog.Level(event.level), "\(event.message)", site: rate == nil ? "" : "\(event.file):\(event.line)", rate: rate)
    }
}

extension VLog.Level {
    init(_ level: Logger.Level) {
        self = switch level {
        case .trace, .debug: .debug
        case .info, .notice: .information
        case .warning: .warning
        case .error: .error
        case .critical: .emergency
        }
    }
}

extension VLog.Rate {
    /// "LINES-A-MINUTE/BURST"
    init?(_ text: String) {
        let numbers = text.split(separator: "/").compactMap { Int($0) }
        guard numbers.count == 2, numbers.allSatisfy({ (1...Limits.logRate).contains($0) }) else { return nil }
        self.init(perMinute: numbers[0], burst: numbers[1])
    }
}
