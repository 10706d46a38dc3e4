import Foundation
import TestSupport
import Testing

extension HostTests {
    /// A learning switch for OS-Ken (`python/learning_switch.py`), in each version that OS-Ken speaks.
    @Suite(.serialized) struct OSKenTests {
        /// The version's number on the wire and its name.
        static let versions = [(1, "OpenFlow10"), (3, "OpenFlow12"), (4, "OpenFlow13"), (5, "OpenFlow14"), (6, "OpenFlow15")]

        @Test(arguments: versions) func aControllerLearns(_ number: Int, _ version: String) async throws {
            try await Bed.with { bed in
                let controller = try bed.spawn("env", ["OPENFLOW_VERSION=\(number)", "PYTHONWARNINGS=ignore", pythonTool("osken-manager"),
                    "--ofp-listen-host", bed.loopback, "--ofp-tcp-listen-port", "6653", pythonProgram("learning_switch.py")])
                let hosts = try await bed.hosts(3, .system)
                try await bed.waitForListener(controller)
                let all = BridgeText(hosts, controller: "tcp:" + bed.loopback, more: ["datapath-id: \"00000000000077\(bed.loopback.hexadecimalEnd)\""])
                let vswitch = try await bed.start([all])
                for host in hosts { try await host.connect() }
                try await untilServed(hosts)
                try await expectReach(hosts)

                let told = Set(lines(contents(controller.output)))
                #expect(told.contains("switch 00000000000077\(bed.loopback.hexadecimalEnd)"), "\(told)")
                for (index, host) in hosts.enumerated() {
                    #expect(told.contains("port \(index + 1) \(host.port)"), "\(told)")
                    // No flow was there (1.0), or the flow of those without another (OFPR_NO_MATCH, or OFPR_TABLE_MISS).
                    #expect(told.contains { $0.hasPrefix("packet-in \(index + 1) ") }, "\(told)")
                }
                let flows = try await vswitch.flows(version: version)
                // Only from OpenFlow 1.3 on are a flow's flags told.
                let flags = number < 4 ? "" : "send_flow_rem "
                for from in hosts {
                    for to in hosts where to.number != from.number {
                        let (source, destination) = (try await from.ethernetAddress(), try await to.ethernetAddress())
                        let wanted = flags + "priority=1,in_port=\(from.number),dl_src=\(source),dl_dst=\(destination) actions=output:\(to.number)"
                        #expect(flows.contains(wanted), "\(wanted)\n\(flows)")
                    }
                }
                #expect(flows.contains { $0.hasPrefix("cookie=0x7, \(flags)priority=0 actions=CONTROLLER:") } == (number > 1), "\(flows)")

                // A port goes, and a flow.
                var two = all
                two.ports.removeLast()
                #expect(try await vswitch.apply([two]).count == 1)
                try await until("the port's end") { contents(controller.output).contains("port-status 1 \(hosts[2].port)\n") }
                _ = try await vswitch.ofctl([], "del-flows", ["in_port=1"])
                try await until("the flow's end") { contents(controller.output).contains("flow-removed 1 2\n") }
                try await expectReach(Array(hosts.prefix(2)))
                #expect(!contents(controller.output).contains("error "), "\(contents(controller.output))")
                #expect(!contents(controller.errors).contains("Traceback"), "\(contents(controller.errors))")
                #expect(controller.isRunning)
            }
        }
    }
}

private extension String {
    /// The last byte of an IPv4 address, as two hexadecimal digits.
    var hexadecimalEnd: String {
        let last = split(separator: ".").last.flatMap { UInt8($0) } ?? 0
        return (last < 16 ? "0" : "") + String(last, radix: 16)
    }
}
