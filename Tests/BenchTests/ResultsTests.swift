import Datapath
import Foundation
import TestSupport
import Testing
@testable import bench

@Suite struct ResultsTests {
    private func results() -> Results {
        var results = Results(cases: [("a", "case <A> & more"), ("b", "case B")], subjects: ["floor", "peer", "us"])
        for (round, value) in [1e6, 3e6, 2e6].enumerated() {
            results.samples.append(Sample(bench: "a", subject: "peer", round: round, values: [.packetsPerSecond: value]))
            results.samples.append(Sample(bench: "a", subject: "us", round: round, values: [.packetsPerSecond: value * 4], notes: ["note \(round)"]))
        }
        results.samples.append(Sample(bench: "b", subject: "us", round: 0, values: [.latencyP99: 12.345]))
        return results
    }

    @Test func medians() {
        #expect(median([]) == nil)
        #expect(median([3, 1, 2]) == 2)
        #expect(median([4, 1, 2, 3]) == 2.5)
    }

    @Test func tableHasMediansAndRatios() {
        #expect(results().table(peer: "peer", us: "us") == """
            | case | | floor | peer | us | us / peer |
            |---|---|---:|---:|---:|---:|
            | case <A> & more | Mpps | – | 2.00 | 8.00 | 4.00 |
            | case B | p99 µs | – | – | 12.3 | – |

            """)
        #expect(results().notes() == "- case <A> & more, us: note 2\n")
    }

    @Test func windowsBecomeMediansAndLossesAreAddedUp() {
        func window(_ p999: Double, lost: Int, turn: UInt64) -> WindowSample {
            WindowSample(probes: ProbeReport(sent: 100, received: 100 - lost, censored: 0, p50: 1, p99: 2, p999: p999,
                newFlows: 1_000, newFlowsReceived: 1_000 - 3 * lost, newFlowsPerSecond: 500), turns: TurnTimes(bins: [.init(last: turn, turns: 1)], cycles: turn))
        }
        let idle = [window(4, lost: 50, turn: 10), window(10, lost: 0, turn: 10), window(5, lost: 0, turn: 10)]
        let busy = [window(8, lost: 0, turn: 100), window(9, lost: 3, turn: 300), window(20, lost: 0, turn: 200)]
        let values = Measurement.values(idle: idle, busy: busy, bare: TurnTimes(bins: [.init(last: 7, turns: 1)], cycles: 7))
        #expect(values[.latencyP999] == 9 && values[.idleP999] == 5)
        // 2, 0.9 and 4.
        #expect(values[.slowdown] == 2)
        #expect(values[.lost] == 1 && values[.newFlowsLost] == 0.3)
        #expect(values[.turnLongest] == TSC.microseconds(200))
        #expect(values[.bareLongest] == TSC.microseconds(7))
    }

    @Test func plotIsWellFormedAndToScale() async throws {
        let program = """
            import sys, json
            from xml.etree import ElementTree
            root = ElementTree.fromstring(sys.stdin.read())
            ns = '{http://www.w3.org/2000/svg}'
            print(json.dumps([int(r.get('width')) for r in root.iter(ns + 'rect')]))
            """
        let result = try await python(program, input: results().plot())
        try #require(result.status == 0, "\(result.errors)")
        let widths = try JSONDecoder().decode([Int].self, from: Data(result.output.utf8))
        // The page, three legend marks, and two bars of which the larger fills the plot.
        #expect(widths == [790, 12, 12, 12, 115, 460])
    }

    @Test func numbersAreGrouped() {
        #expect([0, 999, 1_000, 1_234_567].map(grouped) == ["0", "999", "1 000", "1 234 567"])
        #expect([0.1234, 12.34, 1_234.5].map(figure) == ["0.12", "12.3", "1234"])
    }

    @Test func casesHaveDistinctNamesAtBothSizes() {
        let full = Case.all(quick: false).map(\.name), quick = Case.all(quick: true).map(\.name)
        #expect(full == quick)
        #expect(Set(full).count == full.count)
        #expect(Set(Case.masks(64, flows: 64).rules.split(separator: "\n").filter { $0.contains("nw_src") }.map { $0.drop { $0 != "i" } }).count == 64)
    }

    @Test func disturbanceIsReadFromTheKernelsAccounts() throws {
        let before = try #require(Disturbance(core: 1, stat: "cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\ncpu1 100 0 50 800 50 0 0 0 0 0\n"))
        let after = try #require(Disturbance(core: 1, stat: "cpu1 130 0 60 840 50 0 0 20 7 0\n"))
        #expect(after.stolenShare(since: before) == 0.2)
        #expect(abs(after.busyShare(since: before) - 0.6) < 1e-9)
        #expect(before.stolenShare(since: before) == 0)
        #expect(Disturbance(core: 7, stat: "cpu1 1 2 3") == nil)
    }

    @Test func generatorsAreRead() {
        #expect(Generator("pcap") == .replay)
        #expect(Generator("pci:0000:01:00.0,0000:01:00.1") == .nic(generator: "0000:01:00.0", port: "0000:01:00.1"))
        #expect(Generator("pci:0000:01:00.0") == nil)
        #expect(PortArguments.replay("a").pciArguments == ["--no-pci"])
        let nic = PortArguments(p0: "0000:01:00.1", p1: PortArguments.sink)
        #expect(nic.pciArguments == ["-a", "0000:01:00.1"])
        #expect(nic.virtualDevices == ["--vdev=net_null1,no-rx=1"])
        #expect(Generator("tape") == nil)
        let traffic = Traffic(flows: 77)
        #expect(GeneratorMode.flowgen.arguments(traffic).contains("--flowgen-flows=77"))
        #expect(GeneratorMode.txonly.arguments(traffic).contains("--txonly-multi-flow"))
    }
}
