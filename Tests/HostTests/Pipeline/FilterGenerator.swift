/// Rule sets of filters: pairs of prefixes, ports and ranges of them as masks, and protocols, in proportions like those of ClassBench's seeds (Taylor, Turner: ClassBench, 2005); and
/// packets, two in three made to match a rule.
struct FilterGenerator {
    enum Kind: String, CaseIterable {
        /// Leaves much open.
        case firewall
        /// Most rules name both networks.
        case chain

        fileprivate var sourceLengths: [Int] { self == .firewall ? [0, 0, 0, 32, 24, 16, 32, 8] : [32, 24, 16, 0, 32, 24, 20, 28] }
        fileprivate var destinationLengths: [Int] { self == .firewall ? [32, 32, 32, 0, 24, 28, 32, 16] : [32, 24, 32, 16, 0, 32, 28, 24] }
    }

    private var state: UInt64
    private let networks: [UInt32]

    init(seed: UInt64) {
        state = seed
        var numbers = SplitMix64(state: seed)
        networks = (0..<64).map { _ in UInt32(truncatingIfNeeded: numbers.next()) & 0xffff_0000 }
        state = numbers.next()
    }

    private mutating func below(_ bound: Int) -> Int {
        var numbers = SplitMix64(state: state)
        defer { state = numbers.state }
        return Int(numbers.next() >> 16) % bound
    }

    private struct Prefix {
        var value: UInt32
        var length: Int
        var rest: UInt32 { length == 32 ? 0 : .max >> UInt32(length) }
    }

    private struct Ports {
        var value: Int
        var mask: Int
    }

    mutating func pipeline(_ kind: Kind, rules: Int) -> Pipeline {
        var flows = ["priority=0,actions=drop"], packets: [String] = []
        for index in 0..<rules {
            let source = prefix(kind.sourceLengths), destination = prefix(kind.destinationLengths)
            let draw = below(100), proto = draw < 75 ? "tcp" : draw < 92 ? "udp" : draw < 96 ? "icmp" : "ip"
            let hasPorts = proto == "tcp" || proto == "udp"
            let from = hasPorts ? ports(kind == .firewall ? 20 : 10) : nil, to = hasPorts ? ports(85) : nil
            var match = ["priority=\(rules - index)", "in_port=1", proto]
            if source.length > 0 { match.append("nw_src=\(dotted(source.value))/\(source.length)") }
            if destination.length > 0 { match.append("nw_dst=\(dotted(destination.value))/\(destination.length)") }
            if let from { match.append("tp_src=\(from.value)/\(from.mask)") }
            if let to { match.append("tp_dst=\(to.value)/\(to.mask)") }
            flows.append(match.joined(separator: ",") + ",actions=" + (below(3) == 0 ? "drop" : "output:2"))
            let sender = host(source), receiver = host(destination), sent = number(from), received = number(to)
            packets.append(packet(proto, sender, receiver, sent, received))
            if index % 2 == 0 { packets.append(packet(proto, networks[below(networks.count)] | UInt32(below(65_536)), receiver, sent, below(65_536))) }
        }
        return Pipeline(name: kind.rawValue, flows: flows.joined(separator: "\n"), packets: packets.joined(separator: "\n"))
    }

    private mutating func prefix(_ lengths: [Int]) -> Prefix {
        let length = lengths[below(lengths.count)], address = networks[below(networks.count)] | UInt32(below(65_536))
        return Prefix(value: length == 0 ? 0 : address & (.max << UInt32(32 - length)), length: length)
    }

    /// - Parameter share: so many of a hundred rules match ports.
    private mutating func ports(_ share: Int) -> Ports? {
        guard below(100) < share else { return nil }
        switch below(10) {
        case 0: return Ports(value: 0x400 << below(5), mask: 0xfc00)
        case 1: return Ports(value: below(64) << 10, mask: 0xfc00)
        case 2: return Ports(value: below(4_096) << 4, mask: 0xfff0)
        default: return Ports(value: [22, 25, 53, 80, 110, 123, 143, 443, 993, 3_306, 5_060, 8_080][below(12)], mask: 0xffff)
        }
    }

    private mutating func host(_ prefix: Prefix) -> UInt32 { prefix.value | prefix.rest & (UInt32(below(65_536)) << 16 | UInt32(below(65_536))) }
    private mutating func number(_ ports: Ports?) -> Int { (ports?.value ?? 0) | ~(ports?.mask ?? 0) & below(65_536) }

    private func packet(_ proto: String, _ source: UInt32, _ destination: UInt32, _ from: Int, _ to: Int) -> String {
        let ports = proto == "tcp" || proto == "udp" ? ",\(proto)_src=\(from),\(proto)_dst=\(to)" : proto == "ip" ? ",nw_proto=47" : ""
        return "in_port=1,\(proto),nw_src=\(dotted(source)),nw_dst=\(dotted(destination))\(ports)"
    }

    private func dotted(_ address: UInt32) -> String { [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xff) }.joined(separator: ".") }
}

/// Sebastiano Vigna's generator of 64-bit numbers (2015).
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
