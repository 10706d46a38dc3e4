import CDPDK
import Flow
import NetDev

// Actions with lists in them (clone, sample, check_pkt_len), and the copies that they and outputs need.

extension ActionBatch {
    /// Adds a packet. The arrays must have room for it.
    @inline(__always) @_noLocks mutating func append(_ packet: Mbuf, _ key: UnsafeMutablePointer<FlowKey>) {
        unsafe packets[count] = packet
        unsafe keys[count] = key
        count &+= 1
    }
}

/// Adds copies of the packets to `copies`. A copy that the pool has no mbuf for is counted as a drop and left out.
@inline(__always) func copyPackets<Sink: ActionSink & ~Copyable>(
    _ batch: ActionBatch, real: Bool, into copies: inout ActionBatch, _ sink: inout Sink
) {
    // All indices are below count.
    for index in 0..<batch.count {
        let key = unsafe batch.keys[index]
        if let copy = unsafe copiedPacket(batch.packets[index], real: real, pool: sink.pool) {
            unsafe copies.append(copy, key)
        } else {
            unsafe sink.countDrop(inPort: key.pointee.l0.inPort, .noBuffer)
        }
    }
}

/// The metadata of a batch's keys, to be given back after something has changed them.
@safe struct KeptMetadata {
    private var keys: InlineArray<32, UnsafeMutablePointer<FlowKey>>
    private var kept: InlineArray<32, KeyMetadata>
    private let count: Int

    /// - Parameter batch: not empty. Its array of keys may be permuted afterwards, so the pointers are kept, too.
    @inline(__always) @_noLocks init(_ batch: ActionBatch) {
        unsafe keys = InlineArray(repeating: batch.keys[0])
        unsafe kept = InlineArray(repeating: KeyMetadata(batch.keys[0]))
        count = batch.count
        // All indices are below count.
        for index in 0..<count {
            unsafe keys[index] = batch.keys[index]
            unsafe kept[index] = KeyMetadata(keys[index])
        }
    }

    @inline(__always) @_noLocks func restore() {
        // All indices are below count.
        for index in 0..<count { unsafe kept[index].restore(keys[index]) }
    }
}

/// Runs the list at `list` on the batch's packets, or on copies of them when the operation is not its list's last.
private func runNested<Sink: ActionSink & ~Copyable>(
    _ list: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    if word.has(.last) { return unsafe execute(list, batch.packets, batch.keys, batch.count, &sink) }
    let arena = sink.arena
    var copies = arena.take()
    defer { arena.giveBack() }
    copyPackets(batch, real: word.has(.writtenLater), into: &copies, &sink)
    if copies.count == 0 { return }
    let metadata = KeptMetadata(copies)
    unsafe execute(list, copies.packets, copies.keys, copies.count, &sink)
    metadata.restore()
}

/// clone: the list after the header word.
@inline(never) func runClone<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    unsafe runNested(operation + 1, word, batch, &sink)
}

/// sample: the list after the header word, for the packets that chance picks.
@inline(never) func runSample<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    let probability = word.operand
    let arena = sink.arena
    var picked = arena.take()
    defer { arena.giveBack() }
    // All indices are below count.
    for index in 0..<batch.count {
        let packet = unsafe batch.packets[index]
        let key = unsafe batch.keys[index]
        if probability != 0, sink.random() <= probability {
            unsafe picked.append(packet, key)
        } else if word.has(.last) {
            unsafe discardPacket(packet, key, delivered: word.has(.delivered), &sink)
        }
    }
    if picked.count > 0 { unsafe runNested(operation + 1, word, picked, &sink) }
}

/// check_pkt_len: the first list for packets longer than the operand, the second for the others.
@inline(never) func runCheckLength<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    let limit = Int(word.operand)
    let arena = sink.arena
    var greater = arena.take(), lessOrEqual = arena.take()
    defer {
        arena.giveBack()
        arena.giveBack()
    }
    // All indices are below count.
    for index in 0..<batch.count {
        let packet = unsafe batch.packets[index]
        if packet.length > limit {
            unsafe greater.append(packet, batch.keys[index])
        } else {
            unsafe lessOrEqual.append(packet, batch.keys[index])
        }
    }
    // Word 1 is the second list's place.
    if greater.count > 0 { unsafe runNested(operation + 2, word, greater, &sink) }
    if lessOrEqual.count > 0 { unsafe runNested(operation + Int(operation[1]), word, lessOrEqual, &sink) }
}
