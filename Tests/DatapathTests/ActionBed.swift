import CDPDK
import Flow
import Foundation
import Glibc
import NetDev
import Synchronization
import TestSupport
@testable import Datapath

/// Numbers the beds' pools, whose names must differ.
private let poolNumber = Atomic<Int>(0)

/// A mempool of its own, packets from it and a count of what is out.
@safe struct ActionBed: ~Copyable {
    let pool: OpaquePointer

    init(mbufs: Int = 511) {
        precondition((try? TestEAL.started.get()) != nil, "EAL does not start")
        let number = poolNumber.add(1, ordering: .relaxed).newValue
        unsafe pool = rte_pktmbuf_pool_create("actions\(number)", UInt32(mbufs), 0, 0, 2048 + 128, SOCKET_ID_ANY)!
    }
    deinit { unsafe rte_mempool_free(pool) }

    var inUse: Int { unsafe Int(rte_mempool_in_use_count(pool)) }

    /// A packet with these bytes, the segments being at most `segment` bytes long. Room around the frame is filled with 0xa5.
    func packet(_ bytes: [UInt8], segment: Int = 2048, headroom: Int = 128) -> Mbuf {
        let head = unsafe nt_mbuf_alloc(pool)!
        unsafe fill(head)
        // Without bytes the frame's place may be moved freely.
        unsafe _ = nt_mbuf_append(head, 256)
        if headroom > 128 { unsafe _ = nt_mbuf_adj(head, UInt16(headroom - 128)) }
        if headroom < 128 { unsafe _ = nt_mbuf_prepend(head, UInt16(128 - headroom)) }
        unsafe _ = nt_mbuf_trim(head, nt_mbuf_data_len(head))
        var rest = bytes[...], first = true
        while first || !rest.isEmpty {
            let part = rest.prefix(segment)
            rest = rest.dropFirst(part.count)
            let target: OpaquePointer
            if first { unsafe target = head } else { unsafe target = nt_mbuf_alloc(pool)!; unsafe fill(target) }
            let place = unsafe nt_mbuf_append(target, UInt16(part.count))!
            for (index, byte) in part.enumerated() { unsafe place.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
            if !first { unsafe precondition(rte_pktmbuf_chain(head, target) == 0) }
            first = false
        }
        return unsafe Mbuf(head)
    }

    private func fill(_ mbuf: OpaquePointer) {
        // An empty mbuf: its room is head- and tailroom.
        let start = unsafe nt_mbuf_data(mbuf)! - Int(nt_mbuf_headroom(mbuf))
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0xa5, count: Int(nt_mbuf_headroom(mbuf)) + Int(nt_mbuf_tailroom(mbuf)))
    }
}

extension Mbuf {
    /// The bytes of all segments.
    var allBytes: [UInt8] {
        var bytes: [UInt8] = [], segment: OpaquePointer? = unsafe raw
        while let current = unsafe segment {
            unsafe bytes += Array(UnsafeRawBufferPointer(start: nt_mbuf_data(current), count: Int(nt_mbuf_data_len(current))))
            unsafe segment = nt_mbuf_next(current)
        }
        return bytes
    }
    /// The bytes of the first segment's buffer in front of and behind the frame.
    var surroundings: [UInt8] {
        let headroom = unsafe Int(nt_mbuf_headroom(raw)), tailroom = unsafe Int(nt_mbuf_tailroom(raw))
        return unsafe Array(UnsafeRawBufferPointer(start: data - headroom, count: headroom))
            + Array(UnsafeRawBufferPointer(start: data + dataLength, count: tailroom))
    }
}

/// A sink that keeps what it gets, with the bytes at the moment of getting it.
@safe struct Recorder: ActionSink {
    struct Sent {
        var place: Place
        var bytes: [UInt8]
        var packet: Mbuf
        var recircID: UInt32 = 0, dpHash: UInt32 = 0, pktMark: UInt32 = 0, skbPriority: UInt32 = 0
        var key = FlowKey()
        var lines = FlowLines(rawValue: 0)
        var reason: DropReason?
        var inPort: UInt32 = 0
    }
    enum Place: Hashable { case output(UInt32), upcall(UInt64), recirculation(UInt32), drop }

