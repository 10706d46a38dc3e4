import Foundation
import Testing

extension HostTests {
    /// Translation as ovs-vswitchd does it: see `Pipeline` for how to add to it.
    @Suite(.serialized) struct PipelineTests {
        @Test func pipelinesLikeOVS() async throws {
            try await Bed.with { bed in
                let twins = try await PipelineTwins(bed)
                for pipeline in Pipeline.all { try await twins.compare(pipeline) }
            }
        }

        /// How many tags are looked at: also none.
        @Test(arguments: [0, 1]) func tagsUpToALimitLikeOVS(limit: Int) async throws {
            try await Bed.with { bed in
                let twins = try await PipelineTwins(bed, vlanLimit: limit)
                for pipeline in [Pipeline.vlans, .normal, TraceForms.tags] { try await twins.compare(pipeline) }
            }
        }

        /// All that can be asked for, rightly or wrongly.
        @Test func tracesAreAskedForAsWithOVS() async throws {
            try await Bed.with { bed in
                let twins = try await PipelineTwins(bed)
                try await twins.load(TraceForms.pipeline)
                for (command, (ours, theirs)) in zip(TraceForms.commands, try await twins.ask(TraceForms.commands)) {
                    for part in ours.differences(from: theirs) {
                        Issue.record("\(command): ours\n\(ours.parts[part] ?? "")theirs\n\(theirs.parts[part] ?? "")")
                    }
                }
            }
        }

        /// Of the same packets and rules there are no more megaflows than with OVS.
        @Test(arguments: FilterGenerator.Kind.allCases) func asFewMegaflowsAsOVS(_ kind: FilterGenerator.Kind) async throws {
            try await Bed.with { bed in
                var generator = FilterGenerator(seed: 7)
                let results = try await PipelineTwins(bed).run(generator.pipeline(kind, rules: 1_000))
                let ours = Set(results.map { $0.ours.parts[.megaflow] ?? "" }), theirs = Set(results.map { $0.theirs.parts[.megaflow] ?? "" })
                #expect(theirs.count > 100)
                #expect(ours.count <= theirs.count)
                for (packet, ours, theirs) in results { #expect(ours.differences(from: theirs).isEmpty, "\(packet.text)") }
            }
        }

        /// A dozen, or as many as NEEDLETAIL_PIPELINES says, from the seed NEEDLETAIL_SEED on. 
        @Test func randomPipelinesLikeOVS() async throws {
            let environment = ProcessInfo.processInfo.environment
            let count = environment["NEEDLETAIL_PIPELINES"].flatMap { UInt64($0) } ?? 12, first = environment["NEEDLETAIL_SEED"].flatMap { UInt64($0) } ?? 1
            // Programs that a bed starts have an end: so there is a bed for every fifty.
            for begin in stride(from: first, to: first + count, by: 50) {
                try await Bed.with { bed in
                    let twins = try await PipelineTwins(bed)
                    for seed in begin..<min(begin + 50, first + count) {
                        var generator = PipelineGenerator(seed: seed)
                        try await twins.compare(generator.pipeline(seed))
                    }
                }
            }
        }
    }
}
