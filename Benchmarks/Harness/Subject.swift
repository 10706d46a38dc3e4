import Datapath
import Foundation

/// How a port of the switch is opened: what DPDK calls devargs.
struct PortArguments {
    var p0: String
    var p1: String

    /// A capture that is replayed for ever by the receiving thread, into a sink.
    static func replay(_ capture: String) -> PortArguments {
        PortArguments(p0: "net_pcap0,rx_pcap=\(capture),infinite_rx=1", p1: sink)
    }
    static let sink = "net_null1,no-rx=1"

    /// The PCI devices that EAL may touch: none, or only the NIC that p0 is.
    var pciArguments: [String] { p0.hasPrefix("net_") ? ["--no-pci"] : ["-a", p0] }
    /// p0 as EAL's argument, unless it is a NIC, which `pciArguments` names.
    var virtualDevices: [String] { [p0, p1].filter { $0.hasPrefix("net_") }.map { "--vdev=\($0)" } }
}

/// What a subject is set up with for one run.
struct SetUp {
    var ports: PortArguments
    var rules: String
    /// Megabytes of huge pages.
    var memory: Int
    /// The most megaflows that may be installed.
    var flowLimit: Int
    /// OVS's other_config:smc-enable and ours.
    var smc: Bool
    /// False: no key enters the exact-match cache.
    var emc = true
    /// Milliseconds after which an unused megaflow goes: longer than any run.
    var maxIdle = 60_000
    /// OVS counts the cycles of its iterations only if it is told to.
    var measuresTurns = false
    /// Logs, sockets and configuration of the run.
    var folder: URL
}

/// What is counted in a window of a run.
struct Counters {
    var seconds: Double
    var received: Int
    var sent: Int
    var dropped: Int
    var cyclesPerPacket: Double
    var megaflows = 0
    /// nil: the subject does not say.
    var masks: Int?
    var upcalls = 0
    /// Packets by the cache or classifier that knew them, under the subject's name for it.
    var hits: [(name: String, packets: Int)] = []
    /// Masks tried for a packet that the classifier knew; nil: the subject does not say.
    var lookupsPerHit: Double?
    /// At the window's end, all processes of the subject.
    var residentBytes = 0

    /// "EMC 8 %, dpcls 92 %": where the packets were found.
    var hitText: String {
        hits.filter { $0.packets > 0 }.map { "\($0.name) \(figure(100 * Double($0.packets) / Double(max(received, 1)))) %" }
            .joined(separator: ", ") + (lookupsPerHit.map { $0 > 0 ? String(format: " (%.2f lookups a hit)", $0) : "" } ?? "")
    }
    var packetsPerSecond: Double { seconds > 0 ? Double(received) / seconds : 0 }

    /// Throws unless what was received was sent or dropped, give or take packets in flight.
    func check(_ name: String, slack: Int) throws {
        let difference = received - sent - dropped
        if received == 0 { throw BenchError("\(name) received nothing") }
        if abs(difference) > slack {
            throw BenchError("\(name) does not add up: received \(received), sent \(sent), dropped \(dropped), difference \(difference)")
        }
    }
}

/// A program under test.
protocol Subject {
    /// As it stands in the table.
    var name: String { get }
    /// False: it only forwards, and is asked for throughput alone.
    var isSwitch: Bool { get }
    /// Transmit queues that it gives a port when it has one poll-mode thread.
    var transmitQueues: Int { get }
    /// Sets up, lets `warmUp` seconds pass, counts for `seconds`, checks that the counters add up and stops.
    func run(_ setUp: SetUp, warmUp: Double, seconds: Double) throws -> Counters
    /// Sets up, calls `body` while the subject runs, stops.
    func serve(_ setUp: SetUp, _ body: (any RunningSwitch) throws -> Void) throws
    /// New megaflows per second, and how many of the `flows` were installed when the measurement ended.
    func setUpRate(_ setUp: SetUp, flows: Int) throws -> (rate: Double, installed: Int)
}

/// A subject while it runs: its flows are changed, and it is asked for what it counts.
protocol RunningSwitch {
    /// The management socket, as ovs-ofctl takes it.
    var bridge: String { get }
    /// The end of what it has written.
    var log: String { get }
    func residentBytes() throws -> Int
    /// What it answers to a command of ovs-appctl(8).
    @discardableResult func control(_ command: String...) throws -> String
    /// Lets `seconds` pass and tells what was counted in them.
    func window(seconds: Double) throws -> Counters
    /// A window begins in which the turns of its poll-mode thread's loop are counted.
    func beginTurns() throws
    /// The turns since then.
    func turns() throws -> TurnTimes
}

extension RunningSwitch {
    /// Megaflows that the datapath has.
    func megaflowCount() throws -> Int {
        guard let count = number(after: "flows:", in: try control("dpctl/show")) else { throw BenchError("dpctl/show does not tell how many megaflows there are") }
        return count
    }
}
