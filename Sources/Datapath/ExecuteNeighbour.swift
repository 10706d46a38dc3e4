import NetDev
import Wire

// Masked sets of ARP and of IPv6 Neighbour Discovery. The packets are writable already; a packet without the
// header, or with a damaged one, stays as it is.

/// Words 1–3: bytes 6–13, 14–21 and 20–27 of the header; words 4–6: their masks.
@inline(never) @_noLocks func setARP(_ batch: ActionBatch, _ operation: UnsafePointer<UInt64>) {
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let offset = frame.arp() else { continue }
        // Words 1–6 are the operation's.
        _ = unsafe frame.replace64(offset &+ 6, operation[1], operation[4])
        _ = unsafe frame.replace64(offset &+ 14, operation[2], operation[5])
        _ = unsafe frame.replace64(offset &+ 20, operation[3], operation[6])
    }
}

extension FrameView {
    /// ARP or RARP for Ethernet and IPv4, whole (RFC 826).
    @inline(__always) @_noLocks fileprivate func arp() -> Int? {
        guard let header = networkHeader(), header.etherType == EtherType.arp || header.etherType == EtherType.rarp,
            available >= header.offset &+ 28
        else { return nil }
        // Hardware type 1, protocol 0x0800, address lengths 6 and 4.
        let offset = header.offset
        return number(offset) == 1 && number(offset &+ 2) == Int(EtherType.ipv4) && number(offset &+ 4) == 0x0604 ? offset : nil
    }
}

/// Words 1–2: target, 3–4: its mask, 5–6: source link-layer address and its mask, 7–8: target link-layer address
/// and its mask. An address whose option is missing is not set.
@inline(never) @_noLocks func setND(_ batch: ActionBatch, _ operation: UnsafePointer<UInt64>) {
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let layer = frame.neighbourDiscovery() else { continue }
        let at = layer.transport
        var delta: UInt64 = 0
        // Words 1–8 are the operation's.
        for half in 0..<2 {
            let (old, new) = unsafe frame.replace64(at &+ 8 &+ half &* 8, operation[1 &+ half], operation[3 &+ half])
            if old != new { delta = addSums(delta, sumDelta(BE64(raw: old), BE64(raw: new))) }
        }
        delta = unsafe addSums(delta, setNDOptions(frame, layer, operation))
        if delta != 0 { frame.adjustChecksum(at &+ 2, delta, isUDP: false) }
    }
}

/// The reserved word; word 1: its mask; word 2: the type that the first option with a link-layer address gets, and its mask.
@inline(never) @_noLocks func setNDExtensions(_ batch: ActionBatch, _ reserved: UInt32, _ operation: UnsafePointer<UInt64>) {
    // Words 1–2 are the operation's.
    let mask = unsafe UInt32(truncatingIfNeeded: operation[1]), type = unsafe operation[2]
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let layer = frame.neighbourDiscovery() else { continue }
        let at = layer.transport
        let (old, new) = frame.replace32(at &+ 4, reserved, mask)
        var delta = old == new ? 0 : sumDelta(BE32(raw: old), BE32(raw: new))
        if type >> 8 != 0, let option = frame.linkLayerOption(layer) {
            // The type is the first of the two bytes.
            let (old, new) = frame.replace16(option, UInt16(truncatingIfNeeded: type & 0xff), UInt16(truncatingIfNeeded: type >> 8))
            if old != new { delta = addSums(delta, sumDelta(BE16(raw: old), BE16(raw: new))) }
        }
        if delta != 0 { frame.adjustChecksum(at &+ 2, delta, isUDP: false) }
    }
}

extension FrameView {
    /// A Neighbour Solicitation or Advertisement (RFC 4861, sections 4.3 and 4.4), without its options whole.
    @inline(__always) @_noLocks fileprivate func neighbourDiscovery() -> NetworkLayer? {
        guard let header = networkHeader(), header.etherType == EtherType.ipv6, let layer = ipv6(header.offset),
            layer.proto == IPProtocol.icmpv6, hasTransport(layer, 24), byte(layer.transport) == 135 || byte(layer.transport) == 136,
            byte(layer.transport &+ 1) == 0
        else { return nil }
        return layer
    }

    /// Where the first option with a link-layer address begins (RFC 4861, section 4.6.1).
    @inline(__always) @_noLocks fileprivate func linkLayerOption(_ layer: NetworkLayer) -> Int? {
        var offset = 24
        // Each turn goes at least eight bytes on.
        while hasTransport(layer, offset &+ 8) {
            let at = layer.transport &+ offset, size = Int(byte(at &+ 1)) &* 8
            if size == 0 { return nil }
            if size == 8, byte(at) == 1 || byte(at) == 2 { return at }
            offset &+= size
        }
        return nil
    }
}

/// Sets the link-layer addresses in the options (RFC 4861, section 4.6.1). Returns what that adds to the checksum's sum.
@inline(__always) @_noLocks private func setNDOptions(_ frame: FrameView, _ layer: NetworkLayer, _ operation: UnsafePointer<UInt64>) -> UInt64 {
    var delta: UInt64 = 0, offset = 24
    // Each turn goes at least eight bytes on.
    while frame.hasTransport(layer, offset &+ 8) {
        let at = layer.transport &+ offset, size = Int(frame.byte(at &+ 1)) &* 8
        if size == 0 { break }
        let type = frame.byte(at)
        if size == 8, type == 1 || type == 2 {
            let words = unsafe operation + (type == 1 ? 5 : 7)
            // Type and length stand before the address in the option's eight bytes.
            let (old, new) = unsafe frame.replace64(at, words[0] &<< 16, words[1] &<< 16)
            if old != new { delta = addSums(delta, sumDelta(BE64(raw: old), BE64(raw: new))) }
        }
        offset &+= size
    }
    return delta
}
