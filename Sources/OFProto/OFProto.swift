/// # OFProto
///
/// OpenFlow and bridging: tables of rules, NORMAL with its MAC table, the translation of both into datapath actions,
/// the answering of upcalls, and the revalidation of megaflows.
///
/// A packet that the datapath has no megaflow for comes up with its key. `Translator` runs it through its bridge's tables
/// and records every bit that it looks at; the actions and the mask become a megaflow, the rules and stations that
/// took part are remembered with it and get the counters of all its packets. When a rule, a port or a station changes, the
/// megaflows that may depend on it are translated again, in slices.
///
/// Threads: everything is owned by one, the ofproto thread; there are no locks. Time (milliseconds) and randomness are
/// arguments, so that a switch can be run in a simulation.
/// Memory: a rule of one line about 400 bytes (600 more if no other rule has its actions), a megaflow about 350; bounds are in `Limits.swift`.
///
/// Read in this order: `Rule.swift`, `Classifier.swift`, `Subtable.swift`, `Stages.swift`, `PrefixTrie.swift`, `Conjunctions.swift` (finding a
/// rule); `Bridge.swift`, `BridgePort.swift`, `PortBundle.swift`, `Bond.swift`, `Mirror.swift`, `BridgeFlows.swift`, `MACLearning.swift`, `LockEnds.swift`; `Group.swift`, `BridgeGroups.swift`,
/// `Meter.swift`, `BridgeMeters.swift`, `RuleSet.swift` (who names them); `LearnedFlows.swift`; `Xlate.swift` and its siblings by verb;
/// `UpcallHandler.swift`, `Megaflow.swift`, `Revalidator.swift`, `RuleChanges.swift`, `Sweep.swift`; `Trace.swift` and its siblings; `NetFlow.swift`.
import Datapath
import Flow
import Logging
import OpenFlow
import Wire

/// All bridges over one datapath.
public final class OFProto {
    public let dpif: any DPIF
    public internal(set) var limits: OFProtoLimits
    public internal(set) var counters = OFProtoCounters()
    /// Takes packets for controllers, too.
    public var controllerSink: ((PacketIn) -> Void)?
    /// Takes packets that sample actions picked.
    public var sampleSink: ((SampledPacket) -> Void)?
    /// Takes NetFlow datagrams, each for all of the targets.
    public var netFlowSink: (([UInt8], _ targets: [String]) -> Void)?
    /// What is installed for packets is for as many others as the tables allow; false: for those alone that are like them in all fields.
    public var usesMegaflows = true
    /// The Unix time, in milliseconds, at which the clock of `run` was 0.
    public var epoch: Int64 = 0
    /// The flows are not complete yet: nothing that comes up is translated.
    public var waitsForFlows = false
    let logger = Logger(label: "ofproto")
    /// What translation tells. Any packet can cause it: a line a minute from each place in the source, and five at once.
    let xlateLogger = {
        var logger = Logger(label: "ofproto_dpif_xlate")
        logger[metadataKey: "rate"] = "1/5"
        return logger
    }()
    let bondLogger = Logger(label: "bond")

    private var bridgesByName: [String: Bridge] = [:]
    /// By datapath number.
    private var ports: ContiguousArray<BridgePort?> = []
    private var patches: [String: BridgePort] = [:]
    let hashSeed: HashSeed
    private var random: UInt64
    let megaflows = MegaflowTable()
    var sweep = Sweep()
    var revalidation = Revalidation()
    var flowLimit: FlowLimit
    let controllers: NumberedContexts<ControllerContext>
    let recirculations: NumberedContexts<RecircContext>
    var samples = SampleTable()
    var meterNumbers: MeterNumbers
    private var inner: Translator?
    /// The time of the last turn, in milliseconds.
    private(set) var clock: Int64 = 0

    /// - Parameter seed: all randomness (hashes) follows from it.
    public init(dpif: any DPIF, seed: UInt64, limits: OFProtoLimits = OFProtoLimits()) {
        self.dpif = dpif
        self.limits = limits
        flowLimit = FlowLimit(limits.flowLimit)
        random = seed
        hashSeed = HashSeed(seed: seed)
        controllers = NumberedContexts(limit: limits.controllerContexts)
        recirculations = NumberedContexts(limit: limits.recirculationContexts)
        meterNumbers = MeterNumbers(capacity: dpif.meterLimits.meters)
        megaflows.reserve(limits.flowLimit)
    }

    var translator: Translator {
        if let inner { return inner }
        let made = Translator(ofproto: self)
        inner = made
        return made
    }

