import Datapath
import NetDev

/// Starts DPDK's environment, once a process.
func startEAL() throws {
    var options = EALOptions()
    options.hugepages = .never
    _ = try EAL.start(options)
}

/// Lookup of keys in batches of 32: by the EMC, by the SMC, and by the classifier with more and more masks. The figures hold the
/// copying of the key's line, its hash, and the looks at the caches that are passed on the way.
func lookupBenchmarks() throws -> [MicroBenchmark] {
    try startEAL()
    let netdevs = NetdevRuntime()
    let cases: [(LookupBench.Stage, masks: Int, flows: Int)] = [
        (.emc, 4, 1024), (.smc, 4, 1024), (.smc, 4, 65_536),
        (.dpcls, 1, 65_536), (.dpcls, 4, 65_536), (.dpcls, 16, 65_536), (.dpcls, 64, 65_536),
    ]
    return try cases.map { stage, masks, flows in
        let bench = try LookupBench(stage, masks: masks, flows: flows, netdevs: netdevs)
        return MicroBenchmark(name: "lookup by \(stage.rawValue), \(flows) flows, \(masks) masks", batch: 32) {
            let found = bench.batch()
            precondition(found == 32, "a key found no megaflow")
            return found
        }
    }
}

/// What the hint before the EMC and the EMC's rest are worth: the lookup as a switch with default settings does it, without the one, without the other, and
/// without both. EAL must be running.
/// - Parameter warmUp: batches before, in which one key in a hundred enters the EMC.
func lookupComparisons(warmUp: Int) -> Comparison {
    let columns: [(String, LookupBench.Without)] = [
        ("as it is", []), ("without the hint", .hint), ("the EMC never rests", .rest), ("without both", [.hint, .rest]),
    ]
    let cases = [(64, 1), (1_024, 1), (10_240, 1), (102_400, 1), (64, 16), (1_024, 16), (10_240, 16), (102_400, 16)]
    let rows = cases.map { flows, masks in
        Comparison.Row(name: "\(flows) flows, \(masks == 1 ? "one megaflow" : "\(masks) megaflows of as many masks")") {
            let netdevs = NetdevRuntime()
            let benches = try columns.map { try LookupBench(.all, masks: masks, flows: flows, without: $0.1, warmUp: warmUp, netdevs: netdevs) }
            let benchmarks = zip(columns, benches).map { column, bench in
                MicroBenchmark(name: column.0, batch: 32) {
                    let found = bench.batch()
                    precondition(found == 32, "a key found no megaflow")
                    return found
                }
            }
            return (benchmarks, { benches.forEach { $0.close() } })
        }
    }
    return Comparison(title: "lookup", variants: columns.map(\.0), rows: rows)
}

/// The lookup of installed traffic while one packet in a hundred is made to explode the tuple space. EAL must be running.
/// - Parameter warmUp: batches before: after a million of them the caches have seen that hostile keys do not come again.
func attackComparisons(warmUp: Int) -> Comparison {
    let columns: [(String, Int)] = [("none hostile", 0), ("1 % hostile", 100)]
    let rows = [1, 16, 64, 512, 2_048, 8_192].map { masks in
        Comparison.Row(name: "1000 flows, \(masks) hostile masks") {
            let netdevs = NetdevRuntime()
            let benches = try columns.map { try AttackBench(masks: masks, share: $0.1, flows: 1_000, warmUp: warmUp, netdevs: netdevs) }
            let benchmarks = zip(columns, benches).map { column, bench in
                MicroBenchmark(name: column.0, batch: 32) {
                    let found = bench.batch()
                    precondition(found == 32, "a key found no megaflow")
                    return found
                }
            }
            return (benchmarks, { benches.forEach { $0.close() } })
        }
    }
    return Comparison(title: "lookup under attack", variants: columns.map(\.0), rows: rows)
}
