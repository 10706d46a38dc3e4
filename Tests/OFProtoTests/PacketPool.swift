import CDPDK
import Datapath
import NetDev
import TestSupport

/// Packets for tests, from a pool that all suites here share.
enum PacketPool {
    @safe private struct Pool: @unchecked Sendable { let raw: OpaquePointer? }

    private static let pool: Pool = {
        guard case .success = TestEAL.started else { return unsafe Pool(raw: nil) }
        return unsafe Pool(raw: rte_pktmbuf_pool_create("ofproto-tests", 4_095, 0, 0, 2_176, -1))
    }()

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
