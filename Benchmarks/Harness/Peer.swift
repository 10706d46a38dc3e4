import Datapath
import Foundation

/// Debian's OVS-DPDK with a database and run-time files of its own in the run's folder, nothing of the system's OVS
/// touched. One poll-mode thread; caches as OVS comes (EMC insertion 1/100), SMC as asked.
struct Peer: Subject {
    let name = "OVS-DPDK 3.1"
    let isSwitch = true
    /// One for the poll-mode thread, one for all others.
    let transmitQueues = 2
    private static let daemon = "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk"

    func run(_ setUp: SetUp, warmUp: Double, seconds: Double) throws -> Counters {
        try withSwitch(setUp) { ovs in
            try wait(atMost: warmUp)
            let counters = try ovs.window(seconds: seconds)
            try ovs.checkSum()
            return counters
        }
    }

    func serve(_ setUp: SetUp, _ body: (any RunningSwitch) throws -> Void) throws { try withSwitch(setUp, body) }

    func setUpRate(_ setUp: SetUp, flows: Int) throws -> (rate: Double, installed: Int) {
        try withSwitch(setUp) { ovs in
            // The slope between the first look and the last one at which the flows were not nearly all there.
            var first: (time: ContinuousClock.Instant, count: Int)?, last = first
            try wait(atMost: 60, every: 0.01) {
                let now = ContinuousClock.now
                let count = try ovs.megaflowCount()
                if count > 0, count < flows * 9 / 10 {
                    if first == nil { first = (now, count) } else { last = (now, count) }
                }
                return count >= flows * 9 / 10 || (first.map { now - $0.time > .seconds(3) } ?? false)
            }
            guard let first, let last else { throw BenchError("\(name): the flows were installed before they could be counted") }
            return (Double(last.count - first.count) / ((last.time - first.time) / .seconds(1)), last.count)
        }
    }

    /// Reads `dpif-netdev/pmd-perf-show` (ovs-vswitchd(8)) with one poll-mode thread.
    static func counters(_ text: String, megaflows: Int, masks: Int?, resident: Int) throws -> Counters {
        guard let seconds = decimal(after: "Measurement duration:", in: text), seconds > 0,
              let received = number(after: "Rx packets:", in: text), received > 0,
              let sent = number(after: "Tx packets:", in: text), let upcalls = number(after: "- Upcalls:", in: text),
              let lost = number(after: "- Lost upcalls:", in: text)
        else { throw BenchError("OVS's pmd-perf-show is not understood, or nothing was received:\n\(text)") }
        let names = [("PHWOL", "PHWOL"), ("Simple Match", "simple match"), ("EMC", "EMC"), ("SMC", "SMC"), ("Megaflow", "dpcls")]
        return Counters(seconds: seconds, received: received, sent: sent, dropped: lost,
            cyclesPerPacket: TSC.hertz * seconds / Double(received), megaflows: megaflows, masks: masks, upcalls: upcalls,
            hits: names.map { ($0.1, number(after: "- \($0.0) hits:", in: text) ?? 0) },
            lookupsPerHit: decimal(after: "%,", in: text), residentBytes: resident)
    }

    /// Reads the histogram of cycles an iteration from `dpif-netdev/pmd-perf-show` with one poll-mode thread: the first two columns of its table, a bin's
    /// greatest value and its iterations. The last bin has no bound: its iterations are taken for as long as they must at least have been.
    static func turns(_ text: String) throws -> TurnTimes {
        guard let cycles = number(after: "Used TSC cycles:", in: text), let table = text.range(of: "cycles/it ") else {
            throw BenchError("OVS's pmd-perf-show has no histogram of cycles:\n\(text)")
        }
        var bins: [TurnTimes.Bin] = []
        for line in text[table.upperBound...].split(separator: "\n").dropFirst() {
            let words = line.split(separator: " ")
            guard words.count > 1, let turns = UInt64(words[1]) else { break }
            bins.append(TurnTimes.Bin(last: UInt64(words[0]) ?? (bins.last?.last ?? 0) + 1, turns: turns))
        }
        let times = TurnTimes(bins: bins, cycles: UInt64(cycles))
        guard !times.bins.isEmpty else { throw BenchError("OVS has made no iterations:\n\(text)") }
        return times
    }

