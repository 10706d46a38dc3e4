import CDPDK
import Datapath
import Foundation
import NetDev

/// Packets for tests: DPDK without hugepages, devices or files, started once a process.
enum PacketPool {
    @safe private struct Pool: @unchecked Sendable { let raw: OpaquePointer? }

    private static let pool: Pool = {
        // EAL pins the thread that starts it, so one is made for that.
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            start()
            done.signal()
        }
        thread.start()
        done.wait()
        return unsafe Pool(raw: rte_pktmbuf_pool_create("ofproto-tests", 4_095, 0, 0, 2_176, -1))
    }()

    /// Another suite of this process may have started EAL already; then the status does not matter.
    private static func start() {
        let words = ["ofproto", "--no-huge", "-m", "128", "--no-shconf", "--no-pci", "--no-telemetry", "--log-level=*:error"]
        // EAL keeps the pointers, so the memory is never freed.
        let arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        for (index, word) in words.enumerated() { unsafe (arguments + index).initialize(to: strdup(word)) }
        unsafe (arguments + words.count).initialize(to: nil)
        _ = unsafe rte_eal_init(Int32(words.count), arguments)
    }

    /// A packet with these bytes; nil when there is no pool or it is empty.
    static func packet(_ bytes: [UInt8]) -> DPPacket? {
        guard let pool = unsafe pool.raw, let mbuf = unsafe nt_mbuf_alloc(pool) else { return nil }
        guard let room = unsafe nt_mbuf_append(mbuf, UInt16(bytes.count)) else { return nil }
        unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        return DPPacket(unsafe Mbuf(mbuf))
    }

    /// Packets that are not in the pool.
    static var inUse: Int { unsafe pool.raw.map { unsafe Int(rte_mempool_in_use_count($0)) } ?? 0 }
}
