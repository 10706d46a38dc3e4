import Datapath
import Flow
import OpenFlow
import Wire

/// Translation: what a packet's way through the bridges' tables means in datapath actions.
///
/// One object, used again and again, holds the state of one translation: `flow`, the packet's key as OpenFlow actions
/// have left it; `base`, what the datapath's actions so far have made of the packet; `wildcards`, every bit of the
/// original key that was consulted. Header changes are lazy: they touch `flow` only, and the difference to `base` is
/// emitted just before the packet leaves (`XlateCommit.swift`).
///
/// Results stay in `actions`, `wildcards`, `credits` and `stations` until the next translation begins.
/// Owner: `OFProto`. Limits: `OFProtoLimits`; a translation that reaches one drops the packet and counts it.
final class Translator {
    unowned let ofproto: OFProto
    /// The caller puts the packet's key here, with the datapath's number of the input port.
    let flow = FlowBuffer()
    let base = FlowBuffer()
    let wildcards = FlowBuffer()
    private(set) var credits: [Credit] = []
    var actions: [DPAction] = []
    /// Actions that are in lists of their own, or wait for one to be complete.
    var actionsAside = 0
    /// Why packets come up one by one; empty: they do not.
    var slowPath: SlowPathReasons = []
    /// The tags of all stations whose place was looked up.
    var stations: UInt64 = 0
    /// The tags of all tables that were looked up.
    private(set) var tables: UInt64 = 0
    /// The result depends on more of the tables' rules than was looked up.
    private(set) var followsTables = false
    /// The packet as it came in, with OpenFlow's number of the port, and the bits in which it was another one at some lookup.
    private let packet = FlowBuffer()
    private let written = FlowBuffer()
    private(set) var isWritten = false
    var failure: Failure? { didSet { if trace != nil { traceFailure() } } }

    var now: Int64 = 0
    /// False when a megaflow is only checked: nothing is learned then.
    var learns = false
    /// Where the packet came in, in the bridge whose tables are run.
    var inputPort: BridgePort?
    var depth = 0
    private var nesting = 0
    var resubmits = 0
    var buckets = 0
    var exits = false
    /// Datapath actions since the innermost `isolated` that setting fields again cannot undo.
    var isIrreversible = false
    /// The last label was popped: what is behind it is unknown as yet.
    var wasMPLS = false
    /// A header comes or goes when actions are committed next.
    var encapsulation: Encapsulation?
    /// Which way the packet goes, for NetFlow.
    var netFlowOutput = NetFlowOutput.drop
    /// dp_hash was computed.
    var isHashed = false
    /// > 0: outputs cut the packet to this many bytes.
    var truncation: UInt16 = 0
    var actionSet: [XAction] = []
    /// The rule whose actions run, for packets to the controller.
    var rule: Rule?
    /// Where actions that a paused packet had before it were, while no rule's run.
    var resumedPlace: (table: UInt8, cookie: UInt64) = Translator.nowhere
    private static let nowhere: (table: UInt8, cookie: UInt64) = (0, .max)
    /// The first rule of the translation's own packet.
    private var firstRule: Rule?
    /// The bits that lookups consult go to `aside`, so that what is left in `wildcards` is what everything else looked at.
    var setsLookupsAside = false
    let aside = FlowBuffer()
    /// Flows that are added when the translation is over.
    var learned: [LearnedFlow] = []
    /// The result hangs on what only a packet brings about: a megaflow with it is not to stay.
    var waitsForPacket = false
    /// Mirrors of the bridge that have got the packet, and those alike.
    var mirrored: UInt32 = 0
    /// > 0: what leaves is a mirror's copy and is cut to this many bytes.
    var snapLength: UInt16 = 0
    var stack: [StackValue] = []
    /// Why the packet has stopped, and in which bridge; what it has before it still; and where the last of that is.
    var paused: (reason: Pause, bridge: Bridge)?
    var frozen: [OFAction] = []
    /// The action under way is to be run again, from its start, when the packet has come back.
    var repeats = false
    var frozenPlace: OFAction?
    /// The table that has no rule for the packet, while a controller is told so.
    var missTable: UInt8?
    /// Why an output to the controller happens, where the flow does not say.
    var outputReason = PacketInMessage.Reason.action
    /// Line 0 of the packet as it came in.
    private(set) var packetLine = FlowLine0()
    /// The packet came in by a tunnel.
    private(set) var isTunnelled = false
    var pool: [FlowBuffer] = []
    /// What is told of a traced packet; nil: of others.
    var trace: Trace?
    /// Where the datapath is to look the packet up again, in the order of the actions that say so.
    var recirculations: [Recirculation] = []

