import Datapath
import Flow
import Foundation
import OpenFlow
import Testing
import Wire
@testable import OFProto
@testable import VSwitch

/// Pure parts of the running switch: what runs after failures, the embedded configurations, counters and their texts.
@Suite struct SwitchStateTests {
    func config(_ text: String) throws -> SwitchConfig { try SwitchConfig.parse(Array(text.utf8), file: "c") }

    /// Whatever fails, applying the wanted configuration once more tries just that again.
    @Test func failedStepsAreTriedAgain() throws {
        let old = try config("bridges: {a: {ports: {p: {type: dummy}, q: {type: dummy, tag: 1}}}, c: {ports: {x: {type: dummy}}}}")
        let new = try config("""
            datapath: {smc: false}
            bridges: {a: {fail-mode: secure, mac-aging-time: 60, ports: {p: {type: dummy, mtu: 9000}, q: {type: dummy, tag: 2}, r: {type: dummy}}}, b: {}}
            """)
        let steps = ConfigDiff(from: old, to: new).steps
        #expect(steps.count == 10)
        for step in steps {
            // A port whose removal failed is gone; the bridge it was on may be, too.
            if case .removePort = step { continue }
            let after = new.without([step], former: old)
            let again = ConfigDiff(from: after, to: new).steps
            switch step {
            case .addBridge: #expect(again.first == step)
            case .removeBridge: #expect(again.last == step || again.contains(step))
            default: #expect(again == [step])
            }
        }
        #expect(ConfigDiff(from: new.without([], former: old), to: new).steps.isEmpty)
    }

    @Test func aSettingThatNeedsARestartIsToldOnce() throws {
        let vswitch = Switch(datapath: try ThreadlessDatapath(), config: DatapathConfig(), seed: 1)
        defer { vswitch.close() }
        var config = SwitchConfig()
        #expect(vswitch.apply(config).isEmpty)
        config.datapath.memory = 99
        #expect(vswitch.apply(config).map(\.reason) == ["memory is read at the start only; restart to change it"])
        config.datapath.smc = false
        #expect(vswitch.apply(config).isEmpty)
        config.datapath.memory = 98
        #expect(vswitch.apply(config).count == 1)
        #expect(vswitch.apply(config).isEmpty)
        config.datapath.memory = nil
        #expect(vswitch.apply(config).isEmpty)
        #expect(vswitch.running.datapath == config.datapath)
    }

    @Test func agingTimesAreSeconds() throws {
        let datapath = try ThreadlessDatapath()
        let vswitch = Switch(datapath: datapath, config: DatapathConfig(), seed: 1)
        #expect(vswitch.apply(try config("bridges: {a: {mac-aging-time: 60}, b: {}}")).isEmpty)
        // The table counts milliseconds.
        #expect(vswitch.ofproto.bridges.map(\.macTable.aging) == [60_000, 300_000])
        vswitch.close()
    }

    @Test func embeddedConfigurationIsTheFile() throws {
        let file = ExecutableTests.root + "/config/demo.yaml"
        #expect(DemoConfig.replay == (try String(contentsOfFile: file, encoding: .utf8)))
        #expect(throws: Never.self) { try config(DemoConfig.taps) }
    }

    @Test(arguments: ["demo", "two-nics", "null-to-null", "containers-tap", "bond-and-mirror"]) func examplesAreRight(name: String) throws {
        let config = try SwitchConfig.load(ExecutableTests.root + "/config/\(name).yaml")
        #expect(config.bridges.count == 1)
        #expect(config.bridges[0].ports.count >= 2)
        #expect(!config.bridges[0].flows.isEmpty)
    }

    func counters(time: Int64, _ n: UInt64) -> SwitchCounters {
        SwitchCounters(time: time,
            pmds: [.init(core: 1, isRunning: true, rxPackets: n, busyCycles: 30 * n, totalCycles: 40 * n, hintHits: 0, emcHits: n / 2, smcHits: n / 4, megaflowHits: n / 4, upcalls: 0, upcallsLost: 0)],
            ports: [.init(bridge: "b", name: "p", rxPackets: n, rxBytes: 64 * n, txPackets: 0, txBytes: 0, drops: ["action": n / 2]),
                .init(bridge: "b", name: "q", rxPackets: 0, rxBytes: 0, txPackets: n / 2, txBytes: 32 * n, drops: [:])],
            megaflows: 3)
    }

