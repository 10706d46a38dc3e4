import Datapath
import Flow
import OVSDB
import Wire

extension Switch {
    /// The megaflows that most packets took, in the form of `ovs-appctl dpctl/dump-flows --names`, the busiest first.
    public func busiestMegaflows() -> [String] {
        let names = Dictionary(uniqueKeysWithValues: datapath.dpif.portDump().map { ($0.port, $0.name) })
        let now = datapath.now
        return datapath.dpif.flowDump().sorted { $0.stats.packets > $1.stats.packets }.prefix(Limits.busiestFlows)
            .map { MegaflowLine(flow: $0, names: names, userdata: { self.ofproto.userdataText($0) }, now: now).line }
    }
}

/// How dump-flows prints megaflows.
struct MegaflowStyle {
    /// -m: the megaflow's identity, and fields that the mask leaves out.
    var isVerbose = false
    /// Ports by their names; -m names them unless told otherwise.
    var hasNames = true
    /// dpctl/dump-flows -m also says which datapath a megaflow is in, and sets a comma behind its identity.
    var hasDatapath = false

    /// With names, and no more than what counts.
    static let brief = MegaflowStyle()
    private init() {}

    init(_ flags: Set<String>) {
        isVerbose = flags.contains("-m") || flags.contains("--more")
        hasNames = flags.contains("--names") || (isVerbose && !flags.contains("--no-names"))
    }
}

/// One megaflow as `ovs-appctl dpctl/dump-flows` and `dpif/dump-flows` show it.
struct MegaflowLine: CommandValue {
    /// Stands before the text: which PMD's flows begin.
    var heading = ""
    /// The PMD that has it, as a member's name in JSON; nil: it is not known.
    var pmd: String?
    let flow: DPFlowDump
    var style = MegaflowStyle.brief
    let names: [ODPPort: String]
    /// What `userspace` actions mean.
    var userdata: (UInt64) -> String? = { _ in nil }
    /// Milliseconds of the datapath's clock.
    let now: Int64

    private func portName(_ port: ODPPort) -> String? { style.hasNames ? names[port] : nil }
    private var match: String {
        var options = ODPTextOptions()
        options.alwaysPacketType = true
        options.isMegaflow = true
        options.verbose = style.isVerbose
        options.portName = portName
        return flow.key.odpText(mask: flow.mask, options)
    }
    private var actions: String { flow.actions.odpText(portName: portName, userdata: userdata) }
    private var flags: String? { flow.stats.tcpFlags == 0 ? nil : tcpFlagLetters(flow.stats.tcpFlags) }
    /// Milliseconds since a packet took it; nil: none has.
    private var idle: Int64? { flow.stats.used.map { max(0, now - $0) } }

    var line: String {
        let identity = style.isVerbose ? "ufid:\(ufid(flow.id))\(style.hasDatapath ? "," : "") " : ""
        let used = idle.map { LiveTable.fixed(Double($0) / 1000, 3) + "s" } ?? "never"
        return "\(identity)\(match), packets:\(flow.stats.packets), bytes:\(flow.stats.bytes), used:\(used)\(flags.map { ", flags:" + $0 } ?? ""), "
            + "\(style.hasDatapath ? "dp:ovs, " : "")actions:\(actions)"
    }
    var text: String { heading + line + "\n" }

    var json: JSON {
        JSON(members: [
            "ufid": JSON(ufid(flow.id)), "pmd": pmd.map { JSON($0) }, "match": JSON(match), "packets": JSON(flow.stats.packets),
            "bytes": JSON(flow.stats.bytes), "used-ms": idle.map { JSON($0) }, "tcp-flags": flags.map { JSON($0) }, "actions": JSON(actions),
        ])
    }
}

/// A megaflow's identity in the form of a UUID: the PMD, the slot there and the slot's generation, of which no two megaflows share all.
func ufid(_ id: DPFlowID) -> String {
    func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
    return "\(hex(UInt32(truncatingIfNeeded: id.pmd)))-0000-0000-\(hex(id.slot).prefix(4))-\(hex(id.slot).suffix(4))\(hex(id.generation))"
}

/// TCP flags as dump-flows abbreviates them, "SFP." for SYN, FIN, PSH and ACK seen.
func tcpFlagLetters(_ flags: UInt16) -> String {
    let letters: [(bit: UInt16, letter: String)] = [
        (0x02, "S"), (0x01, "F"), (0x08, "P"), (0x04, "R"), (0x10, "."), (0x20, "U"), (0x40, "E"), (0x80, "C"),
    ]
    return letters.filter { flags & $0.bit != 0 }.map(\.letter).joined()
}
