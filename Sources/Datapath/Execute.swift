import CDPDK
import Flow
import NetDev

/// Runs a compiled program on packets that the caller owns and gives up: each ends in exactly one place of the sink,
/// and so does every copy that an action makes. Packets without a place to go are dropped with the reason `action`.
///
/// A copy is a second reference unless a later action writes to the packet; a packet with other holders is copied
/// before it is written to, so that nobody's bytes change under him.
/// - Parameters:
///   - program: what `compileActions` made.
///   - packets: `count` packets; the array is scratch.
///   - keys: the packets' keys, one each; the array is permuted. Actions write metadata to them (recircID, dpHash,
///     skbPriority, pktMark) and leave fields of the frame as they are: whoever wants those after an action extracts again,
///     as recirculation does and `userspace` does here.
///   - count: at most `ActionLimits.batch`.
public func execute<Sink: ActionSink & ~Copyable>(
    _ program: UnsafePointer<UInt64>, _ packets: UnsafeMutablePointer<Mbuf>,
    _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int, _ sink: inout Sink
) {
    precondition(count >= 0 && count <= ActionLimits.batch)
    var batch = unsafe ActionBatch(packets: packets, keys: keys, count: count)
    var operation = unsafe program
    while batch.count > 0 {
        // The compiler wrote every list with its lengths and an end marker, so each read is inside the program.
        let word = unsafe ActionWord(raw: operation.pointee)
        let next = unsafe operation + word.words
        if word.opcode == ActionOpcode.end.rawValue { return discard(batch, word, &sink) }
        if word.opcode <= ActionOpcode.checkLength.rawValue {
            unsafe deliver(operation, word, batch, &sink)
            if word.has(.last) { return }
        } else if word.opcode <= ActionOpcode.setMark.rawValue {
            unsafe changeMetadata(operation, word, &batch, &sink)
        } else {
            if !word.has(.writable) { batch.makeWritable(&sink) }
            unsafe changeFrame(operation, word, &batch, &sink)
        }
        unsafe operation = next
    }
}

/// The operations that take packets or copies of them.
@inline(__always) private func deliver<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: ActionBatch, _ sink: inout Sink
) {
    switch word.opcode {
    case ActionOpcode.output.rawValue: outputPackets(batch, word, &sink)
    case ActionOpcode.outputCut.rawValue:
        unsafe outputCut(batch, word, length: Int(UInt32(truncatingIfNeeded: operation[1])), &sink)
    case ActionOpcode.userspace.rawValue: unsafe upcallPackets(batch, word, userdata: operation[1], &sink)
    case ActionOpcode.recirculate.rawValue: recirculatePackets(batch, word, &sink)
    case ActionOpcode.clone.rawValue: unsafe runClone(operation, word, batch, &sink)
    case ActionOpcode.sample.rawValue: unsafe runSample(operation, word, batch, &sink)
    default: unsafe runCheckLength(operation, word, batch, &sink)
    }
}

/// The operations that change keys, or only count.
@inline(__always) private func changeMetadata<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: inout ActionBatch, _ sink: inout Sink
) {
    switch word.opcode {
    case ActionOpcode.meter.rawValue: chargeMeter(&batch, word.operand, &sink)
    case ActionOpcode.hash.rawValue: hashPackets(batch, symmetric: unsafe operation[1] != 0, basis: word.operand)
    case ActionOpcode.setPriority.rawValue:
        let mask = unsafe UInt32(truncatingIfNeeded: operation[1])
        // All indices are below count.
        for index in 0..<batch.count {
            unsafe batch.keys[index].pointee.l0.skbPriority = batch.keys[index].pointee.l0.skbPriority & ~mask | word.operand
        }
    default:
        let mask = unsafe UInt32(truncatingIfNeeded: operation[1])
        // All indices are below count.
        for index in 0..<batch.count {
            unsafe batch.keys[index].pointee.l0.pktMark = batch.keys[index].pointee.l0.pktMark & ~mask | word.operand
        }
    }
}

