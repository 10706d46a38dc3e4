import Glibc

/// A capture file that a dummy port writes, in the classic format of pcap-savefile(5): Ethernet frames with a time in microseconds. An existing one is
/// continued, as with OVS.
///
/// Owner: the ports that write it. Every frame is with the kernel when `write` returns.
final class DummyCapture {
    private let file: Int32
    /// Bytes of a frame that a record may have.
    private static let snapLength: UInt32 = 65_535

    /// Opens or makes the file. Throws `device`, with the path and the reason.
    init(_ path: String) throws(NetdevError) {
        file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw NetdevError(.device, "\(path): failed to open pcap file for writing: \(errorText(errno))") }
        if lseek(file, 0, SEEK_END) == 0 { write(header: [0xa1b2_c3d4, 4 << 16 | 2, 0, 0, Self.snapLength, 1], []) }
    }

    deinit { close(file) }

    /// Appends a record with the time of day.
    func write(_ frame: [UInt8]) {
        var time = timespec()
        // The pointer is used for the call only.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        let captured = frame.prefix(Int(Self.snapLength))
        write(header: [UInt32(truncatingIfNeeded: time.tv_sec), UInt32(time.tv_nsec / 1000), UInt32(captured.count), UInt32(frame.count)], captured)
    }

    /// Numbers in the machine's byte order, which readers find out, then bytes. One call, so that a reader never sees half a record; what the disk has no room for
    /// is lost.
    private func write(header: [UInt32], _ bytes: ArraySlice<UInt8>) {
        let record = header.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) } } + bytes
        // The call reads `record.count` bytes of the array.
        _ = unsafe record.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
    }
}
