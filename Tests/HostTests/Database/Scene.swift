import Foundation
import TestSupport

/// Commands of ovs-vsctl(8) for a switch of either kind, and what the database has to say of it after each.
struct Scene: Sendable, CustomStringConvertible {
    let description: String
    let steps: [String]

    init(_ description: String, _ steps: [String]) { (self.description, self.steps) = (description, steps) }

    private static func dummy(_ bridge: String, _ port: String, _ more: String = "") -> String {
        "add-port \(bridge) \(port) -- set interface \(port) type=dummy" + (more.isEmpty ? "" : " " + more)
    }
    /// One that asks for its number: without, those of one transaction get theirs in another order than OVS's, which is that of a hash table.
    private static func numbered(_ port: String) -> String { dummy("br0", port, "ofport_request=\(port.last ?? "0")") }
    private static func bridge(_ name: String) -> String { "add-br \(name) -- set bridge \(name) datapath_type=dummy" }

    static let all = [
        Scene("ports come and go", [
            bridge("br0"), dummy("br0", "p1"), dummy("br0", "p2"), "del-port p1", dummy("br0", "p3"), dummy("br0", "p1"), "del-port p2 -- del-port p3", dummy("br0", "p2"),
            "del-br br0", bridge("br0"), dummy("br0", "p9"),
        ]),
        Scene("numbers are asked for", [
            bridge("br0"), dummy("br0", "p1", "ofport_request=5"), dummy("br0", "p2", "ofport_request=5"), "set interface p1 ofport_request=7", "clear interface p1 ofport_request",
            "set interface p2 ofport_request=7", dummy("br0", "p3", "ofport_request=1") + " -- " + dummy("br0", "p4", "ofport_request=1"), "set interface p3 ofport_request=65279",
        ]),
        Scene("patches in both orders", [
            bridge("br0"), bridge("br1"), "add-port br0 pa -- set interface pa type=patch options:peer=pb", "add-port br1 pb -- set interface pb type=patch options:peer=pa",
            "del-port pa", "add-port br0 pa -- set interface pa type=patch options:peer=pb", "set interface pb options:peer=nobody",
            "set interface pb options:peer=pa", "clear interface pa options", "del-br br1",
        ]),
        Scene("a fake bridge", [
            bridge("br0"), "add-br fake br0 10", dummy("fake", "p1"), "set port p1 tag=20", "del-port p1", dummy("fake", "p2"), "del-br fake", bridge("fake"),
        ]),
        Scene("ports become a bond and ports again", [
            bridge("br0"), numbered("p1"), numbered("p2"), "del-port p1 -- del-port p2 -- add-bond br0 bo p1 p2 -- set interface p1 type=dummy ofport_request=1 -- set interface p2 type=dummy ofport_request=2",
            "set port bo bond_mode=balance-slb", "del-port bo -- \(numbered("p1")) -- \(numbered("p2"))", dummy("br0", "bo", "ofport_request=9"),
        ]),
        Scene("a bond's interfaces", [
            bridge("br0"), "add-bond br0 bo p1 p2 bond_mode=active-backup -- set interface p1 type=dummy ofport_request=1 -- set interface p2 type=dummy ofport_request=2",
            "--id=@i create interface name=p3 type=dummy -- add port bo interfaces @i", "set interface p1 type=nonsense", "set interface p1 type=dummy",
        ]),
        Scene("a name moves to another bridge", [
            bridge("br0"), bridge("br1"), dummy("br0", "p1"), dummy("br1", "p2"), "del-port br0 p1 -- \(dummy("br1", "p1"))", "del-port p2 -- del-port p1 -- \(numbered("p2")) -- \(numbered("p1"))",
        ]),
        Scene("what a device has", [
            bridge("br0"), "set interface br0 mtu_request=1500", dummy("br0", "p1", "mtu_request=9000"), "set interface p1 mtu_request=1400", "set interface p1 mtu_request=1500", "set interface br0 mtu_request=1300",
            "add-port br0 i1 -- set interface i1 type=internal mtu_request=1500 mac=\"02:00:00:00:00:77\"", "set interface i1 mac=\"01:00:00:00:00:77\"", "clear interface i1 mac",
            dummy("br0", "p2", "options:ifindex=77 options:numa_id=1"),
        ]),
        Scene("internal ports follow the least MTU", [
            bridge("br0"), dummy("br0", "p1", "mtu_request=9000"), "add-port br0 i1 -- set interface i1 type=internal", dummy("br0", "p2", "mtu_request=1300"), "set interface i1 mtu_request=1200",
            "clear interface i1 mtu_request", "del-port p2", "clear interface p1 mtu_request", "del-port p1",
        ]),
        Scene("types change", [
            bridge("br0"), dummy("br0", "p1"), "set interface p1 type=dummy-pmd", "set interface p1 type=nonsense", "set interface p1 type=dummy", "set interface p1 type=patch", "set interface p1 options:peer=p9",
            "set interface p1 type=internal", "set interface p1 type=dpdk", "set interface p1 type=dummy",
        ]),
        Scene("nonsense in every column", [
            bridge("br0"), dummy("br0", "p1", "options:nonsense=1 options:n_rxq=x other_config:pmd-rxq-affinity=x other_config:nonsense=x lldp:enable=maybe bfd:enable=maybe"),
            "set port p1 tag=5 trunks=1,2 other_config:priority-tags=x other_config:bond-hash-basis=x other_config:nonsense=x bond_updelay=-5",
            "set bridge br0 other_config:hwaddr=x other_config:datapath-id=x other_config:mac-aging-time=x other_config:mac-table-size=-1 other_config:nonsense=x flood_vlans=1,2",
            "set Open_vSwitch . other_config:pmd-cpu-mask=z other_config:max-idle=x other_config:vlan-limit=x other_config:nonsense=x other_config:flow-limit=-1", dummy("br0", "p2"),
        ]),
        Scene("VLANs change", [
            bridge("br0"), dummy("br0", "p1"), "set port p1 tag=5", "set port p1 trunks=1,2", "set port p1 vlan_mode=native-tagged", "set port p1 vlan_mode=dot1q-tunnel cvlans=7",
            "clear port p1 tag trunks vlan_mode cvlans",
        ]),
        Scene("bridges change", [
            "add-br br0 -- set bridge br0 datapath_type=nonsense", "set bridge br0 datapath_type=dummy", dummy("br0", "p1"), "set bridge br0 other_config:hwaddr=\"02:00:00:00:00:99\"",
            "set bridge br0 other_config:datapath-id=00000000000000aa", "del-br br0 -- \(bridge("br0")) -- \(dummy("br0", "p1"))", "set bridge br0 datapath_type=nonsense", "set bridge br0 datapath_type=dummy",
        ]),
        Scene("mirrors", [
            bridge("br0"), dummy("br0", "p1"), dummy("br0", "p2"), "--id=@p get port p2 -- --id=@m create mirror name=m select_all=true output_port=@p -- set bridge br0 mirrors=@m",
            "--id=@n create mirror name=n select_all=true -- add bridge br0 mirrors @n", "del-port p2", "clear bridge br0 mirrors",
        ]),
        Scene("all at once", [
            [bridge("br0"), bridge("br1"), dummy("br0", "p1", "ofport_request=1"), dummy("br1", "p2", "ofport_request=2"), "add-port br0 nowhere -- set interface nowhere type=nonsense",
             "add-port br0 pa -- set interface pa type=patch ofport_request=3 options:peer=pb",
             "add-port br1 pb -- set interface pb type=patch ofport_request=3 options:peer=pa",
             "add-bond br1 bo q1 q2 -- set interface q1 type=dummy ofport_request=4 -- set interface q2 type=dummy ofport_request=5"].joined(separator: " -- "),
            "del-br br1 -- del-port nowhere", "del-br br0",
        ]),
    ]
}