/// The operations that change bytes.
@inline(__always) private func changeFrame<Sink: ActionSink & ~Copyable>(
    _ operation: UnsafePointer<UInt64>, _ word: ActionWord, _ batch: inout ActionBatch, _ sink: inout Sink
) {
    var rejects = Rejects()
    // Each operation reads as many words as the compiler wrote for it.
    switch word.opcode {
    case ActionOpcode.pushVLAN.rawValue: rejects = pushVLAN(batch, tag: word.operand)
    case ActionOpcode.popVLAN.rawValue: rejects = popVLAN(batch)
    case ActionOpcode.setEthernet.rawValue: unsafe setEthernet(batch, operation)
    case ActionOpcode.setIPv4.rawValue: unsafe setIPv4(batch, word.operand, operation)
    case ActionOpcode.setTCP.rawValue: unsafe setTCP(batch, word.operand, operation)
    case ActionOpcode.setUDP.rawValue: unsafe setUDP(batch, word.operand, operation)
    case ActionOpcode.setIPv6.rawValue: unsafe setIPv6(batch, word.operand, operation)
    case ActionOpcode.setSCTP.rawValue: unsafe setSCTP(batch, word.operand, operation)
    case ActionOpcode.setICMP.rawValue: setICMP(batch, word.operand)
    case ActionOpcode.setARP.rawValue: unsafe setARP(batch, operation)
    case ActionOpcode.setND.rawValue: unsafe setND(batch, operation)
    case ActionOpcode.setNDExtensions.rawValue: unsafe setNDExtensions(batch, word.operand, operation)
    case ActionOpcode.setMPLS.rawValue: unsafe setMPLS(batch, word.operand, operation)
    case ActionOpcode.pushMPLS.rawValue:
        rejects = unsafe pushMPLS(batch, entry: word.operand, etherType: UInt16(truncatingIfNeeded: operation[1]))
    case ActionOpcode.popMPLS.rawValue: rejects = popMPLS(batch, etherType: UInt16(truncatingIfNeeded: word.operand))
    case ActionOpcode.addMPLS.rawValue: rejects = unsafe addMPLS(batch, entry: word.operand, etherType: UInt16(truncatingIfNeeded: operation[1]))
    case ActionOpcode.pushNSH.rawValue: rejects = unsafe pushNSH(batch, word, operation)
    case ActionOpcode.popNSH.rawValue: rejects = popNSH(batch)
    case ActionOpcode.setNSH.rawValue: unsafe setNSH(batch, operation)
    case ActionOpcode.pushEthernet.rawValue: rejects = unsafe pushEthernet(batch, operation)
    default: rejects = popEthernet(batch)
    }
    let rejected = rejects.badPacket | rejects.noHeadroom
    if rejected != 0 { batch.reject(rejected, .badPacket, noHeadroom: rejects.noHeadroom, &sink) }
}

/// The end of a list with packets left: a drop, unless they have been sent somewhere before.
@inline(never) private func discard<Sink: ActionSink & ~Copyable>(_ batch: ActionBatch, _ word: ActionWord, _ sink: inout Sink) {
    // All indices are below count.
    for index in 0..<batch.count {
        unsafe discardPacket(batch.packets[index], batch.keys[index], delivered: word.has(.delivered), &sink)
    }
}

/// Gives up one packet.
@inline(__always) func discardPacket<Sink: ActionSink & ~Copyable>(
    _ packet: Mbuf, _ key: UnsafeMutablePointer<FlowKey>, delivered: Bool, _ sink: inout Sink
) {
    if delivered { packet.free() } else { unsafe sink.drop(packet, inPort: key.pointee.l0.inPort, .action) }
}

private func chargeMeter<Sink: ActionSink & ~Copyable>(_ batch: inout ActionBatch, _ meter: UInt32, _ sink: inout Sink) {
    var refused: UInt32 = 0
    for index in 0..<batch.count where !sink.meterAdmits(meter, length: batch.packet(index).length) {
        refused |= packetBit(index)
    }
    if refused != 0 { batch.reject(refused, .meter, &sink) }
}
