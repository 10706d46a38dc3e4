import OpenFlow
import Testing
import Wire
@testable import OFProto

@Suite struct EncapTests {
    /// Each size is that of a value, which has a word of its own in front of it.
    @Test(arguments: [([], [2]), ([116, 120], [2]), ([116, 121], []), ([124, 124], []), ([124, 124, 124, 124], [])] as [([Int], [UInt32])])
    func optionsThatNoServiceHeaderHoldsDropThePacket(sizes: [Int], ports: [UInt32]) throws {
        let net = try TestSwitch(flows: "priority=1,actions=3")
        let options = sizes.map { EncapProperty.nshTLV(class: 0x1000, type: 10, [UInt8](repeating: 0xab, count: $0)) }
        try net.add(Match(), [
            .encap(packetType: PacketType.nsh, [.nshMDType(2)] + options), .encap(packetType: PacketType.ethernet, []), .output(OFPort(2), maxLength: 0),
        ])
        #expect(net.ports(ipv4(1)) == ports)
    }
}
