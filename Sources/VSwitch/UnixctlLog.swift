import OVSDB

extension UnixctlCommand {
    /// Commands about the log.
    static let logs = [
        UnixctlCommand("vlog/set", "{spec | PATTERN:destination:pattern}", 0...Limits.logSpecs) { _, arguments throws(UnixctlError) in
            // Without any specification all is logged. Those before a mistake hold.
            for text in arguments.isEmpty ? [""] : arguments {
                do throws(LogSpecError) { VLog.shared.apply(try LogSpec(text)) } catch { throw UnixctlError(error.message) }
            }
            return .text("")
        },
        UnixctlCommand("vlog/list", "", 0...0) { _, _ in .value(VLog.shared.levelTable) },
        UnixctlCommand("vlog/list-pattern", "", 0...0) { _, _ in .value(VLog.shared.patternTable) },
        UnixctlCommand("vlog/enable-rate-limit", "[module]...", 0...Limits.logSpecs) { _, names throws(UnixctlError) in
            try limitRates(names, true)
        },
        UnixctlCommand("vlog/disable-rate-limit", "[module]...", 0...Limits.logSpecs) { _, names throws(UnixctlError) in
            try limitRates(names, false)
        },
        UnixctlCommand("vlog/close", "", 0...0) { _, _ in
            VLog.shared.closeFile()
            return .text("")
        },
        UnixctlCommand("vlog/reopen", "", 0...0) { _, _ throws(UnixctlError) in
            guard VLog.shared.hasFileName else { throw UnixctlError("Logging to file not configured") }
            do { try VLog.shared.reopenFile() } catch { throw UnixctlError("\(error)") }
            return .text("")
        },
    ]

    private static func limitRates(_ names: [String], _ limits: Bool) throws(UnixctlError) -> UnixctlReply {
        var modules: [String] = []
        for name in names where name.lowercased() != "any" {
            guard let module = VLog.module(name) else { throw UnixctlError("unknown module") }
            modules.append(module)
        }
        VLog.shared.limitRates(of: modules.isEmpty ? VLog.modules : modules, limits)
        return .text("")
    }
}

extension VLog {
    /// Limits the rates of modules' lines, or not any longer.
    func limitRates(of modules: [String], _ limits: Bool) {
        state.withLock { state in
            if limits { state.unlimited.subtract(modules) } else { state.unlimited.formUnion(modules) }
        }
    }

    /// Each module's levels.
    fileprivate var levelTable: LevelTable {
        let levels = state.withLock { $0.levels }
        return LevelTable(rows: levels.keys.sorted().map { ($0, (levels[$0] ?? []).map(\.name)) })
    }

    /// Each destination's pattern.
    fileprivate var patternTable: PatternTable {
        let patterns = state.withLock { $0.patterns }
        return PatternTable(rows: [Destination.syslog, .console, .file].map { destination in
            let prefix = destination == .syslog ? String(LogPattern.syslogPrefix.format.dropLast()) : nil
            return (destination.name, prefix, patterns[destination.rawValue].format)
        })
    }
}

/// Modules with their levels, one for each destination.
private struct LevelTable: CommandValue {
    let rows: [(module: String, levels: [String])]
    private static let destinations = ["console", "syslog", "file"]

    var text: String {
        "                 console    syslog    file\n                 -------    ------    ------\n" + rows.map { module, levels in
            "\(padded(module, 16))  \(levels.map { rightAligned($0, 4) }.joined(separator: "       "))\n"
        }.joined()
    }
    var json: JSON { JSON(named: rows.map { ($0.module, JSON(named: zip(Self.destinations, $0.levels).map { ($0, JSON($1)) })) }) }
}

/// Destinations with what stands before a line, and the line's pattern.
private struct PatternTable: CommandValue {
    let rows: [(destination: String, prefix: String?, format: String)]

    var text: String {
        "         prefix                            format\n         ------                            ------\n" + rows.map {
            "\(padded($0.destination, 7))  \(padded($0.prefix ?? "none", 32))  \($0.format)\n"
        }.joined()
    }
    var json: JSON {
        JSON(named: rows.map { ($0.destination.lowercased(), JSON(members: ["prefix": $0.prefix.map { JSON($0) }, "format": JSON($0.format)])) })
    }
}
