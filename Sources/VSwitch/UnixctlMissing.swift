import OVSDB

/// A command of ovs-vswitchd about something that there is not. Whoever asks for one of these things is told that there is none, or that it cannot be done.
struct MissingCommand: Sendable {
    let name: String
    let usage: String
    let arguments: ClosedRange<Int>
    let answer: Answer

    enum Answer: Sendable {
        /// This, whatever is asked for.
        case text(String)
        /// There is nothing to show: this.
        case nothing(String, JSON)
        /// Nothing to show without arguments; an error with a name.
        case none(named: String)
        /// This, done to all of none; an error with a name.
        case done(String, named: String)
        /// A fault, or a state of forwarding, is set: "OK" for all of none; an error with a name.
        case setting(named: String)
        /// Bridges' multicast snooping: without a name this.
        case snooping(String)
        /// It cannot be done.
        case error(String)
        /// The same of a datapath, in the form of ovs-dpctl(8).
        case datapath(String)
    }

    init(_ name: String, _ usage: String, _ arguments: ClosedRange<Int>, _ answer: Answer) {
        self.name = name
        self.usage = usage
        self.arguments = arguments
        self.answer = answer
    }

    /// What is not there: Auto-Attach, BFD, CFM, LACP, multicast snooping, STP and RSTP, tunnels with their routes and neighbours, connection tracking, the
    /// reassembly of fragments, the normal form of actions, and a datapath in the kernel.
    static let all = [
        MissingCommand("autoattach/show-isid", "[bridge]", 0...1, .nothing("", [:])),
        MissingCommand("autoattach/statistics", "[bridge]", 0...1, .nothing("", [:])),
        MissingCommand("autoattach/status", "[bridge]", 0...1, .nothing("", [:])),
        MissingCommand("bfd/set-forwarding", "[interface] normal|false|true", 1...2, .setting(named: "no such BFD object")),
        MissingCommand("bfd/show", "[interface]", 0...1, .none(named: "no such bfd object")),
        MissingCommand("cfm/set-fault", "[interface] normal|false|true", 1...2, .setting(named: "no such CFM object")),
        MissingCommand("cfm/show", "[interface]", 0...1, .none(named: "no such CFM object")),
        MissingCommand("lacp/show", "[port]", 0...1, .none(named: "no such lacp object")),
        MissingCommand("lacp/show-stats", "[port]", 0...1, .none(named: "no such lacp object")),
        MissingCommand("mdb/flush", "[bridge]", 0...1, .snooping("table successfully flushed")),
        MissingCommand("mdb/show", "bridge", 1...1, .snooping("")),
        MissingCommand("rstp/show", "[bridge]", 0...1, .none(named: "No such RSTP object")),
        MissingCommand("rstp/tcn", "[bridge]", 0...1, .done("OK", named: "No such RSTP object")),
        MissingCommand("stp/show", "[bridge]", 0...1, .none(named: "no such stp object")),
        MissingCommand("stp/tcn", "[bridge]", 0...1, .done("OK", named: "no such stp object")),
        MissingCommand("ovs/route/add", "ip_addr/prefix_len out_br_name [gw] [pkt_mark=mark]", 2...4, .error("Error while inserting route.")),
        MissingCommand("ovs/route/del", "ip_addr/prefix_len [pkt_mark=mark]", 1...2, .error("Not found")),
        MissingCommand("ovs/route/lookup", "ip_addr [pkt_mark=mark]", 1...2, .error("Not found")),
        MissingCommand("ovs/route/show", "", 0...0, .nothing("Route Table:", [])),
        MissingCommand("tnl/arp/aging", "[SECS]", 0...1, .error("no tunnels")),
        MissingCommand("tnl/arp/flush", "", 0...0, .text("OK")),
        MissingCommand("tnl/arp/set", "BRIDGE IP MAC", 3...3, .error("no tunnels")),
        MissingCommand("tnl/arp/show", "", 0...0, .nothing(noNeighbours, [])),
        MissingCommand("tnl/egress_port_range", "min max", 0...2, .error("no tunnels")),
        MissingCommand("tnl/neigh/aging", "[SECS]", 0...1, .error("no tunnels")),
        MissingCommand("tnl/neigh/flush", "", 0...0, .text("OK")),
        MissingCommand("tnl/neigh/set", "BRIDGE IP MAC", 3...3, .error("no tunnels")),
        MissingCommand("tnl/neigh/show", "", 0...0, .nothing(noNeighbours, [])),
        MissingCommand("tnl/ports/show", "-v", 0...1, .nothing("Listening ports:", [])),
        MissingCommand("dpctl/ct-bkts", "[dp] [gt=N]", 0...2, .datapath("dumping conntrack entry")),
        MissingCommand("dpctl/ct-del-limits", "[dp] zone=N1[,N2]...", 1...2, .datapath("failed to delete conntrack limit")),
        MissingCommand("dpctl/ct-disable-tcp-seq-chk", "[dp]", 0...1, .datapath("disabling TCP sequence checking")),
        MissingCommand("dpctl/ct-enable-tcp-seq-chk", "[dp]", 0...1, .datapath("enabling TCP sequence checking")),
        MissingCommand("dpctl/ct-get-limits", "[dp] [zone=N1[,N2]...]", 0...2, .datapath("failed to get conntrack limit")),
        MissingCommand("dpctl/ct-get-maxconns", "[dp]", 0...1, .datapath("maxconns could not be retrieved")),
        MissingCommand("dpctl/ct-get-nconns", "[dp]", 0...1, .datapath("nconns could not be retrieved")),
        MissingCommand("dpctl/ct-get-tcp-seq-chk", "[dp]", 0...1, .datapath("TCP sequence checking could not be retrieved")),
        MissingCommand("dpctl/ct-set-limits", "[dp] [default=L] [zone=N,limit=L]...", 1...Int.max, .datapath("failed to set conntrack limit")),
        MissingCommand("dpctl/ct-set-maxconns", "[dp] maxconns", 1...2, .datapath("maxconns could not be set")),
        MissingCommand("dpctl/ct-stats-show", "[dp] [zone=N]", 0...3, .datapath("dumping conntrack entry")),
        MissingCommand("dpctl/dump-conntrack", "[-m] [-s] [dp] [zone=N]", 0...4, .datapath("dumping conntrack entry")),
        MissingCommand("dpctl/flush-conntrack", "[dp] [zone=N] [ct-orig-tuple] [ct-reply-tuple]", 0...4, .datapath("failed to flush conntrack")),
        MissingCommand("dpctl/ipf-get-status", "[dp]", 0...2, .datapath("ipf status could not be retrieved")),
        MissingCommand("dpctl/ipf-set-disabled", "[dp] v4|v6", 1...2, .datapath("disabling fragmentation reassembly")),
        MissingCommand("dpctl/ipf-set-enabled", "[dp] v4|v6", 1...2, .datapath("enabling fragmentation reassembly")),
        MissingCommand("dpctl/ipf-set-max-nfrags", "[dp] maxfrags", 1...2, .datapath("setting maximum fragments")),
        MissingCommand("dpctl/ipf-set-min-frag", "[dp] v4|v6 minfragment", 2...3, .datapath("setting minimum fragment size")),
        MissingCommand("dpctl/normalize-actions", "actions", 2...Int.max, .datapath("normalizing actions")),
        MissingCommand("dpif-netlink/dispatch-mode", "", 0...0, .error("no datapath in the kernel")),
    ]

    private static let noNeighbours = """
        IP                                            MAC                 Bridge
        ==========================================================================

        """

    var command: UnixctlCommand {
        UnixctlCommand(name, usage, arguments) { [answer] context, arguments throws(UnixctlError) in
            switch answer {
            case .text(let text): return .text(text)
            case .nothing(let text, let json): return .value(PlainValue(text, json))
            case .none(let named):
                guard arguments.isEmpty else { throw UnixctlError(named) }
                return .value(PlainValue("", [:]))
            case .done(let text, let named):
                guard arguments.isEmpty else { throw UnixctlError(named) }
                return .text(text)
            case .setting(let named):
                guard ["normal", "false", "true"].contains(arguments.last?.lowercased()) else { throw UnixctlError("unknown fault string") }
                guard arguments.count == 1 else { throw UnixctlError(named) }
                return .text("OK")
            case .snooping(let text):
                guard let name = arguments.first else { return .text(text) }
                _ = try context.bridge(name)
                throw UnixctlError("multicast snooping is disabled")
            case .error(let message): throw UnixctlError(message)
            case .datapath(let what): throw UnixctlError("\(Program.name): \(what) (Operation not supported)")
            }
        }
    }
}
