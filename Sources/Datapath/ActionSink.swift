import Flow
import NetDev

/// What the executor of actions asks of the thread that runs it. A PMD is one; a test's recorder is another.
/// Arrays are `count` (≤ 32) packets; `keys[i]` is the key of `packets[i]`: its metadata is up to date with what actions
/// did to it, the fields of the frame are those of the last extraction. Arrays and keys may be reused when the call returns.
public protocol ActionSink: ~Copyable {
    /// Takes the packets; they leave by `port` in this order.
    mutating func output(_ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int, port: UInt32)
    /// Takes the packet; it goes to the ofproto thread with its key, freshly extracted. `lines` are those that extraction
    /// wrote; lines of metadata (tunnel, conntrack) are the sink's to add.
    mutating func upcall(_ packet: Mbuf, key: UnsafeMutablePointer<FlowKey>, lines: FlowLines, userdata: UInt64)
    /// Takes the packets; each is extracted and looked up again with the recirculation id, dp_hash and other
    /// metadata that its key holds. A packet without an Ethernet header is told by `nt_mbuf_bare_type`.
    mutating func recirculate(_ packets: UnsafeMutablePointer<Mbuf>, _ keys: UnsafeMutablePointer<UnsafeMutablePointer<FlowKey>>, _ count: Int)
    /// Takes the packet and counts it under the reason at the port that it came in by.
    mutating func drop(_ packet: Mbuf, inPort: UInt32, _ reason: DropReason)
    /// Counts a copy that could not be made; there is no packet to take.
    mutating func countDrop(inPort: UInt32, _ reason: DropReason)
    /// Charges a packet of `length` bytes to a meter; false: drop it.
    mutating func meterAdmits(_ meter: UInt32, length: Int) -> Bool
    /// How many VLAN tags extraction looks into.
    var vlanLimit: Int { get }
    /// The pool for copies.
    var pool: OpaquePointer { get }
    /// Room for batches of copies.
    var arena: CopyArena { get }
    /// 32 uniformly random bits.
    mutating func random() -> UInt32
}

extension ActionSink where Self: ~Copyable {
    public var vlanLimit: Int { @_noLocks get { FlowKey.vlanTags } }
    /// For sinks that keep no count of copies.
    @_noLocks public mutating func countDrop(inPort: UInt32, _ reason: DropReason) {}
}
