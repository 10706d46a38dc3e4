@testable import Datapath
import Flow
import NetDev
import TestSupport
import Wire
@testable import OFProto

/// A whole switch on one thread with a virtual clock: datapath, OpenFlow and ports in memory, driven from a seed, with the
/// reference beside it.
///
/// The switch's own tables are looked at after each of its turns: which rules are left and where stations are. That such
/// a change was right is checked for itself (`settle`); what a packet must do follows from the history of these states.
final class Simulation {
    let seed: UInt64
    var random: SimGenerator
    let dpif: DPIFNetdev
    let ofproto: OFProto
    /// Milliseconds.
    private(set) var now: Int64 = 1_000
    /// What was done so far, for reports.
    private(set) var step = 0
    private(set) var failures: [String] = []

    var state = RefState()
    /// The states that were, with the time when each began.
    private(set) var versions: [(since: Int64, state: RefState)] = []
    /// Behind which ports the switch says that stations are.
    private(set) var places: [RefStation: String] = [:]
    /// Changes of `places`.
    private(set) var moves: [(time: Int64, station: RefStation, before: String?)] = []
    /// Which rules each bridge had when they were last looked at.
    var versionsSeen: [String: UInt64] = [:]
    /// What was to go with learn actions when rules were last looked at, by bridge.
    var lastDeletedKeys: [String: Set<RefLearnedKey>] = [:]
    var learnings = Learnings()
    var bondHistory = BondHistory()
    /// What is known of the links of bonds' interfaces, by name.
    var links: [String: LinkWatch] = [:]
    /// What mirrors must count.
    var mirrorCounts: [RefMirrorName: MirrorCount] = [:]
    /// What is known of each rule's life, by its id.
    var lives: [UInt64: RuleLife] = [:]
    /// Where stations must be at the next `settle`.
    var stations: [RefStation: StationLife] = [:]
    /// Frames that went in since the last `settle`, by their number.
    var flights: [UInt64: Flight] = [:]
    /// Which frame left by which port since the last `settle`, in that order.
    var departures: [(id: UInt64, port: String)] = []
    /// What left without a frame's number while there were several on the way: mirrors have cut it.
    var cuts: [RefOutput] = []
    /// What meters' buckets hold, as far as that is known.
    var tokens: [RefMeterName: RefTokens] = [:]
    /// Ports are with other PMDs than at the last `settle`: what waited in one does not keep its order with what another one receives.
    var hasChangedCores = false
    /// Which buckets connections have got from select groups, as long as nothing changes.
    var choices: [ConnectionChoice: UInt32] = [:]
    var seen: [(port: String, bytes: [UInt8])] = []
    /// Datapath ports that are no more and whose numbers nobody else has.
    var ghosts: Set<UInt32> = []
    var recentlyHeard: [RefStation: [Heard]] = [:]
    /// Which stations gratuitous ARP may not move, and when ARP came last that the reference does not describe.
    var locks: [RefStation: [Lock]] = [:]
    var undescribed = Int64.min
    /// Since the last `settle` a packet came by that the reference does not describe: any station may have been heard and any rule hit.
    var metUndescribed = false
    /// Every packet is seen through before the next one comes, so that the order of events is known.
    var isStrict = true
    var tally = Tally()

    struct RuleLife {
        var bridge: String
        /// The earliest and latest time since which its hard timeout counts.
        var modified: Int64
        var modifiedTo: Int64
        var created: Int64
        /// The earliest and latest time that the last packet may have come.
        var usedFrom: Int64
        var usedTo: Int64
        /// Timeouts that fin_timeout may have shortened to these, and has.
        var mayHave = RefTimeouts(), has = RefTimeouts()
        var packets: UInt64 = 0
        var bytes: UInt64 = 0
        var isExact = true
        /// A packet may have been counted as long as it was when it came in, or as it was when the datapath had it again.
        var isExactInBytes = true

        /// A packet has taught the flow again, which may be known to the switch by now, or is.
        mutating func refresh(at time: Int64) { modifiedTo = max(modifiedTo, time) }
        mutating func confirm(_ time: Int64) { modified = max(modified, time) }
        mutating func modify(_ now: Int64) { (modified, modifiedTo) = (now, now) }
    }

