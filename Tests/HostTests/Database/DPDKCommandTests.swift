import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The commands about DPDK, beside Debian's ovs-vswitchd with DPDK, without hugepages.
    @Suite(.serialized) struct DPDKCommandTests {
        private static let before = ["netdev-dpdk/get-mempool-info", "netdev-dpdk/detach zz", "dpdk/log-list"]
        private static let questions = [
            "netdev-dpdk/set-admin-state", "netdev-dpdk/set-admin-state foo", "netdev-dpdk/set-admin-state d0 down", "netdev-dpdk/set-admin-state d0 UP",
            "netdev-dpdk/set-admin-state t0 up", "netdev-dpdk/set-admin-state zz up", "netdev-dpdk/set-admin-state up", "netdev-dpdk/set-admin-state a b c",
            "netdev-dpdk/detach", "netdev-dpdk/detach zz", "netdev-dpdk/detach net_null0", "netdev-dpdk/detach 0000:01:00.0", "netdev-dpdk/get-mempool-info zz",
            "netdev-dpdk/get-mempool-info t0", "netdev-dpdk/get-mempool-info a b", "dpdk/log-set", "dpdk/log-set foo", "dpdk/log-set pmd*:foo", "dpdk/log-set a:b:c",
            "dpdk/log-set info lib.eal:8", "dpdk/log-set :", "dpdk/log-set debug lib.eal:warning",
        ]

        /// Columns of a device's row, and the keys of its statistics. How many transmit queues it has is each switch's own affair.
        @Test func devicesTellTheSame() async throws {
            var rows: [[String]] = []
            for kind in [ManagedSwitch.Kind.needletail, .ovs] {
                try await Bed.with { bed in
                    let vswitch = try await ManagedSwitch(bed, kind, hasDPDK: true), bridge = bed.name("b")
                    try await vswitch.vsctl("set", "Open_vSwitch", ".", "other_config:dpdk-init=true")
                    try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev -- add-port \(bridge) d0"
                        + " -- set interface d0 type=dpdk options:dpdk-devargs=net_null0,no-rx=1 options:n_rxq=2 mtu_request=2000"
                        + " -- add-port \(bridge) d1 -- set interface d1 type=dpdk options:dpdk-devargs=net_ring0")
                    try await until("\(kind) has counted") { try await vswitch.column("interface", "d1", "statistics").contains("rx_q0_packets") }
                    var row: [String] = []
                    for name in ["d0", "d1"] {
                        for column in ["admin_state", "link_state", "link_speed", "link_resets", "duplex", "mtu", "status", "error", "ofport", "options"] {
                            row.append("\(name) \(column): \(try await vswitch.column("interface", name, column))")
                        }
                        let statistics = try await vswitch.column("interface", name, "statistics").matches(of: /(\w+)=/).map { String($0.1) }
                        row.append("\(name) statistics: \(statistics.filter { $0.wholeMatch(of: /tx_q[1-9]\d*_\w+/) == nil })")
                        let index = Int(try await vswitch.column("interface", name, "ifindex")) ?? 0
                        #expect((1..<1 << 24).contains(index), "\(kind)")
                    }
                    rows.append(row)
                }
            }
            #expect(rows[0] == rows[1])
        }

        @Test func answersAreOVSs() async throws {
            var transcripts: [[String]] = []
            for kind in [ManagedSwitch.Kind.needletail, .ovs] {
                try await Bed.with { bed in
                    let vswitch = try await ManagedSwitch(bed, kind, hasDPDK: true)
                    var transcript: [String] = []
                    func ask(_ line: String) async throws {
                        let answer = try await vswitch.ask(line.split(separator: " ").map(String.init))
                        transcript += [line, "\(answer.status)", answer.output, lines(answer.errors).first ?? ""]
                    }
                    for line in Self.before { try await ask(line) }
                    try await vswitch.vsctl("set", "Open_vSwitch", ".", "other_config:dpdk-init=true")
                    let bridge = bed.name("b")
                    bed.owned("t0")
                    try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=netdev -- add-port \(bridge) t0 -- set interface t0 type=tap"
                        + " -- add-port \(bridge) d0 -- set interface d0 type=dpdk options:dpdk-devargs=net_null0,no-rx=1")
                    transcript += lines(try await vswitch.ask("list-commands").output).filter { $0.contains("dpdk/") }
                    for line in Self.questions { try await ask(line) }
                    // What is told of memory is each process's own; its form is DPDK's.
                    let levels = lines(try await vswitch.ask("dpdk/log-list").output).map { $0.components(separatedBy: ": ").last ?? "" }
                    transcript += levels.filter { $0.hasPrefix("lib.eal,") || $0.hasPrefix("lib.ring,") || $0.hasPrefix("bus.vdev,") }.sorted()
                    for line in ["netdev-dpdk/get-mempool-info d0", "netdev-dpdk/get-mempool-info", "dpdk/get-malloc-stats", "dpdk/lcore-list"] {
                        let answer = try await vswitch.ask(line.split(separator: " ").map(String.init))
                        transcript += [line, "\(answer.status)", lines(answer.output).first.map { String($0.prefix { !"<0123456789".contains($0) }) } ?? "nothing"]
                    }
                    if kind == .needletail {
                        let examples = Self.questions.compactMap { question -> String? in
                            guard let at = transcript.firstIndex(of: question) else { return nil }
                            return (transcript[at + 1] == "0" ? "" : "!") + question
                        } + ["netdev-dpdk/get-mempool-info d0", "dpdk/get-malloc-stats", "dpdk/lcore-list", "dpdk/log-list"]
                        let checked = try await command(pythonTool("python"), [JSONTests.program, String(JSONTests.schema), vswitch.controlSocket, "dpdk/|netdev-dpdk/"],
                            input: examples.joined(separator: "\n"), seconds: 60)
                        #expect(checked.output == "\(Self.questions.count + 4) right\n", "\(checked.output)\(checked.errors)")
                    }
                    try await vswitch.vsctl("del-port", "d0")
                    try await ask("netdev-dpdk/detach net_null0")
                    transcripts.append(transcript)
                    try await vswitch.endDaemon()
                }
            }
            for (ours, theirs) in zip(transcripts[0], transcripts[1]) { #expect(ours == theirs) }
            #expect(transcripts[0].count == transcripts[1].count)
            #expect(transcripts[0].contains("lib.eal, level is warning") && transcripts[0].contains("lib.ring, level is debug"))
        }
    }
}
