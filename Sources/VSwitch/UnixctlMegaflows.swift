import Datapath
import Flow
import Foundation
import Wire

extension UnixctlCommand {
    /// Megaflows that an operator adds, changes, looks at or takes out (ovs-dpctl(8), "DATAPATH FLOW TABLE DEBUGGING COMMANDS").
    static let megaflows = [
        UnixctlCommand("dpctl/add-flow", "[dp] flow actions", 2...3) { context, arguments throws(UnixctlError) in try change(context, arguments, creates: true) },
        UnixctlCommand("dpctl/mod-flow", "[dp] flow actions", 2...3) { context, arguments throws(UnixctlError) in try change(context, arguments, creates: false) },
        UnixctlCommand("dpctl/get-flow", "[dp] ufid", 1...2, get),
        UnixctlCommand("dpctl/del-flow", "[dp] flow", 1...2) { context, arguments throws(UnixctlError) in
            let parsed = try DPCtlArguments(arguments, needed: 1, context)
            return .text(try context.deleteMegaflow(parsed.rest[0], parsed))
        },
        UnixctlCommand("dpctl/add-flows", "[dp] file", 1...2) { context, arguments throws(UnixctlError) in try carryOutFile(context, arguments, "add") },
        UnixctlCommand("dpctl/mod-flows", "[dp] file", 1...2) { context, arguments throws(UnixctlError) in try carryOutFile(context, arguments, "modify") },
        UnixctlCommand("dpctl/del-flows", "[dp] [file]", 0...2, deleteFlows),
    ]

    private static func change(_ context: UnixctlContext, _ arguments: [String], creates: Bool) throws(UnixctlError) -> UnixctlReply {
        let parsed = try DPCtlArguments(arguments, needed: 2, context)
        return .text(try context.putMegaflow(parsed.rest[0], parsed.rest[1], creates: creates || parsed.has("--may-create"), changes: !creates, parsed))
    }

    private static func get(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let parsed = try DPCtlArguments(arguments, needed: 1, context)
        // OVS answers these two with success.
        guard parsed.rest[0].hasPrefix("ufid:") else { return .text("\(Program.name): parsing flow ufid") }
        guard let id = DPFlowID(ufid: parsed.rest[0].dropFirst(5)) else { return .text(UnixctlError.dpctl("parsing flow ufid").message) }
        guard let flow = context.netdev.flowGet(id) else { throw .dpctl("getting flow", "No such file or directory") }
        var style = MegaflowStyle(parsed.options)
        style.hasDatapath = style.isVerbose
        return .value(context.line(flow, style, context.portNames))
    }

    /// All megaflows go, or those that a file names.
    private static func deleteFlows(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let parsed = try DPCtlArguments(arguments, optional: 1, context)
        guard parsed.rest.isEmpty else { return try carryOutFile(context, arguments, "delete") }
        context.vswitch.ofproto.flushMegaflows()
        return .text("")
    }

    /// A megaflow a line: "FLOW ACTIONS" or "add|modify|delete FLOW [ACTIONS]"; "#" begins a comment.
    private static func carryOutFile(_ context: UnixctlContext, _ arguments: [String], _ standard: String) throws(UnixctlError) -> UnixctlReply {
        let parsed = try DPCtlArguments(arguments, needed: 1, context)
        let path = parsed.rest[0]
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe), data.count <= Limits.fileBytes else {
            // As OVS, with success.
            let reason = FileManager.default.fileExists(atPath: path) ? "File too large" : "No such file or directory"
            return .text(UnixctlError.dpctl("Opening file \"\(path)\" failed", reason).message)
        }
        var lines = String(decoding: data, as: UTF8.self).split(separator: "\n")[...]
        return .parts {
            guard let line = lines.popFirst() else { return nil }
            do throws(UnixctlError) {
                return try carryOut(line.prefix { $0 != "#" }, context, parsed, standard)
            } catch {
                lines = []
                return error.message + "\n"
            }
        }
    }

    private static func carryOut(_ line: Substring, _ context: UnixctlContext, _ parsed: DPCtlArguments, _ standard: String) throws(UnixctlError) -> String {
        var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first else { return "" }
        var command = standard
        if ["add", "modify", "delete"].contains(first) {
            command = first
            words.removeFirst()
        }
        guard let flow = words.first else { throw .dpctl("parsing flow key") }
        if command == "delete" { return try context.deleteMegaflow(flow, parsed) }
        let actions = words.dropFirst().joined(separator: " ")
        return try context.putMegaflow(flow, actions, creates: command == "add" || parsed.has("--may-create"), changes: command == "modify", parsed)
    }
}

extension UnixctlContext {
    /// A megaflow's line of dump-flows.
    func line(_ flow: DPFlowDump, _ style: MegaflowStyle, _ names: [ODPPort: String], heading: String = "") -> MegaflowLine {
        MegaflowLine(
            heading: heading, pmd: netdev.pmdCore(flow.id.pmd).map { PMDStatus.key(core: $0) }, flow: dummy?.shown(flow) ?? flow, style: style, names: names,
            userdata: { self.vswitch.ofproto.userdataText($0) }, now: now)
    }

