import Foundation
import TestSupport
import Testing

/// The parts of iperf3's report that are looked at.
private struct IperfReport: Decodable {
    struct Sum: Decodable {
        var bytes: Double
        var packets: Int?
        var lost_packets: Int?
    }
    struct End: Decodable {
        var sum: Sum?
        var sum_received: Sum?
    }
    var end: End
}

extension HostTests {
    /// Services as people run them, between a client and a server behind the switch.
    @Suite(.serialized) struct ServiceTests {
        private func iperf(_ client: Host, _ server: Host, _ address: String, _ arguments: [String]) async throws -> IperfReport {
            let listener = try await server.serve("-t", port: 5201, "iperf3", "-s", "-1")
            let result = try await client.run("iperf3", arguments: ["-J", "-c", address] + arguments)
            try #require(result.status == 0, "\(result.output)")
            try await listener.finish()
            return try JSONDecoder().decode(IperfReport.self, from: Data(result.output.utf8))
        }

        @Test(arguments: [Wiring.tap, .system]) func iperfRuns(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, wiring)
                let (client, server) = (hosts[0], hosts[1])
                for (address, direction) in [(server.address4, []), (server.address4, ["-R"]), (server.address6, [])] {
                    let report = try await iperf(client, server, address, ["-n", "32M"] + direction)
                    // What the receiver has not read when the sender is done does not count; the hosts' own buffers hold much less.
                    let bytes = try #require(report.end.sum_received).bytes
                    #expect(bytes > 16e6, "\(address) \(direction)")
                }
                // Datagrams at a pace that everybody can keep, and so few that the receiver's buffer has room for most of a second's; each is one frame.
                for address in [server.address4, server.address6] {
                    let report = try await iperf(client, server, address, ["-u", "-b", "2M", "-l", "1200", "-t", "3", "-w", "400K"])
                    let sum = try #require(report.end.sum)
                    let packets = try #require(sum.packets), lost = try #require(sum.lost_packets)
                    #expect(packets > 500 && lost * 50 <= packets, "\(lost) of \(packets)")
                }
                #expect(errorLines(vswitch.errors).isEmpty)
            }
        }

        @Test(arguments: [Wiring.tap, .system]) func namesAndPagesAreServed(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, _) = try await bed.wire(2, wiring)
                let (client, server) = (hosts[0], hosts[1])
                try await server.serve("-u", port: 53, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                    "--user=root", "--pid-file=", "--address=/shop.test/192.0.2.80", "--address=/shop.test/2001:db8::80",
                    "--txt-record=long.test," + String(repeating: "a", count: 250))
                for address in [server.address4, server.address6] {
                    for (arguments, answer) in [
                        (["shop.test", "A"], "192.0.2.80\n"), (["shop.test", "AAAA"], "2001:db8::80\n"), (["+tcp", "shop.test", "A"], "192.0.2.80\n"),
                        (["long.test", "TXT"], "\"" + String(repeating: "a", count: 250) + "\"\n"),
                    ] {
                        let result = try await client.run("dig", arguments: ["@" + address, "+short", "+tries=3", "+time=10"] + arguments)
                        #expect(result.output == answer, "\(address) \(arguments)")
                    }
                }

                let site = bed.folder + "/site", page = String(repeating: "needletail\n", count: 100_000)
                try FileManager.default.createDirectory(atPath: site, withIntermediateDirectories: true)
                try page.write(toFile: site + "/page", atomically: true, encoding: .utf8)
                try await server.serve("-t", port: 80, "/usr/bin/python3", "-m", "http.server", "--bind", "::", "--directory", site, "80")
                for address in [server.address4, "[\(server.address6)]"] {
                    let result = try await client.run("curl", "-sS", "-g", "--max-time", "40", "http://\(address)/page")
                    #expect(result.output == page, "\(address): \(result.output.count) bytes, \(result.errors)")
                }
            }
        }
    }
}
