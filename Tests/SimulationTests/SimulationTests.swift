import Testing

/// The whole switch from a seed. A failure names the seed and the step; the same seed does the same again.
@Suite(.serialized) struct SimulationTests {
    @Test(arguments: 0..<30 as Range<UInt64>) func switchesDoWhatTheReferenceSays(seed: UInt64) throws {
        let simulation = try Simulation(seed: seed)
        for _ in 0..<6 where simulation.failures.isEmpty {
            simulation.configure()
            simulation.runStrictly(packets: 40)
            if simulation.failures.isEmpty { simulation.runWildly(steps: 80) }
        }
        simulation.close()
        #expect(simulation.failures.isEmpty, "\(simulation.failures.joined(separator: "\n"))")
        #expect(simulation.tally.outputs > 0 && simulation.tally.soundnessChecks > 0)
    }
}