    private func withSwitch<Result>(_ setUp: SetUp, _ body: (RunningOVS) throws -> Result) throws -> Result {
        let ovs = try RunningOVS(setUp, daemon: Self.daemon)
        defer { ovs.stop() }
        try ovs.configure(setUp)
        return try body(ovs)
    }
}

/// ovsdb-server and ovs-vswitchd, running.
private final class RunningOVS: RunningSwitch {
    private let folder: URL
    private let environment: [String: String]
    private let database: Child
    private var vswitchd: Child?

    init(_ setUp: SetUp, daemon: String) throws {
        folder = setUp.folder
        let path = folder.path
        environment = Dictionary(uniqueKeysWithValues: ["RUNDIR", "DBDIR", "LOGDIR", "SYSCONFDIR"].map { ("OVS_" + $0, path) })
        try runProgram("ovsdb-tool", ["create", "\(path)/conf.db", "/usr/share/openvswitch/vswitch.ovsschema"])
        database = try Child("ovsdb-server", "ovsdb-server",
            ["\(path)/conf.db", "--remote=punix:\(path)/db.sock", "--unixctl=\(path)/db.ctl"], folder: folder, environment: environment)
        do {
            guard try wait(atMost: 60, until: { FileManager.default.fileExists(atPath: "\(path)/db.sock") }) else {
                throw BenchError("ovsdb-server does not listen:\n\(database.text)")
            }
            try vsctl(["--no-wait", "init", "--", "set", "Open_vSwitch", ".", "other_config:dpdk-init=true",
                "other_config:dpdk-socket-mem=\(setUp.memory)", "other_config:dpdk-extra=\"\(setUp.ports.pciArguments.joined(separator: " ")) --in-memory\"",
                "other_config:pmd-cpu-mask=0x\(String(1 << Harness.pmdCore, radix: 16))",
                "other_config:dpdk-lcore-mask=0x\(String(1 << Harness.otherCore, radix: 16))",
                "other_config:emc-insert-inv-prob=\(setUp.emc ? 100 : 0)", "other_config:smc-enable=\(setUp.smc)", "other_config:pmd-perf-metrics=\(setUp.measuresTurns)"])
            vswitchd = try Child("ovs-vswitchd", daemon,
                ["unix:\(path)/db.sock", "--unixctl=\(path)/vswitchd.ctl"], folder: folder, environment: environment)
        } catch {
            stop()
            throw error
        }
    }

    /// The sink and the rules first, the source last, so that no packet meets a half-made switch.
    func configure(_ setUp: SetUp) throws {
        try vsctl(["set", "Open_vSwitch", ".", "other_config:flow-limit=\(setUp.flowLimit)", "other_config:max-idle=\(setUp.maxIdle)",
            "--", "add-br", "br0", "--", "set", "Bridge", "br0", "datapath_type=netdev", "fail-mode=secure"])
        try addPort("p1", setUp.ports.p1, number: 2)
        // OVS starts at 10 000 megaflows and would need half a second for each further thousand.
        try control("upcall/set-flow-limit", String(setUp.flowLimit))
        let rules = folder.appending(path: "rules")
        try Data(setUp.rules.replacing("p0", with: "1").replacing("p1", with: "2").utf8).write(to: rules)
        try runProgram("ovs-ofctl", ["add-flows", "\(folder.path)/br0.mgmt", rules.path], environment)
        try addPort("p0", setUp.ports.p0, number: 1)
    }

