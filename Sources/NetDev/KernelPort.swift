import CDPDK
import Glibc
import LockFree
import Synchronization

/// Counters of a kernel port. Writer: the kernel I/O thread; readers: any thread.
final class KernelCounters: Sendable {
    let rxPackets = Atomic<UInt64>(0), rxBytes = Atomic<UInt64>(0), rxErrors = Atomic<UInt64>(0), rxDropped = Atomic<UInt64>(0)
    let txPackets = Atomic<UInt64>(0), txBytes = Atomic<UInt64>(0), txErrors = Atomic<UInt64>(0), txDropped = Atomic<UInt64>(0)

    /// The values at this moment, each for itself.
    var snapshot: NetdevStats {
        var stats = NetdevStats()
        stats.rxPackets = rxPackets.load(ordering: .relaxed)
        stats.rxBytes = rxBytes.load(ordering: .relaxed)
        stats.rxErrors = rxErrors.load(ordering: .relaxed)
        stats.rxDropped = rxDropped.load(ordering: .relaxed)
        stats.txPackets = txPackets.load(ordering: .relaxed)
        stats.txBytes = txBytes.load(ordering: .relaxed)
        stats.txErrors = txErrors.load(ordering: .relaxed)
        stats.txDropped = txDropped.load(ordering: .relaxed)
        return stats
    }
}

extension Atomic where Value == UInt64 {
    /// For a counter with one writer.
    func count(_ more: Int = 1) { store(load(ordering: .relaxed) &+ UInt64(truncatingIfNeeded: more), ordering: .relaxed) }
}

/// The kernel's side of a port: moves frames between a file descriptor and the port's rings.
///
/// Owner: the kernel I/O thread, from `KernelIO.add` to `KernelIO.remove`; before and after, whoever made it.
@safe final class KernelPort: @unchecked Sendable {
    enum Kind: Sendable { case tap, packetSocket }
    let kind: Kind
    let fd: Int32
    let counters: KernelCounters
    private let pool: Mempool
    private let rxRing: SPSCRing<Mbuf>
    private let txRings: [SPSCRing<Mbuf>]
    /// A large frame, or one that nobody can take: the pool's room first, then what does not fit in there.
    private let scratch: UnsafeMutableRawBufferPointer

    init(_ kind: Kind, fd: Int32, pool: Mempool, rings: RingQueues, counters: KernelCounters) {
        self.kind = kind
        self.fd = fd
        self.pool = pool
        self.counters = counters
        rxRing = rings.rx[0]
        txRings = rings.tx
        unsafe scratch = .allocate(byteCount: Limits.largeFrame + pool.room, alignment: 64)
    }
    deinit { unsafe scratch.deallocate() }

    /// Whether a PMD has left packets to be sent.
    var hasWork: Bool { txRings.contains { !$0.isEmpty } }

    /// Sends at most a burst from each ring; whether there was anything.
    func transmit() -> Bool {
        var worked = false
        for ring in txRings {
            for _ in 0..<Limits.burst {
                guard let packet = ring.pop() else { break }
                worked = true
                write(packet)
                packet.free()
            }
        }
        return worked
    }

    private func write(_ packet: Mbuf) {
        // The kernel copies the bytes during the call.
        let sent = unsafe kind == .tap ? nt_tap_write(fd, packet.raw) : nt_packet_write(fd, packet.raw)
        if sent >= 0 {
            counters.txPackets.count()
            counters.txBytes.count(packet.length)
        } else if [EAGAIN, ENOBUFS].contains(Int32(-sent)) {
            counters.txDropped.count()
        } else {
            // An interface that is down, a frame that is too long for it.
            counters.txErrors.count()
        }
    }

    /// Reads at most a burst of frames. False when the descriptor will never give a frame again.
    /// - Parameter broken: epoll has reported an error.
    func receive(broken: Bool) -> Bool {
        for round in 0..<Limits.burst {
            let packet = pool.allocate()
            var info = nt_frame_info()
            let length = read(packet, &info)
            if length < 0 {
                packet?.free()
                switch Int32(-length) {
                case EAGAIN: return !(broken && round == 0)
                case EBADF, EBADFD, ENODEV: return false
                case EINTR, ENETDOWN: continue
                default: counters.rxErrors.count()
                }
            } else if let packet {
                accept(packet, length, info)
            } else if !info.outgoing {
                counters.rxDropped.count()
            }
        }
        return true
    }

