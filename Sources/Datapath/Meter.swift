import CDPDK
import NetDev
import Synchronization

// Meters with drop bands (OpenFlow 1.5.1, section 5.7): token buckets that all PMDs share.
//
// A packet takes tokens from every band's bucket that has enough of them. If some bucket has not, the packet is dropped
// by the band with the highest rate among those. A bucket starts full, gains rate × time and holds at most its burst;
// if no burst is given, one second's worth.
//
// All packets of a batch come at the same time, so there is one division a band and batch.
//
// A bucket is read, filled and taken from in one piece, so a meter has a spin lock, held for a few tens of cycles; flows without
// a meter never meet it.

/// One band. Tokens are packets, or bits.
struct MeterBand {
    var bucket: TokenBucket
    /// What this band dropped.
    var packets: UInt64 = 0
    var bytes: UInt64 = 0

    @inline(__always) @_noLocks init(rate: UInt64, burst: UInt64) { bucket = TokenBucket(rate: rate, burst: burst) }
}

/// A meter's buckets and statistics.
///
/// Writers: whoever holds the meter's lock; PMDs charge packets, the ofproto thread configures and reads. Zeroed memory is one that is not set.
struct MeterState {
    /// Nothing is metered before it is set.
    var bandCount = 0
    var perPacket = false
    /// When the buckets were last filled, in ticks.
    var filled: UInt64 = 0
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    /// Of the clock.
    var hertz: UInt64 = 0
    var bands = InlineArray<8, MeterBand>(repeating: MeterBand(rate: 0, burst: 0))

    /// Adds what the time since the last call brought.
    @inline(__always) @_noLocks mutating func fill(now: UInt64) {
        // A PMD whose clock was read earlier may come later: time never runs backwards here.
        guard now > filled else { return }
        let elapsed = now &- filled
        filled = now
        var index = 0
        while index < bandCount {
            bands[index].bucket.fill(elapsed, hertz: hertz)
            index &+= 1
        }
    }

    /// Charges a packet. False: a band drops it.
    @inline(__always) @_noLocks mutating func charge(length: Int, now: UInt64) -> Bool {
        packets &+= 1
        bytes &+= UInt64(truncatingIfNeeded: length)
        fill(now: now)
        let cost = perPacket ? 1 : UInt64(truncatingIfNeeded: length &* 8)
        var exceeded = -1, highest: UInt64 = 0, index = 0
        while index < bandCount {
            if !bands[index].bucket.take(cost), exceeded < 0 || bands[index].bucket.rate > highest {
                exceeded = index
                highest = bands[index].bucket.rate
            }
            index &+= 1
        }
        if exceeded < 0 { return true }
        bands[exceeded].packets &+= 1
        bands[exceeded].bytes &+= UInt64(truncatingIfNeeded: length)
        return false
    }
}

/// All meters of a datapath, by number.
///
/// Owner: the datapath. Writers: PMDs by `admits`, the ofproto thread by the rest, each under the meter's lock.
/// Memory: room for all meters is reserved at `init`, so a PMD needs no more than a meter's number; pages come into being when a meter in them is set.
@safe public struct MeterTable: @unchecked Sendable {
    private let states: HugeMemory
    private let locks: HugeMemory
    /// Meter numbers are below this.
    public let capacity: Int
    /// Clock ticks per second.
    public let hertz: UInt64
    /// The greatest number of bands of a meter.
    public static var maxBands: Int { 8 }

    /// - Parameters:
    ///   - capacity: how many meters there can be.
    ///   - hertz: the frequency of the clock whose times are passed to `admits`: TSC cycles or nanoseconds.
    /// Nil: there is no room for them in the address space.
    public init?(capacity: Int, hertz: UInt64) {
        precondition(capacity > 0 && hertz > 0)
        guard let states = HugeMemory(bytes: capacity * MemoryLayout<MeterState>.stride, node: 0) else { return nil }
        guard let locks = HugeMemory(bytes: capacity * MemoryLayout<Atomic<UInt32>>.stride, node: 0) else {
            states.free()
            return nil
        }
        self.capacity = capacity
        self.hertz = hertz
        self.states = states
        self.locks = locks
    }

