/// A 48-bit Ethernet address, as its six bytes stand in a frame.
@frozen public struct EthernetAddress: Hashable, Sendable {
    /// Bytes 0–1, 2–3 and 4–5 as they stand in memory.
    public var raw0: UInt16, raw1: UInt16, raw2: UInt16

    @inlinable @inline(__always) public init(raw0: UInt16, raw1: UInt16, raw2: UInt16) {
        self.raw0 = raw0
        self.raw1 = raw1
        self.raw2 = raw2
    }
    /// From the lower 48 bits of a number; 0x0200_0000_0001 is 02:00:00:00:00:01.
    @inlinable public init(_ number: UInt64) {
        self.init(
            raw0: UInt16(truncatingIfNeeded: number >> 32).bigEndian,
            raw1: UInt16(truncatingIfNeeded: number >> 16).bigEndian,
            raw2: UInt16(truncatingIfNeeded: number).bigEndian)
    }
    /// The address as a 48-bit number.
    @inlinable public var number: UInt64 {
        UInt64(UInt16(bigEndian: raw0)) << 32 | UInt64(UInt16(bigEndian: raw1)) << 16 | UInt64(UInt16(bigEndian: raw2))
    }
    /// The six bytes as they stand in a frame.
    public var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: number >> UInt64(40 - 8 * $0)) } }
    @inlinable public static var zero: EthernetAddress { EthernetAddress(raw0: 0, raw1: 0, raw2: 0) }
    @inlinable public static var broadcast: EthernetAddress { EthernetAddress(raw0: .max, raw1: .max, raw2: .max) }
    /// Group bit set: multicast or broadcast (IEEE 802-2014, section 8.2.2).
    @inlinable public var isMulticast: Bool { number >> 40 & 1 != 0 }
    @inlinable public var isBroadcast: Bool { self == .broadcast }
    /// Given by an administrator, not a manufacturer (IEEE 802-2014, section 8.2.2).
    @inlinable public var isLocal: Bool { number >> 41 & 1 != 0 }
    @inlinable public var isZero: Bool { raw0 | raw1 | raw2 == 0 }
    /// Of a protocol between neighbours, which a bridge does not forward: 01:80:c2:00:00:0X (IEEE 802.1Q-2014, table 8-1), and those that ovs-vswitchd.conf.db(5)
    /// names for Bridge, other_config:forward-bpdu.
    public var isReserved: Bool {
        switch number {
        case 0x0180_c200_0000...0x0180_c200_000f, 0x00e0_2b00_0000, 0x00e0_2b00_0004, 0x00e0_2b00_0006: true
        case 0x0100_0ccc_ccc0...0x0100_0ccc_cccf, 0x0100_0ccd_cdcd, 0x0100_0c00_0000: true
        default: false
        }
    }
}

extension EthernetAddress: CustomStringConvertible {
    /// "02:00:00:00:00:01"
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(17)
        for shift in stride(from: 40, through: 0, by: -8) {
            let byte = Int(truncatingIfNeeded: number >> UInt64(shift)) & 0xff
            if shift != 40 { text.append(UInt8(ascii: ":")) }
            text.append(digits[byte >> 4])
            text.append(digits[byte & 15])
        }
        return String(decoding: text, as: UTF8.self)
    }
    /// Parses six pairs of hexadecimal digits with colons between them; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var number: UInt64 = 0
        for part in parts {
            guard (1...2).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"), let byte = UInt8(part, radix: 16)
            else { return nil }
            number = number << 8 | UInt64(byte)
        }
        self.init(number)
    }
}
