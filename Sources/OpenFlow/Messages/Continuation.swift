/// What a packet that `controller(pause)` stops has before it still (ovs-actions(7), "controller"). The controller gets it with the packet, and gives
/// it back to let the packet go on (NXT_RESUME). Registers, metadata and the like are in the message beside it.
public struct Continuation: Hashable, Sendable {
    /// The bridge in which the packet is; its number is another one each time that a bridge is made.
    public var bridge: UInt128
    /// push:… and pop:…; the top comes last.
    public var stack: [StackValue]
    /// What is to be done when it goes on: the rest of the actions of each table, from the innermost to the outermost. `unrollTranslation` says whose those
    /// behind it are. No `gotoTable` nor `writeMetadata`.
    public var actions: [OFAction]
    /// What tables have written so far, in that order.
    public var actionSet: [OFAction]
    public init(bridge: UInt128, stack: [StackValue] = [], actions: [OFAction] = [], actionSet: [OFAction] = []) {
        (self.bridge, self.stack, self.actions, self.actionSet) = (bridge, stack, actions, actionSet)
    }
}

/// Bits that push:… has put onto the stack.
public struct StackValue: Hashable, Sendable {
    public var value: UInt128
    /// 1 to 16; the value fits.
    public var bytes: Int
    public init(value: UInt128, bytes: Int) { (self.value, self.bytes) = (value, bytes) }
}
