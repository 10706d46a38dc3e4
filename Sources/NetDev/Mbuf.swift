import CDPDK

/// A packet: DPDK's `struct rte_mbuf`, by address. A handle, not an owner: who owns a packet is told by the
/// batch or the ring that holds it, and exactly one of them does.
@frozen @safe public struct Mbuf: BitwiseCopyable, @unchecked Sendable {
    public let raw: OpaquePointer
    @inlinable @inline(__always) public init(_ raw: OpaquePointer) { unsafe self.raw = raw }

    /// The frame's first byte.
    @inlinable @inline(__always) @unsafe public var data: UnsafeMutableRawPointer { unsafe nt_mbuf_data(raw)! }
    /// Bytes of the frame in its first segment.
    @inlinable @inline(__always) public var dataLength: Int { unsafe Int(nt_mbuf_data_len(raw)) }
    /// Bytes of the whole frame.
    @inlinable @inline(__always) public var length: Int { unsafe Int(nt_mbuf_pkt_len(raw)) }
    /// More than one segment or more than one owner: must not be written to in place.
    @inlinable @inline(__always) public var isShared: Bool { unsafe nt_mbuf_refcnt(raw) != 1 }
    /// The NIC's receive-side-scaling hash, if it computed one.
    @inlinable @inline(__always) public var rssHash: UInt32? { unsafe nt_mbuf_has_rss(raw) ? nt_mbuf_rss(raw) : nil }
    /// Gives the packet back to its pool.
    @inlinable @inline(__always) public func free() { unsafe nt_mbuf_free(raw) }
}
