import ArgumentParser
import Foundation

extension GeneratorMode: ExpressibleByArgument {}

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench",
        abstract: "Compares needletail with OVS-DPDK and testpmd on this machine.",
        discussion: "Needs root, two cores, openvswitch-switch-dpdk, dpdk-dev and huge pages, which it reserves and gives back.")

    enum Only: String, ExpressibleByArgument, CaseIterable { case floor, peer, us }

    @Option(name: .customLong("case"), help: "Only the cases whose name starts so; may be repeated. --list shows the names.")
    var cases: [String] = []
    @Option(help: "Only this subject; may be repeated.") var only: [Only] = []
    @Option(help: "How often each case is run on each subject.") var rounds = 5
    @Option(help: "Seconds of each measurement.") var seconds = 4.0
    @Option(help: "Seconds before each measurement.") var warmUp = 3.0
    @Option(help: "Megabytes of huge pages for the subject.") var memory = 1_400
    @Option(help: "pcap, memif, vhost, or pci:GENERATOR,SWITCH (PCI addresses).") var generator = "pcap"
    @Option(help: "What testpmd does as a generator: flowgen, or txonly, which is faster and always sends 256 flows.")
    var generatorMode = GeneratorMode.flowgen
    @Option(help: "Seeds the order of the flows.") var seed: UInt64 = 7
    @Option(help: "The needletaild to measure; by default the one beside this program.") var needletaild: String?
    @Option(help: "The transmit queues that needletaild gives a port with one PMD; the prober must have as many.") var ourTxQueues = 1
    @Option(help: "Where the table, the plot and the samples go.") var results = "Benchmarks/results"
    @Flag(help: "Run the peer with its signature match cache on.") var peerSMC = false
    @Flag(help: "One short round of small cases: checks the harness, measures nothing.") var quick = false
    @Flag(help: "The micro-benchmarks instead (cycles per operation).") var micro = false
    @Flag(help: "List the cases.") var list = false

    func validate() throws {
        guard rounds > 0, seconds > 0, warmUp >= 0, memory >= 256 else {
            throw ValidationError("--rounds and --seconds must be positive, --memory at least 256")
        }
        guard Generator(generator) != nil else { throw ValidationError("--generator \(generator): pcap, memif, vhost or pci:ADDRESS,ADDRESS") }
    }

    func run() throws {
        let all = Case.all(quick: quick)
        if list { return all.forEach { print($0.name, "–", $0.title) } }
        if micro { return print(try runProgram("taskset", ["-c", String(Harness.pmdCore), beside("microbench")] + (quick ? ["--quick"] : []), seconds: 900), terminator: "") }
        let chosen = all.filter { bench in cases.isEmpty || cases.contains { bench.name.hasPrefix($0) } }
        guard !chosen.isEmpty else { throw ValidationError("no such case; --list shows the names") }
        guard geteuid() == 0 else { throw BenchError("huge pages and core pinning need root") }
        onSignal()
        try runProgram("taskset", ["-pc", String(Harness.otherCore), String(getpid())])
        let hugepages = try Hugepages(megabytes: memory + 600)
        defer { hugepages.giveBack() }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "needletail-bench-\(getpid())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        try Disturbance.warnIfBusy(core: Harness.pmdCore)
        try measure(chosen, scratch: scratch)
    }

    /// Runs the rounds and writes the results, also those of a session that was broken off.
    private func measure(_ chosen: [Case], scratch: URL) throws {
        let subjects = self.subjects()
        let measurement = Measurement(warmUp: quick ? 1 : warmUp, seconds: quick ? 1 : seconds, memory: memory, peerSMC: peerSMC,
            scratch: scratch, seed: seed, source: Generator(generator) ?? .replay, generatorMode: generatorMode, prober: beside("prober"))
        var results = Results(cases: chosen.map { ($0.name, $0.title) }, subjects: subjects.map(\.name))
        var failure: (any Error)?
        do {
            for round in 0..<(quick ? 1 : rounds) {
                for bench in chosen {
                    for turn in subjects.indices {
                        // Who comes first changes from round to round.
                        let subject = subjects[(turn + round) % subjects.count]
                        guard let sample = try measurement.sample(bench, on: subject, round: round) else { continue }
                        results.samples.append(sample)
                        let values = Metric.allCases.compactMap { metric in sample.values[metric].map { "\(figure($0 / metric.unit)) \(metric.title)" } }
                        warn("round \(round + 1), \(bench.name), \(subject.name): \((values + sample.notes).joined(separator: ", "))")
                    }
                }
            }
        } catch { failure = error }
        if !results.samples.isEmpty {
            let file = try results.write(to: URL(filePath: self.results), peer: Peer().name, us: "needletail", about: about())
            print(results.table(peer: Peer().name, us: "needletail"), results.notes(), "written to \(file)", separator: "\n")
        }
        if let failure { throw failure }
    }

    private func subjects() -> [any Subject] {
        let program = needletaild ?? beside("needletaild")
        let all: [(Only, any Subject)] = [(.floor, Floor()), (.peer, Peer()), (.us, Us(transmitQueues: ourTxQueues, program: program))]
        return all.filter { only.isEmpty || only.contains($0.0) }.map(\.1)
    }

    private func about() -> String {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
            .first { $0.hasPrefix("model name") }?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown CPU"
        return """
            \(cpu), time-stamp counter at \(Int(TSC.hertz / 1e6)) MHz, one poll-mode core. Medians of \(quick ? 1 : rounds) rounds of \
            \(figure(quick ? 1 : seconds)) s; generator \(generator)\(generator == "pcap" ? "" : ", \(generatorMode)"), seed \(seed)\(quick ? "; a quick run: the figures mean nothing" : ""). \
            The last column is a ratio within these runs; absolute figures do not carry over to another machine.
            """
    }

    /// A program in the folder of this one.
    private func beside(_ name: String) -> String {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
    }

    /// SIGINT and SIGTERM end the waits, so that children stop and huge pages go back; a child that is gone is no reason to die.
    private func onSignal() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in interrupted.store(true, ordering: .relaxed) }
        }
    }
}
