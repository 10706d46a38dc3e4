import OVSDB

extension UnixctlCommand {
    /// The answer of a command where there is no bridge, and so no datapath, as OVS gives it; nil: the command needs neither.
    static func answerWithoutDatapath(_ name: String, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply? {
        let parts = name.split(separator: "/", maxSplits: 1)
        switch parts[0] {
        case "dpctl":
            guard !["dump-dps", "show", "list-commands", "parse-actions", "normalize-actions"].contains(parts[1]) else { return nothing(name) }
            throw UnixctlError("\(Program.name): no datapaths exist\n\(Program.name): datapath not found (Invalid argument)")
        case "dpif-netdev": throw UnixctlError("please specify an existing datapath")
        case "dpif" where arguments.isEmpty, "ofproto" where arguments.isEmpty, "upcall", "revalidator": return nothing(name)
        case "ofproto": throw UnixctlError("\(arguments[0]): unknown bridge")
        case "bond": return try withoutBond(parts[1], arguments)
        case "fdb" where name == "fdb/flush" && arguments.isEmpty: return .text("table successfully flushed")
        case "fdb" where name == "fdb/stats-clear" && arguments.isEmpty: return .text("statistics successfully cleared")
        case "bridge" where arguments.isEmpty: return .text("")
        case "bridge": throw UnixctlError("Unknown bridge")
        case "qos": throw UnixctlError("no such interface")
        case "mdb" where arguments.isEmpty: return nil
        case "fdb", "dpif", "mdb": throw UnixctlError("no such bridge")
        case "memory": return nothing(name)
        default: return nil
        }
    }

    private static func withoutBond(_ name: Substring, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply? {
        switch name {
        case "hash": return nil
        case "list": return nothing("bond/list", "bond\ttype\trecircID\tmembers")
        case "show" where arguments.isEmpty: return nothing("bond/show")
        default: throw UnixctlError("no such bond")
        }
    }

    /// Of nothing there is nothing to show: as JSON an array or an object without anything in it. Other commands have nothing to say.
    private static func nothing(_ name: String, _ text: String = "") -> UnixctlReply {
        switch name {
        case "dpctl/dump-dps", "dpctl/parse-actions", "dpif/dump-dps", "ofproto/list", "ofproto/list-tunnels": .value(PlainValue(text, []))
        case "dpctl/list-commands", "dpctl/show", "dpif/show", "upcall/show", "bond/list", "bond/show", "memory/show": .value(PlainValue(text, [:]))
        default: .text(text)
        }
    }
}
