import Foundation
import TestSupport
import Testing

extension HostTests {
    @Suite(.serialized) struct VLANTests {
        /// Hosts 1 and 2 are in VLAN 10 and host 3 in VLAN 20, by access ports; host 4 has both, tagged, and an untagged address.
        /// All have an address in 10.77.0.0/24, where nothing but the VLANs separates them.
        private func wire(_ bed: Bed, _ wiring: Wiring) async throws -> (hosts: [Host], vswitch: RunningSwitch) {
            let hosts = try await bed.hosts(4, wiring)
            let vswitch = try await bed.start(bridge(hosts, trunk: ""))
            for host in hosts { try await host.connect() }
            for (host, vlan) in zip(hosts, [10, 10, 20]) { try await host.add("10.\(vlan).0.\(host.number)/24") }
            try await hosts[3].addVLANs([10: "10.10.0.4/24", 20: "10.20.0.4/24"])
            return (hosts, vswitch)
        }

        private func bridge(_ hosts: [Host], trunk: String) -> [BridgeText] {
            [BridgeText("br0", zip(hosts, [", tag: 10", ", tag: 10", ", tag: 20", trunk]).map { PortText($0, $1) })]
        }

        @Test(arguments: [Wiring.tap, .system]) func accessPortsAreApartAndATrunkCarriesAll(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await wire(bed, wiring)
                let trunk = hosts[3]
                let capture = try trunk.spawn("tcpdump", "-n", "-e", "-l", "-i", trunk.interface, "vlan")
                try await until("tcpdump listens") { contents(capture.errors).contains("listening on") }

                #expect(try await hosts[0].ping(hosts[1].address4).isWhole)
                #expect(try await hosts[0].ping(hosts[1].address6).isWhole)
                #expect(try await hosts[0].cannotReach(hosts[2].address4))
                #expect(try await hosts[2].cannotReach(hosts[1].address6))
                // Untagged frames of the trunk are in no access port's VLAN.
                #expect(try await trunk.cannotReach(hosts[0].address4))

                // A full frame has four bytes more on the trunk.
                #expect(try await hosts[0].ping("10.10.0.4", size: 1472).isWhole)
                #expect(try await trunk.ping("10.10.0.2", size: 1472).isWhole)
                #expect(try await trunk.ping("10.20.0.3", size: 1472).isWhole)
                #expect(try await hosts[2].ping("10.20.0.4").isWhole)
                try await hosts[2].serve("-t", port: 5201, "iperf3", "-s", "-1")
                #expect(try await trunk.run("iperf3", "-c", "10.20.0.3", "-n", "4M").status == 0)

                for (vlan, network) in [("vlan 10,", "10.10.0.1 > 10.10.0.4"), ("vlan 20,", "10.20.0.3 > 10.20.0.4")] {
                    try await until("tcpdump tells of \(vlan)") { lines(contents(capture.output)).contains { $0.contains(vlan) && $0.contains(network + ": ICMP echo request") } }
                }
                let heard = lines(try await capture.finish(after: SIGINT))
                #expect(!heard.contains { $0.contains("vlan 10,") && $0.contains("10.20.0.") })
                #expect(errorLines(vswitch.errors).isEmpty)
            }
        }

        @Test func aTrunkIsNarrowedAndAPortChangesItsVLAN() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await wire(bed, .tap)
                #expect(try await hosts[2].ping("10.20.0.4").isWhole)
                let applied = vswitch.file + ": applied, with 0 problems: 1 bridge, 4 ports, 1 flow"
                #expect(try await vswitch.apply(bridge(hosts, trunk: ", trunks: [10]")) == [applied])
                #expect(try await hosts[0].ping("10.10.0.4").isWhole)
                #expect(try await hosts[2].cannotReach("10.20.0.4"))
                // VLAN 20 goes untagged to the trunk's host, and host 1 moves into it.
                var moved = bridge(hosts, trunk: ", vlan-mode: native-untagged, tag: 20, trunks: [10]")
                moved[0].ports[0] = PortText(hosts[0], ", tag: 20")
                #expect(try await vswitch.apply(moved) == [applied])
                #expect(try await hosts[3].ping(hosts[2].address4).isWhole)
                #expect(try await hosts[0].ping(hosts[2].address4).isWhole)
                #expect(try await hosts[0].cannotReach(hosts[1].address4))
                #expect(try await hosts[1].ping("10.10.0.4").isWhole)
            }
        }
    }
}