    // MARK: Bridges

    /// All bridges, by name.
    public var bridges: [Bridge] { bridgesByName.values.sorted { $0.name < $1.name } }

    public func bridge(named name: String) -> Bridge? { bridgesByName[name] }

    /// Makes a bridge without ports and flows. Throws `DPIFError` if there is one of this name.
    @discardableResult public func addBridge(_ name: String) throws(DPIFError) -> Bridge {
        guard bridgesByName[name] == nil else { throw DPIFError(.exists, "bridge \(name) exists already") }
        let bridge = Bridge(name: name, ofproto: self, tagSeed: splitMix64(&random))
        bridgesByName[name] = bridge
        return bridge
    }

    /// Closes a bridge's ports and forgets it. A port that cannot be closed is logged and forgotten.
    public func removeBridge(_ name: String) {
        guard let bridge = bridgesByName.removeValue(forKey: name) else { return }
        for port in bridge.ports {
            do throws(DPIFError) { try bridge.removePort(port.name) } catch { logger.warning("\(name): \(error)") }
        }
        for meter in bridge.meters.values {
            dpif.meterDelete(meter.datapathID)
            meterNumbers.giveBack(meter.datapathID)
        }
        // Megaflows name the bridge's ports and rules: none may outlive it.
        revalidateNow(now: clock)
    }

    /// The bridge port behind a datapath port.
    public func port(_ number: ODPPort) -> BridgePort? {
        Int(number.number) < ports.count ? ports[Int(number.number)] : nil
    }

    func portAdded(_ port: BridgePort) {
        if let odpPort = port.odpPort {
            while ports.count <= Int(odpPort.number) { ports.append(nil) }
            ports[Int(odpPort.number)] = port
        } else {
            patches[port.name] = port
        }
        linkPatches()
        port.bridge.refreshLinks()
        noteChange()
    }

    /// The datapath has given a port another number.
    public func portRenumbered(_ port: BridgePort, to number: ODPPort) {
        if let former = port.odpPort { ports[Int(former.number)] = nil }
        port.odpPort = number
        portAdded(port)
    }

    func portRemoved(_ port: BridgePort) {
        port.isRemoved = true
        if let odpPort = port.odpPort {
            ports[Int(odpPort.number)] = nil
        } else {
            patches[port.name] = nil
            port.peer?.peer = nil
            port.peer = nil
        }
        noteChange()
    }

    /// Patch ports that name each other become peers.
    private func linkPatches() {
        for port in patches.values {
            let peer = port.config.device.options["peer"].flatMap { patches[$0] }
            port.peer = peer?.config.device.options["peer"] == port.name ? peer : nil
        }
    }

    // MARK: Changes

    /// Something changed that any megaflow may depend on.
    func noteChange() {
        revalidation.pending.isFull = true
        countChange()
    }

    /// Rules of a bridge changed.
    func noteChange(of change: FlowChange, in bridge: Bridge) {
        countChange()
        for (rule, _) in change.modified { rule.altered = revalidation.changes }
        // Also without megaflows: that of a packet that changes rules itself is installed behind the change.
        revalidation.pending.rules.add(change, bridge: bridge)
    }

    private func countChange() {
        revalidation.changes &+= 1
        revalidation.pending.isDue = true
        // Without megaflows nothing is stale.
        if megaflows.liveCount == 0, revalidation.round == nil { revalidation.settled = revalidation.changes }
    }

    /// The place of stations with these tags changed.
    func noteStation(_ tags: UInt64) { revalidation.pending.stations |= tags }

    /// Counters are needed sooner than the next sweep would bring them.
    func wantSweep() { sweep.isWanted = true }

    /// Sets the number of megaflows at most, how long an idle one stays and how often all are looked at (milliseconds).
    public func configure(flowLimit: Int, maxIdle: Int64, sweepInterval: Int64 = 500, bundleIdle: Int64 = 10_000) {
        limits.sweepInterval = sweepInterval
        limits.bundleIdle = bundleIdle
        if flowLimit != limits.flowLimit { self.flowLimit.configured = flowLimit }
        limits.flowLimit = flowLimit
        limits.maxIdle = maxIdle
        megaflows.reserve(flowLimit)
    }

    // MARK: Turns

