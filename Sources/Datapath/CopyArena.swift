import Flow
import NetDev

/// Room for batches that exist while an action runs (copies, samples), taken and given back like a stack.
///
/// Owner: the thread whose sink has it. Memory: made at `init`, 16 bytes a packet and level; freed by `deallocate`.
@safe public struct CopyArena: BitwiseCopyable, @unchecked Sendable {
    private let level: UnsafeMutablePointer<Int>
    private let packets: UnsafeMutablePointer<Mbuf>
    private let keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>

    /// A list of actions takes at most three batches a level (the two parts of a check_pkt_len and the copies of one), and one for an output in
    /// the innermost list. It may be one that runs once; each recirculation begins anew with a megaflow's.
    private static var levels: Int { ActionLimits.onceNesting * 3 + 1 + (ActionLimits.nesting * 3 + 1) * Limits.recirculationDepth }

    public init() {
        unsafe level = .allocate(capacity: 1)
        unsafe level.initialize(to: 0)
        unsafe packets = .allocate(capacity: Self.levels * ActionLimits.batch)
        unsafe keys = .allocate(capacity: Self.levels * ActionLimits.batch)
    }

    /// An empty batch with room for `ActionLimits.batch` packets.
    @_noLocks func take() -> ActionBatch {
        let place = unsafe level.pointee
        precondition(place < Self.levels)
        unsafe level.pointee = place + 1
        return unsafe ActionBatch(packets: packets + place * ActionLimits.batch, keys: keys + place * ActionLimits.batch, count: 0)
    }

    /// The batch that was taken last is not used any more.
    @_noLocks func giveBack() { unsafe level.pointee -= 1 }

    /// Frees the memory. Nobody may use it again.
    public func deallocate() {
        unsafe level.deallocate()
        unsafe packets.deallocate()
        unsafe keys.deallocate()
    }
}
