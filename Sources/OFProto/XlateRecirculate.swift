import Datapath
import Flow
import OpenFlow
import Wire

/// Recirculation: the packet goes through the datapath once more and comes back with a `recirc_id`, by which translation goes on where it stopped.
extension Translator {
    /// The packet stops here. What it has before it still, from the action on that is under way, is done when it has come back.
    /// - Parameter hash: what the datapath is to put into dp_hash.
    func recirculate(bridge: Bridge, hash: DPHash? = nil) {
        paused = (.recirculation(hash), bridge)
        repeats = true
        exits = true
    }

    /// The end of the packet's way before the datapath has it again.
    func finishRecirculation(_ hash: DPHash?, _ continuation: Continuation, bridge: Bridge) {
        commit()
        let key = RecircContext.Key(continuation: continuation, metadata: PipelineMetadata(flow), isHashed: isHashed || hash != nil, mirrored: mirrored)
        guard let context = ofproto.recirculations.context(key, now: now, make: { RecircContext(key, id: $0, bridge: bridge, now: now) }) else {
            return failure = .recirculated
        }
        credit(.recirculation(context))
        if let hash { actions.append(.hash(algorithm: hash.algorithm, basis: hash.basis)) }
        actions.append(.recirc(RecircID(context.id)))
    }

    /// A packet comes back. False: its number is unknown.
    func comeBack() -> Bool {
        guard let context = ofproto.recirculations[flow.key.l0.recircID], let bridge = context.bridge else { return false }
        // Should it be given up, its number must not be given again as long as this translation's megaflow is there.
        credit(.recirculation(context))
        if let output = context.key.bond {
            guard let bond = context.bond else { return false }
            comeBack(to: bond, length: output.length)
            return true
        }
        context.key.metadata.restore(flow)
        (isHashed, mirrored) = (context.key.isHashed, context.key.mirrored)
        inputPort = bridge.port(OFPort(UInt16(truncatingIfNeeded: flow.key.l0.inPort)))
        stack = context.key.continuation.stack
        actionSet = context.actionSet
        if let next = run(context.program, bridge: bridge) { runTable(next, bridge: bridge) }
        runActionSet(bridge: bridge)
        return true
    }
}

/// How the datapath hashes packets.
struct DPHash: Hashable {
    /// 0: addresses, protocol and ports; 1: the same, without regard to the direction.
    var algorithm: UInt32
    var basis: UInt32

    static let connection: UInt32 = 0
    static let symmetric: UInt32 = 1
}

extension XAction {
    /// After pop_mpls the fields of layer 3 and above are unknown: an action that may look at them or change them waits until the packet has come back.
    var waitsForLayer3: Bool {
        switch self {
        // What outputs and groups lead to looks at the packet itself where it has to.
        case .output, .enqueue, .outputField, .group: false
        case .setVLANVID, .setVLANPCP, .setQueue: false
        case .set(let write): write.reachesLayer3
        default: true
        }
    }
}
