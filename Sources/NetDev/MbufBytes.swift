import CDPDK

// Whole frames in and out of packets, for whoever does not work in place.
extension Mbuf {
    /// Appends bytes to the frame. False when they do not fit behind it; nothing has changed then.
    public func append(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= Int(UInt16.max), let room = unsafe nt_mbuf_append(raw, UInt16(bytes.count)) else { return false }
        // nt_mbuf_append has checked that `bytes.count` bytes are there.
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe room.copyMemory(from: base, byteCount: source.count) }
        }
        return true
    }

    /// A copy of the whole frame, all segments.
    public var bytes: [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(length)
        var segment: OpaquePointer? = unsafe raw
        while let current = unsafe segment {
            // A segment's data and length describe memory of its own.
            unsafe copy.append(contentsOf: UnsafeRawBufferPointer(
                start: nt_mbuf_data(current), count: Int(nt_mbuf_data_len(current))))
            unsafe segment = unsafe nt_mbuf_next(current)
        }
        return copy
    }
}

// Changes of frames that the kernel I/O thread has read.
extension Mbuf {
    /// Appends `count` bytes, which the pool's room must hold, and lets `write` fill them.
    func withAppended(_ count: Int, _ write: (inout MutableSpan<UInt8>) -> Void) {
        guard let base = unsafe nt_mbuf_append(raw, UInt16(truncatingIfNeeded: count)) else { return }
        // nt_mbuf_append has checked that `count` bytes are there.
        var span = unsafe MutableSpan(_unsafeElements: UnsafeMutableRawBufferPointer(start: base, count: count).bindMemory(to: UInt8.self))
        write(&span)
    }

    /// `NetDev.completeChecksum` on the first segment.
    func completeChecksum(start: Int, offset: Int) -> Bool {
        // The span is the first segment's data.
        var frame = unsafe MutableSpan(_unsafeElements: UnsafeMutableRawBufferPointer(start: data, count: dataLength).bindMemory(to: UInt8.self))
        return NetDev.completeChecksum(&frame, start: start, offset: offset)
    }

    /// Puts a VLAN tag behind the Ethernet addresses (IEEE 802.1Q-2014, section 9.3). The frame has at least 12 bytes in its
    /// first segment. False when there is no headroom.
    func insertVLAN(tpid: UInt16, tci: UInt16) -> Bool {
        // Four bytes in front: the addresses move there, and the tag takes their end's place.
        guard dataLength >= 12, let front = unsafe nt_mbuf_prepend(raw, 4) else { return false }
        unsafe front.copyMemory(from: front + 4, byteCount: 12)
        unsafe front.storeBytes(of: tpid.bigEndian, toByteOffset: 12, as: UInt16.self)
        unsafe front.storeBytes(of: tci.bigEndian, toByteOffset: 14, as: UInt16.self)
        return true
    }
}
