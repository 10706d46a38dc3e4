import OpenFlow
import Testing
import Wire
@testable import OVSDB
@testable import VSwitch

/// Changes of rows, carried out by difference.
@Suite struct RowsChangeTests {
    /// The steps from one reading to the next.
    private func steps(_ old: TestRows, _ new: TestRows) throws -> [ConfigStep] {
        var numbers = PortNumbers()
        let former = try old.rooted().config(&numbers)
        return ConfigDiff(from: former.config, to: try new.rooted().config(&numbers).config).steps
    }

    @Test func anotherColumnChangesNothing() throws {
        var rows = TestRows()
        let port = rows.port("p1"), bridge = rows.bridge("br0", [port])
        var other = rows
        other[port, "external_ids"] = .map(["a": "b"])
        other[port, "statistics"] = .integerMap(["a": 1])
        other[bridge, "external_ids"] = .map(["a": "b"])
        #expect(try steps(rows, other).isEmpty)
    }

    @Test func queuesGetOtherCoresWithoutANewDevice() throws {
        var rows = TestRows()
        let interface = rows.add("Interface", ["name": .string("p1"), "type": .string("dummy-pmd")])
        rows.bridge("br0", [rows.add("Port", ["name": .string("p1"), "interfaces": .uuid(interface)])])
        var pinned = rows
        pinned[interface, "other_config"] = .map(["pmd-rxq-affinity": "0:1"])
        var port = PortConfig(name: "p1", kind: .dummyPMD, ofPort: OFPort(1))
        port.rxQueueAffinity = "0:1"
        #expect(try steps(rows, pinned) == [.pinQueues(bridge: "br0", port)])
        port.rxQueueAffinity = nil
        #expect(try steps(pinned, rows) == [.pinQueues(bridge: "br0", port)])
    }

