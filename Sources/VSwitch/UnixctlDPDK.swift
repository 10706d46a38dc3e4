import Datapath
import NetDev

extension UnixctlCommand {
    /// DPDK and its devices (ovs-vswitchd(8), "DPDK COMMANDS"): they are there once EAL runs.
    static let dpdk: [String: UnixctlCommand] = {
        let commands = [
            UnixctlCommand("dpdk/get-malloc-stats", "", 0...0) { _, _ in .text(DPDKReport.memory.text) },
            UnixctlCommand("dpdk/lcore-list", "", 0...0) { _, _ in .text(DPDKReport.lcores.text) },
            UnixctlCommand("dpdk/log-list", "", 0...0) { _, _ in .text(DPDKReport.log.text) },
            UnixctlCommand("dpdk/log-set", "{level | pattern:level}", 0...Int.max, setLogLevels),
            UnixctlCommand("netdev-dpdk/detach", "pci address of device", 1...1, detach),
            UnixctlCommand("netdev-dpdk/get-mempool-info", "[netdev]", 0...1) { context, arguments throws(UnixctlError) in
                guard let name = arguments.first else { return .text(DPDKReport.mempools.text) }
                return .text(DPDKReport.mempool(try device(name, context).pool).text)
            },
            UnixctlCommand("netdev-dpdk/set-admin-state", "[netdev] up|down", 1...2, setAdminState),
        ]
        return Dictionary(uniqueKeysWithValues: commands.map { ($0.name, $0) })
    }()

    private static func device(_ name: String, _ context: UnixctlContext) throws(UnixctlError) -> any Netdev {
        guard let device = context.netdev.dpdkDevices.first(where: { $0.name == name }) else { throw UnixctlError("Not a DPDK Interface") }
        return device
    }

    private static func setLogLevels(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        for argument in arguments {
            let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let level = String(parts[parts.count - 1])
            guard DPDKReport.levels.contains(level) else { throw UnixctlError("invalid log level: '\(level)'") }
            guard DPDKReport.setLogLevel(parts.count > 1 ? String(parts[0]) : "*", level) else { throw UnixctlError("cannot set log level for '\(argument)'") }
        }
        return .text("")
    }

    /// A device is detached when its interface goes, so one that is there is in use.
    private static func detach(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let users = context.netdev.interfaces(ofDevice: arguments[0])
        guard !users.isEmpty else { throw UnixctlError("Device '\(arguments[0])' not found in DPDK") }
        let names = users.map { " " + $0 }.joined()
        throw UnixctlError("Device '\(arguments[0])' is being used by the following interfaces:\(names). Remove them before detaching.")
    }

    private static func setAdminState(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let isUp: Bool
        switch arguments[arguments.count - 1].lowercased() {
        case "up": isUp = true
        case "down": isUp = false
        default: throw UnixctlError("Invalid Admin State")
        }
        let devices = arguments.count > 1 ? [try device(arguments[0], context)] : context.netdev.dpdkDevices
        for device in devices {
            for bridge in context.vswitch.ofproto.bridges { bridge.setPort(device.name, isDown: !isUp) }
        }
        return .text("OK")
    }
}
