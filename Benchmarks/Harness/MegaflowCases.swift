import Flow

/// The same packets through the same tables: how many megaflows and masks does a switch make of them? Each case is made from a seed of its own.
enum MegaflowCases {
    static func all(scale: Int) -> [Case] {
        [hosts(1_000 / scale)] + ["acl", "firewall", "ipc"].map { filter($0, rules: 10_000 / scale) } + [pipeline(flows: 10_000 / scale), router(prefixes: 10_000 / scale)]
    }

    private static func made(_ name: String, _ title: String, _ rules: [String], _ tuples: [FiveTuple]) -> Case {
        Case(name: "megaflows-\(name)", title: title, kind: .megaflows, traffic: Traffic(flows: tuples.count, tuples: tuples), rules: rules.joined(separator: "\n"))
    }

    /// A switch that knows where its hosts are; each speaks with ten others.
    static func hosts(_ count: Int) -> Case {
        var state: UInt64 = 1
        let rules = (0..<count).map { "dl_dst=02:00:00:00:\(pair(UInt16(0x1000 + $0))),actions=output:p1" } + ["priority=0,actions=drop"]
        let tuples = (0..<count * 10).map { index in
            FiveTuple(source: UInt32(0x0a00_0000 + index % count), destination: 0x1400_0000 | UInt32(splitMix64(&state) & 0xffff), proto: 17, sourcePort: UInt16(1_024 + index),
                destinationPort: 53, sourceMAC: UInt16(0x1000 + index % count), destinationMAC: UInt16(0x1000 + Int(splitMix64(&state) % UInt64(count))))
        }
        return made("switch", "L2 switch, \(grouped(count)) hosts", rules, tuples)
    }

    private static func pair(_ value: UInt16) -> String { hex(UInt8(value >> 8)) + ":" + hex(UInt8(value & 0xff)) }
    private static func hex(_ value: UInt8) -> String { (value < 16 ? "0" : "") + String(value, radix: 16) }

    /// Pairs of prefixes, port ranges as masks and protocols, in the proportions of ClassBench's seeds of that name (Taylor, Turner: ClassBench, 2005): an access control
    /// list names servers and their ports, a firewall leaves much open, an IP chain is in between. Two packets in three are made to match a rule.
    static func filter(_ kind: String, rules count: Int) -> Case {
        var state: UInt64 = kind == "acl" ? 2 : kind == "firewall" ? 3 : 4
        func random(_ limit: Int) -> Int { Int(splitMix64(&state) % UInt64(limit)) }
        /// Prefix lengths with their shares.
        let lengths: (source: [Int], destination: [Int]) = switch kind {
        case "acl": ([32, 32, 24, 24, 28, 16, 30, 26], [32, 32, 32, 32, 24, 30, 28, 27])
        case "firewall": ([0, 0, 0, 32, 24, 16, 32, 8], [32, 32, 32, 0, 24, 28, 32, 16])
        default: ([32, 24, 16, 0, 32, 24, 20, 28], [32, 24, 32, 16, 0, 32, 28, 24])
        }
        let sourcePortShare = kind == "acl" ? 0 : kind == "firewall" ? 20 : 10
        let wellKnown: [UInt16] = [20, 21, 22, 23, 25, 53, 80, 110, 123, 143, 161, 443, 445, 993, 1_433, 1_521, 3_306, 3_389, 5_060, 8_080]
        // Addresses come from few networks, as in a site's rules.
        let networks = (0..<64).map { _ in UInt32(truncatingIfNeeded: splitMix64(&state)) & 0xffff_0000 }
        func prefix(_ length: Int) -> (value: UInt32, length: Int) {
            let address = networks[random(networks.count)] | UInt32(random(65_536))
            return (length == 0 ? 0 : address & (.max << UInt32(32 - length)), length)
        }
        func port(_ share: Int) -> (value: UInt16, mask: UInt16)? {
            guard random(100) < share else { return nil }
            switch random(10) {
            case 0: return (0x400 << UInt16(random(5)), .max << UInt16(10))
            case 1: return (UInt16(random(64)) << 10, .max << UInt16(10))
            case 2: return (UInt16(random(4_096)) << 4, .max << UInt16(4))
            default: return (wellKnown[random(wellKnown.count)], .max)
            }
        }
        var text: [String] = [], tuples: [FiveTuple] = []
        for index in 0..<count {
            let source = prefix(lengths.source[random(8)]), destination = prefix(lengths.destination[random(8)])
            let draw = random(100), proto: UInt8 = draw < 75 ? 6 : draw < 92 ? 17 : draw < 96 ? 1 : 0
            let hasPorts = proto == 6 || proto == 17
            let ports = (source: hasPorts ? port(sourcePortShare) : nil, destination: hasPorts ? port(85) : nil)
            var match = ["priority=\(count - index + 1)", "in_port=p0", proto == 6 ? "tcp" : proto == 17 ? "udp" : proto == 1 ? "icmp" : "ip"]
            if source.length > 0 { match.append("nw_src=\(dotted(source.value))/\(source.length)") }
            if destination.length > 0 { match.append("nw_dst=\(dotted(destination.value))/\(destination.length)") }
            if let port = ports.source { match.append("tp_src=\(port.value)/\(port.mask)") }
            if let port = ports.destination { match.append("tp_dst=\(port.value)/\(port.mask)") }
            text.append(match.joined(separator: ",") + ",actions=" + (random(3) == 0 ? "drop" : "output:p1"))
            func host(_ prefix: (value: UInt32, length: Int)) -> UInt32 { prefix.value | (prefix.length == 0 ? .max : UInt32(truncatingIfNeeded: UInt64(1) << UInt64(32 - prefix.length) - 1)) & UInt32(truncatingIfNeeded: splitMix64(&state)) }
            func number(_ port: (value: UInt16, mask: UInt16)?) -> UInt16 { (port?.value ?? 0) | ~(port?.mask ?? 0) & UInt16(random(65_536)) }
            let tuple = FiveTuple(source: host(source), destination: host(destination), proto: proto == 0 ? 47 : proto, sourcePort: number(ports.source), destinationPort: number(ports.destination))
            tuples.append(tuple)
            if index % 2 == 0 {
                var other = tuple
                other.source = networks[random(networks.count)] | UInt32(random(65_536))
                other.destinationPort = UInt16(random(65_536))
                tuples.append(other)
            }
        }
        return made(kind, "\(kind), \(grouped(count)) rules", text + ["priority=0,actions=drop"], tuples)
    }

