import Datapath
import OVSDB
import Testing
@testable import VSwitch

/// What tables QoS and Queue, and the columns ingress_policing_*, ask of ports.
@Suite struct RowsQoSTests {
    /// A port p1 with a QoS, among whose queues' settings one named "dscp" is the column.
    private func port(
        _ type: String, _ settings: [String: String] = [:], queues: [Int64: [String: String]] = [:], on kind: String = "dpdk"
    ) throws -> (port: PortConfig, lines: [String]) {
        var rows = TestRows()
        let ids = queues.map { number, settings in
            var settings = settings
            let dscp = settings.removeValue(forKey: "dscp").flatMap { Int64($0) }
            return (Atom.integer(number), Atom.uuid(rows.add("Queue", ["other_config": .map(settings), "dscp": dscp.map { .int($0) } ?? .empty])))
        }
        let qos = rows.add("QoS", ["type": .string(type), "other_config": .map(settings), "queues": .map(ids)])
        rows.bridge("br0", [rows.port("p1", kind, port: ["qos": .uuid(qos)], interface: ["options": .map(["dpdk-devargs": "net_null0", "peer": "p2"])])], ["datapath_type": .string("netdev")])
        let result = try rows.rooted(["other_config": .map(["dpdk-init": "true"])]).config()
        return (try #require(result.port("p1")), result.lines)
    }

    private func failure(_ type: String, _ reason: String = "Operation not supported", _ module: String = "netdev_dpdk|ERR") -> [String] {
        ["\(module)|Failed to set QoS type \(type) on port p1: \(reason)"]
    }

    @Test func egressPolicers() throws {
        let found = try port("egress-policer", ["cir": "46000000", "cbs": "2048", "zz": "3", "eir": "5"])
        #expect(found.port.qos == .egressPolicer(cir: 46_000_000, cbs: 2048) && found.lines.isEmpty)
        #expect(try port("egress-policer", ["cir": "9223372036854775807", "cbs": " 1"]).port.qos == .egressPolicer(cir: 1 << 63 - 1, cbs: 1))
        for (cir, cbs) in [("0", "1"), ("1", "0"), ("abc", "1"), ("1", "-6"), ("", ""), ("1", "99999999999999999999"), ("1.5", "1")] {
            let found = try port("egress-policer", ["cir": cir, "cbs": cbs])
            #expect(found.port.qos == nil && found.lines == failure("egress-policer", "Invalid argument"), "\(cir) \(cbs)")
        }
        // Its queues are no policers, but have a DSCP.
        let queued = try port("egress-policer", ["cir": "1", "cbs": "1"], queues: [3: ["dscp": "10", "cir": "1"]])
        #expect(queued.port.qos == .egressPolicer(cir: 1, cbs: 1) && queued.port.queueDSCP == [3: 10] && queued.lines.isEmpty)
    }

    @Test func policersWithQueues() throws {
        let settings = ["cir": "52000", "cbs": "2048", "eir": "52000", "ebs": "2048"], rates = DPRates(cir: 52000, cbs: 2048, eir: 52000, ebs: 2048)
        #expect(try port("trtcm-policer", settings).port.qos == .trtcmPolicer(rates, queues: [0: rates]))
        #expect(try port("trtcm-policer", settings, queues: [0: [:]]).port.qos == .trtcmPolicer(rates, queues: [0: rates]))
        #expect(try port("trtcm-policer", settings, queues: [0: ["nonsense": "1"]]).port.qos == .trtcmPolicer(rates, queues: [0: DPRates()]))
        #expect(try port("trtcm-policer").port.qos == .trtcmPolicer(DPRates(), queues: [0: DPRates()]))
        let many = try port("trtcm-policer", settings, queues: [1: ["cir": "41600000", "cbs": "2048"], 10: ["eir": "4", "ebs": "2", "dscp": "63"], 7: ["cir": "9"], 4_294_967_295: [:]])
        #expect(many.port.qos == .trtcmPolicer(rates, queues: [0: rates, 1: DPRates(cir: 41_600_000, cbs: 2048), 10: DPRates(eir: 4, ebs: 2), .max: DPRates()]))
        #expect(many.port.queueDSCP == [10: 63])
        #expect(many.lines == ["netdev_dpdk|ERR|Failed to set QoS queue 7 on port p1: Invalid argument"])
        // Without a default queue that can be there is none.
        let broken = try port("trtcm-policer", settings, queues: [0: ["cir": "3"]])
        #expect(broken.port.qos == .trtcmPolicer(rates, queues: [:]) && broken.lines.count == 1)
        // Nothing is said of queues of a policer that is not there.
        let none = try port("trtcm-policer", ["cir": "5"], queues: [7: ["cir": "9"]])
        #expect(none.port.qos == nil && none.lines == failure("trtcm-policer", "Invalid argument"))
    }

    @Test func otherTypes() throws {
        for type in ["linux-htb", "linux-noop", "nonsense", "🦆"] { #expect(try port(type).lines == failure(type)) }
        for kind in ["", "tap", "internal"] {
            #expect(try port("linux-noop", on: kind).lines.isEmpty)
            let found = try port("egress-policer", ["cir": "1", "cbs": "1"], queues: [3: ["dscp": "10"]], on: kind)
            #expect(found.port.qos == nil && found.port.queueDSCP == [3: 10] && found.lines == failure("egress-policer", module: "netdev_linux|WARN"))
        }
        #expect(try port("egress-policer", ["cir": "1", "cbs": "1"], on: "patch").lines == failure("egress-policer", module: "netdev|INFO"))
        let empty = try port("", queues: [3: ["dscp": "10"]])
        #expect(empty.port.qos == nil && empty.port.queueDSCP.isEmpty && empty.lines.isEmpty)
    }

    private func failure(_ type: String, module: String) -> [String] { failure(type, "Operation not supported", module) }

    /// A bond's QoS is that of each of its interfaces.
    @Test func bonds() throws {
        var rows = TestRows()
        let interfaces = ["d1", "d2"].map { rows.add("Interface", ["name": .string($0), "type": .string("dpdk"), "options": .map(["dpdk-devargs": "net_null_\($0)"])]) }
        let qos = rows.add("QoS", ["type": .string("egress-policer"), "other_config": .map(["cir": "5", "cbs": "6"])])
        rows.bridge("br0", [rows.add("Port", ["name": .string("b"), "interfaces": .uuids(interfaces), "qos": .uuid(qos), "bond_mode": .string("active-backup")])])
        let result = try rows.rooted(["other_config": .map(["dpdk-init": "true"])]).config()
        for name in ["d1", "d2"] { #expect(result.port(name)?.qos == .egressPolicer(cir: 5, cbs: 6)) }
        #expect(result.lines.isEmpty)
    }

    @Test func policing() throws {
        func policing(_ columns: [String: Int64]) throws -> DPPolicing? {
            var rows = TestRows()
            rows.bridge("br0", [rows.port("p1", "tap", interface: columns.mapValues { .int($0) })])
            let result = try rows.rooted().config()
            #expect(result.lines.isEmpty)
            return result.port("p1")?.policing
        }
        #expect(try policing([:]) == nil)
        #expect(try policing(["ingress_policing_rate": 0, "ingress_policing_burst": 5, "ingress_policing_kpkts_burst": 5]) == nil)
        #expect(try policing(["ingress_policing_rate": 10_000]) == DPPolicing(rate: 10_000))
        #expect(try policing(["ingress_policing_rate": 1, "ingress_policing_burst": 2, "ingress_policing_kpkts_rate": 3, "ingress_policing_kpkts_burst": 4])
            == DPPolicing(rate: 1, burst: 2, packetRate: 3, packetBurst: 4))
        #expect(try policing(["ingress_policing_rate": .max, "ingress_policing_burst": .max]) == DPPolicing(rate: .max, burst: .max))
    }

    /// A file says the same.
    @Test func aFileSaysTheSame() throws {
        func port(_ text: String, _ type: String = "dpdk, devargs: x") throws -> PortConfig {
            try SwitchConfig.parse(Array("bridges: {b: {ports: {p: {type: \(type), \(text)}}}}".utf8), file: "c").bridges[0].ports[0]
        }
        #expect(try port("qos: {type: egress-policer, cir: 46000000, cbs: 2048}").qos == .egressPolicer(cir: 46_000_000, cbs: 2048))
        let queued = try port("qos: {type: trtcm-policer, cir: 10, cbs: 20, eir: 30, ebs: 40, queues: {1: {cir: 5, cbs: 6}, 2: {dscp: 10}, 3: {dscp: 11, eir: 0}}}")
        let rates = DPRates(cir: 10, cbs: 20, eir: 30, ebs: 40)
        #expect(queued.qos == .trtcmPolicer(rates, queues: [0: rates, 1: DPRates(cir: 5, cbs: 6), 2: rates, 3: DPRates()]))
        #expect(queued.queueDSCP == [2: 10, 3: 11])
        for type in ["tap", "system", "internal", "dummy", "dpdk, devargs: x", "dpdkvhostuserclient, socket: x"] {
            #expect(try port("policing: {rate: 10, burst: 20, kpkts-rate: 3, kpkts-burst: 4}", type).policing == DPPolicing(rate: 10, burst: 20, packetRate: 3, packetBurst: 4))
        }
        // A change opens no port anew.
        func config(_ more: String) throws -> SwitchConfig { try SwitchConfig.parse(Array("bridges: {b: {ports: {p: {type: dpdk, devargs: x\(more)}}}}".utf8), file: "c") }
        let steps = try ConfigDiff(from: config(""), to: config(", policing: {rate: 5}, qos: {type: egress-policer, cir: 1, cbs: 1}")).steps
        #expect(steps.count == 1 && { if case .changePort(bridge: "b", let port)? = steps.first { port.policing == DPPolicing(rate: 5) } else { false } }())
    }
}
