import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The control socket, asked by the real ovs-appctl; where OVS's answer is the measure, a real ovs-vswitchd is asked the same.
    @Suite(.serialized) struct UnixctlTests {
        /// br0 with two hosts, the second in VLAN 10, and pa, a patch to pb of br1.
        private func start(_ bed: Bed) async throws -> (hosts: [Host], vswitch: RunningSwitch) {
            let hosts = try await bed.hosts(2, .tap)
            let vswitch = try await bed.start([
                BridgeText("br0", [PortText(hosts[0]), PortText(hosts[1], ", tag: 10"), PortText("pa", "type: patch, peer: pb")]),
                BridgeText("br1", [PortText("pb", "type: patch, peer: pa")]),
            ])
            for host in hosts { try await host.connect() }
            return (hosts, vswitch)
        }

        /// Lets frames come in by both ports: IPv4, to an address that nobody has.
        private func sendFrames(_ hosts: [Host]) async throws {
            for host in hosts {
                try await host.addNeighbour("10.77.0.99", at: "50:54:00:00:00:07")
                #expect(try await host.cannotReach("10.77.0.99"))
            }
        }

        @Test func answersLookLikeOVS() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await start(bed)
                let peer = try await OVSPeer(bed)
                for port in ["p1", "p2"] { try await peer.receive(port, count: 3) }
                try await sendFrames(hosts)
                let ports = hosts.map(\.port) + ["p1", "p2"]
                func shapes(_ arguments: String...) async throws -> (ours: TextShape, theirs: TextShape) {
                    let ours = try await vswitch.ask(arguments), theirs = try await peer.ask(arguments)
                    #expect(ours.status == 0 && theirs.status == 0, "\(arguments): \(ours.errors)")
                    return (TextShape(ours.output, ports: ports), TextShape(theirs.output, ports: ports))
                }
                for command in ["dpif/dump-dps", "dpctl/dump-dps", "ofproto/list"] {
                    #expect(try await vswitch.ask(command).output == peer.ask([command]).output)
                }
                // OVS also has a main thread that forwards.
                let stats = try await shapes("dpif-netdev/pmd-stats-show")
                #expect(stats.ours == stats.theirs.before("main thread").withLastLine(""))
                #expect(stats.ours.lines.count > 17)
                let perf = try await shapes("dpif-netdev/pmd-perf-show", "-nh")
                #expect(perf.ours == perf.theirs)
                for arguments in [["dpif-netdev/pmd-rxq-show"], ["dpif-netdev/pmd-rxq-show", "-secs", "7"], ["fdb/show", "br0"], ["fdb/stats-show", "br0"], ["dpctl/show"], ["dpctl/show", "-s"], ["upcall/show"]] {
                    let ours = try await vswitch.ask(arguments), theirs = try await peer.ask(arguments)
                    // Bridges without an internal port, and the datapath's own one, are OVS's.
                    #expect(TextShape(ours.output, ports: ports).kinds == TextShape(withoutInternal(theirs.output), ports: ports).kinds, "\(arguments)")
                }
                let show = try await peer.ask(["dpif/show"]).output
                #expect(TextShape(try await vswitch.ask("dpif/show").output, ports: ports) == TextShape(withoutInternal(show), ports: ports))
            }
        }

        /// Without the ports that OVS makes by itself.
        private func withoutInternal(_ text: String) -> String {
            text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("(dummy-internal)") }.joined(separator: "\n")
        }

        @Test func megaflowsLookLikeOVS() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await start(bed)
                let peer = try await OVSPeer(bed)
                try await sendFrames(hosts)
                for port in ["p1", "p2"] { try await peer.receive(port, count: 3) }
                let ports = hosts.map(\.port) + ["p1", "p2"]
                /// The kinds of headings and of IPv4 megaflows: the hosts send IPv6 and ARP, too. What the mask leaves out of IPv4 and beyond is not
                /// kept here, and so not printed by -m.
                func kinds(_ text: String) -> Set<String> {
                    let some = lines(text).filter { $0.hasPrefix("flow-dump") || $0.contains("ipv4(") }
                    return TextShape(some.map { $0.replacing(/ipv4\(.*\), packets/, with: "ipv4(), packets") }.joined(separator: "\n"), ports: ports).kinds
                }
                for arguments in [["dpctl/dump-flows"], ["dpctl/dump-flows", "--names"], ["dpctl/dump-flows", "-m"], ["dpif/dump-flows", "br0"],
                    ["dpif/dump-flows", "-m", "br0"], ["dpif/dump-flows", "--names", "br0"], ["dpctl/dump-flows", "netdev@ovs-netdev", "type=ovs"]] {
                    let ours = kinds(try await vswitch.ask(arguments).output), theirs = kinds(try await peer.ask(arguments).output)
                    #expect(ours == theirs, "\(arguments)")
                    #expect(ours.count == (arguments[0].hasPrefix("dpctl") ? 2 : 1))
                }
                for (filter, port) in [("in_port=\(hosts[0].port),ip", hosts[0].port), ("ip,dl_src=\(try await hosts[1].ethernetAddress())", hosts[1].port)] {
                    let flows = lines(try await vswitch.ask("dpctl/dump-flows", "--names", "filter=" + filter).output).dropFirst()
                    #expect(!flows.isEmpty && flows.allSatisfy { $0.contains("in_port(\(port))") && $0.contains("ipv4(") }, "\(flows)")
                }
                #expect(try await vswitch.ask("dpctl/dump-flows", "type=offloaded").output.isEmpty)
                #expect(try await vswitch.ask("dpif/dump-flows", "br1").output.isEmpty)
                #expect(try await vswitch.ask("dpctl/del-flows").output.isEmpty)
            }
        }

        /// A megaflow that cannot do itself what is to be done says so.
        @Test(arguments: [false, true]) func megaflowsOfTheSlowPathLookLikeOVS(metered: Bool) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await start(bed)
                let peer = try await OVSPeer(bed)
                let outputs = Array(repeating: "in_port", count: 1_800).joined(separator: ",")
                var flows = "table=0,actions=resubmit(,1),resubmit(,2),resubmit(,3),resubmit(,4),resubmit(,5)\n"
                for table in 1...5 { flows += "table=\(table),actions=\(outputs)\n" }
                for target in ["unix:" + vswitch.socket("br0"), peer.target] {
                    if metered { try await configure(target, ["add-meter", "meter=slowpath,kbps,band=type=drop,rate=10000"]) }
                    try await configure(target, ["add-flows", "-"], input: flows)
                }
                for host in hosts { try await host.addNeighbour("10.77.0.99", at: "50:54:00:00:00:07") }
                var expected = "userspace(pid=0,slow_path(action))"
                if metered { expected = "sample(sample=100.0%,actions(meter(0),\(expected)))" }
                for arguments in [["dpctl/dump-flows"], ["dpif/dump-flows", "br0"]] {
                    // Megaflows do not stay for long, and a packet takes its time: not more of them than are dealt with meanwhile.
                    try await until("\(arguments): \(expected)", seconds: 180) {
                        for host in hosts { _ = try await host.run("ping", "-n", "-c", "1", "-W", "0.2", "10.77.0.99") }
                        return actions(try await vswitch.ask(arguments).output) == [expected]
                    }
                    try await until("OVS: \(arguments): \(expected)", seconds: 180) {
                        for port in ["p1", "p2"] { try await peer.receive(port, count: 2) }
                        return actions(try await peer.ask(arguments).output) == [expected]
                    }
                }
            }
        }

        private func configure(_ target: String, _ arguments: [String], input: String = "") async throws {
            var arguments = arguments
            arguments.insert(target, at: 1)
            let result = try await command("ovs-ofctl", ["-O", "OpenFlow13"] + arguments, input: input)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
        }

        /// The different actions of dumped megaflows.
        private func actions(_ dump: String) -> Set<String> {
            Set(lines(dump).compactMap { line in
                guard let name = line.range(of: "actions:") else { return nil }
                return String(line[name.upperBound...])
            })
        }

        @Test func mistakesAreToldLikeOVS() async throws {
            try await Bed.with { bed in
                let (_, vswitch) = try await start(bed)
                let peer = try await OVSPeer(bed)
                let mistakes = [
                    ["no-such"], ["fdb/show"], ["fdb/show", "a", "b"], ["fdb/show", "a"], ["dpif/dump-flows"], ["dpif/dump-flows", "zz"], ["fdb/flush", "zz"],
                    ["fdb/stats-show"], ["fdb/stats-clear", "zz"], ["list-commands", "x"], ["version", "x"], ["exit", "x", "y"], ["dpctl/show", "-z"], ["dpctl/show", "zz"],
                    ["dpctl/dump-flows", "-z"], ["dpctl/dump-flows", "type=foo"], ["dpctl/dump-flows", "1", "2", "3", "4", "5", "6", "7"], ["dpctl/dump-dps", "x"],
                    ["dpif-netdev/pmd-rxq-rebalance", "zz"], ["dpif-netdev/pmd-stats-show", "1", "2", "3", "4"], ["ofproto/list", "x"], ["coverage/read-counter", "zz"],
                ]
                for mistake in mistakes {
                    let ours = try await vswitch.ask(mistake), theirs = try await peer.ask(mistake)
                    #expect(ours.status == 2 && theirs.status == 2 && ours.output.isEmpty)
                    #expect(lines(ours.errors).first?.replacing("needletaild:", with: "ovs-vswitchd:") == lines(theirs.errors).first, "\(mistake)")
                }
                // What is in both lists takes its arguments alike.
                let theirs = Set(lines(try await peer.ask(["list-commands"]).output).map(\.commandName))
                let ours = lines(try await vswitch.ask("list-commands").output)
                #expect(ours.first == "The available commands are:")
                // The peer goes without the kernel's datapath and without DPDK, and so without their commands (`DPDKCommandTests` has the latter).
                let others = ours.map(\.commandName).filter { !theirs.contains($0) && $0 != "dpif-netlink/dispatch-mode" }
                #expect(ours.count > 20 && others.allSatisfy { $0.hasPrefix("dpdk/") || $0.hasPrefix("netdev-dpdk/") }, "\(others)")
            }
        }

        /// Clearing the PMDs' counters touches nobody else's.
        @Test func clearedCountersBeginAnew() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await start(bed)
                try await sendFrames(hosts)
                func packets() async throws -> Int {
                    let line = lines(try await vswitch.ask("dpif-netdev/pmd-stats-show").output).first { $0.hasPrefix("  packets received: ") }
                    return try #require(line.flatMap { Int($0.dropFirst(20)) })
                }
                func received() async throws -> Int {
                    let text = try await vswitch.ask("dpctl/show", "-s").output
                    return lines(text).compactMap { $0.firstMatch(of: /RX packets:(\d+)/).flatMap { Int($0.1) } }.reduce(0, +)
                }
                // The hosts say something by themselves now and then.
                let before = try await (packets: packets(), received: received())
                #expect(before.packets >= 6 && before.received >= before.packets)
                #expect(try await vswitch.ask("dpif-netdev/pmd-stats-clear").status == 0)
                let after = try await (packets: packets(), received: received())
                #expect(after.packets < before.packets)
                #expect(after.received >= before.received)
                try await sendFrames(hosts)
                #expect(try await packets() >= after.packets + 6)
                #expect(try await vswitch.ask("dpif-netdev/pmd-stats-clear", "-pmd", "999").status == 0)
                #expect(try await packets() >= after.packets + 6)
            }
        }

        @Test func addressesAreForgotten() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await start(bed)
                try await sendFrames(hosts)
                let table = try await vswitch.ask("fdb/show", "br0").output
                for (host, place) in [(hosts[0], "    1     0  "), (hosts[1], "    2    10  ")] {
                    let address = try await host.ethernetAddress()
                    #expect(table.contains(place + address), "\(table)")
                }
                for host in hosts { try await ip("-n", host.space, "link", "set", host.interface, "down") }
                #expect(try await vswitch.ask("fdb/stats-show", "br0").output.contains("  Current/maximum MAC entries in the table: 2/8192\n"))
                // Counters of megaflows that are read after the flush teach it the addresses once more.
                try await until("the table stays empty") {
                    #expect(try await vswitch.ask("fdb/flush", "br0").output == "table successfully flushed\n")
                    guard try await vswitch.ask("fdb/show", "br0").output == " port  VLAN  MAC                Age\n" else { return false }
                    return try await vswitch.ask("fdb/stats-show", "br0").output.contains("  Current/maximum MAC entries in the table: 0/8192\n")
                }
                #expect(try await vswitch.ask("fdb/stats-clear").output == "statistics successfully cleared\n")
            }
        }
    }
}

extension String {
    /// The first word of a line of list-commands.
    fileprivate var commandName: Substring { split(separator: " ").first ?? "" }
}

extension TextShape {
    fileprivate func withLastLine(_ line: String) -> TextShape {
        var shape = self
        shape.lines.append(line)
        return shape
    }
}
