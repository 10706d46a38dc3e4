import Datapath
import Flow
import OpenFlow
import Wire

/// Copies of the packet that go a way of their own: clones, buckets, and what crosses a patch.
extension Translator {
    /// clone(…). The copy has an action set of its own, which is executed at its end. What ends the copy's way, exit or a pause, ends the packet's as well.
    /// - Parameter source: what the list was compiled from.
    func clone(_ list: [XAction], from source: [OFAction], bridge: Bridge) {
        let set = actionSet
        var ends = false
        isolated {
            actionSet = set
            if let next = run(list, bridge: bridge, from: source) { runTable(next, bridge: bridge) }
            ends = exits
            runActionSet(bridge: bridge)
            if paused != nil { ends = true }
        }
        exits = ends
    }

    /// Runs `body` on what behaves as a copy of the packet: afterwards the packet is what it was. Where setting fields again
    /// would not bring that about, the datapath makes a real copy.
    /// - Parameters:
    ///   - keepsStack: what `body` does to the stack stays.
    ///   - isCopied: the datapath runs what `body` emits on a copy anyway.
    func isolated(keepsStack: Bool = false, isCopied: Bool = false, _ body: () -> Void) {
        let savedFlow = pool.popLast() ?? FlowBuffer(), savedBase = pool.popLast() ?? FlowBuffer()
        savedFlow.copy(from: flow)
        savedBase.copy(from: base)
        let (port, set, exit, irreversible, start) = (inputPort, actionSet, exits, isIrreversible, actions.count)
        let (label, header) = (wasMPLS, encapsulation)
        let savedStack = stack
        actionSet = []
        isIrreversible = false
        body()
        finishFreezing()
        if !keepsStack { stack = savedStack }
        if isCopied {
            base.copy(from: savedBase)
        } else if isIrreversible {
            let copied = Array(actions[start...])
            actions.removeSubrange(start...)
            actionsAside += copied.count
            if !copied.isEmpty { actions.append(.clone(copied)) }
            base.copy(from: savedBase)
        }
        flow.copy(from: savedFlow)
        (inputPort, actionSet, exits, isIrreversible, wasMPLS, encapsulation) = (port, set, exit, irreversible, label, header)
        pool.append(savedFlow)
        pool.append(savedBase)
    }

    /// True if the port takes the packet in.
    func admits(at port: BridgePort) -> Bool {
        if port.choosesByAddress { wildcards.key.l0.dlDst = .broadcast }
        return port.receives(flow.key.l0.dlDst)
    }

    /// The packet arrives at the other end of a patch.
    func arrive(at port: BridgePort) {
        isolated {
            let line = trace?.place
            defer { if let line { trace?.leave(to: line) } }
            if trace != nil { traceBridge(port.bridge) }
            inputPort = port
            flow.key.l0.inPort = UInt32(port.number.number)
            flow.key.l11.metadata = .zero
            flow.key.l11.actsetOutput = Self.noOutput
            flow.key.regs = .zero
            flow.clearTunnel()
            exits = false
            stack = []
            guard attribute(to: "\(port.bridge.name): port \(port.name) takes it in", { admits(at: port) }), !port.bundle.isMirrorOutput else { return }
            // Mirrors are of a bridge, and of what devices receive and send.
            let outerMirrors = mirrored
            mirrored = 0
            defer { mirrored = outerMirrors }
            guard depth < OFProtoLimits.resubmitDepth else { return failure = .tooDeep }
            depth += 1
            let outer = rule
            rule = nil
            runTable(0, bridge: port.bridge)
            if repeats {
                repeats = false
                frozen = [.resubmit(port: nil, table: 0, ct: false)]
            }
            runActionSet(bridge: port.bridge)
            rule = outer
            depth -= 1
        }
    }
}
