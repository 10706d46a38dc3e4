/// What `-v` and `vlog/set` say: a change of the log.
enum LogSpec: Equatable {
    case levels(module: String?, destination: VLog.Destination?, level: VLog.Level)
    case pattern(VLog.Destination?, LogPattern)
    case facility(SyslogFacility)

    /// Reads a specification as ovs-vswitchd(8) has it under "Logging Options". Throws OVS's sentence about a mistake.
    init(_ text: String) throws(LogSpecError) {
        let words = text.split(whereSeparator: { " ,:\t\n".contains($0) }).map(String.init)
        if words.first?.uppercased() == "PATTERN" {
            let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count > 1 else { throw LogSpecError("missing destination") }
            let destination = VLog.Destination(name: words[1])
            guard destination != nil || words[1].lowercased() == "any" else { throw LogSpecError("unknown destination \"\(words[1])\"") }
            self = .pattern(destination, LogPattern(format: parts.count > 2 ? String(parts[2]) : ""))
            return
        }
        if words.first?.uppercased() == "FACILITY" {
            guard words.count > 1, let facility = SyslogFacility(name: words[1]) else { throw LogSpecError("invalid facility") }
            self = .facility(facility)
            return
        }
        var module: String?, destination: VLog.Destination?, level: VLog.Level?
        for word in words where word.lowercased() != "any" {
            if let named = VLog.Destination(name: word) {
                guard destination == nil else { throw LogSpecError("cannot specify multiple destinations") }
                destination = named
            } else if let named = VLog.Level(name: word) {
                guard level == nil else { throw LogSpecError("cannot specify multiple levels") }
                level = named
            } else if let named = VLog.module(word) {
                guard module == nil else { throw LogSpecError("cannot specify multiple modules") }
                module = named
            } else {
                throw LogSpecError("no destination, level, or module \"\(word)\"")
            }
        }
        self = .levels(module: module, destination: destination, level: level ?? .debug)
    }
}

/// OVS's sentence about a specification.
struct LogSpecError: Error, Equatable {
    var message: String
    init(_ message: String) { self.message = message }
}

extension VLog {
    /// OVS's modules, as `vlog/list` of version 3.1 has them, so that what scripts set can be set; those that log nothing here yet are there all
    /// the same.
    static let modules = """
        backtrace bfd bond bridge bundle bundles cfm collectors command_line connmgr conntrack conntrack_tp coverage ct_dpif daemon daemon_unix dns_resolve dpdk
        dpif dpif_lookup_autovalidator dpif_lookup_generic dpif_mfex_extract_study dpif_netdev dpif_netdev_extract dpif_netdev_impl dpif_netdev_lookup
        dpif_netlink dpif_netlink_rtnl entropy fail_open fatal_signal flow hmap in_band ipf ipfix jsonrpc lacp lldp lldpd lldpd_structs lockfile memory
        meta_flow native_tnl netdev netdev_afxdp netdev_dpdk netdev_dummy netdev_linux netdev_offload netdev_offload_dpdk netdev_offload_tc netdev_vport netflow
        netlink netlink_conntrack netlink_notifier netlink_socket nx_match odp_execute odp_execute_impl odp_util ofp_actions ofp_bundle ofp_connection ofp_errors
        ofp_flow ofp_group ofp_match ofp_meter ofp_monitor ofp_msgs ofp_packet ofp_port ofp_protocol ofp_queue ofp_table ofp_util ofproto ofproto_dpif
        ofproto_dpif_mirror ofproto_dpif_monitor ofproto_dpif_rid ofproto_dpif_upcall ofproto_dpif_xlate ofproto_xlate_cache ovs_lldp ovs_numa ovs_rcu ovs_replay
        ovs_router ovs_thread ovsdb_cs ovsdb_error ovsdb_idl ox_stat pcap pmd_perf poll_loop process rconn reconnect route_table rstp rstp_sm sflow sha1 signals
        socket_util socket_util_unix stp stream stream_fd stream_replay stream_ssl stream_tcp stream_unix svec system_stats tc timeval tunnel unixctl
        userspace_tso util uuid vconn vconn_stream vlog vswitchd
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    /// The module with this name, in any case.
    static func module(_ name: String) -> String? {
        let wanted = name.lowercased()
        return modules.first { $0 == wanted }
    }

    /// Does what a specification says.
    func apply(_ spec: LogSpec) {
        state.withLock { state in
            switch spec {
            case .facility(let facility): state.facility = facility
            case .pattern(let destination, let pattern):
                for each in Destination.allCases where destination == nil || each == destination { state.patterns[each.rawValue] = pattern }
            case .levels(let module, let destination, let level):
                for name in module.map({ [$0] }) ?? Self.modules {
                    for each in Destination.allCases where destination == nil || each == destination { state.levels[name]?[each.rawValue] = level }
                }
            }
        }
    }

    /// `-vTEXT`. Throws `StartError` with OVS's sentence.
    public func set(_ text: String) throws(StartError) {
        do throws(LogSpecError) {
            apply(try LogSpec(text))
        } catch {
            throw StartError(problems: ["processing \"\(text)\": \(error.message)"])
        }
    }

    /// Sets the least level that goes to a destination, for all modules.
    public func set(_ destination: Destination, _ level: Level) { apply(.levels(module: nil, destination: destination, level: level)) }

    /// `--syslog-method`. Throws `StartError` with OVS's sentence.
    public func setSyslog(method: String) throws(StartError) {
        guard let sender = SyslogSender(method: method) else { throw StartError(problems: ["unsupported syslog method '\(method)'"]) }
        state.withLock { $0.syslog = sender }
    }

    /// `--syslog-target`: a second way. One that is none is told in the log.
    public func setSyslog(target: String) {
        guard let sender = SyslogSender(target: target) else {
            return log("socket_util", .error, "\(target): port must be specified")
        }
        state.withLock { $0.syslogTarget = sender }
    }
}
