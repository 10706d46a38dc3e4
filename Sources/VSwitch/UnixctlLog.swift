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
        UnixctlCommand("vlog/list", "", 0...0) { _, _ in .text(VLog.shared.levelTable) },
        UnixctlCommand("vlog/list-pattern", "", 0...0) { _, _ in .text(VLog.shared.patternTable) },
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
    var levelTable: String {
        let levels = state.withLock { $0.levels }
        var text = "                 console    syslog    file\n                 -------    ------    ------\n"
        for name in levels.keys.sorted() {
            let columns = (levels[name] ?? []).map { rightAligned($0.name, 4) }
            text += "\(padded(name, 16))  \(columns.joined(separator: "       "))\n"
        }
        return text
    }

    /// Each destination's pattern.
    var patternTable: String {
        let patterns = state.withLock { $0.patterns }
        var text = "         prefix                            format\n         ------                            ------\n"
        for destination in [Destination.syslog, .console, .file] {
            let prefix = destination == .syslog ? String(LogPattern.syslogPrefix.format.dropLast()) : "none"
            text += "\(padded(destination.name, 7))  \(padded(prefix, 32))  \(patterns[destination.rawValue].format)\n"
        }
        return text
    }
}