    @Test func queuesArePinnedOnARunningSwitch() throws {
        let datapath = try ThreadlessDatapath()
        let vswitch = Switch(datapath: datapath, config: TestRows.plainDatapath, seed: 1)
        defer { vswitch.close() }
        var rows = TestRows()
        rows.bridge("br0", [rows.port("p1")])
        var config = try rows.rooted().config().config.withoutLocalPorts
        #expect(vswitch.apply(config).isEmpty)
        let opened = try #require(datapath.netdev.portQuery("p1")).port
        config.bridges[0].ports[0].rxQueueAffinity = "0:1"
        #expect(vswitch.apply(config).isEmpty)
        #expect(vswitch.running == config)
        #expect(datapath.netdev.portQuery("p1")?.port == opened)
        // What cannot be read is refused, and wanted again the next time.
        config.bridges[0].ports[0].rxQueueAffinity = "x"
        for _ in 0..<2 { #expect(vswitch.apply(config).map(\.step) == [.pinQueues(bridge: "br0", config.bridges[0].ports[0])]) }
        #expect(vswitch.running.bridges[0].ports[0].rxQueueAffinity == "0:1")
    }

    @Test func aBridgeThatGoesToAnotherDatapathIsMadeAnew() throws {
        var rows = TestRows()
        let bridge = rows.bridge("br0", [rows.port("p1")])
        var other = rows
        other[bridge, "datapath_type"] = .string("netdev")
        let found = try steps(rows, other).map { step in
            switch step {
            case .removePort(_, let name): "-port \(name)"
            case .removeBridge(let name): "-bridge \(name)"
            case .addBridge(let config): "+bridge \(config.name) \(config.datapathType)"
            case .addPort(_, let port): "+port \(port.name)"
            case .addFlow: "+flow"
            default: "other"
            }
        }
        #expect(found == ["-port p1", "-port br0", "-bridge br0", "+bridge br0 netdev", "+port p1", "+port br0", "+flow"])
    }

    /// As in ovs-vswitchd: a first controller finds no flows, and without one there are fail mode's only.
    @Test func flowsGoWithTheControllerAndFailMode() throws {
        let vswitch = Switch(datapath: try ThreadlessDatapath(), config: TestRows.plainDatapath, seed: 1)
        defer { vswitch.close() }
        var rows = TestRows(), numbers = PortNumbers()
        let bridge = rows.bridge("br0"), controllers = ["tcp:127.0.0.1:1", "tcp:127.0.0.1:2"].map { rows.add("Controller", ["target": .string($0)]) }
        /// Changes a column and tells which priorities the table's flows have then, where one of priority 5 and a group were added before.
        func priorities(_ column: String, _ value: Datum) throws -> [UInt16] {
            if let running = vswitch.ofproto.bridge(named: "br0") {
                var flow = FlowMod()
                flow.priority = 5
                try running.apply(flow, command: .add, now: vswitch.datapath.now)
            }
            rows[bridge, column] = value
            #expect(vswitch.apply(try rows.rooted().config(&numbers).config.withoutLocalPorts).isEmpty)
            return try #require(vswitch.ofproto.bridge(named: "br0")).dumpFlows().map(\.0.priority).sorted()
        }
        #expect(try priorities("fail_mode", .empty) == [0])
        #expect(try priorities("external_ids", .map(["a": "b"])) == [0, 5])
        #expect(try priorities("fail_mode", .string("secure")) == [])
        #expect(try priorities("fail_mode", .string("standalone")) == [0])
        #expect(try priorities("controller", .uuid(controllers[0])) == [])
        #expect(try priorities("controller", .uuid(controllers[1])) == [5])
        #expect(try priorities("fail_mode", .string("secure")) == [5])
        #expect(try priorities("controller", .empty) == [])
    }

    /// Patch ports on two bridges, a bond and a mirror, on a running switch; then they go.
    @Test func aSwitchFollowsTheRows() throws {
        let datapath = try ThreadlessDatapath()
        let vswitch = Switch(datapath: datapath, config: TestRows.plainDatapath, seed: 1)
        defer { vswitch.close() }
        var rows = TestRows(), numbers = PortNumbers()
        let members = ["i1", "i2"].map { rows.add("Interface", ["name": .string($0), "type": .string("dummy")]) }
        let bond = rows.add("Port", ["name": .string("b1"), "interfaces": .uuids(members), "bond_mode": .string("active-backup")])
        let mirror = rows.add("Mirror", ["name": .string("m"), "select_all": .bool(true), "output_port": .uuid(rows.port("out"))])
        let out = try #require(rows[mirror, "output_port"]?.keys.first?.uuid)
        let near = rows.port("near", "patch", interface: ["options": .map(["peer": "far"])])
        rows.bridge("br0", [bond, out, near], ["mirrors": .uuid(mirror), "other_config": .map(["dp-desc": "d", "dp-sn": "s"])])
        rows.bridge("br1", [rows.port("far", "patch", interface: ["options": .map(["peer": "near"])])])
        let wanted = try rows.rooted().config(&numbers).config.withoutLocalPorts
        #expect(vswitch.apply(wanted).isEmpty)
        #expect(vswitch.running == wanted)
        #expect(vswitch.ofproto.bridge(named: "br0")?.ports.map { "\($0.name)=\($0.number.number)" }.sorted() == ["i1=1", "i2=2", "near=3", "out=4"])
        #expect(vswitch.ofproto.bridge(named: "br0")?.datapathDescription == "d")
        rows[mirror, "output_vlan"] = .int(9)
        rows[mirror, "output_port"] = .empty
        let changed = try rows.rooted().config(&numbers).config.withoutLocalPorts
        #expect(ConfigDiff(from: wanted, to: changed).steps == [.setMirrors(bridge: "br0", changed.bridges[0].mirrors)])
        #expect(vswitch.apply(changed).isEmpty)
        #expect(vswitch.apply(try TestRows().rooted().config(&numbers).config).isEmpty)
        #expect(vswitch.ofproto.bridges.isEmpty)
    }

    @Test func aPortThatDoesNotOpenIsTold() throws {
        let vswitch = Switch(datapath: try ThreadlessDatapath(), config: TestRows.plainDatapath, seed: 1)
        defer { vswitch.close() }
        var rows = TestRows()
        rows.bridge("br0", [rows.port("good"), rows.port("bad", "dummy-nothing"), rows.port("there", interface: ["name": .string("good2")])])
        var config = try rows.rooted().config().config.withoutLocalPorts
        config.bridges[0].ports[0].options = ["n_rxq_desc": "7"]
        #expect(vswitch.apply(config).map(\.step) == [.addPort(bridge: "br0", config.bridges[0].ports[0])])
        config.bridges[0].ports[0].options = [:]
        #expect(vswitch.apply(config).isEmpty)
    }

    @Test func aThousandPorts() throws {
        var rows = TestRows(), numbers = PortNumbers()
        let ports = (1...1000).map { rows.port("p\($0)", interface: ["ofport_request": $0 % 2 == 0 ? .int(Int64($0) * 60) : .empty]) }
        let bridge = rows.bridge("br0", ports)
        let all = try rows.rooted().config(&numbers)
        #expect(all.config.bridges[0].ports.count == 1001)
        #expect(Set(all.config.bridges[0].ports.map(\.ofPort)).count == 1001)
        #expect(all.port("p1000")?.ofPort.number == 60_000)
        rows[bridge, "ports"] = .uuids(ports.dropLast(500))
        let half = try rows.rooted().config(&numbers)
        #expect(ConfigDiff(from: all.config, to: half.config).steps.count == 500)
        #expect(half.config.bridges[0].ports.allSatisfy { $0.ofPort == all.port($0.name)?.ofPort })
    }

    /// Every column of every table that is read has contents that mean nothing, of every kind that its type allows.
    @Test(arguments: [-1, 0, 1, 70_000, Int64.max, Int64.min]) func nonsenseInEveryColumn(number: Int64) throws {
        let words = ["", "x/y", "🦆", "-1", "99999999999999999999", "0x", ":", "true", String(repeating: "a", count: 5000)]
        for word in words {
            var rows = TestRows()
            let keys = [
                "datapath-id", "hwaddr", "mac-aging-time", "mac-table-size", "pmd-cpu-mask", "dpdk-extra", "dpdk-socket-mem", "dpdk-init", "flow-limit", "max-idle", "vlan-limit",
                "bond-primary", "bond-rebalance-interval", "bond-hash-basis", "lacp-system-id", "pmd-rxq-affinity", "peer", "n_rxq", "n_rxq_desc", "priority-tags", "cir", "cbs", "eir", "ebs",
            ]
            let settings = Datum.map(Dictionary(uniqueKeysWithValues: keys.map { ($0, word) }))
            let text = Datum.string(word), value = Datum.int(number)
            let interface = rows.add("Interface", ["name": text, "type": .string("dummy"), "options": settings, "other_config": settings, "mac": text, "mtu_request": value, "ofport_request": value, "cfm_mpid": value, "ingress_policing_rate": value,
                "ingress_policing_burst": value, "ingress_policing_kpkts_rate": value, "ingress_policing_kpkts_burst": value])
            let second = rows.add("Interface", ["name": .string("second"), "type": text, "options": settings, "other_config": settings])
            let queue = rows.add("Queue", ["dscp": value, "other_config": settings])
            let qos = rows.add("QoS", ["type": text, "queues": .map([(.integer(number), .uuid(queue)), (.integer(4), .uuid(queue))]), "other_config": settings])
            let port = rows.add("Port", [
                "qos": .uuid(qos),
                "name": text, "interfaces": .uuids([interface, second]), "tag": value, "trunks": value, "cvlans": value, "vlan_mode": text, "bond_mode": text, "bond_updelay": value,
                "lacp": text, "other_config": settings,
            ])
            let mirror = rows.add("Mirror", ["name": text, "output_port": .uuid(port), "output_vlan": value, "select_vlan": value, "snaplen": value])
            let controller = rows.add("Controller", ["target": text, "max_backoff": value, "inactivity_probe": value, "controller_rate_limit": value, "controller_burst_limit": value, "type": text])
            let netFlow = rows.add("NetFlow", ["targets": text, "engine_id": value, "engine_type": value, "active_timeout": value])
            let table = rows.add("Flow_Table", ["name": text, "flow_limit": value, "overflow_policy": text, "groups": text, "prefixes": text])
            rows.bridge("br0", [port], [
                "fail_mode": text, "protocols": text, "flood_vlans": value, "controller": .uuid(controller), "mirrors": .uuid(mirror), "netflow": .uuid(netFlow),
                "flow_tables": .map([(.integer(number), .uuid(table))]), "other_config": settings,
            ])
            rows.bridge(word.isEmpty ? "x" : word)
            let result = try rows.rooted(["other_config": settings]).config()
            #expect(result.config.bridge(named: "br0")?.ports.contains { $0.ofPort == .local } == true)
            for bridge in result.config.bridges {
                #expect(Set(bridge.ports.map(\.ofPort)).count == bridge.ports.count)
                #expect(bridge.ports.allSatisfy { $0.ofPort == .local || (1...65279).contains($0.ofPort.number) })
            }
        }
    }
}

extension SwitchConfig {
    /// Without what would be interfaces of the kernel.
    fileprivate var withoutLocalPorts: SwitchConfig {
        var copy = self
        for index in copy.bridges.indices { copy.bridges[index].ports.removeAll { $0.kind == .internal } }
        return copy
    }
}
