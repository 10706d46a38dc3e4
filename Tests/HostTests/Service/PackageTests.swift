import Foundation
import TestSupport
import Testing

extension HostTests {
    /// The Debian package under Open vSwitch's own service scripts.
    @Suite(.serialized) struct PackageTests {
        private func flows(_ root: ServiceRoot, _ bridge: String) async throws -> String {
            try await root.succeed("ovs-ofctl", "--no-stats", "dump-flows", bridge) + root.succeed("ovs-ofctl", "-O", "OpenFlow14", "dump-groups", bridge)
        }

        @Test func theServiceScriptsRunIt() async throws {
            try await ServiceRoot.with { root, bed in
                #expect(try await root.daemon() == "/usr/lib/needletail/needletaild")
                #expect(try await root.succeed("needletail", "--help").contains("demo"))
                let hosts = try await bed.hosts(2, .system), bridge = try await root.serve(bed, hosts)
                #expect(try await hosts[0].ping(hosts[1].address4).isWhole)
                // ovs-ctl has told the database which version runs.
                #expect(try await root.succeed("ovs-vsctl", "get", "Open_vSwitch", ".", "ovs_version") == "\"3.1.0\"\n")
                #expect(try await root.control("version").output.contains("\novs-vswitchd (Needletail "))
                let first = try await root.pid()
                let status = try await root.control("status")
                #expect(status.status == 0 && status.output.contains("ovs-vswitchd is running with pid \(first)\n"), "\(status.output)")
                #expect(try await root.control("start").output.contains("ovs-vswitchd is already running"))

                try await root.succeed("ovs-ofctl", "add-flow", bridge, "cookie=0x77,priority=5,icmp,nw_ttl=9,actions=drop")
                try await root.succeed("ovs-ofctl", "-O", "OpenFlow14", "add-group", bridge, "group_id=3,type=all,bucket=output:1,bucket=output:2")
                let before = try await flows(root, bridge)
                #expect(before.contains("cookie=0x77") && before.contains("group_id=3"), "\(before)")
                let restarted = try await root.control("restart")
                #expect(restarted.status == 0, "\(restarted.errors)")
                for line in ["Saving flows", "Exiting ovs-vswitchd (\(first))", "Starting ovs-vswitchd", "Restoring saved flows"] {
                    #expect(restarted.output.contains(line), "\(restarted.output)")
                }
                #expect(!restarted.output.contains("failed"), "\(restarted.output)")
                #expect(try await root.pid() != first)
                #expect(try await flows(root, bridge) == before)
                // ovs-ctl has not waited until the switch no longer waits for flows; ovs-vsctl does.
                try await root.succeed("ovs-vsctl", "-t", "50", "set", "Open_vSwitch", ".", "external_ids:restarted=1")
                #expect(try await hosts[0].ping(hosts[1].address4).isWhole)

                #expect(try await root.control("stop").status == 0)
                let stopped = try await root.control("status")
                #expect(stopped.status != 0 && stopped.output.contains("ovs-vswitchd is not running"), "\(stopped.output)")
                #expect(try await root.run("ls", ["/run/openvswitch"]).output.isEmpty)
                #expect(try await hosts[0].cannotReach(hosts[1].address4))
                try await root.succeed("dpkg", "-r", "needletail")
                #expect(try await root.daemon() == "/usr/lib/openvswitch-switch/ovs-vswitchd")
            }
        }

        /// The kernel ends the switch under load, as it does when memory is short; its monitor starts it again, and packets pass.
        @Test func aKilledSwitchForwardsAgain() async throws {
            try await ServiceRoot.with { root, bed in
                let hosts = try await bed.hosts(2, .system), bridge = try await root.serve(bed, hosts)
                #expect(try await hosts[0].ping(hosts[1].address4).isWhole)
                let first = try await root.pid()
                let load = try hosts[0].spawn("ping", "-f", "-q", hosts[1].address4), watch = try hosts[1].pingOn(hosts[0].address4)
                try await until("there is load") { contents(watch.output).contains("icmp_seq=20 ") }
                try await root.succeed("kill", "-KILL", first)
                try await until("the switch has a successor") {
                    let pid = try await root.pid()
                    return !pid.isEmpty && pid != first
                }
                let lost = lines(contents(watch.output)).count
                try await until("packets pass again") { lines(contents(watch.output)).count > lost + 20 }
                try await load.finish(after: SIGINT)
                try await watch.finish(after: SIGINT)
                #expect(try await root.succeed("ovs-appctl", "ofproto/list") == bridge + "\n")
                #expect(try await root.succeed("cat", "/var/log/openvswitch/ovs-vswitchd.log").contains("1 crashes: pid \(first) died, killed (Killed), restarting"))
                #expect(try await root.control("stop").status == 0)
            }
        }

        /// Programs that need a Swift runtime beside them are no package.
        @Test func aRuntimeThatNoPackageHasIsRefused() async throws {
            try await Bed.with { bed in
                let result = try await ServiceRoot.makePackage([], bed.folder)
                #expect(result.status == 1 && result.errors.hasPrefix("make-package: libraries that are not the system's: ") && result.errors.contains("libswiftCore.so"), "\(result.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: bed.folder).allSatisfy { !$0.hasSuffix(".deb") })
            }
        }
    }
}
