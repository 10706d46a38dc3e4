import OpenFlow
import Testing
@testable import VSwitch

@Suite struct ConfigDiffTests {
    func config(_ text: String) throws -> SwitchConfig { try SwitchConfig.parse(Array(text.utf8), file: "c") }

    /// A short form of a step.
    func name(_ step: ConfigStep) -> String {
        switch step {
        case .changeDatapath: "datapath"
        case .removePort(let bridge, let port): "-port \(bridge)/\(port)"
        case .removeBridge(let bridge): "-bridge \(bridge)"
        case .addBridge(let bridge): "+bridge \(bridge.name)"
        case .changeBridge(let bridge): "bridge \(bridge.name)"
        case .addPort(let bridge, let port): "+port \(bridge)/\(port.name)"
        case .changePort(let bridge, let port): "port \(bridge)/\(port.name)"
        case .pinQueues(let bridge, let port): "queues \(bridge)/\(port.name)"
        case .addBond(let bridge, let bond): "+bond \(bridge)/\(bond.name)"
        case .changeBond(let bridge, let bond): "bond \(bridge)/\(bond.name)"
        case .removeBond(let bridge, let bond): "-bond \(bridge)/\(bond)"
        case .setMirrors(let bridge, let mirrors): "mirrors \(bridge)/\(mirrors.map(\.name).joined(separator: ","))"
        case .fixMAC(let bridge, let mac): "+mac \(bridge)/\(mac.address)@\(mac.port)"
        case .forgetMAC(let bridge, let mac): "-mac \(bridge)/\(mac.address)@\(mac.port)"
        case .flushFlows(let bridge): "-flows \(bridge)"
        case .addFlow(let bridge, let flow): "+flow \(bridge)/\(flow.priority)"
        case .deleteFlow(let bridge, let flow): "-flow \(bridge)/\(flow.priority)"
        }
    }

    func steps(_ old: String?, _ new: String) throws -> [String] {
        try ConfigDiff(from: old.map(config), to: config(new)).steps.map(name)
    }

    /// With a database ovs-ofctl's flows stay until who rules the bridge changes.
    @Test func flowsGoWithTheFirstControllerAndTheLast() throws {
        var alone = try config("bridges: {a: {ports: {p: {type: dummy}}}}"), ruled = try config("bridges: {a: {controllers: [\"tcp:192.0.2.1\"], ports: {p: {type: dummy}}}}")
        #expect(ConfigDiff(from: alone, to: ruled).steps.map(name) == ["bridge a", "-flow a/0"])
        alone.bridges[0].flushesFlows = true
        ruled.bridges[0].flushesFlows = true
        #expect(ConfigDiff(from: alone, to: ruled).steps.map(name) == ["bridge a", "-flows a"])
        #expect(ConfigDiff(from: ruled, to: alone).steps.map(name) == ["bridge a", "-flows a", "+flow a/0"])
        var more = ruled
        more.bridges[0].controllers.append(ruled.bridges[0].controllers[0])
        #expect(ConfigDiff(from: ruled, to: more).steps.map(name) == ["bridge a"])
        var secure = alone
        secure.bridges[0].failMode = .secure
        secure.bridges[0].flows = []
        #expect(ConfigDiff(from: alone, to: secure).steps.map(name) == ["bridge a", "-flows a"])
    }

    @Test func bondsComeBeforeTheirInterfacesAndGoAfterThem() throws {
        let bond = "bridges: {a: {fail-mode: secure, ports: {b: {type: bond, mode: MODE, interfaces: {p: {type: dummy}, q: {type: dummy}}}}, MORE}}"
        func text(_ mode: String, _ more: String = "") -> String { bond.replacing("MODE", with: mode).replacing("MORE", with: more) }
        let empty = "bridges: {a: {fail-mode: secure}}", slb = text("balance-slb")
        #expect(try steps(empty, slb) == ["+bond a/b", "+port a/p", "+port a/q"])
        #expect(try steps(slb, empty) == ["-port a/p", "-port a/q", "-bond a/b"])
        #expect(try steps(slb, text("active-backup")) == ["bond a/b"])
        #expect(try steps(slb, "bridges: {a: {fail-mode: secure, ports: {p: {type: dummy}}}}") == ["-port a/p", "-port a/q", "-bond a/b", "+port a/p"])
        let mac = "static-macs: [{mac: 02:00:00:00:00:01, port: b}]", mirror = "mirrors: {m: {select-all: true, output-vlan: 7}}"
        #expect(try steps(slb, text("balance-slb", mac)) == ["+mac a/02:00:00:00:00:01@b"])
        #expect(try steps(text("balance-slb", mac), slb) == ["-mac a/02:00:00:00:00:01@b"])
        #expect(try steps(slb, text("balance-slb", mirror)) == ["mirrors a/m"])
        #expect(try steps(text("balance-slb", mirror), slb) == ["mirrors a/"])
    }

