import Flow
import LockFree
import NetDev

/// What a PMD puts on its upcall ring. The consumer owns the packet.
@safe struct UpcallEntry: BitwiseCopyable, @unchecked Sendable {
    /// The datapath's lines of the key; those that `lines` does not name hold old bytes. Comes first.
    var key = DatapathKey()
    var packet: Mbuf
    /// The cycle counter when it was put there.
    var time: UInt64
    var userdata: UInt64
    /// The lines of `key` that are filled.
    var lines: FlowLines
    /// False: no megaflow matched; true: a `userspace` action.
    var isAction: Bool
    /// How often the packet was recirculated.
    var depth: UInt8
}

/// The ten lines of a key that the datapath uses.
struct DatapathKey: BitwiseCopyable, Sendable {
    var l0 = Line.zero, l1 = Line.zero, l2 = Line.zero, l3 = Line.zero, l4 = Line.zero
    var l5 = Line.zero, l6 = Line.zero, l7 = Line.zero, l8 = Line.zero, l9 = Line.zero
}

/// What the ofproto thread asks of a PMD: one cache line. Done in the order of the ring.
@safe struct PMDCommand: BitwiseCopyable, @unchecked Sendable {
    enum Kind: UInt8, BitwiseCopyable {
        /// Link the megaflow in `slot`; then let `packet`, if there is one, follow it.
        case insertFlow
        /// Unlink the megaflow in `slot`; answer `retired`.
        case removeFlow
        /// Give the megaflow in `slot` the program at `pointer` and the output `number`; answer `freeMemory` with the old program.
        case setActions
        /// Give the megaflows in `slot` and in the first `depth` of `moreSlots` no program and the output `number`; answer `freeMemory` with old programs.
        case setOutputs
        /// Let `packet` follow the megaflow in `slot`, or its own lookup if it is gone.
        case followFlow
        /// Run the program at `pointer` on `packet`; answer `freeMemory`.
        case runProgram
        /// The first `number` misses that went up have been answered: what waits behind them may go on.
        case answered
        /// Put the filter at `pointer` in front of those of in_port `slot`; or take it away, empty, and answer `freeMemory`.
        case addFilter, removeFilter
        /// Put subtable `slot`, described at `pointer`, in its filter or at the end of its in_port's list; answer `freeMemory`.
        case addSubtable
        /// Replace the hash table of subtable `slot` by the one at `pointer`; answer `freeTable` with the old one.
        case setTable
        /// Take subtable `slot` out of its list or filter; answer `freeTable` and `freeMemory` for its mask.
        case removeSubtable
        /// Use port `slot` with the `PMDPortSettings` at `pointer`; answer `freeMemory`.
        case setPort
        /// Send what waits for port `slot` and forget it.
        case clearPort
        /// Poll the `number` queues at `pointer`; answer `freeMemory` with the old list.
        case setQueues
        /// Use the EMC threshold `number`, and the SMC if `slot` is not 0.
        case setCaches
        /// `slot`: how many VLAN tags are looked into.
        case setVLANLimit
        /// Let packets wait `number` cycles before they are sent, and sleep for `slot` microseconds at most.
        case setPace
        /// Send what waits at the ports, then answer `acknowledged` with `number`, and the number of misses under way as `slot`.
        case acknowledge
        case stop
    }
    var kind: Kind
    /// How often `packet` was recirculated.
    var depth: UInt8 = 0
    var slot: UInt32 = 0
    /// With a packet: when its miss was put on the upcall ring; 0: not known.
    var number: UInt64 = 0
    var pointer: UnsafeMutableRawPointer?
    /// What of the packet's key does not stand in its frame.
    var metadata = PacketMetadata()
    var packet: Mbuf?

    init(_ kind: Kind) { self.kind = kind }

    /// Further slots, in the place of `metadata`.
    var moreSlots: InlineArray<7, UInt32> {
        @inline(__always) get { metadata.words }
        @inline(__always) set { metadata.words = newValue }
    }
}

/// The part of a key's line 0 that does not come from the frame: inPort to ctNWProto, 28 bytes.
struct PacketMetadata: BitwiseCopyable, Sendable {
    var words = InlineArray<7, UInt32>(repeating: 0)

    init() {}
    /// The metadata of `key`.
    @inline(__always) init(_ key: UnsafePointer<FlowKey>) {
        // The metadata are the key's first 28 bytes.
        words = unsafe UnsafeRawPointer(key).loadUnaligned(as: InlineArray<7, UInt32>.self)
    }
    /// Overwrites the metadata of `key`.
    @inline(__always) func store(into key: UnsafeMutablePointer<FlowKey>) {
        // The metadata are the key's first 28 bytes.
        unsafe UnsafeMutableRawPointer(key).storeBytes(of: words, as: InlineArray<7, UInt32>.self)
    }
    var inPort: UInt32 { words[0] }
}

/// What a port's PMDs need to know of it.
@safe struct PMDPortSettings {
    var txQueue: TxQueue
    var maxFrame: Int
    var egress: UnsafeMutablePointer<EgressPolicer>?
    var ingress: UnsafeMutablePointer<IngressPolicer>?
}

/// What a PMD answers.
@safe struct PMDReply: BitwiseCopyable, @unchecked Sendable {
    enum Kind: UInt8, BitwiseCopyable {
        /// The megaflow in `slot` is not used any more.
        case retired
        /// The memory at `pointer` is not used any more.
        case freeMemory
        /// The hash table at `pointer` (a `TupleTable` in memory of its own) is not used any more.
        case freeTable
        case acknowledged
    }
    var kind: Kind
    var slot: UInt32 = 0
    var number: UInt64 = 0
    var pointer: UnsafeMutableRawPointer?
    init(_ kind: Kind) { self.kind = kind }
}
