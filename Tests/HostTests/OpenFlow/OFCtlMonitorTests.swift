import Foundation
import TestSupport
import Testing

extension HostTests {
    /// What a switch tells unasked, as ovs-ofctl and a program of our own hear it from ours and from ovs-vswitchd.
    @Suite(.serialized) struct OFCtlMonitorTests {
        private static let frame = "50540000000750540000000108004500001c000000003f1139ce0a0000010a0000020001000200080000"
        /// The same with a TTL of 1.
        private static let lastHop = "50540000000750540000000108004500001c00000000011177ce0a0000010a0000020001000200080000"
        /// A packet of a length that no other has: all that was told before it has been told.
        private static let mark = "packet-out \"in_port=local,packet=\(frame)\(String(repeating: "00", count: 57)),actions=controller\""
        private static let marked = "total_len=99"

        /// Packets for the controller in every form; those that a flow pauses go on when ovs-ofctl gives them back.
        @Test(arguments: ["OpenFlow10", "OpenFlow13", "OpenFlow15"])
        func packetsInHaveTheSameForms(_ version: String) async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed)
                for format in ["standard", "nxt_packet_in", "nxt_packet_in2"] {
                    let old = version < "OpenFlow13" && format == "standard"
                    try await twins.compareMonitors(
                        bed, version, ["-P", format], old ? ["invalid_ttl"] : ["resume"], Self.packets + [Self.mark], until: Self.marked, last: "dump-ports")
                }
            }
        }
        private static let packets = [
            "add-flow \"in_port=1,actions=set_field:5->reg1,push:NXM_NX_REG1[],resubmit(,2),output:3\"",
            "add-flow \"table=2,cookie=0x22,actions=set_field:7->metadata,controller(userdata=01.02.03,max_len=20),controller(pause,userdata=05),set_field:8->reg3,output:2,resubmit(,4)\"",
            "add-flow \"table=4,cookie=0x44,actions=pop:NXM_NX_REG4[],controller,output:NXM_NX_REG4[]\"",
            "add-flow \"in_port=2,ip,actions=dec_ttl,output:1\"", "add-flow \"in_port=3,priority=0,actions=controller(max_len=30)\"",
            "add-flow \"in_port=LOCAL,cookie=9,actions=clone(output:1,controller(pause),output:2),output:3\"",
        ] + ["1", "2", "3", "local"].map { "packet-out \"in_port=\($0),packet=\(frame),actions=table\"" } + [
            "packet-out \"in_port=2,packet=\(lastHop),actions=table\"", "packet-out \"in_port=none,packet=\(frame),actions=controller(pause),output:2\"",
        ]

        /// Why flows go, as it is told of each.
        @Test(arguments: ["OpenFlow10", "OpenFlow14"])
        func removalsHaveTheSameReasons(_ version: String) async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed)
                let script = Self.removals.filter { version > "OpenFlow10" || !$0.contains("group") }.filter { version > "OpenFlow12" || !$0.contains("meter") }
                try await twins.compareMonitors(bed, version, [], [], script, until: "reason=hard", "reason=idle", "reason=delete")
            }
        }
        private static let removals = [
            "add-meter \"meter=1,kbps,band=type=drop,rate=100\"", "add-flow \"in_port=3,cookie=9,send_flow_rem,actions=meter:1,output:1\"",
            "add-group \"group_id=1,type=all,bucket=output:1\"", "add-flow \"in_port=2,cookie=8,send_flow_rem,actions=group:1\"",
            "add-flow \"in_port=1,cookie=1,priority=7,idle_timeout=1,send_flow_rem,actions=output:2\"",
            "add-flow \"in_port=1,cookie=2,hard_timeout=1,send_flow_rem,actions=output:2\"",
            "add-flow \"table=5,in_port=1,cookie=3,send_flow_rem,actions=output:2\"", "add-flow \"table=6,in_port=1,cookie=4,actions=output:2\"",
            "del-flows table=5", "del-flows table=6", "del-groups group_id=1", "del-meter meter=1",
        ]

        /// Each form of ovs-ofctl's watch.
        @Test(arguments: ["OpenFlow10", "OpenFlow14"])
        func watchersAreToldTheSame(_ version: String) async throws {
            try await Bed.with { bed in
                let twins = try await TwinBridges(bed)
                for watch in ["!initial,!own", "!add", "!delete,!actions", "!modify", "out_port=2", "udp", "!initial,table=3,tcp"] {
                    try await twins.compareMonitors(bed, version, [], ["watch:" + watch], Self.changes + [Self.mark], until: Self.marked)
                }
            }
        }
        private static let changes = [
            "add-flow \"priority=5,in_port=1,actions=output:2\"", "mod-flows \"in_port=1,actions=output:3\"", "mod-flows \"in_port=1,actions=output:3\"",
            "add-flow \"table=2,priority=4,udp,actions=output:2\"", "add-flow \"table=2,priority=4,udp,actions=output:1,output:2\"",
            "add-flow \"table=3,tcp,actions=drop\"", "add-flow \"table=3,tcp,idle_timeout=100,actions=drop\"", "mod-flows \"table=3,actions=output:2\"",
            "--strict del-flows \"table=2,priority=4,udp\"", "del-flows table=3", "add-flow in_port=3,actions=local",
        ]

        /// What goes over a controller's connection is shown to who snoops.
        @Test(arguments: ["OpenFlow13"]) func snoopersSeeTheController(_ version: String) async throws {
            try await Bed.with { bed in
                let socket = bed.folder + "/controller"
                let settings = ["fail-mode: secure", "controllers: [{ target: \"unix:\(socket)\", max-backoff: 1s, inactivity-probe: 1s }]", "protocols: [\(version)]"]
                let vswitch = try await bed.start([BridgeText("br0", [PortText("p1", "type: dummy")], settings: settings)])
                let place = "unix:" + vswitch.socket().replacingOccurrences(of: ".mgmt", with: ".snoop")
                let snooper = try bed.spawn("ovs-ofctl", ["--unixctl=\(bed.folder)/snoop", "-O", version, "snoop", place])
                try await until("the snooper listens") { FileManager.default.fileExists(atPath: bed.folder + "/snoop") }
                _ = try bed.testController("punix:" + socket, versions: version)
                let wanted = ["OFPT_FEATURES_REQUEST", "OFPT_FEATURES_REPLY", "OFPT_ECHO_REQUEST", "OFPT_ECHO_REPLY"]
                try await until("both directions are seen") {
                    let seen = contents(snooper.output) + contents(snooper.errors)
                    return wanted.allSatisfy { seen.contains($0) }
                }
            }
        }

        /// Two controllers take the primary role from each other.
        @Test func rolesChangeAlike() async throws {
            try await Bed.with { bed in
                let said = try await run(RoleProgram.program, TwinBridges(bed))
                #expect(said.count == 1, "\(said)")
                let numbers = said.last?.split(separator: " ").compactMap { Int($0) } ?? []
                #expect(numbers.count == 2 && numbers[0] > 400 && numbers[1] == 7, "\(said)")
            }
        }

        /// Who watches flows and does not read is told of a pause and, once he reads, of everything.
        @Test func aPausedWatcherMissesNothing() async throws {
            try await Bed.with { bed in
                let said = try await run(MonitorProgram.program, TwinBridges(bed))
                #expect(said == [3, 3, 5, 5].map { "version \($0): 2951 flows" })
            }
        }

        private func run(_ program: String, _ twins: TwinBridges) async throws -> [String] {
            let paths = [twins.targets.theirs, twins.targets.ours].map { String($0.dropFirst("unix:".count)) }
            let result = try await python(program, paths, seconds: 300)
            #expect(result.status == 0, "\(result.errors)")
            return lines(result.output)
        }
    }
}