    @Test func fromNothing() throws {
        #expect(try steps(nil, "bridges: {a: {ports: {p: {type: dummy}, q: {type: dummy}}}, b: {fail-mode: secure}}")
            == ["+bridge a", "+bridge b", "+port a/p", "+port a/q", "+flow a/0"])
    }

    @Test func noDifferenceNoStep() throws {
        #expect(try steps(completeConfig, completeConfig).isEmpty)
    }

    @Test func bridgesComeAndGo() throws {
        #expect(try steps("bridges: {a: {ports: {p: {type: dummy}}}, c: {}}", "bridges: {b: {ports: {p: {type: dummy}}}, c: {mac-aging-time: 60}}")
            == ["-port a/p", "-bridge a", "+bridge b", "bridge c", "+port b/p", "+flow b/0"])
    }

    @Test func aCollectorComesAndGoes() throws {
        let text = "bridges: {a: {netflow: {targets: ['192.0.2.1:1']}}}"
        #expect(try steps("bridges: {a: {}}", text) == ["bridge a"])
        #expect(try steps(text, text).isEmpty)
        #expect(try steps(text, "bridges: {a: {}}") == ["bridge a"])
    }

    @Test func untouchedPortsDoNotAppear() throws {
        let old = "bridges: {a: {fail-mode: secure, ports: {p: {type: dummy}, q: {type: dummy, tag: 1}, r: {type: dummy, mtu: 1500}, s: {type: tap}}}}"
        let new = "bridges: {a: {fail-mode: secure, ports: {p: {type: dummy}, q: {type: dummy, tag: 2}, r: {type: dummy, mtu: 9000}, t: {type: tap, of-port: 7}}}}"
        #expect(try steps(old, new) == ["-port a/s", "port a/q", "port a/r", "+port a/t"])
    }

    @Test func portMovesToAnotherBridge() throws {
        #expect(try steps("bridges: {a: {fail-mode: secure, ports: {p: {type: dummy}}}, b: {fail-mode: secure}}",
            "bridges: {a: {fail-mode: secure}, b: {fail-mode: secure, ports: {p: {type: dummy}}}}") == ["-port a/p", "+port b/p"])
    }

    @Test func failModeAddsAndDeletesItsFlow() throws {
        #expect(try steps("bridges: {a: {}}", "bridges: {a: {fail-mode: secure}}") == ["bridge a", "-flow a/0"])
        #expect(try steps("bridges: {a: {fail-mode: secure}}", "bridges: {a: {}}") == ["bridge a", "+flow a/0"])
    }

    @Test func onlyFlowsThatDiffer() throws {
        let old = "bridges: {a: {fail-mode: secure, flows: ['priority=1,ip,actions=drop', 'priority=2,ip,actions=drop', 'priority=3,ip,actions=drop']}}"
        let new = "bridges: {a: {fail-mode: secure, flows: ['priority=4,ip,actions=drop', 'priority=2,ip,actions=NORMAL', 'priority=1,ip,actions=drop']}}"
        #expect(try steps(old, new) == ["+flow a/4", "+flow a/2", "-flow a/3"])
    }

    @Test func datapathSettingsThatNeedARestart() throws {
        let old = try config("datapath: {pmd-cores: [1], memory: 512MB, smc: true}\nbridges: {}")
        let new = try config("datapath: {pmd-cores: [1], memory: 1GB, eal: [--x], hugepages: true, smc: true}\nbridges: {}")
        let diff = ConfigDiff(from: old, to: new)
        #expect(diff.needsRestart == ["memory", "hugepages", "eal"])
        #expect(diff.steps.isEmpty)
        let live = try config("datapath: {pmd-cores: [1], memory: 512MB, smc: false}\nbridges: {}")
        #expect(ConfigDiff(from: old, to: live).steps == [.changeDatapath(live.datapath)])
    }

    @Test func coresChangeWithoutARestart() throws {
        let old = try config("datapath: {pmd-cores: [1], memory: 512MB}\nbridges: {}")
        for text in ["[0, 1]", "[0]", "[1, 0]"] {
            let new = try config("datapath: {pmd-cores: \(text), memory: 512MB}\nbridges: {}")
            let diff = ConfigDiff(from: old, to: new)
            #expect(diff.steps == [.changeDatapath(new.datapath)] && diff.needsRestart.isEmpty)
        }
        // Beside settings that do need one.
        let both = try config("datapath: {pmd-cores: [0, 1], memory: 1GB}\nbridges: {}")
        let diff = ConfigDiff(from: old, to: both)
        #expect(diff.steps == [.changeDatapath(both.datapath)] && diff.needsRestart == ["memory"])
    }
}
