import NetDev
import Wire

// Masked sets of the TCP, UDP, SCTP, ICMP and ICMPv6 headers. The packets are writable already; a packet
// without the header, or with a damaged one, stays as it is. Ports are source and destination in one word.

@inline(__always) @_noLocks func setTCP(_ batch: ActionBatch, _ ports: UInt32, _ operation: UnsafePointer<UInt64>) {
    let mask = unsafe UInt32(truncatingIfNeeded: operation[1])
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let layer = frame.transport(IPProtocol.tcp, 20) else { continue }
        let (old, new) = frame.replace32(layer.transport, ports, mask)
        if old != new { frame.adjustChecksum(layer.transport &+ 16, sumDelta(BE32(raw: old), BE32(raw: new)), isUDP: false) }
    }
}

@inline(__always) @_noLocks func setUDP(_ batch: ActionBatch, _ ports: UInt32, _ operation: UnsafePointer<UInt64>) {
    let mask = unsafe UInt32(truncatingIfNeeded: operation[1])
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let layer = frame.transport(IPProtocol.udp, 8) else { continue }
        let (old, new) = frame.replace32(layer.transport, ports, mask)
        if old != new { frame.adjustChecksum(layer.transport &+ 6, sumDelta(BE32(raw: old), BE32(raw: new)), isUDP: true) }
    }
}

/// A checksum that was wrong stays wrong by the same bits, as with the other protocols.
@inline(never) @_noLocks func setSCTP(_ batch: ActionBatch, _ ports: UInt32, _ operation: UnsafePointer<UInt64>) {
    let mask = unsafe UInt32(truncatingIfNeeded: operation[1])
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        // A first fragment holds only a part of what its CRC covers, and not its length.
        guard let layer = frame.transport(IPProtocol.sctp, 12), !layer.isFragment else { continue }
        let (old, new) = frame.replace32(layer.transport, ports, mask)
        if old == new { continue }
        let change = crc32cChange(UInt32(littleEndian: old ^ new), length: layer.payload)
        // The CRC stands with its lowest byte first (RFC 9260, section 6.8).
        frame.store32(frame.load32(layer.transport &+ 8) ^ change.littleEndian, layer.transport &+ 8)
    }
}

/// ICMP over IPv4 and ICMPv6. Operand: type, code, their masks, a byte each.
@inline(never) @_noLocks func setICMP(_ batch: ActionBatch, _ operand: UInt32) {
    let value = UInt16(truncatingIfNeeded: operand), mask = UInt16(truncatingIfNeeded: operand &>> 16)
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let layer = frame.icmp() else { continue }
        let (old, new) = frame.replace16(layer.transport, value, mask)
        if old != new { frame.adjustChecksum(layer.transport &+ 2, sumDelta(BE16(raw: old), BE16(raw: new)), isUDP: false) }
    }
}

extension FrameView {
    /// ICMP over IPv4 with its 8 bytes, or ICMPv6 with its 4.
    @inline(__always) @_noLocks fileprivate func icmp() -> NetworkLayer? {
        guard let header = networkHeader() else { return nil }
        if header.etherType == EtherType.ipv4, let layer = ipv4(header.offset), layer.proto == IPProtocol.icmp, hasTransport(layer, 8) {
            return layer
        }
        if header.etherType == EtherType.ipv6, let layer = ipv6(header.offset), layer.proto == IPProtocol.icmpv6, hasTransport(layer, 4) {
            return layer
        }
        return nil
    }
}
