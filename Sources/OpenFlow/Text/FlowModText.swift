import Flow
import Wire

extension FlowRequest {
    /// The request as `ovs-ofctl parse-flow` prints it, behind the message's name:
    /// "ADD table:1 priority=10,tcp idle:5 actions=output:2".
    public func text(style: ActionStyle = .openFlow10, names: @escaping PortNames = { _ in nil }) -> String {
        var out = TextWriter()
        out.put(command.printed)
        if mod.table != 0 { out.put(" table:\(mod.table)") } else if everyTable { out.put(" table:255") }
        out.put(" ")
        let match = mod.match.text(priority: mod.priority, names: names)
        out.put(match)
        if !match.isEmpty { out.put(" ") }
        if cookieMask != 0 {
            out.put("cookie:" + hex(mod.cookie) + "/" + hex(cookieMask) + " ")
        } else if mod.cookie != 0, mod.cookie != .max {
            out.put("cookie:" + hex(mod.cookie) + " ")
        }
        if mod.idleTimeout != 0 { out.put("idle:\(mod.idleTimeout) ") }
        if mod.hardTimeout != 0 { out.put("hard:\(mod.hardTimeout) ") }
        if mod.importance != 0 { out.put("importance:\(mod.importance) ") }
        if let outPort { out.put("out_port:" + portText(outPort, names) + " ") }
        if let outGroup { out.put("out_group:\(outGroup) ") }
        out.put(mod.flags.text)
        out.put("actions=" + mod.actions.text(match: mod.match, style: style, names: names))
        return out.text
    }
}

extension FlowMod.Flags {
    /// "send_flow_rem reset_counts ", with a blank behind each.
    public var text: String {
        FlowMod.Flags.names.reduce("") { text, flag in contains(flag.flag) ? text + flag.name + " " : text }
    }
}

extension FlowMod.Command {
    /// The word in a printed flow modification.
    var printed: String {
        switch self {
        case .add: "ADD"
        case .modify: "MOD"
        case .modifyStrict: "MOD_STRICT"
        case .delete: "DEL"
        case .deleteStrict: "DEL_STRICT"
        }
    }
}

/// What `dump-flows` says about a flow's past.
public struct FlowDumpStats: Hashable, Sendable {
    /// Milliseconds since the flow was added.
    public var duration: Int64 = 0
    public var packets: UInt64 = 0
    public var bytes: UInt64 = 0
    /// Seconds since the last packet; nil: not printed.
    public var idleAge: Int64?
    /// Seconds since the last modification; nil: not printed.
    public var hardAge: Int64?
    public init() {}
}

extension FlowMod {
    /// The flow as a line of `ovs-ofctl dump-flows`.
    public func dumpText(_ stats: FlowDumpStats, style: ActionStyle = .openFlow10, names: @escaping PortNames = { _ in nil }) -> String {
        var out = TextWriter()
        out.put(" cookie=0x" + String(cookie, radix: 16))
        let milliseconds = String(stats.duration % 1000)
        out.put(", duration=\(stats.duration / 1000).")
        out.put(String(repeating: "0", count: Swift.max(0, 3 - milliseconds.utf8.count)) + milliseconds + "s")
        out.put(", table=\(table), n_packets=\(stats.packets), n_bytes=\(stats.bytes), ")
        if idleTimeout != 0 { out.put("idle_timeout=\(idleTimeout), ") }
        if hardTimeout != 0 { out.put("hard_timeout=\(hardTimeout), ") }
        out.put(flags.text)
        if importance != 0 { out.put("importance=\(importance), ") }
        if let idleAge = stats.idleAge { out.put("idle_age=\(idleAge), ") }
        if let hardAge = stats.hardAge { out.put("hard_age=\(hardAge), ") }
        let match = match.text(priority: priority, names: names)
        out.put(match)
        if !match.isEmpty { out.put(" ") }
        out.put("actions=" + actions.text(match: self.match, style: style, names: names))
        return out.text
    }

    /// The flow as a line of `ovs-appctl bridge/dump-flows`, where every flow of a bridge stands, hidden ones too.
    public func bridgeDumpText(_ stats: FlowDumpStats, style: ActionStyle = .openFlow10, names: @escaping PortNames = { _ in nil }) -> String {
        (table == 0 ? "" : "table_id=\(table), ")
            + "duration=\(stats.duration / 1000)s, n_packets=\(stats.packets), n_bytes=\(stats.bytes), "
            + match.text(priority: priority, names: names) + ",actions=" + actions.text(match: match, style: style, names: names)
    }
}
