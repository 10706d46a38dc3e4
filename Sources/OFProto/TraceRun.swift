import Datapath
import Flow
import OpenFlow
import Wire

/// A packet whose way through the bridges is to be told (ovs-vswitchd(8), ofproto/trace).
public struct TraceRequest {
    /// Where the packet comes in.
    public var bridge: Bridge
    /// The packet, with the OpenFlow number of its port.
    public var key: FlowKey
    /// What is done with it; nil: what the bridge's tables say.
    public var actions: [OFAction]?
    /// There is a packet, not just a flow: bridges learn from it.
    public var hasPacket = false
    /// Ports are told by their names.
    public var usesNames = false
    /// It is told as well who looked at which bits.
    public var tellsReasons = false

    public init(bridge: Bridge, key: FlowKey) {
        self.bridge = bridge
        self.key = key
    }
}

/// A packet that the datapath looks up again.
struct Recirculation {
    enum Kind {
        /// Behind connection tracking; `state` is what ct_state becomes, `isDefault` unless the user said so.
        case conntrack(state: UInt8, isDefault: Bool)
        /// Because of what only shows once the datapath has changed the packet. OVS does not follow these.
        case other
    }
    var id: RecircID
    var kind: Kind
    /// The packet as it comes back, and the bridge that it comes back to.
    var key: FlowKey
    var bridge: Bridge
}

extension OFProto {
    /// What translation does with a packet. Nothing is sent, counted or installed.
    /// Throws `FlowModError` for actions that no flow could have either.
    public func trace(_ request: TraceRequest, now: Int64) throws(FlowModError) -> TraceReport {
        let program: [XAction]?
        if let actions = request.actions {
            try request.bridge.check(actions)
            program = try compile(actions)
        } else {
            program = nil
        }
        defer { translator.trace = nil }
        var report = TraceReport()
        let trace = Trace(usesNames: request.usesNames, tellsReasons: request.tellsReasons)
        translator.trace = trace
        translator.trace(request.key, bridge: request.bridge, program: program, actions: request.actions, learns: request.hasPacket, now: now)
        report.passes.append(pass(request.key, request.bridge, trace, request, heading: nil))
        var waiting = translator.recirculations[...], followed = 0
        while let next = waiting.popFirst(), followed < OFProtoLimits.tracedRecirculations {
            guard let heading = next.heading else { continue }
            followed += 1
            let trace = Trace(usesNames: request.usesNames, tellsReasons: request.tellsReasons)
            translator.trace = trace
            translator.trace(next.key, bridge: next.bridge, program: nil, actions: nil, learns: request.hasPacket, now: now)
            report.passes.append(pass(next.key, next.bridge, trace, request, heading: heading))
            waiting += translator.recirculations
        }
        return report
    }

    /// What the translator has just done.
    private func pass(_ packet: FlowKey, _ bridge: Bridge, _ trace: Trace, _ request: TraceRequest, heading: String?) -> TracePass {
        let names = trace.names(bridge)
        func text(_ key: FlowKey) -> String { Match(key: key, mask: .describing(key)).text(names: names) }
        var packet = packet
        packet.l11.actsetOutput = Translator.noOutput
        var mask = translator.wildcards.key
        // A tag's bits go with its presence.
        trace.reasons?.settle(mask, TraceReasons.always)
        mask.l3.packetType = .ones
        // That there is no tag dl_type says, as OVS has it.
        if packet.l0.vlanTCI == .zero || mask.l0.vlanTCI.host == VLANTCI.present { mask.l0.vlanTCI = .zero }
        if packet.l3.innerVLANTCI == .zero || mask.l3.innerVLANTCI.host == VLANTCI.present { mask.l3.innerVLANTCI = .zero }
        let ports = request.usesNames ? Dictionary(uniqueKeysWithValues: dpif.portDump().map { ($0.port, $0.name) }) : [:]
        return TracePass(
            heading: heading, flow: text(packet), nodes: trace.root.children, finalFlow: translator.flow.key == packet ? nil : text(translator.flow.key),
            megaflow: megaflowText(Match(key: packet, mask: mask), names),
            datapathActions: translator.actions.odpText { ports[$0] } userdata: { self.userdataText($0, sends: request.hasPacket) },
            slowPath: translator.slowPath.explanations, failure: translator.failure?.words,
            reasons: trace.reasons?.report(key: packet, mask: mask, names: names))
    }
}