    /// There is room for `capacity` of them.
    private var meters: UnsafeMutablePointer<MeterState> {
        @inline(__always) @_noLocks get { unsafe states.base.assumingMemoryBound(to: MeterState.self) }
    }

    /// The lock of a meter whose number has been checked; zeroed memory is one that nobody holds.
    @inline(__always) @_noLocks private func lock(_ meter: UInt32) -> QueueLock {
        unsafe QueueLock(word: locks.base.assumingMemoryBound(to: Atomic<UInt32>.self) + Int(meter))
    }

    /// Charges a packet of `length` bytes to a meter at the time `now`. False: drop it. A meter that is not set admits
    /// everything.
    @inline(__always) @_noLocks func admits(_ meter: UInt32, length: Int, now: UInt64) -> Bool {
        guard Int(meter) < capacity else { return true }
        // The number is below capacity.
        let state = unsafe meters + Int(meter)
        guard unsafe state.pointee.bandCount != 0 else { return true }
        let held = lock(meter)
        held.acquire()
        let admitted = unsafe state.pointee.charge(length: length, now: now)
        held.release()
        return admitted
    }

    /// Sets, or changes, a meter: full buckets, statistics from zero.
    /// - Throws: `DPIFError`: `full` when the number is not below `capacity`, `invalid` for no band, more than `maxBands`
    ///   bands or a rate of zero.
    public func set(_ meter: UInt32, _ config: DPMeterConfig, now: UInt64) throws(DPIFError) {
        guard Int(meter) < capacity else { throw DPIFError(.full, "meter \(meter): there are \(capacity) meters at most") }
        guard !config.bands.isEmpty, config.bands.count <= Self.maxBands else {
            throw DPIFError(.invalid, "meter \(meter): needs 1 to \(Self.maxBands) bands, has \(config.bands.count)")
        }
        guard config.bands.allSatisfy({ $0.rate != 0 }) else { throw DPIFError(.invalid, "meter \(meter): a band's rate is 0") }
        withState(meter) { state in
            state.perPacket = config.packetsPerSecond
            state.hertz = hertz
            (state.filled, state.packets, state.bytes) = (now, 0, 0)
            for (index, band) in config.bands.enumerated() {
                // kbit/s and kbit, or packets/s and packets.
                let unit: UInt64 = config.packetsPerSecond ? 1 : 1000
                let burst = band.burst == 0 ? band.rate : band.burst
                state.bands[index] = MeterBand(rate: UInt64(band.rate) * unit, burst: UInt64(burst) * unit)
            }
            state.bandCount = config.bands.count
        }
    }

    /// Statistics since the meter was set; nil when it is not.
    public func stats(_ meter: UInt32) -> DPMeterStats? {
        guard Int(meter) < capacity else { return nil }
        var stats: DPMeterStats?
        withState(meter) { state in
            guard state.bandCount != 0 else { return }
            var found = DPMeterStats()
            (found.packets, found.bytes) = (state.packets, state.bytes)
            found.bandPackets = (0..<state.bandCount).map { state.bands[$0].packets }
            found.bandBytes = (0..<state.bandCount).map { state.bands[$0].bytes }
            stats = found
        }
        return stats
    }

    /// Removes a meter; flows that still name it are not metered.
    public func delete(_ meter: UInt32) {
        guard Int(meter) < capacity else { return }
        withState(meter) { $0.bandCount = 0 }
    }

    /// Frees the meters. No PMD may use them any more.
    public func deallocate() {
        states.free()
        locks.free()
    }

    private func withState(_ meter: UInt32, _ body: (inout MeterState) -> Void) {
        // The caller has checked the number.
        let held = lock(meter)
        held.acquire()
        unsafe body(&meters[Int(meter)])
        held.release()
    }
}
