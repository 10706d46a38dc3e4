/// Random commands of ovs-vsctl(8) that reach every kind of column: from a seed (SplitMix64). Some of them fail, because what they name is not there.
struct RandomDatabase {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }

    private mutating func word() -> String { ["a", "b-c", "\\\"\\\"", "日本", "e\u{301}", "\u{e9}", "x y"][below(7)] }

    /// One transaction's arguments.
    mutating func command() -> [String] {
        let bridge = "br\(below(3))", port = "p\(below(5))", key = "k\(below(4))", other = "k\(below(4))"
        switch below(26) {
        case 0, 1: return ["--may-exist", "add-br", bridge]
        case 2, 3, 4, 5: return ["--may-exist", "add-port", bridge, port]
        case 6: return ["--if-exists", "del-port", port]
        case 7: return ["--if-exists", "del-br", bridge]
        case 8: return ["set", "Bridge", bridge, "other_config:\(key)=\"\(word())\"", "external_ids:\(other)=\"\(word())\""]
        case 9: return ["remove", "Bridge", bridge, "other_config", key]
        case 10: return ["clear", "Bridge", bridge, "other_config"]
        case 11: return ["set", "Bridge", bridge, "fail_mode=\(["secure", "standalone", "[]"][below(3)])", "stp_enable=\(below(2) == 0)"]
        case 12: return ["set", "Bridge", bridge, "protocols=[\(["", "OpenFlow10", "OpenFlow10,OpenFlow13", "OpenFlow15,OpenFlow13"][below(4)])]"]
        case 13: return ["set", "Port", port, "tag=\(below(4096))", "trunks=[\((0..<below(4)).map { "\($0 * 7)" }.joined(separator: ","))]"]
        case 14: return ["clear", "Port", port, "tag"]
        case 15: return ["set", "Interface", port, "mtu_request=\(100 + below(9000))", "options:\(key)=v\(below(3))", "ofport_request=\(1 + below(100))"]
        case 16: return ["set", "Interface", port, "statistics:\(key)=\(below(1_000_000))", "link_state=\(["up", "down", "[]"][below(3)])", "admin_state=up"]
        case 17: return ["set", "Port", port, "qos=@q", "--", "--id=@q", "create", "QoS", "type=linux-htb", "queues:\(below(5))=@a", "queues:\(5 + below(5))=@a",
            "--", "--id=@a", "create", "Queue", "dscp=\(below(64))"]
        case 18: return ["clear", "Port", port, "qos"]
        case 19: return ["--id=@p", "get", "Port", port, "--", "--id=@m", "create", "Mirror", "name=m\(below(3))", "select_all=\(below(2) == 0)", "output_port=@p",
            "select_src_port=@p", "--", "add", "Bridge", bridge, "mirrors", "@m"]
        case 20: return ["set", "Bridge", bridge, "flow_tables:\(below(3))=@t", "--", "--id=@t", "create", "Flow_Table", "flow_limit=\(below(100))"]
        case 21: return ["set", "Open_vSwitch", ".", "external_ids:\(key)=\"\(word())\"", "next_cfg=\(below(100))", "ovs_version=\"\(below(9)).1\""]
        case 22: return ["set", "Open_vSwitch", ".", "datapath_types=[\((0...below(3)).map { "t\($0)" }.joined(separator: ","))]"]
        case 23: return ["set", "Bridge", bridge, "netflow=@n", "--", "--id=@n", "create", "NetFlow", "targets=[\"192.0.2.\(below(9)):1\",\"192.0.2.9:2\"]", "active_timeout=\(below(60))"]
        case 24: return ["set-controller", bridge, "tcp:192.0.2.\(below(5))", "punix:x"]
        default: return ["clear", "Bridge", bridge, "mirrors"]
        }
    }
}