/// A megaflow's match as OVS prints it, which takes some fields for wider than they are.
private func megaflowText(_ match: Match, _ names: @escaping PortNames) -> String {
    var text = match.text(names: names)
    func spell(_ plain: String, as wide: String) {
        guard let place = text.firstRange(of: plain), place.upperBound == text.endIndex || text[place.upperBound] == "," else { return }
        text.replaceSubrange(place, with: wide)
    }
    let type = match.key.l0.tpSrc.host, code = match.key.l0.tpDst.host
    if match.mask.l0.tpSrc == BE16(0xff) { spell("icmp_type=\(type)", as: "icmp_type=0x\(String(type, radix: 16))/0xff") }
    if match.mask.l0.tpDst == BE16(0xff) { spell("icmp_code=\(code)", as: "icmp_code=0x\(String(code, radix: 16))/0xff") }
    let option = match.key.l3.ndOptionsType
    if match.mask.l3.ndOptionsType == .max { spell("nd_options_type=\(option)", as: "nd_options_type=0x\(String(option, radix: 16))/0xff") }
    if match.mask.value(of: .ipv6Label) == Field.ipv6Label.place.ones {
        let label = Match(setting: .ipv6Label, to: MaskedValue(value: match.key.value(of: .ipv6Label), mask: match.mask.value(of: .ipv6Label))).text()
        spell(label, as: label + "/0xfffff")
    }
    return text
}

extension OFProto {
    /// A packet may come back with this recirc_id.
    public func knows(recirculation id: UInt32) -> Bool { recirculations[id] != nil }
}

extension Bridge {
    /// Groups and meters that a packet-out names must be there.
    fileprivate func check(_ actions: [OFAction]) throws(FlowModError) {
        do throws(OFError) {
            try checkReferences(ActionReferences(actions))
        } catch {
            throw FlowModError(error, error.name)
        }
    }
}

extension Recirculation {
    /// How the trace of the packet that comes back begins; nil: it is not told.
    fileprivate var heading: String? {
        guard case .conntrack(let state, let isDefault) = kind else { return nil }
        let flags = FlagNames.conntrack.text(UInt32(state))
        return "recirc(0x\(String(id.number, radix: 16))) - resume conntrack with \(isDefault ? "default " : "")ct_state=\(flags)"
            + (isDefault ? " (use --ct-next to customize)" : "")
    }
}

extension Translator {
    /// Translates a packet for a trace, from a port that there need not be.
    fileprivate func trace(_ key: FlowKey, bridge: Bridge, program: [XAction]?, actions: [OFAction]?, learns: Bool, now: Int64) {
        flow.key = key
        let inPort = OFPort(UInt16(truncatingIfNeeded: key.l0.inPort))
        begin(bridge: bridge, inPort: inPort, now: now)
        self.learns = learns
        consultAlways()
        trace?.reasons?.settle(wildcards.key)
        traceBridge(bridge)
        if let program {
            outputReason = .packetOut
            if let next = run(program, bridge: bridge, from: actions) { runTable(next, bridge: bridge) }
        } else if key.l0.recircID != 0 {
            if !comeBack() {
                traceError("Recirculation context not found for ID \(key.l0.recircID)")
                failure = .recirculated
            }
        } else if let port = inputPort {
            comeIn(port)
        } else {
            runTable(0, bridge: bridge)
            trace?.enterFirstTable()
        }
        runActionSet(bridge: bridge)
        if bridge.netFlowExporter != nil, isOfNetFlow { attribute(to: "\(bridge.name): NetFlow") { consultNetFlow() } }
        end(bridge: bridge)
    }
}