    /// One bounded turn: upcalls first, then retired megaflows, timers and a slice of revalidation. `now` is in milliseconds and never
    /// goes back. Returns true if there is more to do at once.
    public func run(now: Int64) -> Bool {
        clock = now
        let upcalls = dpif.receiveUpcalls(limit: limits.upcallsPerTurn) { handle($0, now: now) }
        collectRetired()
        var more = upcalls >= limits.upcallsPerTurn
        let statsTime = megaflows.liveCount == 0 && sweep.cursor == nil ? now : sweep.completed
        for bridge in bridgesByName.values {
            if bridge.reap(limit: limits.reapedPerTurn, now: now) { more = true }
            bridge.learnPostponed(now: now)
            if bridge.expireRules(now: now, statsTime: statsTime, limit: limits.expiriesPerTurn) { more = true }
            bridge.expireStations(now: now, limit: limits.expiriesPerTurn)
            if bridge.runBonds(now: now) { more = true }
        }
        if revalidate(now: now) { more = true }
        if runSweep(now: now) { more = true }
        for bridge in bridgesByName.values {
            if bridge.connections.run(now: now) { more = true }
            if let exporter = bridge.netFlowExporter {
                for datagram in exporter.run(now: now, epoch: epoch) { netFlowSink?(datagram, exporter.config.targets) }
            }
        }
        return more
    }

    /// The part of a turn that packets wait for: at most so many upcalls. For whoever has long work to do between two turns.
    public func serveUpcalls(limit: Int, now: Int64) {
        clock = now
        _ = dpif.receiveUpcalls(limit: limit) { handle($0, now: now) }
    }

    /// When `run` must be called at the latest if nothing comes up before; nil: when something does.
    public func nextDeadline(now: Int64) -> Int64? {
        if isRevalidating || sweep.cursor != nil || sweep.isWanted { return now }
        // A sweep also asks for the links of ports, of which controllers are told.
        let sweeps = megaflows.liveCount > 0 || bridgesByName.values.contains { !$0.connections.connections.isEmpty }
        var deadline: Int64? = sweeps ? sweep.began + limits.sweepInterval : nil
        for bridge in bridgesByName.values {
            let times = [
                bridge.connections.nextDeadline, bridge.timers.next, bridge.macTable.nextExpiry, bridge.netFlowExporter?.nextDeadline, bridge.nextBondDeadline,
            ]
            for time in times {
                if let time { deadline = min(deadline ?? time, time) }
            }
        }
        return deadline.map { max($0, now) }
    }

    /// Packets out of nothing: runs OpenFlow actions on a packet as if it had come in by `inPort`. `key` is what extraction says of it.
    /// Throws `FlowModError` for actions that no flow could have either.
    public func packetOut(
        _ packet: consuming DPPacket, key: FlowKey, actions: [OFAction], bridge: Bridge, inPort: OFPort, now: Int64
    ) throws(FlowModError) {
        let program = try compile(actions)
        do throws(OFError) { try bridge.checkReferences(ActionReferences(actions)) } catch { throw FlowModError(error, "a group or a meter is not there") }
        translator.flow.key = key
        translator.translate(program, bridge: bridge, inPort: inPort, now: now)
        carryOut(packet, key: key, bridge: bridge, inPort: inPort, now: now)
    }

    /// Does with a controller's packet what was translated of it.
    func carryOut(_ packet: consuming DPPacket, key: FlowKey, bridge: Bridge, inPort: OFPort, now: Int64) {
        let length = UInt64(packet.length)
        for credit in translator.takeCredits() { credit.push(packets: 1, bytes: length, used: now) }
        guard !translator.actions.isEmpty else { return }
        var datapathKey = key
        datapathKey.l0.inPort = bridge.port(inPort)?.odpPort?.number ?? ODPPort.none.number
        dpif.execute(packet, key: datapathKey, actions: translator.takeActions(), pmd: nil)
        // The answer to a barrier waits for it.
        revalidation.touched = true
    }

    /// Removes all megaflows from the datapath at once; packets come up again.
    public func flushMegaflows() {
        // What they count until the datapath has retired them is credited then.
        for at in megaflows.flows.indices where megaflows.flows[at].isLive {
            if let stats = dpif.flowStats(megaflows.flows[at].id) { push(at, stats) }
            delete(at)
        }
    }

    /// The megaflows that this thread knows as installed.
    public var megaflowCount: Int { megaflows.liveCount }

    /// What sweeps found: megaflows on the average and at most, how many there may be now, and the milliseconds that the last sweep took.
    public var sweepReport: (average: Int, maximum: Int, limit: Int, duration: Int64) {
        (flowLimit.average, flowLimit.maximum, flowLimit.current, flowLimit.duration)
    }
}
