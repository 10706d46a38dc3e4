/// An example of each command for the scene of `TwinSwitches`, in an order in which there is something to be shown; "!" stands before those that
/// are answered by an error.
enum JSONExamples {
    static let packet = "in_port(1),eth(src=02:00:00:00:00:11,dst=02:00:00:00:00:12),eth_type(0x0800),"
        + "ipv4(src=10.0.0.1,dst=10.0.0.2,proto=6,tos=0,ttl=64,frag=no),tcp(src=1,dst=2),tcp_flags(syn)"
    static let arp = "in_port(1),eth(src=02:00:00:00:00:11,dst=ff:ff:ff:ff:ff:ff),eth_type(0x0806),"
        + "arp(sip=10.0.0.1,tip=10.0.0.2,op=1,sha=02:00:00:00:00:11,tha=00:00:00:00:00:00)"
    private static let megaflow = "in_port(1),eth(),eth_type(0x0800),ipv4(src=1.2.3.4)"

    /// - Parameter file: a file of megaflows.
    static func all(file: String) -> [String] { traffic + process + bridges + datapath + threads + traces + megaflows(file) + changes + missing + ["exit"] }

    static let traffic = [
        "netdev-dummy/receive p1 '\(packet)'", "netdev-dummy/receive p1 '\(packet)'", "netdev-dummy/receive p1 '\(arp)'",
        "netdev-dummy/receive q4 '\(packet)'", "netdev-dummy/conn-state", "netdev-dummy/conn-state p1", "netdev-dummy/ip4addr p2 10.0.0.2/24",
        "netdev-dummy/ip6addr p2 fd00::2", "!netdev-dummy/receive zz 00", "time/stop", "time/warp 1500 500", "fdb/add br0 p2 0 02:00:00:00:00:22",
    ]
    private static let process = [
        "list-commands", "version", "memory/show", "coverage/show", "coverage/read-counter datapath_drop_meter", "!coverage/read-counter zz", "vlog/list",
        "vlog/list-pattern", "vlog/set dpif:file:dbg", "vlog/enable-rate-limit dpif", "vlog/disable-rate-limit dpif", "vlog/close", "vlog/reopen",
        "!vlog/set zz",
    ]
    private static let bridges = [
        "bridge/dump-flows br0", "bridge/dump-flows --offload-stats br0", "bridge/dump-flows br1", "!bridge/dump-flows zz", "bridge/reconnect",
        "ofproto/list", "ofproto/list-tunnels", "fdb/show br0", "fdb/show br1", "!fdb/show zz", "fdb/stats-show br0", "fdb/stats-clear br0",
        "fdb/del br0 0 02:00:00:00:00:22", "fdb/flush", "bond/list", "bond/show", "bond/show bond0", "!bond/show zz", "bond/hash 02:00:00:00:00:11 5 1",
        "!bond/migrate bond0 1 p5", "bond/set-active-member bond0 p5", "bond/disable-member bond0 p6", "bond/enable-member bond0 p6", "qos/show p1",
        "qos/show-types p1", "upcall/show",
    ]
    private static let datapath = [
        "dpif/dump-dps", "dpif/show", "dpif/dump-flows br0", "dpif/dump-flows -m br0", "dpif/dump-flows br1", "dpif/show-dp-features br0",
        "dpif/set-dp-features br0", "dpif/set-dp-features br0 recirc true", "!dpif/set-dp-features zz", "dpctl/dump-dps", "dpctl/show", "dpctl/show -s",
        "!dpctl/show zz", "dpctl/dump-flows", "dpctl/dump-flows -m --names", "dpctl/dump-flows type=offloaded", "dpctl/get-flow UFID",
        "!dpctl/get-flow ufid:00000000-0000-0000-0000-000000000000", "dpctl/list-commands", "dpctl/parse-actions drop '1,push_vlan(vid=5,pcp=0)'",
        "!dpctl/parse-actions foo", "dpctl/cache-get-size", "!dpctl/cache-set-size dummy@ovs-dummy zz 5", "!dpctl/offload-stats-show",
    ]
    private static let threads = [
        "dpif-netdev/pmd-stats-show", "dpif-netdev/pmd-stats-show -pmd 77", "dpif-netdev/pmd-perf-show", "dpif-netdev/pmd-perf-show -nh",
        "dpif-netdev/pmd-rxq-show", "dpif-netdev/pmd-rxq-show -pmd 77", "dpif-netdev/pmd-perf-log-set off", "dpif-netdev/pmd-rxq-rebalance",
        "dpif-netdev/bond-show", "dpif-netdev/dpif-impl-get", "dpif-netdev/dpif-impl-set dpif_scalar", "dpif-netdev/miniflow-parser-get",
        "dpif-netdev/miniflow-parser-set scalar", "dpif-netdev/subtable-lookup-info-get", "dpif-netdev/subtable-lookup-prio-set generic 3",
        "odp-execute/action-impl-show", "odp-execute/action-impl-set scalar", "dpif-netdev/pmd-stats-clear", "dpif-netdev/pmd-stats-show",
    ]
    private static let traces = [
        "ofproto/trace br0 in_port=1,ip,nw_dst=10.0.0.2", "ofproto/trace br0 in_port=1,arp --why", "ofproto/trace br1 in_port=1",
        "!ofproto/trace zz in_port=1", "ofproto/trace-packet-out br0 in_port=1,udp 'dec_ttl,ct(table=1)'",
        "ofproto/trace-packet-out br0 in_port=1,udp --why 'resubmit(,0)'",
    ]
    private static func megaflows(_ file: String) -> [String] {
        [
            "dpctl/add-flow '\(megaflow)' 2", "dpctl/mod-flow -s '\(megaflow)' 3", "dpctl/del-flow -s '\(megaflow)'", "dpctl/add-flows \(file)",
            "dpctl/mod-flows \(file)", "dpctl/del-flows", "dpctl/dump-flows", "!dpctl/add-dp zz", "!dpctl/del-dp dummy@ovs-dummy",
            "!dpctl/add-if dummy@ovs-dummy a,type=zz", "dpctl/set-if dummy@ovs-dummy p1", "!dpctl/del-if dummy@ovs-dummy 99",
        ]
    }
    private static let changes = [
        "upcall/set-flow-limit 1000", "upcall/disable-megaflows", "upcall/enable-megaflows", "upcall/disable-ufid", "upcall/enable-ufid", "revalidator/wait",
        "revalidator/purge", "netdev-dummy/set-admin-state p1 down", "netdev-dummy/set-admin-state up",
    ]
    /// About what is not there.
    private static let missing = [
        "autoattach/show-isid", "autoattach/statistics", "autoattach/status", "bfd/set-forwarding normal", "bfd/show", "cfm/set-fault false", "cfm/show",
        "lacp/show", "lacp/show-stats", "mdb/flush", "!mdb/show br0", "rstp/show", "rstp/tcn", "stp/show", "stp/tcn", "!ovs/route/add 10.0.0.0/24 br0",
        "!ovs/route/del 10.0.0.0/24", "!ovs/route/lookup 10.0.0.1", "ovs/route/show", "!tnl/arp/aging", "tnl/arp/flush",
        "!tnl/arp/set br0 10.0.0.1 02:00:00:00:00:01", "tnl/arp/show", "!tnl/egress_port_range", "!tnl/neigh/aging", "tnl/neigh/flush",
        "!tnl/neigh/set br0 10.0.0.1 02:00:00:00:00:01", "tnl/neigh/show", "tnl/ports/show", "!dpctl/ct-bkts", "!dpctl/ct-del-limits zone=1",
        "!dpctl/ct-disable-tcp-seq-chk", "!dpctl/ct-enable-tcp-seq-chk", "!dpctl/ct-get-limits", "!dpctl/ct-get-maxconns", "!dpctl/ct-get-nconns",
        "!dpctl/ct-get-tcp-seq-chk", "!dpctl/ct-set-limits zone=1,limit=2", "!dpctl/ct-set-maxconns 5", "!dpctl/ct-stats-show", "!dpctl/dump-conntrack",
        "!dpctl/flush-conntrack", "!dpctl/ipf-get-status", "!dpctl/ipf-set-disabled v4", "!dpctl/ipf-set-enabled v4", "!dpctl/ipf-set-max-nfrags 5",
        "!dpctl/ipf-set-min-frag v4 1000", "!dpctl/normalize-actions a b", "!dpif-netlink/dispatch-mode",
        "!dpif-dummy/change-port-number dummy@ovs-dummy p1 9",
    ]
}