    let pool: OpaquePointer
    /// Frees the room for copies together with the last recorder that has it.
    final class Room {
        let arena = CopyArena()
        deinit { arena.deallocate() }
    }
    private let room = Room()
    var arena: CopyArena { room.arena }
    var sent: [Sent] = []
    var missedCopies = 0
    var charged: [(meter: UInt32, length: Int)] = []
    /// Packets longer than this are not admitted by any meter.
    var meterLimit = Int.max
    var state: UInt64
    init(_ pool: OpaquePointer, seed: UInt64 = 1) { unsafe self.pool = pool; state = seed }

    mutating func output(_ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int, port: UInt32) {
        for index in 0..<count { unsafe record(packets[index], .output(port)) }
    }
    mutating func upcall(_ packet: Mbuf, key: UnsafeMutablePointer<FlowKey>, lines: FlowLines, userdata: UInt64) {
        record(packet, .upcall(userdata))
        unsafe note(key.pointee, lines)
    }
    mutating func recirculate(_ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int) {
        for index in 0..<count {
            unsafe record(packets[index], .recirculation(keys[index].pointee.l0.recircID))
            unsafe note(keys[index].pointee, .l0)
            // A sink may use the keys as it likes.
            unsafe keys[index].pointee.l0.pktMark = 0xdead
        }
    }
    mutating func drop(_ packet: Mbuf, inPort: UInt32, _ reason: DropReason) {
        record(packet, .drop)
        sent[sent.count - 1].reason = reason
        sent[sent.count - 1].inPort = inPort
    }
    mutating func countDrop(inPort: UInt32, _ reason: DropReason) { missedCopies += 1 }
    mutating func meterAdmits(_ meter: UInt32, length: Int) -> Bool {
        charged.append((meter, length))
        return length <= meterLimit
    }
    mutating func random() -> UInt32 { UInt32(truncatingIfNeeded: splitMix64(&state)) }

    private mutating func record(_ packet: Mbuf, _ place: Place) { sent.append(Sent(place: place, bytes: packet.allBytes, packet: packet)) }
    private mutating func note(_ key: FlowKey, _ lines: FlowLines) {
        let last = sent.count - 1
        sent[last].recircID = key.l0.recircID
        sent[last].dpHash = key.l0.dpHash
        sent[last].pktMark = key.l0.pktMark
        sent[last].skbPriority = key.l0.skbPriority
        sent[last].key = key
        sent[last].lines = lines
        sent[last].inPort = key.l0.inPort
    }

    /// What was got, by place, in order.
    func frames(_ place: Place) -> [[UInt8]] { sent.filter { $0.place == place }.map(\.bytes) }
    var dropReasons: [DropReason] { sent.compactMap(\.reason) }

    /// Frees everything. True if every packet still had the bytes with which it came.
    mutating func release() -> Bool {
        var same = true
        for one in sent {
            if one.packet.allBytes != one.bytes { same = false }
        }
        for one in sent { one.packet.free() }
        sent = []
        return same
    }
}

/// Runs actions on packets that came in by port 5, each with a key of its own.
func run(_ actions: [DPAction], on packets: [Mbuf], _ recorder: inout Recorder) throws {
    let words = try compileActions(actions, for: .once)
    // The arrays have room for a full batch, and are freed at the end.
    let program = UnsafeMutablePointer<UInt64>.allocate(capacity: words.count)
    let array = UnsafeMutablePointer<Mbuf>.allocate(capacity: 32)
    let keys = UnsafeMutablePointer<FlowKey>.allocate(capacity: 32)
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>.allocate(capacity: 32)
    defer {
        unsafe program.deallocate()
        unsafe array.deallocate()
        unsafe keys.deallocate()
        unsafe pointers.deallocate()
    }
    for (index, word) in words.enumerated() { unsafe program[index] = word }
    for (index, packet) in packets.enumerated() {
        var key = FlowKey()
        key.l0.inPort = 5
        unsafe (keys + index).initialize(to: key)
        unsafe pointers[index] = keys + index
        unsafe array[index] = packet
    }
    unsafe execute(program, array, pointers, packets.count, &recorder)
}
