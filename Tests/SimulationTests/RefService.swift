/// Network Service Headers (RFC 8300) by ovs-actions(7), encap.
extension RefPacket {
    static let serviceType: UInt16 = 0x894f

    /// The whole frame becomes what a service header carries: version 0, TTL 63, six words, MD type 1, an Ethernet frame, path 0 with index 255, and no metadata. The
    /// Ethernet header in front of it is new, and its source nobody.
    mutating func encapsulate(for address: UInt64) {
        rest = octets(0x0fc6_0103_0000_00ff, 8) + octets(0, 16) + bytes
        (dst, src, tags, type) = (address, 0, [], Self.serviceType)
    }
}
