/// Which bits of which fields a megaflow matches, from its text in ofproto/trace.
struct MegaflowMask {
    private var masks: [String: UInt128] = [:]

    /// Words that stand for dl_type, and for some for nw_proto.
    private static let types: Set<String> = ["ip", "ipv6", "arp", "rarp", "mpls", "mplsm"]
    private static let protocols: Set<String> = ["tcp", "udp", "sctp", "icmp", "tcp6", "udp6", "sctp6", "icmp6"]
    private static let otherNames = ["icmp_type": "tp_src", "icmp_code": "tp_dst", "arp_op": "nw_proto"]

    init(_ text: String) {
        for part in text.split(separator: ": ", maxSplits: 1).last?.split(separator: ",") ?? [] {
            let halves = part.trimmingPrefix(" ").split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            let name = halves[0]
            if Self.types.contains(name) || Self.protocols.contains(name) {
                masks["dl_type"] = .max
                if Self.protocols.contains(name) { masks["nw_proto"] = .max }
            } else if halves.count > 1 {
                add(name, halves[1].split(separator: "/").map(String.init))
            }
        }
    }

    private mutating func add(_ name: String, _ value: [String]) {
        let mask: UInt128 = value.count < 2 ? .max : Self.mask(value[1], isIPv6: name.hasPrefix("ipv6_") || name == "nd_target")
        switch name {
        // Parts of one field, which may be told apart or together.
        case "dl_vlan": masks["vlan_tci", default: 0] |= 0x1fff
        case "dl_vlan_pcp": masks["vlan_tci", default: 0] |= 0xf000
        case "vlan_tci": masks["vlan_tci", default: 0] |= mask & 0xffff
        // Eight bits in the place of a port's sixteen: the others are zero in every packet of ICMP.
        case "icmp_type", "icmp_code": masks[Self.otherNames[name] ?? name] = mask | ~0xff
        default: masks[Self.otherNames[name] ?? name] = mask
        }
    }

    /// "24", "255.255.0.0", "ffff::", "01:00:00:00:00:00" or "0xff".
    private static func mask(_ text: String, isIPv6: Bool) -> UInt128 {
        if text.hasPrefix("0x") { return UInt128(text.dropFirst(2), radix: 16) ?? .max }
        if let length = Int(text) { return length == 0 ? 0 : .max << UInt128((isIPv6 ? 128 : 32) - length) & (isIPv6 ? .max : 0xffff_ffff) }
        let separator: Character = text.contains(".") ? "." : ":", radix = separator == "." ? 10 : 16
        return text.split(separator: separator).reduce(0) { $0 << 8 | (UInt128($1, radix: radix) ?? 0xff) }
    }

    /// The fields of which this one matches bits that `other` leaves out.
    func narrower(than other: MegaflowMask) -> [String] {
        masks.filter { name, mask in
            let others = other.masks[name] ?? 0
            // All of a field, said without a mask, is more than any mask.
            return mask & ~others != 0
        }.map(\.key).sorted()
    }
}
