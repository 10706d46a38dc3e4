import Datapath
import Flow
import OpenFlow
import Wire

/// Seeded randomness over small value sets, so that random packets meet random rules.
struct Random {
    var state: UInt64
    init(seed: UInt64) { state = seed &* 0x1234_5678_9abc_def1 &+ 1 }
    mutating func next() -> UInt64 { splitMix64(&state) }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// A packet as extraction would describe it, from one of `ports`.
    mutating func packet(ports: [UInt32] = [1, 2, 3, 4]) -> FlowKey {
        var key = FlowKey()
        key.l0.inPort = one(of: ports)
        key.l0.dlSrc = EthernetAddress(0x0200_0000_0000 | UInt64(below(4)))
        key.l0.dlDst = below(5) == 0 ? .broadcast : EthernetAddress(0x0200_0000_0000 | UInt64(below(4)))
        if below(3) == 0 {
            key.l0.vlanTPID = BE16(EtherType.vlan8021Q)
            key.l0.vlanTCI = BE16(VLANTCI.present | UInt16(one(of: [0, 5, 10])) | UInt16(below(2)) << 13)
            if below(3) == 0 {
                key.l3.innerVLANTPID = BE16(EtherType.vlan8021Q)
                key.l3.innerVLANTCI = BE16(VLANTCI.present | UInt16(one(of: [5, 7])))
            }
        }
        switch below(8) {
        case 0: arp(&key)
        case 1, 2: ipv6(&key)
        case 3: key.l0.dlType = BE16(0x88cc)
        default: ipv4(&key)
        }
        return key
    }

    private mutating func arp(_ key: inout FlowKey) {
        key.l0.dlType = BE16(EtherType.arp)
        key.l0.nwProto = UInt8(1 + below(2))
        key.l0.nwSrc = address()
        key.l0.nwDst = address()
        key.l1.arpSHA = key.l0.dlSrc
    }

    private mutating func address() -> BE32 { BE32(one(of: [0x0a00_0001, 0x0a00_0002, 0x0a80_0001, 0xc0a8_0101, 0x0100_0000])) }

    private mutating func ipv4(_ key: inout FlowKey) {
        key.l0.dlType = BE16(EtherType.ipv4)
        key.l0.nwSrc = address()
        key.l0.nwDst = address()
        transport(&key, icmp: IPProtocol.icmp)
    }

    private mutating func ipv6(_ key: inout FlowKey) {
        key.l0.dlType = BE16(EtherType.ipv6)
        key.l1.ipv6Src = BE128(high: one(of: [0xfe80_0000_0000_0000, 0x2001_0db8_0000_0000]), low: UInt64(below(3)))
        key.l1.ipv6Dst = BE128(high: one(of: [0xfe80_0000_0000_0000, 0x2001_0db8_0000_0000]), low: UInt64(below(3)))
        key.l1.ipv6Label = BE32(UInt32(below(2)))
        transport(&key, icmp: IPProtocol.icmpv6)
    }

    private mutating func transport(_ key: inout FlowKey, icmp: UInt8) {
        key.l0.nwTTL = UInt8(one(of: [1, 2, 64]))
        key.l0.nwTOS = UInt8(one(of: [0, 0x20]))
        key.l0.nwProto = one(of: [IPProtocol.tcp, IPProtocol.udp, icmp, 89])
        key.l0.nwFrag = UInt8(one(of: [0, 0, 0, 0, FragmentBits.any, FragmentBits.mask]))
        if key.l0.nwProto == 89 || key.l0.nwFrag & FragmentBits.later != 0 { return }
        key.l0.tpSrc = BE16(UInt16(one(of: [8, 80, 443])))
        key.l0.tpDst = BE16(UInt16(one(of: [0, 22, 80, 0x8000])))
        if key.l0.nwProto == icmp {
            key.l0.tpDst = .zero
            key.l0.tpSrc = BE16(UInt16(one(of: [8, 135])))
        }
        if key.l0.nwProto == IPProtocol.tcp { key.l0.tcpFlags = BE16(UInt16(one(of: [2, 16]))) }
    }

    /// A match of the kind that operators write: a few fields of some packet, addresses by prefix.
    mutating func randomMatch() -> Match {
        let key = packet()
        var mask = FlowMask()
        if below(3) == 0 { mask.l0.inPort = .max }
        if below(4) == 0 { mask.l0.dlSrc = .broadcast }
        if below(4) == 0 { mask.l0.dlDst = .broadcast }
        if below(4) == 0 { mask.l0.vlanTCI = BE16(one(of: [0x1000, 0x1fff, 0xffff])) }
        if below(3) != 0 {
            mask.l0.dlType = .ones
            let prefix = { (length: Int) in BE32(length == 0 ? 0 : .max << UInt32(32 - length)) }
            if key.l0.dlType == BE16(EtherType.ipv6) {
                if below(2) == 0 { mask.l1.ipv6Dst = BE128(high: .max << UInt64(one(of: [0, 32, 48])), low: 0) }
                if below(3) == 0 { mask.l1.ipv6Src = .ones }
            } else {
                if below(2) == 0 { mask.l0.nwSrc = prefix(one(of: [0, 8, 9, 24, 32])) }
                if below(2) == 0 { mask.l0.nwDst = prefix(one(of: [0, 8, 16, 32])) }
            }
            if key.l0.nwProto != 0, below(2) == 0 {
                mask.l0.nwProto = .max
                if below(2) == 0 { mask.l0.tpDst = BE16(one(of: [0xffff, 0xfff0, 0x8000])) }
                if below(4) == 0 { mask.l0.tpSrc = .ones }
            }
        }
        return Match(key: key, mask: mask)
    }
}

/// A match by hand: the closure fills the key and the mask.
func match(_ fill: (inout FlowKey, inout FlowMask) -> Void) -> Match {
    var key = FlowKey(), mask = FlowMask()
    fill(&key, &mask)
    return Match(key: key, mask: mask)
}