    /// A packet stops for a controller that is to let it go on, or to go through the datapath once more.
    enum Pause {
        case controller(ControllerAction)
        case recirculation(DPHash?)
    }
    enum Failure { case tooDeep, tooManyResubmits, tooManyBuckets, tooManyActions, stackTooDeep, recirculated, unknownPort, packetType }

    init(ofproto: OFProto) { self.ofproto = ofproto }

    /// Translates the packet in `flow`. False: its input port is in no bridge, or nobody knows where it is to go on, so nothing is to be done or installed;
    /// `failure` says which.
    func translate(now: Int64, learns: Bool) -> Bool {
        reset(now: now, learns: learns)
        if flow.key.l0.recircID != 0 {
            base.copy(from: flow)
            packet.copy(from: flow)
            consultAlways()
            guard comeBack() else {
                failure = .recirculated
                return false
            }
        } else {
            guard let port = ofproto.port(ODPPort(flow.key.l0.inPort)) else {
                failure = .unknownPort
                return false
            }
            inputPort = port
            flow.key.l0.inPort = UInt32(port.number.number)
            base.copy(from: flow)
            packet.copy(from: flow)
            consultAlways()
            comeIn(port)
        }
        finishFreezing()
        noteNetFlow()
        finish()
        return true
    }

    /// A packet comes in by a port.
    func comeIn(_ port: BridgePort) {
        guard attribute(to: "\(port.bridge.name): port \(port.name) takes it in", { admits(at: port) }) else { return }
        // What is reserved for a mirror takes nothing in.
        guard !port.bundle.isMirrorOutput else { return noteReserved(port.bundle) }
        mirrorInput(at: port.bundle)
        runTable(0, bridge: port.bridge)
        rule = firstRule
        trace?.enterFirstTable()
        runActionSet(bridge: port.bridge)
    }

    /// What every megaflow matches exactly.
    func consultAlways() {
        wildcards.key.l0.inPort = .max
        wildcards.key.l0.recircID = .max
        // What comes in by a port is a frame; what comes back may be anything.
        if flow.key.l0.recircID != 0 { wildcards.key.l3.packetType = .ones }
        wildcards.key.l0.dlType = .ones
        wildcards.key.l0.vlanTCI = BE16(VLANTCI.present)
        if isIP { wildcards.key.l0.nwFrag = FragmentBits.mask }
    }

    /// Translates actions that are in no table: a packet-out's. `inPort` is the port that the packet pretends to have come by.
    func translate(_ program: [XAction], bridge: Bridge, inPort: OFPort, now: Int64) {
        begin(bridge: bridge, inPort: inPort, now: now)
        outputReason = .packetOut
        if let port = inputPort { mirrorInput(at: port.bundle) }
        if let next = run(program, bridge: bridge) { runTable(next, bridge: bridge) }
        end(bridge: bridge)
    }

    /// A packet that a controller sends begins its way.
    func begin(bridge: Bridge, inPort: OFPort, now: Int64) {
        reset(now: now, learns: true)
        inputPort = bridge.port(inPort)
        flow.key.l0.inPort = UInt32(inPort.number)
        base.copy(from: flow)
    }

    /// Its way is over.
    func end(bridge: Bridge) {
        runActionSet(bridge: bridge)
        finishFreezing()
        finish()
    }

    func reset(now: Int64, learns: Bool) {
        self.now = now
        self.learns = learns
        actions.removeAll(keepingCapacity: true)
        actionsAside = 0
        slowPath = []
        credits.removeAll(keepingCapacity: true)
        if !actionSet.isEmpty { actionSet = [] }
        if !recirculations.isEmpty { recirculations = [] }
        wildcards.clear()
        stations = 0
        tables = 0
        followsTables = false
        if isWritten { written.clear() }
        isWritten = false
        mirrored = 0
        failure = nil
        rule = nil
        firstRule = nil
        resumedPlace = Self.nowhere
        if !stack.isEmpty { stack = [] }
        if !learned.isEmpty { learned = [] }
        waitsForPacket = false
        if !frozen.isEmpty { frozen = [] }
        paused = nil
        repeats = false
        frozenPlace = nil
        depth = 0
        nesting = 0
        resubmits = 0
        buckets = 0
        exits = false
        isIrreversible = false
        wasMPLS = false
        netFlowOutput = NetFlowOutput.drop
        encapsulation = nil
        isHashed = false
        truncation = 0
        outputReason = .action
        flow.key.l11.actsetOutput = Self.noOutput
        packetLine = flow.key.l0
        isTunnelled = flow.key.l2.tunDst != .zero
    }

