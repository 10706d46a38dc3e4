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
