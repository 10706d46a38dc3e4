import Datapath
import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Fields that share a place in the key are set on packets that have them, and on no others.
@Suite struct PrerequisiteTests {
    struct Packet: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var key: FlowKey

        init(_ name: String, _ type: UInt16, proto: UInt8 = 0, _ fill: (inout FlowKey) -> Void = { _ in }) {
            testDescription = name
            key = FlowKey()
            key.l0.inPort = 1
            key.l0.dlSrc = EthernetAddress(0x0200_0000_0001)
            key.l0.dlDst = EthernetAddress(0x0200_0000_0002)
            key.l0.dlType = BE16(type)
            key.l0.nwProto = proto
            fill(&key)
        }
    }

    static let packets = [
        Packet("ARP", EtherType.arp, proto: 1),
        Packet("RARP", EtherType.rarp, proto: 3),
        Packet("TCP", EtherType.ipv4, proto: IPProtocol.tcp),
        Packet("UDP", EtherType.ipv4, proto: IPProtocol.udp),
        Packet("SCTP", EtherType.ipv4, proto: IPProtocol.sctp),
        Packet("ICMP", EtherType.ipv4, proto: IPProtocol.icmp) { $0.l0.tpSrc = BE16(8) },
        Packet("IGMP", EtherType.ipv4, proto: 2),
        Packet("later fragment", EtherType.ipv4, proto: IPProtocol.tcp) { $0.l0.nwFrag = FragmentBits.mask },
        Packet("TCP over IPv6", EtherType.ipv6, proto: IPProtocol.tcp),
        Packet("ICMPv6 echo", EtherType.ipv6, proto: IPProtocol.icmpv6) { $0.l0.tpSrc = BE16(128) },
        Packet("solicitation", EtherType.ipv6, proto: IPProtocol.icmpv6) { $0.l0.tpSrc = BE16(135) },
        Packet("advertisement", EtherType.ipv6, proto: IPProtocol.icmpv6) { $0.l0.tpSrc = BE16(136) },
        Packet("no solicitation", EtherType.ipv6, proto: IPProtocol.icmpv6) { ($0.l0.tpSrc, $0.l0.tpDst) = (BE16(135), BE16(1)) },
        Packet("MPLS", EtherType.mpls) { $0.l3.mplsLSE0 = BE32(0x10140) },
        Packet("something else", 0x88b5),
    ]

    /// Header fields that only some packets have.
    static let fields = Field.allCases.filter { field in
        let prerequisite = field.prerequisite
        return field.isWritable && ![.none, .ethernet, .vlan, .nsh, .conntrack].contains(prerequisite) && field.place.offset < 128
    }

    private func translate(_ key: FlowKey, _ action: OFAction) throws -> (actions: [DPAction], mask: FlowMask) {
        let net = try TestSwitch()
        try net.add(Match(), [action, .output(OFPort(2), maxLength: 0)])
        net.ofproto.translator.flow.key = key
        #expect(net.ofproto.translator.translate(now: net.now, learns: true))
        return (net.ofproto.translator.actions, net.ofproto.translator.wildcards.key)
    }

    @Test(arguments: packets) func aFieldIsSetIfThePacketHasIt(_ packet: Packet) throws {
        #expect(Self.fields.count >= 25)
        var exact = FlowMask()
        for line in 0..<FlowKey.lineCount { exact[line: line] = ~Line.zero }
        for field in Self.fields {
            let needs = field.prerequisite
            let isThere = packet.key.l0.nwFrag & FragmentBits.later == 0 || needs == .ipv4 || needs == .ip
            let has = isThere && packet.key.satisfies(needs, under: exact)
            let value = packet.key.value(of: field) ^ (1 << UInt128(field.place.ones.trailingZeroBitCount))
            let result = try translate(packet.key, .set(field, to: value))
            #expect(result.actions.last == .output(ODPPort(2)))
            #expect((result.actions.count == 2) == has, "\(field.name): \(result.actions)")
            if !has {
                // What was not there was not looked at, but for what says so.
                var mask = result.mask
                mask.l0.nwProto = 0
                mask.l0.tpSrc = .zero
                mask.l0.tpDst = .zero
                #expect(mask == (try translate(packet.key, .exit)).mask, "\(field.name)")
            }
        }
    }

    @Test(arguments: packets) func aPortOfAnyProtocol(_ packet: Packet) throws {
        let isWhole = packet.key.l0.nwFrag & FragmentBits.later == 0
        let has = isWhole && [BE16(EtherType.ipv4), BE16(EtherType.ipv6)].contains(packet.key.l0.dlType)
            && [IPProtocol.tcp, IPProtocol.udp, IPProtocol.sctp].contains(packet.key.l0.nwProto)
        for action in [OFAction.setTransportSource(7), .setTransportDestination(7)] {
            let result = try translate(packet.key, action)
            #expect((result.actions.count == 2) == has, "\(result.actions)")
        }
    }

    @Test func aMegaflowThatSetsAPortHoldsTheProtocol() throws {
        let packet = try #require(Self.packets.first { $0.testDescription == "UDP" })
        let other = try translate(packet.key, .set(.tcpDst, to: 5))
        #expect(other.actions == [.output(ODPPort(2))] && other.mask.l0.nwProto == .max && other.mask.l0.tpDst == .zero)
        let own = try translate(packet.key, .set(.udpDst, to: 5))
        #expect(own.mask.l0.nwProto == .max && own.mask.l0.tpDst == .ones)
        let address = try translate(packet.key, .set(.arpSPA, to: 5))
        #expect(address.actions == [.output(ODPPort(2))] && address.mask.l0.nwProto == 0 && address.mask.l0.nwSrc == .zero)
    }
}