    // MARK: Tables

    /// Looks the packet up in a table and runs the rule; follows goto_table. `inPort` is the port to look up with.
    /// - Parameter tellsMiss: a table without a rule for the packet may send it to a controller.
    func runTable(_ id: UInt8, bridge: Bridge, inPort: OFPort? = nil, tellsMiss: Bool = true) {
        if wasMPLS { return recirculate(bridge: bridge) }
        guard nesting < OFProtoLimits.nesting else { return failure = .tooDeep }
        nesting += 1
        let line = trace?.place
        defer {
            nesting -= 1
            if let line { trace?.leave(to: line) }
        }
        var next: UInt8? = id
        var lookupPort = inPort
        // There is no table 255, though goto_table may name it.
        while let table = next, table != .max, failure == nil {
            resubmits += 1
            guard resubmits <= OFProtoLimits.resubmitsTotal else { return failure = .tooManyResubmits }
            guard mayResubmit() else { return }
            let id = table
            tables |= bridge.tableTag(id)
            // OpenFlow's OFPC_FRAG_DROP: no table has a rule for a fragment.
            guard bridge.fragments != .drop || flow.key.l0.nwFrag & FragmentBits.any == 0 else { return traceFragment(id) }
            let table = bridge.tables[Int(id)]
            guard let found = lookup(table, bridge, inPort: lookupPort), let table else {
                if let table { credits.append(.miss(table)) }
                if trace != nil { traceTable(id, nil, bridge: bridge) }
                guard tellsMiss, miss(id, table, bridge: bridge) else {
                    trace?.add(.action, "drop")
                    return
                }
                next = id + 1
                lookupPort = nil
                continue
            }
            credits.append(.rule(found, table))
            if trace != nil { traceTable(id, found, bridge: bridge) }
            let outer = rule
            rule = found
            if firstRule == nil { firstRule = found }
            next = run(found.program, bridge: bridge, from: found.actions)
            rule = outer
            lookupPort = nil
            if exits { return }
        }
    }

    /// The packet has no rule in a table: it goes to a controller, if there is one that expects that, or is dropped. True: it goes on to the next table.
    private func miss(_ id: UInt8, _ table: OpenFlowTable?, bridge: Bridge) -> Bool {
        switch table?.config.miss ?? .standard {
        case .continue: return id + 1 < OpenFlowTable.internalTable
        case .drop: return false
        case .standard: guard bridge.sendsMisses else { return false }
        case .controller: break
        }
        guard !(inputPort?.config.flags.contains(.noPacketIn) ?? false) else { return false }
        missTable = id
        sendToController(ControllerAction(reason: PacketInMessage.Reason.implicitMiss.rawValue, controllerID: 0, userdata: []), bridge: bridge)
        missTable = nil
        return false
    }

    /// resubmit: a lookup as if the packet had come in by `port`.
    func resubmit(port: OFPort?, table: UInt8, bridge: Bridge) {
        // Going forward ends by itself; only going round is counted.
        let deepens = table <= place.table
        guard depth < OFProtoLimits.resubmitDepth else { return failure = .tooDeep }
        if deepens { depth += 1 }
        runTable(table, bridge: bridge, inPort: port, tellsMiss: false)
        if deepens { depth -= 1 }
    }

    /// - Parameter table: nil: one that is not there yet.
    private func lookup(_ table: OpenFlowTable?, _ bridge: Bridge, inPort: OFPort?) -> Rule? {
        let port = flow.key.l0.inPort
        if let inPort { flow.key.l0.inPort = UInt32(inPort.number) }
        defer { flow.key.l0.inPort = port }
        guard flow.key.l0.nwFrag & FragmentBits.any != 0, bridge.fragments != .nxMatch else { return find(table, bridge) }
        // OpenFlow's OFPC_FRAG_NORMAL: a fragment, the first one too, is looked up with ports of zero.
        let source = flow.key.l0.tpSrc, destination = flow.key.l0.tpDst
        flow.key.l0.tpSrc = .zero
        flow.key.l0.tpDst = .zero
        defer {
            flow.key.l0.tpSrc = source
            flow.key.l0.tpDst = destination
        }
        return find(table, bridge)
    }

