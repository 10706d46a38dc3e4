/// Which bits of which fields a megaflow matches, from its text in ofproto/trace.
public struct MegaflowMask: Sendable {
    private var masks: [String: UInt128] = [:]

    /// Words that stand for dl_type, and for some for nw_proto.
    private static let types: Set<String> = ["ip", "ipv6", "arp", "rarp", "mpls", "mplsm"]
    private static let protocols: Set<String> = ["tcp", "udp", "sctp", "icmp", "tcp6", "udp6", "sctp6", "icmp6"]
    private static let otherNames = ["icmp_type": "tp_src", "icmp_code": "tp_dst", "arp_op": "nw_proto"]

    public init(_ text: String) {
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
        let isIPv6 = name.hasPrefix("ipv6_s") || name.hasPrefix("ipv6_d") || name == "nd_target"
        let mask = value.count < 2 ? Self.whole(name, value[0], isIPv6: isIPv6) : Self.mask(value[1], isIPv6: isIPv6)
        switch name {
        // Parts of one field, which may be told apart or together.
        case "dl_vlan": masks["vlan_tci", default: 0] |= 0x1fff
        case "dl_vlan_pcp": masks["vlan_tci", default: 0] |= 0xf000
        case "vlan_tci": masks["vlan_tci", default: 0] |= mask & 0xffff
        case "dl_vlan1": masks["vlan_tci1", default: 0] |= 0x1fff
        case "dl_vlan_pcp1": masks["vlan_tci1", default: 0] |= 0xf000
        // Eight bits in the place of a port's sixteen: the others are zero in every packet of ICMP.
        case "icmp_type", "icmp_code": masks[Self.otherNames[name] ?? name, default: 0] |= mask & 0xff | 0xff00
        default: masks[Self.otherNames[name] ?? name, default: 0] |= mask
        }
    }

    /// All bits of a field; those of fields that are matched as a whole only count as 128.
    private static func whole(_ name: String, _ value: String, isIPv6: Bool) -> UInt128 {
        if isIPv6 { return .max }
        if value.contains(":") { return 1 << 48 - 1 }
        if value.contains(".") { return 1 << 32 - 1 }
        return ["tp_src", "tp_dst"].contains(name) ? 0xffff : .max
    }

    /// "24", "255.255.0.0", "ffff::", "01:00:00:00:00:00" or "0xff".
    private static func mask(_ text: String, isIPv6: Bool) -> UInt128 {
        if text.hasPrefix("0x") { return UInt128(text.dropFirst(2), radix: 16) ?? .max }
        if let length = Int(text) { return length == 0 ? 0 : .max << UInt128((isIPv6 ? 128 : 32) - length) & (isIPv6 ? .max : 0xffff_ffff) }
        if isIPv6 { return ipv6(text) }
        let separator: Character = text.contains(".") ? "." : ":", radix = separator == "." ? 10 : 16
        return text.split(separator: separator).reduce(0) { $0 << 8 | (UInt128($1, radix: radix) ?? 0xff) }
    }

    /// "ffff:ffff::": groups of 16 bits, zeros in place of "::".
    private static func ipv6(_ text: String) -> UInt128 {
        let parts = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false).map { $0.split(separator: ":").map { UInt128($0, radix: 16) ?? 0xffff } }
        let ends = parts.count > 1 ? parts[1] : []
        return (parts[0] + Array(repeating: 0, count: max(0, 8 - parts[0].count - ends.count)) + ends).reduce(0) { $0 << 16 | $1 }
    }

    /// The fields of which this one matches bits that `other` leaves out.
    public func narrower(than other: MegaflowMask) -> [String] {
        masks.filter { name, mask in
            let others = other.masks[name] ?? 0
            // All of a field, said without a mask, is more than any mask.
            return mask & ~others != 0
        }.map(\.key).sorted()
    }
}
