import Flow
import Glibc
import NetDev
import OpenFlow
import Testing
import TestSupport
import Wire
@testable import Datapath
@testable import OFProto

/// Whole switches with poll-mode threads, one at a time: they share the process's mempools, whose content is counted.
@Suite(.serialized) struct SwitchTests {}

/// A moment that a wait must not outlast. Far away, for thousands of slow packets take a debug build half a minute on a machine at rest.
struct Deadline {
    private let end: ContinuousClock.Instant
    init(seconds: Int = 600) { end = .now + .seconds(seconds) }
    var isOver: Bool { .now >= end }
}

/// A dummy port of a test's bridge, with what it has sent so far.
final class TestPort {
    let name: String
    let number: OFPort
    let odp: ODPPort
    let device: DummyNetdev
    /// What was taken from each transmit queue.
    var sent: [[[UInt8]]]

    init(name: String, number: OFPort, odp: ODPPort, device: DummyNetdev) {
        self.name = name
        self.number = number
        self.odp = odp
        self.device = device
        sent = Array(repeating: [], count: device.txQueueCount)
    }

    /// What was sent so far, queue after queue.
    var frames: [[UInt8]] { sent.flatMap { $0 } }
}

/// A bridge over a datapath with poll-mode threads. The test's thread is the ofproto thread.
final class TestBed {
    let dpif: DPIFNetdev
    let ofproto: OFProto
    let bridge: Bridge
    private(set) var ports: [TestPort] = []
    private let packetsOut: Int

    /// Runs `body` with a switch and expects that afterwards as many packets are out as before.
    /// - Parameter cores: of the poll-mode threads. None: the test's thread does a turn of theirs whenever it waits for something.
    static func run(
        cores: [Int] = [1], limits: OFProtoLimits = OFProtoLimits(), adjust: (inout DatapathSettings) -> Void = { _ in },
        _ body: (TestBed) throws -> Void
    ) throws {
        let bed = try TestBed(cores: cores, limits: limits, adjust: adjust)
        defer {
            bed.dpif.close()
            #expect(Mempools.inUseCount == bed.packetsOut)
        }
        try body(bed)
    }

    private init(cores: [Int], limits: OFProtoLimits, adjust: (inout DatapathSettings) -> Void) throws {
        _ = try TestEAL.started.get()
        packetsOut = Mempools.inUseCount
        var settings = DatapathSettings()
        settings.cores = cores
        adjust(&settings)
        var limits = limits
        // A machine may hold a test up for longer than megaflows stay without packets.
        if limits.maxIdle == OFProtoLimits().maxIdle { limits.maxIdle = 600_000 }
        dpif = try DPIFNetdev(settings: settings, netdevs: TestEAL.runtime)
        ofproto = OFProto(dpif: dpif, seed: 1, limits: limits)
        bridge = try ofproto.addBridge("br0")
    }

    // Ports and flows

    @discardableResult
    func addPort(_ name: String, queues: Int = 1, affinity: String? = nil, tag: UInt16? = nil) throws -> TestPort {
        var request = DPPortRequest(name: name, type: "dummy")
        request.rxQueues = queues
        request.rxQueueAffinity = affinity
        var config = BridgePortConfig(request)
        config.settings.tag = tag
        let number = try bridge.addPort(config)
        let odp = try #require(bridge.port(number)?.odpPort)
        let device = try #require(dpif.netdev(odp) as? DummyNetdev)
        let port = TestPort(name: name, number: number, odp: odp, device: device)
        ports.append(port)
        return port
    }

    func addPorts(_ names: String...) throws -> [TestPort] { try names.map { try addPort($0) } }

