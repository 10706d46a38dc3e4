import Datapath
import NetDev

/// Lookup of keys in batches of 32: by the EMC, by the SMC, and by the classifier with more and more masks. The figures hold the
/// copying of the key's line, its hash, and the looks at the caches that are passed on the way.
func lookupBenchmarks() throws -> [MicroBenchmark] {
    var options = EALOptions()
    options.hugepages = .never
    _ = try EAL.start(options)
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
