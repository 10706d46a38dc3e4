import Datapath
import OFProto
import OpenFlow
import Stream
import Testing
import Wire
@testable import OVSDB
@testable import VSwitch

/// Tables Bridge, Controller, Flow_Table, Mirror, NetFlow and SSL.
@Suite struct RowsBridgeTests {
    private func bridge(_ columns: [String: Datum], ports: [String] = []) throws -> (bridge: BridgeConfig, lines: [String]) {
        var rows = TestRows()
        rows.bridge("br0", ports.map { rows.port($0) }, columns)
        let config = try rows.rooted().config()
        return (try #require(config.config.bridges.first), config.lines)
    }

    @Test func anEmptyDatabaseIsAnEmptySwitch() throws {
        let nothing = try TestRows().config()
        #expect(nothing.config == SwitchConfig())
        #expect(nothing.rows.openVSwitch == nil)
        let root = try TestRows().rooted().config()
        #expect(root.config == SwitchConfig(datapath: TestRows.plainDatapath))
        #expect(root.rows.openVSwitch != nil)
    }

    @Test func aBridgeHasItsLocalPortAndForwards() throws {
        var rows = TestRows()
        let bare = rows.bridge("br0"), local = rows.port("br1", "internal")
        rows.bridge("br1", [local])
        let result = try rows.rooted().config()
        #expect(result.lines.isEmpty)
        #expect(result.config.bridges.map(\.name) == ["br0", "br1"])
        for bridge in result.config.bridges {
            #expect(bridge.ports == [PortConfig(name: bridge.name, kind: .internal, ofPort: .local)])
            #expect(bridge.datapathType == "dummy")
            #expect(bridge.flows.map(\.actions) == [[.output(.normal, maxLength: 0)]])
        }
        #expect(result.rows.bridges["br0"] == bare)
        #expect(result.rows.ports == ["br1": local])
    }

    @Test func aDatapathThatIsNotThereIsTold() throws {
        for (type, word) in [("foo", "foo"), ("", "system")] {
            var rows = TestRows()
            rows.bridge("x2", [rows.port("p1")], ["datapath_type": .string(type)])
            rows.bridge("x3")
            let result = try rows.rooted().config()
            #expect(result.config.bridges.map(\.name) == ["x3"])
            #expect(result.lines == [
                "ofproto|WARN|unknown datapath type \(word)", "ofproto|WARN|could not create datapath x2 of unknown type \(word)",
                "bridge|ERR|failed to create bridge x2: Address family not supported by protocol",
            ])
            #expect(result.rows.bridges.keys.sorted() == ["x3"])
        }
    }

    @Test func namesOfBridges() throws {
        var rows = TestRows()
        for name in ["x/4", "", "ok"] { rows.bridge(name) }
        rows.bridge("ok", [rows.port("p")])
        let result = try rows.rooted().config()
        #expect(result.config.bridges.count == 1)
        #expect(result.lines == [
            "bridge|WARN|ignoring bridge with invalid name \"\"", "bridge|WARN|bridge ok specified twice", "bridge|WARN|ignoring bridge with invalid name \"x/4\"",
        ])
    }

    @Test func aNameOfABridgeIsItsLocalPorts() throws {
        var rows = TestRows()
        rows.bridge("br0", [rows.port("br1", "internal"), rows.port("p1")])
        rows.bridge("br1", [rows.port("br0", "internal")])
        let result = try rows.rooted().config()
        #expect(result.config.bridges.map { $0.ports.map(\.name) } == [["p1", "br0"], ["br1"]])
        #expect(result.lines == ["bridge|WARN|bridge br0: interface br1 is already configured on br1", "bridge|WARN|bridge br1: interface br0 is already configured on br0"])
    }

    /// Each key of other_config: its value, and whether the bridge is then as `expected` makes it.
    private static let settings: [(String, String, @Sendable (inout BridgeConfig) -> Void)] = [
        ("datapath-id", "0x1234", { $0.datapathID = 0x1234 }), ("datapath-id", "00000000000000ff", { $0.datapathID = 0xff }),
        ("datapath-id", "0xffffffffffffffff", { $0.datapathID = .max }), ("datapath-id", "xx", { _ in }), ("datapath-id", "", { _ in }), ("datapath-id", "0x", { _ in }),
        ("datapath-id", "0000000000000000", { _ in }), ("datapath-id", "123456789abcdef", { _ in }), ("datapath-id", "0x12345678901234567", { _ in }),
        ("mac-aging-time", "60", { $0.macAging = 60 }), ("mac-aging-time", "5", { $0.macAging = 15 }), ("mac-aging-time", "99999", { $0.macAging = 3600 }),
        ("mac-aging-time", "foo", { _ in }), ("mac-aging-time", "-1", { _ in }), ("mac-aging-time", "99999999999999999999", { _ in }),
        ("mac-table-size", "100", { $0.macTableSize = 100 }), ("mac-table-size", "5", { $0.macTableSize = 10 }), ("mac-table-size", "9999999", { $0.macTableSize = 1_000_000 }),
        ("mac-table-size", "1e3", { _ in }), ("mac-table-size", "-5", { _ in }),
        ("forward-bpdu", "true", { $0.forwardBPDU = true }), ("forward-bpdu", "TRUE", { $0.forwardBPDU = true }), ("forward-bpdu", "1", { _ in }), ("forward-bpdu", "false", { _ in }),
        ("hwaddr", "02:00:00:00:00:01", { $0.ports[0].ethernetAddress = EthernetAddress(0x0200_0000_0001) }), ("hwaddr", "foo", { _ in }), ("hwaddr", "", { _ in }),
        ("dp-desc", "rack 7", { $0.datapathDescription = "rack 7" }), ("dp-sn", "42", { $0.serialNumber = "42" }), ("nonsense", "x", { _ in }),
    ]

    @Test(arguments: settings.indices) func otherConfig(index: Int) throws {
        let (key, value, change) = Self.settings[index]
        var expected = try bridge([:]).bridge
        change(&expected)
        let found = try bridge(["other_config": .map([key: value])])
        #expect(found.bridge == expected)
        #expect(found.lines.isEmpty)
    }

    @Test func addressesThatNoDeviceHas() throws {
        #expect(try bridge(["other_config": .map(["hwaddr": "01:00:00:00:00:01"])]).lines == ["bridge|ERR|bridge br0: cannot set MAC address to multicast address 01:00:00:00:00:01"])
        #expect(try bridge(["other_config": .map(["hwaddr": "00:00:00:00:00:00"])]).lines == ["bridge|ERR|bridge br0: cannot set MAC address to zero"])
    }

    @Test func columns() throws {
        let found = try bridge(["fail_mode": .string("secure"), "flood_vlans": .set([.integer(5), .integer(0), .integer(5000), .integer(-1)]), "protocols": .strings(["OpenFlow10", "OpenFlow15", "X"])])
        #expect(found.bridge.failMode == .secure)
        #expect(found.bridge.flows.isEmpty)
        #expect(found.bridge.floodVLANs == [0, 5])
        #expect(found.bridge.protocols == OFVersions([OFVersions(.v10), OFVersions(.v15)]))
        #expect(try bridge(["fail_mode": .string("what")]).bridge.failMode == .standalone)
        #expect(try bridge(["protocols": .strings(["X"])]).bridge.protocols == .all)
        for (column, what) in [("stp_enable", "STP"), ("rstp_enable", "RSTP"), ("mcast_snooping_enable", "multicast snooping")] {
            #expect(try bridge([column: .bool(true)]).lines == ["bridge|WARN|bridge br0: \(column) has no effect: there is no \(what)"])
            #expect(try bridge([column: .bool(false)]).lines.isEmpty)
        }
        #expect(try bridge(["other_config": .map(["in-band-queue": "1"])]).lines == ["bridge|INFO|bridge br0: other_config:in-band-queue has no effect"])
    }

    // Controllers

    private func controllers(_ rows: [[String: Datum]]) throws -> (configs: [ControllerConfig], lines: [String], bridge: BridgeConfig, names: RowNames) {
        var database = TestRows()
        let uuids = rows.map { database.add("Controller", $0) }
        database.bridge("br0", [], ["controller": .uuids(uuids)])
        let result = try database.rooted().config()
        let bridge = try #require(result.config.bridges.first)
        return (bridge.controllers, result.lines, bridge, result.rows)
    }

    @Test func controllersAreReadAndBounded() throws {
        let found = try controllers([
            ["target": .string("tcp:192.0.2.1")],
            ["target": .string("ptcp:6653"), "max_backoff": .int(10), "inactivity_probe": .int(-10), "controller_rate_limit": .int(10), "controller_burst_limit": .int(1)],
            ["target": .string("ssl:192.0.2.2:7"), "max_backoff": .int(60_000), "inactivity_probe": .int(.max), "controller_burst_limit": .int(50), "type": .string("service")],
            ["target": .string("tcp:192.0.2.1:6653")], ["target": .string("unix:/run/test/x")], ["target": .string("punix:/run/test/br0.c")],
        ])
        #expect(found.lines.isEmpty)
        #expect(found.configs.map { "\($0.target)" } == ["ptcp:6653", "punix:/run/test/br0.c", "ssl:192.0.2.2:7", "tcp:192.0.2.1:6653", "unix:/run/test/x"])
        #expect(found.configs.map(\.maxBackoff) == [1_000, 8_000, 60_000, 8_000, 8_000])
        #expect(found.configs.map(\.inactivityProbe) == [0, 5_000, 86_400_000, 5_000, 5_000])
        #expect(found.configs[0].packetIns == PacketInLimits(rate: 100, burst: 25))
        // A burst without a rate limits nothing.
        #expect(found.configs[2].packetIns == PacketInLimits())
        #expect(found.configs.map(\.isService) == [nil, nil, true, nil, nil])
        // With a controller there is no flow of fail mode's.
        #expect(found.bridge.flows.isEmpty)
        #expect(found.names.controllers.count == 5)
        #expect(found.names.controllers[RowNames.InBridge(bridge: "br0", name: "tcp:192.0.2.1:6653")] != nil)
    }

    /// While flows are restored a bridge is like one without controllers; a wait that has ended does not begin again.
    @Test func controllersWaitForFlows() throws {
        var database = TestRows()
        let controller = database.add("Controller", ["target": .string("tcp:192.0.2.1")])
        database.bridge("br0", [], ["controller": .uuid(controller)])
        for (value, mayWait, waits) in [("true", true, true), ("false", true, false), ("true", false, false)] {
            var numbers = PortNumbers()
            let rows = try database.rooted(["other_config": .map(["flow-restore-wait": value])]).replica()
            let result = RowsConfig(rows, numbers: &numbers, runFolder: "/run/test", mayWaitForFlows: mayWait) { $0 == "dummy" }
            let bridge = try #require(result.config.bridges.first)
            #expect(result.config.waitsForFlows == waits)
            #expect(bridge.controllers.isEmpty == waits)
            #expect(bridge.flows.isEmpty != waits)
            #expect(result.problems.isEmpty)
        }
    }

    @Test func targetsThatAreRefused() throws {
        for target in ["foo:bar", "tcp:foo", "discover", "", "udp:192.0.2.1", "tcp:", "ptcp:x"] {
            let found = try controllers([["target": .string(target)]])
            #expect(found.configs.isEmpty)
            #expect(found.lines == ["connmgr|WARN|br0: unsupported controller \"\(target)\""])
            #expect(!found.bridge.flows.isEmpty)
        }
        let instead = "or connect to \"unix:/run/test/br0.mgmt\" (which is always available without special configuration)."
        for path in ["foo/bar", "/run/test/xx.mgmt", "/run/test/br0.", "/run/test/br0.a/../../x"] {
            #expect(try controllers([["target": .string("punix:" + path)]]).lines == [
                "bridge|ERR|bridge br0: Not adding Unix domain socket controller \"punix:\(path)\" due to possibility of overwriting local files. "
                    + "Instead, specify path in permitted format \"punix:/run/test/br0.*\" " + instead,
            ])
        }
        for path in ["/etc/x", "x", "/run/test/../x", "/run/test/a/b"] {
            #expect(try controllers([["target": .string("unix:" + path)]]).lines == [
                "bridge|ERR|bridge br0: Not connecting to socket controller \"unix:\(path)\" due to possibility for remote exploit.  "
                    + "Instead, specify socket in permitted directory \"/run/test\" " + instead,
            ])
        }
    }

    // Tables

    private func tables(_ number: Int64, _ columns: [String: Datum]) throws -> (tables: [UInt8: TableConfig], lines: [String]) {
        var rows = TestRows()
        let table = rows.add("Flow_Table", columns)
        rows.bridge("br0", [], ["flow_tables": .map([(.integer(number), .uuid(table))])])
        let result = try rows.rooted().config()
        return (result.config.bridges[0].tables, result.lines)
    }

    @Test func tablesAreConfigured() throws {
        var wanted = TableConfig()
        #expect(try tables(0, [:]).tables == [0: wanted])
        wanted.name = "first"
        wanted.maximum = 5
        wanted.evicts = true
        wanted.evictionFields = [try #require(FieldRange(text: "NXM_OF_IN_PORT[]"))]
        let columns: [String: Datum] = ["name": .string("first"), "flow_limit": .int(5), "overflow_policy": .string("evict"), "groups": .string("NXM_OF_IN_PORT[]"), "prefixes": .strings(["none"])]
        #expect(try tables(253, columns).tables == [253: wanted])
        #expect(try tables(253, columns).lines.isEmpty)
        #expect(try tables(254, columns).tables.isEmpty)
        #expect(try tables(0, ["flow_limit": .int(-1)]).tables[0]?.maximum == 0)
        #expect(try tables(0, ["groups": .string("bar[]")]).lines == ["bridge|WARN|bridge br0 table 0: error parsing 'groups' (bar[]: unknown field `bar')"])
        #expect(try tables(0, ["prefixes": .string("foo")]).lines == ["bridge|WARN|bridge br0: 'prefixes' with unknown field: foo"])
        #expect(try tables(0, ["prefixes": .string("tcp_dst")]).lines == ["bridge|WARN|bridge br0: 'prefixes' with incompatible field: tcp_dst"])
        #expect(try tables(0, ["prefixes": .strings(["ip_dst", "ipv6_src", "tun_id"])]).lines.isEmpty)
    }

    // Mirrors

    private func mirrors(_ make: (inout TestRows, [RowUUID]) -> [[String: Datum]]) throws -> (mirrors: [MirrorConfig], lines: [String]) {
        var rows = TestRows()
        let ports = ["p1", "p2", "q1"].map { rows.port($0) }
        let mirrors = make(&rows, ports).map { rows.add("Mirror", $0) }
        rows.bridge("br0", Array(ports.prefix(2)), ["mirrors": .uuids(mirrors)])
        rows.bridge("br1", [ports[2]])
        let result = try rows.rooted().config()
        #expect(result.rows.mirrors.count == result.config.bridges[0].mirrors.count)
        return (result.config.bridges[0].mirrors, result.lines)
    }

    @Test func mirrorsAreConfigured() throws {
        let found = try mirrors { _, ports in [
            ["name": .string("m1"), "output_port": .uuid(ports[0]), "select_src_port": .uuids([ports[0], ports[1]]), "select_dst_port": .uuid(ports[1]), "snaplen": .int(100)],
            ["name": .string("m0"), "output_vlan": .int(7), "select_all": .bool(true), "select_vlan": .set([.integer(3), .integer(5000)]), "snaplen": .int(5)],
        ] }
        var first = MirrorConfig("m1"), second = MirrorConfig("m0")
        first.output = .port("p1")
        first.sources = ["p1", "p2"]
        first.destinations = ["p2"]
        first.snapLength = 100
        second.output = .vlan(7)
        second.selectsAll = true
        second.vlans = [3]
        #expect(found.mirrors == [second, first])
        #expect(found.lines.isEmpty)
    }

    @Test func mirrorsThatAreWrong() throws {
        let name = Datum.string("m1")
        let silent = try mirrors { _, _ in [["name": name]] }
        #expect(silent.mirrors.isEmpty)
        #expect(silent.lines == ["bridge|ERR|bridge br0: mirror m1 does not specify output; ignoring"])
        let both = try mirrors { _, ports in [["name": name, "output_port": .uuid(ports[0]), "output_vlan": .int(7)]] }
        #expect(both.mirrors.map(\.output) == [.port("p1")])
        #expect(both.lines == ["bridge|ERR|bridge br0: mirror m1 specifies both output port and output vlan; ignoring output vlan"])
        let away = try mirrors { _, ports in [["name": name, "output_port": .uuid(ports[2])]] }
        #expect(away.mirrors.isEmpty)
        #expect(away.lines == ["bridge|ERR|bridge br0: mirror m1 outputs to port not on bridge"])
        let missing = try mirrors { _, ports in [["name": name, "output_port": .uuid(ports[0]), "select_src_port": .uuid(ports[2])]] }
        #expect(missing.mirrors.first?.sources == [])
        #expect(missing.lines == ["bridge|WARN|bridge br0: mirror m1 cannot match on nonexistent port q1"])
        for vlan in [0, -1, 5000] { #expect(try mirrors { _, _ in [["name": name, "output_vlan": .int(Int64(vlan))]] }.mirrors.isEmpty) }
    }

    // NetFlow and TLS

    private func netFlow(_ columns: [String: Datum]) throws -> (config: NetFlowConfig?, lines: [String]) {
        var rows = TestRows()
        rows.bridge("br0", [], ["netflow": .uuid(rows.add("NetFlow", columns))])
        let result = try rows.rooted().config()
        return (result.config.bridges[0].netFlow, result.lines)
    }

    @Test func collectors() throws {
        let target = Datum.string("192.0.2.1:5")
        #expect(try netFlow(["targets": target]).config == NetFlowConfig(targets: ["192.0.2.1:5"]))
        let full = try netFlow(["targets": target, "engine_type": .int(3), "engine_id": .int(9), "add_id_to_interface": .bool(true), "active_timeout": .int(60)])
        #expect(full.config?.engineType == 3 && full.config?.engineID == 9 && full.config?.addsIDToInterface == true && full.config?.activeTimeout == 60)
        #expect(full.lines.isEmpty)
        #expect(try netFlow(["targets": target, "engine_id": .int(300)]).config?.engineID == 0)
        #expect(try netFlow(["targets": target, "active_timeout": .int(0)]).config?.activeTimeout == 600)
        let negative = try netFlow(["targets": target, "active_timeout": .int(-1)])
        #expect(negative.config?.activeTimeout == 600)
        #expect(negative.lines == ["bridge|WARN|bridge br0: active timeout interval set to negative value, using default instead (600 seconds)"])
        let bad = try netFlow(["targets": .strings(["foo", "192.0.2.1:5"])])
        #expect(bad.config?.targets == ["192.0.2.1:5"])
        #expect(bad.lines == ["collectors|WARN|couldn't open connection to collector foo (Address family not supported by protocol)"])
        #expect(try netFlow([:]).config == nil)
        #expect(try netFlow(["targets": target, "add_id_to_interface": .bool(true), "engine_id": .int(200)]).lines
            == ["bridge|WARN|bridge br0: NetFlow port mangling may conflict with another vswitch, choose an engine id less than 128"])
    }

    @Test func tlsFiles() throws {
        var rows = TestRows()
        let ssl = rows.add("SSL", ["private_key": .string("k"), "certificate": .string("c"), "ca_cert": .string("a"), "bootstrap_ca_cert": .bool(true)])
        #expect(try rows.rooted(["ssl": .uuid(ssl)]).config().config.tls
            == TLSFiles(privateKey: "k", certificate: "c", caCertificate: "a", bootstrapCACertificate: true))
        #expect(try rows.rooted().config().config.tls == nil)
    }
}
