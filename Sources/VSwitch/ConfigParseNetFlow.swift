import OFProto
import Stream
import Yams

/// Who is told of a bridge's connections: those of NetFlow (ovs-vswitchd.conf.db(5)).
extension ConfigParser {
    private static let netFlowKeys = ["targets", "engine-type", "engine-id", "add-id-to-interface", "active-timeout"]
    private static let seconds = [("s", 1), ("", 1), ("min", 60), ("h", 3600)]

    func netFlow(_ node: Node) throws(ConfigError) -> NetFlowConfig {
        var config = NetFlowConfig(targets: [])
        for entry in try reader.entries(node, expected: "a mapping with the key targets") {
            let value = entry.value
            switch entry.key.value {
            case "targets": config.targets = try netFlowTargets(value)
            case "engine-type": config.engineType = UInt8(try reader.integer(value, in: 0...255))
            case "engine-id": config.engineID = UInt8(try reader.integer(value, in: 0...255))
            case "add-id-to-interface": config.addsIDToInterface = try reader.bool(value)
            case "active-timeout":
                config.activeTimeout = Int64(try reader.quantity(value, units: Self.seconds, in: 0...86_400,
                    expected: "a time up to 24h such as 600s (0: a connection is told of only when it ends)"))
            default: throw reader.unknown(entry.key, Self.netFlowKeys)
            }
        }
        guard !config.targets.isEmpty else { throw reader.error(node, expected: "at least one target", found: "none") }
        return config
    }

    private func netFlowTargets(_ node: Node) throws(ConfigError) -> [String] {
        var targets: [String] = []
        let expected = "a target such as 192.0.2.1:2055 or [2001:db8::1]:2055"
        for element in try reader.list(node, of: "targets", atMost: Limits.netFlowTargets) {
            let target = try reader.string(element, expected: expected)
            guard DatagramTarget(target) != nil else { throw reader.error(element, expected: expected) }
            guard !targets.contains(target) else { throw reader.error(element, expected: "each target once", found: "\(target) again") }
            targets.append(target)
        }
        return targets
    }
}
