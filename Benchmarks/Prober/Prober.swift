import ArgumentParser
import CDPDK
import Foundation

/// # The prober
///
/// Measures how long an installed flow's packets take through a switch while new flows keep arriving. It sends
/// into one memif and receives from another, on core 0, where the switch's other threads run as well.
///
/// Two kinds of frames, told apart by the source MAC address: *probes* (02:00:00:00:00:01, always the same flow) carry the
/// time-stamp counter and a number in their payload; *new flows* (02:01:…) never repeat an address.
///
/// Sharing the core means that the prober does not run all the time. A probe that is received after a gap in polling, or sent across
/// one, would measure the gap: it is counted as *censored* and left out of the percentiles. What is late because the
/// switch is late is not left out, for then the prober polls an empty queue without gaps.
///
/// Read `Probe.swift` (the loop), `MemifPorts.swift` (DPDK set-up), `Frames.swift`.
@main
struct Prober: ParsableCommand {
    @Option(help: "The socket of the memif server through which frames enter the switch.") var into: String
    @Option(help: "The socket of the memif server through which they leave it.") var out: String
    @Option(help: "Seconds that count.") var seconds = 4.0
    @Option(help: "Seconds before them, under the same load.") var warmUp = 2.0
    @Option(help: "New flows a second.") var newFlows = 50_000
    @Option(help: "Probes a second.") var probes = 10_000
    @Option(help: "The switch's transmit queues a port.") var queues: UInt16 = 1
    @Flag(help: "Use ordinary pages.") var noHuge = false

    func validate() throws {
        guard seconds > 0, warmUp >= 0, newFlows >= 0, probes > 0, (1...64).contains(queues) else {
            throw ValidationError("--seconds and --probes must be positive, --warm-up and --new-flows not negative, --queues 1 to 64")
        }
    }

    func run() throws {
        let ports = try MemifPorts(into: into, out: out, receiveQueues: queues, noHuge: noHuge)
        try ports.awaitLink(seconds: 20)
        var probe = Probe(ports: ports, hertz: Double(rte_get_tsc_hz()), probesPerSecond: probes, newFlowsPerSecond: newFlows)
        probe.run(warmUp: warmUp, seconds: seconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(probe.report(seconds: seconds)), as: UTF8.self))
    }
}
