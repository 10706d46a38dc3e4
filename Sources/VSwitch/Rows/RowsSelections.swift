import Flow
import OFProto
import OVSDB
import OpenFlow
import Stream

/// Tables Flow_Table, Mirror and NetFlow.
extension RowsReader {
    mutating func tables(_ row: Row, _ bridge: inout BridgeConfig) {
        for (number, uuid) in row.uuidMap("flow_tables").sorted(by: { $0.key < $1.key }) {
            guard let row = replica.row("Flow_Table", uuid), let table = UInt8(exactly: number), table < 254 else { continue }
            bridge.tables[table] = self.table(row, "bridge \(bridge.name)", table)
        }
    }

    /// What may stand in column prefixes, under all of its names.
    private static let prefixFields: Set<String> = [
        "tun_id", "tun_src", "tun_dst", "tun_ipv6_src", "tun_ipv6_dst", "nw_src", "nw_dst", "ip_src", "ip_dst", "ipv6_src", "ipv6_dst",
    ]

    private mutating func table(_ row: Row, _ bridge: String, _ number: UInt8) -> TableConfig {
        var table = TableConfig()
        table.name = row.string("name")
        table.maximum = row.int("flow_limit").map { Int(min(max($0, 0), Int64(Limits.flows))) }
        table.evicts = row.string("overflow_policy") == "evict"
        for text in row.strings("groups") {
            guard let range = FieldRange(text: text) else {
                let name = text.prefix { $0 != "[" }
                let problem = Field(named: String(name)) == nil ? "unknown field `\(name)'" : "syntax error expecting [] or [<bit>] or [<start>..<end>]"
                tell(.warning, "bridge", "\(bridge) table \(number): error parsing 'groups' (\(text): \(problem))")
                table.evictionFields = []
                break
            }
            table.evictionFields.append(range)
        }
        // Which fields have tries does not change what is forwarded.
        for name in row.strings("prefixes") where name != "none" {
            guard Field(named: name) != nil else {
                tell(.warning, "bridge", "\(bridge): 'prefixes' with unknown field: \(name)")
                continue
            }
            if !Self.prefixFields.contains(name) { tell(.warning, "bridge", "\(bridge): 'prefixes' with incompatible field: \(name)") }
        }
        return table
    }

    // Mirrors

    mutating func mirrors(_ row: Row, _ bridge: inout BridgeConfig) {
        let ports = Set(bridge.bonds.map(\.name) + bridge.ports.lazy.filter { $0.bond == nil }.map(\.name))
        for row in replica.referenced(by: row, "mirrors").rows.sorted(by: { ($0.string("name") ?? "") < ($1.string("name") ?? "") }) {
            let name = row.string("name") ?? ""
            guard bridge.mirrors.count < OFProtoLimits.mirrors, !bridge.mirrors.contains(where: { $0.name == name }),
                let mirror = mirror(row, name, bridge.name, ports) else { continue }
            bridge.mirrors.append(mirror)
            result.rows.mirrors[RowNames.InBridge(bridge: bridge.name, name: name)] = row.uuid
        }
    }

    private mutating func mirror(_ row: Row, _ name: String, _ bridge: String, _ ports: Set<String>) -> MirrorConfig? {
        var mirror = MirrorConfig(name)
        let vlan = row.int("output_vlan").flatMap(vlan)
        if let port = replica.referenced(by: row, "output_port").rows.first {
            let output = port.string("name") ?? ""
            guard ports.contains(output) else {
                tell(.error, "bridge", "bridge \(bridge): mirror \(name) outputs to port not on bridge")
                return nil
            }
            if vlan != nil { tell(.error, "bridge", "bridge \(bridge): mirror \(name) specifies both output port and output vlan; ignoring output vlan") }
            mirror.output = .port(output)
        } else if let vlan, vlan != 0 {
            mirror.output = .vlan(vlan)
        } else {
            tell(.error, "bridge", "bridge \(bridge): mirror \(name) does not specify output; ignoring")
            return nil
        }
        if let length = row.int("snaplen"), (14...65535).contains(length) { mirror.snapLength = UInt16(length) }
        mirror.vlans = Set(row.ints("select_vlan").compactMap(self.vlan))
        mirror.selectsAll = row.bool("select_all") == true
        if !mirror.selectsAll {
            mirror.sources = selected(row, "select_src_port", "bridge \(bridge): mirror \(name)", ports)
            mirror.destinations = selected(row, "select_dst_port", "bridge \(bridge): mirror \(name)", ports)
        }
        return mirror
    }

    private mutating func selected(_ row: Row, _ column: String, _ subject: String, _ ports: Set<String>) -> Set<String> {
        var names: Set<String> = []
        for port in replica.referenced(by: row, column).rows {
            let name = port.string("name") ?? ""
            if ports.contains(name) {
                names.insert(name)
            } else {
                tell(.warning, "bridge", "\(subject) cannot match on nonexistent port \(name)")
            }
        }
        return names
    }

    // NetFlow

    mutating func netFlow(_ row: Row, _ bridge: inout BridgeConfig) {
        guard let row = replica.referenced(by: row, "netflow").rows.first else { return }
        var config = NetFlowConfig(targets: [])
        for target in row.strings("targets").prefix(Limits.netFlowTargets) {
            if DatagramTarget(target) != nil {
                config.targets.append(target)
            } else {
                tell(.warning, "collectors", "couldn't open connection to collector \(target) (Address family not supported by protocol)")
            }
        }
        if let type = row.int("engine_type").flatMap({ UInt8(exactly: $0) }) { config.engineType = type }
        if let id = row.int("engine_id").flatMap({ UInt8(exactly: $0) }) { config.engineID = id }
        config.addsIDToInterface = row.bool("add_id_to_interface") == true
        if config.addsIDToInterface, config.engineID > 0x7f {
            tell(.warning, "bridge", "bridge \(bridge.name): NetFlow port mangling may conflict with another vswitch, choose an engine id less than 128")
        }
        if config.addsIDToInterface, bridge.ports.count > 508 {
            tell(.warning, "bridge", "bridge \(bridge.name): NetFlow port mangling will conflict with another port when more than 508 ports are used")
        }
        let timeout = row.int("active_timeout") ?? 0
        if timeout > 0 { config.activeTimeout = min(timeout, Limits.longestTime / 1_000) }
        if timeout < 0 {
            tell(.warning, "bridge", "bridge \(bridge.name): active timeout interval set to negative value, using default instead (\(config.activeTimeout) seconds)")
        }
        if !config.targets.isEmpty { bridge.netFlow = config }
    }
}
