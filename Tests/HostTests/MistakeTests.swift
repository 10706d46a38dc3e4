import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Ports that cannot be opened.
    @Suite(.serialized) struct MistakeTests {
        /// What is wrong, as further ports, and how the complaint begins.
        private func mistakes(_ bed: Bed, busy: String) -> [(port: PortText, complaint: String)] {
            let (absent, nothing, noPCI) = (bed.name("no"), bed.name("dn"), bed.name("dp"))
            return [
                (PortText(absent, "type: system"), "bridge br1: port \(absent): could not open network device \(absent) (No such device)"),
                (PortText(nothing, "type: dpdk, devargs: net_nothing7"), "bridge br1: port \(nothing): \(nothing): 'net_nothing7' is not a valid devargs"),
                (PortText(noPCI, "type: dpdk, devargs: \"ffff:ff:1f.7\""), "bridge br1: port \(noPCI): \(noPCI): 'ffff:ff:1f.7' "),
                (PortText(busy, "type: tap"), "bridge br1: port \(busy): could not create tap device \(busy) (Device or resource busy)"),
            ]
        }

        /// The port is named, all others work; when what was missing is there, the same file makes the port.
        @Test func whatCannotBeOpenedIsNamedAndTheRestRuns() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap)
                let late = try await bed.host(3, .system)
                let right = [BridgeText("br0", hosts.map { PortText($0) })]
                let vswitch = try await bed.start(right)
                for host in hosts { try await host.connect() }
                let pings = try hosts[0].pingOn(hosts[1].address4)

                let wrong = mistakes(bed, busy: late.port)
                var mixed = right + [BridgeText("br1", wrong.map(\.port))]
                let told = try await vswitch.apply(mixed)
                #expect(told.count == wrong.count + 1)
                for (line, mistake) in zip(told, wrong) { #expect(line.hasPrefix(mistake.complaint), "\(line)") }
                #expect(told.last == vswitch.file + ": applied, with \(wrong.count) problems: 2 bridges, 2 ports, 2 flows")
                #expect(try await hosts[1].ping(hosts[0].address6).isWhole)

                // The interface that was busy becomes a port as what it is.
                mixed = [BridgeText("br0", (hosts + [late]).map { PortText($0) })]
                #expect(try await vswitch.apply(mixed) == [vswitch.file + ": applied, with 0 problems: 1 bridge, 3 ports, 1 flow"])
                try await late.connect()
                #expect(try await late.ping(hosts[0].address4).isWhole)
                let result = try await Host.end(pings)
                #expect(result.isWhole, "\(result)")
            }
        }

        /// The same at the start: each such port is named in a line of its own, and a later SIGHUP tries again.
        @Test func aStartWithSuchPortsNamesThemAllAndTheRestRuns() async throws {
            try await Bed.with { bed in
                let hosts = try await bed.hosts(2, .tap)
                let other = try await bed.host(3, .system)
                let wrong = mistakes(bed, busy: other.port)
                let bridges = [BridgeText("br0", hosts.map { PortText($0) }), BridgeText("br1", wrong.map(\.port))]
                let vswitch = try await bed.start(bridges)
                let told = errorLines(vswitch.errors)
                #expect(told.count == wrong.count, "\(told)")
                for (line, mistake) in zip(told, wrong) { #expect(line.hasPrefix(mistake.complaint), "\(line)") }
                for host in hosts { try await host.connect() }
                #expect(try await hosts[0].ping(hosts[1].address4).isWhole)
                // What was missing is there now: it is the first of them.
                try await ip("link", "add", wrong[0].port.name, "type", "veth", "peer", "name", bed.name("yes"), "netns", other.space)
                #expect(try await vswitch.apply(bridges).last == vswitch.file + ": applied, with \(wrong.count - 1) problems: 2 bridges, 3 ports, 2 flows")
            }
        }
    }
}
