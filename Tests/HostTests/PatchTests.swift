import Foundation
import Testing

extension HostTests {
    @Suite(.serialized) struct PatchTests {
        /// Hosts 1 and 3 are on one bridge, host 2 on another; a pair of patch ports joins them.
        private func bridges(_ hosts: [Host], joined: Bool, flows: [String] = []) -> [BridgeText] {
            var left = BridgeText("left", [PortText(hosts[0]), PortText(hosts[2])])
            var right = BridgeText("right", [PortText(hosts[1])], flows: flows)
            if joined {
                left.ports.append(PortText("to-right", "type: patch, peer: to-left"))
                right.ports.append(PortText("to-left", "type: patch, peer: to-right"))
            }
            return [left, right]
        }

        @Test(arguments: [Wiring.tap, .system]) func patchPortsJoinTwoBridges(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(3, wiring)
                let vswitch = try await bed.start(bridges(hosts, joined: true))
                for host in hosts { try await host.connect() }
                #expect(try await hosts[0].ping(hosts[1].address4).isWhole)
                #expect(try await hosts[1].ping(hosts[2].address6).isWhole)
                try await hosts[1].serve("-t", port: 5201, "iperf3", "-s", "-1")
                #expect(try await hosts[0].run("iperf3", "-c", hosts[1].address4, "-n", "4M").status == 0)

                let neighbours = try hosts[0].pingOn(hosts[2].address4)
                #expect(try await vswitch.apply(bridges(hosts, joined: false)) == [vswitch.file + ": applied, with 0 problems: 2 bridges, 3 ports, 2 flows"])
                #expect(try await hosts[0].cannotReach(hosts[1].address4))
                // The second bridge's flows decide about what comes through the patch.
                let picky = bridges(hosts, joined: true, flows: ["priority=10,in_port=to-left,ip,nw_src=\(hosts[0].address4),actions=drop"])
                #expect(try await vswitch.apply(picky) == [vswitch.file + ": applied, with 0 problems: 2 bridges, 5 ports, 3 flows"])
                #expect(try await hosts[0].cannotReach(hosts[1].address4))
                #expect(try await hosts[2].ping(hosts[1].address4).isWhole)
                #expect(try await hosts[0].ping(hosts[1].address6).isWhole)
                let result = try await Host.end(neighbours)
                #expect(result.isWhole, "\(result)")
            }
        }
    }
}
