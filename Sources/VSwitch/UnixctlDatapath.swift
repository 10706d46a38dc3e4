import Datapath
import Flow
import OpenFlow
import OVSDB
import Wire

extension UnixctlCommand {
    /// What there is to be seen of the datapath (ovs-dpctl(8)).
    static let datapath = [
        UnixctlCommand("dpctl/dump-dps", "", 0...0) { context, _ in .value(TextLines([context.datapathName])) },
        UnixctlCommand("dpctl/show", "[-s] [dp...]", 0...Int.max, show),
        UnixctlCommand("dpctl/dump-flows", "[-m] [--names] [dp] [filter=..] [type=..] [pmd=..]", 0...6, dumpFlows),
    ]

    private static func checkDatapath(_ name: String, _ context: UnixctlContext) throws(UnixctlError) {
        guard context.datapathNames.contains(name) else {
            throw UnixctlError("\(Program.name): opening datapath \(name) failed (No such device)")
        }
    }

    private static func show(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let options = try UnixctlArguments(arguments, flags: ["-s", "--statistics"])
        for name in options.rest { try checkDatapath(name, context) }
        let dpif = context.vswitch.datapath.dpif
        let ports = ((context.dummy.map { [$0.ownPort] } ?? []) + dpif.portDump()).map { port in
            DatapathPort(info: port, device: context.device(port), statistics: options.flags.isEmpty ? nil : context.statistics(port))
        }
        let report = DatapathReport(name: context.datapathName, lookups: context.lookups, flows: dpif.flowCount, ports: ports)
        return .value(ValuesByName(elements: [(report.name, report)]))
    }

    // Megaflows

    private static func dumpFlows(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        let options = try UnixctlArguments(arguments, flags: ["-m", "--more", "--names", "--no-names", "-s", "--statistics"])
        var style = MegaflowStyle(options.flags)
        style.hasDatapath = style.isVerbose
        var selection = MegaflowSelection()
        for argument in options.rest { try selection.add(argument, context) }
        guard selection.isPossible else { return .value(ValueList<MegaflowLine>([])) }
        var core: Int?
        return .list(megaflows(context, style, selection) { flow in
            // A heading before each PMD's flows.
            let owner = context.netdev.pmdCore(flow.id.pmd)
            defer { core = owner }
            guard owner != core else { return "" }
            return owner == DatapathSettings.mainThread ? "flow-dump from the main thread:\n" : "flow-dump from pmd on cpu core: \(owner ?? flow.id.pmd)\n"
        })
    }

    /// The megaflows that are selected, a slice of the table at a time.
    /// - Parameter heading: what stands before a megaflow's line.
    static func megaflows(
        _ context: UnixctlContext, _ style: MegaflowStyle, _ selection: MegaflowSelection, heading: @escaping (DPFlowDump) -> String
    ) -> () -> [any CommandValue]? {
        let names = context.portNames
        var cursor = DPFlowCursor()
        return {
            guard let flows = context.netdev.flowDump(&cursor, slots: Limits.dumpSlice) else { return nil }
            return flows.filter { selection.includes($0, context) }.map { context.line($0, style, names, heading: heading($0)) }
        }
    }
}

/// Which megaflows are dumped.
struct MegaflowSelection {
    /// nil: all; else those whose key has these bits. Ports are the datapath's.
    var match: Match?
    /// The core of the PMD that has them; nil: all.
    var core: Int?
    /// Datapath ports that they come in by; nil: all.
    var ports: Set<UInt32>?
    /// False: no megaflow is of the wanted type: all are the datapath's own, none is a device's.
    var isPossible = true

    /// Adds an argument of `dpctl/dump-flows`: a datapath's name, `filter=`, `type=` or `pmd=`.
    mutating func add(_ argument: String, _ context: UnixctlContext) throws(UnixctlError) {
        let program = Program.name
        if argument.hasPrefix("filter=") {
            try filter(String(argument.dropFirst(7)), context)
        } else if argument.hasPrefix("type=") {
            for type in argument.dropFirst(5).split(separator: ",") {
                switch type {
                case "ovs", "non-offloaded": break
                case "tc", "dpdk", "offloaded", "partially-offloaded": isPossible = false
                default: throw UnixctlError("\(program): Failed to parse type (\(type)) (Invalid argument)")
                }
            }
        } else if argument.hasPrefix("pmd=") {
            guard let core = Int(argument.dropFirst(4)) else { throw UnixctlError("\(program): Failed to parse pmd (\(argument.dropFirst(4))) (Invalid argument)") }
            self.core = core
        } else if !context.datapathNames.contains(argument) {
            throw .dpctl("datapath not found")
        }
    }

    private mutating func filter(_ text: String, _ context: UnixctlContext) throws(UnixctlError) {
        let dpif = context.vswitch.datapath.dpif
        do throws(FlowSyntaxError) {
            match = try FlowSyntax(ports: { name in dpif.portQuery(name).map { OFPort(UInt16(truncatingIfNeeded: $0.port.number)) } }).match(text)
        } catch {
            throw UnixctlError("\(Program.name): Failed to parse filter (\(error.message))")
        }
    }

    func includes(_ flow: DPFlowDump, _ context: UnixctlContext) -> Bool {
        if let core, context.netdev.pmdCore(flow.id.pmd) != core { return false }
        if let ports, !ports.contains(flow.key.l0.inPort) { return false }
        return match.map { flow.key.matches($0.key, under: $0.mask) } ?? true
    }
}
