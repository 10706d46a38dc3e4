import Glibc
import NetDev
import Testing

/// The whole switch from a seed. A failure names the seed and the step; the same seed does the same again.
/// `NEEDLETAIL_SIMULATION_SEEDS=1000..<1200` chooses others, for long runs.
@Suite(.serialized) struct SimulationTests {
    static let seeds: Range<UInt64> = {
        guard let text = unsafe getenv("NEEDLETAIL_SIMULATION_SEEDS").map({ unsafe String(cString: $0) }) else { return 0..<16 }
        let bounds = text.split(separator: "..<").compactMap { UInt64($0) }
        guard bounds.count == 2, bounds[0] < bounds[1] else { return 0..<16 }
        return bounds[0]..<bounds[1]
    }()

    @Test(arguments: seeds) func switchesDoWhatTheReferenceSays(seed: UInt64) throws {
        let simulation = try run(seed: seed)
        #expect(simulation.failures.isEmpty, "\(simulation.failures.joined(separator: "\n"))")
        let tally = simulation.tally
        #expect(tally.outputs > 0 && tally.soundnessChecks > 0 && tally.overlapChecks > 0 && tally.coreChanges > 0, "\(tally)")
    }

    @Test func theSameSeedDoesTheSame() throws {
        let first = try run(seed: 10), second = try run(seed: 10)
        #expect(first.tally == second.tally)
    }

    /// All that the simulation knows happens, not with every seed.
    @Test func severalSeedsMeetAll() throws {
        let tallies = try [3, 6, 10, 12].map { try run(seed: $0).tally }
        let known: [KeyPath<Simulation.Tally, Int>] = [
            \.ordered, \.lessons, \.limited, \.mirrorsCounted, \.detours, \.cuts, \.metered, \.options,
            \.bondChanges, \.enabled, \.givenUp, \.memberChanges, \.claims,
        ]
        for what in known { #expect(tallies.contains { $0[keyPath: what] > 0 }, "\(what)") }
    }

    /// In a process of its own, where nobody else has packets.
    @Test func allPacketsComeHome() async {
        await #expect(processExitsWith: .success) {
            for seed in 500..<503 as Range<UInt64> {
                let simulation = try SimulationTests().run(seed: seed)
                #expect(simulation.tally.outputs > 0)
            }
            #expect(Mempools.inUseCount == 0)
        }
    }

    func run(seed: UInt64) throws -> Simulation {
        let simulation = try Simulation(seed: seed)
        for _ in 0..<6 where simulation.failures.isEmpty {
            simulation.configure()
            simulation.runStrictly(packets: 40)
            if simulation.failures.isEmpty { simulation.runWildly(steps: 80) }
        }
        simulation.close()
        return simulation
    }
}
