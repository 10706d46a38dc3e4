import Foundation
import TestSupport
import Testing

extension HostTests {
    /// other_config:flow-restore-wait, beside ovs-vswitchd.
    @Suite(.serialized) struct FlowRestoreTests {
        /// An echo request, without checksums.
        private static let packet = "5054000000025054000000010800" + "4500001c00000000400100000a0000010a000002" + "0800000000000000"

        /// What a switch does from a start with the wait to its end and beyond: the answers to be compared, by what has happened before.
        private func story(_ bed: Bed, _ kind: ManagedSwitch.Kind) async throws -> [String: String] {
            let vswitch = try await ManagedSwitch(bed, kind, ["--enable-dummy", "--disable-system", "-vconsole:off"])
            for (bridge, failMode, hasController) in [("open", "standalone", false), ("open-led", "standalone", true), ("shut", "secure", false), ("shut-led", "secure", true)] {
                try await vswitch.vsctl(words: "add-br \(bridge) -- set bridge \(bridge) datapath_type=dummy fail_mode=\(failMode)")
                if hasController { try await vswitch.vsctl(words: "set-controller \(bridge) tcp:127.0.0.1:1") }
            }
            try await vswitch.vsctl(words: "add-port open p1 -- set interface p1 type=dummy -- add-port open p2 -- set interface p2 type=dummy")
            try await vswitch.endDaemon()
            _ = try await vswitch.tryVsctl(["--no-wait", "set", "Open_vSwitch", ".", "other_config:flow-restore-wait=true"])
            try await vswitch.startDaemon()
            try await vswitch.vsctl(words: "set Open_vSwitch . external_ids:x=1")

            var told: [String: String] = [:]
            /// Sends three packets. `count` is how many p2 is to have sent then since the start.
            func look(_ when: String, sent count: Int) async throws {
                for bridge in ["open", "open-led", "shut", "shut-led"] { told["\(when): \(bridge)"] = try await vswitch.ofctl("dump-flows", bridge, "--no-stats") }
                for _ in 0..<3 {
                    #expect(try await vswitch.ask("netdev-dummy/receive", "p1", Self.packet).status == 0)
                }
                // The first answer may be earlier than what the packets lead to.
                _ = try await sent(vswitch)
                try await until("\(kind), \(when): \(count) packets have passed") { try await sent(vswitch) == "tx pkts=\(count)" }
                // OVS's log is written by a thread of its own.
                func controllers() -> Int { vswitch.logged.count { $0.contains("added primary controller") } }
                try? await until("\(kind), \(when): the controllers") { controllers() == (count > 0 ? 2 : 0) }
                told["\(when): controllers"] = "\(controllers())"
            }
            try await look("waiting", sent: 0)
            for bridge in ["open", "open-led", "shut", "shut-led"] { try await vswitch.ofctl("add-flow", bridge, "priority=7,in_port=9,actions=drop") }
            try await vswitch.vsctl(words: "set Open_vSwitch . other_config:max-idle=10001")
            try await look("restored", sent: 0)
            try await vswitch.vsctl(words: "remove Open_vSwitch . other_config flow-restore-wait")
            try await look("over", sent: 3)
            // It does not begin again.
            try await vswitch.vsctl(words: "set Open_vSwitch . other_config:flow-restore-wait=true")
            try await look("again", sent: 6)
            return told
        }

        /// Packets that p2 has sent: "tx pkts=3".
        private func sent(_ vswitch: ManagedSwitch) async throws -> String {
            let text = try await vswitch.ofctl("dump-ports", "open", "p2")
            return String(try #require(text.firstMatch(of: /tx pkts=\d+/), "\(text)").output)
        }

        @Test func flowsAreRestoredAsByOVS() async throws {
            try await Bed.with { bed in
                let ours = try await story(bed, .needletail), theirs = try await story(bed, .ovs)
                for (what, answer) in theirs { #expect(ours[what] == answer, "\(what)") }
                #expect(ours.count == theirs.count)
                #expect(theirs["restored: controllers"] == "0" && theirs["over: controllers"] == "2")
            }
        }
    }
}