    /// Adds a port on a DPDK device.
    func addDevice(_ name: String, _ devargs: String) throws -> (number: OFPort, odp: ODPPort) {
        let number = try bridge.addPort(BridgePortConfig(DPPortRequest(name: name, type: "dpdk", options: ["dpdk-devargs": devargs])))
        return (number, try #require(bridge.port(number)?.odpPort))
    }

    func removePort(_ port: TestPort) throws {
        collect()
        try bridge.removePort(port.name)
        ports.removeAll { $0 === port }
    }

    /// Carries out lines in the syntax of ovs-ofctl.
    func flows(_ lines: String...) throws {
        for line in lines {
            let request = try FlowSyntax().flow(line)
            try bridge.apply(request.mod, command: request.command, now: dpif.now)
        }
    }

    // Turns

    /// Lets the poll-mode threads come on.
    func yield() {
        guard dpif.settings.cores.isEmpty else { return _ = sched_yield() }
        dpif.virtualCycles += 1000
        _ = dpif.turn()
    }

    /// One turn of the ofproto thread; true if there is more to do at once.
    @discardableResult func turn() -> Bool { ofproto.run(now: dpif.now) }

    /// Takes what the ports have sent.
    func collect() {
        for port in ports {
            for queue in port.sent.indices { while let frame = port.device.takeSent(queue: queue) { port.sent[queue].append(frame) } }
        }
    }

    /// Waits until `condition` holds, with or without the ofproto thread and the ports' other ends at work.
    func wait(handling: Bool = true, collecting: Bool = true, _ what: Comment, _ condition: () -> Bool) throws {
        let deadline = Deadline()
        while !condition() {
            try #require(!deadline.isOver, what)
            if handling { turn() }
            if collecting { collect() }
            yield()
        }
    }

    /// Lets a port receive frames, as fast as its ring empties.
    func inject(_ frames: [[UInt8]], _ port: TestPort, queue: Int = 0, handling: Bool = true, collecting: Bool = true) throws {
        let deadline = Deadline()
        for (index, frame) in frames.enumerated() {
            // Often enough that no transmit ring runs over.
            if index % 128 == 0 {
                if handling { turn() }
                if collecting { collect() }
            }
            while !port.device.inject(frame, queue: queue) {
                try #require(!deadline.isOver, "\(port.name) does not take frames")
                if handling { turn() }
                if collecting { collect() }
                yield()
            }
        }
    }

    /// Waits until the datapath has taken all frames out of the ports.
    func waitReceived(handling: Bool = true, collecting: Bool = true) throws {
        try wait(handling: handling, collecting: collecting, "the ports' receive rings empty") {
            ports.allSatisfy { dpif.portStats($0.odp)?.rxPackets == $0.device.statistics.rxPackets }
        }
        waitTurns()
    }

    /// Waits until every poll-mode thread has ended the turn that it is in, with all commands done.
    func waitTurns() {
        dpif.barrier()
        if dpif.settings.cores.isEmpty {
            yield()
            return yield()
        }
        let iterations = { self.dpif.pmds.map { unsafe $0.pmd.pointee.stats.pointee.iterations } }
        let before = iterations()
        while !zip(before, iterations()).allSatisfy({ $1 >= $0 + 2 }) { sched_yield() }
    }

    /// With sources at rest: returns when no packet is on its way any more.
    func settle(collecting: Bool = true) throws {
        let deadline = Deadline()
        try waitReceived(collecting: collecting)
        repeat {
            try #require(!deadline.isOver, "packets come to rest")
            while turn() {
                guard collecting else { continue }
                // As many turns as let go of what was sent, so that no transmit ring runs over; a thread may have waited for its processor.
                if dpif.settings.cores.isEmpty { for _ in 0..<8 { yield(); collect() } } else { dpif.barrier() }
                collect()
            }
            waitTurns()
            if collecting { collect() }
            // A test's own view of what belongs to the poll-mode threads; they are at rest when it is the last one.
        } while dpif.pmds.contains { unsafe !$0.pmd.pointee.upcalls.isEmpty || $0.pmd.pointee.pending.count != 0 }
        while turn() {}
    }

    // Counters

    /// All PMDs' counters added up.
    var totals: PMDStats {
        dpif.pmdStats().reduce(into: PMDStats()) { sum, pmd in
            sum.rxPackets += pmd.stats.rxPackets
            sum.recirculations += pmd.stats.recirculations
            sum.hintHits += pmd.stats.hintHits
            sum.emcHits += pmd.stats.emcHits
            sum.smcHits += pmd.stats.smcHits
            sum.megaflowHits += pmd.stats.megaflowHits
            sum.upcalls += pmd.stats.upcalls
            sum.upcallsLost += pmd.stats.upcallsLost
            sum.txPackets += pmd.stats.txPackets
            sum.lookedUpAgain += pmd.stats.lookedUpAgain
            sum.held += pmd.stats.held
        }
    }

    /// Drops of one reason, over all ports.
    func drops(_ reason: DropReason) -> UInt64 {
        dpif.portDump().reduce(0) { $0 + drops(reason, $1.port) }
    }

    func drops(_ reason: DropReason, _ port: ODPPort) -> UInt64 {
        dpif.portStats(port)?.drops.first { $0.reason == reason }?.packets ?? 0
    }

    /// With all at rest and everything taken: what the ports say is what they were given and gave, and all adds up.
    /// - Parameters:
    ///   - unicast: every packet had at most one copy.
    ///   - delivered: packets that left by another way than a dummy port.
    func expectCounters(unicast: Bool = true, delivered: UInt64 = 0, sourceLocation: SourceLocation = #_sourceLocation) {
        var received: UInt64 = 0, sent: UInt64 = 0, dropped: UInt64 = 0
        for port in ports {
            guard let stats = dpif.portStats(port.odp) else { continue }
            let device = port.device.statistics
            #expect(stats.rxPackets == device.rxPackets, sourceLocation: sourceLocation)
            #expect(stats.rxBytes == device.rxBytes, sourceLocation: sourceLocation)
            #expect(stats.txPackets == device.txPackets, sourceLocation: sourceLocation)
            #expect(stats.txBytes == device.txBytes, sourceLocation: sourceLocation)
            received += stats.rxPackets
            sent += stats.txPackets
            dropped += stats.drops.reduce(0) { $0 + $1.packets }
        }
        if unicast { #expect(received == sent + dropped + delivered + dpif.strayDrops, sourceLocation: sourceLocation) }
        let pmd = totals
        let looked = pmd.rxPackets + pmd.recirculations + pmd.lookedUpAgain - drops(.tooShort)
        #expect(looked == pmd.hintHits + pmd.emcHits + pmd.smcHits + pmd.megaflowHits + pmd.upcalls + pmd.upcallsLost, sourceLocation: sourceLocation)
    }
}
