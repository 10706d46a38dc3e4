import ArgumentParser
import CDPDK
import Foundation

/// # The prober
///
/// Measures how long an installed flow's packets take through a switch while new flows keep arriving. It sends
/// into one memif and receives from another, on core 0, where the switch's other threads run as well.
///
/// Two kinds of frames, told apart by the source MAC address: *probes* (02:00:00:00:00:01, always the same flow) carry a
/// number in their payload; *new flows* (02:01:…) never repeat an address.
///
/// Sharing the core is made harmless in two ways. The prober sleeps whenever nothing is due, so that the switch's threads have the core. And it has a
/// real-time priority (SCHED_FIFO, sched(7)): when a probe is due it runs at once, whatever else is under way, until the probe is back; neither its
/// sleep nor its wake-up is in the figure. Only the hypervisor can still stop it: such a probe is counted as *censored* and left out.
///
/// Read `Probe.swift` (the loop), `Window.swift` (what is asked for and answered), `MemifPorts.swift` (DPDK set-up), `Frames.swift`.
@main
struct Prober: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Measures latency through two memifs.",
        discussion: "Each line of the standard input, NEW-FLOWS-A-SECOND LEAD-IN SECONDS LEAD-OUT, is a load; its line of JSON tells what came of it.")

    @Option(help: "The socket of the memif server through which frames enter the switch.") var into: String
    @Option(help: "The socket of the memif server through which they leave it.") var out: String
    @Option(help: "Probes a second.") var probes = 5_000
    @Option(help: "The switch's transmit queues a port.") var queues: UInt16 = 1
    @Flag(help: "Use ordinary pages.") var noHuge = false

    func validate() throws {
        guard (1...50_000).contains(probes), (1...64).contains(queues) else {
            throw ValidationError("--probes must be 1 to 50000, --queues 1 to 64")
        }
    }

    func run() throws {
        let ports = try MemifPorts(into: into, out: out, receiveQueues: queues, noHuge: noHuge)
        try ports.awaitLink(seconds: 20)
        var priority = sched_param(sched_priority: 50)
        guard unsafe sched_setscheduler(0, SCHED_FIFO, &priority) == 0 else {
            throw ProbeError(description: "no real-time priority (errno \(errno)): the prober would not run when a probe is due")
        }
        var probe = Probe(ports: ports, hertz: Double(rte_get_tsc_hz()), probesPerSecond: probes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        say("ready")
        while let line = readLine() {
            guard let window = Window(line) else { throw ProbeError(description: "not a load: \(line)") }
            say(String(decoding: try encoder.encode(probe.run(window)), as: UTF8.self))
        }
    }

    private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
