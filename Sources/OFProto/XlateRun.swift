import Datapath
import Flow
import OpenFlow
import Wire

/// Lists of actions, one action after the other.
extension Translator {
    /// Runs a list of actions. Returns the table that a goto_table names.
    func run(_ program: [XAction], bridge: Bridge) -> UInt8? {
        for (index, action) in program.enumerated() {
            if exits || failure != nil {
                if paused != nil { freeze(program[index...]) }
                return nil
            }
            guard actions.count < OFProtoLimits.datapathActions else {
                failure = .tooManyActions
                return nil
            }
            switch action {
            case .output(let port, 0): output(port, bridge: bridge)
            case .output(let port, let length): outputTruncated(port, length, bridge: bridge)
            case .outputField(let range): outputField(range, bridge: bridge)
            case .controller(let controller): if controller.pauses { pause(controller, bridge: bridge) } else { sendToController(controller, bridge: bridge) }
            case .enqueue(let port, let queue): enqueue(port, queue, bridge: bridge)
            case .setQueue(let queue): flow.key.l0.skbPriority = queue
            case .popQueue: flow.key.l0.skbPriority = packetLine.skbPriority
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
            case .gotoTable(let table): return table
            case .writeMetadata(let value, let mask):
                let bits = BE64(mask).raw
                flow.key.l11.metadata.raw = (flow.key.l11.metadata.raw & ~bits) | (BE64(value).raw & bits)
            case .writeActions(let list): actionSet += list
            case .clearActions: actionSet = []
            case .clone(let list): clone(list, bridge: bridge)
            case .sample(let probability, let sample): runSample(probability, sample)
            case .unroll(let table, let cookie): resumedPlace = (table, cookie)
            case .learn(let spec): learn(spec, bridge: bridge)
            case .bundle(let spec): bundle(spec, bridge: bridge)
            case .multipath(let spec): multipath(spec)
            case .finTimeout(let timeout): finTimeout(timeout, bridge: bridge)
            case .checkLength(let length, let destination):
                checkLength(length, destination, rest: Array(program[(index + 1)...]), bridge: bridge)
                return nil
            case .exit: exits = true
            case .unsupported: ofproto.counters.unsupportedActions &+= 1
            }
        }
        return nil
    }

    private func runMeter(_ id: UInt32, bridge: Bridge) {
        guard let meter = bridge.meters[id] else { return }
        isIrreversible = true
        actions.append(.meter(meter.datapathID))
    }

    private func enqueue(_ port: OFPort, _ queue: UInt32, bridge: Bridge) {
        let priority = flow.key.l0.skbPriority
        flow.key.l0.skbPriority = queue
        output(port, bridge: bridge)
        flow.key.l0.skbPriority = priority
    }
}
