/// A set of VLANs, 4096 bits.
struct VLANSet: Hashable, Sendable {
    private var words: [UInt64]

    init(_ vlans: Set<UInt16>) {
        words = []
        for vlan in vlans where vlan < 4096 { insert(vlan) }
    }

    var isEmpty: Bool { words.isEmpty }

    func contains(_ vlan: UInt16) -> Bool { !words.isEmpty && words[Int(vlan & 0xfff) >> 6] >> UInt64(vlan & 63) & 1 != 0 }

    mutating func insert(_ vlan: UInt16) {
        if words.isEmpty { words = [UInt64](repeating: 0, count: 64) }
        words[Int(vlan & 0xfff) >> 6] |= 1 << UInt64(vlan & 63)
    }
}
