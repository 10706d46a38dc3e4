import Foundation
import TestSupport
import Testing

extension HostTests {
    /// A changed file is applied by SIGHUP while traffic runs.
    @Suite(.serialized) struct ReloadTests {
        /// Two hosts talk all the time; a third one's port comes, works, and goes, three times.
        @Test(arguments: [Wiring.tap, .system]) func aPortComesAndGoesUnderLoad(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, wiring)
                let third = try await bed.host(3, wiring)
                let two = [BridgeText("br0", hosts.map { PortText($0) })]
                // The same address each time: nobody has to find out about a new one.
                let address = wiring == .system ? "" : ", mac: \"02:00:00:00:77:03\""
                let three = [BridgeText("br0", hosts.map { PortText($0) } + [PortText(third, address)])]
                try await hosts[1].serve("-t", port: 5201, "iperf3", "-s", "-1")
                // One connection, at a pace that leaves the interfaces' queues short.
                let load = try hosts[0].spawn("iperf3", "-c", hosts[1].address4, "-b", "10M", "-l", "8K", "-t", "300", "-i", "0.5", "--forceflush")
                try await until("the connection is there") { contents(load.output).contains("/sec") }
                let pings = try hosts[0].pingOn(hosts[1].address4)
                for round in 0..<3 {
                    #expect(try await vswitch.apply(three) == [vswitch.file + ": applied, with 0 problems: 1 bridge, 3 ports, 1 flow"])
                    // A port of a veth pair keeps its interface; a tap interface is a new one each time.
                    if wiring != .system || round == 0 { try await third.connect() }
                    #expect(try await third.ping(hosts[0].address4).isWhole)
                    #expect(try await hosts[1].ping(third.address6).isWhole)
                    #expect(try await vswitch.apply(two) == [vswitch.file + ": applied, with 0 problems: 1 bridge, 2 ports, 1 flow"])
                    if wiring == .system { #expect(try await third.cannotReach(hosts[0].address4)) }
                }
                let result = try await Host.end(pings)
                #expect(result.sent > 20 && result.isWhole, "\(result)")
                // The connection is the same one, and bytes still come.
                #expect(load.isRunning)
                let soFar = lines(contents(load.output)).count
                try await until("more of the connection's bytes") { lines(contents(load.output)).count > soFar + 1 }
                #expect(longestSilence(load) < 4, "\(contents(load.output))")
            }
        }

        /// Intervals in a row in which iperf3 has moved nothing: a machine may hold any of the threads up for one or two.
        private func longestSilence(_ load: BackgroundTask) -> Int {
            let intervals = lines(contents(load.output)).filter { $0.contains("/sec") }
            return intervals.split { !$0.contains(" 0.00 bits/sec") }.map(\.count).max() ?? 0
        }

