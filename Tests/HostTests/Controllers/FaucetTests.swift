import Foundation
import TestSupport
import Testing

extension HostTests {
    /// Faucet, which programs a pipeline of several tables: VLANs, learning of addresses, access lists.
    @Suite(.serialized) struct FaucetTests {
        private static let datapathID = 0x7700

        /// Ports 1 and 2 are in one VLAN, 3 and 4 in another; `list` is the access list of port 1.
        private func configuration(_ list: String) -> String {
            """
            acls:
              open:
                - rule: { actions: { allow: 1 } }
              closed:
                - rule: { dl_type: 0x800, ip_proto: 1, actions: { allow: 0 } }
                - rule: { actions: { allow: 1 } }
            vlans:
              red: { vid: 100 }
              blue: { vid: 200 }
            dps:
              switch:
                dp_id: \(Self.datapathID)
                hardware: "Open vSwitch"
                interfaces:
                  1: { native_vlan: red, acl_in: \(list) }
                  2: { native_vlan: red }
                  3: { native_vlan: blue }
                  4: { native_vlan: blue }

            """
        }

        private func start(_ bed: Bed) async throws -> BackgroundTask {
            let log = bed.folder + "/faucet.log"
            let faucet = try bed.spawn("env", [
                "PYTHONWARNINGS=ignore", "FAUCET_CONFIG=\(bed.folder)/faucet.yaml", "FAUCET_LOG=\(log)", "FAUCET_EXCEPTION_LOG=\(log).exceptions",
                "FAUCET_PROMETHEUS_ADDR=\(bed.loopback)", pythonTool("osken-manager"), "--ofp-listen-host", bed.loopback, "--ofp-tcp-listen-port", "6653", "faucet.faucet",
            ])
            try await bed.waitForListener(faucet)
            return faucet
        }

        @Test func aPipelineIsProgrammed() async throws {
            try await Bed.with { bed in
                let file = bed.folder + "/faucet.yaml"
                try configuration("open").write(toFile: file, atomically: true, encoding: .utf8)
                let faucet = try await start(bed)
                let hosts = try await bed.hosts(4, .system)
                let vswitch = try await bed.start([BridgeText(hosts, controller: "tcp:" + bed.loopback, more: [
                    "datapath-id: \"000000000000\(String(Self.datapathID, radix: 16))\"", "protocols: [OpenFlow13]",
                ])])
                for host in hosts { try await host.connect() }
                try await untilServed(hosts)
                try await expectReach(Array(hosts[0...1]))
                try await expectReach(Array(hosts[2...3]))
                for (from, to) in [(0, 2), (3, 1)] { #expect(try await hosts[from].cannotReach(hosts[to].address4)) }
                let tables = Set(try await vswitch.flows().compactMap { $0.split(separator: " ").first { $0.hasPrefix("table=") } })
                #expect(tables.count >= 3, "\(tables)")

                // Another access list, while others talk.
                let pings = try hosts[2].pingOn(hosts[3].address4)
                try configuration("closed").write(toFile: file, atomically: true, encoding: .utf8)
                faucet.send(SIGHUP)
                try await until("the access list holds") { try await hosts[0].cannotReach(hosts[1].address4) }
                #expect(try await hosts[0].run("ping", "-n", "-6", "-c", "3", "-i", "0.02", "-W", "5", hosts[1].address6).status == 0)
                try configuration("open").write(toFile: file, atomically: true, encoding: .utf8)
                faucet.send(SIGHUP)
                try await untilServed(hosts)
                try await expectReach(Array(hosts[0...1]))

                // Without the controller what it has installed goes on.
                try await until("answers") { contents(pings.output).contains("bytes from") }
                try await faucet.finish(after: SIGTERM)
                #expect(try await hosts[0].ping(hosts[1].address4, count: 20).isWhole)
                let talk = try await Host.end(pings)
                #expect(talk.sent > 20 && talk.received > 20, "\(talk)")
                let flows = try await vswitch.flows().count
                // A cold start wipes all flows, and says so before: they are the second controller's when all are younger than it.
                let began = ContinuousClock.now
                let second = try await start(bed)
                try await until("the second controller has programmed the switch") {
                    let dump = lines(try await vswitch.ofctl(["-O", "OpenFlow13"], "dump-flows").output)
                    let ages = dump.compactMap { $0.firstMatch(of: /duration=([0-9.]+)s/).flatMap { Double($0.1) } }
                    return ages.count >= max(1, flows / 2) && (ages.max() ?? 0) < (ContinuousClock.now - began) / .seconds(1)
                }
                for pair in [hosts[0...1], hosts[2...3]] { try await untilServed(Array(pair)) }
                try await expectReach(Array(hosts[0...1]))
                try await expectReach(Array(hosts[2...3]))
                #expect(try await vswitch.flows().count >= flows / 2)
                #expect(second.isRunning && contents(bed.folder + "/faucet.log.exceptions").isEmpty, "\(contents(bed.folder + "/faucet.log.exceptions"))")
            }
        }
    }
}
