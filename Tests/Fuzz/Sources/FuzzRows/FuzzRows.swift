import Foundation
import OVSDB
import VSwitch

// Any bytes as the contents of a database with Open vSwitch's schema, twice: rows of all tables whose columns hold what their types allow. The reader answers with a
// configuration, whose parts do not contradict each other, and there is a way from the first one to the second.

/// A session that knows the schema, as Debian's package has it, and waits for contents; and the name of what it has asked for.
private let prepared: (session: DatabaseSession, request: JSON) = {
    guard let text = FileManager.default.contents(atPath: "/usr/share/openvswitch/vswitch.ovsschema") else { preconditionFailure("openvswitch-common is not installed") }
    var parser = JSONParser(), schema: JSON?
    for byte in text { schema = (try? parser.take(byte)) ?? schema }
    var session = DatabaseSession(database: "Open_vSwitch", wish: .everything)
    session.connected()
    for case .request("get_schema", _, let id) in session.takeMessages() { try? session.receive(.reply(result: schema ?? .null, id: id)) }
    for case .request("monitor_cond_since", _, let id) in session.takeMessages() { return (session, id) }
    preconditionFailure("the schema is refused")
}()

/// Tables that the reader looks at, with their columns in order; what the switch writes itself is left out.
private let tables: [(name: String, columns: [(name: String, type: ColumnType)])] = {
    let read = ["Bridge", "Controller", "Flow_Table", "Interface", "Mirror", "NetFlow", "Open_vSwitch", "Port", "QoS", "Queue", "SSL"]
    let written: Set<String> = ["statistics", "status", "external_ids", "rstp_status", "rstp_statistics", "bfd_status", "link_state", "admin_state", "datapath_types", "iface_types"]
    return read.map { name in
        let columns = prepared.session.schema?.tables[name]?.columns ?? [:]
        return (name, columns.filter { !written.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.type) })
    }
}()

/// Takes choices from bytes; when they are used up each is 0.
private struct Choices {
    var bytes: ArraySlice<UInt8>
    /// Rows by table.
    var rows: [String: [RowUUID]] = [:]

    mutating func next(_ count: Int = 256) -> Int { Int(bytes.popFirst() ?? 0) % count }

    mutating func atom(_ base: BaseType) -> Atom {
        if let values = base.enumeration, !values.isEmpty { return values[next(values.count)] }
        switch base.type {
        case .integer:
            let numbers: [Int64] = [0, 1, -1, 7, 99, 4_095, 4_096, 65_535, 65_536, 1 << 31, 1 << 32, .max, .min]
            let number = numbers[next(numbers.count)] &+ Int64(next(4))
            if case .integer(let least)? = base.minimum, number < least { return .integer(least) }
            if case .integer(let greatest)? = base.maximum, number > greatest { return .integer(greatest) }
            return .integer(number)
        case .real: return .real(Double(next()) - 128)
        case .boolean: return .boolean(next(2) == 1)
        case .string: return .string(word())
        case .uuid:
            let named = rows[base.refTable ?? ""] ?? [], choice = next(named.count + 1)
            return .uuid(choice < named.count ? named[choice] : RowUUID(high: 9, low: UInt64(next())))
        }
    }

    mutating func word() -> String {
        let choice = next(Self.words.count + 32)
        if choice < Self.words.count { return Self.words[choice] }
        let length = next(choice == Self.words.count ? 256 : 12)
        return String(decoding: bytes.prefix(length).filter { $0 != 0 }, as: UTF8.self) + String(repeating: "a", count: next(3) == 2 ? 300 : 0)
    }

    private static let words = [
        "", "br0", "br1", "p1", "p2", "x/y", "🦆", "-1", "0", "1", "2", "10", "1000", "0x1", "99999999999999999999", "true", "false", "\n", "system", "internal", "tap", "patch", "dummy",
        "dummy-pmd", "dpdk", "netdev", "secure", "standalone", "access", "trunk", "native-tagged", "dot1q-tunnel", "active-backup", "balance-slb", "balance-tcp", "tcp:127.0.0.1:6653",
        "punix:/run/test/br0.x", "unix:/run/test/y", "ptcp:", "ssl:[::1]:1", "127.0.0.1:2055", "00:00:00:00:00:01", "02:00:00:00:00:01", "01:80:c2:00:00:00", "OpenFlow13", "0000000000000001",
        "evict", "nw_src", "nw_src[0..7]", "0:1,1:0", "512,0", "-c 1", "group", "cycles", "roundrobin",
        "hwaddr", "datapath-id", "mac-aging-time", "mac-table-size", "forward-bpdu", "dp-desc", "pmd-cpu-mask", "dpdk-extra", "dpdk-init", "dpdk-socket-mem", "dpdk-alloc-mem", "dpdk-lcore-mask",
        "flow-limit", "max-idle", "vlan-limit", "bond-primary", "bond-rebalance-interval", "bond-hash-basis", "lacp-system-id", "pmd-rxq-affinity", "pmd-rxq-assign", "pmd-rxq-isolate", "peer",
        "n_rxq", "n_rxq_desc", "priority-tags", "qinq-ethtype", "dpdk-devargs", "pmd-auto-lb", "pmd-auto-lb-rebal-interval", "pmd-maxsleep", "tx-flush-interval", "bundle-idle-timeout",
        "emc-insert-inv-prob", "smc-enable", "flow-restore-wait", "n-handler-threads",
    ]

