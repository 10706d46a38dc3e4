import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Hosts reach each other, whatever their wiring.
    @Suite(.serialized) struct ReachTests {
        @Test(arguments: Wiring.allCases) func hostsPingEachOther(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(3, wiring)
                for from in hosts {
                    for to in hosts where to.number != from.number {
                        #expect(try await from.ping(to.address4, count: 3).isWhole, "\(from.number) to \(to.number)")
                        #expect(try await from.ping(to.address6, count: 3).isWhole, "\(from.number) to \(to.number)")
                    }
                }
                // A full frame, and a packet that the sender cuts in three.
                #expect(try await hosts[0].ping(hosts[1].address4, size: 1472).isWhole)
                #expect(try await hosts[0].ping(hosts[1].address4, count: 3, options: ["-s", "4000"]).isWhole)
                #expect(errorLines(vswitch.errors).isEmpty)
                #expect(try await vswitch.terminate() == 0)
            }
        }

        /// The bridge's own port makes the machine itself a host of the bridge.
        @Test func theBridgeHasAPortOfItsOwn() async throws {
            try await Bed.with { bed in
                let hosts = [try await bed.host(1, .internal), try await bed.host(2, .tap)]
                let bridge = hosts[0].port
                _ = try await bed.start([BridgeText(bridge, hosts.map { PortText($0) }, flows: [
                    "priority=10,in_port=LOCAL,udp,actions=drop", "priority=10,in_port=\(hosts[1].port),icmp,actions=LOCAL",
                ])])
                for host in hosts { try await host.connect() }
                #expect(try await hosts[1].ping(hosts[0].address4).isWhole)
                #expect(try await hosts[0].ping(hosts[1].address6).isWhole)
            }
        }

        /// What two hosts say to each other does not come to a third one, once the bridge has learnt where they are.
        @Test(arguments: [Wiring.tap, .system]) func aThirdHostHearsNothing(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, _) = try await bed.wire(3, wiring)
                let capture = try hosts[2].spawn("tcpdump", "-n", "-l", "-i", hosts[2].interface, "arp or icmp")
                try await until("tcpdump listens") { contents(capture.errors).contains("listening on") }
                #expect(try await hosts[0].ping(hosts[1].address4, count: 20).isWhole)
                // The question for the second host's address went to all; the ping stayed between the two.
                try await until("the third host hears the broadcast") { contents(capture.output).contains("who-has \(hosts[1].address4)") }
                let heard = try await capture.finish(after: SIGINT)
                #expect(!heard.contains("ICMP"), "\(heard)")
            }
        }
    }
}