        /// PMDs come and go by the file; a core that the machine does not have is refused, and everything stays as it is.
        @Test(arguments: [Wiring.tap, .system]) func coresChangeUnderLoad(_ wiring: Wiring) async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, wiring)
                let text = configuration([BridgeText("br0", hosts.map { PortText($0) })])
                try await hosts[1].serve("-t", port: 5201, "iperf3", "-s", "-1")
                // One connection, at a pace that leaves the interfaces' queues short.
                let load = try hosts[0].spawn("iperf3", "-c", hosts[1].address4, "-b", "10M", "-l", "8K", "-t", "300", "-i", "0.5", "--forceflush")
                try await until("the connection is there") { contents(load.output).contains("/sec") }
                let pings = try hosts[0].pingOn(hosts[1].address4)
                let applied = vswitch.file + ": applied, with 0 problems: 1 bridge, 2 ports, 1 flow"
                for cores in [[0, 1], [0], [1], [1, 0], [0]] {
                    let told = try await vswitch.apply(text.replacing("datapath: { ", with: "datapath: { pmd-cores: \(cores), "))
                    #expect(told == [applied], "\(cores)")
                    // The other threads keep out of the PMDs' way; without a processor left for them they may go anywhere.
                    let all = allowedProcessors("/proc/self/status"), others = all.subtracting(cores).isEmpty ? all : all.subtracting(cores)
                    #expect(vswitch.processors(ofThreads: "nt-kernel-io") == [others], "\(cores)")
                    #expect(vswitch.processors(ofThreads: "needletaild").contains(others), "\(cores)")
                    // In both directions and for a protocol that has no megaflows yet.
                    #expect(try await hosts[1].ping(hosts[0].address6).isWhole)
                }
                let refused = try await vswitch.apply(text.replacing("datapath: { ", with: "datapath: { pmd-cores: [0, 1023], "))
                #expect(refused.count == 2 && refused.first?.hasPrefix("datapath: pmd-cores: core 1023 is not among the machine's: ") ?? false, "\(refused)")
                #expect(try await vswitch.apply(text) == [applied])
                #expect(try await hosts[1].ping(hosts[0].address4).isWhole)
                let result = try await Host.end(pings)
                #expect(result.sent > 10 && result.isWhole, "\(result)")
                #expect(load.isRunning)
                let soFar = lines(contents(load.output)).count
                try await until("more of the connection's bytes") { lines(contents(load.output)).count > soFar + 1 }
                #expect(longestSilence(load) < 4, "\(contents(load.output))")
                #expect(try await vswitch.terminate() == 0)
            }
        }

        /// What is changed in an access list holds, for flows that run already, when the file is applied, or hardly later.
        @Test func anAccessListChangesAtOnce() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, .tap)
                let open = [BridgeText("br0", hosts.map { PortText($0) })]
                var closed = open
                closed[0].flows = ["priority=100,icmp,nw_dst=\(hosts[1].address4),icmp_type=8,actions=drop"]
                let pings = try hosts[0].pingOn(hosts[1].address4)
                try await until("answers") { try answers(pings).count > 5 }

                _ = try await vswitch.apply(closed, settles: false)
                // Packets that were under way, and those of a thread that has waited for its processor.
                let isClosed = Date().timeIntervalSince1970 + 2
                // Everything else goes on.
                #expect(try await hosts[1].ping(hosts[0].address4).isWhole)
                #expect(try await hosts[0].ping(hosts[1].address6).isWhole)
                try await Task.sleep(for: .seconds(3))
                let opening = Date().timeIntervalSince1970
                _ = try await vswitch.apply(open)
                try await until("answers again") { try answers(pings).contains { $0 > opening } }

                let result = try await Host.end(pings)
                #expect(result.received < result.sent)
                #expect(try !answers(pings).contains { $0 > isClosed && $0 < opening })
            }
        }

        /// When the answers of a `pingOn` came, in seconds since 1970.
        private func answers(_ pings: BackgroundTask) throws -> [Double] {
            lines(contents(pings.output)).filter { $0.hasPrefix("[") && $0.contains("bytes from") }
                .compactMap { Double($0.dropFirst().prefix { $0 != "]" }) }
        }

        @Test func aWrongFileChangesNothing() async throws {
            try await Bed.with { bed in
                let (hosts, vswitch) = try await bed.wire(2, .tap)
                let pings = try hosts[0].pingOn(hosts[1].address4)
                let right = configuration([BridgeText("br0", hosts.map { PortText($0) })])
                for (wrong, mistake) in [
                    (right.replacing("type: tap", with: "type: tape"), ":6:\(17 + hosts[0].port.utf8.count): expected one of "),
                    (right + "    flows: |\n      priority=100,ip,actions=drop\n      priority=1,actions=fly\n", ":10:26: expected a flow in the syntax"),
                    (right + "    flows: [\n", ":9:1: expected "), ("", ":1:1: expected a mapping with the key bridges, found nothing"),
                    (right.replacing("  br0:", with: "\tbr0:"), ":3:1: expected "),
                ] {
                    let told = try await vswitch.apply(wrong)
                    #expect(told.count == 1)
                    #expect(told.first?.hasPrefix(vswitch.file + mistake) ?? false, "\(told)")
                }
                #expect(try await hosts[1].ping(hosts[0].address6).isWhole)
                let result = try await Host.end(pings)
                #expect(result.isWhole, "\(result)")
                #expect(try await vswitch.apply(right) == [vswitch.file + ": applied, with 0 problems: 1 bridge, 2 ports, 1 flow"])
            }
        }
    }
}
