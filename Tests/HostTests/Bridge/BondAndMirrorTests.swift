import Foundation
import TestSupport
import Testing

extension HostTests {
    @Suite(.serialized) struct BondAndMirrorTests {
        /// Host 2 has two links, joined by a bridge of the kernel's, which learns where frames come from; the switch bonds them.
        private func joinLinks(_ first: Host, _ second: Host) async throws {
            try await ip("-n", second.space, "link", "set", second.interface, "netns", first.space)
            try await ip("-n", first.space, "link", "add", "join", "type", "bridge")
            for link in [first.interface, second.interface] {
                try await ip("-n", first.space, "link", "set", link, "master", "join")
                try await ip("-n", first.space, "link", "set", link, "up")
            }
            try await first.add(first.address4 + "/24", to: "join")
            try await ip("-n", first.space, "link", "set", "join", "up")
        }

        @Test(arguments: ["active-backup", "balance-slb"]) func aBondSurvivesLostLinks(_ mode: String) async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(3, .system)
                let members = hosts[1...].map { "\($0.port): { type: system }" }.joined(separator: ", ")
                let vswitch = try await bed.start([
                    BridgeText("br0", [PortText(hosts[0]), PortText("b0", "type: bond, mode: \(mode), interfaces: { \(members) }")])
                ])
                try await joinLinks(hosts[1], hosts[2])
                try await hosts[0].connect()
                let ping = { try await hosts[0].ping(hosts[1].address4, count: 10).isWhole }
                func isEnabled(_ host: Host) async throws -> Bool { try await vswitch.ask("bond/show", "b0").output.contains("member \(host.port): enabled") }
                func set(_ host: Host, _ state: String) async throws { try await ip("-n", hosts[1].space, "link", "set", host.interface, state) }
                for host in hosts[1...] { try await until("the link") { try await isEnabled(host) } }
                // A bridge that has two ways to the switch can take balance-slb for a loop only by what it floods, which one link refuses.
                #expect(try await ping())
                for (lost, left) in [(hosts[1], hosts[2]), (hosts[2], hosts[1])] {
                    try await set(lost, "down")
                    try await until("the lost link") { try await !isEnabled(lost) }
                    try await vswitch.settle()
                    #expect(try await ping())
                    #expect(try await vswitch.ask("bond/show", "b0").output.contains("(\(left.port))"))
                    try await set(lost, "up")
                    try await until("the link again") { try await isEnabled(lost) }
                }
                #expect(try await vswitch.ask("bond/list").output == "bond\ttype\trecircID\tmembers\nb0\t\(mode)\t0\t\(hosts[1].port), \(hosts[2].port)\n")
            }
        }

        /// ovs-vswitchd's `bond/show` in another order, with other numbers: which interface is the active one first is up to it.
        private func shape(_ text: String) -> [String] {
            lines(text).map { line in
                let masked = line.replacing(/[0-9a-f]{2}(:[0-9a-f]{2}){5}/, with: "MAC").replacing(/\d+ ms/, with: "N ms").replacing(/\(e[12]\)/, with: "(E)")
                return String(masked)
            }.sorted()
        }

        @Test(arguments: ["active-backup", "balance-slb"]) func bondsAreShownAsOVSShowsThem(_ mode: String) async throws {
            try await Bed.with { bed in
                let peer = try await OVSPeer(bed, [
                    "add-br br0", "set bridge br0 datapath_type=dummy", "add-bond br0 b0 e1 e2 bond_mode=\(mode) bond_updelay=100 other_config:bond-primary=e1",
                    "set interface e1 type=dummy", "set interface e2 type=dummy",
                ])
                let vswitch = try await bed.start([
                    BridgeText("br0", [PortText("b0", "type: bond, mode: \(mode), updelay: 100ms, primary: e1, interfaces: { e1: { type: dummy }, e2: { type: dummy } }")])
                ])
                for arguments in [["bond/show"], ["bond/show", "b0"]] {
                    let theirs = try await peer.ask(arguments), ours = try await vswitch.ask(arguments)
                    #expect(shape(ours.output) == shape(theirs.output))
                }
                let questions = [
                    ["bond/show", "b9"], ["bond/hash", "00:00:00:00:00:01"], ["bond/hash", "02:03:04:05:06:07", "4095", "77"], ["bond/hash", "x"],
                    ["bond/set-active-member", "b0", "e3"], ["bond/set-active-member", "b9", "e1"], ["bond/set-active-member", "b0", "e1"],
                    ["bond/migrate", "b0", "x", "e1"], ["bond/migrate", "b0", "7", "e9"], ["bond/migrate", "b0", "7", "e2"], ["bond/migrate", "b9", "7", "e2"],
                    ["bond/disable-member", "b0", "e9"], ["bond/disable-member", "b0", "e2"], ["bond/enable-member", "b0", "e2"],
                ]
                // Whichever was the active one, e1 is before the questions.
                for asked in [try await peer.ask(["bond/set-active-member", "b0", "e1"]), try await vswitch.ask("bond/set-active-member", "b0", "e1")] {
                    #expect(["done", "no change"].contains(asked.output.trimmingCharacters(in: .newlines)))
                }
                for question in questions {
                    let theirs = try await peer.ask(question), ours = try await vswitch.ask(question)
                    #expect(ours.output == theirs.output, "\(question)")
                    #expect(lines(ours.errors).first == lines(theirs.errors).first, "\(question)")
                }
            }
        }

        @Test func aMirrorHearsAllAndSaysNothing() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(3, .tap)
                _ = try await bed.start([
                    BridgeText("br0", hosts.map { PortText($0) }, settings: ["fail-mode: standalone", "mirrors: { m: { select-all: true, output-port: \(hosts[2].port) } }"])
                ])
                for host in hosts { try await host.connect() }
                let capture = try hosts[2].spawn("tcpdump", "-n", "-l", "-i", hosts[2].interface, "icmp")
                try await until("tcpdump listens") { contents(capture.errors).contains("listening on") }
                #expect(try await hosts[0].ping(hosts[1].address4, count: 3).isWhole)
                // tcpdump hears in blocks.
                try await until("the last answer") { lines(contents(capture.output)).contains { $0.contains("echo reply") && $0.contains("seq 3,") } }
                let heard = lines(try await capture.finish(after: SIGINT))
                for sequence in 1...3 {
                    #expect(heard.count { $0.contains("\(hosts[0].address4) > \(hosts[1].address4): ICMP echo request") && $0.contains("seq \(sequence),") } == 1)
                    #expect(heard.count { $0.contains("\(hosts[1].address4) > \(hosts[0].address4): ICMP echo reply") && $0.contains("seq \(sequence),") } == 1)
                }
                #expect(try await hosts[2].cannotReach(hosts[0].address4))
            }
        }
    }
}
