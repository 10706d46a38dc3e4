import Foundation
import TestSupport
import Testing

extension HostTests {
    /// What a bridge does when its controller is lost (fail_mode of ovs-vswitchd.conf.db(5)).
    @Suite(.serialized) struct FailModeTests {
        /// A standalone bridge forwards by itself after three inactivity probes, above all flows, until the controller is back.
        @Test func aStandaloneBridgeTakesOver() async throws {
            try await Bed.with { bed in
                let socket = bed.folder + "/controller", file = bed.folder + "/flows"
                try "priority=9,icmp,actions=drop\n".write(toFile: file, atomically: true, encoding: .utf8)
                let hosts = try await bed.hosts(2, .tap)
                let controller = try bed.testController("punix:" + socket, ["--with-flows", file])
                let vswitch = try await bed.start([BridgeText(hosts, controller: "unix:" + socket, failMode: "standalone", probe: 1)])
                for host in hosts { try await host.connect() }
                try await until("the controller's flow") { try await vswitch.flows().contains("priority=9,icmp actions=drop") }
                #expect(try await hosts[0].cannotReach(hosts[1].address4))

                try await controller.finish(after: SIGTERM)
                try await until("the bridge forwards") { try await !hosts[0].cannotReach(hosts[1].address4) }
                try await expectReach(hosts)
                // The flows stay as they are, and what forwards is not one that controllers see.
                #expect(try await vswitch.flows("icmp") == ["priority=9,icmp actions=drop"])

                _ = try bed.testController("punix:" + socket, ["--with-flows", file])
                try await until("the controller's flow holds again") { try await hosts[0].cannotReach(hosts[1].address4) }
                #expect(try await vswitch.flows().contains("priority=9,icmp actions=drop"))
            }
        }

        /// A secure bridge goes on with the flows that it has, and forwards nothing else.
        @Test func aSecureBridgeKeepsItsFlows() async throws {
            try await Bed.with { bed in
                let socket = bed.folder + "/controller"
                let hosts = try await bed.hosts(3, .tap)
                // Flows by Ethernet addresses alone, that do not expire.
                let controller = try bed.testController("punix:" + socket, ["--wildcards", "--max-idle=permanent"])
                let vswitch = try await bed.start([BridgeText(hosts, controller: "unix:" + socket)])
                for host in hosts { try await host.connect() }
                try await untilServed(hosts)
                try await expectReach(Array(hosts.prefix(2)))
                let pings = try hosts[0].pingOn(hosts[1].address4)
                let flows = try await vswitch.flows()
                try await controller.finish(after: SIGTERM)
                #expect(try await hosts[2].cannotReach(hosts[0].address4))
                #expect(try await hosts[1].ping(hosts[0].address4, count: 20).isWhole)
                #expect(try await vswitch.flows() == flows && !flows.isEmpty)
                let result = try await Host.end(pings)
                #expect(result.sent > 20 && result.isWhole, "\(result)")

                _ = try bed.testController("punix:" + socket, ["--wildcards"])
                try await until("the third host is served") { try await !hosts[2].cannotReach(hosts[0].address4) }
            }
        }

        /// The controller may connect to the switch; so may ovs-ofctl.
        @Test func theSwitchWaitsForItsController() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap)
                let vswitch = try await bed.start([BridgeText(hosts, controller: "ptcp:6653:" + bed.loopback)])
                for host in hosts { try await host.connect() }
                let target = "tcp:" + bed.loopback
                for (number, version) in ["OpenFlow10", "OpenFlow11", "OpenFlow12", "OpenFlow13", "OpenFlow14", "OpenFlow15"].enumerated() {
                    let added = try await command("ovs-ofctl", ["-O", version, "add-flow", target, "priority=\(number + 1),actions=drop"])
                    #expect(added.status == 0, "\(version): \(added.errors)")
                    let dumped = try await command("ovs-ofctl", ["-O", version, "--no-stats", "dump-flows", target])
                    #expect(dumped.output.contains("priority=\(number + 1) actions=drop"), "\(version): \(dumped.output) \(dumped.errors)")
                    #expect(try await vswitch.flows().count == number + 1)
                }
                _ = try await command("ovs-ofctl", ["del-flows", target])
                let controller = try bed.testController(target, versions: "OpenFlow13")
                try await untilServed(hosts)
                try await expectReach(hosts)
                #expect(try await vswitch.flows("icmp").count >= 2)
                #expect(controller.isRunning)
            }
        }
    }
}
