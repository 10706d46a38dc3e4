import CDPDK

/// # Micro-benchmarks
///
/// Cycles an operation costs, piece by piece, on data that fits the caches: the parts of what a packet costs in
/// the switch. Each figure is the median of several repetitions after a warm-up; the least one shows how
/// much the machine disturbed the others. `bench --micro` runs this program on the poll-mode core.
///
/// What is worth its while only in some traffic stands in a second table, with and without, measured in turns.
///
/// A file a module: `FlowBenchmarks.swift`, `RingBenchmarks.swift`, `LookupBenchmarks.swift`. A new one adds its list to `Micro.all`.
@main
enum Micro {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let quick = arguments.contains("--quick")
        guard arguments.allSatisfy({ ["--quick", "--attack"].contains($0) }) else {
            print("usage: microbench [--quick] [--attack]")
            return
        }
        if arguments.contains("--attack") {
            try startEAL()
            return try compare(attackComparisons(warmUp: quick ? 50 : 1 << 20), quick: quick)
        }
        print("| operation | cycles, median | least |\n|---|---:|---:|")
        for benchmark in try all() {
            let (median, least) = benchmark.measure(repetitions: quick ? 3 : 31, operations: quick ? 10_000 : 1_000_000)
            print("| \(benchmark.name) | \(tenths(median)) | \(tenths(least)) |")
        }
        try compare(lookupComparisons(warmUp: quick ? 50 : 30_000), quick: quick)
        try compare(attackComparisons(warmUp: quick ? 50 : 1 << 20), quick: quick)
    }

    private static func compare(_ table: Comparison, quick: Bool) throws {
        print("\n| \(table.title), median cycles | \(table.variants.joined(separator: " | ")) |")
        print("|---|" + String(repeating: "---:|", count: table.variants.count))
        for row in table.rows {
            let medians = try row.measure(repetitions: quick ? 3 : 31, operations: quick ? 1_000 : 1_000_000)
            print("| \(row.name) | \(medians.map(tenths).joined(separator: " | ")) |")
        }
    }

    static func all() throws -> [MicroBenchmark] { try flowBenchmarks() + ringBenchmarks() + lookupBenchmarks() }

    /// A number with one digit after the point.
    private static func tenths(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}

/// The same operation with and without something.
struct Comparison {
    var title: String
    /// What the columns are.
    var variants: [String]
    var rows: [Row]

    struct Row {
        var name: String
        /// Makes what is measured, one a column, only when its turn comes; and what is to be done afterwards.
        var make: () throws -> (benchmarks: [MicroBenchmark], close: () -> Void)

        /// The median of each column. The columns take turns, so that what disturbs the machine disturbs all of them.
        func measure(repetitions: Int, operations: Int) throws -> [Double] {
            let (benchmarks, close) = try make()
            defer { close() }
            var results = [[Double]](repeating: [], count: benchmarks.count)
            for _ in 0..<repetitions {
                for (column, benchmark) in benchmarks.enumerated() {
                    results[column].append(benchmark.measure(repetitions: 1, operations: operations / 4).median)
                }
            }
            return results.map { $0.sorted()[repetitions / 2] }
        }
    }
}

/// One operation, measured many times over.
struct MicroBenchmark {
    var name: String
    /// How many operations one call of `body` stands for.
    var batch: Int
    /// Does `batch` operations; what it returns depends on all of them, so that none is optimised away.
    var body: () -> UInt64

    /// Cycles an operation: the median and the least of the repetitions.
    func measure(repetitions: Int, operations: Int) -> (median: Double, least: Double) {
        let calls = max(1, operations / batch)
        var results: [Double] = []
        for repetition in 0...repetitions {
            var sum: UInt64 = 0
            let from = nt_cycles()
            for _ in 0..<calls { sum &+= body() }
            let to = nt_cycles()
            consume(sum)
            // The first repetition warms the caches.
            if repetition > 0 { results.append(Double(to &- from) / Double(calls * batch)) }
        }
        results.sort()
        return (results[results.count / 2], results[0])
    }
}

/// Uses a value as far as the compiler can see.
@inline(never) @_optimize(none) func consume(_ value: UInt64) {}