    private func addPort(_ name: String, _ devargs: String, number: Int) throws {
        try vsctl(["add-port", "br0", name, "--", "set", "Interface", name, "type=dpdk", "ofport_request=\(number)",
            "options:dpdk-devargs=\"\(devargs)\""])
        let error = try vsctl(["get", "Interface", name, "error"]).trimmingCharacters(in: .whitespacesAndNewlines)
        if error != "[]" { throw BenchError("OVS does not open \(name) (\(devargs)): \(error)") }
    }

    @discardableResult func vsctl(_ arguments: [String]) throws -> String {
        try runProgram("ovs-vsctl", ["--db=unix:\(folder.path)/db.sock", "--timeout=30"] + arguments, environment)
    }

    @discardableResult func control(_ command: String...) throws -> String {
        try runProgram("ovs-appctl", ["-t", "\(folder.path)/vswitchd.ctl"] + command, environment)
    }

    /// The number of distinct masks, counted from a dump of the megaflows; nil when there are too many to ask for.
    func maskCount() throws -> Int? {
        let count = try megaflowCount()
        guard count <= 20_000 else { return nil }
        // With -m every field is printed with its mask, so a flow's mask is its text without the values.
        return Set(try control("dpctl/dump-flows", "-m").split(separator: "\n").filter { $0.contains("recirc_id") }.map(maskText)).count
    }

    /// Stops the source, then compares the ports' counters of the whole run with the drops that OVS counted.
    func checkSum() throws {
        try control("netdev-dpdk/set-admin-state", "p0", "down")
        var received = 0, sent = 0, dropped = 0
        let settled = try wait(atMost: 60, every: 0.1) {
            let ports = try runProgram("ovs-ofctl", ["dump-ports", "\(folder.path)/br0.mgmt"], environment)
            let blocks = ports.components(separatedBy: "  port ")
            guard let p0 = blocks.first(where: { $0.hasPrefix(" 1:") }), let p1 = blocks.first(where: { $0.hasPrefix(" 2:") })
            else { throw BenchError("ovs-ofctl dump-ports is not understood:\n\(ports)") }
            let before = received
            received = number(after: "rx pkts=", in: p0) ?? 0
            sent = number(after: "tx pkts=", in: p1) ?? 0
            let coverage = try control("coverage/show").split(separator: "\n").filter { $0.hasPrefix("datapath_drop") || $0.hasPrefix("drop_action") }
            dropped = (p1.components(separatedBy: "tx pkts=").last.flatMap { number(after: "drop=", in: $0) } ?? 0)
                + coverage.reduce(0) { $0 + (number(after: "total:", in: String($1)) ?? 0) }
            return received == before && received == sent + dropped
        }
        if !settled { throw BenchError("OVS does not add up: p0 received \(received), p1 sent \(sent), dropped \(dropped)") }
    }

    var bridge: String { "unix:\(folder.path)/br0.mgmt" }

    var log: String { String((vswitchd?.text ?? "").suffix(2_000)) }

    func window(seconds: Double) throws -> Counters {
        try control("dpif-netdev/pmd-stats-clear")
        try wait(atMost: seconds)
        let text = try control("dpif-netdev/pmd-perf-show")
        return try Peer.counters(text, megaflows: megaflowCount(), masks: maskCount(), resident: residentBytes())
    }

    func beginTurns() throws { try control("dpif-netdev/pmd-stats-clear") }

    func turns() throws -> TurnTimes { try Peer.turns(try control("dpif-netdev/pmd-perf-show")) }

    func residentBytes() throws -> Int { try database.residentBytes() + (vswitchd?.residentBytes() ?? 0) }

    func stop() {
        vswitchd?.stop()
        database.stop()
    }
}

/// A megaflow's line of `dpctl/dump-flows -m` without ufid, statistics and the values before each “/mask”.
private func maskText(_ line: Substring) -> String {
    let match = line.drop { $0 != "r" }.components(separatedBy: ", packets:")[0]
    return match.split(separator: ",").map { field in
        let name = field.prefix { $0 != "=" && $0 != "/" }
        guard let slash = field.firstIndex(of: "/") else { return String(name) }
        return String(name + field[slash...])
    }.joined(separator: ",")
}
