import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Flows that rewrite packets: the hosts' own stacks check every checksum.
    @Suite(.serialized) struct RewriteTests {
        /// A service at another address and other ports than the server's, by IPv4 and IPv6, TCP and UDP.
        @Test(arguments: [Wiring.tap, .system]) func aServiceHasAnotherAddress(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, wiring)
                let (client, server) = (hosts[0], hosts[1])
                let (public4, public6) = ("10.77.0.100", "fd77::100")
                var flows: [String] = []
                for (proto, own, shown) in [("tcp", 80, 8080), ("udp", 53, 5353)] {
                    flows += [
                        "priority=9,\(proto),nw_dst=\(public4),tp_dst=\(shown),actions=mod_nw_dst:\(server.address4),mod_tp_dst:\(own),NORMAL",
                        "priority=9,\(proto),nw_src=\(server.address4),tp_src=\(own),actions=mod_nw_src:\(public4),mod_tp_src:\(shown),NORMAL",
                        "priority=9,\(proto)6,ipv6_dst=\(public6),tp_dst=\(shown),actions=set_field:\(server.address6)->ipv6_dst,set_field:\(own)->\(proto)_dst,NORMAL",
                        "priority=9,\(proto)6,ipv6_src=\(server.address6),tp_src=\(own),actions=set_field:\(public6)->ipv6_src,set_field:\(shown)->\(proto)_src,NORMAL",
                    ]
                }
                #expect(try await vswitch.apply([BridgeText("br0", hosts.map { PortText($0) }, flows: flows)]) == [
                    vswitch.file + ": applied, with 0 problems: 1 bridge, 2 ports, 9 flows",
                ])
                for address in [public4, public6] { try await client.addNeighbour(address, at: try await server.ethernetAddress()) }
                let page = String(repeating: "swift ", count: 50_000)
                try page.write(toFile: bed.folder + "/page", atomically: true, encoding: .utf8)
                try await server.serve("-t", port: 80, "/usr/bin/python3", "-m", "http.server", "--bind", "::", "--directory", bed.folder, "80")
                try await server.serve("-u", port: 53, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                    "--user=root", "--pid-file=", "--address=/shop.test/192.0.2.80")
                for (address, host) in [(public4, public4), (public6, "[\(public6)]")] {
                    let fetched = try await client.run("curl", "-sS", "-g", "--max-time", "10", "http://\(host):8080/page")
                    #expect(fetched.output == page, "\(address): \(fetched.output.count) bytes, \(fetched.errors)")
                    let name = try await client.run("dig", "@" + address, "-p", "5353", "+short", "+tries=1", "+time=5", "shop.test")
                    #expect(name.output == "192.0.2.80\n", "\(address)")
                }
                // The server's own address is not to be had: its answers do not bear it.
                let direct = try await client.run("curl", "-sS", "--max-time", "1", "http://\(server.address4)/page")
                #expect(direct.status != 0)
            }
        }

        /// Flows in two tables route between two networks: other addresses, one hop less.
        @Test func flowsRouteBetweenNetworks() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, .tap)
                let router = "02:00:00:00:77:fe"
                var flows = ["priority=10,ip,dl_dst=\(router),actions=dec_ttl,mod_dl_src:\(router),resubmit(,1)"]
                for host in hosts {
                    let network = "10.8\(host.number).0"
                    try await host.add("\(network).\(host.number)/24")
                    try await host.addNeighbour("\(network).254", at: router)
                    try await ip("-n", host.space, "route", "add", "10.80.0.0/13", "via", "\(network).254")
                    flows.append("table=1,priority=5,ip,nw_dst=\(network).0/24,actions=mod_dl_dst:\(try await host.ethernetAddress()),output:\(host.port)")
                }
                #expect(try await vswitch.apply([BridgeText("br0", hosts.map { PortText($0) }, flows: flows)]).count == 1)
                let result = try await hosts[0].run("ping", "-n", "-c", "5", "-i", "0.02", "-w", "30", "-I", "10.81.0.1", "10.82.0.2")
                #expect(try PingResult(result.output, count: 5).isWhole)
                let answers = lines(result.output).filter { $0.contains("bytes from 10.82.0.2") }
                #expect(answers.allSatisfy { $0.contains("ttl=63") }, "\(result.output)")
                // Nobody has a route to a third network.
                #expect(try await hosts[0].cannotReach("10.83.0.1"))
            }
        }
    }
}