    struct StationLife {
        var port: String
        var heardFrom: Int64
        var heardTo: Int64
    }

    struct Flight {
        var port: String
        var bytes: [UInt8]
        var injected: Int64
        /// The number of states that there had been.
        var version = 0
        var outputs: [RefOutput] = []
    }

    struct ConnectionChoice: Hashable {
        var port: String
        /// The frame without its number.
        var connection: [UInt8]
        var choice: RefChoice
    }

    /// Counted over the whole run.
    struct Tally: Equatable {
        /// Stations that bonds made known, and times that a bond's interface was told.
        var announced = 0, bondChanges = 0
        /// Interfaces of bonds that were enabled or disabled, waits for links that came to nothing, and times that interfaces joined or left.
        var enabled = 0, givenUp = 0, memberChanges = 0
        /// Gratuitous ARP by bonds of stations that were behind other ports.
        var claims = 0
        /// Frames that left with options in a service header.
        var options = 0
        /// Frames that left behind another one of their microflow.
        var ordered = 0
        /// Frames that mirrors have cut, and packets that meters have dropped.
        var cuts = 0, metered = 0
        /// Times that frames left with a header that went again.
        var detours = 0
        /// Packets that got the bucket of a select group that their connection had before.
        var keptChoices = 0
        /// Mirrors whose counters were compared and had counted something.
        var mirrorsCounted = 0
        /// Flows that were learned, those that had to be there, and those whose limit was looked at.
        var learned = 0, lessons = 0, limited = 0
        var frames = 0, outputs = 0, configurations = 0, flowMods = 0, coreChanges = 0, soundnessChecks = 0, overlapChecks = 0, undefined = 0
        /// Frames that were to end inside the switch, and copies that ports removed meanwhile could not take.
        var ends: ClosedRange<Int> = 0...0
        var rx: [String: UInt64] = [:], tx: [String: UInt64] = [:]
        /// Drops at ports that are no more.
        var dropsBefore: UInt64 = 0
    }

    init(seed: UInt64) throws {
        self.seed = seed
        random = SimGenerator(seed: seed)
        _ = try TestEAL.started.get()
        var settings = DatapathSettings()
        settings.cores = []
        settings.vlanLimit = FlowKey.vlanTags
        settings.seed = seed
        // By load, queues would go where the real clock sends them, and no run would be like another.
        settings.rxqAssign = .roundrobin
        settings.emcInsertInverseProbability = [0, 1, 3, 100][Int(seed % 4)]
        settings.smcEnabled = seed % 3 != 0
        dpif = try DPIFNetdev(settings: settings, netdevs: TestEAL.runtime, virtualHertz: 1_000_000)
        dpif.virtualCycles = UInt64(now) * 1_000
        var limits = OFProtoLimits()
        limits.upcallsPerTurn = [1, 3, 256][Int(seed % 3)]
        limits.sweepBudget = [64, 2_048][Int(seed % 2)]
        ofproto = OFProto(dpif: dpif, seed: seed, limits: limits)
        noteState()
    }

    func close() {
        for bridge in ofproto.bridges { ofproto.removeBridge(bridge.name) }
        dpif.close()
    }

    /// Something is wrong: remembered with what is needed to see it again.
    func fail(_ message: String) { if failures.count < 5 { failures.append("seed \(seed) step \(step): \(message)") } }

    func nextStep() { step += 1 }

    // MARK: Time and turns

    func advance(_ milliseconds: Int64) {
        now += milliseconds
        dpif.virtualCycles = UInt64(now) * 1_000
    }

    /// A turn of the PMD; what it sent is taken.
    @discardableResult func turnDatapath() -> Bool {
        let worked = dpif.turn()
        drain()
        return worked
    }

    private var upcalls: UInt64 { ofproto.counters.misses &+ ofproto.counters.slowPath &+ ofproto.counters.packetIns }

