import OVSDB

extension UnixctlCommand {
    /// OVS has several implementations of the parts of a packet's way; here each part has one, by the name of OVS's portable one (ovs-vswitchd(8), "DPIF-NETDEV COMMANDS").
    static let implementations = [
        UnixctlCommand("dpif-netdev/dpif-impl-get", "", 0...0) { context, _ in
            let cores = cores(context)
            return .value(PlainValue("Available DPIF implementations:\n  dpif_scalar (pmds: \(list(cores)))\n", ["dpif_scalar": ["pmds": json(cores)]]))
        },
        UnixctlCommand("dpif-netdev/dpif-impl-set", "dpif_implementation_name", 1...1) { _, arguments throws(UnixctlError) in
            guard arguments[0] == "dpif_scalar" else { throw UnixctlError("DPIF implementation not available: Unknown DPIF implementation \(arguments[0]).") }
            return .text("DPIF implementation set to dpif_scalar.")
        },
        UnixctlCommand("dpif-netdev/miniflow-parser-get", "", 0...0) { context, _ in
            let cores = cores(context)
            let json: JSON = ["scalar": ["available": JSON(true), "pmds": json(cores)]]
            return .value(PlainValue("Available MFEX implementations:\n  scalar (available: True pmds: \(list(cores)))\n", json))
        },
        UnixctlCommand("dpif-netdev/miniflow-parser-set", "[-pmd core] miniflow_implementation_name [study_pkt_cnt]", 1...5, setParser),
        UnixctlCommand("dpif-netdev/subtable-lookup-info-get", "", 0...0) { context, _ in
            let count = context.netdev.subtableCount, priority = context.lookupPriority
            return .value(PlainValue(
                "Available dpcls implementations:\n  generic (Use count: \(count), Priority: \(priority))\n",
                ["generic": ["use-count": JSON(count), "priority": JSON(priority)]]))
        },
        UnixctlCommand("dpif-netdev/subtable-lookup-prio-set", "[lookup_func] [prio]", 2...2) { context, arguments throws(UnixctlError) in
            guard let priority = UInt8(exactly: leadingInteger(arguments[1])) else { throw UnixctlError("error converting priority, use integer in range 0-255") }
            guard arguments[0] == "generic" else { throw UnixctlError("error, subtable lookup function not found") }
            context.lookupPriority = priority
            return .text("Lookup priority change affected 0 dpcls ports and 0 subtables.")
        },
        UnixctlCommand("odp-execute/action-impl-show", "", 0...0) { _, _ in
            let json: JSON = ["scalar": ["available": JSON(true), "active": JSON(true)]]
            return .value(PlainValue("Available Actions implementations:\n  scalar (available: Yes, active: Yes)\n", json))
        },
        UnixctlCommand("odp-execute/action-impl-set", "name", 1...1) { _, arguments throws(UnixctlError) in
            guard arguments[0] == "scalar" else { throw UnixctlError("Error: unknown action implementation, \(arguments[0]), specified!") }
            return .text("Action implementation set to scalar.")
        },
    ]

    private static func cores(_ context: UnixctlContext) -> [Int] { context.pmdStatus().filter { !$0.isMainThread }.map(\.core) }
    private static func json(_ cores: [Int]) -> JSON { .array(cores.map { JSON($0) }) }

    /// "1,2", or "none".
    private static func list(_ cores: [Int]) -> String { cores.isEmpty ? "none" : cores.map { "\($0)" }.joined(separator: ",") }

    private static func setParser(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        var waiting = arguments[...]
        var place = ""
        if waiting.first == "-pmd" {
            guard waiting.count > 1 else { throw UnixctlError("Error: -pmd option requires a thread id argument.") }
            let text = waiting[1]
            let error = "Error: miniflow extract parser not changed, PMD thread"
            guard let core = Int(text) else { throw UnixctlError("\(error) passed is not valid: '\(text)'. Pass a valid pmd thread ID.") }
            waiting = waiting.dropFirst(2)
            guard !waiting.isEmpty else { throw UnixctlError("Error: no miniflow extract name provided. Output of miniflow-parser-get shows implementation list.") }
            guard context.pmdStatus().contains(where: { $0.core == core && !$0.isMainThread }) else {
                throw UnixctlError("\(error) \(core) not in use, pass a valid pmd thread ID.")
            }
            place = ", on pmd thread \(core)"
        }
        guard let name = waiting.popFirst() else { throw UnixctlError("Error: no miniflow extract name provided. Output of miniflow-parser-get shows implementation list.") }
        if let extra = waiting.first { throw UnixctlError("Error: unknown argument \(extra).") }
        guard name == "scalar" else { throw UnixctlError("Error: unknown miniflow extract implementation \(name).") }
        return .text("Miniflow extract implementation set to scalar\(place).")
    }
}