    @Test func countersSubtract() {
        let window = counters(time: 3000, 5000).since(counters(time: 1000, 1000))
        #expect(window.seconds == 2)
        #expect(window.pmds[0].rxPackets == 4000)
        #expect(window.pmds[0].busyCycles == 120_000)
        #expect(window.ports[0].drops == ["action": 2000])
        #expect(window.ports[1].txPackets == 2000)
        // A port that came anew begins at 0.
        let later = counters(time: 2000, 100).since(counters(time: 1000, 1000))
        #expect(later.ports[0].rxPackets == 100)
        // A core that had a PMD before this window is not in it.
        var now = counters(time: 2000, 4000)
        now.pmds.append(counters(time: 0, 700).pmds[0])
        now.pmds[1].core = 2
        now.pmds[1].isRunning = false
        var then = now
        then.pmds[0] = counters(time: 1000, 0).pmds[0]
        #expect(now.since(then).pmds.map(\.core) == [1])
        // One that runs is, also if nothing was counted.
        now.pmds[1].isRunning = true
        #expect(now.since(then).pmds.map(\.core) == [1, 2])
        then.pmds.removeLast()
        #expect(now.since(then).pmds.map(\.rxPackets) == [4000, 700])
    }

    @Test func liveLine() {
        let window = counters(time: 2000, 4000).since(counters(time: 1000, 0))
        #expect(LiveTable.line(window, seconds: 7)
            == "      7       4.0k       2.0k       2.0k   0.0%  50.0%  25.0%    25.0%         0         3          30.0  action 2.0k")
        #expect(LiveTable.heading.utf8.count > 60)
    }

    @Test func tables() {
        let window = counters(time: 2000, 4000).since(counters(time: 1000, 0))
        #expect(LiveTable.ports(window) == """
            port  received   bytes  sent   bytes  dropped  reasons
            b/p       4000  256000     0       0     2000  action 2000
            b/q          0       0  2000  128000        0
            """)
        #expect(LiveTable.pmds(window) == """
            PMD on core  received  hint hits  EMC hits  SMC hits  megaflow hits  upcalls  lost   busy  cycles/packet
            1                4000          0      2000      1000           1000        0     0  75.0%           30.0
            """)
    }

    @Test func rates() {
        #expect(LiveTable.rate(950, 1) == "950")
        #expect(LiveTable.rate(5, 2) == "2.5")
        #expect(LiveTable.rate(12_340, 1) == "12.3k")
        #expect(LiveTable.rate(4_560_000, 1) == "4.56M")
        #expect(LiveTable.rate(1, 0) == "-")
        #expect(LiveTable.fixed(1.005, 3) == "1.005")
        #expect(LiveTable.fixed(.infinity, 1) == "-")
    }

    @Test func megaflowLine() {
        var key = FlowKey(), mask = FlowMask(), stats = DPFlowStats()
        (key.l0.inPort, mask.l0.inPort) = (1, .max)
        (key.l0.recircID, mask.l0.recircID) = (0, .max)
        (key.l0.dlType, mask.l0.dlType) = (BE16(EtherType.ipv4), .ones)
        (key.l0.nwDst, mask.l0.nwDst) = (BE32(0x0a000000), BE32(0xff000000))
        mask.l0.nwFrag = 3
        (stats.packets, stats.bytes, stats.used) = (10, 640, 1_500)
        stats.tcpFlags = 0x1a
        let flow = DPFlowDump(id: DPFlowID(pmd: 0, slot: 0, generation: 1), key: key, mask: mask, actions: [.output(ODPPort(2))], stats: stats)
        let text = MegaflowLine(flow: flow, names: [ODPPort(1): "in", ODPPort(2): "out"], now: 2_000).line
        #expect(text == "recirc_id(0),in_port(in),packet_type(ns=0,id=0),eth(),eth_type(0x0800),ipv4(dst=10.0.0.0/255.0.0.0,frag=no)"
            + ", packets:10, bytes:640, used:0.500s, flags:SP., actions:out")
    }

    @Test func processorLists() {
        #expect(Processors.list("0-2,5") == [0, 1, 2, 5])
        #expect(Processors.list("3") == [3])
        #expect(Processors.list("x,4-2,99999") == [])
        #expect(ProcFS.value("VmRSS", of: "A: 1\nVmRSS:\t  12 kB\n") == "12 kB")
        #expect(!Processors.allowed().isEmpty)
    }
}