    private static func dotted(_ address: UInt32) -> String { bytes(address).map(String.init).joined(separator: ".") }

    /// Five tables: port security, which learns where each source is; the network of the destination; a policy between both networks in registers; output by MAC
    /// address, and in the fifth what was learned: a destination that has sent itself is found there.
    static func pipeline(flows: Int) -> Case {
        var state: UInt64 = 5
        let learn = "learn(table=4,priority=10,hard_timeout=300,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],load:1->NXM_NX_REG2[])"
        var rules = ["table=0,priority=0,actions=drop", "table=1,priority=0,actions=drop", "table=2,priority=0,actions=resubmit(,4),resubmit(,3)", "table=3,priority=0,actions=drop",
            "table=3,priority=20,reg2=1,actions=output:p1"]
        for host in 0..<256 {
            rules.append("table=0,priority=10,in_port=p0,dl_src=02:00:00:01:00:\(hex(UInt8(host))),actions=load:\(host % 16)->NXM_NX_REG0[],\(learn),resubmit(,1)")
            rules.append("table=3,priority=10,dl_dst=02:00:00:00:01:\(hex(UInt8(host))),actions=output:p1")
        }
        for network in 0..<64 { rules.append("table=1,priority=\(10 + network % 2),ip,nw_dst=10.\(network).0.0/\(16 + network % 3 * 4),actions=load:\(network % 16)->NXM_NX_REG1[],resubmit(,2)") }
        for network in 0..<64 where network % 3 != 0 { rules.append("table=1,priority=5,ip,nw_dst=10.\(network).0.0/16,actions=load:0->NXM_NX_REG1[],resubmit(,2)") }
        for from in 0..<16 { for to in 0..<16 where (from + to) % 3 == 0 {
            rules.append("table=2,priority=20,tcp,reg0=\(from),reg1=\(to),tp_dst=\(1_000 + from),actions=drop")
            rules.append("table=2,priority=10,udp,reg0=\(from),reg1=\(to),actions=drop")
        } }
        let tuples = (0..<flows).map { index in
            let noise = splitMix64(&state)
            return FiveTuple(source: 0x0b00_0000 | UInt32(truncatingIfNeeded: noise & 0xffff), destination: 0x0a00_0000 | UInt32(truncatingIfNeeded: noise >> 16 & 0x3f_ffff), proto: index % 2 == 0 ? 6 : 17,
                sourcePort: UInt16(truncatingIfNeeded: noise >> 40), destinationPort: UInt16(1_000 + noise >> 56 % 32), sourceMAC: UInt16(index % 256), destinationMAC: UInt16((index % 2 == 0 ? 0x0100 : 0) + noise >> 58 % 64))
        }
        return made("pipeline", "five tables with registers and learn, \(grouped(flows)) flows", rules, tuples)
    }

    /// Prefixes of a routing table's lengths, longest first; three addresses for each and some for none.
    static func router(prefixes count: Int) -> Case {
        var state: UInt64 = 6
        var rules = ["priority=0,actions=drop"], tuples: [FiveTuple] = [], seen: Set<String> = []
        while rules.count <= count {
            let lengths = [24, 24, 24, 24, 24, 24, 22, 23, 21, 20, 19, 18, 16, 24, 22, 32]
            let length = lengths[Int(splitMix64(&state) % UInt64(lengths.count))]
            let value = UInt32(truncatingIfNeeded: splitMix64(&state)) & (.max << UInt32(32 - length))
            let text = "\(dotted(value))/\(length)"
            guard value >> 24 != 0, value >> 24 < 224, seen.insert(text).inserted else { continue }
            rules.append("priority=\(length),ip,nw_dst=\(text),actions=mod_dl_src:02:00:00:00:00:0a,mod_dl_dst:02:00:00:00:02:\(hex(UInt8(rules.count % 256))),dec_ttl,output:p1")
            for _ in 0..<3 {
                let noise = splitMix64(&state)
                let rest: UInt32 = length == 32 ? 0 : .max >> UInt32(length)
                tuples.append(FiveTuple(source: 0x0b00_0000 | UInt32(truncatingIfNeeded: noise & 0xffff), destination: value | UInt32(truncatingIfNeeded: noise >> 16) & rest, proto: 17,
                    sourcePort: UInt16(truncatingIfNeeded: noise >> 48), destinationPort: 53))
            }
        }
        for _ in 0..<count {
            let noise = splitMix64(&state)
            tuples.append(FiveTuple(source: 0x0b00_0001, destination: UInt32(truncatingIfNeeded: noise), proto: 17, sourcePort: UInt16(truncatingIfNeeded: noise >> 48), destinationPort: 53))
        }
        return made("router", "router, \(grouped(count)) prefixes", rules, tuples)
    }
}
