import Foundation
import Testing

extension HostTests {
    @Suite(.serialized) struct LearningTests {
        /// A host moves to another port, with its addresses: who talks to it goes on as soon as it has been heard there.
        @Test(arguments: [Wiring.tap, .system]) func aHostMovesToAnotherPort(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, _) = try await bed.wire(3, wiring)
                let (client, old, new) = (hosts[0], hosts[1], hosts[2])
                #expect(try await client.ping(old.address4).isWhole)
                let address = try await old.ethernetAddress()
                try await ip("-n", old.space, "link", "set", old.interface, "down")
                #expect(try await client.cannotReach(old.address4))
                try await ip("-n", new.space, "link", "set", new.interface, "address", address)
                try await new.add(old.address4 + "/24")
                let first = try await new.run("ping", "-n", "-c", "1", "-W", "20", "-I", old.address4, client.address4)
                #expect(try PingResult(first.output, count: 1).isWhole)
                #expect(try await client.ping(old.address4, count: 20).isWhole)
            }
        }

        /// Hosts behind all kinds of ports, one bridge, frames of up to 9014 bytes.
        @Test func largeFramesPassBetweenAllKindsOfPorts() async throws {
            try await Bed.with { bed in
                let hosts = [try await bed.host(1, .tap), try await bed.host(2, .system), try await bed.host(3, .internal)]
                _ = try await bed.start([BridgeText("br0", hosts.map { PortText($0, ", mtu: 9000") })])
                for host in hosts {
                    try await host.connect()
                    try await ip("-n", host.space, "link", "set", host.interface, "mtu", "9000")
                }
                for from in hosts {
                    for to in hosts where to.number != from.number {
                        #expect(try await from.ping(to.address4, count: 3, size: 8972).isWhole, "\(from.wiring) to \(to.wiring)")
                        #expect(try await from.ping(to.address6, count: 3, size: 8952).isWhole, "\(from.wiring) to \(to.wiring)")
                    }
                }
                let listener = try await hosts[1].serve("-t", port: 5201, "iperf3", "-s", "-1")
                #expect(try await hosts[0].run("iperf3", "-c", hosts[1].address4, "-n", "8M").status == 0)
                try await listener.finish()
            }
        }
    }
}
