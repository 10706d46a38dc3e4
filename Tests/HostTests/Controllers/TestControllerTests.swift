import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Open vSwitch's own controller, ovs-testcontroller(8).
    @Suite(.serialized) struct TestControllerTests {
        /// The flow that it installs for packets without another.
        private static let miss = "priority=0 actions=CONTROLLER:128"

        /// A hub has one flow; a learning switch one for each conversation.
        @Test(arguments: ["OpenFlow10", "OpenFlow11", "OpenFlow12", "OpenFlow13", "OpenFlow14"]) func switchesLearn(_ version: String) async throws {
            try await Bed.with { bed in
                let socket = bed.folder + "/controller"
                let controller = try bed.testController("punix:" + socket, versions: version)
                let hosts = try await bed.hosts(3, .tap)
                let vswitch = try await bed.start([BridgeText(hosts, controller: "unix:" + socket, more: ["protocols: [\(version)]"])])
                for host in hosts { try await host.connect() }
                try await untilServed(hosts)
                try await expectReach(hosts)
                let flows = try await vswitch.flows(version: version)
                for host in hosts {
                    let address = try await host.ethernetAddress()
                    #expect(flows.contains { $0.contains("dl_dst=\(address)") && $0.contains("icmp") }, "\(flows)")
                }
                #expect(controller.isRunning && errorLines(vswitch.errors).isEmpty)
            }
        }

        @Test func aHubFloods() async throws {
            try await Bed.with { bed in
                let controller = try bed.testController("ptcp:6653:" + bed.loopback, ["-H", "--max-idle=permanent"])
                try await bed.waitForListener(controller)
                let hosts = try await bed.hosts(3, .system)
                let vswitch = try await bed.start([BridgeText(hosts, controller: "tcp:" + bed.loopback)])
                for host in hosts { try await host.connect() }
                let capture = try hosts[2].spawn("tcpdump", "-n", "-l", "-i", hosts[2].interface, "icmp")
                try await until("tcpdump listens") { contents(capture.errors).contains("listening on") }
                try await untilServed(hosts)
                #expect(try await hosts[0].ping(hosts[1].address4, count: 20).isWhole)
                try await until("the third host hears the answers") { contents(capture.output).contains("ICMP echo reply, id") }
                let flows = try await vswitch.flows("icmp")
                #expect(!flows.isEmpty && flows.allSatisfy { $0.hasSuffix("actions=FLOOD") }, "\(flows)")
                // Without flow setup each packet goes by way of the controller.
                try await controller.finish(after: SIGTERM)
                _ = try await vswitch.ofctl([], "del-flows")
                let second = try bed.testController("ptcp:6653:" + bed.loopback, ["-H", "-n"])
                try await bed.waitForListener(second)
                try await untilServed(hosts)
                try await expectReach(hosts)
                try await vswitch.expectFlows([Self.miss])
            }
        }

        /// The controller's certificates are those of ovs-pki(8); one of another authority is refused.
        @Test func certificatesAreChecked() async throws {
            try await Bed.with { bed in
                let pki = try await command("bash", ["-c", """
                    cd "$1" && ovs-pki -d "$1/pki" -l "$1/pki.log" init && ovs-pki -d "$1/pki" -l "$1/pki.log" -u req+sign controller controller \
                    && ovs-pki -d "$1/pki" -l "$1/pki.log" -u req+sign switch switch && ovs-pki -d "$1/pki" -l "$1/pki.log" -u req+sign stranger switch
                    """, "bash", bed.folder], seconds: 60)
                try #require(pki.status == 0, "\(pki.output)\(pki.errors)")
                let authorities = bed.folder + "/pki/"
                func identity(_ name: String) -> [String] {
                    ["-p", "\(bed.folder)/\(name)-privkey.pem", "-c", "\(bed.folder)/\(name)-cert.pem", "-C", authorities + "switchca/cacert.pem"]
                }
                let stranger = try bed.testController("pssl:6653:" + bed.loopback, identity("stranger"))
                try await bed.waitForListener(stranger)
                let hosts = try await bed.hosts(2, .tap)
                _ = try await bed.start([BridgeText(hosts, controller: "ssl:" + bed.loopback)], more: """
                    ssl: { private-key: \(bed.folder)/switch-privkey.pem, certificate: \(bed.folder)/switch-cert.pem, ca-cert: \(authorities)controllerca/cacert.pem }

                    """)
                for host in hosts { try await host.connect() }
                try await until("the switch refuses the stranger") { contents(stranger.errors).contains("SSL") }
                #expect(try await hosts[0].cannotReach(hosts[1].address4))
                try await stranger.finish(after: SIGTERM)

                let controller = try bed.testController("pssl:6653:" + bed.loopback, identity("controller"), versions: "OpenFlow13")
                try await untilServed(hosts)
                try await expectReach(hosts)
                #expect(controller.isRunning)
            }
        }

        @Test func flowsOfAFileAreInstalled() async throws {
            try await Bed.with { bed in
                let file = bed.folder + "/flows", socket = bed.folder + "/controller"
                try "priority=7,arp,actions=FLOOD\npriority=6,icmp,in_port=1,actions=output:2\npriority=6,icmp,in_port=2,actions=IN_PORT,output:1\n"
                    .write(toFile: file, atomically: true, encoding: .utf8)
                _ = try bed.testController("punix:" + socket, ["-n", "--with-flows", file])
                let hosts = try await bed.hosts(2, .tap)
                let vswitch = try await bed.start([BridgeText(hosts, controller: "unix:" + socket)])
                for host in hosts { try await host.connect() }
                try await untilServed(hosts)
                try await expectReach(hosts)
                try await vswitch.expectFlows([
                    Self.miss, "priority=6,icmp,in_port=1 actions=output:2", "priority=6,icmp,in_port=2 actions=IN_PORT,output:1", "priority=7,arp actions=FLOOD",
                ])
            }
        }
    }
}
