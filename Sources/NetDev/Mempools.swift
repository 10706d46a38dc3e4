import CDPDK
import Logging
import Synchronization

/// Who holds packets at one time, for a mempool's size. The defaults suit a machine with a few NIC ports.
public struct MempoolDemand: Hashable, Sendable {
    /// Receive and transmit queues of DPDK devices on one NUMA node, and the descriptors of each.
    public var deviceQueues = 8
    public var descriptors = Limits.defaultDescriptors
    /// Threads that handle packets: PMDs, the kernel I/O thread, the ofproto thread.
    public var threads = 10
    /// Slots of all upcall rings together, and places of packets that wait behind a miss.
    public var upcallSlots = 8 * 1024
    /// Kernel ports (internal, tap, system) that carry traffic at the same time, and transmit rings of each.
    public var kernelPorts = 4
    public var kernelTxRings = 3
    /// Frames that a net_pcap device replays for ever. Such a device gets a pool of its own.
    public var replayedPackets = 0
    /// Packets at most, whatever the sum of the others; nil: no limit. With fewer than could be held, some are dropped and counted in a flood.
    public var limit: Int?
    public init() {}

    /// The same, for at least so many PMDs, in each of which `waiting` packets may wait on the upcall ring and behind misses.
    public func covering(pmds: Int, waiting: Int) -> MempoolDemand {
        var demand = self
        // Beside the PMDs: the kernel I/O thread and the ofproto thread.
        demand.threads = max(threads, pmds + 2)
        demand.upcallSlots = max(upcallSlots, pmds * waiting)
        demand.kernelTxRings = max(kernelTxRings, pmds)
        return demand
    }

    /// What one device asks for that replays `packets` frames.
    static func replaying(_ packets: Int, threads: Int, upcallSlots: Int) -> MempoolDemand {
        var demand = MempoolDemand()
        demand.deviceQueues = 1
        demand.threads = threads
        demand.upcallSlots = upcallSlots
        demand.kernelPorts = 0
        demand.replayedPackets = packets
        return demand
    }

    /// The number of packets of a mempool.
    public var packets: Int { min(held, limit ?? .max) }

    /// One line a holder.
    private var held: Int {
        deviceQueues * descriptors                          // receive descriptors, filled with empty packets
            + deviceQueues * descriptors                    // transmit descriptors, until the device has sent
            + threads * Limits.mempoolCache * 3 / 2         // a thread's cache, which overshoots by half
            + threads * Limits.burst * 4                    // a thread's batches: received, recirculated, cloned, to be sent
            + upcallSlots                                   // misses that wait for the ofproto thread, and packets behind them
            + kernelPorts * Limits.kernelRing               // frames from the kernel that wait for a PMD
            + kernelPorts * kernelTxRings * Limits.kernelRing   // frames for the kernel that wait for the I/O thread
            + 2 * Limits.dummyRing                          // frames at rest in tests' ports and in packet-outs
            + replayedPackets                               // frames that a device replays
            + 2048                                          // slack: fragments held for reassembly, guests' bursts
    }
}

/// A mempool, shared by the ports that fit it. A handle: `Mempools` owns the memory.
@safe public struct Mempool: Hashable, @unchecked Sendable {
    /// DPDK's `struct rte_mempool`.
    public let raw: OpaquePointer
    /// NUMA node.
    public let node: Int
    /// Bytes of a frame that fit in one segment, behind the headroom.
    public let room: Int
    /// Packets in all.
    public let packets: Int

    public static func == (a: Mempool, b: Mempool) -> Bool { unsafe a.raw == b.raw }
    public func hash(into hasher: inout Hasher) { unsafe hasher.combine(raw) }

    /// Packets that are out at this moment; those in threads' caches count as at home.
    public var inUseCount: Int { unsafe Int(rte_mempool_in_use_count(raw)) }
    /// An empty packet; nil when the pool has none left.
    public func allocate() -> Mbuf? {
        guard let packet = unsafe nt_mbuf_alloc(raw) else { return nil }
        return unsafe Mbuf(packet)
    }
}

