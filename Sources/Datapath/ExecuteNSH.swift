import NetDev
import Wire

// Actions on what stands in front of a packet instead of an Ethernet header: the Network Service Header (RFC 8300) and label stack entries. A packet
// without an Ethernet header carries its EtherType as a mark. The packets are writable already.

/// Puts a Network Service Header in front of the packet, be it a frame or not.
@inline(never) @_noLocks func pushNSH(_ batch: ActionBatch, _ word: ActionWord, _ operation: UnsafePointer<UInt64>) -> Rejects {
    let length = Int(word.operand)
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index)
        guard packet.prepend(UInt16(truncatingIfNeeded: length)) else {
            rejects.noHeadroom |= packetBit(index)
            continue
        }
        let frame = FrameView(packet)
        // The operation has a word for each eight bytes of the header, the last one half used if the length asks for it.
        var at = 0
        while at &+ 8 <= length {
            unsafe frame.store64(operation[1 &+ at / 8], at)
            at &+= 8
        }
        if at < length { unsafe frame.store32(UInt32(truncatingIfNeeded: operation[1 &+ at / 8]), at) }
        packet.setBareType(EtherType.nsh)
    }
    return rejects
}

/// Takes the header off a packet that begins with it; what it says comes next is what the packet is then.
@inline(never) @_noLocks func popNSH(_ batch: ActionBatch) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard frame.bareType == EtherType.nsh, let length = frame.serviceHeader(at: 0), let next = innerType(frame.byte(3)),
            next != 0 || frame.available >= length &+ 14
        else {
            rejects.badPacket |= packetBit(index)
            continue
        }
        batch.packet(index).removeFront(length)
        batch.packet(index).setBareType(next)
    }
    return rejects
}

/// The EtherType behind a header with this next protocol, 0 for an Ethernet frame (RFC 8300, section 2.2); nil: unknown.
@inline(__always) @_noLocks private func innerType(_ nextProtocol: UInt8) -> UInt16? {
    switch nextProtocol {
    case 1: EtherType.ipv4
    case 2: EtherType.ipv6
    case 3: 0
    case 4: EtherType.nsh
    case 5: EtherType.mpls
    default: nil
    }
}

/// Sets bits of the header, if the packet has one.
@inline(never) @_noLocks func setNSH(_ batch: ActionBatch, _ operation: UnsafePointer<UInt64>) {
    // Words 1–6 are the operation's.
    let base = unsafe (operation[1], operation[2])
    let contexts = unsafe (operation[3], operation[4], operation[5], operation[6])
    for index in 0..<batch.count {
        let frame = batch.frame(index)
        guard let header = frame.networkHeader(), header.etherType == EtherType.nsh, let length = frame.serviceHeader(at: header.offset) else { continue }
        _ = frame.replace64(header.offset, base.0, base.1)
        guard length == 24, frame.byte(header.offset &+ 2) == 1 else { continue }
        _ = frame.replace64(header.offset &+ 8, contexts.0, contexts.1)
        _ = frame.replace64(header.offset &+ 16, contexts.2, contexts.3)
    }
}

/// Puts a label stack entry in front of the packet, be it a frame or not.
@inline(never) @_noLocks func addMPLS(_ batch: ActionBatch, entry: UInt32, etherType: UInt16) -> Rejects {
    var rejects = Rejects()
    for index in 0..<batch.count {
        let packet = batch.packet(index)
        guard packet.prepend(4) else {
            rejects.noHeadroom |= packetBit(index)
            continue
        }
        FrameView(packet).store32(entry, 0)
        packet.setBareType(BE16(raw: etherType).host)
    }
    return rejects
}

extension FrameView {
    /// The length of a Network Service Header; nil: there is none, or it is cut.
    @inline(__always) @_noLocks fileprivate func serviceHeader(at offset: Int) -> Int? {
        guard available >= offset &+ 8 else { return nil }
        let length = (number(offset) & 0x3f) &* 4
        return length >= 8 && available >= offset &+ length ? length : nil
    }
}