    /// Reads a frame: its first bytes into the packet, what does not fit there into `scratch` behind the pool's room.
    /// Without a packet all goes to `scratch`. Returns the frame's length, or a negated errno.
    private func read(_ packet: Mbuf?, _ info: inout nt_frame_info) -> Int {
        // A packet of the pool has `room` bytes behind its headroom, `scratch` has the room and a large frame.
        guard let base = unsafe scratch.baseAddress else { return -Int(EBADF) }
        let data = unsafe packet?.data ?? base
        let more = unsafe base + pool.room
        return unsafe kind == .tap
            ? nt_tap_read(fd, data, pool.room, more, Limits.largeFrame)
            : nt_packet_read(fd, data, pool.room, more, Limits.largeFrame, &info)
    }

    /// Takes the packet, whose first bytes have been read.
    private func accept(_ packet: Mbuf, _ length: Int, _ info: nt_frame_info) {
        let large = info.gso_type & ~UInt8(VIRTIO_NET_HDR_GSO_ECN) != UInt8(VIRTIO_NET_HDR_GSO_NONE)
        if info.outgoing {
            packet.free()
        } else if length < 14 || info.truncated || (length > pool.room && !large) {
            counters.rxErrors.count()
            packet.free()
        } else if large {
            segment(packet, length, info)
            packet.free()
        } else {
            // `length` is at most the room.
            _ = unsafe nt_mbuf_append(packet.raw, UInt16(length))
            let needsChecksum = info.flags & UInt8(VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0
            if needsChecksum, !packet.completeChecksum(start: Int(info.csum_start), offset: Int(info.csum_offset)) {
                counters.rxErrors.count()
                packet.free()
            } else {
                _ = deliver(packet, info)
            }
        }
    }

    /// Puts a whole frame on the receive ring, or drops it. False when there was no room.
    private func deliver(_ packet: Mbuf, _ info: nt_frame_info) -> Bool {
        let tagged = !info.has_vlan || packet.insertVLAN(tpid: info.vlan_tpid, tci: info.vlan_tci)
        let length = packet.length
        guard tagged, rxRing.push(packet) else {
            counters.rxDropped.count()
            packet.free()
            return false
        }
        counters.rxPackets.count()
        counters.rxBytes.count(length)
        return true
    }

    /// Cuts a large frame, of which `first` has the first bytes, into packets.
    private func segment(_ first: Mbuf, _ length: Int, _ info: nt_frame_info) {
        let kind: Segmentation.Kind? = switch Int32(info.gso_type) & ~VIRTIO_NET_HDR_GSO_ECN {
        case VIRTIO_NET_HDR_GSO_TCPV4: .tcp4
        case VIRTIO_NET_HDR_GSO_TCPV6: .tcp6
        case Int32(NT_GSO_UDP_L4): .udp
        default: nil
        }
        guard let kind, let base = unsafe scratch.baseAddress else { return counters.rxErrors.count() }
        // The first bytes join the others in `scratch`, which has room for the pool's room and a large frame.
        unsafe base.copyMemory(from: first.data, byteCount: min(length, pool.room))
        let frame = unsafe Span<UInt8>(_unsafeElements: UnsafeRawBufferPointer(start: base, count: length).bindMemory(to: UInt8.self))
        guard let plan = Segmentation(frame, kind: kind, size: Int(info.gso_size)),
            plan.headerLength + plan.size <= pool.room
        else { return counters.rxErrors.count() }
        for index in 0..<plan.count {
            guard let packet = pool.allocate() else { return counters.rxDropped.count(plan.count - index) }
            packet.withAppended(plan.length(index)) { plan.write(index, of: frame, to: &$0) }
            guard deliver(packet, info) else { return counters.rxDropped.count(plan.count - index - 1) }
        }
    }
}
