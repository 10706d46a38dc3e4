import Flow
import OpenFlow
import Testing
import Wire
@testable import OFProto

/// Values that ovs-vswitchd 3.1 computed for the same packets.
@Suite struct MultipathTests {
    private static let fields: [HashFields] = [.ethSrc, .symmetricL4, .symmetricL3L4, .symmetricL3L4UDP, .nwSrc, .nwDst, .symmetricL3]

    private static func packet(_ fill: (inout FlowKey) -> Void) -> FlowKey {
        var key = FlowKey()
        key.l0.dlSrc = EthernetAddress(0x0200_0000_0001)
        key.l0.dlDst = EthernetAddress(0x0200_0000_0007)
        key.l0.dlType = XlateTypes.ipv4
        key.l0.nwSrc = BE32(0x0102_0304)
        key.l0.nwDst = BE32(0x0506_0708)
        key.l0.nwProto = IPProtocol.tcp
        key.l0.tpSrc = BE16(1)
        key.l0.tpDst = BE16(2)
        fill(&key)
        return key
    }

    private static func ipv6(_ key: inout FlowKey, to destination: (UInt64, UInt64), _ proto: UInt8, port: UInt16) {
        key.l0.dlType = XlateTypes.ipv6
        key.l0.nwSrc = .zero
        key.l0.nwDst = .zero
        key.l1.ipv6Src = BE128(high: 0xfc00_0000_0000_0000, low: 1)
        key.l1.ipv6Dst = BE128(high: destination.0, low: destination.1)
        key.l0.nwProto = proto
        key.l0.tpDst = BE16(port)
    }

    /// The lower 16 bits of each of `fields`' hashes with basis 50.
    static let hashes: [(key: FlowKey, values: [UInt32])] = [
        (packet { $0.l0.nwProto = IPProtocol.udp }, [0xb17f, 0x9391, 0xef02, 0xbf0b, 0x626d, 0xd517, 0xa9f3]),
        (packet { _ in }, [0xb17f, 0x4e0a, 0xbb6a, 0xbb6a, 0x626d, 0xd517, 0xa9f3]),
        (packet { $0.l0.vlanTPID = XlateTypes.vlan; $0.l0.vlanTCI = BE16(0x1005) }, [0xb17f, 0xf360, 0xbb6a, 0xbb6a, 0x626d, 0xd517, 0xa9f3]),
        (packet { $0.l0.nwFrag = FragmentBits.any }, [0xb17f, 0x4e0a, 0xfe79, 0xfe79, 0x626d, 0xd517, 0xa9f3]),
        (packet { $0.l0.nwFrag = FragmentBits.mask; $0.l0.tpSrc = .zero; $0.l0.tpDst = .zero },
            [0xb17f, 0x6e20, 0xfe79, 0xfe79, 0x626d, 0xd517, 0xa9f3]),
        (packet { $0.l0.nwProto = IPProtocol.icmp }, [0xb17f, 0xd893, 0x3419, 0x3419, 0x626d, 0xd517, 0xa9f3]),
        (packet { ipv6(&$0, to: (0xfc00_0005_0006_0007, 0x0008_0000_0000_0002), IPProtocol.tcp, port: 2) },
            [0xb17f, 0x8822, 0xa0b4, 0xa0b4, 0x686d, 0x86e7, 0x92e0]),
        (packet { ipv6(&$0, to: (0xfc00_0000_0000_0000, 2), IPProtocol.udp, port: 9) }, [0xb17f, 0x8bcf, 0xa5ed, 0x8a3d, 0x686d, 0x9a6c, 0x4dd8]),
        (packet { $0.l0.dlType = XlateTypes.arp; $0.l0.nwProto = 1 }, [0xb17f, 0xe845, 0x1c2d, 0x1c2d, 0x32, 0x32, 0x7f81]),
        (packet { $0.l0.dlType = BE16(0x88cc) }, [0xb17f, 0x7c74, 0x1819, 0x1819, 0x32, 0x32, 0x7e3a]),
    ]

    @Test(arguments: hashes.indices) func fieldsAreHashedAsOVSHashesThem(index: Int) {
        let (key, values) = Self.hashes[index]
        #expect(Self.fields.map { FlowHash.fields($0, of: key, basis: 50) & 0xffff } == values)
    }

    /// A packet with the same bits under the mask that a hash consults has the same hash.
    @Test func masksHoldAllThatIsHashed() {
        var random = Random(seed: 77)
        for _ in 0..<400 {
            let key = random.packet(), other = random.packet()
            for fields in Self.fields {
                var mask = FlowMask()
                mask.l0.dlType = .ones
                FlowHash.consult(fields, of: key, in: &mask)
                var mixed = other
                for line in 0..<FlowKey.lineCount { mixed[line: line] = (key[line: line] & mask[line: line]) | (other[line: line] & ~mask[line: line]) }
                if key.l0.vlanTCI == .zero { mixed.l3.innerVLANTCI = .zero }
                #expect(FlowHash.fields(fields, of: mixed, basis: 9) == FlowHash.fields(fields, of: key, basis: 9))
            }
        }
    }

    /// The links for five stations.
    static let links: [(algorithm: MultipathSpec.Algorithm, links: UInt16, argument: UInt32, chosen: [UInt32])] = [
        (.hashThreshold, 7, 0, [3, 0, 0, 5, 2]), (.highestRandomWeight, 7, 0, [6, 6, 5, 2, 5]), (.highestRandomWeight, 100, 0, [30, 32, 70, 71, 73]),
        (.iteratedHash, 7, 9, [4, 5, 2, 6, 2]), (.iteratedHash, 7, 2, [6, 0, 6, 1, 1]), (.iteratedHash, 7, 40, [6, 0, 6, 1, 1]),
        (.moduloN, 7, 40, [5, 5, 4, 3, 5]), (.hashThreshold, 1, 0, [0, 0, 0, 0, 0]),
    ]

    @Test(arguments: links.indices) func linksAreThoseThatOVSChooses(index: Int) {
        let (algorithm, links, argument, chosen) = Self.links[index]
        let spec = MultipathSpec(
            fields: .ethSrc, basis: 3, algorithm: algorithm, maximumLink: links - 1, argument: argument, destination: FieldRange(.reg0))
        let found = (1...5).map { station in
            spec.link(of: FlowHash.fields(.ethSrc, of: Self.packet { $0.l0.dlSrc = EthernetAddress(0x0200_0000_0000 | UInt64(station)) }, basis: 3))
        }
        #expect(found == chosen)
    }

    @Test func theLinkIsLoaded() throws {
        let net = try TestSwitch(flows: "actions=multipath(eth_src,3,hrw,7,0,reg0[4..7]),resubmit(,1)", "table=1,reg0=0x60/0xf0,actions=2", "table=1,reg0=0x50,actions=3")
        #expect((1...5).map { net.ports(ipv4(1, from: 0x0200_0000_0000 | UInt64($0))) } == [[2], [2], [3], [], [3]])
        #expect(net.dpif.flowCount == 5)
    }
}
