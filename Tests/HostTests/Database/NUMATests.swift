import Foundation
import TestSupport
import Testing

extension HostTests {
    /// PMDs and queues on several NUMA nodes, as `--dummy-numa` pretends, beside ovs-vswitchd's.
    @Suite struct NUMATests {
        /// What the log says of PMDs and queues since the start: of queues only the last word counts, as OVS repeats it for those that stay.
        private func told(_ vswitch: ManagedSwitch) -> [String] {
            var told: [String: String] = [:]
            for line in vswitch.logged {
                guard let text = line.split(separator: "|", maxSplits: 2).last.map(String.init) else { continue }
                if line.hasPrefix("ovs_numa|") || text.hasPrefix("PMD thread on") || text.hasPrefix("There are ") { told[text] = text }
                if text.hasPrefix("There's no") || text.contains("cannot be pinned") { told[text.components(separatedBy: " will be").first ?? text] = text }
                if let range = text.range(of: "port '.*' rx queue [0-9]+", options: .regularExpression), text.hasPrefix("Core ") {
                    told["poller of \(text[range])"] = text.replacing(/cycles \d+/, with: "cycles")
                }
            }
            return told.values.sorted()
        }

        private func queues(_ vswitch: ManagedSwitch) async throws -> String {
            try await vswitch.ask("dpif-netdev/pmd-rxq-show").output.replacing(/(usage|overhead): .*/) { "\($0.output.1)" }
        }

        /// The number of queues of each PMD: who begins a round hangs on OVS's hash table.
        private func counts(_ text: String) -> [String] {
            var counts: [(String, Int)] = []
            for line in lines(text) {
                if line.hasPrefix("pmd thread") { counts.append((line, 0)) }
                if line.hasPrefix("  port:"), let last = counts.indices.last { counts[last].1 += 1 }
            }
            return counts.map { "\($0.0) \($0.1)" }
        }

        @Test func queuesGoWhereOVSPutsThem() async throws {
            try await Bed.with { bed in
                let arguments = ["--enable-dummy=override", "--dummy-numa=0,1,-1,1,0,1"]
                let both = [try await ManagedSwitch(bed, .needletail, arguments), try await ManagedSwitch(bed, .ovs, arguments + ["--disable-system"])]
                func step(_ words: String, exact: Bool = true) async throws {
                    var texts: [String] = []
                    for vswitch in both {
                        try await vswitch.vsctl(words: words)
                        texts.append(try await queues(vswitch))
                    }
                    #expect(counts(texts[0]) == counts(texts[1]) && (!exact || texts[0] == texts[1]), "\(words):\n\(texts[0])\n\(texts[1])")
                }
                try await step("add-br br0 -- set bridge br0 datapath_type=dummy")
                // Node 2 has no core.
                for port in 0..<4 { try await step("add-port br0 p\(port) -- set interface p\(port) type=dummy-pmd options:numa_id=\(port % 3) options:n_rxq=3") }
                try await step("set Open_vSwitch . other_config:pmd-cpu-mask=1f")
                #expect(counts(try await queues(both[0])).count == 5)
                try await step("set interface p1 other_config:pmd-rxq-affinity=0:3,1:9")
                // OVS's log is written by a thread of its own.
                try? await until("both have told the same") { told(both[0]) == told(both[1]) }
                #expect(told(both[0]) == told(both[1]) && told(both[0]).contains { $0.contains("is pinned with") } && told(both[0]).contains { $0.contains("cannot be pinned") })
                try await step("clear interface p1 other_config")
                try await step("set Open_vSwitch . other_config:pmd-rxq-assign=group")
                try await step("set Open_vSwitch . other_config:pmd-rxq-assign=roundrobin", exact: false)
                // Node 1 has no PMD any more, nor has any other core than there is.
                try await step("set Open_vSwitch . other_config:pmd-cpu-mask=f9", exact: false)
            }
        }
    }
}