    private func find(_ table: OpenFlowTable?, _ bridge: Bridge) -> Rule? {
        noteWritten()
        guard let table else { return nil }
        guard let trace, let reasons = trace.reasons else { return table.classifier.lookup(flow, setsLookupsAside ? aside : wildcards) }
        reasons.settle(wildcards.key)
        let who = "\(bridge.name): table \(table.id): lookup, for ", names = trace.names(bridge)
        return table.classifier.lookup(flow, wildcards) { reasons.settle(self.wildcards.key, who + $0.text($1, names: names)) }
    }

    /// The only rule that the packet found, where it was looked up only once, in the first table of its bridge; nil: there is none such.
    var onlyRule: Rule? { resubmits == 1 && packetLine.recircID == 0 ? firstRule : nil }

    /// Looks up the packet in `flow`, as the datapath knows it and for the first time, in the first table of its bridge, by `lookup`. `aside` is empty before.
    @inline(__always) func lookUpFirst(_ inPort: UInt32, _ lookup: (FlowBuffer) -> Rule?) -> Rule? {
        let number = flow.key.l0.inPort
        aside.clear()
        flow.key.l0.inPort = inPort
        flow.key.l11.actsetOutput = Self.noOutput
        defer {
            flow.key.l0.inPort = number
            flow.key.l11.actsetOutput = 0
        }
        return lookup(flow)
    }

    /// The result depends on what is in tables without a lookup.
    func followAllTables() {
        followsTables = true
        tables = .max
    }

    /// A lookup sees what actions have made of the packet.
    private func noteWritten() {
        for index in 0..<FlowKey.packetLines {
            let difference = flow[line: index] ^ packet[line: index]
            if linesEqual(difference, .zero) { continue }
            written.add(difference, toLine: index)
            isWritten = true
        }
    }

    /// What a megaflow with this mask and these actions keeps of the translation.
    func outcome(_ mask: MaskLines, actions: [DPAction]) -> MegaflowOutcome {
        MegaflowOutcome(
            actions: actions, credits: takeCredits(), tags: MegaflowTags(stations: stations, tables: tables), steady: isWritten ? steady(of: mask) : nil,
            followsTables: followsTables)
    }

    /// Those bits of a mask that every lookup saw as they came in.
    private func steady(of mask: MaskLines) -> MaskLines {
        var lines = MaskLines()
        for at in 0..<mask.count {
            let index = mask.indices[at], bits = mask.masks[at] & ~written[line: index]
            if !linesEqual(bits, .zero) { lines.append(index, bits) }
        }
        return lines
    }

    /// The table and cookie of the actions that are run.
    var place: (table: UInt8, cookie: UInt64) { rule.map { ($0.table, $0.cookie) } ?? resumedPlace }

    func credit(_ credit: Credit) { credits.append(credit) }

    /// Lets go of what the last translation named.
    func forgetCredits() { credits.removeAll(keepingCapacity: true) }

    /// Who is to be credited with the packets of this translation.
    func takeCredits() -> [Credit] { exactCopy(credits) }
    /// What is to be done with the packet.
    func takeActions() -> [DPAction] { exactCopy(actions) }
    /// What a megaflow has as actions.
    func takeMegaflowActions() -> [DPAction] { exactCopy(megaflowActions) }

    /// A copy without spare room, for a megaflow that keeps it for long; the original's room is used again.
    private func exactCopy<Element>(_ list: [Element]) -> [Element] {
        var copy: [Element] = []
        copy.reserveCapacity(list.count)
        copy.append(contentsOf: list)
        return copy
    }

    var isIP: Bool {
        let type = flow.key.l0.dlType
        return type == XlateTypes.ipv4 || type == XlateTypes.ipv6
    }
}

extension FlowKey {
    /// Lines 0–9: what packets have. The others are of the pipeline: registers, metadata.
    static let packetLines = 10
}

/// EtherTypes in network byte order.
enum XlateTypes {
    static let ipv4 = BE16(EtherType.ipv4)
    static let ipv6 = BE16(EtherType.ipv6)
    static let arp = BE16(EtherType.arp)
    static let rarp = BE16(EtherType.rarp)
    static let mpls = BE16(EtherType.mpls)
    static let mplsMulticast = BE16(EtherType.mplsMulticast)
    static let vlan = BE16(EtherType.vlan8021Q)
}
