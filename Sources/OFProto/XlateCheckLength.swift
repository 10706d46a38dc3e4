import Datapath
import OpenFlow

/// check_pkt_larger: how long a packet is only the datapath knows, so the way behind the action is translated for both answers.
extension Translator {
    /// Runs the rest of the action's list twice. As with OVS, the lists around it go on behind both ways with the packet as it was before, unless the way of the
    /// larger packets ended with exit; and an action set that was written before is executed on the way of the larger ones and again at the end.
    func checkLength(_ length: UInt16, _ destination: FieldRange, rest: [XAction], bridge: Bridge) {
        // Ways nest: each may have such actions of its own, which doubles them.
        guard depth < OFProtoLimits.resubmitDepth else { return failure = .tooDeep }
        resubmits += 1
        guard resubmits <= OFProtoLimits.resubmitsTotal else { return failure = .tooManyResubmits }
        consult(destination)
        commit()
        let set = actionSet
        depth += 1
        let greater = way(1, destination, rest, set: set, bridge: bridge)
        let lessOrEqual = way(0, destination, rest, set: [], bridge: bridge)
        depth -= 1
        actionSet = set
        exits = greater.exits
        actions.append(.checkPacketLength(UInt32(length), greater: greater.actions, lessOrEqual: lessOrEqual.actions))
    }

    /// What a packet does for which the answer is `bit`. Afterwards the packet is what it was.
    private func way(_ bit: UInt128, _ destination: FieldRange, _ rest: [XAction], set: [XAction], bridge: Bridge) -> (actions: [DPAction], exits: Bool) {
        let outside = actions, copied = mirrored
        var ends = false
        actions = []
        actionsAside += outside.count
        isolated(isCopied: true) {
            actionSet = set
            exits = false
            destination.set(bit, in: &flow.key)
            if let next = run(rest, bridge: bridge) { runTable(next, bridge: bridge) }
            ends = exits
            if !ends { runActionSet(bridge: bridge) }
        }
        // A packet goes one of the ways: what mirrors copy on the other one is not copied yet.
        defer {
            actionsAside += actions.count - outside.count
            (actions, mirrored) = (outside, copied)
        }
        return (actions, ends)
    }
}
