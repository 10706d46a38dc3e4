import Datapath
import Foundation
import TestSupport
import Testing
@testable import bench

/// What is read from OVS and from needletaild.
@Suite struct CounterTests {
    private let perfShow = """
        Time: 05:58:44.336
        Measurement duration: 2.000 s

        pmd thread numa_id 0 core_id 1:

          Iterations:               840257  (2.39 us/it)
          Rx packets:              1000000  (500 Kpps, 183 cycles/pkt)
          Datapath passes:         1000000  (1.00 passes/pkt)
          - PHWOL hits:                  0  (  0.0 %)
          - MFEX Opt hits:               0  (  0.0 %)
          - Simple Match hits:           0  (  0.0 %)
          - EMC hits:                80000  (  8.0 %)
          - SMC hits:                    0  (  0.0 %)
          - Megaflow hits:          920000  ( 92.0 %, 8.48 subtbl lookups/hit)
          - Upcalls:                    10  (  0.0 %, 0.0 us/upcall)
          - Lost upcalls:                3  (  0.0 %)
          Tx packets:               999997  (500 Kpps)
        """

    @Test func perfShowIsRead() throws {
        let counters = try Peer.counters(perfShow, megaflows: 16, masks: 16, resident: 5)
        #expect(counters.packetsPerSecond == 500_000)
        #expect(counters.sent == 999_997)
        #expect(counters.dropped == 3)
        #expect(counters.upcalls == 10)
        #expect(abs(counters.cyclesPerPacket - TSC.hertz / 500_000) < 1e-6)
        #expect(counters.hitText == "EMC 8.00 %, dpcls 92.0 % (8.48 lookups a hit)")
    }

    @Test func perfShowOfAnIdleSwitchIsAnError() {
        #expect(throws: BenchError.self) {
            try Peer.counters(perfShow.replacing("1000000", with: "0"), megaflows: 0, masks: 0, resident: 0)
        }
    }

    @Test func iterationsAreRead() throws {
        let text = """
              Iterations:             18494793  (0.05 us/it)
              - Used TSC cycles:    2583671043  ( 98.8 % of total cycles)

            Histograms
               cycles/it              packets/it             cycles/pkt
               499       18491846     0         18494995     100       0
               716       1381         1         0            1096      0
               1025      0            2         0            2093      0
               >         2            >         0            >         0
            -----------------------------------------------------------
               cycles/it              packets/it             cycles/pkt
               139                    0.00000                0
            """
        let times = try Peer.turns(text)
        #expect(times == TurnTimes(bins: [.init(last: 499, turns: 18_491_846), .init(last: 716, turns: 1_381), .init(last: 1026, turns: 2)], cycles: 2_583_671_043))
        #expect(throws: BenchError.self) { try Peer.turns(perfShow) }
    }

    private func report(sent: Int) throws -> Us.Report {
        let text = """
            {"seconds": 2.0, "tsc_hz": 2000000000, "pmds": [{"core": 1, "rx_packets": 100000, "busy_cycles": 1, "total_cycles": 2, "hint_hits": 0,
              "turn_cycles": {"bins": [[103, 7]]}, "emc_hits": 25000, "smc_hits": 50000, "megaflow_hits": 25000, "upcalls": 7, "upcalls_lost": 1}],
             "ports": [{"name": "p0", "rx_packets": 100000, "rx_bytes": 6000000, "tx_packets": 0, "tx_bytes": 0, "drops": {"upcall-ring-full": 1}},
                       {"name": "p1", "rx_packets": 0, "rx_bytes": 0, "tx_packets": \(sent), "tx_bytes": 0, "drops": {}}],
             "megaflows": 3, "masks": 2, "rss_bytes": 4096}
            """
        return try JSONDecoder().decode(Us.Report.self, from: Data(text.utf8))
    }

    @Test func reportIsRead() throws {
        let counters = try Us.counters(report(sent: 99_999))
        #expect(counters.packetsPerSecond == 50_000)
        #expect(counters.cyclesPerPacket == 40_000)
        #expect(counters.dropped == 1)
        #expect(counters.megaflows == 3 && counters.masks == 2)
        #expect(counters.hitText == "EMC 25.0 %, SMC 50.0 %, dpcls 25.0 %")
    }

    @Test func packetsThatVanishAreAnError() throws {
        let report = try report(sent: 90_000)
        #expect(throws: BenchError.self) { try Us.counters(report) }
    }

    @Test func configurationIsYAMLWithTheRules() async throws {
        let setUp = SetUp(ports: .replay("/tmp/a.pcap"), rules: Case.masks(4, flows: 8).rules, memory: 700, flowLimit: 1_000, smc: true,
            folder: URL(filePath: "/tmp"))
        let program = """
            import sys, json, yaml
            print(json.dumps(yaml.safe_load(sys.stdin)))
            """
        let result = try await python(program, input: Us.configuration(setUp))
        try #require(result.status == 0, "\(result.errors)")
        let read = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let datapath = try #require(read["datapath"] as? [String: Any])
        #expect(datapath["memory"] as? String == "700MB")
        #expect(datapath["flow-limit"] as? Int == 1_000)
        let bridge = try #require((read["bridges"] as? [String: Any])?["br0"] as? [String: Any])
        #expect((bridge["flows"] as? String)?.split(separator: "\n").count == 8)
        let p0 = try #require((bridge["ports"] as? [String: Any])?["p0"] as? [String: Any])
        #expect(p0["devargs"] as? String == "net_pcap0,rx_pcap=/tmp/a.pcap,infinite_rx=1")
    }
}