/// What the database says of a switch, as lines that two switches can have in common.
struct SwitchPicture: Equatable, CustomStringConvertible {
    let lines: [String]
    var description: String { lines.joined(separator: "\n") }

    /// Columns by tables. Of those that end with "?" only whether there is something, of those with "#" only the keys.
    private static let columns = [
        "Bridge": ["name", "datapath_id?", "datapath_version", "status", "rstp_status"], "Port": ["name", "bond_active_slave?", "status", "statistics", "rstp_status"],
        "Interface": [
            "name", "ofport", "error", "admin_state", "link_state", "link_speed", "link_resets", "duplex", "mtu", "mac_in_use?", "ifindex", "lacp_current", "status", "cfm_fault", "bfd_status",
        ],
    ]

    init(_ vswitch: ManagedSwitch, _ wanted: [String: [String]] = columns) async throws {
        var lines: [String] = []
        for (table, columns) in wanted {
            let names = columns.map { $0.filter { $0 != "?" && $0 != "#" } }
            let result = try await vswitch.tryVsctl(["--format=json", "--columns=" + names.joined(separator: ","), "list", table])
            guard result.status == 0, let reply = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any],
                let rows = reply["data"] as? [[Any]], let headings = reply["headings"] as? [String] else { throw BedFailure("ovs-vsctl list \(table): \(result.errors)") }
            for row in rows {
                let cells = Dictionary(uniqueKeysWithValues: zip(headings, row))
                let texts = zip(columns, names).map { column, name in "\(name)=" + Self.text(cells[name], column.last) }
                lines.append(table + ": " + texts.joined(separator: " "))
            }
        }
        self.lines = lines.sorted()
    }

    private static func text(_ cell: Any?, _ mark: Character?) -> String {
        let pair = cell as? [Any]
        let elements = pair?.count == 2 ? pair?[1] as? [Any] : nil
        switch mark {
        case "?": return elements?.isEmpty == true ? "none" : "some"
        case "#": return "\((elements ?? []).compactMap { ($0 as? [Any])?.first as? String }.sorted())"
        default: return elements.map { "\($0.map { "\($0)" }.sorted())" } ?? cell.map { "\($0)" } ?? "?"
        }
    }
}
