import OVSDB

extension UnixctlCommand {
    /// What a bridge's datapath can do (ovs-vswitchd(8), "DATAPATH COMMANDS").
    static let features = [
        UnixctlCommand("dpif/show-dp-features", "bridge", 1...1) { context, arguments throws(UnixctlError) in
            _ = try context.bridge(arguments[0])
            return .value(ValuesByName(elements: DatapathFeature.all(context).map { ($0.name, $0) }))
        },
        UnixctlCommand("dpif/set-dp-features", "bridge", 1...3, set),
    ]

    /// Shows features with their values, or sets one; that a datapath can do something is not to be changed, and neither is how much of it.
    private static func set(_ context: UnixctlContext, _ arguments: [String]) throws(UnixctlError) -> UnixctlReply {
        _ = try context.bridge(arguments[0])
        var features = DatapathFeature.all(context)
        if arguments.count > 1 { features = features.filter { $0.name == arguments[1] } }
        guard !features.isEmpty else { return .text("Unexpected support field") }
        guard arguments.count > 2 else {
            return .value(ValuesByName(elements: features.map { ($0.name, DatapathFeatureSetting(feature: $0)) }))
        }
        guard features[0].value == arguments[2].lowercased() else { throw UnixctlError("\(features[0].name) is \(features[0].value) and stays so") }
        return .text("")
    }
}

/// What a datapath can do or not, or how much of it, in OVS's order.
private struct DatapathFeature: CommandValue {
    let name: String
    let title: String
    /// "true", "false", or a number.
    let value: String

    var text: String { "\(title): \(Int(value) != nil ? value : value == "true" ? "Yes" : "No")\n" }
    var json: JSON { Int(value).map { JSON($0) } ?? JSON(value == "true") }

    init(_ name: String, _ title: String, _ value: some CustomStringConvertible) {
        (self.name, self.title, self.value) = (name, title, value.description)
    }

    static func all(_ context: UnixctlContext) -> [DatapathFeature] {
        [
            DatapathFeature("masked_set_action", "Masked set action", true), DatapathFeature("tnl_push_pop", "Tunnel push pop", false),
            DatapathFeature("ufid", "Ufid", true), DatapathFeature("trunc", "Truncate action", true), DatapathFeature("clone", "Clone action", true),
            DatapathFeature("sample_nesting", "Sample nesting", Limits.sampleNesting), DatapathFeature("ct_eventmask", "Conntrack eventmask", false),
            DatapathFeature("ct_clear", "Conntrack clear", false), DatapathFeature("max_hash_alg", "Max dp_hash algorithm", 1),
            DatapathFeature("check_pkt_len", "Check pkt length action", true), DatapathFeature("ct_timeout", "Conntrack timeout policy", false),
            DatapathFeature("explicit_drop_action", "Explicit Drop action", false),
            DatapathFeature("lb_output_action", "Optimized Balance TCP mode", false),
            DatapathFeature("ct_zero_snat", "Conntrack all-zero IP SNAT", false), DatapathFeature("add_mpls", "MPLS Label add", true),
            DatapathFeature("max_vlan_headers", "Max VLAN headers", context.netdev.vlanLimit), DatapathFeature("max_mpls_depth", "Max MPLS depth", 3),
            DatapathFeature("recirc", "Recirc", true), DatapathFeature("ct_state", "CT state", false), DatapathFeature("ct_zone", "CT zone", false),
            DatapathFeature("ct_mark", "CT mark", false), DatapathFeature("ct_label", "CT label", false), DatapathFeature("ct_state_nat", "CT state NAT", false),
            DatapathFeature("ct_orig_tuple", "CT orig tuple", false), DatapathFeature("ct_orig_tuple6", "CT orig tuple for IPv6", false),
            DatapathFeature("nd_ext", "IPv6 ND Extension", true),
        ]
    }
}

/// A feature as it is and as it was at first.
private struct DatapathFeatureSetting: CommandValue {
    let feature: DatapathFeature

    var text: String { "\(feature.name) (\(feature.title)) : [run time]:\(feature.value), [boot time]:\(feature.value)\n" }
    var json: JSON { ["run-time": feature.json, "boot-time": feature.json] }
}