    /// What a column holds; nil: what it has by itself.
    mutating func datum(_ type: ColumnType) -> Datum? {
        let choice = next(4)
        if choice == 0 {
            // Rows belong together unless something else is chosen.
            guard type.value == nil, let table = type.key.refTable, let named = rows[table], !named.isEmpty else { return nil }
            return .set(named.prefix(type.max ?? .max).map { .uuid($0) })
        }
        let count = min(max(type.min, choice - 1 + next(3)), type.max ?? 5)
        guard let value = type.value else { return .set((0..<count).map { _ in atom(type.key) }) }
        return .map((0..<count).map { _ in (atom(type.key), atom(value)) })
    }

    /// All tables in the form of "monitor_cond_since"'s reply (ovsdb-server(7), section 4.1.12).
    mutating func contents() -> JSON {
        for (place, (name, _)) in tables.enumerated() {
            let count = name == "Open_vSwitch" ? 1 : name == "Port" || name == "Interface" ? 1 + next(5) : next(3)
            rows[name] = (0..<count).map { RowUUID(high: UInt64(place), low: UInt64($0)) }
        }
        var contents: [String: JSON] = [:]
        for (name, all) in tables {
            var initial: [String: JSON] = [:]
            for row in rows[name] ?? [] {
                var columns: [String: JSON] = [:]
                for (column, type) in all where !bytes.isEmpty || type.refTable != nil {
                    if let datum = datum(type), datum.problem(type) == nil { columns[column] = datum.json }
                }
                initial[row.description] = .object(["initial": .object(columns)])
            }
            contents[name] = .object(initial)
        }
        return .object(contents)
    }
}

private func check(_ config: SwitchConfig) {
    let nothing = ConfigDiff(from: config, to: config)
    precondition(nothing.steps.isEmpty && nothing.needsRestart.isEmpty, "a difference to itself")
    let ports = config.bridges.flatMap(\.ports)
    precondition(Set(config.bridges.map(\.name)).count == config.bridges.count && Set(ports.map(\.name)).count == ports.count, "a name twice")
    for bridge in config.bridges {
        precondition(Set(bridge.ports.map(\.ofPort)).count == bridge.ports.count, "a number twice")
        precondition(bridge.ports.allSatisfy { $0.ofPort == .local || (1...65_279).contains($0.ofPort.number) }, "a number that is none")
        precondition(bridge.ports.allSatisfy { port in port.bond.map { name in bridge.bonds.contains { $0.name == name } } ?? true }, "an interface of no bond")
        precondition(bridge.ports.allSatisfy { ($0.deviceRequest == nil) == ($0.kind == .patch) })
        precondition(bridge.mirrors.allSatisfy { $0.sources.union($0.destinations).allSatisfy { name in bridge.ports.contains { $0.name == name } || bridge.bonds.contains { $0.name == name } } })
    }
    let removals = ConfigDiff(from: config, to: SwitchConfig())
    precondition(config.bridges.isEmpty || !removals.steps.isEmpty)
}

@_cdecl("LLVMFuzzerTestOneInput") public func fuzzRows(_ data: UnsafeRawPointer, _ size: Int) -> CInt {
    // libFuzzer vouches for `size` bytes. More of them would make more of the same rows, and take longer.
    var bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: min(size, 640)))[...]
    var numbers = PortNumbers(), running: SwitchConfig?
    for round in 0..<2 where round == 0 || !bytes.isEmpty {
        let request = prepared.request
        var session = prepared.session
        var choices = Choices(bytes: bytes)
        let contents = choices.contents()
        bytes = choices.bytes
        do throws(DatabaseError) {
            try session.receive(.reply(result: .array([.bool(false), .string(RowUUID.zero.description), contents]), id: request))
        } catch {
            preconditionFailure("contents that the schema allows: \(error)")
        }
        precondition(session.state == .ready)
        let rows = RowsConfig(session.replica, numbers: &numbers, runFolder: "/run/test") { ["dummy", "netdev"].contains($0) }
        check(rows.config)
        if let running { _ = ConfigDiff(from: running, to: rows.config) }
        running = rows.config
    }
    return 0
}
