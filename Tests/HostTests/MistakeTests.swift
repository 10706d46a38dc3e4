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
                let result = try PingResult(try await pings.finish(after: SIGINT))
                #expect(result.isWhole, "\(result)")
            }
        }

        /// At the start such a port is an error: each is named in a line of its own, and nothing stays behind.
        @Test func aStartWithSuchPortsNamesThemAll() async throws {
            try await Bed.with { bed in
                let hosts = [try await bed.host(1, .tap), try await bed.host(2, .system)]
                let wrong = mistakes(bed, busy: hosts[1].port)
                let file = bed.folder + "/wrong.yaml"
                try configuration([BridgeText("br0", [PortText(hosts[0])]), BridgeText("br1", wrong.map(\.port))])
                    .write(toFile: file, atomically: true, encoding: .utf8)
                let result = try await command(executable("needletaild"), ["--config", file], seconds: 20)
                #expect(result.status == 1)
                let told = lines(result.errors).filter { $0.hasPrefix("needletaild: ") }
                #expect(told.count == wrong.count, "\(result.errors)")
                for (line, mistake) in zip(told, wrong) { #expect(line.hasPrefix("needletaild: " + mistake.complaint), "\(line)") }
                #expect(try await command("ip", ["link", "show", hosts[0].interface]).status == 1)
            }
        }
    }
}