    /// A turn of the ofproto thread; whether it has done anything for packets, or has more to do.
    @discardableResult func turnOFProto() -> Bool {
        let before = upcalls
        let more = ofproto.run(now: now)
        noticeLinks()
        observe()
        checkLinks()
        return more || upcalls != before
    }

    /// Turns until nothing is left to do.
    func quiesce() {
        for _ in 0..<2_000 {
            var busy = turnDatapath()
            if turnOFProto() { busy = true }
            if !busy && !ofproto.isRevalidating && !dpif.pmds.contains(where: \.isDraining) { return }
        }
        fail("does not come to rest")
    }

    private func drain() {
        for bridge in state.bridges {
            for port in bridge.ports {
                guard let netdev = netdev(port.name) else { continue }
                for queue in 0..<netdev.txQueueCount {
                    while let frame = netdev.takeSent(queue: queue) { noteSent(frame, by: port.name) }
                }
            }
        }
    }

    private func noteSent(_ frame: [UInt8], by port: String) {
        tally.tx[port, default: 0] += 1
        tally.outputs += 1
        let output = RefOutput(port: port, bytes: frame)
        if RefPacket(frame, inPort: 0)?.hasServiceOptions ?? false { tally.options += 1 }
        if isAnnouncement(frame) { return bondHistory.announcements.append(output) }
        var id = number(frame, frame.count - 8, 8)
        if flights[id] == nil, state.bridges.contains(where: { !$0.mirrors.isEmpty }) || !isStrict {
            tally.cuts += 1
            guard isStrict, flights.count == 1, let only = flights.keys.first else { return cuts.append(output) }
            id = only
        }
        departures.append((id, port))
        if flights[id]?.outputs.append(output) == nil { fail("an unknown frame \(id) leaves by \(port)") }
    }

    func netdev(_ name: String) -> DummyNetdev? {
        dpif.portQuery(name).flatMap { dpif.netdev($0.port) } as? DummyNetdev
    }

    /// A frame comes in.
    func inject(_ bytes: [UInt8], id: UInt64, at port: String) {
        guard let netdev = netdev(port), netdev.inject(bytes) else { return fail("no room for a frame at \(port)") }
        flights[id] = Flight(port: port, bytes: bytes, injected: now, version: versions.count)
        tally.frames += 1
        tally.rx[port, default: 0] += 1
        seen.append((port, bytes))
        if seen.count > 150 { seen.removeFirst(50) }
    }

    // MARK: History

    /// `state` has changed.
    func noteState() {
        versions.append((now, state))
        choices = [:]
    }

    /// Reads from the switch which rules have gone, which were learned, and where stations are.
    func observe() {
        var hasChanged = false
        for index in state.bridges.indices where observeRules(index) { hasChanged = true }
        for index in state.bridges.indices where observeBonds(index) { hasChanged = true }
        if hasChanged { noteState() }
        var current: [RefStation: String] = [:]
        for bridge in ofproto.bridges {
            for entry in bridge.macEntries(now: now) {
                current[RefStation(bridge: bridge.name, vlan: entry.vlan, address: entry.address.number)] = bridge.port(entry.port)?.bundle.name
            }
        }
        guard current != places else { return }
        for station in Set(current.keys).union(places.keys) where current[station] != places[station] {
            moves.append((now, station, places[station]))
            if current[station] == nil { openLocks(of: station) }
        }
        places = current
    }

    /// The states that were in force at some time since `time`.
    func states(since time: Int64) -> [RefState] {
        var result: [RefState] = []
        for (index, version) in versions.enumerated().reversed() {
            let end = index + 1 < versions.count ? versions[index + 1].since : .max
            if end >= time { result.append(version.state) }
        }
        return result
    }

    /// Where a station may have been since `time`, as the switch saw it.
    func candidates(_ station: RefStation, since time: Int64) -> [String?] {
        var result: [String?] = [places[station]]
        for move in moves where move.station == station && move.time >= time && !result.contains(move.before) { result.append(move.before) }
        return result
    }

    /// Begins a new history: what was is of no more use.
    func forget() {
        versions = [(now, state)]
        moves = []
        flights = [:]
        departures = []
        cuts = []
        hasChangedCores = false
        metUndescribed = false
    }
}
