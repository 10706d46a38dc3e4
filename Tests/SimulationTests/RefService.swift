/// Headers by ovs-actions(7), encap and decap: Network Service Headers (RFC 8300), labels in front of a whole frame, and Ethernet's.
extension RefPacket {
    static let serviceType: UInt16 = 0x894f

    /// The whole frame becomes what a service header carries: version 0, TTL 63, an Ethernet frame, path 0 with index 255. Of MD type 1 it has four words
    /// of metadata, which are 0, of MD type 2 the options. The Ethernet header in front of it is new, and its source nobody.
    mutating func encapsulate(for address: UInt64, _ options: [RefServiceOption]?) {
        let metadata = options?.flatMap(\.bytes) ?? octets(0, 16)
        let words = UInt64(2 + metadata.count / 4), kind: UInt64 = options == nil ? 1 : 2
        rest = octets(63 << 22 | words << 16 | kind << 8 | 3, 4) + octets(0xff, 4) + metadata + bytes
        (dst, src, tags, type) = (address, 0, [], Self.serviceType)
    }

    /// The whole frame is behind a label: 0, the last one, TTL 64.
    mutating func encapsulateInLabel(for address: UInt64) {
        rest = octets(0x0000_0140, 4) + bytes
        (dst, src, tags, type) = (address, 0, [], 0x8847)
    }

    /// A new Ethernet header in the place of the one that there was; its source is nobody.
    mutating func readdress(to address: UInt64) { (dst, src) = (address, 0) }

    /// The service header is of MD type 2 and has options.
    var hasServiceOptions: Bool { type == Self.serviceType && rest.count > 8 && rest[2] & 0xf == 2 && number(rest, 0, 2) & 0x3f > 2 }
}

/// An option of a service header of MD type 2 (RFC 8300, section 2.5.1).
struct RefServiceOption: Hashable {
    /// The scope of `type`, "Metadata Class".
    var kind: UInt16
    var type: UInt8
    var value: [UInt8]

    /// The length is the value's own; it is padded to words.
    var bytes: [UInt8] { octets(UInt64(kind), 2) + [type, UInt8(value.count)] + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4) }
}
