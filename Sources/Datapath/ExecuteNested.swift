import CDPDK
import Flow
import NetDev

// Actions with lists in them (clone, sample, check_pkt_len), and the copies that they and outputs need.

/// Room for a batch of copies with their keys, on the stack. It is passed on by `&`, and used during that call only.
@safe struct CopyScratch {
    fileprivate var packets: InlineArray<32, Mbuf>
    fileprivate var keys: InlineArray<32, UnsafeMutablePointer<FlowKey>>

    /// - Parameter batch: not empty.
    @inline(__always) @_noLocks init(_ batch: ActionBatch) {
        unsafe packets = InlineArray(repeating: batch.packets[0])
        unsafe keys = InlineArray(repeating: batch.keys[0])
    }
}

extension ActionBatch {
    /// An empty batch with room for 32 packets.
    @inline(__always) @_noLocks init(empty scratch: UnsafeMutablePointer<CopyScratch>) {
        // Two arrays of 32 words, one behind the other.
        let raw = UnsafeMutableRawPointer(scratch)
        unsafe self.init(
            packets: raw.assumingMemoryBound(to: Mbuf.self),
            keys: (raw + 32 * MemoryLayout<Mbuf>.stride).assumingMemoryBound(to: UnsafeMutablePointer<FlowKey>.self), count: 0)
    }
    /// Adds a packet. The arrays must have room for it.
    @inline(__always) @_noLocks mutating func append(_ packet: Mbuf, _ key: UnsafeMutablePointer<FlowKey>) {
        unsafe packets[count] = packet
        unsafe keys[count] = key
        count &+= 1
    }
    /// Copies of another batch's packets. A copy that the pool has no mbuf for is counted as a drop and left out.
    @inline(__always) init<Sink: ActionSink & ~Copyable>(
        _ scratch: UnsafeMutablePointer<CopyScratch>, copying batch: ActionBatch, real: Bool, _ sink: inout Sink
    ) {
        unsafe self.init(empty: scratch)
        for index in 0..<batch.count {
            if let copy = unsafe copiedPacket(batch.packet(index), real: real, pool: sink.pool) {
                // index < batch.count
                unsafe append(copy, batch.keys[index])
            } else {
                sink.countDrop(inPort: batch.inPort(index), .noBuffer)
            }
        }
    }
}

/// The keys' metadata, to be put back when copies with the same keys have gone their way.
@safe struct KeptMetadata {
    private var keys: InlineArray<32, UnsafeMutablePointer<FlowKey>>
    private var kept: InlineArray<32, KeyMetadata>

    /// - Parameter batch: not empty. Its array of keys may be permuted afterwards.
    @inline(__always) @_noLocks init(_ batch: ActionBatch) {
        // All indices are below count.
        unsafe keys = InlineArray(repeating: batch.keys[0])
        unsafe kept = InlineArray(repeating: KeyMetadata(batch.keys[0]))
        for index in 0..<batch.count {
            unsafe keys[index] = batch.keys[index]
            unsafe kept[index] = KeyMetadata(batch.keys[index])
        }
    }
    /// - Parameter count: the batch's count at `init`.
    @inline(__always) @_noLocks func restore(_ count: Int) {
        // The keys are the PMD's, and alive.
        for index in 0..<count { unsafe kept[index].restore(keys[index]) }
    }
}

/// Runs the list at `list` on the batch's packets, or on copies of them when the operation is not its list's last.
private func runNested<Sink: ActionSink & ~Copyable>(
    _ list: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    if word.has(.last) { return unsafe execute(list, batch.packets, batch.keys, batch.count, &sink) }
    var scratch = CopyScratch(batch)
    unsafe runNestedOnCopies(&scratch, list, word, batch, &sink)
}

private func runNestedOnCopies<Sink: ActionSink & ~Copyable>(
    _ scratch: UnsafeMutablePointer<CopyScratch>, _ list: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    let copies = unsafe ActionBatch(scratch, copying: batch, real: word.has(.writtenLater), &sink)
    if copies.count == 0 { return }
    let metadata = KeptMetadata(copies)
    unsafe execute(list, copies.packets, copies.keys, copies.count, &sink)
    metadata.restore(copies.count)
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
    var scratch = CopyScratch(batch)
    unsafe samplePackets(&scratch, operation, word, batch, &sink)
}

private func samplePackets<Sink: ActionSink & ~Copyable>(
    _ scratch: UnsafeMutablePointer<CopyScratch>, _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    let probability = word.operand
    var picked = unsafe ActionBatch(empty: scratch)
    for index in 0..<batch.count {
        // index < count
        let key = unsafe batch.keys[index]
        if probability != 0, sink.random() <= probability {
            unsafe picked.append(batch.packet(index), key)
        } else if word.has(.last) {
            unsafe discardPacket(batch.packet(index), key, delivered: word.has(.delivered), &sink)
        }
    }
    if picked.count > 0 { unsafe runNested(operation + 1, word, picked, &sink) }
}

/// check_pkt_len: the first list for packets longer than the operand, the second for the others.
@inline(never) func runCheckLength<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    var longer = CopyScratch(batch), others = CopyScratch(batch)
    unsafe splitByLength(&longer, &others, operation, word, batch, &sink)
}

private func splitByLength<Sink: ActionSink & ~Copyable>(
    _ longer: UnsafeMutablePointer<CopyScratch>, _ others: UnsafeMutablePointer<CopyScratch>,
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    let limit = Int(word.operand)
    var greater = unsafe ActionBatch(empty: longer), lessOrEqual = unsafe ActionBatch(empty: others)
    for index in 0..<batch.count {
        // index < count
        let packet = batch.packet(index), key = unsafe batch.keys[index]
        if packet.length > limit { unsafe greater.append(packet, key) } else { unsafe lessOrEqual.append(packet, key) }
    }
    // Word 1 is the second list's place.
    if greater.count > 0 { unsafe runNested(operation + 2, word, greater, &sink) }
    if lessOrEqual.count > 0 { unsafe runNested(operation + Int(operation[1]), word, lessOrEqual, &sink) }
}
