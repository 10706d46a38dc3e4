import Datapath
import Flow
import OpenFlow
import Wire

extension Translator {
    /// output:PORT. A packet never leaves by the port that it came in by, unless IN_PORT says so.
    func output(_ port: OFPort, bridge: Bridge) {
        let before = netFlowOutput
        netFlowOutput = NetFlowOutput.drop
        defer { netFlowOutput = NetFlowOutput.combine(before, netFlowOutput) }
        switch port {
        case .inPort: emit(OFPort(UInt16(truncatingIfNeeded: flow.key.l0.inPort)), bridge: bridge)
        case .normal: normal(bridge: bridge)
        case .flood: flood(bridge: bridge) { $0.floods }
        case .all: flood(bridge: bridge) { _ in true }
        case .table: runTable(0, bridge: bridge)
        case .controller: sendToController(.output(maxLength: .max), bridge: bridge)
        case .none, .unset: break
        default:
            if UInt32(port.number) != flow.key.l0.inPort { return emit(port, bridge: bridge) }
            traceWarning("skipping output to input port")
        }
    }

    /// output(port=PORT,max_len=N): this output alone gets a shorter packet. As with OVS, none goes to another bridge.
    func outputTruncated(_ port: OFPort, _ length: UInt16, bridge: Bridge) {
        let number = port == .inPort ? OFPort(UInt16(truncatingIfNeeded: flow.key.l0.inPort)) : port
        let isSkipped = port != .inPort && UInt32(port.number) == flow.key.l0.inPort
        guard isSkipped || bridge.port(number)?.odpPort != nil else {
            return traceError("output_trunc does not support patch port \(number.number)")
        }
        let outer = truncation
        truncation = outer == 0 ? length : min(outer, length)
        output(port, bridge: bridge)
        truncation = outer
    }

    /// output:FIELD[…]
    func outputField(_ range: FieldRange, bridge: Bridge) {
        let number = value(range, bridge: bridge)
        guard let port = UInt16(exactly: number) else { return traceWarning("output port \(number) is out of range") }
        traceDetail("output port is \(port)")
        output(OFPort(port), bridge: bridge)
    }

    private func flood(bridge: Bridge, where admits: (BridgePort) -> Bool) {
        defer { netFlowOutput = NetFlowOutput.flood }
        for port in bridge.ports where UInt32(port.number.number) != flow.key.l0.inPort && admits(port) { emit(port) }
    }

    private func emit(_ number: OFPort, bridge: Bridge) {
        guard let port = bridge.port(number) else { return traceWarning("Nonexistent output port") }
        emit(port)
    }

    /// The packet leaves by a port as it is now.
    func emit(_ port: BridgePort) {
        guard failure == nil else { return }
        guard port.forwards else { return traceDetail("OFPPC_NO_FWD set, skipping output") }
        guard !isProtected(port.bundle) else { return }
        guard let odpPort = port.odpPort else {
            // A copy that is to be cut cannot go on in another bridge.
            if snapLength == 0, let peer = port.peer {
                credit(.patch(from: port, to: peer))
                arrive(at: peer)
            }
            return
        }
        // These ports carry frames.
        guard flow.key.l3.packetType.host == PacketType.ethernet else {
            return traceWarning("Trying to send non-Ethernet packet through legacy L2 port. Dropping packet.")
        }
        let tos = flow.key.l0.nwTOS
        markQueue(port)
        commit()
        if outputLength > 0 { actions.append(.trunc(maxLength: UInt32(outputLength))) }
        actions.append(.output(odpPort))
        netFlowOutput = port.number.number
        mirrorOutput(at: port.bundle)
        flow.key.l0.nwTOS = tos
    }

    /// What leaves by a queue with a DSCP has it; behind a label that has come off nobody has looked yet.
    func markQueue(_ port: BridgePort) {
        guard !port.config.queueDSCP.isEmpty else { return }
        wildcards.key.l0.skbPriority = .max
        guard let dscp = port.config.queueDSCP[flow.key.l0.skbPriority], isIP, !wasMPLS else { return }
        wildcards.key.l0.nwTOS |= Self.dscpMask
        flow.key.l0.nwTOS = flow.key.l0.nwTOS & ~Self.dscpMask | dscp << 2
    }

    private static let dscpMask: UInt8 = 0xfc

    /// To how many bytes what leaves is cut; 0: it is not.
    var outputLength: UInt16 { snapLength == 0 ? truncation : truncation == 0 ? snapLength : min(snapLength, truncation) }

