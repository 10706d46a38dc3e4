/// Headers by ovs-actions(7), encap and decap: Network Service Headers (RFC 8300), labels in front of a whole frame, and Ethernet's.
extension RefPacket {
    static let serviceType: UInt16 = 0x894f

    /// The whole frame becomes what a service header carries: version 0, TTL 63, six words, MD type 1, an Ethernet frame, path 0 with index 255, and no metadata. The
    /// Ethernet header in front of it is new, and its source nobody.
    mutating func encapsulate(for address: UInt64) {
        rest = octets(0x0fc6_0103_0000_00ff, 8) + octets(0, 16) + bytes
        (dst, src, tags, type) = (address, 0, [], Self.serviceType)
    }

    /// The whole frame is behind a label: 0, the last one, TTL 64.
    mutating func encapsulateInLabel(for address: UInt64) {
        rest = octets(0x0000_0140, 4) + bytes
        (dst, src, tags, type) = (address, 0, [], 0x8847)
    }

    /// A new Ethernet header in the place of the one that there was; its source is nobody.
    mutating func readdress(to address: UInt64) { (dst, src) = (address, 0) }
}
