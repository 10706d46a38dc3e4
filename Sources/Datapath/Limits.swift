/// The bounds of the datapath, and what happens when one is reached.
public enum Limits {
    /// Packets taken from a receive queue at once.
    @inlinable public static var burst: Int { 32 }
    /// PMD threads. A core mask with more is refused.
    @inlinable public static var pmds: Int { 64 }
    /// Datapath port numbers are below this. A further port is refused.
    @inlinable public static var ports: Int { 1024 }
    /// Megaflows of one PMD. A further one is refused: `DPIFError.Code.full`.
    @inlinable public static var flowsPerPMD: Int { 1 << 20 }
    /// Subtables (distinct pairs of in_port and mask) of one PMD. A further one is refused as a full flow table.
    @inlinable public static var subtablesPerPMD: Int { 1 << 14 }
    /// Subtables of one in_port that a lookup walks one by one before it asks the filters for the rest: the first ones, and those that are moved there because they are hit often.
    @inlinable public static var listedSubtables: Int { 8 }
    @inlinable public static var promotedSubtables: Int { 8 }
    /// A batch with at most so many changes from one megaflow to another is executed run by run.
    @inlinable public static var executedRuns: Int { 4 }
    /// Hits within a second that make a subtable one of those hit often: at least so many, and one in so many of its in_port's.
    @inlinable public static var promotionHits: UInt64 { 1 << 10 }
    @inlinable public static var promotionShare: UInt64 { 32 }
    /// Half-bytes of the key that a filter looks at.
    @inlinable public static var filteredHalfBytes: Int { 64 }
    /// EMC entries of one PMD; a key evicts another one.
    @inlinable public static var emcEntries: Int { 1 << 13 }
    /// Lines a key may have to be kept in the EMC; longer ones are left to the SMC.
    @inlinable public static var emcLines: Int { 2 }
    /// SMC entries of one PMD; a key evicts another one. 2 MiB.
    @inlinable public static var smcEntries: Int { 1 << 18 }
    /// Misses that wait for the ofproto thread. A further packet is dropped: `upcallRingFull`.
    @inlinable public static var upcallRing: Int { 1 << 12 }
    /// Misses of a PMD that are on the upcall ring, at the ofproto thread, or answered on the command ring; a power of two. A further packet
    /// is dropped: `upcallRingFull`.
    @inlinable public static var pendingMisses: Int { 1 << 14 }
    /// Packets of a PMD that wait behind a miss of their microflow. A further one without a megaflow is dropped, `upcallRingFull`; one with a
    /// megaflow does not wait.
    @inlinable public static var heldPackets: Int { 1 << 12 }
    /// Packets of a PMD that wait for the ofproto thread, in one way or the other.
    @inlinable public static var waitingPackets: Int { upcallRing + heldPackets }
    /// Packets that go on in one turn after they waited.
    @inlinable public static var releasedPerTurn: Int { 64 }
    /// Answered misses that are forgotten in one turn.
    @inlinable public static var settledPerTurn: Int { 256 }
    /// Commands that wait for a PMD; the ofproto thread waits when it is full.
    @inlinable public static var commandRing: Int { 1 << 12 }
    /// Commands that a PMD takes in one turn of its loop.
    @inlinable public static var commandsPerTurn: Int { 64 }
    /// Megaflows of a draining PMD whose removal is begun in one call.
    @inlinable public static var drainSlice: Int { 1 << 10 }
    /// Milliseconds that the ofproto thread sleeps at most while a PMD drains.
    @inlinable public static var drainPoll: Int32 { 1 }
    /// Recirculations of one packet. Then it is dropped: `recirculationLimit`.
    @inlinable public static var recirculationDepth: Int { 6 }
    /// Queues of one port's policer. More are refused: `DPIFError.Code.invalid`.
    @inlinable public static var queuesPerPort: Int { 1 << 16 }
    /// Packets that wait in a port's transmit buffer before they are sent within a turn.
    @inlinable public static var txBuffer: Int { 32 }
    /// A turn with fewer packets is followed by a sleep, if PMDs may sleep; and by how many microseconds each sleep is longer than the one before.
    @inlinable public static var fewPackets: UInt64 { UInt64(burst / 2) }
    @inlinable public static var sleepStep: UInt32 { 10 }
    /// Meters: as many as OVS's datapath has. A further one is refused. Only the address space is taken for those that nobody made.
    @inlinable public static var meters: Int { 1 << 18 }
}
