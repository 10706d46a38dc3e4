import OFProto
import OVSDB
import Stream

/// Table Controller.
extension RowsReader {
    mutating func controllers(_ row: Row, _ bridge: inout BridgeConfig) {
        for row in replica.referenced(by: row, "controller").rows.sorted(by: { ($0.string("target") ?? "") < ($1.string("target") ?? "") }) {
            let target = row.string("target") ?? ""
            guard let method = try? ConnectionMethod(target, defaultPort: ControllerConfig.defaultPort) else {
                tell(.warning, "connmgr", "\(bridge.name): unsupported controller \"\(target)\"")
                continue
            }
            guard mayUse(method, target, bridge.name), !bridge.controllers.contains(where: { $0.target == method }) else { continue }
            bridge.controllers.append(controller(row, method, bridge.name))
            result.rows.controllers[RowNames.InBridge(bridge: bridge.name, name: "\(method)")] = row.uuid
        }
    }

    private mutating func controller(_ row: Row, _ method: ConnectionMethod, _ bridge: String) -> ControllerConfig {
        var controller = ControllerConfig(target: method)
        controller.isService = row.string("type").map { $0 == "service" }
        if let backoff = row.int("max_backoff") { controller.maxBackoff = min(max(backoff, 1_000), Limits.longestTime) }
        if let probe = row.int("inactivity_probe") { controller.inactivityProbe = min(max(probe, 0), Limits.longestTime) }
        if let rate = row.int("controller_rate_limit") {
            controller.packetIns.rate = Int(min(max(rate, 100), 1_000_000_000))
            controller.packetIns.burst = row.int("controller_burst_limit").map { Int(min(max($0, 25), 1_000_000_000)) }
        }
        if row.bool("enable_async_messages") == false {
            tell(.information, "bridge", "bridge \(bridge): enable_async_messages=false of \(method) has no effect")
        }
        return controller
    }

    /// Whoever may write to the database must not get at other files by it: sockets are in the run directory, and those that are made have the bridge's name.
    private mutating func mayUse(_ method: ConnectionMethod, _ target: String, _ bridge: String) -> Bool {
        let folder = runFolder
        let instead = "or connect to \"unix:\(folder)/\(bridge).mgmt\" (which is always available without special configuration)."
        switch method {
        case .punix(let path):
            let own = "\(folder)/\(bridge)."
            if path.hasPrefix(own), path.utf8.count > own.utf8.count, !path.dropFirst(own.count).utf8.contains(UInt8(ascii: "/")) { return true }
            tell(.error, "bridge", "bridge \(bridge): Not adding Unix domain socket controller \"\(target)\" due to possibility of overwriting local files. "
                + "Instead, specify path in permitted format \"punix:\(own)*\" " + instead)
        case .unix(let path):
            let folderPath = folder + "/"
            if path.hasPrefix(folderPath), !path.dropFirst(folderPath.count).utf8.contains(UInt8(ascii: "/")) { return true }
            tell(.error, "bridge", "bridge \(bridge): Not connecting to socket controller \"\(target)\" due to possibility for remote exploit.  "
                + "Instead, specify socket in permitted directory \"\(folder)\" " + instead)
        default: return true
        }
        return false
    }
}