    /// Nothing goes from one protected port to another.
    func isProtected(_ bundle: PortBundle) -> Bool {
        guard bundle.settings.isProtected else { return false }
        return bundle.bridge.port(OFPort(UInt16(truncatingIfNeeded: flow.key.l0.inPort)))?.bundle.settings.isProtected ?? false
    }

    /// controller(…): a copy of the packet goes to the ofproto thread with the name of a context that says what to tell.
    /// - Parameter continuation: of a paused packet.
    func sendToController(_ action: ControllerAction, bridge: Bridge, continuation: Continuation? = nil) {
        commit()
        var action = action
        if action.reason == ControllerAction.contextual {
            action.reason = (rule?.isTableMiss ?? false) && outputReason == .action ? PacketInMessage.Reason.explicitMiss.rawValue : outputReason.rawValue
        }
        let key = ControllerContext.Key(
            bridge: ObjectIdentifier(bridge), table: missTable ?? place.table, cookie: missTable == nil ? place.cookie : .max,
            inPort: flow.key.l0.inPort,
            metadata: flow.key.l11.metadata.host, registers: flow.key.regs,
            tunMetadata: bridge.tlvMappings.present(in: flow.key), action: action, continuation: continuation)
        guard let context = ofproto.controllers.context(key, now: now, make: { ControllerContext(key, id: $0, bridge: bridge, now: now) }) else { return }
        credit(.controller(context))
        let upcall = DPAction.userspace(userdata: Userdata.controller(context.id), maxLength: 0)
        if let meter = action.meter.flatMap({ bridge.meters[$0] }) ?? bridge.meters[MeterNumber.controller] {
            // A copy, so that the meter holds up nothing else.
            actions.append(.sample(probability: .max, [.meter(meter.datapathID), upcall]))
        } else {
            actions.append(upcall)
        }
    }

    /// sample(…): some of the packets go to the ofproto thread for a collector.
    func runSample(_ sample: SampleAction) {
        let probability = sample.probability
        guard probability > 0, let id = ofproto.samples.id(sample) else { return }
        commit()
        let scaled = probability == .max ? UInt32.max : UInt32(probability) << 16
        actions.append(.sample(probability: scaled, [.userspace(userdata: Userdata.sample(id), maxLength: 0)]))
    }

    // MARK: Action set

    /// The action set is run behind the last table, in its fixed order (OpenFlow 1.3.5, section 5.10): nothing happens
    /// without an output, a group or a resubmit in it.
    func runActionSet(bridge: Bridge) {
        guard !actionSet.isEmpty, failure == nil, paused == nil else { return }
        let program = orderActionSet(actionSet)
        actionSet = []
        // ovs-actions(7), exit: "Actions in the action set are still executed".
        exits = false
        guard !program.isEmpty else { return }
        let line = trace?.place
        defer { if let line { trace?.leave(to: line) } }
        trace?.enter(.table, TraceNode.actionSet)
        let outer = outputReason
        if outer == .action { outputReason = .actionSet }
        if let next = run(program, bridge: bridge) { runTable(next, bridge: bridge) }
        outputReason = outer
    }
}

/// The actions of a set in the order of their execution; of those that exclude each other the last one written counts. A group takes the place
/// of an output, and an output that of a resubmit (ovs-actions(7), write_actions).
func orderActionSet(_ set: [XAction]) -> [XAction] {
    var stripVLAN: XAction?, popMPLS: XAction?, pushMPLS: XAction?, pushVLAN: XAction?, decTTL: XAction?, decLabelTTL: XAction?
    var sets: [XAction] = [], queue: XAction?, group: XAction?, output: XAction?, resubmit: XAction?
    for action in set {
        switch action {
        case .stripVLAN: stripVLAN = action
        case .popMPLS: popMPLS = action
        case .pushMPLS: pushMPLS = action
        case .pushVLAN: pushVLAN = action
        case .decTTL: decTTL = action
        case .decMPLSTTL: decLabelTTL = action
        case .set, .setTunMetadata, .move, .setVLANVID, .setVLANPCP: sets.append(action)
        case .setQueue: queue = action
        case .group: group = action
        case .output, .controller, .outputField: output = action
        case .resubmit: resubmit = action
        default: break
        }
    }
    guard let last = group ?? output ?? resubmit else { return [] }
    return [stripVLAN, popMPLS, pushMPLS, pushVLAN, decTTL, decLabelTTL].compactMap { $0 } + sets + [queue].compactMap { $0 } + [last]
}