/// The process's mempools: one per NUMA node and size class, made when a port first needs it; another one when ports come to hold more.
///
/// Owner: the table is guarded by a mutex, since ports may be opened by tests in parallel. A pool whose ports are all closed is
/// kept for the next port; it is freed by `reclaim`, or when another pool lacks memory, and only if every packet is home.
public enum Mempools {
    private struct Entry {
        var pool: Mempool
        var users: Int
        /// Packets that were asked for when it was made.
        var demanded: Int
        /// The pool of one device that replays a capture.
        var isPrivate: Bool
    }
    private static let log = Logger(label: "netdev_dpdk")
    private static let table = Mutex<(entries: [Entry], serial: Int)>(([], 0))

    /// Bytes of a frame that the size class for an MTU holds in one segment: 2048, or the next KiB that fits.
    public static func room(mtu: Int) -> Int {
        let frame = mtu + Limits.frameOverhead
        return frame <= 2048 ? 2048 : (frame + 1023) / 1024 * 1024
    }

    /// A pool for frames of `mtu` on `node` (-1: any), with one user more. Ends with `release`.
    /// With less memory than `demand` asks for, a smaller one that is there is shared, or else the pool gets smaller by halves.
    public static func acquire(mtu: Int, node: Int, demand: MempoolDemand) throws(NetdevError) -> Mempool {
        let room = room(mtu: mtu)
        let node = max(node, 0)
        let pool: Mempool? = table.withLock { table in
            /// A pool that is there and was made for so many packets.
            func share(demanded least: Int) -> Mempool? {
                guard demand.replayedPackets == 0, let index = table.entries.firstIndex(where: {
                    !$0.isPrivate && $0.pool.room == room && $0.pool.node == node && $0.demanded >= least
                }) else { return nil }
                table.entries[index].users += 1
                return table.entries[index].pool
            }
            if let pool = share(demanded: demand.packets) { return pool }
            var packets = max(demand.packets, Limits.leastMempool)
            while packets >= Limits.leastMempool {
                table.serial += 1
                let name = "nt\(table.serial)n\(node)r\(room)"
                let made = make(name, packets: packets, room: room, node: node) ?? {
                    free(&table.entries) ? make(name, packets: packets, room: room, node: node) : nil
                }()
                if let made {
                    if packets < demand.packets {
                        log.warning("a mempool got \(packets) packets of \(room) bytes instead of \(demand.packets): memory is short")
                    }
                    table.entries.append(Entry(pool: made, users: 1, demanded: demand.packets, isPrivate: demand.replayedPackets != 0))
                    return made
                }
                // A pool made for less serves better than another small one.
                if let pool = share(demanded: 0) { return pool }
                packets = packets == Limits.leastMempool ? 0 : max(packets / 2, Limits.leastMempool)
            }
            return nil
        }
        guard let pool else {
            throw NetdevError(.noMemory, "no memory for \(Limits.leastMempool) packets of \(room) bytes on NUMA node \(node)")
        }
        return pool
    }

    /// One user less.
    public static func release(_ pool: Mempool) {
        table.withLock { table in
            guard let index = table.entries.firstIndex(where: { $0.pool == pool }) else { return }
            table.entries[index].users -= 1
        }
    }

    /// Frees the pools that no port uses and whose packets are all home.
    public static func reclaim() { table.withLock { _ = free(&$0.entries) } }

    /// Packets that are out, over all pools: the same before and after when nothing leaks.
    public static var inUseCount: Int { table.withLock { $0.entries.reduce(0) { $0 + $1.pool.inUseCount } } }

    /// All pools, for `netdev-dpdk/get-mempool-info` and for tests.
    public static var all: [Mempool] { table.withLock { $0.entries.map(\.pool) } }

    private static func make(_ name: String, packets: Int, room: Int, node: Int) -> Mempool? {
        // The pool's data room includes the headroom that every packet starts with.
        guard let raw = unsafe rte_pktmbuf_pool_create(
            name, UInt32(packets), UInt32(Limits.mempoolCache), 0, UInt16(room + Int(RTE_PKTMBUF_HEADROOM)), Int32(node))
        else { return nil }
        return unsafe Mempool(raw: raw, node: node, room: room, packets: packets)
    }

    /// Whether anything was freed.
    private static func free(_ entries: inout [Entry]) -> Bool {
        let idle = entries.filter { $0.users == 0 && $0.pool.inUseCount == 0 }
        entries.removeAll { entry in idle.contains { $0.pool == entry.pool } }
        for entry in idle { unsafe rte_mempool_free(entry.pool.raw) }
        return !idle.isEmpty
    }
}
