import Datapath
import Flow
import OpenFlow
import Wire

/// Lists of actions, one action after the other.
extension Translator {
    /// Runs a list of actions. Returns the table that a goto_table names.
    /// - Parameter list: what `program` was compiled from, for a trace.
    func run(_ program: [XAction], bridge: Bridge, from list: [OFAction]? = nil) -> UInt8? {
        let script = trace == nil ? nil : traceScript(program, list, bridge: bridge)
        for (index, action) in program.enumerated() {
            if wasMPLS, !exits, action.waitsForLayer3 { recirculate(bridge: bridge) }
            if exits || failure != nil {
                if paused != nil { freeze(program[index...]) }
                return nil
            }
            guard actionCount < OFProtoLimits.datapathActions else {
                failure = .tooManyActions
                return nil
            }
            if script != nil { traceAction(script, index) }
            defer { if script != nil { traceActionEnd(script) } }
            switch action {
            case .output(let port, 0): output(port, bridge: bridge)
            case .output(let port, let length): outputTruncated(port, length, bridge: bridge)
            case .outputField(let range): outputField(range, bridge: bridge)
            case .controller(let controller): if controller.pauses { pause(controller, bridge: bridge) } else { sendToController(controller, bridge: bridge) }
            case .enqueue(let port, let queue): enqueue(port, queue, bridge: bridge)
            case .setQueue(let queue): setQueue(queue)
            case .popQueue:
                setQueue(packetLine.skbPriority)
                traceDetail("queue = \(packetLine.skbPriority)")
            case .pushVLAN(let tpid): pushVLAN(tpid: tpid, tci: VLANTCI.present)
            case .stripVLAN: popVLAN()
            case .setVLANVID(let vid): setVLAN(vid, mask: VLANTCI.vidMask)
            case .setVLANPCP(let pcp): setVLAN(UInt16(pcp) << 13, mask: VLANTCI.pcpMask)
            case .pushMPLS(let type): pushMPLS(type)
            case .popMPLS(let type): popMPLS(type)
            case .set(let write): set(write)
            case .setTunMetadata(let written): setTunMetadata(written, bridge: bridge)
            case .deleteTunMetadata(let field): deleteTunMetadata(field, bridge: bridge)
            case .move(let from, let to): move(from, to, bridge: bridge)
            case .push(let range): push(range)
            case .pop(let range): pop(range)
            case .decTTL(let controllers): if !decrementTTL(controllers, bridge: bridge) { return nil }
            case .decMPLSTTL: if !decrementLabelTTL(bridge: bridge) { return nil }
            case .group(let id): runGroup(id, bridge: bridge)
            case .meter(let meter): runMeter(meter, bridge: bridge)
            case .resubmit(let port, let table): resubmit(port: port, table: table ?? place.table, bridge: bridge)
            case .gotoTable(let table):
                guard wasMPLS else { return table }
                recirculate(bridge: bridge)
            case .writeMetadata(let value, let mask):
                let bits = BE64(mask).raw
                flow.key.l11.metadata.raw = (flow.key.l11.metadata.raw & ~bits) | (BE64(value).raw & bits)
            case .writeActions(let list):
                actionSet += list
                noteSetOutput()
                if trace != nil { traceActionSet("is") }
            case .clearActions:
                if trace != nil { traceActionSet("was") }
                actionSet = []
                noteSetOutput()
            case .clone(let list, let source): clone(list, from: source, bridge: bridge)
            case .sample(let sample): runSample(sample)
            case .unroll(let table, let cookie): resumedPlace = (table, cookie)
            case .encap(let type, let properties): encap(type, properties)
            case .decap(let type):
                guard decap(type) else { break }
                // What follows is done when the packet has come back.
                recirculate(bridge: bridge)
                freeze(program[(index + 1)...])
                return nil
            case .decNSHTTL: if !decrementServiceTTL(bridge: bridge) { return nil }
            case .learn(let spec): learn(spec, bridge: bridge)
            case .bundle(let spec): bundle(spec, bridge: bridge)
            case .multipath(let spec): multipath(spec)
            case .finTimeout(let timeout): finTimeout(timeout, bridge: bridge)
            case .checkLength(let length, let destination):
                checkLength(length, destination, rest: Array(program[(index + 1)...]), bridge: bridge)
                return nil
            case .exit: exits = true
            case .unsupported: if trace == nil { ofproto.counters.unsupportedActions &+= 1 }
            }
            if repeats {
                freeze(program[index...])
                return nil
            }
        }
        if script != nil { traceRest(script) }
        return nil
    }

    /// actset_output: the port of the last output in the action set, unless there is a group (OpenFlow 1.5.1, section 7.2.3.7).
    private func noteSetOutput() {
        var port = Self.noOutput
        for action in actionSet {
            switch action {
            case .group:
                flow.key.l11.actsetOutput = Self.noOutput
                return
            case .output(let number, _): port = UInt32(number.number)
            case .controller(let action) where action.reason == ControllerAction.contextual: port = UInt32(OFPort.controller.number)
            default: break
            }
        }
        flow.key.l11.actsetOutput = port
    }

    /// actset_output of an action set without an output.
    static let noOutput = UInt32(OFPort.unset.number)

    private func runMeter(_ id: UInt32, bridge: Bridge) {
        guard let meter = bridge.meters[id] else { return }
        isIrreversible = true
        actions.append(.meter(meter.datapathID))
    }

    private func enqueue(_ port: OFPort, _ queue: UInt32, bridge: Bridge) {
        guard UInt32(port.number) != flow.key.l0.inPort else { return }
        let priority = flow.key.l0.skbPriority
        setQueue(queue)
        output(port, bridge: bridge)
        flow.key.l0.skbPriority = priority
    }

    /// Whether the packet has the queue already tells whether the datapath must set it.
    private func setQueue(_ queue: UInt32) {
        wildcards.key.l0.skbPriority = .max
        flow.key.l0.skbPriority = queue
    }
}
