import Foundation

/// Runs cases on subjects and turns what they count into samples.
struct Measurement {
    /// Seconds that pass between the first packet and the window.
    var warmUp: Double
    /// Seconds of a window.
    var seconds: Double
    /// Megabytes of huge pages for the subject.
    var memory: Int
    var peerSMC: Bool
    /// Captures, and a folder a run.
    var scratch: URL
    var seed: UInt64
    var source: Generator
    var generatorMode: GeneratorMode
    var prober: String

    /// One run of `bench` on `subject`; nil when the subject cannot do what the case is about.
    func sample(_ bench: Case, on subject: any Subject, round: Int) throws -> Sample? {
        guard subject.isSwitch || bench.hasFloor else { return nil }
        let folder = scratch.appending(path: "\(bench.name)-\(subject.name)-\(round)".replacing(" ", with: "_"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var sample = Sample(bench: bench.name, subject: subject.name, round: round, values: [:])
        let before = Disturbance(core: Harness.pmdCore)
        switch bench.kind {
        case .throughput: try throughput(bench, subject, folder, &sample)
        case .attack: try attack(bench, subject, folder, &sample)
        case .megaflows: try megaflows(bench, subject, folder, &sample)
        case .barrier: try barrier(bench, subject, folder, &sample)
        case .setUp: try setUp(bench, subject, folder, &sample)
        case .memory: try memory(bench, subject, folder, &sample)
        case .latency(let newFlows): try latency(bench, subject, newFlows, folder, &sample)
        case .restart:
            guard let us = subject as? Us else { return nil }
            try restart(bench, us, folder, &sample)
        case .flowTable(let flows) where !subject.isSwitch:
            sample.values = try FlowTableFloor(folder: folder, flows: flows).run()
            sample.notes.append("a switch that does nothing")
        case .flowTable(let flows):
            let ports = PortArguments(p0: "net_null0,no-rx=1", p1: PortArguments.sink)
            try subject.serve(setUp("", ports, folder, subject)) { target in
                sample.values = try FlowTableRun(target: target, folder: folder, flows: flows).run()
            }
        }
        if let before, let stolen = Disturbance(core: Harness.pmdCore)?.stolenShare(since: before), stolen > 0.01 {
            sample.notes.append(String(format: "%.0f %% of the core was stolen", stolen * 100))
        }
        return sample
    }

    private func throughput(_ bench: Case, _ subject: any Subject, _ folder: URL, _ sample: inout Sample) throws {
        let counters = try source.drive(bench.traffic, mode: generatorMode, queues: subject.transmitQueues, scratch: scratch, folder: folder, seed: seed) { ports in
            try subject.run(setUp(bench.rules, ports, folder, subject), warmUp: warmUp, seconds: seconds)
        }
        if subject.isSwitch { try check(bench, counters, subject) }
        sample.values = [.packetsPerSecond: counters.packetsPerSecond]
        // With a generator beside it the core may wait for packets, and its cycles are not what a packet costs.
        if source == .replay { sample.values[.cyclesPerPacket] = counters.cyclesPerPacket }
        if !counters.hits.isEmpty { sample.notes.append(counters.hitText) }
    }

    private func attack(_ bench: Case, _ subject: any Subject, _ folder: URL, _ sample: inout Sample) throws {
        guard let hostile = bench.traffic.hostile else { throw BenchError("\(bench.name) has no hostile packets") }
        let ports = PortArguments.replay(try bench.traffic.write(to: scratch, seed: seed))
        var setUp = setUp(bench.rules, ports, folder, subject)
        // A capture repeats itself; hostile packets do not, and no cache of whole keys knows them.
        setUp.emc = false
        setUp.smc = false
        try subject.serve(setUp) { target in
            try wait(atMost: warmUp)
            let (values, note) = try AttackRun(target: target, hostile: hostile).run(seconds: seconds)
            sample.values = values
            sample.notes.append(note)
        }
    }

    private func megaflows(_ bench: Case, _ subject: any Subject, _ folder: URL, _ sample: inout Sample) throws {
        let ports = PortArguments.replay(try bench.traffic.write(to: scratch, seed: seed))
        let counters = try subject.run(setUp(bench.rules, ports, folder, subject), warmUp: warmUp, seconds: seconds)
        sample.values = [.megaflows: Double(counters.megaflows)]
        sample.values[.masks] = counters.masks.map(Double.init)
        sample.notes.append("\(counters.upcalls) upcalls in the window")
    }

    private func restart(_ bench: Case, _ us: Us, _ folder: URL, _ sample: inout Sample) throws {
        let ports = PortArguments.replay(try bench.traffic.write(to: scratch, seed: seed))
        for (metric, locksMemory) in [(Metric.restart, false), (.lockedRestart, true)] {
            let folder = folder.appending(path: locksMemory ? "locked" : "plain")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            sample.values[metric] = try us.restartTime(setUp(bench.rules, ports, folder, us), locksMemory: locksMemory)
        }
    }

    private func barrier(_ bench: Case, _ subject: any Subject, _ folder: URL, _ sample: inout Sample) throws {
        let ports = PortArguments.replay(try bench.traffic.write(to: scratch, seed: seed))
        try subject.serve(setUp(bench.rules, ports, folder, subject)) { target in
            try wait(atMost: warmUp)
            sample.values = try BarrierRun(target: target, megaflows: bench.megaflows ?? 0).run(rounds: 50)
        }
    }

    private func setUp(_ bench: Case, _ subject: any Subject, _ folder: URL, _ sample: inout Sample) throws {
        let ports = PortArguments.replay(try bench.traffic.write(to: scratch, seed: seed))
        let (rate, installed) = try subject.setUpRate(setUp(bench.rules, ports, folder, subject), flows: bench.traffic.flows)
        sample.values = [.newFlowsPerSecond: rate]
        if installed >= bench.traffic.flows * 9 / 10 { sample.notes.append("all flows were installed within the window: at least this rate") }
    }

    private func memory(_ bench: Case, _ subject: any Subject, _ folder: URL, _ sample: inout Sample) throws {
        // The same packets under a rule that makes one megaflow of them, then under rules that make one each.
        let ports = PortArguments.replay(try bench.traffic.write(to: scratch, seed: seed))
        func resident(_ rules: String, expected: Int, _ part: String) throws -> Int {
            let folder = folder.appending(path: part)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let counters = try subject.run(setUp(rules, ports, folder, subject), warmUp: max(warmUp, 2), seconds: 1)
            guard counters.megaflows >= expected * 99 / 100 else {
                throw BenchError("\(subject.name), \(bench.name): \(counters.megaflows) megaflows, not \(expected)")
            }
            return counters.residentBytes
        }
        let one = try resident("in_port=p0,actions=output:p1", expected: 1, "one")
        let many = try resident(bench.rules, expected: bench.traffic.flows, "many")
        sample.values = [.bytesPerMegaflow: Double(many - one) / Double(bench.traffic.flows - 1)]
    }

    func setUp(_ rules: String, _ ports: PortArguments, _ folder: URL, _ subject: any Subject, flowLimit: Int = 400_000) -> SetUp {
        SetUp(ports: ports, rules: rules, memory: memory, flowLimit: flowLimit, smc: subject is Peer ? peerSMC : true, folder: folder)
    }

    /// Throws when the rules did not lead to the megaflows and masks that the case is about.
    private func check(_ bench: Case, _ counters: Counters, _ subject: any Subject) throws {
        if let expected = bench.megaflows, counters.megaflows != expected {
            throw BenchError("\(subject.name), \(bench.name): \(counters.megaflows) megaflows, not \(expected)")
        }
        if let expected = bench.masks, let masks = counters.masks, masks != expected {
            throw BenchError("\(subject.name), \(bench.name): \(masks) masks, not \(expected)")
        }
    }
}