    private var portsByName: (String) -> ODPPort? {
        let ports = Dictionary(uniqueKeysWithValues: vswitch.datapath.dpif.portDump().map { ($0.name, $0.port) })
        return { ports[$0] }
    }

    /// A flow's text as the datapath would have it: of one port and one pass.
    private func parse(_ text: String) throws(ODPTextError) -> (key: FlowKey, mask: FlowMask) {
        var (key, mask) = try FlowKey.parseODP(text, ports: portsByName)
        if mask.l0.inPort != 0 { mask.l0.inPort = .max }
        mask.l0.recircID = .max
        return (key.masked(by: mask), mask)
    }

    /// All PMDs' megaflows with this key and mask.
    private func find(_ key: FlowKey, _ mask: FlowMask) -> [DPFlowDump] {
        netdev.flowDump().filter { $0.mask == mask && $0.key == key }
    }

    /// Puts a megaflow on all PMDs, or changes its actions where it is. Returns what it had counted, if that was asked for.
    func putMegaflow(_ text: String, _ actionText: String, creates: Bool, changes: Bool, _ arguments: DPCtlArguments) throws(UnixctlError) -> String {
        let parsed: (key: FlowKey, mask: FlowMask), actions: [DPAction]
        do throws(ODPTextError) { parsed = try parse(text) } catch { throw .dpctl("parsing flow key (\(error.message))") }
        let hasNames = arguments.has("--names"), names = portsByName
        do throws(ODPTextError) { actions = try [DPAction].parseODP(actionText, ports: { hasNames ? names($0) : nil }) } catch { throw .dpctl("parsing actions") }
        // The datapath keeps a table for each port and looks at the type of every packet.
        guard parsed.mask.l0.inPort != 0, parsed.mask.l0.dlType != .zero else { throw .dpctl("updating flow table") }
        let present = find(parsed.key, parsed.mask)
        do throws(DPIFError) {
            if !present.isEmpty {
                guard changes else { throw DPIFError(.exists, "the megaflow is there") }
                for flow in present { try vswitch.ofproto.changeOperatorFlow(flow.id, actions: actions) }
                // As in OVS, the new actions hold all the same.
                if arguments.has("--clear") { throw DPIFError(.unsupported, "counters are the datapath's own") }
            } else {
                guard creates else { throw UnixctlMissingFlow.error }
                for pmd in pmdStatus() {
                    let put = DPFlowPut(pmd: pmd.number, key: parsed.key, mask: parsed.mask, actions: actions)
                    try vswitch.ofproto.addOperatorFlow(put, now: now)
                }
            }
        } catch {
            if error == UnixctlMissingFlow.error { throw .dpctl("updating flow table", "No such file or directory") }
            throw .dpctl("updating flow table", error)
        }
        return statistics(of: present, arguments)
    }

    /// Takes out the megaflow of a flow's text, or of "ufid:…". Returns what it had counted, if that was asked for.
    func deleteMegaflow(_ text: String, _ arguments: DPCtlArguments) throws(UnixctlError) -> String {
        let present: [DPFlowDump]
        if text.hasPrefix("ufid:") {
            guard let id = DPFlowID(ufid: text.dropFirst(5)) else { throw .dpctl("parsing flow ufid") }
            present = netdev.flowGet(id).map { [$0] } ?? []
        } else {
            let parsed: (key: FlowKey, mask: FlowMask)
            do throws(ODPTextError) { parsed = try parse(text) } catch { throw .dpctl(error.message) }
            present = find(parsed.key, parsed.mask)
        }
        guard !present.isEmpty else {
            throw UnixctlError(UnixctlError.dpctl("deleting flow", "No such file or directory").message + "\nPerhaps you need to specify a UFID?")
        }
        let text = statistics(of: present, arguments)
        for flow in present { vswitch.ofproto.deleteOperatorFlow(flow.id) }
        return text
    }

    /// "packets:3, bytes:180, used:0.500s" with `-s`, of all PMDs together.
    private func statistics(of flows: [DPFlowDump], _ arguments: DPCtlArguments) -> String {
        guard arguments.has("-s", "--statistics") else { return "" }
        let all = flows.map { (dummy?.shown($0) ?? $0).stats }
        let used = all.compactMap(\.used).max().map { LiveTable.fixed(Double(max(0, now - $0)) / 1000, 3) + "s" } ?? "never"
        return "packets:\(all.reduce(0) { $0 + $1.packets }), bytes:\(all.reduce(0) { $0 + $1.bytes }), used:\(used)\n"
    }
}

/// There is no megaflow to be changed.
private enum UnixctlMissingFlow {
    static let error = DPIFError(.notFound, "no such megaflow")
}

extension DPFlowID {
    /// Reads what `ufid` writes.
    init?(ufid text: some StringProtocol) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12], let digits = UInt128(groups.joined(), radix: 16), digits >> 64 & 0xffff_ffff == 0 else { return nil }
        self.init(pmd: Int(digits >> 96), slot: UInt32(truncatingIfNeeded: digits >> 32), generation: UInt32(truncatingIfNeeded: digits))
    }
}
