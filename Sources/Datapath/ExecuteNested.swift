import CDPDK
import Flow
import NetDev

// Actions with lists in them (clone, sample, check_pkt_len), and the copies that they and outputs need.

/// Room for a batch of copies with their keys, on the stack.
@safe struct CopyScratch {
    private var packets: InlineArray<32, Mbuf>
    private var keys: InlineArray<32, UnsafeMutablePointer<FlowKey>>

    /// - Parameter batch: not empty.
    @inline(__always) @_noLocks init(_ batch: ActionBatch) {
        unsafe packets = InlineArray(repeating: batch.packets[0])
        unsafe keys = InlineArray(repeating: batch.keys[0])
    }
    /// Gives `body` an empty batch that takes up to 32 packets.
    @inline(__always) mutating func withBatch(_ body: (inout ActionBatch) -> Void) {
        // The arrays live as long as this call, and have 32 elements each.
        unsafe withUnsafeMutableBytes(of: &packets) { packetBytes in
            unsafe withUnsafeMutableBytes(of: &keys) { keyBytes in
                var batch = unsafe ActionBatch(
                    packets: packetBytes.baseAddress!.assumingMemoryBound(to: Mbuf.self),
                    keys: keyBytes.baseAddress!.assumingMemoryBound(to: UnsafeMutablePointer<FlowKey>.self), count: 0)
                body(&batch)
            }
        }
    }
}

extension ActionBatch {
    /// Adds a packet. The arrays must have room for it.
    @inline(__always) @_noLocks mutating func append(_ packet: Mbuf, _ key: UnsafeMutablePointer<FlowKey>) {
        unsafe packets[count] = packet
        unsafe keys[count] = key
        count &+= 1
    }
}

/// Gives `body` copies of the packets. A copy that the pool has no mbuf for is counted as a drop and left out.
@inline(__always) func withCopies<Sink: ActionSink & ~Copyable>(
    _ batch: ActionBatch, real: Bool, _ sink: inout Sink, _ body: (ActionBatch, inout Sink) -> Void
) {
    var scratch = CopyScratch(batch)
    scratch.withBatch { copies in
        // All indices are below count.
        for index in 0..<batch.count {
            let key = unsafe batch.keys[index]
            if let copy = unsafe copiedPacket(batch.packets[index], real: real, pool: sink.pool) {
                unsafe copies.append(copy, key)
            } else {
                unsafe sink.countDrop(inPort: key.pointee.l0.inPort, .noBuffer)
            }
        }
        if copies.count > 0 { body(copies, &sink) }
    }
}

/// Runs `body`, then gives the keys' metadata back the values that they had.
@inline(__always) func withMetadataKept(_ batch: ActionBatch, _ body: () -> Void) {
    // The body permutes the batch's array of keys, so the pointers are kept here, too. All indices are below count.
    var keys = unsafe InlineArray<32, UnsafeMutablePointer<FlowKey>>(repeating: batch.keys[0])
    var kept = unsafe InlineArray<32, KeyMetadata>(repeating: KeyMetadata(batch.keys[0]))
    for index in 0..<batch.count {
        unsafe keys[index] = batch.keys[index]
        unsafe kept[index] = KeyMetadata(keys[index])
    }
    body()
    for index in 0..<batch.count { unsafe kept[index].restore(keys[index]) }
}

/// Runs the list at `list` on the batch's packets, or on copies of them when the operation is not its list's last.
private func runNested<Sink: ActionSink & ~Copyable>(
    _ list: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    if word.has(.last) { return unsafe execute(list, batch.packets, batch.keys, batch.count, &sink) }
    withCopies(batch, real: word.has(.writtenLater), &sink) { copies, sink in
        withMetadataKept(copies) { unsafe execute(list, copies.packets, copies.keys, copies.count, &sink) }
    }
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
    var scratch = CopyScratch(batch)
    scratch.withBatch { picked in
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
}

/// check_pkt_len: the first list for packets longer than the operand, the second for the others.
@inline(never) func runCheckLength<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    let limit = Int(word.operand)
    var scratch = CopyScratch(batch), others = CopyScratch(batch)
    scratch.withBatch { greater in
        others.withBatch { lessOrEqual in
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
    }
}
