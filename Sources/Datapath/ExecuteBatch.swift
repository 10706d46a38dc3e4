import CDPDK
import Flow
import NetDev

/// The packets that a list of actions works on, with their keys. Packets leave it when an action cannot be
/// carried out on them.
///
/// Owner: the running `execute`. Memory: the two arrays belong to the caller; `packets[0..<count]` are owned packets.
@safe struct ActionBatch {
    let packets: UnsafeMutablePointer<Mbuf>
    let keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>
    var count: Int

    @inline(__always) @_noLocks init(
        packets: UnsafeMutablePointer<Mbuf>, keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, count: Int
    ) {
        unsafe self.packets = packets
        unsafe self.keys = keys
        self.count = count
    }
    /// The packet at `index`, which is below `count`.
    @inline(__always) @_noLocks func packet(_ index: Int) -> Mbuf { unsafe packets[index] }
    /// The beginning of the packet at `index`, which is below `count`.
    @inline(__always) @_noLocks func frame(_ index: Int) -> FrameView { FrameView(packet(index)) }
    /// The port that the packet at `index`, which is below `count`, came in by.
    @inline(__always) @_noLocks func inPort(_ index: Int) -> UInt32 { unsafe keys[index].pointee.l0.inPort }

    /// Drops the packets whose bits are set in `rejected` (those in `noHeadroom` under that name) and closes the gaps.
    /// The key pointers are permuted, none is lost.
    @inline(never) mutating func reject<Sink: ActionSink & ~Copyable>(
        _ rejected: UInt32, _ reason: DropReason, noHeadroom: UInt32 = 0, _ sink: inout Sink
    ) {
        var kept = 0
        for index in 0..<count {
            let packet = packet(index), mask = packetBit(index)
            if rejected & mask != 0 {
                sink.drop(packet, inPort: inPort(index), noHeadroom & mask != 0 ? .noHeadroom : reason)
                continue
            }
            // kept ≤ index < count: both arrays have room.
            unsafe packets[kept] = packet
            let key = unsafe keys[index]
            unsafe keys[index] = keys[kept]
            unsafe keys[kept] = key
            kept &+= 1
        }
        count = kept
    }

    /// Makes every packet the only holder of its bytes, with its headers in the first segment: a packet that is shared
    /// or scattered is replaced by a copy, or dropped when the pool is empty.
    @inline(__always) mutating func makeWritable<Sink: ActionSink & ~Copyable>(_ sink: inout Sink) {
        var others: UInt32 = 0
        for index in 0..<count where !packet(index).isPlain { others |= packetBit(index) }
        if others != 0 { separate(others, &sink) }
    }

    @inline(never) private mutating func separate<Sink: ActionSink & ~Copyable>(_ others: UInt32, _ sink: inout Sink) {
        var failed: UInt32 = 0
        for index in 0..<count where others & packetBit(index) != 0 {
            let packet = packet(index)
            if unsafe nt_mbuf_is_exclusive(packet.raw), packet.dataLength >= Swift.min(packet.length, headerReach) { continue }
            if let copy = unsafe nt_mbuf_copy(packet.raw, sink.pool) {
                // index < count
                unsafe packets[index] = Mbuf(copy)
                packet.free()
            } else {
                failed |= packetBit(index)
            }
        }
        if failed != 0 { reject(failed, .noBuffer, &sink) }
    }
}

extension Mbuf {
    /// The only holder of bytes in one segment.
    var isPlain: Bool { @inline(__always) @_noLocks get { unsafe nt_mbuf_is_plain(raw) } }
    /// The EtherType, in host order, of a packet without an Ethernet header; 0 for a frame.
    var bareType: UInt16 { @inline(__always) @_noLocks get { unsafe nt_mbuf_bare_type(raw) } }
    @inline(__always) @_noLocks func setBareType(_ etherType: UInt16) { unsafe nt_mbuf_set_bare_type(raw, etherType) }
    /// Makes room in front of the frame; false: there is none.
    @inline(__always) @_noLocks func prepend(_ length: UInt16) -> Bool { unsafe nt_mbuf_prepend(raw, length) != nil }
    /// Takes bytes off the front; the first segment has more.
    @inline(__always) @_noLocks func removeFront(_ length: Int) { _ = unsafe nt_mbuf_adj(raw, UInt16(truncatingIfNeeded: length)) }
}

/// Headers are sought in the first so many bytes; a first segment that is shorter than this (and than the frame) is
/// joined with the next ones.
private var headerReach: Int { @inline(__always) @_noLocks get { 256 } }

/// The bit of the packet at `index`.
@inline(__always) @_noLocks func packetBit(_ index: Int) -> UInt32 { 1 &<< UInt32(truncatingIfNeeded: index) }

/// The packets that an action could not be carried out on, as bits.
struct Rejects {
    /// The action does not fit the frame.
    var badPacket: UInt32 = 0
    /// There is no room in front of the frame.
    var noHeadroom: UInt32 = 0
    @inline(__always) @_noLocks init() {}
}

/// The metadata of a key that actions change: it is put back when a copy has run through other actions.
struct KeyMetadata {
    // Offsets 4–19 of line 0: recircID, dpHash, skbPriority, pktMark.
    var words: (UInt64, UInt64)

    @inline(__always) @_noLocks init(_ key: UnsafeMutablePointer<FlowKey>) {
        // Line 0 is 64 bytes.
        let raw = UnsafeRawPointer(key)
        words = unsafe (raw.loadUnaligned(fromByteOffset: 4, as: UInt64.self), raw.loadUnaligned(fromByteOffset: 12, as: UInt64.self))
    }
    @inline(__always) @_noLocks func restore(_ key: UnsafeMutablePointer<FlowKey>) {
        // Line 0 is 64 bytes.
        let raw = UnsafeMutableRawPointer(key)
        unsafe raw.storeBytes(of: words.0, toByteOffset: 4, as: UInt64.self)
        unsafe raw.storeBytes(of: words.1, toByteOffset: 12, as: UInt64.self)
    }
}

/// A copy of `packet`: a second reference to it, or a packet of its own with the same bytes; nil when the pool is empty.
@inline(__always) @_noLocks func copiedPacket(_ packet: Mbuf, real: Bool, pool: OpaquePointer) -> Mbuf? {
    if real {
        guard let copy = unsafe nt_mbuf_copy(packet.raw, pool) else { return nil }
        return unsafe Mbuf(copy)
    }
    unsafe nt_mbuf_ref(packet.raw)
    return packet
}