extension TwinBridges {
    /// Lets ovs-ofctl monitor both bridges while the commands of `script` change them, and expects that both say the same, all of `marks` in it.
    /// - Parameter last: what says the same in the end: where packets have gone, which a monitor may have to resume first.
    fileprivate func compareMonitors(
        _ bed: Bed, _ version: String, _ options: [String], _ arguments: [String], _ script: [String], until marks: String..., last: String? = nil
    ) async throws {
        let targets = [targets.ours, targets.theirs]
        let name = ([version] + options + arguments).joined(separator: " ")
        for target in targets { _ = try await OFCtlCommand(version: version, options: [], command: "del-flows", arguments: []).run(target) }
        let sockets = (0..<2).map { "\(bed.folder)/m\($0)" }
        let monitors = try zip(targets, sockets).map { target, socket in
            try bed.spawn("ovs-ofctl", ["--unixctl=" + socket, "--no-names", "-O", version] + options + ["monitor", target, "65534"] + arguments)
        }
        // Its own socket is made once all is set up.
        try await until("the monitors listen") { sockets.allSatisfy { FileManager.default.fileExists(atPath: $0) } }
        try await until("the monitors are served") {
            for socket in sockets where try await command("ovs-appctl", ["-t", socket, "ofctl/barrier"]).status != 0 { return false }
            return true
        }
        func both(_ line: String) async throws -> [ComparableText] {
            var command = try #require(OFCtlCommand.parse("0: " + line).first)
            command.version = version
            var said: [ComparableText] = []
            for target in targets { said.append(try await command.run(target)) }
            return said
        }
        for line in script {
            let said = try await both(line)
            #expect(said[0] == said[1] && said[0].lines.contains("status 0"), "\(name), \(line): \(said[0].difference(from: said[1]))")
        }
        func told() -> [ComparableText] { zip(monitors, targets).map { ComparableText(contents($0.output) + contents($0.errors), target: $1) } }
        func isWhole(_ text: ComparableText) -> Bool { marks.allSatisfy { mark in text.lines.contains { $0.contains(mark) } } }
        // The tail of what is told may be late.
        try? await until("both say the same") { told()[0] == told()[1] && isWhole(told()[0]) }
        let (ours, theirs) = (told()[0], told()[1])
        #expect(ours == theirs, "\(name): \(ours.difference(from: theirs))")
        #expect(isWhole(ours), "\(name): \(ours.lines)")
        if let last {
            var said: [ComparableText] = []
            try? await until("both have done the same") {
                said = try await both(last)
                return said[0] == said[1]
            }
            #expect(said[0] == said[1] && said[0].lines.contains("status 0"), "\(name), \(last): \(said[0].difference(from: said[1]))")
        }
        for monitor in monitors { await monitor.end() }
        for socket in sockets { try? FileManager.default.removeItem(atPath: socket) }
    }
}
