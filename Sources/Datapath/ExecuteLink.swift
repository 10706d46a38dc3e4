import NetDev
import Wire

// Actions on the link layer: VLAN tags, MPLS label stack entries, the Ethernet header itself. The packets are
// writable already. Multi-byte arguments stand as in the frame.

/// Inserts a tag behind the two addresses.
@inline(__always) @_noLocks func pushVLAN(_ batch: ActionBatch, tag: UInt32) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index)
        guard packet.dataLength >= 14, packet.bareType == 0 else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        guard packet.prepend(4) else {
            rejects.noHeadroom |= packetBit(index)
            continue
        }
        let frame = FrameView(packet)
        let first = frame.load64(4), second = frame.load32(12)
        frame.store64(first, 0)
        frame.store32(second, 8)
        frame.store32(tag, 12)
    }
    return rejects
}

/// Removes the outer tag.
@inline(__always) @_noLocks func popVLAN(_ batch: ActionBatch) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard frame.available >= 18, frame.bareType == 0, isVLAN(UInt16(truncatingIfNeeded: frame.number(12))) else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        let first = frame.load64(0), second = frame.load32(8)
        frame.store32(second, 12)
        frame.store64(first, 4)
        batch.packet(index).removeFront(4)
    }
    return rejects
}

/// Inserts a label stack entry in front of the network header and changes the EtherType before it.
@inline(never) @_noLocks func pushMPLS(_ batch: ActionBatch, entry: UInt32, etherType: UInt16) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index)
        guard let header = FrameView(packet).networkHeader() else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        guard packet.prepend(4) else {
            rejects.noHeadroom |= packetBit(index)
            continue
        }
        let frame = FrameView(packet)
        frame.move(from: 4, to: 0, count: header.offset)
        frame.store32(entry, header.offset)
        setEtherType(packet, header.offset, etherType)
    }
    return rejects
}

/// Removes the outermost label stack entry; what follows is `etherType`, or a frame.
@inline(never) @_noLocks func popMPLS(_ batch: ActionBatch, etherType: UInt16) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index), frame = FrameView(packet)
        guard let offset = frame.labelStack() else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        if etherType == BE16(EtherType.transparentEthernetBridging).raw {
            // Only in front of everything a label can stand before a frame.
            guard frame.bareType != 0, frame.available >= 18 else {
                rejects.badPacket |= packetBit(index)
                continue
            }
            packet.removeFront(4)
            packet.setBareType(0)
            continue
        }
        frame.move(from: 0, to: 4, count: offset)
        packet.removeFront(4)
        setEtherType(packet, offset, etherType)
    }
    return rejects
}

/// Writes the EtherType that stands before `offset`, or marks the packet with it when it has no Ethernet header.
@inline(__always) @_noLocks private func setEtherType(_ packet: Mbuf, _ offset: Int, _ etherType: UInt16) {
    let frame = FrameView(packet)
    if frame.bareType != 0 {
        packet.setBareType(BE16(raw: etherType).host)
    } else {
        frame.store16(etherType, offset &- 2)
    }
}

extension FrameView {
    /// Where the outermost label stack entry stands; nil when there is none.
    @inline(__always) @_noLocks func labelStack() -> Int? {
        guard let header = networkHeader(), header.etherType == EtherType.mpls || header.etherType == EtherType.mplsMulticast,
            available >= header.offset &+ 4
        else { return nil }
        return header.offset
    }
}

/// Sets bits of the outermost label stack entry.
@inline(never) @_noLocks func setMPLS(_ batch: ActionBatch, _ entry: UInt32, _ operation: UnsafePointer<UInt64>) {
    // Word 1 is the operation's.
    let mask = unsafe UInt32(truncatingIfNeeded: operation[1])
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let offset = frame.labelStack() else { continue }
        _ = frame.replace32(offset, entry, mask)
    }
}

/// Sets bits of the two addresses.
@inline(__always) @_noLocks func setEthernet(_ batch: ActionBatch, _ operation: UnsafePointer<UInt64>) {
    // Words 1–4 are the operation's.
    let value = unsafe (operation[1], UInt32(truncatingIfNeeded: operation[2]))
    let mask = unsafe (operation[3], UInt32(truncatingIfNeeded: operation[4]))
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard frame.available >= 14, frame.bareType == 0 else { continue }
        _ = frame.replace64(0, value.0, mask.0)
        _ = frame.replace32(8, value.1, mask.1)
    }
}

/// Puts an Ethernet header in front of a packet that has none.
@inline(never) @_noLocks func pushEthernet(_ batch: ActionBatch, _ operation: UnsafePointer<UInt64>) -> Rejects {
    // Words 1 and 2 are the operation's.
    let addresses = unsafe (operation[1], UInt32(truncatingIfNeeded: operation[2]))
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index), type = packet.bareType
        guard type != 0 else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        guard packet.prepend(14) else {
            rejects.noHeadroom |= packetBit(index)
            continue
        }
        let frame = FrameView(packet)
        frame.store64(addresses.0, 0)
        frame.store32(addresses.1, 8)
        frame.store16(BE16(type).raw, 12)
        packet.setBareType(0)
    }
    return rejects
}

/// Removes the Ethernet header with its tags; the packet carries its EtherType as a mark from then on.
@inline(never) @_noLocks func popEthernet(_ batch: ActionBatch) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index), frame = FrameView(packet)
        guard frame.bareType == 0, let header = frame.networkHeader() else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        packet.removeFront(header.offset)
        packet.setBareType(header.etherType)
    }
    return rejects
}
