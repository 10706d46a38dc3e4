import OFProto
import Testing
import Wire
@testable import OVSDB
@testable import VSwitch

/// Tables Port and Interface.
@Suite struct RowsPortTests {
    /// A bridge with one port p1.
    private func port(
        _ type: String = "dummy", port: [String: Datum] = [:], interface: [String: Datum] = [:], root: [String: Datum] = [:]
    ) throws -> (port: PortConfig?, lines: [String], error: String?) {
        var rows = TestRows()
        rows.bridge("br0", [rows.port("p1", type, port: port, interface: interface)])
        let result = try rows.rooted(root).config()
        return (result.port("p1"), result.lines, result.rows.errors["p1"])
    }

    private static let dpdk: [String: Datum] = ["other_config": .map(["dpdk-init": "true"])]

    @Test func typesOfInterfaces() throws {
        for kind in [PortConfig.Kind.dummy, .dummyInternal, .dummyPMD, .system, .internal, .tap] {
            let found = try port(kind.rawValue)
            #expect(found.port == PortConfig(name: "p1", kind: kind, ofPort: OFPort(1)))
            #expect(found.lines.isEmpty && found.error == nil)
        }
        #expect(try port("").port?.kind == .system)
        for type in ["wurst", "vxlan", "gre", "geneve", "erspan", "bareudp", "afxdp", "dpdkvhostuser", "DUMMY"] {
            let found = try port(type)
            #expect(found.port == nil)
            #expect(found.error == "could not open network device p1 (Address family not supported by protocol)")
            #expect(found.lines == [
                "netdev|WARN|could not create netdev p1 of unknown type \(type)", "bridge|WARN|could not open network device p1 (Address family not supported by protocol)",
            ])
        }
    }

    @Test func dpdkHasToBeAskedFor() throws {
        let options = Datum.map(["dpdk-devargs": "net_null0", "vhost-server-path": "/s"])
        for type in ["dpdk", "dpdkvhostuserclient"] {
            #expect(try port(type, interface: ["options": options]).error == "could not open network device p1 (Address family not supported by protocol)")
            for root in [Self.dpdk, ["other_config": .map(["dpdk-init": "Try"])], ["dpdk_initialized": .bool(true)]] {
                #expect(try port(type, interface: ["options": options], root: root).port?.kind.rawValue == type)
            }
            for wish in ["false", "yes", ""] { #expect(try port(type, interface: ["options": options], root: ["other_config": .map(["dpdk-init": wish])]).port == nil) }
        }
        let vhost = ["other_config": Datum.map(["dpdk-init": "true", "vhost-iommu-support": "true", "vhost-postcopy-support": "false"])]
        #expect(try port("dpdkvhostuserclient", interface: ["options": options], root: vhost).port?.options == ["vhost-server-path": "/s", "iommu-support": "1"])
        let bare = try port("dpdk", root: Self.dpdk)
        #expect(bare.port == nil)
        #expect(bare.error == "'p1' is missing 'options:dpdk-devargs'. The old 'dpdk<port_id>' names are not supported")
    }

    @Test func optionsOfDPDK() throws {
        func options(_ options: [String: String]) throws -> PortConfig {
            try #require(try port("dpdk", interface: ["options": .map(["dpdk-devargs": "d"].merging(options) { $1 })], root: Self.dpdk).port)
        }
        let plain = try options([:])
        #expect(plain.options == ["dpdk-devargs": "d"])
        #expect(plain.rxQueues == nil)
        for (text, queues) in [("4", 4), ("1", nil), ("0", nil), ("-3", nil), ("foo", nil), ("99999", 64)] as [(String, Int?)] { #expect(try options(["n_rxq": text]).rxQueues == queues) }
        for key in ["n_rxq_desc", "n_txq_desc"] {
            #expect(try options([key: "256"]).options == ["dpdk-devargs": "d", key: "256"])
            for bad in ["0", "100", "-64", "foo", "1048576", ""] { #expect(try options([key: bad]) == plain) }
        }
        #expect(try options(["rx-flow-ctrl": "true", "unknown": "x"]) == plain)
        #expect(try port("dpdk", interface: ["options": .map(["dpdk-devargs": "d", "rx-flow-ctrl": "true"])], root: Self.dpdk).lines
            == ["bridge|INFO|interface p1: options:rx-flow-ctrl has no effect"])
        #expect(try port(interface: ["options": .map(["tx_pcap": "/x", "n_rxq": "3", "dpdk-devargs": "d"])]).port?.options == ["tx_pcap": "/x"])
    }

    @Test func patchPorts() throws {
        func patch(_ options: [String: String]) throws -> (port: PortConfig?, lines: [String], error: String?) { try port("patch", interface: ["options": .map(options)]) }
        #expect(try patch(["peer": "far"]).port?.peer == "far")
        for options in [[:], ["peer": ""]] {
            #expect(try patch(options).error == "p1: patch type requires valid 'peer' argument")
            #expect(try patch(options).lines == ["netdev_vport|ERR|p1: patch type requires valid 'peer' argument", "netdev|WARN|p1: could not set configuration (Invalid argument)"])
        }
        let own = try patch(["peer": "p1"])
        #expect(own.port == nil)
        #expect(own.error == "p1: patch peer must not be self")
    }

    @Test func columnsOfInterfaces() throws {
        #expect(try port(interface: ["mtu_request": .int(9000)]).port?.mtu == 9000)
        for bad in [67, 0, -1, 10_000, .max] as [Int64] {
            let found = try port(interface: ["mtu_request": .int(bad)])
            #expect(found.port?.mtu == nil)
            #expect(found.lines == ["netdev|WARN|failed to set MTU for network device p1: Invalid argument"])
        }
        #expect(try port("internal", interface: ["mac": .string("02:00:00:00:00:01")]).port?.ethernetAddress == EthernetAddress(0x0200_0000_0001))
        for bad in ["nonsense", "", "00:00:00:00:00:00"] { #expect(try port("internal", interface: ["mac": .string(bad)]) == (PortConfig(name: "p1", kind: .internal, ofPort: OFPort(1)), [], nil)) }
        #expect(try port("internal", interface: ["mac": .string("01:00:00:00:00:01")]).lines == ["bridge|ERR|interface p1: cannot set MAC to multicast address"])
        // The column is for internal interfaces.
        #expect(try port("dummy", interface: ["mac": .string("02:00:00:00:00:01")]).port?.ethernetAddress == nil)
        for request in [1, 65279] as [Int64] { #expect(try port(interface: ["ofport_request": .int(request)]).port?.ofPort.number == UInt16(request)) }
        for request in [0, -1, 65280, 65534, .max] as [Int64] { #expect(try port(interface: ["ofport_request": .int(request)]).port?.ofPort.number == 1) }
    }

    @Test func coresOfQueues() throws {
        func affinity(_ text: String, _ type: String = "dummy-pmd") throws -> (text: String?, lines: [String]) {
            let found = try port(type, interface: ["other_config": .map(["pmd-rxq-affinity": text])])
            return (found.port?.rxQueueAffinity, found.lines)
        }
        #expect(try affinity("0:3,1:7") == ("0:3,1:7", []))
        #expect(try affinity("") == (nil, []))
        #expect(try affinity("0:3", "internal") == (nil, []))
        for bad in ["0", "0:1,", "a:b", "-1:2", "0:99999", "64:1", "0:1:2"] {
            #expect(try affinity(bad) == (nil, ["dpif_netdev|WARN|p1: pmd-rxq-affinity: expected QUEUE:CORE,…, found '\(bad)'"]))
        }
    }

    @Test func whatIsNotThereIsTold() throws {
        for (column, value) in [("cfm_mpid", Datum.int(1)), ("bfd", .map(["enable": "true"]))] {
            #expect(try port(interface: [column: value]).lines == ["bridge|WARN|interface p1: \(column) has no effect"])
        }
        #expect(try port(interface: ["bfd": .map(["enable": "false"])]).lines.isEmpty)
    }

    // VLANs

    private static let vlans: [([String: Datum], @Sendable (inout BundleConfig) -> Void, [String])] = [
        ([:], { _ in }, []),
        (["tag": .int(10)], { ($0.vlanMode, $0.tag) = (.access, 10) }, []),
        (["tag": .int(10), "trunks": .set([.integer(1)])], { ($0.vlanMode, $0.tag) = (.access, 10) }, ["bridge|WARN|port p1: ignoring trunks in favor of implicit vlan"]),
        (["tag": .int(5000)], { _ in }, []),
        (["trunks": .set([.integer(2), .integer(1), .integer(-4), .integer(4096)])], { $0.trunks = [1, 2] }, []),
        (["vlan_mode": .string("trunk"), "tag": .int(10), "trunks": .int(1)], { $0.trunks = [1] }, []),
        (["vlan_mode": .string("access")], { ($0.vlanMode, $0.tag) = (.access, 0) }, []),
        (["vlan_mode": .string("native-tagged"), "tag": .int(3), "trunks": .int(1)], { ($0.vlanMode, $0.tag, $0.trunks) = (.nativeTagged, 3, [1]) }, []),
        (["vlan_mode": .string("native-untagged"), "tag": .int(3)], { ($0.vlanMode, $0.tag) = (.nativeUntagged, 3) }, []),
        (["vlan_mode": .string("dot1q-tunnel"), "tag": .int(3), "cvlans": .int(8), "trunks": .int(1), "other_config": .map(["qinq-ethtype": "802.1q"])],
            { ($0.vlanMode, $0.tag, $0.customerVLANs, $0.tunnelEtherType) = (.dot1qTunnel, 3, [8], .customer) }, []),
        (["vlan_mode": .string("dot1q-tunnel"), "other_config": .map(["qinq-ethtype": "foo"])], { ($0.vlanMode, $0.tag) = (.dot1qTunnel, 0) }, []),
        (["vlan_mode": .string("foo"), "tag": .int(4)], { _ in }, ["bridge|WARN|port p1: unknown VLAN mode foo, falling back to trunk mode"]),
        (["other_config": .map(["priority-tags": "true"])], { $0.priorityTags = .ifNonzero }, []),
        (["other_config": .map(["priority-tags": "always"])], { $0.priorityTags = .always }, []),
        (["other_config": .map(["priority-tags": "foo"])], { _ in }, []),
        (["protected": .bool(true), "cvlans": .int(8)], { $0.isProtected = true }, []),
    ]

    @Test(arguments: vlans.indices) func bundles(index: Int) throws {
        let (columns, change, lines) = Self.vlans[index]
        var expected = BundleConfig()
        change(&expected)
        let found = try port(port: columns)
        #expect(found.port?.settings == expected)
        #expect(found.lines == lines)
    }

    @Test func aFakeBridgeIsAnInternalAccessPort() throws {
        let found = try port("internal", port: ["fake_bridge": .bool(true), "tag": .int(20)])
        #expect(found.port?.kind == .internal)
        #expect(found.port?.settings.vlanMode == .access)
        #expect(found.lines.isEmpty)
    }

    // Bonds

    private func bond(_ columns: [String: Datum], members: [String] = ["i1", "i2"]) throws -> (bond: BondConfig?, ports: [PortConfig], lines: [String]) {
        var rows = TestRows()
        let interfaces = members.map { rows.add("Interface", ["name": .string($0), "type": .string("dummy")]) }
        let port = rows.add("Port", ["name": .string("b1"), "interfaces": .uuids(interfaces)].merging(columns) { $1 })
        rows.bridge("br0", [port])
        let result = try rows.rooted().config()
        #expect(result.rows.ports == ["b1": port])
        #expect(result.rows.interfaces.keys.sorted() == members)
        return (result.config.bridges[0].bonds.first, result.config.bridges[0].ports.filter { $0.ofPort != .local }, result.lines)
    }

    @Test func bonds() throws {
        let plain = try bond([:])
        #expect(plain.lines == ["bridge|WARN|port b1: Using the default bond_mode active-backup. Note that in previous versions, the default bond_mode was balance-slb"])
        #expect(plain.bond?.bond == BondSettings())
        #expect(plain.ports.map(\.bond) == ["b1", "b1"])
        #expect(plain.ports.map(\.ofPort.number) == [1, 2])
        let full = try bond([
            "bond_mode": .string("balance-tcp"), "bond_updelay": .int(5), "bond_downdelay": .int(-5), "tag": .int(3),
            "other_config": .map(["bond-primary": "i2", "bond-rebalance-interval": "100", "bond-hash-basis": "-1"]),
        ])
        var wanted = BondSettings()
        (wanted.mode, wanted.primary, wanted.upDelay, wanted.rebalanceInterval, wanted.hashBasis) = (.balanceTCP, "i2", 5, 1_000, .max)
        #expect(full.bond?.bond == wanted)
        #expect(full.bond?.settings.tag == 3)
        #expect(full.ports.allSatisfy { $0.settings == BundleConfig() })
        #expect(full.lines.isEmpty)
        // One interface is no bond, whatever its port says.
        let single = try bond(["bond_mode": .string("balance-slb")], members: ["i1"])
        #expect(single.bond == nil)
        #expect(single.ports.map(\.bond) == [nil])
    }

    @Test func nonsenseInBonds() throws {
        func lines(_ columns: [String: Datum]) throws -> [String] { try bond(["bond_mode": .string("active-backup")].merging(columns) { $1 }).lines }
        func other(_ settings: [String: String]) throws -> BondSettings? { try bond(["bond_mode": .string("active-backup"), "other_config": .map(settings)]).bond?.bond }
        #expect(try lines(["bond_mode": .string("foo")]) == ["bridge|WARN|port b1: unknown bond_mode foo, defaulting to active-backup"])
        #expect(try lines(["other_config": .map(["bond-detect-mode": "foo"])]) == [
            "bridge|INFO|port b1: other_config:bond-detect-mode has no effect", "bridge|WARN|port b1: unsupported bond-detect-mode foo, defaulting to carrier",
        ])
        #expect(try lines(["lacp": .string("off")]).isEmpty)
        let missing = "bridge|WARN|port b1: lacp has no effect: there is no LACP"
        #expect(try lines(["lacp": .string("active")]) == [missing])
        #expect(try lines(["lacp": .string("active"), "other_config": .map(["lacp-system-id": "foo"])]) == ["bridge|WARN|port b1: LACP system ID (foo) must be an Ethernet address.", missing])
        #expect(try lines(["lacp": .string("passive"), "other_config": .map(["lacp-system-id": "00:00:00:00:00:00"])]) == ["bridge|WARN|port b1: Invalid zero LACP system ID.", missing])
        for (key, value) in [("bond-primary", "nix"), ("bond-rebalance-interval", "foo"), ("bond-hash-basis", "foo")] { #expect(try other([key: value]) == BondSettings()) }
        #expect(try other(["bond-rebalance-interval": "0"])?.rebalanceInterval == 0)
        #expect(try other(["bond-rebalance-interval": "-7"])?.rebalanceInterval == 1_000)
    }

    // Names

    @Test func aNameIsOnOneBridgeOnly() throws {
        var rows = TestRows()
        let shared = rows.port("p1")
        rows.bridge("br0", [shared])
        rows.bridge("br1", [shared, rows.add("Port", ["name": .string("u1"), "interfaces": try #require(rows[shared, "interfaces"])]), rows.port("br0", "internal")])
        let result = try rows.rooted().config()
        #expect(result.config.bridges.map { $0.ports.map(\.name) } == [["p1", "br0"], ["br1"]])
        #expect(result.lines == [
            "bridge|WARN|bridge br1: interface br0 is already configured on br0", "bridge|WARN|bridge br1: p1 specified twice as bridge port",
            "bridge|WARN|bridge br1: interface p1 is already configured on br0",
        ])
    }
}
