import Flow
import NetDev
import Wire

/// Writes dp_hash of every packet into its key. It is never zero, depends on the frame's present bytes, and is the same
/// for all packets of a connection: addresses, protocol and, but for fragments, ports. Without IP it depends on `basis` alone.
/// - Parameter symmetric: both directions of a connection have one hash.
@inline(never) @_noLocks func hashPackets(_ batch: ActionBatch, symmetric: Bool, basis: UInt32) {
    for index in 0..<batch.count {
        let hash = connectionHash(batch.frame(index), symmetric: symmetric, basis: basis)
        // index < count
        unsafe batch.keys[index].pointee.l0.dpHash = hash == 0 ? 1 : hash
    }
}

@inline(__always) @_noLocks private func connectionHash(_ frame: FrameView, symmetric: Bool, basis: UInt32) -> UInt32 {
    guard let header = frame.networkHeader() else { return finishHash(UInt64(basis)) }
    let layer: NetworkLayer
    var source: (UInt64, UInt64), destination: (UInt64, UInt64)
    if header.etherType == EtherType.ipv4, let found = frame.ipv4(header.offset) {
        layer = found
        source = (UInt64(frame.load32(found.offset &+ 12)), 0)
        destination = (UInt64(frame.load32(found.offset &+ 16)), 0)
    } else if header.etherType == EtherType.ipv6, let found = frame.ipv6(header.offset) {
        layer = found
        source = (frame.load64(found.offset &+ 8), frame.load64(found.offset &+ 16))
        destination = (frame.load64(found.offset &+ 24), frame.load64(found.offset &+ 32))
    } else {
        return finishHash(UInt64(basis))
    }
    var ports: (UInt64, UInt64) = (0, 0)
    if hasPorts(layer.proto), !layer.isFragment, frame.hasTransport(layer, 4) {
        ports.0 = UInt64(frame.load16(layer.transport))
        ports.1 = UInt64(frame.load16(layer.transport &+ 2))
    }
    // The ends of the connection, each as one number; a symmetric hash does not see which is which.
    var near = mixed(mixed(source.0 ^ 0x9E37, source.1), ports.0), far = mixed(mixed(destination.0 ^ 0x9E37, destination.1), ports.1)
    if symmetric, near > far { swap(&near, &far) }
    // Mixing alone does not tell the state from the word, so one of them is mixed once more.
    return finishHash(mixed(mixed(mixed(near, UInt64(layer.proto)), far), UInt64(basis)))
}

@inline(__always) @_noLocks private func hasPorts(_ proto: UInt8) -> Bool {
    proto == IPProtocol.tcp || proto == IPProtocol.udp || proto == IPProtocol.sctp
}

/// Adds a word to a hash state (a multiplication and a fold, by the golden ratio).
@inline(__always) @_noLocks private func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    return (product ^ product &>> 32) &+ 0x85EB_CA6B
}
