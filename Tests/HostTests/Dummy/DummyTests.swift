import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The datapath for tests beside ovs-vswitchd's: the same commands, the same answers.
    @Suite(.serialized) struct DummyTests {
        private static let ethernet = "eth(src=50:54:00:00:00:09,dst=50:54:00:00:00:0a),"
        private static func flow(_ proto: Int, _ rest: String, to host: Int = 2) -> String {
            "in_port(1),\(ethernet)eth_type(0x0800),ipv4(src=10.0.0.1,dst=10.0.0.\(host),proto=\(proto),tos=0,ttl=64,frag=no),\(rest)"
        }
        private static let tcp = flow(6, "tcp(src=8,dst=9),tcp_flags(ack)")

        /// Asks both, and expects the same answer with the same status.
        private func same(_ bed: DummyBed, _ arguments: [String], _ shape: (String) -> String = { $0 }) async throws {
            let answers = try await bed.ask(arguments)
            #expect(answers[0].status == answers[1].status, "\(arguments): \(answers[0].errors)")
            #expect(shape(answers[0].output) == shape(answers[1].output), "\(arguments)")
            #expect(complaints(answers[0]) == complaints(answers[1]), "\(arguments)")
        }

        @Test func namesAndPortsAreOVSs() async throws {
            try await DummyBed.with { bed in
                for command in [["dpif/show"], ["dpif/dump-dps"], ["dpctl/dump-dps"], ["dpctl/show"], ["dpctl/show", "dummy@ovs-dummy"], ["netdev-dummy/conn-state"],
                    ["netdev-dummy/conn-state", "p1"], ["dpif-netdev/pmd-rxq-show"]] {
                    try await same(bed, command)
                }
                // Cycles are the machine's.
                try await same(bed, ["dpif-netdev/pmd-stats-show"]) { lines($0).filter { !$0.contains("cycles") }.joined(separator: "\n") }
            }
        }

        @Test func mistakesAreToldInOVSsWords() async throws {
            try await DummyBed.with { bed in
                for arguments in [
                    ["netdev-dummy/receive", "nobody", "00"], ["netdev-dummy/receive", "p1", "zz"], ["netdev-dummy/receive", "p1", "0011"],
                    ["netdev-dummy/receive", "p1", "--qid", "1", Self.tcp], ["netdev-dummy/receive", "p4", "--qid", "2", Self.tcp],
                    ["netdev-dummy/receive", "p1", "--qid", "-1", Self.tcp], ["netdev-dummy/receive", "p1", "--other"], ["netdev-dummy/receive", "p1", "--qid"],
                    ["netdev-dummy/receive", "p1", Self.tcp, "--len", "20"], ["netdev-dummy/receive", "p1", Self.tcp, "--len", "x"],
                    ["netdev-dummy/receive", "p1", "in_port(p1)," + Self.ethernet], ["netdev-dummy/receive", "p1"],
                    ["netdev-dummy/set-admin-state", "p1", "sideways"], ["netdev-dummy/set-admin-state", "nobody", "up"], ["netdev-dummy/set-admin-state", "sideways"],
                    ["netdev-dummy/ip4addr", "nobody", "10.0.0.1/24"], ["netdev-dummy/ip4addr", "p1", "10.0.0.1/99"], ["netdev-dummy/ip4addr", "p1", "hello"],
                    ["netdev-dummy/ip4addr", "p1", "10.0.0.1/x"], ["netdev-dummy/ip6addr", "nobody", "fc00::1"], ["netdev-dummy/ip6addr", "p1", "hello"],
                    ["netdev-dummy/ip6addr", "p1", "fc00::1/200"], ["netdev-dummy/ip6addr", "p1", "fc00::1/64"],
                    ["time/warp", "x"], ["time/warp", "0"], ["time/warp", "10", "x"], ["time/warp", "0", "5"], ["time/warp", "10", "20"], ["time/warp"],
                ] { try await same(bed, arguments) }
            }
        }

        /// Frames of flows and of bytes, of any length, are composed, forwarded and counted alike.
        @Test func framesAndMegaflowsAreOVSs() async throws {
            try await DummyBed.with { bed in
                let flows = [
                    Self.tcp, Self.flow(6, "tcp(src=8,dst=9),tcp_flags(syn)"), Self.flow(17, "udp(src=8,dst=9)"), Self.flow(1, "icmp(type=8,code=0)"), Self.flow(132, "sctp(src=8,dst=9)"),
                    Self.flow(1, "icmp(type=3,code=1)"), Self.flow(2, ""), Self.flow(99, ""),
                    Self.ethernet + "eth_type(0x8100),vlan(vid=5,pcp=3),encap(eth_type(0x0800),ipv4(src=1.1.1.1,dst=2.2.2.2,proto=17,tos=8,ttl=3,frag=first),udp(src=1,dst=2))",
                    Self.ethernet + "eth_type(0x86dd),ipv6(src=fe80::1,dst=fe80::2,label=0x12,proto=58,tclass=0x10,hlimit=255,frag=no),icmpv6(type=136,code=0),nd(target=fe80::5,tll=50:54:00:00:00:05)",
                    Self.ethernet + "eth_type(0x86dd),ipv6(src=fe80::1,dst=fe80::2,label=0,proto=17,tclass=0,hlimit=64,frag=later)",
                    Self.ethernet + "eth_type(0x0806),arp(sip=10.0.0.1,tip=10.0.0.2,op=2,sha=50:54:00:00:00:09,tha=50:54:00:00:00:0a)",
                    Self.ethernet + "eth_type(0x8847),mpls(label=100,tc=3,ttl=64,bos=1)", Self.ethernet + "eth_type(0x1234)", Self.ethernet,
                    "50540000000a50540000000908004500", "5054 0000 000a 5054 0000 0008 1234",
                ]
                for flow in flows { for _ in 0..<2 { try await same(bed, ["netdev-dummy/receive", "p1", flow]) } }
                for length in ["118", "200"] {
                    for flow in flows.prefix(4) { try await same(bed, ["netdev-dummy/receive", "p2", flow, "--len", length]) }
                }
                try await bed.settle()
                for port in ["rx-p1", "rx-p2"] {
                    let frames = bed.frames(port)
                    #expect(frames[0] == frames[1] && frames[0].count >= 8, "\(port)")
                }
                for port in DummyBed.ports {
                    let frames = bed.frames(port)
                    // OVS's captures cut what is longer than 1518 bytes.
                    #expect(frames[0].count == frames[1].count && frames[0].allSatisfy { !$0.isEmpty }, "\(port)")
                    for (ours, theirs) in zip(frames[0], frames[1]) where ours != theirs { Issue.record("\(port): \(ours) and \(theirs)") }
                }
                try await same(bed, ["dpctl/dump-flows"], comparable)
                try await same(bed, ["time/warp", "3000", "500"])
                try await same(bed, ["dpctl/dump-flows"], comparable)
                // Longer than the MTU: ours does not let it in, OVS's does not let it out.
                let sent = DummyBed.ports.map { bed.frames($0) }
                try await same(bed, ["netdev-dummy/receive", "p2", Self.tcp, "--len", "4001"])
                try await bed.settle()
                #expect(DummyBed.ports.map { bed.frames($0) } == sent)
            }
        }

        /// A dump's lines in one order, without what tells nothing: the order in which a frame is flooded, which with OVS is that of a hash table; a tag's priority
        /// that the mask leaves out; and a neighbour advertisement's option, which OVS keeps, and shows, where a TCP segment has its flags.
        private func comparable(_ text: String) -> String {
            lines(text).map { line in
                var line = line.replacing(/,pcp=\d\/0x0/, with: "")
                if line.contains("eth_type(0x86dd)") { line = line.replacing(", flags:S,", with: ",") }
                guard let range = line.firstRange(of: "actions:") else { return line }
                return line[..<range.upperBound] + line[range.upperBound...].split(separator: ",").sorted().joined(separator: ",")
            }.sorted().joined(separator: "\n")
        }

        /// The same without the threads' headings, which OVS leaves out where the main thread's alone are asked for.
        private func withoutHeadings(_ text: String) -> String {
            comparable(lines(text).filter { !$0.hasPrefix("flow-dump from ") }.joined(separator: "\n"))
        }

        /// The main thread and the PMD have megaflows of their own.
        @Test func pmdsPollTheirPorts() async throws {
            try await DummyBed.with { bed in
                for (port, queue) in [("p1", "0"), ("p4", "1"), ("p4", "0")] { try await same(bed, ["netdev-dummy/receive", port, "--qid", queue, Self.tcp]) }
                try await until("OVS's PMD has received both, and has a megaflow for them") {
                    guard try await bed.theirs.ask(["dpif-netdev/pmd-stats-show"]).output.contains("packets received: 2") else { return false }
                    return lines(try await bed.theirs.ask(["dpctl/dump-flows"]).output).count { $0.hasPrefix("flow-dump") } == 2
                }
                #expect(try await bed.ours.ask("dpif-netdev/pmd-stats-show").output.contains("packets received: 2"))
                try await same(bed, ["dpctl/dump-flows", "pmd=-1"], withoutHeadings)
                try await same(bed, ["dpif-netdev/pmd-rxq-show"])
                for answer in try await bed.ask(["dpctl/dump-flows"]) {
                    #expect(Set(lines(answer.output).filter { $0.hasPrefix("flow-dump") }).count == 2 && answer.output.contains("flow-dump from the main thread:\n"), "\(answer.output)")
                }
            }
        }

        /// The datapath's number changes, and the bridge's does not.
        @Test func aPortGetsAnotherNumber() async throws {
            try await DummyBed.with { bed in
                try await same(bed, ["netdev-dummy/receive", "p1", Self.tcp])
                for words in ["p2 7", "p2 1", "nobody 9", "p2 0", "p2 x", "p2 -1", "p1 9", "br0 55"] {
                    try await same(bed, ["dpif-dummy/change-port-number", "ovs-dummy"] + words.split(separator: " ").map(String.init))
                }
                try await same(bed, ["dpif-dummy/change-port-number", "x", "p1", "9"])
                try await same(bed, ["dpif/show"]) { lines($0).dropFirst().joined(separator: "\n") }
                // in_port(1) is p1, which the megaflow of its flow names by its new number.
                try await same(bed, ["netdev-dummy/receive", "p1", Self.flow(6, "tcp(src=8,dst=9),tcp_flags(ack)", to: 3)])
                try await same(bed, ["netdev-dummy/receive", "p2", Self.flow(17, "udp(src=1,dst=2)", to: 1)])
                for answer in try await bed.ask(["dpctl/dump-flows"]) { #expect(answer.output.contains("in_port(9)") && answer.output.contains("in_port(7)"), "\(answer.output)") }
                for port in DummyBed.ports {
                    let frames = bed.frames(port)
                    #expect(frames[0] == frames[1] && !frames[0].isEmpty, "\(port)")
                }
            }
        }

        /// Both show PORT_DOWN. Ours obeys it, as OpenFlow wants; OVS leaves that to devices, and its dummies go on.
        @Test func aPortThatIsDownForwardsNothing() async throws {
            try await DummyBed.with { bed in
                try await same(bed, ["netdev-dummy/set-admin-state", "p2", "down"])
                let states = try await bed.ofctl("dump-ports-desc").map { lines($0.output).filter { $0.contains("config:") || $0.contains("state:") } }
                #expect(states[0].filter { $0.contains("DOWN") }.count == 2 && states[0].filter { $0.contains("config:") } == states[1].filter { $0.contains("config:") })
                try await same(bed, ["netdev-dummy/receive", "p1", Self.tcp])
                try await same(bed, ["netdev-dummy/receive", "p2", Self.tcp])
                try await bed.settle()
                let counts = DummyBed.ports.map { bed.frames($0).map(\.count) }
                #expect(counts.map { $0[0] } == [0, 0, 1] && counts.map { $0[1] } == [1, 1, 2])
                try await same(bed, ["netdev-dummy/set-admin-state", "up"])
                try await same(bed, ["netdev-dummy/receive", "p1", Self.flow(17, "udp(src=1,dst=2)", to: 3)])
                try await bed.settle()
                for (port, before) in zip(DummyBed.ports, counts) {
                    let new = zip(bed.frames(port), before).map { Array($0.dropFirst($1)) }
                    #expect(new[0] == new[1] && new[0].count == (port == "p1" ? 0 : 1), "\(port)")
                }
            }
        }

        /// A host behind a port answers for its address.
        @Test func addressesAreAnsweredFor() async throws {
            try await DummyBed.with { bed in
                try await same(bed, ["netdev-dummy/ip4addr", "p2", "10.0.0.2/24"])
                for target in ["10.0.0.2", "10.0.0.3"] {
                    try await same(bed, ["netdev-dummy/receive", "p1",
                        "in_port(1),eth(src=50:54:00:00:00:09,dst=ff:ff:ff:ff:ff:ff),eth_type(0x0806),arp(sip=10.0.0.1,tip=\(target),op=1,sha=50:54:00:00:00:09,tha=00:00:00:00:00:00)"])
                }
                try await bed.settle()
                // Their addresses are counted from where the machine's routes have brought them.
                let replies = bed.frames("p1").map { $0.map { $0.replacing(/aa55aa5500../, with: "MAC") } }
                #expect(replies[0] == ["505400000009MAC08060001080006040002MAC0a0000025054000000090a000001"] && replies[1] == replies[0])
            }
        }

        /// What the modules dpif and dpif_netdev tell of a packet and of its megaflow.
        @Test func debugLinesAreOVSs() async throws {
            try await DummyBed.with { bed in
                try await same(bed, ["vlog/set", "console:dpif:dbg"])
                try await same(bed, ["vlog/set", "console:dpif_netdev:dbg"])
                _ = try await bed.ofctl("add-flow", ["in_port=1,tcp,actions=output:2"])
                try await same(bed, ["netdev-dummy/receive", "p1", Self.tcp])
                _ = try await bed.ofctl("mod-flows", ["in_port=1,tcp,actions=output:3"])
                _ = try await bed.ofctl("packet-out", ["in_port=1 packet=505400000009505400000010ffff0000 actions=output:2"])
                try await same(bed, ["time/warp", "1000", "100"])
                for kind in ["miss upcall:", "flow_add:", "flow_mod:", "put\\[modify\\]", "execute 2 on packet"] {
                    var told: [String] = []
                    // OVS's revalidators change its megaflows.
                    try? await until("both tell the same") {
                        told = try [contents(bed.ours.errors), bed.theirs.log].map { try entry(kind, in: $0) }
                        return told[0] == told[1] && told[0].count > 60
                    }
                    #expect(told.count == 2 && told[0] == told[1] && told[0].count > 60, "\(kind): \(told)")
                }
            }
        }

        /// The first entry of the log that has such a text, without its heading, identities and what a megaflow's mask leaves out.
        private func entry(_ kind: String, in log: String) throws -> String {
            let pattern = try Regex("(?m)^[^\\n]*\\|DBG\\|([^\\n]*\(kind)[^\\n]*(\\n(?!\\d{4}-)[^\\n]+)*)", as: (Substring, Substring, Substring?).self)
            guard let match = log.firstMatch(of: pattern) else { return "" }
            return String(match.1).replacing(/ufid:[0-9a-f-]{36}/, with: "UFID").replacing(/=[0-9a-f.:]+\/(00(:00){5}|0\.0\.0\.0|0x0|0)\b/, with: "=0")
        }
    }
}
