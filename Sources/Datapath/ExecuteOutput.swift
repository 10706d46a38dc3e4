import CDPDK
import Flow
import NetDev
import Wire

// Actions that hand packets over as they are: output, userspace, recirculation.

/// Sends the packets, or copies of them when the list goes on.
func outputPackets<Sink: ActionSink & ~Copyable>(_ batch: ActionBatch, _ word: ActionWord, _ sink: inout Sink) {
    if word.has(.last) { return unsafe sink.output(batch.packets, batch.keys, batch.count, port: word.operand) }
    let arena = sink.arena
    var copies = arena.take()
    defer { arena.giveBack() }
    copyPackets(batch, real: word.has(.writtenLater), into: &copies, &sink)
    if copies.count == 0 { return }
    unsafe sink.output(copies.packets, copies.keys, copies.count, port: word.operand)
}

/// Sends packets, or copies of them, that are at most `length` bytes long. The packets themselves are not cut when the list
/// goes on.
func outputCut<Sink: ActionSink & ~Copyable>(_ batch: ActionBatch, _ word: ActionWord, length: Int, _ sink: inout Sink) {
    let arena = sink.arena
    var cut = arena.take()
    defer { arena.giveBack() }
    for index in 0..<batch.count {
        let packet = batch.packet(index)
        if let short = unsafe shortened(packet, length, word, sink.pool) {
            // index < batch.count
            unsafe cut.append(short, batch.keys[index])
        } else if word.has(.last) {
            sink.drop(packet, inPort: batch.inPort(index), .noBuffer)
        } else {
            sink.countDrop(inPort: batch.inPort(index), .noBuffer)
        }
    }
    if cut.count > 0 { unsafe sink.output(cut.packets, cut.keys, cut.count, port: word.operand) }
}

/// A packet of at most `length` bytes with the beginning of `packet`: itself if it is the list's last chance and nobody else
/// holds it, else a copy. When the list ends here, `packet` is used up unless the result is nil (the pool is empty).
@_noLocks func shortened(_ packet: Mbuf, _ length: Int, _ word: ActionWord, _ pool: OpaquePointer) -> Mbuf? {
    let excess = packet.length &- length
    if excess <= 0 {
        return word.has(.last) ? packet : unsafe copiedPacket(packet, real: word.has(.writtenLater), pool: pool)
    }
    let last = word.has(.last)
    if last, unsafe nt_mbuf_is_plain(packet.raw) {
        // One segment: its length is the packet's, 16 bits, and longer than `excess`.
        _ = unsafe nt_mbuf_trim(packet.raw, UInt16(truncatingIfNeeded: excess))
        return packet
    }
    guard let copy = unsafe nt_mbuf_copy_head(packet.raw, pool, UInt32(truncatingIfNeeded: length)) else { return nil }
    if last { packet.free() }
    return unsafe Mbuf(copy)
}

/// Hands the packets, or copies of them, to the ofproto thread. The keys are extracted anew, since the frame may have
/// changed; metadata stays. The operand is the greatest length, 0 for all.
@inline(never) func upcallPackets<Sink: ActionSink & ~Copyable>(
    _ batch: ActionBatch, _ word: ActionWord, userdata: UInt64, _ sink: inout Sink
) {
    let length = word.operand == 0 ? Int.max : Int(word.operand)
    for index in 0..<batch.count {
        let packet = batch.packet(index)
        // index < count
        let key = unsafe batch.keys[index]
        let lines = unsafe extractAgain(packet, key, vlanLimit: sink.vlanLimit)
        if let short = unsafe shortened(packet, length, word, sink.pool) {
            unsafe sink.upcall(short, key: key, lines: lines, userdata: userdata)
        } else if word.has(.last) {
            sink.drop(packet, inPort: batch.inPort(index), .noBuffer)
        } else {
            sink.countDrop(inPort: batch.inPort(index), .noBuffer)
        }
    }
}

/// Writes the frame's present fields into the key and keeps its metadata.
@_noLocks private func extractAgain(_ packet: Mbuf, _ key: UnsafeMutablePointer<FlowKey>, vlanLimit: Int) -> FlowLines {
    // The frame's first segment is readable; line 0 is 64 bytes, of which bytes 4–27 are metadata.
    let raw = UnsafeMutableRawPointer(key)
    let metadata = unsafe KeyMetadata(key)
    let conntrack = unsafe raw.loadUnaligned(fromByteOffset: 20, as: UInt64.self)
    let inPort = unsafe key.pointee.l0.inPort
    let lines = packet.bareType == 0
        ? unsafe extractFlow(packet.data, packet.dataLength, inPort: inPort, vlanLimit: vlanLimit, into: key)
        : unsafe extractFlowL3(packet.data, packet.dataLength, etherType: BE16(packet.bareType), inPort: inPort, into: key)
    unsafe metadata.restore(key)
    unsafe raw.storeBytes(of: conntrack, toByteOffset: 20, as: UInt64.self)
    return lines
}

/// Sends the packets, or copies of them, through the datapath again under the recirculation id in the operand.
func recirculatePackets<Sink: ActionSink & ~Copyable>(_ batch: ActionBatch, _ word: ActionWord, _ sink: inout Sink) {
    if word.has(.last) {
        setRecircID(batch, word.operand)
        return unsafe sink.recirculate(batch.packets, batch.keys, batch.count)
    }
    let arena = sink.arena
    var copies = arena.take()
    defer { arena.giveBack() }
    copyPackets(batch, real: word.has(.writtenLater), into: &copies, &sink)
    if copies.count == 0 { return }
    let metadata = KeptMetadata(copies)
    setRecircID(copies, word.operand)
    unsafe sink.recirculate(copies.packets, copies.keys, copies.count)
    metadata.restore()
}

@inline(__always) @_noLocks private func setRecircID(_ batch: ActionBatch, _ id: UInt32) {
    // All indices are below count.
    for index in 0..<batch.count { unsafe batch.keys[index].pointee.l0.recircID = id }
}
