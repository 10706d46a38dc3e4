import CDPDK
import NetDev

/// The frames of 64 bytes (60 without check sequence) that the prober sends: Ethernet, IPv4, UDP, 18 bytes of payload.
enum Frames {
    static let length = 60
    /// Where the probe's number (4 bytes) is in the payload.
    static let numberOffset = 42
    /// The byte of the source MAC address that tells a new flow (1) from a probe (0); four bytes after it are its number.
    static let kindOffset = 7

    static let template: [UInt8] = [2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 1, 8, 0]
        + [0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0x5c, 0xbd, 10, 0, 0, 1, 20, 0, 0, 1]
        + [4, 0, 0, 53, 0, 26, 0, 0] + [UInt8](repeating: 0, count: 18)

    /// A packet with the template's bytes; nil when the pool is empty.
    static func packet(_ pool: OpaquePointer) -> Mbuf? {
        guard let raw = unsafe nt_mbuf_alloc(pool) else { return nil }
        let packet = unsafe Mbuf(raw)
        // A fresh mbuf of the default size has room for 60 bytes.
        guard let data = unsafe nt_mbuf_append(raw, UInt16(length)) else {
            packet.free()
            return nil
        }
        unsafe template.withUnsafeBytes { unsafe data.copyMemory(from: $0.baseAddress!, byteCount: length) }
        return packet
    }

    /// Reads a number at `offset` of a received frame; nil when the frame is too short.
    static func load<Number: FixedWidthInteger & BitwiseCopyable>(_ packet: Mbuf, _ offset: Int, _: Number.Type) -> Number? {
        guard packet.dataLength >= offset + MemoryLayout<Number>.size else { return nil }
        // Within the first segment, as just checked.
        return unsafe packet.data.loadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// Writes a number at `offset` of a packet made by `packet`.
    static func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, _ packet: Mbuf, _ offset: Int) {
        precondition(packet.dataLength >= offset + MemoryLayout<Number>.size)
        // Within the first segment, as just checked.
        unsafe packet.data.storeBytes(of: number, toByteOffset: offset, as: Number.self)
    }
}