extension Translator.Failure {
    fileprivate var words: String {
        switch self {
        case .tooDeep: "Recursion too deep"
        case .tooManyResubmits: "Too many resubmits"
        case .tooManyBuckets: "Too many buckets"
        case .tooManyActions: "Too many actions"
        case .stackTooDeep: "Stack too deep"
        case .recirculated: "No recirculation context"
        case .unknownPort: "Bridge not found"
        case .packetType: "Unsupported packet type"
        }
    }
}

extension FlowMask {
    /// Ones in all that is told of a packet: what its headers have, and of metadata what is not zero.
    public static func describing(_ key: FlowKey) -> FlowMask {
        var mask = FlowMask()
        for field in [Field.tunID, .skbPriority, .pktMark, .recircID, .dpHash, .ctState, .ctZone, .ctMark, .ctLabel, .metadata]
            + (0..<16).compactMap(Field.reg) where key.value(of: field) != 0 { mask.setMask(of: field) }
        if key.l2.tunDst != .zero { mask[line: 2] = SIMD8(repeating: .max) }
        mask.setMask(of: .inPort)
        if key.l3.packetType.host == PacketType.ethernet {
            if key.l0.recircID != 0 { mask.l3.packetType = .ones }
            for field in [Field.vlanTCI, .ethSrc, .ethDst, .ethType] { mask.setMask(of: field) }
        } else {
            mask.l3.packetType = .ones
        }
        if key.l0.vlanTCI != .zero { mask.l3.innerVLANTCI = .ones }
        switch key.l0.dlType.host {
        case EtherType.ipv4:
            for field in [Field.ipv4Src, .ipv4Dst] { mask.setMask(of: field) }
            mask.describeIP(key)
        case EtherType.ipv6:
            for field in [Field.ipv6Src, .ipv6Dst, .ipv6Label] { mask.setMask(of: field) }
            mask.describeIP(key)
        case EtherType.arp, EtherType.rarp:
            for field in [Field.ipv4Src, .ipv4Dst, .nwProto, .arpSHA, .arpTHA] { mask.setMask(of: field) }
        case EtherType.nsh:
            for field in [Field.nshFlags, .nshTTL, .nshMDType, .nshNP, .nshSPI, .nshSI, .nwProto, .nwTOS, .nwECN, .nwTTL, .nwFrag] { mask.setMask(of: field) }
            if key.l5.nshMDType == 1 { for field in [Field.nshC1, .nshC2, .nshC3, .nshC4] { mask.setMask(of: field) } }
        case EtherType.mpls, EtherType.mplsMulticast:
            let labels = MPLS.count(key.l3, depth: 3)
            mask.l3.mplsLSE0 = .ones
            if labels > 1 { mask.l3.mplsLSE1 = .ones }
            if labels > 2 { mask.l3.mplsLSE2 = .ones }
        default: break
        }
        return mask
    }

    private mutating func describeIP(_ key: FlowKey) {
        for field in [Field.nwProto, .nwTOS, .nwECN, .nwTTL, .nwFrag] { setMask(of: field) }
        guard key.l0.nwFrag & FragmentBits.later == 0 else { return }
        let isIPv6 = key.l0.dlType.host == EtherType.ipv6
        switch key.l0.nwProto {
        case IPProtocol.tcp:
            for field in [Field.tcpSrc, .tcpDst, .tcpFlags] { setMask(of: field) }
        case let proto where [IPProtocol.udp, IPProtocol.sctp].contains(proto)
            || (isIPv6 ? [IPProtocol.icmpv6] : [IPProtocol.icmp, IPProtocol.igmp]).contains(proto):
            for field in [Field.tcpSrc, .tcpDst] { setMask(of: field) }
            if isIPv6, key.satisfies(.nd, under: .everyBit) { for field in [Field.ndTarget, .ndSLL, .ndTLL] { setMask(of: field) } }
        default: break
        }
    }
}

extension MPLS {
    /// The entries up to the bottom of the stack, at most `depth`.
    fileprivate static func count(_ line: FlowLine3, depth: Int) -> Int {
        let entries = [line.mplsLSE0, line.mplsLSE1, line.mplsLSE2].prefix(depth)
        return entries.firstIndex { $0.host & bottom != 0 }.map { $0 + 1 } ?? depth
    }
}
