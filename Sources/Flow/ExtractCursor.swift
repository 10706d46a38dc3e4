import Wire

// How extraction reads and writes: bounds are checked where a header is taken, once; its fields are then read freely.

/// What is left of a packet, read from its front.
///
/// Safe to use: only the initialiser trusts its caller. A view lives no longer than the packet, which outlasts a call of
/// `extractFlow`; nothing here is kept.
@safe struct PacketCursor {
    private var at: UnsafeRawPointer
    /// Bytes left.
    private(set) var left: Int

    /// `length` bytes at `start` are readable; a negative length counts as none.
    @inline(__always) @_noLocks init(_ start: UnsafeRawPointer, _ length: Int) {
        unsafe at = start
        left = length < 0 ? 0 : length
    }
    /// A view of the next `size` bytes, which stay in front; nil if fewer are left.
    @inline(__always) @_noLocks func peek(_ size: Int) -> HeaderView? {
        left >= size ? unsafe HeaderView(base: at, size: size) : nil
    }
    /// Takes `size` bytes from the front; nil, with nothing taken, if fewer are left.
    @inline(__always) @_noLocks mutating func pull(_ size: Int) -> HeaderView? {
        guard left >= size else { return nil }
        let view = unsafe HeaderView(base: at, size: size)
        unsafe at += size
        left &-= size
        return view
    }
    /// Forgets what comes after the next `size` bytes: padding is not payload.
    @inline(__always) @_noLocks mutating func limit(to size: Int) {
        if size < left { left = size }
    }
}

/// A header of `size` readable bytes. Its accessors cannot fail: they are called with constant offsets below the size that was
/// asked for, which debug builds check.
@safe struct HeaderView {
    private let base: UnsafeRawPointer
    private let size: Int

    @inline(__always) @_noLocks init(base: UnsafeRawPointer, size: Int) {
        unsafe self.base = base
        self.size = size
    }
    @inline(__always) @_noLocks func byte(_ offset: Int) -> UInt8 {
        assert(offset &+ 1 <= size)
        return unsafe base.load(fromByteOffset: offset, as: UInt8.self)
    }
    @inline(__always) @_noLocks func be16(_ offset: Int) -> BE16 {
        assert(offset &+ 2 <= size)
        return BE16(raw: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    @inline(__always) @_noLocks func be32(_ offset: Int) -> BE32 {
        assert(offset &+ 4 <= size)
        return BE32(raw: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    @inline(__always) @_noLocks func be128(_ offset: Int) -> BE128 {
        assert(offset &+ 16 <= size)
        return BE128(
            raw0: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            raw1: unsafe base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
    }
    @inline(__always) @_noLocks func ethernetAddress(_ offset: Int) -> EthernetAddress {
        assert(offset &+ 6 <= size)
        return EthernetAddress(
            raw0: unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt16.self),
            raw1: unsafe base.loadUnaligned(fromByteOffset: offset &+ 2, as: UInt16.self),
            raw2: unsafe base.loadUnaligned(fromByteOffset: offset &+ 4, as: UInt16.self))
    }
}

/// A key that is being filled, and which of its lines are in use so far. The `read…` functions in the files beside this
/// one each take one header and go on with the next.
@safe struct Extraction {
    private let key: UnsafeMutablePointer<FlowKey>
    private var used: UInt16 = 1
    /// The lines in use.
    var lines: FlowLines { @inline(__always) @_noLocks get { FlowLines(rawValue: used) } }

    /// `key` outlives the extraction and is written by nobody else; `begin` has been called on it.
    @inline(__always) @_noLocks init(_ key: UnsafeMutablePointer<FlowKey>) { unsafe self.key = key }

    /// Makes line 0 that of an empty packet from `inPort`.
    @inline(__always) @_noLocks static func begin(_ key: UnsafeMutablePointer<FlowKey>, inPort: UInt32) {
        unsafe zeroLine(key, 0)
        unsafe key.pointee.l0.inPort = inPort
    }
    @inline(__always) @_noLocks private static func zeroLine(_ key: UnsafeMutablePointer<FlowKey>, _ index: Int) {
        // Within the key: callers pass 0, 1, 3 and 5.
        unsafe UnsafeMutableRawPointer(key).storeBytes(of: SIMD8<UInt64>.zero, toByteOffset: index &* 64, as: SIMD8<UInt64>.self)
    }
    @inline(__always) @_noLocks private mutating func use(_ index: Int) {
        let bit = UInt16(1) &<< UInt16(truncatingIfNeeded: index)
        guard used & bit == 0 else { return }
        unsafe Extraction.zeroLine(key, index)
        used |= bit
    }
    @inline(__always) @_noLocks mutating func useLine1() { use(1) }
    @inline(__always) @_noLocks mutating func useLine3() { use(3) }
    @inline(__always) @_noLocks mutating func useLine5() { use(5) }

    // Lines are reached in place, by address: a 64-byte copy for each field would cost more than the field. The offsets are those
    // of `FlowKeyLayoutTests`.
    private var raw: UnsafeMutableRawPointer { @inline(__always) @_noLocks get { UnsafeMutableRawPointer(unsafe key) } }
    /// Line 0; begun.
    var l0: FlowLine0 {
        @inline(__always) @_noLocks unsafeAddress { unsafe UnsafePointer((raw + 0).assumingMemoryBound(to: FlowLine0.self)) }
        @inline(__always) @_noLocks nonmutating unsafeMutableAddress { unsafe (raw + 0).assumingMemoryBound(to: FlowLine0.self) }
    }
    /// Line 1; to be written after `useLine1`.
    var l1: FlowLine1 {
        @inline(__always) @_noLocks unsafeAddress { unsafe UnsafePointer((raw + 64).assumingMemoryBound(to: FlowLine1.self)) }
        @inline(__always) @_noLocks nonmutating unsafeMutableAddress { unsafe (raw + 64).assumingMemoryBound(to: FlowLine1.self) }
    }
    /// Line 3; to be written after `useLine3`.
    var l3: FlowLine3 {
        @inline(__always) @_noLocks unsafeAddress { unsafe UnsafePointer((raw + 192).assumingMemoryBound(to: FlowLine3.self)) }
        @inline(__always) @_noLocks nonmutating unsafeMutableAddress { unsafe (raw + 192).assumingMemoryBound(to: FlowLine3.self) }
    }
    /// Line 5; to be written after `useLine5`.
    var l5: FlowLine5 {
        @inline(__always) @_noLocks unsafeAddress { unsafe UnsafePointer((raw + 320).assumingMemoryBound(to: FlowLine5.self)) }
        @inline(__always) @_noLocks nonmutating unsafeMutableAddress { unsafe (raw + 320).assumingMemoryBound(to: FlowLine5.self) }
    }
}
