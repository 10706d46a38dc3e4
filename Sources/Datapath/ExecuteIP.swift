import NetDev
import Wire

// Masked sets of the IPv4 and IPv6 headers. The packets are writable already; a packet without the header, or
// with a damaged one, stays as it is.

/// Operand: TOS, TTL, their masks, a byte each. Words: addresses, their mask.
@inline(__always) @_noLocks func setIPv4(_ batch: ActionBatch, _ operand: UInt32, _ operation: UnsafePointer<UInt64>) {
    // Words 1 and 2 are the operation's.
    let addresses = unsafe operation[1], addressMask = unsafe operation[2]
    // TOS is the second byte of the header's first word, TTL the first byte of its fifth.
    let tos = UInt16(truncatingIfNeeded: operand & 0xff) &<< 8, tosMask = UInt16(truncatingIfNeeded: operand &>> 8 & 0xff00)
    let ttl = UInt16(truncatingIfNeeded: operand &>> 8 & 0xff), ttlMask = UInt16(truncatingIfNeeded: operand &>> 24)
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let header = frame.networkHeader(), header.etherType == EtherType.ipv4, let layer = frame.ipv4(header.offset)
        else { continue }
        let address = frame.replace64(layer.offset &+ 12, addresses, addressMask)
        let first = frame.replace16(layer.offset, tos, tosMask), fifth = frame.replace16(layer.offset &+ 8, ttl, ttlMask)
        var delta = UInt64(~first.old) &+ UInt64(first.new) &+ UInt64(~fifth.old) &+ UInt64(fifth.new)
        if address.old != address.new {
            let change = sumDelta(BE64(raw: address.old), BE64(raw: address.new))
            frame.adjustPseudoHeader(layer, change, isIPv6: false)
            delta = addSums(delta, change)
        } else if first.old == first.new, fifth.old == fifth.new {
            continue
        }
        frame.adjustChecksum(layer.offset &+ 10, delta, isUDP: false)
    }
}

/// Operand: hop limit and its mask, a byte each. Words: source, destination, their masks, version to flow label.
@inline(never) @_noLocks func setIPv6(_ batch: ActionBatch, _ operand: UInt32, _ operation: UnsafePointer<UInt64>) {
    // Words 1–9 are the operation's.
    let first = unsafe operation[9]
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let header = frame.networkHeader(), header.etherType == EtherType.ipv6, let layer = frame.ipv6(header.offset)
        else { continue }
        let at = layer.offset
        _ = frame.replace32(at, UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first &>> 32))
        _ = frame.replace8(at &+ 7, UInt8(truncatingIfNeeded: operand), UInt8(truncatingIfNeeded: operand &>> 8))
        let source = unsafe setAddress(frame, at &+ 8, operation + 1)
        let destination = unsafe setAddress(frame, at &+ 24, operation + 3)
        // With segments left, the pseudo header has the last segment's address instead.
        let change = layer.isRouted ? source : addSums(source, destination)
        if change != 0 { frame.adjustPseudoHeader(layer, change, isIPv6: true) }
    }
}

/// Sets bits of an IPv6 address: two words at `words`, their masks four words on. Returns what that adds to a
/// checksum's sum; 0: nothing changed.
@inline(__always) @_noLocks private func setAddress(_ frame: FrameView, _ offset: Int, _ words: UnsafePointer<UInt64>) -> UInt64 {
    // Within the nine words of a setIPv6.
    let upper = unsafe frame.replace64(offset, words[0], words[4])
    let lower = unsafe frame.replace64(offset &+ 8, words[1], words[5])
    if upper.old == upper.new, lower.old == lower.new { return 0 }
    return addSums(sumDelta(BE64(raw: upper.old), BE64(raw: upper.new)), sumDelta(BE64(raw: lower.old), BE64(raw: lower.new)))
}
