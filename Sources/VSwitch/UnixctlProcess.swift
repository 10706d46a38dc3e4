import Datapath

extension UnixctlCommand {
    /// Commands about the process.
    static let process = [
        UnixctlCommand("list-commands", "", 0...0, listCommands),
        UnixctlCommand("version", "", 0...0) { _, _ in .text("\(UnixctlContext.program) (Needletail) \(softwareVersion)") },
        UnixctlCommand("exit", "[--cleanup]", 0...1) { context, _ in
            context.wantsEnd = true
            return .text("")
        },
        UnixctlCommand("memory/show", "", 0...0, memoryShow),
        UnixctlCommand("coverage/read-counter", "COUNTER", 1...1, readCounter),
    ]

    private static func listCommands(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let lines = all.values.sorted { $0.name < $1.name }.map { "  \(padded($0.name, 23)) \($0.usage)\n" }
        return .text("The available commands are:\n" + lines.joined())
    }

    /// One thread translates, and keeps the megaflows, so it is both a handler and a revalidator.
    private static func memoryShow(_ context: UnixctlContext, _ arguments: [String]) -> UnixctlReply {
        let bridges = context.vswitch.ofproto.bridges
        let ports = bridges.reduce(0) { $0 + $1.ports.count }, rules = bridges.reduce(0) { $0 + $1.flowCount }
        return .text("handlers:1 ports:\(ports) revalidators:1 rules:\(rules) udpif keys:\(context.vswitch.ofproto.megaflowCount)")
    }

    /// The drop reasons that OVS counts by these names.
    private static let dropCounters: [String: [DropReason]] = [
        "datapath_drop_upcall_error": [.upcallRingFull, .upcallFailed],
        "datapath_drop_recirc_error": [.recirculationLimit],
        "datapath_drop_meter": [.meter],
        "datapath_drop_invalid_port": [.noPort],
        "datapath_drop_rx_invalid_packet": [.tooShort],
    ]

    private static func readCounter(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        guard let reasons = dropCounters[arguments[0]] else { throw UnixctlError("No such counter") }
        let dpif = context.vswitch.datapath.dpif
        let drops = dpif.portDump().flatMap { dpif.portStats($0.port)?.drops ?? [] }
        let stray = reasons.contains(.noPort) ? context.netdev.strayDrops : 0
        return .text("\(drops.reduce(stray) { reasons.contains($1.reason) ? $0 + $1.packets : $0 })")
    }
}

/// The text, with blanks up to a width.
func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

/// The text, with blanks in front up to a width.
func rightAligned(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
